//! Adding a colleague, and making a new PIN for one: what a contact person does.

use super::tell_contact_persons;
use crate::accounts::number::UserNumber;
use crate::accounts::{self, Account, MOST_CONTACTS, Role, Username};
use crate::app::App;
use crate::audit::{self, By};
use crate::authorisations;
use crate::clock::Time;
use crate::delivery;
use crate::delivery::message::Message;
use crate::factors::Level;
use crate::id::{AccountId, PinId};
use crate::inbox;
use crate::label;
use crate::letters::{self, Purpose};
use crate::login;
use crate::login::run::Spared;
use crate::management::{self, manager, manager_of};
use crate::password::{Busy, Hash};
use crate::pin::rules::{self, Kept};
use crate::pin::{self, ActivationPin};
use crate::sessions::Session;
use crate::storage::{self, Tx};
use std::collections::BTreeSet;

/// A colleague, before the account exists.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// The e-mail address to log in with.
    pub username: Username,
    /// The person's name.
    pub name: String,
    /// What the person may do for colleagues.
    pub role: Role,
    /// What the person may do in the services behind this server.
    pub authorisations: BTreeSet<authorisations::Id>,
}

/// Why a colleague was not added, or got no PIN.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Who asks manages nobody now, or not this one.
    #[error(transparent)]
    Management(#[from] management::Error),
    /// Somebody of the organisation has this user name; elsewhere it may be anybody's.
    #[error("a colleague has the user name {0}: choose another e-mail address")]
    NameTaken(Username),
    /// A name is empty or too long.
    #[error("a name has 1 to 200 characters that can be seen")]
    Name,
    /// The organisation has as many contact persons as it may.
    #[error(
        "an organisation has at most {MOST_CONTACTS} contact persons: end that role of another first"
    )]
    TooManyContactPersons,
    /// Nobody makes a PIN of their own.
    #[error("nobody makes a PIN for themselves")]
    Own,
    /// The last PIN is younger than a day.
    #[error("at most one PIN is made a day")]
    TooSoon,
    /// The user number was sent a short time ago (`[times] number_again`).
    #[error("the user number was sent a short time ago")]
    NumberTooSoon,
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

type Result<T, E = Error> = std::result::Result<T, E>;

/// Adds a colleague to the organisation of `session`'s contact person: an account without a password, a mail
/// with the user number to where the organisation is registered, and a PIN that waits in the Berichtenbox of
/// whoever added it, or, for another contact person, goes by post.
///
/// Errors: [`Error::Management`], [`Error::NameTaken`], [`Error::Name`],
/// [`Error::TooManyContactPersons`], [`Error::Letter`].
pub async fn add(app: &App, session: &Session, newcomer: Newcomer) -> Result<Account> {
    let name = label::parse(&newcomer.name, 200).ok_or(Error::Name)?;
    let number = {
        let mut tx = app.db.read().await?;
        accounts::store::fresh_number(&mut tx, app.random).await?
    };
    let (pin, hash) = prepared(app, &number).await?;

    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (contact, by) = manager(app, &mut tx, session, now).await?;
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
        // Number and PIN travelled apart, one of them past a strong factor or by post.
        vouched: Level::Substantial,
    };
    accounts::store::insert(&mut tx, &colleague, now).await.map_err(|error| {
        if error.is_duplicate() {
            Error::NameTaken(colleague.username.clone())
        } else {
            Error::Storage(error)
        }
    })?;
    let ends = now.after(app.config.times.activation);
    accounts::store::begin_request(&mut tx, &colleague.id, ends).await?;
    let event = audit::Event::AccountCreated { organisation: contact.organisation.clone() };
    audit::record(&mut tx, &by, Some(&colleague.id), &event).await?;
    let change = (&BTreeSet::new(), &newcomer.authorisations);
    let change = authorisations::change(&app.config.authorisations, change.0, change);
    if let Some(change) = change.filter(|change| !change.is_none()) {
        let what = (&colleague.id, &change);
        authorisations::run::carry_out(app, &mut tx, what, (&by, &contact.name)).await?;
    }
    bring(app, &mut tx, (&contact, &colleague), (Purpose::First, &pin, hash), &by).await?;
    let number = colleague.number.to_string();
    let message = match colleague.role {
        Role::Colleague => Message::UserNumber { number },
        Role::ContactPerson => Message::UserNumberByPost { number },
    };
    post_number(app, &mut tx, (&contact, &colleague), (message, &by)).await?;
    tx.commit().await?;
    Ok(colleague)
}

/// Makes a new PIN for a colleague, which waits in the Berichtenbox of whoever asks, or, for another contact
/// person, goes by post: the old one works until the new one is opened, or its letter exported. A request
/// that lapsed begins anew, and who asked for one has it by that. What the colleague has under way ends.
///
/// Errors: [`Error::Management`], [`Error::Own`], [`Error::TooSoon`], [`Error::Letter`].
pub async fn renew(app: &App, session: &Session, colleague: &AccountId) -> Result<()> {
    let number = {
        let mut tx = app.db.read().await?;
        let found = accounts::store::find(&mut tx, colleague).await?;
        found.ok_or(management::Error::NoColleague)?.number
    };
    let (pin, hash) = prepared(app, &number).await?;

    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (contact, colleague, by) = manager_of(app, &mut tx, session, colleague, now).await?;
    if contact.id == colleague.id {
        return Err(Error::Own);
    }
    let last = pin::store::last_made(&mut tx, &colleague.id).await?;
    if !rules::may_make(last, now) {
        return Err(Error::TooSoon);
    }
    begin_anew(app, &mut tx, &colleague, now).await?;
    bring(app, &mut tx, (&contact, &colleague), (Purpose::Renewed, &pin, hash), &by).await?;
    pin::store::answer(&mut tx, &colleague.id, now).await?;
    login::run::end_under_way(&mut tx, &colleague.id, Spared::Nothing, &by).await?;
    Ok(tx.commit().await?)
}

