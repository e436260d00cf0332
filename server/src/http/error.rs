//! Refusals: every status code this server gives.
//!
//! A handler returns [`Error`]; it becomes an empty response that carries a `Refused`, and the
//! layer `render` writes it as a page or as `application/problem+json`, in the asker's language.

use std::error::Error as Source;
use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::activation::{self, request};
use crate::causes::causes;
use crate::clock::Time;
use crate::factors::{Refusal, card};
use crate::letters::{self, Undrawn};
use crate::lockout::codes::Barred;
use crate::random::Random;
use crate::{access, administration, enrolment, login, management, recovery, storage, waiver};

/// Declares the codes: variant, status, stable name in the API.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident, $status:ident, $name:literal;)+) => {
        /// Why a request is refused; the name is stable and part of the API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])* $variant,)+ }

        impl Code {
            /// All codes, so that a test can hold that each has its texts.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The status that goes with it.
            #[must_use]
            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)+ }
            }

            /// Its stable name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

codes! {
    /// No such page or resource.
    NotFound, NOT_FOUND, "not_found";
    /// The address exists, but not for this method.
    Method, METHOD_NOT_ALLOWED, "method";
    /// The form's token is missing, old or another visit's.
    StaleForm, FORBIDDEN, "stale_form";
    /// `Origin` or `Sec-Fetch-Site` names another site.
    ForeignOrigin, FORBIDDEN, "foreign_origin";
    /// The body is larger than any form of ours.
    TooLarge, PAYLOAD_TOO_LARGE, "too_large";
    /// The body or address does not parse.
    BadRequest, BAD_REQUEST, "bad_request";
    /// The request names another server than this one.
    Misdirected, MISDIRECTED_REQUEST, "misdirected";
    /// The request did not arrive in time.
    Late, REQUEST_TIMEOUT, "late";
    /// All places for password checks are taken; nothing was counted. Needs `retry_after`.
    Busy, SERVICE_UNAVAILABLE, "busy";
    /// The database is away, locked or full; nothing was written. Needs `retry_after`.
    Unavailable, SERVICE_UNAVAILABLE, "unavailable";
    /// Too many requests. Needs `retry_after`.
    TooMany, TOO_MANY_REQUESTS, "too_many";
    /// Our own fault.
    Internal, INTERNAL_SERVER_ERROR, "internal";
    /// A form with an empty field, shown again.
    Incomplete, UNPROCESSABLE_ENTITY, "incomplete";
    /// Wrong password or unknown name: the same for both.
    WrongPassword, UNAUTHORIZED, "wrong_password";
    /// Password log-in is blocked for a time: made by [`Error::blocked`].
    PasswordBlocked, FORBIDDEN, "password_blocked";
    /// Password log-in is blocked until somebody lifts it.
    PasswordClosed, FORBIDDEN, "password_closed";
    /// A code is wrong: made by [`Error::wrong_code`].
    WrongCode, UNAUTHORIZED, "wrong_code";
    /// Too many codes were wrong in this log-in, which is over.
    CodesWrong, UNAUTHORIZED, "codes_wrong";
    /// Too many codes were wrong in what a session was doing; the session goes on.
    TriesOver, FORBIDDEN, "tries_over";
    /// Too many codes of this kind were wrong in a row: made from [`Barred`].
    CodePaused, FORBIDDEN, "code_paused";
    /// The same, until somebody opens it.
    CodeClosed, FORBIDDEN, "code_closed";
    /// Too many codes of all kinds were wrong in a day: made from [`Barred`].
    CodesStopped, FORBIDDEN, "codes_stopped";
    /// A program's request to log in says nothing of its attempt.
    NoBearer, UNAUTHORIZED, "no_bearer";
    /// The log-in attempt is over, used or unknown.
    LoginExpired, UNAUTHORIZED, "login_expired";
    /// The link is used, too old or another attempt's.
    LinkInvalid, UNAUTHORIZED, "link_invalid";
    /// The link is opened in a browser in which nobody is logging in.
    LinkElsewhere, UNAUTHORIZED, "link_elsewhere";
    /// The link of a support case is used, too old or replaced.
    SupportLinkInvalid, GONE, "support_link_invalid";
    /// The link to a new registered address is used, too old or replaced.
    RegisteredLinkInvalid, GONE, "registered_link_invalid";
    /// The one-time code is unknown, used, too old, or not of this verifier.
    CodeInvalid, UNAUTHORIZED, "code_invalid";
    /// There is no session.
    LogInFirst, UNAUTHORIZED, "log_in_first";
    /// A visit that can only enrol asked for something else.
    EnrolFirst, FORBIDDEN, "enrol_first";
    /// A change of factors needs a key or card proven in the last minutes.
    NotFresh, FORBIDDEN, "not_fresh";
    /// A visit by a password alone begins something to log in with while the password is fresh.
    PasswordAgain, FORBIDDEN, "password_again";
    /// The first factor is enrolled; everything more asks for a log-in with it.
    OnlyFirst, FORBIDDEN, "only_first";
    /// The organisation does not allow this kind of factor.
    KindNotAllowed, FORBIDDEN, "kind_not_allowed";
    /// The account has something stronger, and its organisation allows no code beside it.
    WayNotOffered, FORBIDDEN, "way_not_offered";
    /// The person has no account that was proven in that organisation.
    NoSuchChoice, FORBIDDEN, "no_such_choice";
    /// The organisation allows no back-up e-mail address, or the person manages colleagues.
    NoBackupEmail, FORBIDDEN, "no_backup_email";
    /// There is no such factor.
    NoSuchFactor, NOT_FOUND, "no_such_factor";
    /// The challenge was used, replaced or too old: ask again.
    ChallengeGone, CONFLICT, "challenge_gone";
    /// An assertion of a credential that is not ours, or that does not verify.
    NotRecognised, UNAUTHORIZED, "not_recognised";
    /// The key did not verify its user where that is required.
    UserVerificationMissing, FORBIDDEN, "user_verification_missing";
    /// A registration that does not verify, or an answer that no sound key gives.
    KeyRefused, BAD_REQUEST, "key_refused";
    /// The credential is enrolled already.
    KeyKnown, CONFLICT, "key_known";
    /// Nobody touched the key.
    UserPresenceMissing, FORBIDDEN, "user_presence_missing";
    /// The key answered for another site.
    KeyOtherSite, FORBIDDEN, "key_other_site";
    /// The browser asked the key at another address than ours.
    KeyOtherAddress, FORBIDDEN, "key_other_address";
    /// The key says of itself what cannot be.
    KeyFlags, BAD_REQUEST, "key_flags";
    /// Whether the key can be copied is not what it was.
    KeyChanged, UNAUTHORIZED, "key_changed";
    /// The key that was asked for signed wrongly.
    KeySignature, UNAUTHORIZED, "key_signature";
    /// The signature counter went back.
    KeyCopied, UNAUTHORIZED, "key_copied";
    /// Every factor of the account is switched off.
    KeysOff, FORBIDDEN, "keys_switched_off";
    /// The second factor is set up anew, and this was in use before.
    FactorSuspended, FORBIDDEN, "factor_suspended";
    /// The second factor is set up anew, in another browser or too long ago.
    SetUpClosed, FORBIDDEN, "set_up_closed";
    /// The last factor is not removed by accident.
    LastFactor, CONFLICT, "last_factor";
    /// The card was not accepted: made from [`card::Refusal`], whose code and words are sent.
    CardRefused, UNAUTHORIZED, "card_refused";
    /// The card holds, but nobody linked it.
    CardNotLinked, UNAUTHORIZED, "card_not_linked";
    /// The card is linked to another account than the one that logs in.
    CardOfAnother, FORBIDDEN, "card_of_another";
    /// A card of a type that logs nobody in.
    CardType, FORBIDDEN, "card_type";
    /// The organisation has no subscriber number to compare with the card's.
    CardNoSubscriber, CONFLICT, "card_no_subscriber";
    /// The card names another organisation than the account's.
    CardOtherSubscriber, FORBIDDEN, "card_other_subscriber";
    /// The card names another person than the account.
    CardOtherName, FORBIDDEN, "card_other_name";
    /// The card names another member of the account's family.
    CardOtherFirstName, FORBIDDEN, "card_other_first_name";
    /// The name that the card fits is new.
    CardNewName, FORBIDDEN, "card_new_name";
    /// The account has a card with another UZI number.
    CardOtherNumber, CONFLICT, "card_other_number";
    /// The card is linked to an account already.
    CardTaken, CONFLICT, "card_taken";
    /// Only a contact person manages colleagues and the organisation.
    ContactPersonOnly, FORBIDDEN, "contact_person_only";
    /// The organisation has nobody with this id.
    NoSuchColleague, NOT_FOUND, "no_such_colleague";
    /// Nobody does this for the own account.
    NotForOneself, FORBIDDEN, "not_for_oneself";
    /// The main contact person is replaced by the operator only.
    MainContactPerson, FORBIDDEN, "main_contact_person";
    /// It is the only contact person.
    LastContactPerson, CONFLICT, "last_contact_person";
    /// There are as many contact persons as there may be.
    EnoughContactPersons, CONFLICT, "enough_contact_persons";
    /// A label that is empty or too long.
    BadName, UNPROCESSABLE_ENTITY, "bad_name";
    /// Wrong activation PIN or unknown user number: the same for both.
    WrongPin, UNAUTHORIZED, "wrong_pin";
    /// A PIN adds no factor to an account that has one.
    PinAddsNothing, CONFLICT, "pin_adds_nothing";
    /// The activation PIN is blocked until a human lifts that.
    PinBlocked, FORBIDDEN, "pin_blocked";
    /// The last PIN of this account is younger than a day.
    PinTooSoon, CONFLICT, "pin_too_soon";
    /// No print service is set, so that no PIN goes by post.
    PostNotSet, CONFLICT, "post_not_set";
    /// The organisation has no postal address.
    NoPostalAddress, CONFLICT, "no_postal_address";
    /// A name or address cannot be printed.
    NotPrintable, CONFLICT, "not_printable";
    /// The user number was sent less than an hour ago.
    NumberTooSoon, CONFLICT, "number_too_soon";
    /// An authorisation that is not configured.
    NoSuchAuthorisation, CONFLICT, "no_such_authorisation";
    /// Somebody changed the authorisations since the form was made.
    AuthorisationsChanged, CONFLICT, "authorisations_changed";
    /// The password alone leads to the wizard already.
    AccessNotNeeded, CONFLICT, "access_not_needed";
    /// The password alone lets in, under a waiver.
    AccessWaived, CONFLICT, "access_waived";
    /// A contact person always needs a second factor.
    WaiverContactPerson, FORBIDDEN, "waiver_contact_person";
    /// No second factor is waived while it is forced.
    WaiverForced, CONFLICT, "waiver_forced";
    /// A password that was chosen beside a second factor is too short to let in alone.
    WaiverShortPassword, CONFLICT, "waiver_short_password";
    /// There is no second factor to be waived.
    WaiverNoFactor, CONFLICT, "waiver_no_factor";
    /// The last waiver was given less than 30 days ago.
    WaiverTooSoon, CONFLICT, "waiver_too_soon";
}

