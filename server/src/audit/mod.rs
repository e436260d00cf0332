//! Audit: what must be provable later, written in the transaction that makes it true.
//!
//! A log line may be lost and a metric rounded; an audit event commits with the change it tells of,
//! or not at all. The log only grows; what is personal in an event stands beside it and can be erased.
//! [`chain`] gives each event its place in a chain of hashes and signs where the chain ends, [`inspect`]
//! verifies and exports it (`docs/audit.md`, `docs/adr/0037-the-audit-is-a-signed-chain.md`).

pub mod chain;
pub mod checkpoint;
pub mod digest;
pub mod entry;
pub mod erase;
pub mod inspect;
pub mod key;
pub mod lines;
mod store;
#[cfg(test)]
mod tests;
pub mod walk;

use crate::clock::Time;
use crate::factors::{Evidence, Kind, Level};
use crate::id::{
    AccountId, AttemptId, CaseId, EventId, FactorId, LetterId, OrganisationId, PinId, PostId,
    SendingId, SessionId,
};
use crate::lockout::Lifted;
use crate::lockout::codes::{Barred, Code, Wrong};
use crate::random::Random;
use crate::sealed::KeyId;
use crate::storage::{Result, Tx};
use crate::uzi::sighting::Sighting;
use entry::Personal;
use serde::{Deserialize, Serialize};

/// Who does what is recorded, as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Actor {
    /// Whoever is logging in: known only by what was proven.
    Visitor {
        /// In which attempt; a one-time code has left its own behind.
        #[serde(skip_serializing_if = "Option::is_none")]
        attempt: Option<AttemptId>,
    },
    /// Whose account it is.
    Owner {
        /// From which session.
        session: SessionId,
        /// In which attempt, where the session is being raised.
        #[serde(skip_serializing_if = "Option::is_none")]
        attempt: Option<AttemptId>,
    },
    /// Who manages the colleagues of the organisation, about one of them.
    ContactPerson {
        /// Whose session it is.
        account: AccountId,
        /// From which session.
        session: SessionId,
    },
    /// Who runs the server, at its command line.
    Operator,
    /// The server itself, because it was time.
    Clock,
}

/// Who does something, and when.
#[derive(Clone, Debug)]
pub(crate) struct By {
    pub(crate) actor: Actor,
    pub(crate) random: Random,
    pub(crate) now: Time,
}