/// A new PIN for this number, and its hash.
pub(super) async fn prepared(
    app: &App,
    number: &UserNumber,
) -> Result<(ActivationPin, Hash), Busy> {
    let pin = ActivationPin::random(app.random);
    let peppered = pin.peppered(number, app.pepper.expose());
    let hash = app.passwords.admit()?.hash(peppered).await;
    Ok((pin, hash))
}

/// Begins a request anew that lapsed.
pub(super) async fn begin_anew(
    app: &App,
    tx: &mut Tx,
    whom: &Account,
    now: Time,
) -> storage::Result<()> {
    match accounts::store::request(tx, &whom.id).await? {
        Some(end) if end <= now => {
            let ends = now.after(app.config.times.activation);
            accounts::store::begin_request(tx, &whom.id, ends).await
        }
        Some(_) | None => Ok(()),
    }
}

/// Brings a new PIN on its way: to the Berichtenbox of who asked, and that of a contact person by post.
async fn bring(
    app: &App,
    tx: &mut Tx,
    people: (&Account, &Account),
    (purpose, pin, hash): (Purpose, &ActivationPin, Hash),
    by: &By,
) -> Result<()> {
    match people.1.role {
        Role::Colleague => Ok(hand_out(app, tx, people, (pin, hash), by).await?),
        Role::ContactPerson => send(app, tx, people, (purpose, pin, hash), by).await,
    }
}

/// Has the letter written with a PIN of another contact person, who is told, as all of them are.
async fn send(
    app: &App,
    tx: &mut Tx,
    (contact, reader): (&Account, &Account),
    (purpose, pin, hash): (Purpose, &ActivationPin, Hash),
    by: &By,
) -> Result<()> {
    let way = letters::run::way(app, tx, reader).await?;
    letters::run::write(app, tx, (reader, &way, purpose), (pin, hash), (None, by)).await?;
    let notice = delivery::notice_by(Message::LetterWritten, by, &contact.name);
    Ok(delivery::run::tell(app, tx, &reader.id, notice).await?)
}

/// Has the user number of a colleague sent again, to where the organisation is registered and nowhere
/// else.
///
/// Errors: [`Error::Management`]; [`Error::NumberTooSoon`].
pub async fn send_number(app: &App, session: &Session, colleague: &AccountId) -> Result<()> {
    let mut tx = app.db.write().await?;
    let (contact, colleague, by) =
        manager_of(app, &mut tx, session, colleague, app.clock.now()).await?;
    let number = colleague.number.to_string();
    let message = Message::UserNumberAgain { number };
    if !post_number(app, &mut tx, (&contact, &colleague), (message, &by)).await? {
        return Err(Error::NumberTooSoon);
    }
    Ok(tx.commit().await?)
}

/// Sends this message with the user number of a colleague, unless one was sent a moment ago. Whether it goes.
async fn post_number(
    app: &App,
    tx: &mut Tx,
    (contact, colleague): (&Account, &Account),
    (message, by): (Message, &By),
) -> storage::Result<bool> {
    let notice = delivery::notice_by(message, by, &contact.name);
    let again = app.config.times.number_again;
    if !delivery::run::tell_registered(app, tx, colleague, notice, again).await? {
        return Ok(false);
    }
    audit::record(tx, by, Some(&colleague.id), &audit::Event::UserNumberSent).await?;
    Ok(true)
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
    lay(app, tx, (contact, colleague), (pin, hash), by).await?;
    let made = inbox::Message::PinMade { name: colleague.name.clone(), by: contact.name.clone() };
    tell_contact_persons(app, tx, &colleague.organisation, &made, (Some(contact), by)).await?;
    let notice = delivery::notice_by(Message::PinMade, by, &contact.name);
    delivery::run::tell(app, tx, &colleague.id, notice).await
}

/// Keeps a new PIN, and puts it in the box of this contact person.
pub(super) async fn lay(
    app: &App,
    tx: &mut Tx,
    (contact, colleague): (&Account, &Account),
    (pin, hash): (&ActivationPin, Hash),
    by: &By,
) -> storage::Result<()> {
    let until = by.now.after(app.config.times.pin_in_the_box);
    let id = PinId::random(app.random);
    let kept = Kept {
        id: id.clone(),
        account: colleague.id.clone(),
        hash,
        made_at: by.now,
        road: rules::Road::Box,
        lies_until: until,
        opened_at: None,
        ended_at: None,
        password_at: None,
        card_at: None,
    };
    pin::store::insert(tx, &kept).await?;
    let (account, name) = (colleague.id.clone(), colleague.name.clone());
    let message = inbox::Message::ColleaguePin { pin: id.clone(), account, name };
    let secret = (pin.expose().as_bytes(), until);
    inbox::put_secret(
        tx,
        &contact.id,
        &message,
        secret,
        (&app.sealing, app.config.keep.messages, by),
    )
    .await?;
    let event = audit::Event::PinMade { pin: id, until };
    audit::record(tx, by, Some(&colleague.id), &event).await
}
