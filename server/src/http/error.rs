//! Refusals: every status code this server gives, and the words and form in which it gives them.
//!
//! A handler returns [`Error`]; it becomes an empty response that carries a [`Refused`], and the
//! layer [`render`] writes it as a page or as `application/problem+json`, in the asker's language.

use std::error::Error as Source;
use std::sync::Arc;

use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use fluent_bundle::{FluentArgs, FluentValue};
use serde_json::{Map, Value, json};

use super::guard::Site;
use super::moment;
use super::pages::message;
use super::text::Text;
use crate::clock::Time;
use crate::factors::{Refusal, card};
use crate::random::Random;
use crate::{enrolment, login, storage};

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
    /// The request did not arrive in time.
    Late, REQUEST_TIMEOUT, "late";
    /// All places for password checks are taken; nothing was counted. Needs `retry_after`.
    Busy, SERVICE_UNAVAILABLE, "busy";
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
    /// The log-in attempt is over, used or unknown.
    LoginExpired, UNAUTHORIZED, "login_expired";
    /// There is no session.
    LogInFirst, UNAUTHORIZED, "log_in_first";
    /// A visit that can only enrol asked for something else.
    EnrolFirst, FORBIDDEN, "enrol_first";
    /// A change of factors needs a key or card proven in the last minutes.
    NotFresh, FORBIDDEN, "not_fresh";
    /// The first factor is enrolled; everything more asks for a log-in with it.
    OnlyFirst, FORBIDDEN, "only_first";
    /// There is no such factor.
    NoSuchFactor, NOT_FOUND, "no_such_factor";
    /// The challenge was used, replaced or too old: ask again.
    ChallengeGone, CONFLICT, "challenge_gone";
    /// An assertion of a credential that is not ours, or that does not verify.
    NotRecognised, UNAUTHORIZED, "not_recognised";
    /// The key did not verify its user where that is required.
    UserVerificationMissing, FORBIDDEN, "user_verification_missing";
    /// A registration that does not verify.
    KeyRefused, BAD_REQUEST, "key_refused";
    /// The credential is enrolled already.
    KeyKnown, CONFLICT, "key_known";
    /// The signature counter went back.
    KeyCopied, UNAUTHORIZED, "key_copied";
    /// The last factor is not removed by accident.
    LastFactor, CONFLICT, "last_factor";
    /// The card was not accepted: made from [`card::Refusal`], whose code and words are sent.
    CardRefused, UNAUTHORIZED, "card_refused";
    /// The card holds, but nobody linked it.
    CardNotLinked, UNAUTHORIZED, "card_not_linked";
    /// A card of a type that logs nobody in.
    CardType, FORBIDDEN, "card_type";
    /// The organisation has no subscriber number to compare with the card's.
    CardNoSubscriber, CONFLICT, "card_no_subscriber";
    /// The card names another organisation than the account's.
    CardOtherSubscriber, FORBIDDEN, "card_other_subscriber";
    /// The card names another person than the account.
    CardOtherName, FORBIDDEN, "card_other_name";
    /// The card is linked to an account already.
    CardTaken, CONFLICT, "card_taken";
    /// A label that is empty or too long.
    BadName, UNPROCESSABLE_ENTITY, "bad_name";
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
enum Member {
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
    source: Option<Box<dyn Source + Send + Sync>>,
    card: Option<Arc<card::Refusal>>,
}

impl Error {
    /// A refusal with this code.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, members: Vec::new(), next: None, source: None, card: None }
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

    /// The page of ours where the remedy is.
    #[must_use]
    pub fn next(mut self, path: impl Into<String>) -> Self {
        self.next = Some(path.into());
        self
    }

