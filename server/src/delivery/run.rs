//! Messages, performed: posted in somebody's transaction, delivered by a worker, seen to by the
//! operator.

use super::boxes;
use super::email::{Address, Mail};
use super::failure::Failure;
use super::letter::{self, Letter};
use super::message::{Notice, Parcel, Reader, Recipient, To};
use super::phone::{self, State};
use super::rules::{self, Next};
use super::store::{self, Taken};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::batches::all;
use crate::clock::Time;
use crate::factors;
use crate::id::{AccountId, OrganisationId, PostId};
use crate::lockout::Subject;
use crate::organisations::{self, Mailbox};
#[cfg(test)]
use crate::sealed::Sealed;
use crate::sealed::{Record, places};
use crate::storage::{self, Result, Tx};
use crate::text::Text;
use std::time::Duration;
use tracing::{info, warn};

/// Tells the person of `account`, and who manages it, once `tx` is committed.
pub(crate) async fn tell(
    app: &App,
    tx: &mut Tx,
    account: &AccountId,
    notice: Notice,
) -> Result<()> {
    let parcel = Parcel { to: To::Account(account.clone()), notice };
    post(app, tx, Some(account), &parcel, app.clock.now()).await
}

/// As [`tell`], at most once a day for each `subject`, of whatever counts as the same; where that is a name
/// that nobody has, as much is written, and nobody is told. Whether it is the first of the day.
pub(crate) async fn tell_once_a_day(
    app: &App,
    tx: &mut Tx,
    (subject, account): (&Subject, Option<&AccountId>),
    notice: Notice,
) -> Result<bool> {
    let (now, told) = (notice.at, notice.message.told_as());
    if !store::first_since(tx, (subject.as_str(), told), now, now.before(DAY)).await? {
        return Ok(false);
    }
    let to = account.map_or(To::Nobody, |account| To::Account(account.clone()));
    post(app, tx, account, &Parcel { to, notice }, now).await?;
    Ok(true)
}

/// Tells the contact persons of an organisation, once `tx` is committed: about the person of this name,
/// or about nobody in particular.
pub(crate) async fn tell_contact_persons(
    app: &App,
    tx: &mut Tx,
    organisation: &OrganisationId,
    about: &str,
    notice: Notice,
) -> Result<()> {
    let (now, organisation, about) = (notice.at, organisation.clone(), about.to_owned());
    let to = To::ContactPersons { organisation, about };
    post(app, tx, None, &Parcel { to, notice }, now).await
}

/// Tells an organisation something of itself, once `tx` is committed: its contact persons, and where it is
/// registered to be reached.
pub(crate) async fn tell_organisation(
    app: &App,
    tx: &mut Tx,
    organisation: &OrganisationId,
    notice: Notice,
) -> Result<()> {
    tell_contact_persons(app, tx, organisation, "", notice.clone()).await?;
    if organisations::store::registered(tx, organisation).await?.email.is_none() {
        return Ok(());
    }
    let (now, organisation, about) = (notice.at, organisation.clone(), String::new());
    let to = To::Registered { organisation, about };
    post(app, tx, None, &Parcel { to, notice }, now).await
}

/// As [`tell`], of an account that ends in this transaction: its address is kept in the message.
pub(crate) async fn tell_of_end(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    notice: Notice,
) -> Result<()> {
    tell_contact_persons(app, tx, &account.organisation, &account.name, notice.clone()).await?;
    for recipient in everywhere(app, tx, account, notice.at).await? {
        let to = To::Reader(Box::new(recipient));
        let parcel = Parcel { to, notice: notice.clone() };
        post(app, tx, Some(&account.id), &parcel, notice.at).await?;
    }
    Ok(())
}

/// Sends something to the person of `account` at this address alone, once `tx` is committed; nothing where
/// no e-mail reaches it.
pub(crate) async fn tell_at(
    app: &App,
    tx: &mut Tx,
    (account, address): (&Account, &str),
    notice: Notice,
) -> Result<()> {
    let Some(recipient) = at(app, account, address) else { return Ok(()) };
    let now = notice.at;
    let parcel = Parcel { to: To::Reader(Box::new(recipient)), notice };
    post(app, tx, Some(&account.id), &parcel, now).await
}