impl Code {
    /// The message of the locale files that explains it; its `.detail` holds the remedy.
    #[must_use]
    pub fn text_key(self) -> String {
        format!("error-{}", self.name().replace('_', "-"))
    }
}

/// A value that goes into the sentence and, for the API, beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Member {
    Number(u64),
    /// A moment to come, and the present one.
    Until(Time, Time),
}

/// A refused request.
#[derive(Debug)]
pub struct Error {
    code: Code,
    members: Vec<(&'static str, Member)>,
    next: Option<String>,
    reason: Option<String>,
    source: Option<Box<dyn Source + Send + Sync>>,
    card: Option<Arc<card::Refusal>>,
}

impl Error {
    /// A refusal with this code.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, members: Vec::new(), next: None, reason: None, source: None, card: None }
    }

    /// Our own fault, with its cause for the log.
    pub fn internal(source: impl Into<Box<dyn Source + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..Self::new(Code::Internal) }
    }

    /// Password log-in is blocked, until then or until somebody lifts it.
    #[must_use]
    pub fn blocked(until: Option<Time>, now: Time) -> Self {
        let Some(until) = until else { return Self::new(Code::PasswordClosed) };
        let mut error = Self::new(Code::PasswordBlocked);
        error.members.push(("blocked_until", Member::Until(until, now)));
        error
    }

    /// A code was not looked at, or was the last one that may be wrong.
    #[must_use]
    pub fn barred(barred: Barred, now: Time) -> Self {
        let until = |code, until| {
            let mut error = Self::new(code);
            error.members.push(("blocked_until", Member::Until(until, now)));
            error
        };
        match barred {
            Barred::AttemptOver => Self::new(Code::CodesWrong).next("/login"),
            Barred::Paused { until: end } => until(Code::CodePaused, end),
            Barred::Closed => Self::new(Code::CodeClosed),
            Barred::Stopped { until: end } => until(Code::CodesStopped, end),
        }
    }

    /// As [`Error::barred`], where somebody is logged in and stays so: what was done begins anew at `next`.
    #[must_use]
    pub fn barred_within(barred: Barred, now: Time, next: &str) -> Self {
        match barred {
            Barred::AttemptOver => Self::new(Code::TriesOver),
            Barred::Paused { .. } | Barred::Closed | Barred::Stopped { .. } => {
                Self::barred(barred, now)
            }
        }
        .next(next)
    }

    /// A code is wrong; so many more may be tried in this log-in.
    #[must_use]
    pub fn wrong_code(left: u32) -> Self {
        Self::new(Code::WrongCode).number("left", left.into())
    }

    /// Adds a number to the sentence and to the problem's members.
    #[must_use]
    pub fn number(mut self, name: &'static str, value: u64) -> Self {
        self.members.push((name, Member::Number(value)));
        self
    }

    /// Refuses for now: the client may try again after so many seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.number("retry_after", seconds.max(1))
    }

    /// What exactly is wrong, for whoever writes the program that asks. In English, and without
    /// anything that was sent.
    #[must_use]
    pub(super) fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// The page of ours where the remedy is.
    #[must_use]
    pub fn next(mut self, path: impl Into<String>) -> Self {
        self.next = Some(path.into());
        self
    }

    /// Where only a fresh proof is missing: the page that asks for one, and then leads to `then`.
    #[must_use]
    pub(super) fn after_confirming(self, then: &str) -> Self {
        if self.code == Code::NotFresh {
            self.next(format!("/confirm?then={then}"))
        } else if self.code == Code::PasswordAgain {
            self.next(format!("{PASSWORD_AGAIN}?then={then}"))
        } else {
            self
        }
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    fn seconds(&self) -> Option<u64> {
        self.members.iter().find_map(|(name, member)| match member {
            Member::Number(seconds) if *name == "retry_after" => Some(*seconds),
            Member::Number(_) | Member::Until(..) => None,
        })
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::new(match refusal {
            Refusal::NotRecognised | Refusal::Stranger => Code::NotRecognised,
            Refusal::ChallengeGone => Code::ChallengeGone,
            Refusal::UserVerificationMissing => Code::UserVerificationMissing,
            Refusal::PossiblyCloned => Code::KeyCopied,
            Refusal::CrossOrigin => Code::ForeignOrigin,
            Refusal::Malformed => {
                let reason = "credential is no response of navigator.credentials in JSON";
                return Self::new(Code::BadRequest).reason(reason);
            }
            Refusal::Unsound => {
                let reason = "credential holds no sound authenticator or client data";
                return Self::new(Code::KeyRefused).reason(reason);
            }
            Refusal::AlreadyEnrolled => Code::KeyKnown,
            Refusal::Suspended => Code::FactorSuspended,
            Refusal::UserPresenceMissing => Code::UserPresenceMissing,
            Refusal::OtherSite => Code::KeyOtherSite,
            Refusal::OtherAddress => Code::KeyOtherAddress,
            Refusal::BackupFlags => Code::KeyFlags,
            Refusal::BackupChanged => Code::KeyChanged,
            Refusal::BadSignature => Code::KeySignature,
        })
    }
}

