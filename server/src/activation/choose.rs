//! Choosing a password with user number and PIN: the first one, or one in place of what was forgotten.
//!
//! It is charged before it is looked at, and costs the same whoever has the number; the password is
//! judged first by what anybody can compute, so that nothing is counted for one that may not be.

use super::proof::{self, Charge, Charged, Failed, Holder, right, visitor};
use super::tell_contact_persons;
use crate::accounts::number::UserNumber;
use crate::accounts::{self, Account, grace};
use crate::app::App;
use crate::audit::{self, By};
use crate::delivery;
use crate::delivery::message::Message as Told;
use crate::factors::{self, Factor};
use crate::inbox::{self, Message};
use crate::login;
use crate::login::run::Spared;
use crate::organisations;
use crate::password::policy::{self, Opens, Weak};
use crate::password::{self, Admitted, Busy, Checked, Hash};
use crate::pin::rules::{Factors, Kept, Purpose};
use crate::pin::store::Once;
use crate::pin::{self, ActivationPin};
use crate::secret::{Secret, Token};
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
    let lengths = app.config.passwords.lengths;
    // Whose number it is decides how long it has to be, and is told to nobody but who has the PIN too.
    policy::check(password.expose(), (lengths, Opens::Nothing), &[])?;
    let room = app.passwords.admit()?;
    let charged = match proof::charge(app, number, Purpose::Password).await? {
        Charge::Blocked => return Ok(Answer::Blocked),
        Charge::Charged(charged) => *charged,
    };
    let hash = charged.hash();
    let Charged { subject, holder, count } = charged;
    let peppered = pin.peppered(number, app.pepper.expose());
    let (checked, room) = room.look(peppered, hash).await;
    match (holder, checked) {
        (Some(Holder { account, organisation, pin: Some(pin), .. }), Checked::Right { .. }) => {
            let context = [account.username.as_str(), &account.name, &organisation];
            let rule = (lengths, opens(app, &account).await?);
            let opens = match policy::check(password.expose(), rule, &context) {
                Ok(opens) => opens,
                Err(weak) => {
                    proof::refund(app, &account.id, &pin).await?;
                    return Err(weak.into());
                }
            };
            take(app, client, (&account, &pin), (room, password, opens)).await
        }
        (holder, Checked::Right { .. } | Checked::Wrong) => {
            let account = holder.map(|holder| holder.account);
            let failed = proof::wrong(app, client, (&subject, account), &count);
            Ok(match failed.await? {
                Failed::Wrong => Answer::Wrong,
                Failed::Blocked => Answer::Blocked,
            })
        }
    }
}

/// What a password of this account opens by itself, as its organisation decides now.
async fn opens(app: &App, account: &Account) -> storage::Result<Opens> {
    let mut tx = app.db.read().await?;
    let policy = organisations::store::policy(&mut tx, &account.organisation).await?;
    Ok(grace::opens(account.role, policy.forces(app.clock.now()), policy.grace_days))
}

/// Spends the PIN and sets the password, in one transaction with all that follows from it.
async fn take(
    app: &App,
    client: &str,
    (account, pin): (&Account, &Kept),
    (room, password, opens): (Admitted, Secret<String>, Opens),
) -> Result<Answer> {
    let sibling = {
        let mut tx = app.db.read().await?;
        password::store::sibling(&mut tx, account.username.as_str(), Some(&account.id)).await?
    };
    let hash = room.hash_beside(password, sibling).await;
    let by = visitor(app);
    let mut tx = app.db.write().await?;
    if accounts::store::lock(&mut tx, &account.id).await?.is_none() {
        return Ok(Answer::Wrong);
    }
    let factors = factors::store::list(&mut tx, &account.id).await?;
    let still = proof::usable(&mut tx, &account.id, Purpose::Password, by.now).await?;
    let once = match proof::proven(&factors) {
        Factors::None => Once::Yes,
        Factors::Proven => Once::AsOftenAsNeeded,
    };
    if still.is_none_or(|(still, _)| still.id != pin.id)
        || !pin::store::use_for_password(&mut tx, &pin.id, once, by.now).await?
    {
        // Another was first, or a newer PIN was opened meanwhile.
        return Ok(Answer::Wrong);
    }
    right(&mut tx, &account.id, pin, &by).await?;
    set(app, &mut tx, (account, client), (pin, (&hash, opens)), &by).await?;
    let enrols = proof::proven(&factors) == Factors::None && !factors.iter().any(Factor::is_usable);
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
    (pin, password): (&Kept, (&Hash, Opens)),
    by: &By,
) -> storage::Result<()> {
    password::store::set(tx, &account.id, password, by.now).await?;
    accounts::store::begin_grace(tx, &account.id, by.now).await?;
    accounts::store::activate(tx, &account.id).await?;
    let event = audit::Event::PasswordChosen { pin: pin.id.clone() };
    audit::record(tx, by, Some(&account.id), &event).await?;
    login::run::end_under_way(tx, &account.id, Spared::Nothing, by).await?;
    let notice = delivery::notice(Told::PasswordChosen, by, client);
    delivery::run::tell(app, tx, &account.id, notice).await?;
    let kept = app.config.keep.messages;
    inbox::put(tx, &account.id, &Message::PasswordChosen, (kept, by)).await?;
    let message = Message::ColleaguePasswordChosen { name: account.name.clone() };
    tell_contact_persons(app, tx, &account.organisation, &message, (Some(account), by)).await
}
