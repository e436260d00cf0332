//! Adding a colleague, and making a new PIN for one: what a contact person does.

use super::tell_contact_persons;
use crate::accounts::{self, Account, MOST_CONTACTS, Role, Username};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::clock::Time;
use crate::factors::Level;
use crate::id::{AccountId, PinId};
use crate::inbox::{self, Message};
use crate::label;
use crate::password::{Busy, Hash};
use crate::pin::rules::{self, Kept};
use crate::pin::{self, ActivationPin};
use crate::sessions::{self, Scope, Session};
use crate::storage::{self, Tx};

/// A colleague, before the account exists.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// The e-mail address to log in with.
    pub username: Username,
    /// The person's name.
    pub name: String,
    /// What the person may do for colleagues.
    pub role: Role,
}

/// Why a colleague was not added, or got no PIN.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The session ended before it was done.
    #[error("the session has ended: log in again")]
    SessionOver,
    /// The last strong proof is too long ago.
    #[error("this needs a key or card that was used in the last minutes: use it again")]
    NotFresh,
    /// Only a contact person does this.
    #[error("only a contact person manages colleagues")]
    NotContactPerson,
    /// Somebody has this user name.
    #[error("the user name {0} is taken: choose another e-mail address")]
    NameTaken(Username),
    /// A name is empty or too long.
    #[error("a name has 1 to 200 characters that can be seen")]
    Name,
    /// The organisation has as many contact persons as it may.
    #[error(
        "an organisation has at most {MOST_CONTACTS} contact persons: end that role of another first"
    )]
    TooManyContactPersons,
    /// The organisation has no such colleague.
    #[error("this organisation has no such colleague")]
    Unknown,
    /// Nobody makes a PIN of their own.
    #[error("nobody makes a PIN for themselves")]
    Own,
    /// The last PIN is younger than a day.
    #[error("at most one PIN is made a day")]
    TooSoon,
    /// Too many passwords and PINs are being hashed.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

type Result<T, E = Error> = std::result::Result<T, E>;

/// Adds a colleague to the organisation of `session`'s contact person: an account without a password,
/// and a PIN that waits in the Berichtenbox of whoever added it.
///
/// Errors: [`Error::NotContactPerson`], [`Error::NotFresh`], [`Error::NameTaken`], [`Error::Name`],
/// [`Error::TooManyContactPersons`].
pub async fn add(app: &App, session: &Session, newcomer: Newcomer) -> Result<Account> {
    let name = label::parse(&newcomer.name, 200).ok_or(Error::Name)?;
    let number = {
        let mut tx = app.db.read().await?;
        accounts::store::fresh_number(&mut tx, app.random).await?
    };
    let pin = ActivationPin::random(app.random);
    let peppered = pin.peppered(&number, app.pepper.expose());
    let hash = app.passwords.admit().await?.hash(peppered).await;

    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let contact = manager(app, &mut tx, session, now).await?;
    let by = by(app, session, now);
    if newcomer.role == Role::ContactPerson {
        let there = accounts::store::contact_persons(&mut tx, &contact.organisation).await?;
        if there.len() >= MOST_CONTACTS {
            return Err(Error::TooManyContactPersons);
        }
    }
    let colleague = Account {
        id: AccountId::random(app.random),
        organisation: contact.organisation.clone(),
        number,
        username: newcomer.username,
        name,
        role: newcomer.role,
        // Number and PIN travelled apart, one of them past a strong factor.
        vouched: Level::Substantial,
    };
    accounts::store::insert(&mut tx, &colleague, now).await.map_err(|error| {
        if error.is_duplicate() {
            Error::NameTaken(colleague.username.clone())
        } else {
            Error::Storage(error)
        }
    })?;
    let ends = now.after(rules::REQUEST);
    accounts::store::begin_request(&mut tx, &colleague.id, ends).await?;
    let event = audit::Event::AccountCreated { organisation: contact.organisation.clone() };
    audit::record(&mut tx, &by, Some(&colleague.id), &event).await?;
    hand_out(app, &mut tx, (&contact, &colleague), (&pin, hash), &by).await?;
    tx.commit().await?;
    Ok(colleague)
}