impl From<card::Refusal> for Error {
    fn from(refusal: card::Refusal) -> Self {
        match refusal {
            card::Refusal::ChallengeGone => Self::new(Code::ChallengeGone),
            card::Refusal::NotLinked => Self::new(Code::CardNotLinked),
            card::Refusal::Stranger => Self::new(Code::CardOfAnother),
            card::Refusal::Suspended => Self::new(Code::FactorSuspended),
            refusal @ (card::Refusal::Token(_)
            | card::Refusal::Format(_)
            | card::Refusal::Algorithm(_)
            | card::Refusal::AlgorithmOfKey(_)
            | card::Refusal::Base64(_)
            | card::Refusal::Signature
            | card::Refusal::Card(_)) => {
                Self { card: Some(Arc::new(refusal)), ..Self::new(Code::CardRefused) }
            }
        }
    }
}

impl From<login::Error> for Error {
    fn from(error: login::Error) -> Self {
        match error {
            login::Error::AttemptOver => {
                Self::new(Code::LoginExpired).next("/login?notice=expired")
            }
            login::Error::NoWay => Self::new(Code::KeysOff),
            login::Error::NotOffered => Self::new(Code::WayNotOffered).next("/login/check"),
            login::Error::NoChoice => Self::new(Code::NoSuchChoice).next("/login/organisation"),
            login::Error::NoKey => Self::new(Code::NoSuchFactor),
            login::Error::Busy(_) => Self::new(Code::Busy).retry_after(1),
            login::Error::Storage(error) => error.into(),
            login::Error::Key(_) | login::Error::Sealed(_) => Self::internal(error),
        }
    }
}

