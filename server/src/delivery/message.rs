//! What messages say, and to whom. A further one is a variant here and a text in each locale.

use super::email::Address;
use crate::clock::Time;
use crate::factors::Kind;
use crate::id::{AccountId, OrganisationId};
use crate::lockout::Lifted;
use crate::text::Language;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Something that people are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "says", rename_all = "snake_case")]
pub enum Message {
    /// Too many wrong passwords blocked log-in with the password.
    PasswordBlocked {
        /// Until when; without, until a strong factor, a contact person or the operator reopens it.
        until: Option<Time>,
    },
    /// Too many wrong codes, typed after the right password or in a session, paused or stopped codes.
    CodesBlocked {
        /// Until when; without, until a strong factor or a contact person reopens them.
        until: Option<Time>,
    },
    /// Something to log in with was added.
    FactorAdded {
        /// What it is.
        kind: Kind,
        /// What its owner calls it.
        name: String,
        /// From when on it logs in, where that is later.
        #[serde(default)]
        starts_at: Option<Time>,
    },
    /// A security key took its own place, as one that logs in without a password too.
    FactorReplaced {
        /// What it was.
        kind: Kind,
        /// What its owner called it.
        name: String,
    },
    /// Everything to log in with is out of use, and others are set up in its place.
    SetUpAnew {
        /// Until when that may be done.
        until: Time,
    },
    /// A contact person gave the account another name.
    Renamed {
        /// The one before.
        was: String,
        /// The one from now on.
        is: String,
    },
    /// An UZI card of the person took the place of everything to log in with.
    SetUpByCard,
    /// Something to log in with was removed.
    FactorRemoved {
        /// What it was.
        kind: Kind,
        /// What its owner called it.
        name: String,
    },
    /// Codes go to another number of the person's first.
    MainNumberChanged {
        /// For which kind of code it is.
        kind: Kind,
        /// What its owner's lists call it.
        name: String,
    },
    /// Somebody logged in with a password and nothing more, which is possible for a time.
    WithoutFactor {
        /// Until when.
        until: Time,
    },
    /// Somebody logged in with something weaker than the last time.
    WeakerWay {
        /// With what.
        kind: Kind,
    },
    /// Whoever was called, for a code to be keyed in, reported fraud.
    FraudReported,
    /// A key seems to be copied, and works no more.
    FactorCloned {
        /// What it is.
        kind: Kind,
        /// What its owner calls it.
        name: String,
    },
    /// A factor that waited to be removed proved itself, and is in use again.
    FactorKept {
        /// What it is.
        kind: Kind,
        /// What its owner calls it.
        name: String,
    },
    /// An activation PIN was made for the account.
    PinMade,
    /// That PIN was shown to a contact person, and works from now on.
    PinOpened,
    /// Nobody opened that PIN in time.
    PinLapsed,
    /// A letter with a PIN was written for the account.
    LetterWritten,
    /// A letter with a PIN was written for who became a contact person before activating; the PIN that lay in a
    /// Berichtenbox is over.
    LetterInstead,
    /// That letter goes to the post, and its PIN works from now on.
    LetterPosted {
        /// Unused, it lapses then.
        until: Time,
    },
    /// Nobody used that PIN in time.
    LetterLapsed,
    /// Somebody who proved nothing asks for a new PIN.
    PinAsked {
        /// Whether contact persons get an e-mail too; where many ask, they look at the page.
        managers: bool,
    },
    /// A contact person declined that.
    PinDeclined,
    /// The PIN was told to an operator, and is dead.
    PinDisclosed {
        /// What takes its place.
        next: NewPin,
    },
    /// Too many wrong PINs blocked the PIN.
    PinBlocked,
    /// Somebody who answers for it lifted what was blocked.
    Unblocked {
        /// What that was.
        lifted: Vec<Lifted>,
    },
    /// The account may manage its colleagues from now on.
    RoleGiven,
    /// The account manages its colleagues no more.
    RoleTaken,
    /// What the person may do in the services behind this server changed.
    AuthorisationsChanged {
        /// What came, by name.
        given: Vec<String>,
        /// What went, by name.
        taken: Vec<String>,
    },
    /// The account was ended.
    AccountEnded,
    /// The account was not activated in time.
    AccountLapsed,
    /// A password was chosen with the user number and the PIN.
    PasswordChosen,
    /// A recovery code was made.
    RecoveryCodeMade,
    /// The recovery code logged somebody in.
    RecoveryCodeUsed,
    /// Nobody of the organisation is forced to have a second factor, for a while.
    Unforced {
        /// Until when.
        until: Time,
    },
    /// Everybody is forced again.
    Forced,
    /// A new account may do without a second factor for more days than before.
    MoreGrace {
        /// How many there were.
        was: u32,
        /// How many there are.
        is: u32,
    },
    /// An organisation lets in more than before.
    Looser {
        /// By which of its settings.
        what: String,
    },
    /// The user number of a colleague, for whoever hands it over.
    UserNumber {
        /// The number.
        number: String,
    },
    /// The same once more, because it was lost: of the PIN it says nothing.
    UserNumberAgain {
        /// The number.
        number: String,
    },
    /// The user number of a contact person, whose PIN comes by post.
    UserNumberByPost {
        /// The number.
        number: String,
    },
    /// The account needs no second factor for a while.
    WaiverGiven {
        /// Until when.
        until: Time,
        /// Why, in the contact person's words.
        reason: String,
    },
    /// It needs one again, before that while was over.
    WaiverEnded,
    /// The time of that waiver is over.
    WaiverLapsed,
    /// A contact person gave the account a code that opens the wizard once, after the password.
    AccessCodeGiven {
        /// Until when it works.
        until: Time,
    },
    /// That code was taken back.
    AccessCodeEnded,
    /// Nobody used that code in time.
    AccessCodeLapsed,
    /// That code was used: everything to log in with is out of use, and others are set up in its place.
    AccessCodeUsed {
        /// Until when that may be done.
        until: Time,
    },
    /// A code that proves an address as the person's.
    EmailCode {
        /// The code, in groups.
        code: String,
    },
    /// Somebody wanted to use an address with which another account logs in.
    EmailTaken,
    /// The account logs in with another e-mail address.
    UsernameChanged {
        /// Which, as others may see it.
        to: String,
    },
    /// The account has a back-up e-mail address.
    BackupEmailSet {
        /// Which, as others may see it.
        to: String,
        /// It brings its owner back in from then on.
        from: Time,
    },
    /// The account has none any more.
    BackupEmailRemoved,
    /// A link that lets the person in, in the browser that asked.
    BackupLink {
        /// Where it leads.
        link: String,
    },
    /// Such a link logged somebody in.
    BackupEmailUsed,
    /// Somebody called an operator for something.
    SupportOpened {
        /// What: `pin`, `unblock` or `factor`.
        what: String,
    },
    /// A link with which the organisation confirms that.
    SupportLink {
        /// What.
        what: String,
        /// Where it leads.
        link: String,
    },
    /// It was confirmed, by a call back or with the link.
    SupportConfirmed {
        /// What.
        what: String,
        /// From when on it may take away the last of what the account logs in with, where it can.
        #[serde(default)]
        from: Option<Time>,
    },
    /// By such a case nothing is left to log in with: the password alone sets up something new.
    PasswordOpens,
    /// Whoever had the link did not ask for it.
    SupportStopped {
        /// What.
        what: String,
    },
    /// An anchor of the organisation is to change.
    AnchorPlanned {
        /// Which: `email`, `address`, `telephone` or `main_contact`.
        what: String,
        /// What it will be.
        to: String,
        /// When.
        from: Time,
    },
    /// A link with which somebody at a new registered address confirms it.
    AnchorLink {
        /// Where it leads.
        link: String,
        /// Until when it works.
        until: Time,
    },
    /// What is new was not proven in time: what was stays.
    AnchorUnproven {
        /// Which anchor.
        what: String,
        /// Which it was to be.
        to: String,
    },
    /// An anchor of the organisation changed.
    AnchorChanged {
        /// Which; or `kvk` or `agb`, once that is recorded.
        what: String,
        /// What it is.
        to: String,
    },
    /// A change of an anchor that waited was stopped.
    AnchorStopped {
        /// Which.
        what: String,
    },
}