/// Something that happened. No secret, name or address is ever part of it: ids only. What is
/// personal beyond our own ids stands in a member that `PERSONAL` names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// An organisation was added.
    OrganisationCreated {
        /// Which.
        organisation: OrganisationId,
    },
    /// An organisation's UZI subscriber number was recorded.
    SubscriberSet {
        /// Whose.
        organisation: OrganisationId,
        /// The number, which stands on each of its cards.
        subscriber: String,
    },
    /// The operator has an anchor of an organisation change, which holds from then on.
    AnchorPlanned {
        /// Whose.
        organisation: OrganisationId,
        /// Which, without saying it: `email`, `address`, `telephone`, `main_contact`.
        anchor: &'static str,
        /// When it holds.
        starts: Time,
        /// The number in the trade register that was compared.
        kvk: String,
        /// Of which day the extract was.
        extract: Time,
        /// Who compared it.
        operator: String,
    },
    /// A change of an anchor that waits was proven at the new place.
    AnchorProven {
        /// Whose.
        organisation: OrganisationId,
        /// Which.
        anchor: &'static str,
    },
    /// A change of an anchor that waited was stopped.
    AnchorStopped {
        /// Whose.
        organisation: OrganisationId,
        /// Which.
        anchor: &'static str,
    },
    /// Nobody proved a change of an anchor at the new place in time: it stays as it was.
    AnchorLapsed {
        /// Whose.
        organisation: OrganisationId,
        /// Which.
        anchor: &'static str,
    },
    /// Where an organisation is reached was recorded, or changed after its time.
    RegisteredChanged {
        /// Which.
        organisation: OrganisationId,
        /// What, without saying it: `email`, `address`, `telephone`, `main_contact`.
        set: Vec<&'static str>,
    },
    /// An account was added.
    AccountCreated {
        /// Where.
        organisation: OrganisationId,
    },
    /// Somebody changed the name of the account's person.
    AccountRenamed,
    /// The e-mail address to log in with is another one, which its person proved.
    UsernameChanged,
    /// The person proved a back-up e-mail address.
    BackupEmailSet {
        /// Whether it took the place of another.
        replaced: bool,
        /// It brings its owner back in from then on.
        starts: Time,
    },
    /// The person removed the back-up e-mail address.
    BackupEmailRemoved,
    /// A link to the back-up e-mail address logged somebody in, at `low`.
    BackupEmailUsed,
    /// The account was ended, with all that opened it.
    AccountEnded,
    /// What the account may do for its colleagues changed.
    RoleChanged {
        /// What it was.
        was: &'static str,
        /// What it is.
        is: &'static str,
    },
    /// What the person may do in the services behind this server changed: ids of the configuration.
    AuthorisationsChanged {
        /// What came.
        given: Vec<String>,
        /// What went.
        taken: Vec<String>,
    },
    /// Another contact person became the main one.
    MainContactChanged {
        /// Where.
        organisation: OrganisationId,
    },
    /// An organisation decided something.
    SettingChanged {
        /// Which.
        organisation: OrganisationId,
        /// What about.
        setting: &'static str,
        /// What was decided before; empty: nothing.
        was: String,
        /// What is decided; empty: nothing.
        is: String,
    },
    /// Whoever had only a password went on without a second factor, which nobody is forced to have.
    EnrolmentSkipped,
    /// A password is about to be looked at and was counted as wrong; what follows says what it was.
    /// Where nothing follows, whoever tried went away before the answer, and the count stands.
    PasswordTried {
        /// Wrong ones in a row, this one among them.
        streak: u32,
        /// As many more a block kept from being looked at before it.
        #[serde(skip_serializing_if = "is_none")]
        refused: u32,
        /// Until when it blocks password log-in, if it is wrong and the block ends by itself.
        #[serde(skip_serializing_if = "Option::is_none")]
        blocks_until: Option<Time>,
    },
    /// The password was right.
    PasswordRight,
    /// The password was right for another account of the same address, or the person chose that one: it
    /// counts as no try at this one.
    PasswordNotCounted,
    /// The password was wrong, or the name nobody's.
    PasswordWrong {
        /// Wrong ones in a row.
        streak: u32,
    },
    /// The last wrong password blocked password log-in.
    PasswordBlocked {
        /// Until when; without, until a strong factor, a contact person or the operator reopens it.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Time>,
    },
    /// A password was offered while password log-in was blocked; it was not looked at. Once a
    /// block: how many there were says the next one that is looked at.
    PasswordRefused,
    /// A strong factor reopened password log-in.
    PasswordReopened,
    /// An operator or a contact person lifted the block of password log-in.
    PasswordUnblocked,
    /// A code is about to be looked at and was counted as wrong; what follows says what it was. Where
    /// nothing follows, whoever tried went away before the answer, and the count stands.
    CodeTried {
        /// What kind.
        code: Code,
        /// Wrong ones of this kind in a row, this one among them.
        streak: u32,
        /// As many more were not looked at before it.
        #[serde(skip_serializing_if = "is_none")]
        refused: u32,
    },
    /// A code was right: what it opened follows.
    CodeRight {
        /// What kind.
        code: Code,
    },
    /// A code was wrong.
    CodeWrong {
        /// What kind.
        code: Code,
        /// Wrong ones of this kind in a row.
        streak: u32,
    },
    /// The last wrong code paused its kind.
    CodePaused {
        /// What kind.
        code: Code,
        /// Until when; without, until a strong factor, a contact person or the operator opens it.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Time>,
    },
    /// The last wrong code stopped codes of every kind.
    CodesStopped {
        /// Until when.
        until: Time,
    },
    /// A code was offered that was not looked at. Once a pause or stop: how many there were says the
    /// next one that is looked at.
    CodeRefused {
        /// What kind.
        code: Code,
    },
    /// A strong factor opened a kind of code again.
    CodeReopened {
        /// What kind.
        code: Code,
    },
    /// An operator or a contact person lifted what paused or stopped codes.
    CodesUnblocked,
    /// A code was made, to be sent to a phone or keyed in there, or mailed; the one before is dead.
    CodeMade {
        /// What kind.
        code: Code,
        /// Which sending.
        sending: SendingId,
        /// To which number of the account; none where one is being enrolled.
        #[serde(skip_serializing_if = "Option::is_none")]
        factor: Option<FactorId>,
    },
    /// A code was asked for and not sent.
    SendRefused {
        /// What kind.
        code: Code,
        /// Why: `share` or `budget` that is used up, or a number that is not let in: `country`, `costly`,
        /// `no_text`.
        why: &'static str,
        /// To which number of the account; none where one is being enrolled, or it was to be mailed.
        #[serde(skip_serializing_if = "Option::is_none")]
        factor: Option<FactorId>,
    },
    /// Whoever was called reported fraud: what was under way has ended.
    FraudReported {
        /// Of which sending.
        sending: SendingId,
    },
    /// Another number of the account is named first.
    MainNumberChanged {
        /// Which.
        factor: FactorId,
    },
    /// A recovery code was made; the one before is dead.
    RecoveryCodeMade {
        /// What it lets in gets no more than this level.
        bound_at: Level,
    },
    /// The person showed to have the recovery code.
    RecoveryCodeConfirmed,
    /// A recovery code logged somebody in. It is spent, and another was made in its place.
    RecoveryCodeUsed {
        /// The level it gave.
        level: Level,
    },
    /// A recovery code was spent to set the second factor up anew.
    RecoveryCodeSpent,
    /// The recovery code was made void: its owner lost it with everything else.
    RecoveryCodeEnded,
    /// A contact person gave the account a code that opens the wizard once, after the password.
    AccessCodeGiven {
        /// What it opens is bound at no more than this level.
        given_at: Level,
        /// Until when it works.
        until: Time,
    },
    /// A contact person took that code back, or nobody used it in time.
    AccessCodeEnded,
    /// That code was right and is spent.
    AccessCodeSpent,
    /// The account's factors were suspended, so that others are enrolled in their place.
    SetUpAnew {
        /// What is enrolled so gets no more than this level.
        bound_at: Level,
        /// When that ends.
        until: Time,
    },
    /// A suspended factor proved itself, and is in use again.
    FactorKept {
        /// Which.
        factor: FactorId,
        /// What it is.
        kind: Kind,
    },
    /// A factor proved itself in a log-in.
    FactorProven {
        /// Which.
        factor: FactorId,
        /// What it is.
        kind: Kind,
        /// What was seen.
        evidence: Evidence,
        /// The level it gave.
        level: Level,
        /// The card, if it is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        card: Option<Box<Sighting>>,
    },
    /// A factor was refused.
    FactorRefused {
        /// What it is or was asked to be, where that is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        kind: Option<Kind>,
        /// Why, as a stable name.
        reason: &'static str,
        /// The card, if it is one and could be read.
        #[serde(skip_serializing_if = "Option::is_none")]
        card: Option<Box<Sighting>>,
    },
    /// A factor was enrolled.
    FactorAdded {
        /// Which.
        factor: FactorId,
        /// What it is.
        kind: Kind,
        /// The level it is bound at.
        bound_at: Level,
        /// The card, if it is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        card: Option<Box<Sighting>>,
    },
    /// A factor was removed.
    FactorRemoved {
        /// Which.
        factor: FactorId,
        /// What it was.
        kind: Kind,
    },
    /// A key's counter went back; it opens nothing any more.
    FactorCloned {
        /// Which.
        factor: FactorId,
    },
    /// A session began, or was replaced by one of a higher level.
    SessionOpened {
        /// Which.
        session: SessionId,
        /// Its level.
        level: Level,
    },
    /// A session was ended.
    SessionEnded {
        /// Which.
        session: SessionId,
    },
    /// A message was handed over to who delivers it.
    MessageSent {
        /// Which.
        message: PostId,
        /// What it said.
        kind: String,
    },
    /// A message could not be delivered, and is not tried again.
    MessageGivenUp {
        /// Which.
        message: PostId,
        /// What it said.
        kind: String,
    },
    /// The operator has a message that was given up tried again.
    MessageRetried {
        /// Which.
        message: PostId,
        /// What it says.
        kind: String,
    },
    /// The operator removed a message that was given up.
    MessageDropped {
        /// Which.
        message: PostId,
        /// What it said.
        kind: String,
    },
    /// A one-time log-in code was refused: used, too old, unknown, or with a wrong verifier.
    LoginCodeRefused,
    /// An activation PIN was made, and lies in the Berichtenbox of who made it, or goes by post.
    PinMade {
        /// Which.
        pin: PinId,
        /// Unopened, it lapses then.
        until: Time,
    },
    /// An activation PIN was shown, once, and works from then on.
    PinOpened {
        /// Which.
        pin: PinId,
    },
    /// A letter with an activation PIN was written, and waits for the print service.
    LetterWritten {
        /// Which.
        letter: LetterId,
        /// The PIN in it.
        pin: PinId,
        /// The name of the operator who had it written, where one did.
        #[serde(skip_serializing_if = "Option::is_none")]
        operator: Option<String>,
    },
    /// A letter was taken to the print service, and is here no more; its PIN works from then on.
    LetterExported {
        /// Which.
        letter: LetterId,
        /// The PIN in it.
        pin: PinId,
        /// The name of the operator who took it.
        operator: String,
    },
    /// The activation PIN of the account was told to an operator; what it was is dead.
    PinDisclosed {
        /// The name of the operator.
        operator: String,
    },
    /// An activation PIN is over: a newer one was opened, it was disclosed, or its account ended.
    PinEnded {
        /// Which.
        pin: PinId,
    },
    /// Nobody opened an activation PIN in time, or used one that came by post.
    PinLapsed {
        /// Which.
        pin: PinId,
    },
    /// Somebody who proved nothing asks for a new activation PIN; contact persons answer it.
    PinAsked,
    /// A contact person declined that.
    PinDeclined,
    /// Nobody answered it in time.
    PinAskLapsed,
    /// The account was not activated in time.
    RequestLapsed,
    /// A contact person had the user number of the account sent to the registered address.
    UserNumberSent,
    /// An activation PIN is about to be looked at and was counted as wrong; what follows says what it
    /// was.
    PinTried {
        /// Wrong ones in a row, this one among them.
        streak: u32,
        /// As many more a block kept from being looked at before it.
        #[serde(skip_serializing_if = "is_none")]
        refused: u32,
    },
    /// The activation PIN was right.
    PinRight {
        /// Which.
        pin: PinId,
    },
    /// The activation PIN was wrong or works no more, or the user number is nobody's.
    PinWrong {
        /// Wrong ones in a row.
        streak: u32,
    },
    /// The last wrong activation PIN blocked it, until the contact person or the operator lifts that.
    PinBlocked,
    /// An activation PIN was offered while it was blocked; it was not looked at. Once a block.
    PinRefused,
    /// The block of the activation PIN was lifted.
    PinUnblocked,
    /// A password was chosen with user number and PIN; the account is activated, if it was not.
    PasswordChosen {
        /// With which PIN.
        pin: PinId,
    },
    /// A card is linked with user number and PIN.
    PinLinkedCard {
        /// With which PIN.
        pin: PinId,
    },
    /// An operator gave a command about the account or its organisation; what came of it stands beside it.
    OperatorActed {
        /// Which: `link_card`, `rename`, `ura`.
        command: &'static str,
        /// The name of the operator.
        operator: String,
    },
    /// An operator opened a case for somebody who called.
    SupportOpened {
        /// Which.
        case: CaseId,
        /// What for: `pin`, `unblock`, `factor`.
        purpose: &'static str,
        /// The AGB code that the caller gave.
        agb: String,
        /// The user number that the caller gave.
        number: String,
        /// The name of the operator.
        operator: String,
    },
    /// A link was mailed to the registered address; one that was mailed before is dead.
    SupportLinkSent {
        /// Of which case.
        case: CaseId,
        /// The name of the operator.
        operator: String,
    },
    /// A case was confirmed.
    SupportConfirmed {
        /// Which.
        case: CaseId,
        /// How: `called` back at the registered number, `shown` the link.
        road: &'static str,
        /// The name of the operator who called.
        #[serde(skip_serializing_if = "Option::is_none")]
        operator: Option<String>,
    },
    /// Whoever had the link, or somebody who was told, did not ask for it.
    SupportStopped {
        /// Which case.
        case: CaseId,
        /// The name of the operator who recorded it; without, it was the link.
        #[serde(skip_serializing_if = "Option::is_none")]
        operator: Option<String>,
    },
    /// A case that was confirmed was carried out; what that was follows.
    SupportFinished {
        /// Which.
        case: CaseId,
        /// The name of the operator.
        operator: String,
    },
    /// Nobody went on with a case in time.
    SupportLapsed {
        /// Which.
        case: CaseId,
    },
    /// The account needs no second factor for a while.
    WaiverGiven {
        /// Until when.
        until: Time,
        /// Why, in the contact person's words.
        why: String,
    },
    /// It needs one again: that while is over, or a contact person ended it before.
    WaiverEnded,
    /// The operator made a key that seals secrets, or had a prepared one seal.
    SealingKeyAdded {
        /// Which.
        key: KeyId,
    },
    /// Everything that is sealed was sealed anew.
    SealedAnew {
        /// With which key.
        key: KeyId,
        /// How many values were sealed with another before.
        values: u64,
    },
    /// The operator removed a key with which nothing is sealed any more.
    SealingKeyRemoved {
        /// Which.
        key: KeyId,
    },
    /// The operator said that a back-up of the database was put back: what can be used once is void.
    BackUpPutBack {
        /// How many of each.
        voided: Voided,
    },
    /// The operator erased something of every event before a moment that was in the chain.
    AuditErased {
        /// What.
        what: Erased,
        /// Which moment.
        before: Time,
    },
}