    /// Where only a fresh proof is missing: the page that asks for one, and then leads to `then`.
    #[must_use]
    pub(super) fn after_confirming(self, then: &str) -> Self {
        if self.code == Code::NotFresh { self.next(format!("/confirm?then={then}")) } else { self }
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
            Refusal::NotRecognised => Code::NotRecognised,
            Refusal::ChallengeGone => Code::ChallengeGone,
            Refusal::UserVerificationMissing => Code::UserVerificationMissing,
            Refusal::PossiblyCloned => Code::KeyCopied,
            Refusal::CrossOrigin => Code::ForeignOrigin,
            Refusal::Malformed => Code::BadRequest,
            Refusal::AlreadyEnrolled => Code::KeyKnown,
        })
    }
}

impl From<card::Refusal> for Error {
    fn from(refusal: card::Refusal) -> Self {
        match refusal {
            card::Refusal::ChallengeGone => Self::new(Code::ChallengeGone),
            card::Refusal::NotLinked => Self::new(Code::CardNotLinked),
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
            login::Error::Busy(_) => Self::new(Code::Busy).retry_after(1),
            login::Error::Key(_) | login::Error::Storage(_) => Self::internal(error),
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
            E::Denied(Denied::OnlyFirst) => return Self::new(Code::OnlyFirst).next("/login"),
            E::Denied(Denied::LastFactor) => Code::LastFactor,
            E::Refused(Refusal::NotRecognised) => Code::KeyRefused,
            E::Refused(refusal) => return refusal.into(),
            E::Card(refusal) => return (*refusal).into(),
            E::Unfit(Unfit::Type) => Code::CardType,
            E::Unfit(Unfit::NoSubscriber) => Code::CardNoSubscriber,
            E::Unfit(Unfit::OtherSubscriber) => Code::CardOtherSubscriber,
            E::Unfit(Unfit::OtherName) => Code::CardOtherName,
            E::CardTaken => Code::CardTaken,
            E::Unknown => Code::NoSuchFactor,
            E::Key(_) | E::Storage(_) => return Self::internal(error),
        })
    }
}

impl From<storage::Error> for Error {
    fn from(error: storage::Error) -> Self {
        Self::internal(error)
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

/// What [`render`] needs to write the answer.
#[derive(Debug, Clone)]
struct Refused {
    code: Code,
    members: Vec<(&'static str, Member)>,
    next: Option<String>,
    reference: Option<String>,
    card: Option<Arc<card::Refusal>>,
}

impl Refused {
    /// The stable name: for a card, that of the check that failed.
    fn name(&self) -> &'static str {
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
            let error = self.source.as_deref().map(tracing::field::display);
            tracing::error!(reference, error, "request failed, reference {reference}");
            reference
        });
        response.extensions_mut().insert(Refused {
            code: self.code,
            members: self.members,
            next: self.next,
            reference,
            card: self.card,
        });
        response
    }
}

/// A number to find this failure by: 8 characters without look-alikes.
fn reference() -> String {
    const ALPHABET: &str = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let letter = |byte: u8| ALPHABET.chars().nth(usize::from(byte) % ALPHABET.len());
    let text: String = Random::system().bytes::<8>().into_iter().filter_map(letter).collect();
    let (left, right) = text.split_at(4);
    format!("{left}-{right}")
}

/// How the asker wants a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Page,
    Problem,
}

fn form(path: &str, headers: &HeaderMap) -> Form {
    let accepts = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    if path.starts_with("/api/") || accepts(header::ACCEPT).starts_with("application/json") {
        Form::Problem
    } else {
        Form::Page
    }
}

/// Writes each refusal, and each error of the framework, in the form and language asked for.
pub(super) async fn render(
    State(site): State<Arc<Site>>,
    request: Request,
    next: Next,
) -> Response {
    let uri = request.extensions().get::<OriginalUri>().map_or(request.uri(), |uri| &uri.0);
    let form = form(uri.path(), request.headers());
    let text = site.text(request.headers());
    let opened = request.method() == Method::GET;
    let response = next.run(request).await;
    let Some(refusal) = refusal(&response) else { return response };
    if let (Form::Page, true, Some(next)) = (form, opened, &refusal.next) {
        return Redirect::to(next).into_response();
    }
    let (parts, _) = response.into_parts();
    let body = match form {
        Form::Problem => problem(text, &refusal),
        Form::Page => page(text, &refusal),
    };
    let mut answer = (refusal.code.status(), body).into_response();
    for (name, value) in &parts.headers {
        if name == header::RETRY_AFTER || name == header::SET_COOKIE || name == header::ALLOW {
            answer.headers_mut().append(name, value.clone());
        }
    }
    answer
}