impl Message {
    /// What the outbox and the audit call it.
    #[expect(clippy::too_many_lines, reason = "it is a table: an arm for each message")]
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::PasswordBlocked { .. } => "password_blocked",
            Self::CodesBlocked { .. } => "codes_blocked",
            Self::FactorAdded { .. } => "factor_added",
            Self::FactorReplaced { .. } => "factor_replaced",
            Self::SetUpAnew { .. } => "set_up_anew",
            Self::SetUpByCard => "set_up_by_card",
            Self::Renamed { .. } => "renamed",
            Self::FactorRemoved { .. } => "factor_removed",
            Self::MainNumberChanged { .. } => "main_number_changed",
            Self::WithoutFactor { .. } => "without_factor",
            Self::WeakerWay { .. } => "weaker_way",
            Self::FraudReported => "fraud_reported",
            Self::FactorCloned { .. } => "factor_cloned",
            Self::FactorKept { .. } => "factor_kept",
            Self::PinMade => "pin_made",
            Self::PinOpened => "pin_opened",
            Self::PinLapsed => "pin_lapsed",
            Self::LetterWritten => "letter_written",
            Self::LetterInstead => "letter_instead",
            Self::LetterPosted { .. } => "letter_posted",
            Self::LetterLapsed => "letter_lapsed",
            Self::PinAsked { .. } => "pin_asked",
            Self::PinDeclined => "pin_declined",
            Self::PinDisclosed { .. } => "pin_disclosed",
            Self::PinBlocked => "pin_blocked",
            Self::Unblocked { .. } => "unblocked",
            Self::RoleGiven => "role_given",
            Self::RoleTaken => "role_taken",
            Self::AuthorisationsChanged { .. } => "authorisations_changed",
            Self::AccountEnded => "account_ended",
            Self::AccountLapsed => "account_lapsed",
            Self::PasswordChosen => "password_chosen",
            Self::RecoveryCodeMade => "recovery_code_made",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::Unforced { .. } => "unforced",
            Self::Forced => "forced",
            Self::MoreGrace { .. } => "more_grace",
            Self::Looser { .. } => "looser",
            Self::UserNumber { .. } => "user_number",
            Self::UserNumberAgain { .. } => "user_number_again",
            Self::UserNumberByPost { .. } => "user_number_by_post",
            Self::WaiverGiven { .. } => "waiver_given",
            Self::WaiverEnded => "waiver_ended",
            Self::WaiverLapsed => "waiver_lapsed",
            Self::AccessCodeGiven { .. } => "access_code_given",
            Self::AccessCodeEnded => "access_code_ended",
            Self::AccessCodeLapsed => "access_code_lapsed",
            Self::AccessCodeUsed { .. } => "access_code_used",
            Self::EmailCode { .. } => "email_code",
            Self::EmailTaken => "email_taken",
            Self::UsernameChanged { .. } => "username_changed",
            Self::BackupEmailSet { .. } => "backup_email_set",
            Self::BackupEmailRemoved => "backup_email_removed",
            Self::BackupLink { .. } => "backup_link",
            Self::BackupEmailUsed => "backup_email_used",
            Self::SupportOpened { .. } => "support_opened",
            Self::SupportLink { .. } => "support_link",
            Self::SupportConfirmed { .. } => "support_confirmed",
            Self::PasswordOpens => "password_opens",
            Self::SupportStopped { .. } => "support_stopped",
            Self::AnchorPlanned { .. } => "anchor_planned",
            Self::AnchorLink { .. } => "anchor_link",
            Self::AnchorUnproven { .. } => "anchor_unproven",
            Self::AnchorChanged { .. } => "anchor_changed",
            Self::AnchorStopped { .. } => "anchor_stopped",
        }
    }

    /// What it counts as where somebody is told it only so often. Blocks that anybody brings about are told once
    /// a day between them; not that of codes, which says that the password is known, and which nobody is to
    /// silence by blocking the password first.
    pub(super) const fn told_as(&self) -> &'static str {
        if let Self::PasswordBlocked { .. } | Self::PinBlocked = self {
            return "blocked";
        }
        if let Self::UserNumberAgain { .. } | Self::UserNumberByPost { .. } = self {
            return "user_number";
        }
        self.kind()
    }

    /// The text of it: a subject, with `.happened` and `.act`.
    #[expect(clippy::too_many_lines, reason = "it is a table: a line for each message and reader")]
    pub(super) const fn text(&self, reader: Reader) -> &'static str {
        match (self, reader) {
            (Self::PasswordBlocked { .. }, Reader::Concerned) => "mail-password-blocked",
            (Self::PasswordBlocked { .. }, Reader::ContactPerson) => {
                "mail-password-blocked-colleague"
            }
            (Self::CodesBlocked { .. }, Reader::Concerned) => "mail-codes-blocked",
            (Self::CodesBlocked { .. }, Reader::ContactPerson) => "mail-codes-blocked-colleague",
            (Self::FactorAdded { .. }, Reader::Concerned) => "mail-factor-added",
            (Self::FactorAdded { .. }, Reader::ContactPerson) => "mail-factor-added-colleague",
            (Self::FactorReplaced { .. }, Reader::Concerned) => "mail-factor-replaced",
            (Self::FactorReplaced { .. }, Reader::ContactPerson) => {
                "mail-factor-replaced-colleague"
            }
            (Self::SetUpAnew { .. }, Reader::Concerned) => "mail-set-up-anew",
            (Self::SetUpAnew { .. }, Reader::ContactPerson) => "mail-set-up-anew-colleague",
            (Self::Renamed { .. }, Reader::Concerned) => "mail-renamed",
            (Self::Renamed { .. }, Reader::ContactPerson) => "mail-renamed-colleague",
            (Self::SetUpByCard, Reader::Concerned) => "mail-set-up-by-card",
            (Self::SetUpByCard, Reader::ContactPerson) => "mail-set-up-by-card-colleague",
            (Self::FactorRemoved { .. }, Reader::Concerned) => "mail-factor-removed",
            (Self::FactorRemoved { .. }, Reader::ContactPerson) => "mail-factor-removed-colleague",
            (Self::MainNumberChanged { .. }, Reader::Concerned) => "mail-main-number",
            (Self::MainNumberChanged { .. }, Reader::ContactPerson) => "mail-main-number-colleague",
            (Self::WithoutFactor { .. }, _) => "mail-without-factor",
            (Self::WeakerWay { .. }, _) => "mail-weaker-way",
            (Self::FraudReported, Reader::Concerned) => "mail-fraud-reported",
            (Self::FraudReported, Reader::ContactPerson) => "mail-fraud-reported-colleague",
            (Self::FactorCloned { .. }, Reader::Concerned) => "mail-factor-cloned",
            (Self::FactorCloned { .. }, Reader::ContactPerson) => "mail-factor-cloned-colleague",
            (Self::FactorKept { .. }, Reader::Concerned) => "mail-factor-kept",
            (Self::FactorKept { .. }, Reader::ContactPerson) => "mail-factor-kept-colleague",
            (Self::PinMade, Reader::Concerned) => "mail-pin-made",
            (Self::PinMade, Reader::ContactPerson) => "mail-pin-made-colleague",
            (Self::PinOpened, Reader::Concerned) => "mail-pin-opened",
            (Self::PinOpened, Reader::ContactPerson) => "mail-pin-opened-colleague",
            (Self::PinLapsed, _) => "mail-pin-lapsed",
            (Self::LetterWritten, Reader::Concerned) => "mail-letter-written",
            (Self::LetterWritten, Reader::ContactPerson) => "mail-letter-written-colleague",
            (Self::LetterInstead, Reader::Concerned) => "mail-letter-instead",
            (Self::LetterInstead, Reader::ContactPerson) => "mail-letter-instead-colleague",
            (Self::LetterPosted { .. }, Reader::Concerned) => "mail-letter-posted",
            (Self::LetterPosted { .. }, Reader::ContactPerson) => "mail-letter-posted-colleague",
            (Self::LetterLapsed, _) => "mail-letter-lapsed",
            (Self::PinAsked { .. }, Reader::Concerned) => "mail-pin-asked",
            (Self::PinAsked { .. }, Reader::ContactPerson) => "mail-pin-asked-colleague",
            (Self::PinDeclined, Reader::Concerned) => "mail-pin-declined",
            (Self::PinDeclined, Reader::ContactPerson) => "mail-pin-declined-colleague",
            (Self::PinDisclosed { .. }, Reader::Concerned) => "mail-pin-disclosed",
            (Self::PinDisclosed { .. }, Reader::ContactPerson) => "mail-pin-disclosed-colleague",
            (Self::PinBlocked, Reader::Concerned) => "mail-pin-blocked",
            (Self::PinBlocked, Reader::ContactPerson) => "mail-pin-blocked-colleague",
            (Self::Unblocked { .. }, Reader::Concerned) => "mail-unblocked",
            (Self::Unblocked { .. }, Reader::ContactPerson) => "mail-unblocked-colleague",
            (Self::RoleGiven, Reader::Concerned) => "mail-role-given",
            (Self::RoleGiven, Reader::ContactPerson) => "mail-role-given-colleague",
            (Self::RoleTaken, Reader::Concerned) => "mail-role-taken",
            (Self::RoleTaken, Reader::ContactPerson) => "mail-role-taken-colleague",
            (Self::AuthorisationsChanged { .. }, Reader::Concerned) => "mail-authorisations",
            (Self::AuthorisationsChanged { .. }, Reader::ContactPerson) => {
                "mail-authorisations-colleague"
            }
            (Self::AccountEnded, Reader::Concerned) => "mail-account-ended",
            (Self::AccountEnded, Reader::ContactPerson) => "mail-account-ended-colleague",
            (Self::AccountLapsed, _) => "mail-account-lapsed",
            (Self::PasswordChosen, Reader::Concerned) => "mail-password-chosen",
            (Self::PasswordChosen, Reader::ContactPerson) => "mail-password-chosen-colleague",
            (Self::RecoveryCodeMade, Reader::Concerned) => "mail-recovery-code-made",
            (Self::RecoveryCodeMade, Reader::ContactPerson) => "mail-recovery-code-made-colleague",
            (Self::RecoveryCodeUsed, Reader::Concerned) => "mail-recovery-code-used",
            (Self::RecoveryCodeUsed, Reader::ContactPerson) => "mail-recovery-code-used-colleague",
            (Self::Unforced { .. }, _) => "mail-unforced",
            (Self::Forced, _) => "mail-forced",
            (Self::MoreGrace { .. }, _) => "mail-more-grace",
            (Self::Looser { .. }, _) => "mail-looser",
            (Self::UserNumber { .. }, _) => "mail-user-number",
            (Self::UserNumberAgain { .. }, _) => "mail-user-number-again",
            (Self::UserNumberByPost { .. }, _) => "mail-user-number-by-post",
            (Self::WaiverGiven { .. }, Reader::Concerned) => "mail-waiver-given",
            (Self::WaiverGiven { .. }, Reader::ContactPerson) => "mail-waiver-given-colleague",
            (Self::WaiverEnded, Reader::Concerned) => "mail-waiver-ended",
            (Self::WaiverEnded, Reader::ContactPerson) => "mail-waiver-ended-colleague",
            (Self::WaiverLapsed, Reader::Concerned) => "mail-waiver-lapsed",
            (Self::WaiverLapsed, Reader::ContactPerson) => "mail-waiver-lapsed-colleague",
            (Self::AccessCodeGiven { .. }, Reader::Concerned) => "mail-access-given",
            (Self::AccessCodeGiven { .. }, Reader::ContactPerson) => "mail-access-given-colleague",
            (Self::AccessCodeEnded, Reader::Concerned) => "mail-access-ended",
            (Self::AccessCodeEnded, Reader::ContactPerson) => "mail-access-ended-colleague",
            (Self::AccessCodeLapsed, Reader::Concerned) => "mail-access-lapsed",
            (Self::AccessCodeLapsed, Reader::ContactPerson) => "mail-access-lapsed-colleague",
            (Self::AccessCodeUsed { .. }, Reader::Concerned) => "mail-access-used",
            (Self::AccessCodeUsed { .. }, Reader::ContactPerson) => "mail-access-used-colleague",
            (Self::EmailCode { .. }, _) => "mail-email-code",
            (Self::EmailTaken, _) => "mail-email-taken",
            (Self::UsernameChanged { .. }, Reader::Concerned) => "mail-username-changed",
            (Self::UsernameChanged { .. }, Reader::ContactPerson) => {
                "mail-username-changed-colleague"
            }
            (Self::BackupEmailSet { .. }, Reader::Concerned) => "mail-backup-email-set",
            (Self::BackupEmailSet { .. }, Reader::ContactPerson) => {
                "mail-backup-email-set-colleague"
            }
            (Self::BackupEmailRemoved, Reader::Concerned) => "mail-backup-email-removed",
            (Self::BackupEmailRemoved, Reader::ContactPerson) => {
                "mail-backup-email-removed-colleague"
            }
            (Self::BackupLink { .. }, _) => "mail-backup-link",
            (Self::BackupEmailUsed, Reader::Concerned) => "mail-backup-email-used",
            (Self::BackupEmailUsed, Reader::ContactPerson) => "mail-backup-email-used-colleague",
            (Self::SupportOpened { .. }, Reader::Concerned) => "mail-support-opened",
            (Self::SupportOpened { .. }, Reader::ContactPerson) => "mail-support-opened-colleague",
            (Self::SupportLink { .. }, _) => "mail-support-link",
            (Self::SupportConfirmed { .. }, Reader::Concerned) => "mail-support-confirmed",
            (Self::SupportConfirmed { .. }, Reader::ContactPerson) => {
                "mail-support-confirmed-colleague"
            }
            (Self::PasswordOpens, Reader::Concerned) => "mail-password-opens",
            (Self::PasswordOpens, Reader::ContactPerson) => "mail-password-opens-colleague",
            (Self::SupportStopped { .. }, Reader::Concerned) => "mail-support-stopped",
            (Self::SupportStopped { .. }, Reader::ContactPerson) => {
                "mail-support-stopped-colleague"
            }
            (Self::AnchorPlanned { .. }, _) => "mail-anchor-planned",
            (Self::AnchorLink { .. }, _) => "mail-anchor-link",
            (Self::AnchorUnproven { .. }, _) => "mail-anchor-unproven",
            (Self::AnchorChanged { .. }, _) => "mail-anchor-changed",
            (Self::AnchorStopped { .. }, _) => "mail-anchor-stopped",
        }
    }

    /// Where it leads, if it has a link: only what its reader asked for has one.
    pub(super) fn link(&self) -> Option<&str> {
        if let Self::BackupLink { link }
        | Self::SupportLink { link, .. }
        | Self::AnchorLink { link, .. } = self
        {
            Some(link)
        } else {
            None
        }
    }

    /// Whether the person of the account did it: 'Was u dit niet?' asks who reads it.
    #[expect(clippy::too_many_lines, reason = "it is a table: an arm for each message")]
    pub(super) const fn is_own_deed(&self) -> bool {
        match self {
            Self::PasswordBlocked { .. }
            | Self::CodesBlocked { .. }
            | Self::FactorAdded { .. }
            | Self::FactorReplaced { .. }
            | Self::FactorRemoved { .. }
            | Self::MainNumberChanged { .. }
            | Self::FactorCloned { .. }
            | Self::PinBlocked
            | Self::PinAsked { .. }
            | Self::SupportOpened { .. }
            | Self::SupportLink { .. }
            | Self::SupportConfirmed { .. }
            | Self::FraudReported
            | Self::PasswordChosen
            | Self::RecoveryCodeMade
            | Self::RecoveryCodeUsed
            | Self::SetUpAnew { .. }
            | Self::SetUpByCard
            | Self::AccessCodeUsed { .. }
            | Self::WithoutFactor { .. }
            | Self::EmailCode { .. }
            | Self::UsernameChanged { .. }
            | Self::BackupEmailSet { .. }
            | Self::BackupEmailRemoved
            | Self::BackupLink { .. }
            | Self::BackupEmailUsed
            | Self::FactorKept { .. }
            | Self::WeakerWay { .. } => true,
            Self::EmailTaken
            | Self::PasswordOpens
            | Self::SupportStopped { .. }
            | Self::AnchorPlanned { .. }
            | Self::AnchorLink { .. }
            | Self::AnchorUnproven { .. }
            | Self::AnchorChanged { .. }
            | Self::AnchorStopped { .. }
            | Self::PinMade
            | Self::PinOpened
            | Self::PinLapsed
            | Self::LetterWritten
            | Self::LetterInstead
            | Self::PinDisclosed { .. }
            | Self::PinDeclined
            | Self::LetterPosted { .. }
            | Self::LetterLapsed
            | Self::Unblocked { .. }
            | Self::RoleGiven
            | Self::RoleTaken
            | Self::Renamed { .. }
            | Self::AuthorisationsChanged { .. }
            | Self::AccountEnded
            | Self::AccountLapsed
            | Self::Unforced { .. }
            | Self::Forced
            | Self::MoreGrace { .. }
            | Self::Looser { .. }
            | Self::UserNumber { .. }
            | Self::UserNumberAgain { .. }
            | Self::UserNumberByPost { .. }
            | Self::WaiverGiven { .. }
            | Self::AccessCodeGiven { .. }
            | Self::AccessCodeEnded
            | Self::AccessCodeLapsed
            | Self::WaiverLapsed
            | Self::WaiverEnded => false,
        }
    }

    /// Whether who manages the account is told too.
    #[expect(clippy::too_many_lines, reason = "it is a table: an arm for each message")]
    pub(super) const fn is_for_contact_persons(&self) -> bool {
        match self {
            Self::WithoutFactor { .. }
            | Self::WeakerWay { .. }
            | Self::EmailCode { .. }
            | Self::BackupLink { .. }
            | Self::SupportLink { .. }
            | Self::AnchorLink { .. }
            | Self::EmailTaken => false,
            Self::PinAsked { managers } => *managers,
            Self::PasswordBlocked { .. }
            | Self::CodesBlocked { .. }
            | Self::FactorAdded { .. }
            | Self::FactorReplaced { .. }
            | Self::SetUpAnew { .. }
            | Self::SetUpByCard
            | Self::FactorRemoved { .. }
            | Self::MainNumberChanged { .. }
            | Self::FraudReported
            | Self::FactorCloned { .. }
            | Self::PinMade
            | Self::PinOpened
            | Self::PinLapsed
            | Self::LetterWritten
            | Self::LetterInstead
            | Self::PinDeclined
            | Self::PinDisclosed { .. }
            | Self::LetterPosted { .. }
            | Self::LetterLapsed
            | Self::PinBlocked
            | Self::Unblocked { .. }
            | Self::RoleGiven
            | Self::RoleTaken
            | Self::Renamed { .. }
            | Self::AuthorisationsChanged { .. }
            | Self::AccountEnded
            | Self::AccountLapsed
            | Self::PasswordChosen
            | Self::RecoveryCodeMade
            | Self::RecoveryCodeUsed
            | Self::Unforced { .. }
            | Self::Forced
            | Self::MoreGrace { .. }
            | Self::Looser { .. }
            | Self::UserNumber { .. }
            | Self::UserNumberAgain { .. }
            | Self::UsernameChanged { .. }
            | Self::BackupEmailSet { .. }
            | Self::BackupEmailRemoved
            | Self::BackupEmailUsed
            | Self::UserNumberByPost { .. }
            | Self::WaiverGiven { .. }
            | Self::AccessCodeGiven { .. }
            | Self::AccessCodeEnded
            | Self::AccessCodeUsed { .. }
            | Self::SupportOpened { .. }
            | Self::SupportConfirmed { .. }
            | Self::PasswordOpens
            | Self::SupportStopped { .. }
            | Self::AnchorPlanned { .. }
            | Self::AnchorUnproven { .. }
            | Self::AnchorChanged { .. }
            | Self::AnchorStopped { .. }
            | Self::AccessCodeLapsed
            | Self::FactorKept { .. }
            | Self::WaiverLapsed
            | Self::WaiverEnded => true,
        }
    }

    /// For how long it is worth telling, where a code that was sent is good for so long.
    #[expect(clippy::too_many_lines, reason = "it is a table: an arm for each message")]
    pub(super) const fn life(&self, sent_code: Duration) -> Duration {
        const DAY: u64 = 24 * 60 * 60;
        match self {
            Self::UserNumber { .. }
            | Self::UserNumberAgain { .. }
            | Self::UserNumberByPost { .. }
            | Self::LetterLapsed
            | Self::AnchorLink { .. }
            | Self::AnchorPlanned { .. } => Duration::from_secs(7 * DAY),
            // As long as what it holds is good.
            Self::EmailCode { .. } | Self::BackupLink { .. } => sent_code,
            Self::SupportLink { .. } => Duration::from_secs(DAY),
            Self::PasswordBlocked { .. }
            | Self::CodesBlocked { .. }
            | Self::FactorAdded { .. }
            | Self::FactorReplaced { .. }
            | Self::FactorRemoved { .. }
            | Self::MainNumberChanged { .. }
            | Self::SetUpAnew { .. }
            | Self::SetUpByCard
            | Self::WithoutFactor { .. }
            | Self::WeakerWay { .. }
            | Self::FraudReported
            | Self::FactorCloned { .. }
            | Self::PinMade
            | Self::PinOpened
            | Self::PinLapsed
            | Self::LetterWritten
            | Self::LetterInstead
            | Self::PinAsked { .. }
            | Self::PinDeclined
            | Self::PinDisclosed { .. }
            | Self::LetterPosted { .. }
            | Self::PinBlocked
            | Self::Unblocked { .. }
            | Self::RoleGiven
            | Self::RoleTaken
            | Self::Renamed { .. }
            | Self::AuthorisationsChanged { .. }
            | Self::AccountEnded
            | Self::AccountLapsed
            | Self::PasswordChosen
            | Self::RecoveryCodeMade
            | Self::RecoveryCodeUsed
            | Self::Unforced { .. }
            | Self::Forced
            | Self::MoreGrace { .. }
            | Self::Looser { .. }
            | Self::EmailTaken
            | Self::UsernameChanged { .. }
            | Self::BackupEmailSet { .. }
            | Self::BackupEmailRemoved
            | Self::BackupEmailUsed
            | Self::WaiverGiven { .. }
            | Self::AccessCodeGiven { .. }
            | Self::AccessCodeEnded
            | Self::AccessCodeUsed { .. }
            | Self::SupportOpened { .. }
            | Self::SupportConfirmed { .. }
            | Self::PasswordOpens
            | Self::SupportStopped { .. }
            | Self::AnchorUnproven { .. }
            | Self::AnchorChanged { .. }
            | Self::AnchorStopped { .. }
            | Self::AccessCodeLapsed
            | Self::FactorKept { .. }
            | Self::WaiverLapsed
            | Self::WaiverEnded => Duration::from_secs(2 * DAY),
        }
    }
}