/// Makes a new PIN for a colleague, which waits in the Berichtenbox of whoever asks: the old one works
/// until the new one is opened. A request that lapsed begins anew.
///
/// Errors: [`Error::NotContactPerson`], [`Error::NotFresh`], [`Error::Unknown`], [`Error::Own`],
/// [`Error::TooSoon`].
pub async fn renew(app: &App, session: &Session, colleague: &AccountId) -> Result<()> {
    let number = {
        let mut tx = app.db.read().await?;
        let found = accounts::store::find(&mut tx, colleague).await?;
        found.ok_or(Error::Unknown)?.number
    };
    let pin = ActivationPin::random(app.random);
    let peppered = pin.peppered(&number, app.pepper.expose());
    let hash = app.passwords.admit().await?.hash(peppered).await;

    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let contact = manager(app, &mut tx, session, now).await?;
    if contact.id == *colleague {
        return Err(Error::Own);
    }
    let colleague = accounts::store::lock(&mut tx, colleague).await?;
    let ours = colleague.filter(|found| found.organisation == contact.organisation);
    let colleague = ours.ok_or(Error::Unknown)?;
    let last = pin::store::last_made(&mut tx, &colleague.id).await?;
    if !rules::may_make(last, now) {
        return Err(Error::TooSoon);
    }
    if let Some(end) = accounts::store::request(&mut tx, &colleague.id).await?
        && end <= now
    {
        let ends = now.after(rules::REQUEST);
        accounts::store::begin_request(&mut tx, &colleague.id, ends).await?;
    }
    let by = by(app, session, now);
    hand_out(app, &mut tx, (&contact, &colleague), (&pin, hash), &by).await?;
    Ok(tx.commit().await?)
}

/// The user number of `colleague` as the contact person of `session` may see it: masked for who has
/// opened a PIN of that account, so that nobody has both.
pub async fn number_for(
    app: &App,
    session: &Session,
    colleague: &Account,
) -> Result<String, storage::Error> {
    let mut tx = app.db.read().await?;
    let viewer = &session.login.account;
    let knows = pin::store::was_opened_by(&mut tx, &colleague.id, viewer).await?;
    Ok(if knows { colleague.number.masked() } else { colleague.number.to_string() })
}

/// Keeps a new PIN, and puts it in the box of the contact person who asked for it. The others of the
/// organisation learn that there is one.
async fn hand_out(
    app: &App,
    tx: &mut Tx,
    (contact, colleague): (&Account, &Account),
    (pin, hash): (&ActivationPin, Hash),
    by: &By,
) -> storage::Result<()> {
    let until = by.now.after(rules::IN_THE_BOX);
    let id = PinId::random(app.random);
    let kept = Kept {
        id: id.clone(),
        account: colleague.id.clone(),
        hash,
        made_at: by.now,
        lies_until: until,
        opened_at: None,
        ended_at: None,
        password_at: None,
    };
    pin::store::insert(tx, &kept).await?;
    let (account, name) = (colleague.id.clone(), colleague.name.clone());
    let message = Message::ColleaguePin { pin: id.clone(), account, name: name.clone() };
    let secret = (pin.expose().as_bytes(), until);
    inbox::put_secret(tx, &contact.id, &message, secret, (&app.sealing, by)).await?;
    let made = Message::PinMade { name, by: contact.name.clone() };
    tell_contact_persons(tx, &colleague.organisation, &made, (Some(contact), by)).await?;
    let event = audit::Event::PinMade { pin: id, until };
    audit::record(tx, by, Some(&colleague.id), &event).await
}

/// The contact person whose session this is, freshly proven; account and session are kept from every
/// other change until the transaction ends.
///
/// Errors: [`Error::SessionOver`], [`Error::NotContactPerson`], [`Error::NotFresh`].
pub(crate) async fn manager(
    app: &App,
    tx: &mut Tx,
    session: &Session,
    now: Time,
) -> Result<Account> {
    let account = accounts::store::lock(tx, &session.login.account).await?;
    let account = account.ok_or(Error::SessionOver)?;
    let policy = &app.config.sessions;
    let session = sessions::lock(tx, &account.id, &session.id, (now, policy)).await?;
    let session = session.ok_or(Error::SessionOver)?;
    match account.role {
        Role::ContactPerson if session.login.scope == Scope::Full => {}
        Role::ContactPerson | Role::Colleague => return Err(Error::NotContactPerson),
    }
    if session.is_fresh(now, policy) { Ok(account) } else { Err(Error::NotFresh) }
}

/// The contact person whose session this is, acting on a colleague.
pub(crate) fn by(app: &App, session: &Session, now: Time) -> By {
    let (account, session) = (session.login.account.clone(), session.id.clone());
    By { actor: Actor::ContactPerson { account, session }, random: app.random, now }
}