impl From<enrolment::Error> for Error {
    fn from(error: enrolment::Error) -> Self {
        use enrolment::Error as E;
        use enrolment::policy::{Denied, Unfit};
        Self::new(match error {
            E::Denied(Denied::NotFresh) => {
                return Self::new(Code::NotFresh).next("/confirm");
            }
            E::Denied(Denied::PasswordAgain) => {
                return Self::new(Code::PasswordAgain).next(PASSWORD_AGAIN);
            }
            E::Denied(Denied::CardTooEarly | Denied::Forced) => {
                return Self::new(Code::EnrolFirst).next("/enrol");
            }
            E::SessionOver => return Self::new(Code::LogInFirst).next("/login"),
            E::Denied(Denied::Kind) => return Self::new(Code::KindNotAllowed).next("/enrol"),
            E::Denied(Denied::TooLate) => return Self::new(Code::SetUpClosed).next("/login"),
            E::Denied(Denied::OnlyFirst) => return Self::new(Code::OnlyFirst).next("/login"),
            E::Denied(Denied::LastFactor) => Code::LastFactor,
            E::Denied(Denied::NoBackUp) => {
                return Self::new(Code::NoBackupEmail).next("/account/details");
            }
            E::Refused(Refusal::NotRecognised) => Code::KeyRefused,
            E::Refused(refusal) => return refusal.into(),
            E::Card(refusal) => return (*refusal).into(),
            E::Unfit(Unfit::Type) => Code::CardType,
            E::Unfit(Unfit::NoSubscriber) => Code::CardNoSubscriber,
            E::Unfit(Unfit::OtherSubscriber) => Code::CardOtherSubscriber,
            E::Unfit(Unfit::OtherName) => Code::CardOtherName,
            E::Unfit(Unfit::OtherFirstName) => Code::CardOtherFirstName,
            E::Unfit(Unfit::NewName) => Code::CardNewName,
            E::Unfit(Unfit::OtherNumber) => Code::CardOtherNumber,
            E::CardTaken => Code::CardTaken,
            E::Unknown => Code::NoSuchFactor,
            E::Storage(error) => return error.into(),
            E::Barred(_) | E::Key(_) | E::Sealed(_) | E::NotOne(_) => {
                return Self::internal(error);
            }
        })
    }
}

