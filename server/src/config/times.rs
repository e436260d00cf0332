//! Table `[times]`: how long what was begun, given or sent is good, and what is waited for.

use super::bounded::bounded;
use crate::text::Spans;
use std::time::Duration;

bounded! {
    /// How long what was begun, given or sent is good, and what is waited for. What is too short keeps people out.
    /// Where a longer time, or a shorter wait, would break what the flows promise (`docs/flows.md`), the range ends
    /// at the default.
    Times;
    /// In which a log-in that was begun is finished. Default: 5 minutes.
    attempt = 5, 1 to 30 Minutes;
    /// In which an application exchanges a one-time log-in code for a session. Default: 60 seconds.
    login_code = 60, 10 to 60 Seconds;
    /// In which a key or card answers. Default: 5 minutes.
    challenge = 5, 1 to 5 Minutes;
    /// In which a code by text, call or e-mail, or a mailed link, is used. Default: 10 minutes.
    sent_code = 10, 1 to 10 Minutes;
    /// In which setting up anew is finished. Default: 15 minutes.
    set_up_anew = 15, 1 to 15 Minutes;
    /// In which an access code of a contact person is used. Default: 8 hours.
    access_code = 480, 10 to 480 Minutes;
    /// So long after a password was chosen with number and PIN, an access code beside it is taken to have come by
    /// the same person. Default: 7 days.
    access_apart = 7, 7 to 90 Days;
    /// How long a waiver lasts, at most. Default: 7 days.
    waiver = 7, 1 to 7 Days;
    /// So long after a waiver was given there is no other. Default: 30 days.
    waiver_again = 30, 30 to 365 Days;
    /// For how long an organisation forces nobody to have a second factor, at most. Default: 24 hours.
    not_forced = 24, 1 to 24 Hours;
    /// How long an address, number or name of a person waits that is new, and how long an address hears what
    /// happens that is no more. Default: 7 days.
    anchor = 7, 7 to 90 Days;
    /// How long a change waits of where an organisation is reached or of who answers for it. Default: 7 days.
    organisation_anchor = 7, 7 to 90 Days;
    /// In which a PIN in the Berichtenbox is opened. Default: 14 days.
    pin_in_the_box = 14, 1 to 14 Days;
    /// In which a PIN that goes by post is used. Default: 21 days.
    pin_by_post = 21, 1 to 21 Days;
    /// In which a new account is activated. Default: 60 days.
    activation = 60, 1 to 60 Days;
    /// So long after a user number was sent it is not sent again. Default: 1 hour.
    number_again = 1, 1 to 24 Hours;
    /// In which contact persons answer who asks for a new PIN. Default: 7 days.
    pin_asked = 7, 1 to 7 Days;
    /// In which the next step of a support case is made, and its link is used. Default: 24 hours.
    support_case = 24, 1 to 24 Hours;
    /// For so long what was used is a person's usual way to log in: something weaker is told. Default: 30 days.
    usual = 30, 30 to 365 Days;
}

impl Times {
    /// As texts name them; `fresh` is for how long a proof is fresh, `messages` how long messages are kept.
    pub(super) fn spans(&self, fresh: Duration, messages: Duration) -> Spans {
        Spans {
            fresh,
            messages,
            login_code: self.login_code,
            sent_code: self.sent_code,
            set_up_anew: self.set_up_anew,
            access_code: self.access_code,
            waiver: self.waiver,
            waiver_again: self.waiver_again,
            not_forced: self.not_forced,
            anchor: self.anchor,
            organisation_anchor: self.organisation_anchor,
            pin_in_the_box: self.pin_in_the_box,
            pin_by_post: self.pin_by_post,
            activation: self.activation,
            number_again: self.number_again,
            pin_asked: self.pin_asked,
        }
    }
}