/// What takes the place of a PIN that is dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewPin {
    /// A new one, which waits in a Berichtenbox.
    Box,
    /// A new one, in a letter.
    Letter,
    /// None yet: one was made less than a day ago, and the contact persons are asked for the next.
    Asked,
    /// None yet: no letter can be written, and the contact persons are asked to have one made.
    NoLetter,
}

impl NewPin {
    /// As texts choose by it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Box => "box",
            Self::Letter => "letter",
            Self::Asked => "asked",
            Self::NoLetter => "no-letter",
        }
    }
}

/// Who reads it, which decides how it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// The person whom it is about.
    Concerned,
    /// Who manages that person's account.
    ContactPerson,
}

/// From where something was done, as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A browser or program, as it names itself.
    Client(String),
    /// Who manages the person's account.
    ContactPerson,
    /// The same, by name.
    Manager(String),
    /// The server itself, because it was time.
    Clock,
    /// Who runs the server, at its command line.
    Operator,
}

/// What is told, with when and from where it happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What.
    pub message: Message,
    /// When.
    pub at: Time,
    /// From where.
    pub source: Source,
}

/// A notice and to whom it goes: what a row of the outbox holds, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Parcel {
    pub(super) to: To,
    pub(super) notice: Notice,
}

/// To whom a notice goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum To {
    /// The person of this account and who manages it, whose addresses are looked up when it is due:
    /// whoever writes the row needs no time for it that could be measured.
    Account(AccountId),
    /// The contact persons of an organisation, as they are when it is due; about somebody, by name, or
    /// about nobody in particular.
    ContactPersons { organisation: OrganisationId, about: String },
    /// Where an organisation is registered to be reached, or else its main contact person.
    Registered { organisation: OrganisationId, about: String },
    /// Nobody: a name that no account has is told of nowhere, in the same time.
    Nobody,
    /// One person.
    Reader(Box<Recipient>),
}

/// One person, at an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Recipient {
    pub(super) address: Address,
    pub(super) name: String,
    pub(super) language: Language,
    pub(super) reader: Reader,
    /// The name of the person whom it is about.
    pub(super) about: String,
}