impl From<activation::card::Error> for Error {
    fn from(error: activation::card::Error) -> Self {
        use activation::card::Error as E;
        match error {
            E::Busy(_) => Self::new(Code::Busy).retry_after(1),
            E::Login(error) => Self::from(error).next("/activate/card"),
            E::Enrolment(error) => error.into(),
            E::Storage(error) => error.into(),
        }
    }
}

impl From<management::Error> for Error {
    fn from(error: management::Error) -> Self {
        use management::Error as E;
        match error {
            E::NotContact => Self::new(Code::ContactPersonOnly),
            E::NotFresh => Self::new(Code::NotFresh).next("/confirm"),
            E::SessionOver => Self::new(Code::LogInFirst).next("/login"),
            E::NoColleague => Self::new(Code::NoSuchColleague),
            E::Storage(error) => error.into(),
        }
    }
}

impl From<administration::Error> for Error {
    fn from(error: administration::Error) -> Self {
        use administration::{Denied, Error as E};
        Self::new(match error {
            E::Management(error) => return error.into(),
            E::Denied(Denied::Oneself) => Code::NotForOneself,
            E::Denied(Denied::MainContact) => Code::MainContactPerson,
            E::Denied(Denied::LastContact) => Code::LastContactPerson,
            E::Denied(Denied::EnoughContacts) => Code::EnoughContactPersons,
            E::Name => Code::BadName,
            E::Access(denied) => denied.into(),
            E::Busy(_) => return Self::new(Code::Busy).retry_after(1),
            E::Letter(error) => return error.into(),
            E::Waiver(denied) => denied.into(),
            E::Unfit(_) | E::Reason => Code::BadRequest,
            E::ChangedMeanwhile => Code::AuthorisationsChanged,
            E::Storage(error) => return error.into(),
        })
    }
}

