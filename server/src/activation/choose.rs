//! Choosing a password with user number and PIN: the first one, or one in place of what was forgotten.
//!
//! It is charged before it is looked at, and costs the same whoever has the number; the password is
//! judged first by what anybody can compute, so that nothing is counted for one that may not be.

use super::tell_contact_persons;
use crate::accounts::number::UserNumber;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::clock::Time;
use crate::delivery;
use crate::delivery::message::Message as Told;
use crate::factors::{self, Factor};
use crate::id::{AccountId, OrganisationId};
use crate::inbox::{self, Message};
use crate::lockout::{self, Admission, Count, Counted, Subject};
use crate::login;
use crate::organisations;
use crate::password::policy::{self, Weak};
use crate::password::{self, Admitted, Busy, Checked, Hash};
use crate::pin::rules::{self, Factors, Kept, Purpose};
use crate::pin::store::Once;
use crate::pin::{self, ActivationPin};
use crate::secret::{Secret, Token};
use crate::sessions;
use crate::storage::{self, Tx};

/// What user number and PIN led to.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The password is chosen and the account has no factor: a visit that can only enrol one.
    EnrolOnly(Token),
    /// The password is chosen; it and a factor let in.
    LogIn,
    /// The PIN is wrong or works no more, or the number is nobody's.
    Wrong,
    /// The PIN is blocked for this number, whoever's it is, until a human lifts that.
    Blocked,
}