/// How many of what can be used once, or was to hold later, were made void.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Voided {
    /// Recovery codes.
    pub recovery_codes: u64,
    /// Access codes of contact persons.
    pub access_codes: u64,
    /// Activation PINs.
    pub pins: u64,
    /// Links to back-up addresses, and support cases with theirs.
    pub links: u64,
    /// Codes that were sent, and one-time log-in codes.
    pub codes: u64,
    /// Sessions.
    pub sessions: u64,
    /// Changes of organisations' anchors that waited for their week.
    pub changes: u64,
    /// Log-ins, enrolments and wizards under way.
    pub under_way: u64,
}

/// What of an event can be erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Erased {
    /// What is personal in it.
    Personal,
    /// All of it; its place in the chain and its time stay.
    Event,
}

/// The members of an event that are personal: they are kept beside it, under a commitment.
const PERSONAL: &[&str] = &["card", "number", "operator", "why"];

impl Event {
    /// That this operator gave a command.
    pub(crate) const fn acted(command: &'static str, operator: String) -> Self {
        Self::OperatorActed { command, operator }
    }

    /// That a block was lifted.
    pub(crate) const fn of_lifted(lifted: Lifted) -> Self {
        match lifted {
            Lifted::Password => Self::PasswordUnblocked,
            Lifted::Pin => Self::PinUnblocked,
            Lifted::Codes => Self::CodesUnblocked,
        }
    }

