//! 'Pincode vergeten': who proved something in this browser a moment ago has a new PIN made at once; who
//! proved nothing asks the contact persons for one. Nobody sees a PIN here: it goes to whom it always goes to.

use super::handover::{Handed, hand};
use super::proof::visitor;
use super::request::prepared;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::clock::{self, Time};
use crate::delivery;
use crate::delivery::message::Message;
use crate::id::{AccountId, OrganisationId};
use crate::letters;
use crate::lockout::Subject;
use crate::login;
use crate::login::run::Spared;
use crate::management::{self, manager_of};
use crate::password::Busy;
use crate::pin::asked::{SHARE, WITHIN, Whom};
use crate::pin::{self, rules};
use crate::secret::Token;
use crate::sessions::{self, Session};
use crate::storage::{self, Tx};

/// What somebody proved in this browser.
#[derive(Clone, Copy, Debug)]
pub enum Proof<'a> {
    /// A password or a factor, which opened this session.
    Session(&'a Session),
    /// A password, in this log-in.
    Attempt(&'a Token),
}

/// Why no PIN was made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The proof is too old, or over.
    #[error("nothing was proven in the last minutes: log in again, or ask a contact person")]
    NotProven,
    /// The last PIN is younger than a day.
    #[error("at most one PIN is made a day")]
    TooSoon,
    /// The PIN goes by post, and no letter can be written.
    #[error(transparent)]
    Letter(#[from] letters::run::Error),
    /// Too many passwords and PINs are being hashed.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

/// Whose PIN is forgotten, where `proof` still proves it.
pub async fn proven(app: &App, proof: Proof<'_>) -> Result<Option<Account>, storage::Error> {
    let mut tx = app.db.read().await?;
    let Some(id) = shown(app, &mut tx, proof).await? else { return Ok(None) };
    accounts::store::find(&mut tx, &id).await
}

/// Who gave this proof, and gave it a moment ago.
async fn shown(
    app: &App,
    tx: &mut Tx,
    proof: Proof<'_>,
) -> Result<Option<AccountId>, storage::Error> {
    let now = app.clock.now();
    match proof {
        Proof::Session(session) if session.is_young(now, &app.config.sessions) => {
            Ok(Some(session.login.account.clone()))
        }
        Proof::Session(_) => Ok(None),
        Proof::Attempt(token) => login::run::proven(tx, token, now).await,
    }
}

/// Makes a new PIN of whoever gave `proof`: it waits in the main contact person's Berichtenbox, and that of a
/// contact person in a letter. The old one works until then. What else the account has under way
/// ends. Where it waits.
///
/// Errors: [`Error::NotProven`], [`Error::TooSoon`], [`Error::Letter`].
pub async fn renew(app: &App, client: &str, proof: Proof<'_>) -> Result<Handed, Error> {
    let found = proven(app, proof).await?.ok_or(Error::NotProven)?;
    let (pin, hash) = prepared(app, &found.number).await?;

    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    crate::organisations::store::lock(&mut tx, &found.organisation).await?;
    let whom = accounts::store::lock(&mut tx, &found.id).await?.ok_or(Error::NotProven)?;
    let actor = still(app, &mut tx, (&whom, proof), now).await?.ok_or(Error::NotProven)?;
    let by = By { actor, random: app.random, now };
    let last = pin::store::last_made(&mut tx, &whom.id).await?;
    if !rules::may_make(last, now) {
        return Err(Error::TooSoon);
    }
    let handed = hand(app, &mut tx, (&whom, None), (&pin, hash), &by).await?;
    let spared = match proof {
        Proof::Session(session) => Spared::Session(&session.id),
        Proof::Attempt(token) => Spared::Attempt(token),
    };
    login::run::end_under_way(&mut tx, &whom.id, spared, &by).await?;
    let notice = delivery::notice(handed.message(), &by, client);
    delivery::run::tell(app, &mut tx, &whom.id, notice).await?;
    tx.commit().await?;
    Ok(handed)
}

/// Who acts, where the proof still holds now that nobody changes the account.
async fn still(
    app: &App,
    tx: &mut Tx,
    (whom, proof): (&Account, Proof<'_>),
    now: Time,
) -> Result<Option<Actor>, storage::Error> {
    match proof {
        Proof::Session(session) => {
            let policy = &app.config.sessions;
            let held = sessions::lock(tx, &whom.id, &session.id, (now, policy)).await?;
            let held = held.filter(|session| session.is_young(now, policy));
            Ok(held.map(|session| Actor::Owner { session: session.id, attempt: None }))
        }
        Proof::Attempt(_) => {
            let same = shown(app, tx, proof).await?.is_some_and(|id| id == whom.id);
            Ok(same.then_some(Actor::Visitor { attempt: None }))
        }
    }
}

/// Asks the contact persons of an account for a new PIN, without any proof: at most once a day for each name
/// or number, and with as much written where nobody has it. Of a name in several organisations, those of each.
/// The person is told too. It takes as long for whoever is asked for.
pub async fn ask(app: &App, client: &str, whom: &Whom) -> Result<(), storage::Error> {
    let (by, even) = (visitor(app), clock::even());
    let mut tx = app.db.write().await?;
    let found = match whom {
        Whom::Name(name) => accounts::store::named(&mut tx, name).await?,
        Whom::Number(number) => {
            accounts::store::numbered(&mut tx, number).await?.into_iter().collect()
        }
    };
    let mut found: Vec<_> = found.into_iter().map(Some).collect();
    if found.is_empty() {
        found.push(None);
    }
    for account in found {
        ask_of(app, &mut tx, (whom, account), (client, &by)).await?;
    }
    tx.commit().await?;
    even.await;
    Ok(())
}

/// The same of one account, or of nobody.
async fn ask_of(
    app: &App,
    tx: &mut Tx,
    (whom, found): (&Whom, Option<Account>),
    (client, by): (&str, &By),
) -> Result<(), storage::Error> {
    // The same statements for who is not there.
    let whose = found.as_ref().map(|account| (&account.id, &account.organisation));
    // Nothing is locked: that would be one write more of who is there, and take longer.
    let organisation = match whose {
        Some((_, organisation)) => organisation.clone(),
        None => OrganisationId::random(app.random),
    };
    let before = pin::store::asked_since(tx, &organisation, by.now.before(WITHIN)).await?;
    let subject = match &found {
        Some(account) => Subject::account(&account.id),
        None => Subject::nobody(whom.as_str(), app.name_key.expose()),
    };
    let message = Message::PinAsked { managers: before < SHARE };
    let notice = delivery::notice(message, by, client);
    let concerned = found.as_ref().map(|account| &account.id);
    if delivery::run::tell_once_a_day(app, tx, (&subject, concerned), notice).await? {
        let times = (by.now, by.now.after(app.config.times.pin_asked));
        pin::store::ask(tx, (subject.as_str(), whose), times).await?;
        audit::record(tx, by, concerned, &audit::Event::PinAsked).await?;
    }
    Ok(())
}

/// Declines what somebody asked: the contact person of `session` made no PIN. Whether there was something to
/// decline; then the person is told, and the contact persons.
///
/// Errors: [`management::Error`].
pub async fn decline(
    app: &App,
    session: &Session,
    colleague: &AccountId,
) -> Result<bool, management::Error> {
    let mut tx = app.db.write().await?;
    let (manager, whom, by) = manager_of(app, &mut tx, session, colleague, app.clock.now()).await?;
    if !pin::store::answer(&mut tx, &whom.id, by.now).await? {
        return Ok(false);
    }
    audit::record(&mut tx, &by, Some(&whom.id), &audit::Event::PinDeclined).await?;
    let notice = delivery::notice_by(Message::PinDeclined, &by, &manager.name);
    delivery::run::tell(app, &mut tx, &whom.id, notice).await?;
    tx.commit().await?;
    Ok(true)
}

/// Forgets some of what nobody answered in time; whether there may be more.
pub(super) async fn lapse(tx: &mut Tx, by: &By) -> storage::Result<bool> {
    let asked = pin::store::forget_asked(tx, by.now).await?;
    for account in asked.iter().flatten() {
        audit::record(tx, by, Some(account), &audit::Event::PinAskLapsed).await?;
    }
    Ok(!asked.is_empty())
}