/// The refusal in a response, also where the framework refused by itself.
fn refusal(response: &Response) -> Option<Refused> {
    if let Some(refusal) = response.extensions().get::<Refused>() {
        return Some(refusal.clone());
    }
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error())
        || response.extensions().get::<Written>().is_some()
    {
        return None;
    }
    let code = Code::ALL
        .iter()
        .copied()
        .find(|code| code.status() == status && FRAMEWORK.contains(code))
        .unwrap_or(if status.is_server_error() { Code::Internal } else { Code::BadRequest });
    let reference = (code == Code::Internal).then(|| {
        let reference = reference();
        tracing::error!(reference, %status, "request failed, reference {reference}");
        reference
    });
    Some(Refused { code, members: Vec::new(), next: None, reference, card: None })
}

/// Marks a response that is complete although its status is an error's: a form shown again.
#[derive(Debug, Clone, Copy)]
struct Written;

/// A page that goes out with the status of `code`, such as a form shown again.
pub(super) fn written(code: Code, page: Response) -> Response {
    let mut response = (code.status(), page).into_response();
    response.extensions_mut().insert(Written);
    response
}

/// What the framework itself refuses.
const FRAMEWORK: &[Code] =
    &[Code::NotFound, Code::Method, Code::TooLarge, Code::Late, Code::BadRequest];

fn args(text: Text, refusal: &Refused) -> FluentArgs<'static> {
    refusal
        .members
        .iter()
        .map(|(name, member)| {
            let value = match member {
                Member::Number(number) => FluentValue::from(*number),
                Member::Until(time, now) => moment::when(text, *time, *now).into(),
            };
            (*name, value)
        })
        .collect()
}

/// Title and detail in words.
fn words(text: Text, refusal: &Refused) -> (String, String) {
    let (key, args) = (refusal.code.text_key(), args(text, refusal));
    let detail = match &refusal.card {
        Some(card) => text.pick(card.dutch(), card.english()),
        None => text.filled(&format!("{key}.detail"), &args),
    };
    (text.filled(&key, &args), detail)
}

fn problem(text: Text, refusal: &Refused) -> Response {
    let (title, detail) = words(text, refusal);
    let mut body = Map::from_iter([
        ("type".to_owned(), json!("about:blank")),
        ("title".to_owned(), json!(title)),
        ("status".to_owned(), json!(refusal.code.status().as_u16())),
        ("detail".to_owned(), json!(detail)),
        ("code".to_owned(), json!(refusal.name())),
    ]);
    for (name, member) in &refusal.members {
        let value = match member {
            Member::Number(number) => json!(number),
            Member::Until(time, _) => json!(time.to_string()),
        };
        body.insert((*name).to_owned(), value);
    }
    if let Some(next) = &refusal.next {
        body.insert("next".to_owned(), json!(next));
    }
    if let Some(reference) = &refusal.reference {
        body.insert("reference".to_owned(), json!(reference));
    }
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (kind, Value::Object(body).to_string()).into_response()
}

fn page(text: Text, refusal: &Refused) -> Response {
    let (title, detail) = words(text, refusal);
    let blocked = matches!(refusal.code, Code::PasswordBlocked | Code::PasswordClosed);
    message::Message {
        code: refusal.name(),
        title,
        detail,
        more: if blocked {
            vec![text.of("blocked-capitals"), text.of("blocked-now")]
        } else {
            Vec::new()
        },
        onward: if blocked { "/login/passkey" } else { refusal.next.as_deref().unwrap_or("/") }
            .to_owned(),
        onward_text: text.of(if blocked { "login-passkey" } else { "to-start" }),
        ways: blocked,
        reference: refusal.reference.clone(),
    }
    .respond(text)
}