impl From<access::Denied> for Code {
    fn from(denied: access::Denied) -> Self {
        use access::Denied;
        match denied {
            Denied::Oneself => Self::NotForOneself,
            Denied::NotNeeded => Self::AccessNotNeeded,
            Denied::Waived => Self::AccessWaived,
        }
    }
}

impl From<waiver::Denied> for Code {
    fn from(denied: waiver::Denied) -> Self {
        use waiver::Denied;
        match denied {
            Denied::Oneself => Self::NotForOneself,
            Denied::ContactPerson => Self::WaiverContactPerson,
            Denied::Forced => Self::WaiverForced,
            Denied::ShortPassword => Self::WaiverShortPassword,
            Denied::NoFactor => Self::WaiverNoFactor,
            Denied::TooSoon { .. } => Self::WaiverTooSoon,
            Denied::Length => Self::BadRequest,
        }
    }
}

impl From<request::Error> for Error {
    fn from(error: request::Error) -> Self {
        use request::Error as E;
        Self::new(match error {
            E::Management(error) => return error.into(),
            E::Own => Code::NotForOneself,
            E::TooSoon => Code::PinTooSoon,
            E::NumberTooSoon => Code::NumberTooSoon,
            E::TooManyContactPersons => Code::EnoughContactPersons,
            E::NameTaken(_) => Code::BadRequest,
            E::Name => Code::BadName,
            E::Letter(error) => return error.into(),
            E::Busy(_) => return Self::new(Code::Busy).retry_after(1),
            E::Storage(error) => return error.into(),
        })
    }
}