    /// What a wrong code leads to: that it was wrong, and what it closed.
    pub(crate) fn of_wrong_code(wrong: &Wrong) -> Vec<Self> {
        let Wrong { code, streak, closed, .. } = *wrong;
        let closed = match closed {
            None | Some(Barred::AttemptOver) => None,
            Some(Barred::Paused { until }) => Some(Self::CodePaused { code, until: Some(until) }),
            Some(Barred::Closed) => Some(Self::CodePaused { code, until: None }),
            Some(Barred::Stopped { until }) => Some(Self::CodesStopped { until }),
        };
        [Self::CodeWrong { code, streak }].into_iter().chain(closed).collect()
    }

    /// The event and who made it happen, as canonical JSON: keys sorted, no spaces; and its personal
    /// part, which it then names by a commitment.
    fn parts(&self, actor: &Actor, random: Random) -> (String, Option<Personal>) {
        #[derive(Serialize)]
        struct Entry<'a> {
            actor: &'a Actor,
            #[serde(flatten)]
            event: &'a Event,
        }
        // Through `Value`, whose map is sorted; the derived order is that of the fields.
        let entry = Entry { actor, event: self };
        let mut entry = serde_json::to_value(entry).expect("an event is plain JSON");
        let members = entry.as_object_mut().expect("an event is an object");
        let personal: serde_json::Map<_, _> =
            PERSONAL.iter().filter_map(|name| members.remove_entry(*name)).collect();
        if personal.is_empty() {
            return (entry.to_string(), None);
        }
        let personal = Personal::new(serde_json::Value::Object(personal).to_string(), random);
        members.insert("personal".to_owned(), personal.commitment().to_string().into());
        (entry.to_string(), Some(personal))
    }
}