/// Sends something to an organisation at this address alone, once `tx` is committed; nothing where no e-mail
/// reaches it.
pub(crate) async fn tell_organisation_at(
    app: &App,
    tx: &mut Tx,
    (organisation, address): (&OrganisationId, &Mailbox),
    notice: Notice,
) -> Result<()> {
    let found = organisations::store::find(tx, organisation).await?;
    let Some(reader) = found.and_then(|found| {
        let about = found.name.clone();
        office(app, (found.name, address), about)
    }) else {
        return Ok(());
    };
    let now = notice.at;
    post(app, tx, None, &Parcel { to: To::Reader(Box::new(reader)), notice }, now).await
}

/// Sends something about `account` to where its organisation is registered, at most once in `pause`.
/// Whether it goes.
pub(crate) async fn tell_registered(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    notice: Notice,
    pause: Duration,
) -> Result<bool> {
    let (now, told) = (notice.at, notice.message.told_as());
    let subject = Subject::account(&account.id);
    if !store::first_since(tx, (subject.as_str(), told), now, now.before(pause)).await? {
        return Ok(false);
    }
    let (organisation, about) = (account.organisation.clone(), account.name.clone());
    let to = To::Registered { organisation, about };
    post(app, tx, Some(&account.id), &Parcel { to, notice }, now).await?;
    Ok(true)
}

async fn post(
    app: &App,
    tx: &mut Tx,
    account: Option<&AccountId>,
    parcel: &Parcel,
    now: Time,
) -> Result<()> {
    let id = PostId::random(app.random);
    let content = serde_json::to_vec(parcel).expect("a parcel is plain JSON");
    let content = app.sealing.seal(&record(&id), &content, app.random);
    let message = &parcel.notice.message;
    let new = store::New {
        id: &id,
        account,
        kind: message.kind(),
        content: &content,
        now,
        ends: now.after(message.life(app.config.times.sent_code)),
    };
    store::insert(tx, &new).await?;
    tx.wake_after(&app.delivery.wake);
    Ok(())
}

/// Where the content of a row is sealed.
pub(super) fn record(id: &PostId) -> Record<'_> {
    Record::new(places::OUTBOX, id.as_str())
}

/// Delivers everything that is due, one after the other.
pub async fn deliver_due(app: &App) -> Result<()> {
    while let Some(taken) = take(app).await? {
        deliver(app, taken).await?;
    }
    Ok(())
}

/// Takes what has been due longest, for this worker alone until its lease ends.
pub(super) async fn take(app: &App) -> Result<Option<Taken>> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let taken = store::take(&mut tx, now, now.after(LEASE)).await?;
    tx.commit().await?;
    Ok(taken)
}

/// When there is next something to take.
pub(super) async fn next(app: &App) -> Result<Option<Time>> {
    let mut tx = app.db.read().await?;
    store::next(&mut tx).await
}

/// Delivers what was taken: hands it over, or finds out to whom it goes.
pub(super) async fn deliver(app: &App, taken: Taken) -> Result<()> {
    if phone::parcel::is_ours(&taken.kind) {
        let outcome = phone::run::hand_over(app, &taken).await?;
        return settle(app, &taken, outcome).await;
    }
    let parcel = app.sealing.unseal(&record(&taken.id), &taken.content);
    let parcel = parcel.ok().and_then(|content| serde_json::from_slice::<Parcel>(&content).ok());
    let outcome = match parcel {
        None => Err(Failure::Unreadable),
        Some(Parcel { to: To::Nobody, .. }) => return discard(app, &taken).await,
        Some(Parcel { to: To::Reader(recipient), notice }) => {
            hand_over(app, &taken.id, &recipient, &notice).await
        }
        Some(Parcel { to, notice }) => return address(app, &taken, &to, &notice).await,
    };
    settle(app, &taken, outcome).await
}

async fn discard(app: &App, taken: &Taken) -> Result<()> {
    let mut tx = app.db.write().await?;
    store::done(&mut tx, taken).await?;
    tx.commit().await
}