impl From<letters::run::Error> for Error {
    fn from(error: letters::run::Error) -> Self {
        use letters::run::Error as E;
        match error {
            E::NoKey => Code::PostNotSet.into(),
            E::NoAddress => Code::NoPostalAddress.into(),
            E::Undrawn(Undrawn::Letters(_)) => Code::NotPrintable.into(),
            E::Storage(error) => error.into(),
            error @ (E::Undrawn(Undrawn::Document(_)) | E::Envelope(_) | E::Folder { .. }) => {
                Self::internal(error)
            }
        }
    }
}

impl From<recovery::run::Error> for Error {
    fn from(error: recovery::run::Error) -> Self {
        use recovery::policy::Denied;
        use recovery::run::Error as E;
        match error {
            E::Denied(Denied::NotFresh) => Self::new(Code::NotFresh).next("/confirm"),
            E::Denied(Denied::NoFactor) => Self::new(Code::EnrolFirst).next("/enrol"),
            E::SessionOver => Self::new(Code::LogInFirst).next("/login"),
            E::Busy(_) => Self::new(Code::Busy).retry_after(1),
            E::Storage(error) => error.into(),
        }
    }
}

impl From<storage::Error> for Error {
    fn from(error: storage::Error) -> Self {
        if !error.is_unavailable() {
            return Self::internal(error);
        }
        Self { source: Some(error.into()), ..Self::new(Code::Unavailable) }.retry_after(RETRY)
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

/// What the layer `render` needs to write the answer.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    pub(super) code: Code,
    /// What goes into the sentence and, for the API, beside it.
    pub(super) members: Vec<(&'static str, Member)>,
    /// Where to go on.
    pub(super) next: Option<String>,
    /// What a key or body was refused for, for programs.
    pub(super) reason: Option<String>,
    /// Where the log has the cause.
    pub(super) reference: Option<String>,
    /// Why a card was refused, where that is it.
    pub(super) card: Option<Arc<card::Refusal>>,
}

impl Refused {
    /// A refusal of the framework, which says a code and nothing more.
    pub(super) fn bare(code: Code, reference: Option<String>) -> Self {
        Self { code, members: Vec::new(), next: None, reason: None, reference, card: None }
    }

    /// The stable name: for a card, that of the check that failed.
    pub(super) fn name(&self) -> &'static str {
        self.card.as_ref().map_or(self.code.name(), |refusal| refusal.code())
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        if let Some(seconds) = self.seconds() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        let reference = (self.code == Code::Internal).then(|| {
            let reference = reference();
            let error = self.source.as_deref().map(|error| causes(error));
            tracing::error!(reference, error, "request failed, reference {reference}");
            reference
        });
        if self.code == Code::Unavailable {
            let error = self.source.as_deref().map(|error| causes(error));
            tracing::error!(error, "the database cannot be used for now");
        }
        response.extensions_mut().insert(Refused {
            code: self.code,
            members: self.members,
            next: self.next,
            reason: self.reason,
            reference,
            card: self.card,
        });
        response
    }
}

/// Marks a response that is complete although its status is an error's: a form shown again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written;

/// A page that goes out with the status of `code`, such as a form shown again.
pub(super) fn written(code: Code, page: Response) -> Response {
    let mut response = (code.status(), page).into_response();
    response.extensions_mut().insert(Written);
    response
}

/// Where an access code is typed: the next step of who has nothing else that works.
pub(super) const ACCESS: &str = "/login/access";
/// Where the password is given once more within a visit that it opened.
pub(super) const PASSWORD_AGAIN: &str = "/confirm/password";
/// Where who lost everything sets up anew with the recovery code.
pub(super) const ANEW: &str = "/login/anew";
/// After how many seconds a database may be back.
const RETRY: u64 = 10;

/// A number to find this failure by: 8 characters without look-alikes.
pub(super) fn reference() -> String {
    const ALPHABET: &str = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let letter = |byte: u8| ALPHABET.chars().nth(usize::from(byte) % ALPHABET.len());
    let text: String = Random::system().bytes::<8>().into_iter().filter_map(letter).collect();
    let (left, right) = text.split_at(4);
    format!("{left}-{right}")
}

#[cfg(test)]
mod tests;