/// Whether a count says nothing.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands every member by reference")]
const fn is_none(count: &u32) -> bool {
    *count == 0
}

/// Writes `event`, about `account` where it is about one, into the transaction.
pub(crate) async fn record(
    tx: &mut Tx,
    by: &By,
    account: Option<&AccountId>,
    event: &Event,
) -> Result<()> {
    record_all(tx, by, &[(account.cloned(), event.clone())]).await
}

/// Events, each with whom it is about.
pub(crate) type Events = Vec<(Option<AccountId>, Event)>;

/// Writes all of `events`, as [`record`] does one.
pub(crate) async fn record_all(
    tx: &mut Tx,
    by: &By,
    events: &[(Option<AccountId>, Event)],
) -> Result<()> {
    let mut rows = Vec::with_capacity(events.len());
    for (account, event) in events {
        let id = EventId::random(by.random);
        let (text, personal) = event.parts(&by.actor, by.random);
        rows.push((id, account.as_ref(), text, personal));
    }
    store::insert(tx, by.now, &rows).await?;
    for (id, _, _, personal) in &rows {
        if let Some(personal) = personal {
            store::insert_personal(tx, id, personal).await?;
        }
    }
    store::wait(tx, &rows, by.now).await
}

#[cfg(test)]
pub(crate) use store::of_account;