/// Replaces a row by one for each who is told, and fills their boxes.
async fn address(app: &App, taken: &Taken, to: &To, notice: &Notice) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    if store::done(&mut tx, taken).await? {
        if let To::Account(account) = to {
            let by = By { actor: Actor::Clock, random: app.random, now: notice.at };
            let life = app.config.keep.messages;
            boxes::fill(&mut tx, account, &notice.message, (life, &by)).await?;
        }
        for recipient in recipients(app, &mut tx, to, notice).await? {
            let to = To::Reader(Box::new(recipient));
            let parcel = Parcel { to, notice: notice.clone() };
            post(app, &mut tx, taken.account.as_ref(), &parcel, now).await?;
        }
    }
    tx.commit().await
}

/// Who is meant, as things stand now.
async fn recipients(app: &App, tx: &mut Tx, to: &To, notice: &Notice) -> Result<Vec<Recipient>> {
    match to {
        To::Account(id) => {
            let Some(person) = accounts::store::find(tx, id).await? else { return Ok(vec![]) };
            let mut readers = everywhere(app, tx, &person, app.clock.now()).await?;
            if notice.message.is_for_contact_persons() {
                let (of, about) = (&person.organisation, person.name.as_str());
                readers.extend(managers(app, tx, of, about, Some(id)).await?);
            }
            Ok(readers)
        }
        To::ContactPersons { organisation, about } => {
            managers(app, tx, organisation, about, None).await
        }
        To::Registered { organisation, about } => {
            registered(app, tx, organisation, about).await.map(Vec::from_iter)
        }
        To::Reader(recipient) => Ok(vec![Recipient::clone(recipient)]),
        To::Nobody => Ok(vec![]),
    }
}

/// A person at every address at which one is told what happens: the one to log in with, the back-up one,
/// and what was one of them until lately.
async fn everywhere(app: &App, tx: &mut Tx, person: &Account, now: Time) -> Result<Vec<Recipient>> {
    let mut readers: Vec<_> =
        recipient(app, person, Reader::Concerned, &person.name).into_iter().collect();
    for address in factors::email::beside(tx, &person.id, (&app.sealing, now)).await? {
        let Ok(address) = address else {
            warn!(account.id = %person.id, "an e-mail address of account {} does not open", person.id);
            continue;
        };
        let reader = at(app, person, address.as_str());
        readers
            .extend(reader.filter(|new| readers.iter().all(|known| known.address != new.address)));
    }
    Ok(readers)
}

/// A person at one address.
fn at(app: &App, person: &Account, address: &str) -> Option<Recipient> {
    Some(Recipient {
        address: Address::parse(address).ok()?,
        name: person.name.clone(),
        language: app.delivery.language,
        reader: Reader::Concerned,
        about: person.name.clone(),
    })
}

/// The contact persons of an organisation but this one.
async fn managers(
    app: &App,
    tx: &mut Tx,
    organisation: &OrganisationId,
    about: &str,
    but: Option<&AccountId>,
) -> Result<Vec<Recipient>> {
    let mut found = Vec::new();
    for id in accounts::store::contact_persons(tx, organisation).await? {
        let manager = accounts::store::find(tx, &id).await?;
        let other = manager.filter(|manager| Some(&manager.id) != but);
        found.extend(other.and_then(|to| recipient(app, &to, Reader::ContactPerson, about)));
    }
    Ok(found)
}

/// The registered address of an organisation, or else its main contact person.
async fn registered(
    app: &App,
    tx: &mut Tx,
    organisation: &OrganisationId,
    about: &str,
) -> Result<Option<Recipient>> {
    let found = organisations::store::find(tx, organisation).await?;
    let registered = organisations::store::registered(tx, organisation).await?;
    if let (Some(organisation), Some(email)) = (found, registered.email) {
        return Ok(office(app, (organisation.name, &email), about.to_owned()));
    }
    let main = match organisations::store::main_contact(tx, organisation).await? {
        Some(id) => accounts::store::find(tx, &id).await?,
        None => None,
    };
    Ok(main.and_then(|main| recipient(app, &main, Reader::ContactPerson, about)))
}