/// Why nothing was looked at, or the password was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The password may not be chosen; no try is counted.
    #[error(transparent)]
    Weak(#[from] Weak),
    /// Too many passwords and PINs are being looked at; nothing was counted.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

type Result<T, E = Error> = std::result::Result<T, E>;

/// Chooses a password. Every session of the account ends; its factors stay as they are, and the PIN
/// takes the place of none. `client` is what the browser calls itself.
///
/// Errors: [`Error::Weak`], [`Error::Busy`].
pub async fn password(
    app: &App,
    client: &str,
    (number, pin): (&UserNumber, &ActivationPin),
    password: Secret<String>,
) -> Result<Answer> {
    policy::check(password.expose(), &[])?;
    let room = app.passwords.admit().await?;
    let (subject, holder, count) = match charge(app, number).await? {
        Charge::Blocked => return Ok(Answer::Blocked),
        Charge::Charged { subject, holder, count } => (subject, holder, count),
    };
    let peppered = pin.peppered(number, app.pepper.expose());
    let hash = holder.as_ref().and_then(|holder| holder.pin.as_ref()).map(|pin| pin.hash.clone());
    let (checked, room) = room.look(peppered, hash).await;
    let holder = holder.map(|holder| *holder);
    match (holder, checked) {
        (Some(Holder { account, organisation, pin: Some(pin) }), Checked::Right { .. }) => {
            let context = [account.username.as_str(), &account.name, &organisation];
            if let Err(weak) = policy::check(password.expose(), &context) {
                refund(app, &account.id, &pin).await?;
                return Err(weak.into());
            }
            take(app, client, (&account, &pin), (room, password)).await
        }
        (holder, Checked::Right { .. } | Checked::Wrong) => {
            let account = holder.map(|holder| holder.account);
            wrong(app, client, (&subject, account), &count).await
        }
    }
}

/// Whose number it is, and the PIN that works for it.
struct Holder {
    account: Account,
    organisation: String,
    pin: Option<Kept>,
}

enum Charge {
    Blocked,
    Charged { subject: Subject, holder: Option<Box<Holder>>, count: Count },
}

/// Charges the try before it is looked at, so that many at once cannot outrun the count.
async fn charge(app: &App, number: &UserNumber) -> Result<Charge> {
    let by = visitor(app);
    let mut tx = app.db.write().await?;
    let account = accounts::store::numbered(&mut tx, number).await?;
    let id = account.as_ref().map(|account| account.id.clone());
    let subject = match &id {
        Some(id) => Subject::account(id),
        None => Subject::nobody(number.as_str(), app.name_key.expose()),
    };
    let policy = app.config.lockout.of_pins();
    let charge = match lockout::charge(&mut tx, &subject, Counted::Pin, by.now, &policy).await? {
        Admission::Blocked { refused, .. } => {
            if refused == 1 {
                audit::record(&mut tx, &by, id.as_ref(), &audit::Event::PinRefused).await?;
            }
            Charge::Blocked
        }
        Admission::Charged { count, refused } => {
            let event = audit::Event::PinTried { streak: count.streak, refused };
            audit::record(&mut tx, &by, id.as_ref(), &event).await?;
            // The same statements for a number that nobody has.
            let id = id.unwrap_or_else(|| AccountId::random(app.random));
            let pin = usable(&mut tx, &id, by.now).await?;
            let employer = account.as_ref().map(|account| account.organisation.clone());
            let employer = employer.unwrap_or_else(|| OrganisationId::random(app.random));
            let organisation = organisations::store::find(&mut tx, &employer).await?;
            let organisation = organisation.map_or_else(String::new, |found| found.name);
            let holder = account.map(|account| Holder { account, organisation, pin });
            let holder = holder.map(Box::new);
            Charge::Charged { subject, holder, count }
        }
    };
    tx.commit().await?;
    Ok(charge)
}

/// The PIN of an account that may choose a password now.
async fn usable(tx: &mut Tx, account: &AccountId, now: Time) -> storage::Result<Option<Kept>> {
    let pin = pin::store::opened(tx, account).await?;
    let request_ends = accounts::store::request(tx, account).await?;
    let proven = proven(&factors::store::list(tx, account).await?);
    let may = |pin: &Kept| {
        let state = rules::state(pin, request_ends, now);
        rules::may(pin, state, Purpose::Password, proven)
    };
    Ok(pin.filter(may))
}

fn proven(factors: &[Factor]) -> Factors {
    if factors.iter().any(Factor::closes_enrolment) { Factors::Proven } else { Factors::None }
}

/// Spends the PIN and sets the password, in one transaction with all that follows from it.
async fn take(
    app: &App,
    client: &str,
    (account, pin): (&Account, &Kept),
    (room, password): (Admitted, Secret<String>),
) -> Result<Answer> {
    let hash = room.hash(password).await;
    let by = visitor(app);
    let mut tx = app.db.write().await?;
    if accounts::store::lock(&mut tx, &account.id).await?.is_none() {
        return Ok(Answer::Wrong);
    }
    let factors = factors::store::list(&mut tx, &account.id).await?;
    let still = usable(&mut tx, &account.id, by.now).await?;
    let once = match proven(&factors) {
        Factors::None => Once::Yes,
        Factors::Proven => Once::AsOftenAsNeeded,
    };
    if still.is_none_or(|still| still.id != pin.id)
        || !pin::store::use_for_password(&mut tx, &pin.id, once, by.now).await?
    {
        // Another was first, or a newer PIN was opened meanwhile.
        return Ok(Answer::Wrong);
    }
    right(&mut tx, &account.id, pin, &by).await?;
    set(app, &mut tx, (account, client), (pin, &hash), &by).await?;
    let enrols = proven(&factors) == Factors::None && !factors.iter().any(Factor::is_usable);
    let answer = if enrols {
        let token = login::run::let_enrol(&mut tx, account.id.clone(), client, &by).await?;
        Answer::EnrolOnly(token)
    } else {
        Answer::LogIn
    };
    tx.commit().await?;
    Ok(answer)
}

/// Sets the password, and does what a new one asks for: nothing that was begun with the old one goes
/// on, and those whom it concerns are told.
async fn set(
    app: &App,
    tx: &mut Tx,
    (account, client): (&Account, &str),
    (pin, hash): (&Kept, &Hash),
    by: &By,
) -> storage::Result<()> {
    password::store::set(tx, &account.id, hash, by.now).await?;
    accounts::store::begin_grace(tx, &account.id, by.now).await?;
    accounts::store::activate(tx, &account.id).await?;
    let event = audit::Event::PasswordChosen { pin: pin.id.clone() };
    audit::record(tx, by, Some(&account.id), &event).await?;
    sessions::end_others(tx, &account.id, None, by).await?;
    login::run::interrupt(tx, &account.id, by.now).await?;
    let notice = delivery::notice(Told::PasswordChosen, by, client);
    delivery::run::tell(app, tx, &account.id, notice).await?;
    inbox::put(tx, &account.id, &Message::PasswordChosen, by).await?;
    let message = Message::ColleaguePasswordChosen { name: account.name.clone() };
    tell_contact_persons(tx, &account.organisation, &message, (Some(account), by)).await
}

/// The PIN was right: what was wrong before is forgotten.
async fn right(tx: &mut Tx, account: &AccountId, pin: &Kept, by: &By) -> storage::Result<()> {
    let event = audit::Event::PinRight { pin: pin.id.clone() };
    audit::record(tx, by, Some(account), &event).await?;
    lockout::forgive(tx, &Subject::account(account), Counted::Pin, by.now).await
}

/// The PIN was right, and the password may not be chosen: the try counts as none.
async fn refund(app: &App, account: &AccountId, pin: &Kept) -> Result<()> {
    let by = visitor(app);
    let mut tx = app.db.write().await?;
    right(&mut tx, account, pin, &by).await?;
    Ok(tx.commit().await?)
}

async fn wrong(
    app: &App,
    client: &str,
    (subject, account): (&Subject, Option<Account>),
    count: &Count,
) -> Result<Answer> {
    let by = visitor(app);
    let mut tx = app.db.write().await?;
    let id = account.as_ref().map(|account| &account.id);
    let event = audit::Event::PinWrong { streak: count.streak };
    audit::record(&mut tx, &by, id, &event).await?;
    let blocked = count.block.is_some();
    if blocked {
        audit::record(&mut tx, &by, id, &audit::Event::PinBlocked).await?;
        let notice = delivery::notice(Told::PinBlocked, &by, client);
        delivery::run::tell_once_a_day(app, &mut tx, (subject, id), notice).await?;
        if let Some(account) = &account {
            inbox::put(&mut tx, &account.id, &Message::PinBlocked, &by).await?;
            let message = Message::ColleaguePinBlocked { name: account.name.clone() };
            tell_contact_persons(&mut tx, &account.organisation, &message, (Some(account), &by))
                .await?;
        }
    }
    tx.commit().await?;
    Ok(if blocked { Answer::Blocked } else { Answer::Wrong })
}

/// Whoever shows a number and a PIN.
fn visitor(app: &App) -> By {
    let actor = Actor::Visitor { attempt: None };
    By { actor, random: app.random, now: app.clock.now() }
}