/// An organisation of this name, at this address.
fn office(app: &App, (name, address): (String, &Mailbox), about: String) -> Option<Recipient> {
    Some(Recipient {
        address: Address::parse(address.as_str()).ok()?,
        name,
        language: app.delivery.language,
        reader: Reader::ContactPerson,
        about,
    })
}

fn recipient(app: &App, to: &Account, reader: Reader, about: &str) -> Option<Recipient> {
    let Ok(address) = Address::parse(to.username.as_str()) else {
        warn!(account.id = %to.id, "no e-mail reaches the user name of account {}", to.id);
        return None;
    };
    Some(Recipient {
        address,
        name: to.name.clone(),
        language: app.delivery.language,
        reader,
        about: about.to_owned(),
    })
}

async fn hand_over(
    app: &App,
    id: &PostId,
    recipient: &Recipient,
    notice: &Notice,
) -> Result<(), Failure> {
    let mail = &app.delivery.mail;
    let text = Text::new(recipient.language).lasting(app.config.spans());
    let letter =
        letter::write(notice, recipient, (text, mail.name())).map_err(|_| Failure::Unwritten)?;
    let (to, name) = (&recipient.address, recipient.name.as_str());
    let Letter { subject, plain, html } = &letter;
    mail.send(&Mail { id, to, name, subject, plain, html, date: notice.at }).await
}

/// Writes down what came of a try. Where the take no longer counts, because it took too long and
/// somebody else has the row, that one writes.
async fn settle(app: &App, taken: &Taken, outcome: Result<(), Failure>) -> Result<()> {
    let now = app.clock.now();
    let by = By { actor: Actor::Clock, random: app.random, now };
    let (id, kind) = (taken.id.clone(), taken.kind.clone());
    let mut tx = app.db.write().await?;
    let event = match outcome {
        Ok(()) => {
            info!(message.id = %id, tries = taken.tries, "message {id} ({kind}) delivered");
            let counts = store::done(&mut tx, taken).await?;
            if counts && phone::parcel::is_ours(&kind) {
                phone::run::settle(app, &mut tx, taken, State::Accepted).await?;
            }
            counts.then_some(audit::Event::MessageSent { message: id, kind })
        }
        Err(failure) => {
            let dice = u32::from_be_bytes(app.random.bytes());
            let next = match rules::after(taken.tries, taken.ends, now, dice) {
                Next::Again(at) if failure.passes() => Some(at),
                Next::Again(_) | Next::Never => None,
            };
            warn!(message.id = %id, tries = taken.tries, "message {id} ({kind}) not delivered: {failure}");
            let counts = store::failed(&mut tx, taken, next, &failure.stored()).await?;
            let given_up = counts && next.is_none();
            if given_up && phone::parcel::is_ours(&kind) {
                phone::run::settle(app, &mut tx, taken, State::Failed).await?;
            }
            given_up.then_some(audit::Event::MessageGivenUp { message: id, kind })
        }
    };
    if let Some(event) = event {
        audit::record(&mut tx, &by, taken.account.as_ref(), &event).await?;
    }
    tx.commit().await
}

/// A message in the outbox, as the operator sees it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its id.
    pub id: PostId,
    /// What it says, as a stable name.
    pub kind: String,
    /// To which address; nothing where that is not found out yet, or cannot be read.
    pub to: Option<String>,
    /// Since when it waits.
    pub created: Time,
    /// When it is tried next; nothing where it was given up.
    pub due: Option<Time>,
    /// How often it was tried.
    pub tries: u32,
    /// Why the last try failed.
    pub failure: Option<Failure>,
}

/// Everything in the outbox, oldest first.
pub async fn list(app: &App) -> Result<Vec<Entry>> {
    let mut tx = app.db.read().await?;
    let rows = store::list(&mut tx).await?;
    let entry = |row: store::Listed| Entry {
        to: reader_of(app, &row),
        id: row.id,
        kind: row.kind,
        created: row.created,
        due: row.due,
        tries: row.tries,
        failure: row.failure.as_deref().and_then(Failure::parse),
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// Why the code or call of `sending` was not handed over at its last try.
pub(super) async fn why(app: &App, sending: &phone::Sending) -> Result<Option<Failure>> {
    let mut tx = app.db.read().await?;
    let ours = |row: &store::Listed| {
        let content = app.sealing.unseal(&record(&row.id), &row.content).ok();
        let read = content.and_then(|content| phone::parcel::read(&content));
        phone::parcel::is_ours(&row.kind) && read.is_some_and(|(found, _)| found.id == sending.id)
    };
    let row = store::list(&mut tx).await?.into_iter().find(ours);
    Ok(row.and_then(|row| Failure::parse(row.failure.as_deref()?)))
}

fn reader_of(app: &App, row: &store::Listed) -> Option<String> {
    let content = app.sealing.unseal(&record(&row.id), &row.content).ok()?;
    if phone::parcel::is_ours(&row.kind) {
        return phone::parcel::read(&content).map(|(sending, _)| sending.to.to_string());
    }
    match serde_json::from_slice::<Parcel>(&content).ok()?.to {
        To::Reader(recipient) => Some(recipient.address.to_string()),
        To::Account(_) | To::ContactPersons { .. } | To::Registered { .. } | To::Nobody => None,
    }
}

/// Why the operator's wish was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such message, or it was not given up.
    #[error(
        "no message with the id {0} was given up: 'sleutelbos outbox list' shows those that were"
    )]
    Unknown(PostId),
    /// It is a code, or a call for one, and whoever waited for it waits no more.
    #[error("a code is not sent later: who still needs one asks for a new one on the page")]
    Code,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

/// Has a message that was given up tried again, for as long as the first time.
///
/// Errors: [`Error::Unknown`], [`Error::Code`].
pub async fn retry(app: &App, id: &PostId) -> Result<(), Error> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let kept = store::retry(&mut tx, id, now).await?;
    let (kind, account) = kept.ok_or_else(|| Error::Unknown(id.clone()))?;
    if phone::parcel::is_code(&kind) {
        return Err(Error::Code);
    }
    let event = audit::Event::MessageRetried { message: id.clone(), kind };
    audit::record(&mut tx, &operator(app, now), account.as_ref(), &event).await?;
    tx.wake_after(&app.delivery.wake);
    Ok(tx.commit().await?)
}

/// Removes a message that was given up.
///
/// Errors: [`Error::Unknown`].
pub async fn drop_message(app: &App, id: &PostId) -> Result<(), Error> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let kept = store::drop_dead(&mut tx, id).await?;
    let (kind, account) = kept.ok_or_else(|| Error::Unknown(id.clone()))?;
    let event = audit::Event::MessageDropped { message: id.clone(), kind };
    audit::record(&mut tx, &operator(app, now), account.as_ref(), &event).await?;
    Ok(tx.commit().await?)
}

fn operator(app: &App, now: Time) -> By {
    By { actor: Actor::Operator, random: app.random, now }
}

/// Forgets what was given up long ago, and what was told more than a day ago.
pub(crate) async fn forget(app: &App) -> Result<()> {
    let now = app.clock.now();
    all!(app.db, tx => store::forget_told(&mut tx, now.before(DAY)).await);
    let given_up = now.before(app.config.keep.undelivered);
    all!(app.db, tx => store::forget_dead(&mut tx, given_up).await);
    all!(app.db, tx => phone::run::forget(&mut tx, now).await);
    Ok(())
}

/// How long a worker has a row for itself: longer than a try may take.
const LEASE: Duration = Duration::from_secs(2 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What the messages that wait say, oldest first.
#[cfg(test)]
pub(crate) async fn waiting(app: &App) -> Vec<super::message::Message> {
    const SQL: &str = "SELECT id || ' ' || content FROM outbox ORDER BY created_at, id";
    let rows = storage::testing::texts(&app.db, SQL).await;
    let read = |row: String| {
        let (id, content) = row.split_once(' ')?;
        let id = PostId::parse(id).ok()?;
        let plain = app.sealing.unseal(&record(&id), &Sealed::stored(content.to_owned())).ok()?;
        let parcel: Parcel = serde_json::from_slice(&plain).ok()?;
        Some(parcel.notice.message)
    };
    rows.into_iter().filter_map(read).collect()
}
