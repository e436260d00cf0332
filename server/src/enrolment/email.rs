//! A person's own e-mail addresses: the one to log in with and the back-up one, changed by who proved a
//! factor in the last minutes and typed the code that was mailed to the new address.
//!
//! What is typed is never told apart by whether somebody else has it: an address with which another account
//! logs in gets a mail that says so, and no code.

#[cfg(test)]
mod tests;

use super::phone::{charge, right, wrong};
use super::policy::{Asked, Denied};
use super::run::{living, owner};
use super::{Error, Result};
use crate::accounts::{self, Account, Username};
use crate::app::App;
use crate::audit::{self, By};
use crate::clock::Time;
use crate::delivery;
use crate::delivery::email::Address;
use crate::delivery::message::{Message, Notice};
use crate::factors;
use crate::factors::email::{self, Anchor, BackUp, Change, Purpose, store};
use crate::factors::sent::{self, Desk, Digits, Held};
use crate::factors::totp::Code;
use crate::id::AccountId;
use crate::lockout::codes::{self, Barred};
use crate::login;
use crate::login::email::Barrier;
use crate::login::run::Spared;
use crate::organisations;
use crate::sealed::places;
use crate::sessions::{Scope, Session};
use crate::storage::{self, Tx};

/// Reads what was typed as an address that can be logged in with and mailed to.
pub fn read(typed: &str) -> Option<Username> {
    let username = Username::parse(typed).ok()?;
    Address::parse(username.as_str()).is_ok().then_some(username)
}

/// What a person has.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The back-up address, if there is one.
    pub backup: Option<BackUp>,
    /// Why none may be given or used, if that is so.
    pub barrier: Option<Barrier>,
}

/// What whoever has `session` has.
pub async fn overview(app: &App, session: &Session) -> Result<Overview> {
    let mut tx = app.db.read().await?;
    let account = accounts::store::find(&mut tx, &session.login.account).await?;
    let account = account.ok_or(Error::SessionOver)?;
    let decided = organisations::store::policy(&mut tx, &account.organisation).await?;
    let backup = email::backup(&mut tx, &account.id, &app.sealing).await?;
    Ok(Overview { backup, barrier: Barrier::of(&account, &decided) })
}

/// What asking for a code led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// A mail is on its way.
    Sent,
    /// The person uses it for this already.
    Own,
    /// The person uses it for the other purpose: one address is no way back for itself.
    Other,
    /// The organisation is reached there: it is no way back of one person.
    Registered,
    /// As much was sent as may be.
    Held(Held),
}

/// Takes the address that was typed and mails a code there. Nothing changes by that.
///
/// Errors: [`Error::Denied`] without a fresh proof, or where no back-up address may be; [`Error::SessionOver`].
pub async fn begin(
    app: &App,
    session: &Session,
    (purpose, address): (Purpose, &Username),
) -> Result<Begun> {
    let now = app.clock.now();
    let (mut tx, account, session) = enter(app, session, now).await?;
    let decided = organisations::store::policy(&mut tx, &account.organisation).await?;
    if purpose == Purpose::BackUp && Barrier::of(&account, &decided).is_some() {
        return Err(Denied::NoBackUp.into());
    }
    if let Some(refused) = unfit(app, &mut tx, &account, (purpose, address)).await? {
        return Ok(refused);
    }
    let anchor = Anchor::of(address.as_str());
    let key = app.name_key.expose();
    let desk = Desk {
        ring: &app.sealing,
        key,
        policy: &app.config.phone.sends,
        life: app.config.times.sent_code,
        random: app.random,
        now,
    };
    let counted = anchor.counted(key);
    let whose = (&account.id, &account.organisation, counted.as_str());
    let by = owner(app, &session, now);
    let sending = match sent::count(&mut tx, whose, desk).await? {
        Ok(sending) => sending,
        Err(held) => {
            let (code, why) = (codes::Code::Email, held.as_str());
            let event = audit::Event::SendRefused { code, why, factor: None };
            audit::record(&mut tx, &by, Some(&account.id), &event).await?;
            tx.commit().await?;
            return Ok(Begun::Held(held));
        }
    };
    let code = Digits::random(app.random);
    let ours = (&account.id, session.id.as_str());
    let (sealing, until) = ((&app.sealing, app.random), now.after(app.config.times.sent_code));
    email::begin(&mut tx, ours, (purpose, &anchor, &code), sealing, until).await?;
    let taken = accounts::store::named_in(&mut tx, &account.organisation, address).await?;
    let (whom, message) = match &taken {
        // Nobody learns the code.
        Some(other) => (other, Message::EmailTaken),
        None => (&account, Message::EmailCode { code: grouped(&code) }),
    };
    let notice = delivery::notice(message, &by, &session.client);
    delivery::run::tell_at(app, &mut tx, (whom, address.as_str()), notice).await?;
    let event = audit::Event::CodeMade { code: codes::Code::Email, sending, factor: None };
    audit::record(&mut tx, &by, Some(&account.id), &event).await?;
    tx.commit().await?;
    Ok(Begun::Sent)
}

fn grouped(code: &Digits) -> String {
    let (left, right) = code.expose().split_at(3);
    format!("{left} {right}")
}

/// Why this address is not to be this person's for this purpose, as far as the person may know.
async fn unfit(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    (purpose, address): (Purpose, &Username),
) -> Result<Option<Begun>> {
    let backup = email::backup(tx, &account.id, &app.sealing).await?;
    let is_backup = backup.is_some_and(|backup| backup.address.as_str() == address.as_str());
    let is_login = account.username == *address;
    let registered = organisations::store::registered(tx, &account.organisation).await?.email;
    let registered =
        registered.is_some_and(|email| email.as_str().eq_ignore_ascii_case(address.as_str()));
    Ok(match purpose {
        Purpose::LogIn if is_login => Some(Begun::Own),
        Purpose::BackUp if is_backup => Some(Begun::Own),
        Purpose::LogIn if is_backup => Some(Begun::Other),
        Purpose::BackUp if is_login => Some(Begun::Other),
        Purpose::BackUp if registered => Some(Begun::Registered),
        Purpose::LogIn | Purpose::BackUp => None,
    })
}

/// Who may change an address now; the organisation, the account and the session are locked in this order.
async fn enter(app: &App, session: &Session, now: Time) -> Result<(Tx, Account, Session)> {
    let (mut tx, account, session) = again(app, session, now).await?;
    let factors = factors::store::list(&mut tx, &account.id).await?;
    let fresh = Asked::of(&factors).is_met(&session, now, &app.config.sessions);
    if session.login.scope != Scope::Full || !fresh {
        return Err(Denied::NotFresh.into());
    }
    Ok((tx, account, session))
}

/// Who began it, and goes on in the same session.
async fn again(app: &App, session: &Session, now: Time) -> Result<(Tx, Account, Session)> {
    let mut tx = app.db.read().await?;
    let account = accounts::store::find(&mut tx, &session.login.account).await?;
    let organisation = account.ok_or(Error::SessionOver)?.organisation;
    drop(tx);
    let mut tx = app.db.write().await?;
    organisations::store::lock(&mut tx, &organisation).await?;
    let (account, session) = living(app, &mut tx, session, now).await?;
    Ok((tx, account, session))
}

/// An address that is being proven, as its page shows it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What for.
    pub purpose: Purpose,
    /// Which.
    pub address: Anchor,
    /// Until when its code lives.
    pub until: Time,
}

/// What is being proven in this session, while its code lives.
pub async fn shown(app: &App, session: &Session) -> Result<Option<Shown>> {
    let mut tx = app.db.read().await?;
    let ours = (&session.login.account, session.id.as_str());
    let change = email::change(&mut tx, ours, (&app.sealing, app.clock.now())).await?;
    Ok(change.map(|Change { purpose, address, until, .. }| Shown { purpose, address, until }))
}

/// What a code that was typed led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proven {
    /// The address is the person's, for this purpose.
    Done(Purpose),
    /// The code is wrong; so many more may be tried.
    Wrong {
        /// One or more.
        left: u32,
    },
    /// It was not looked at, or was the last one that may be wrong.
    Barred(Barred),
    /// No code lives any more: the address is typed again.
    Gone,
    /// Somebody else of the organisation logs in with it since it was mailed to.
    Taken,
}

/// Gives the person the address to which this code was mailed. Every other session of the account ends, and
/// every log-in under way.
///
/// Errors: [`Error::SessionOver`]; [`Error::Denied`] where no back-up address may be any more.
pub async fn finish(app: &App, session: &Session, typed: &Code) -> Result<Proven> {
    let now = app.clock.now();
    let by = owner(app, session, now);
    let (mut tx, account, _) = again(app, session, now).await?;
    let ours = (&account.id, session.id.as_str());
    if email::change(&mut tx, ours, (&app.sealing, now)).await?.is_none() {
        return Ok(Proven::Gone);
    }
    let whose = (&account, &session.id);
    let charged = charge(app, &mut tx, whose, codes::Code::Email, &by).await?;
    tx.commit().await?;
    let charged = match charged {
        Ok(charged) => charged,
        Err(barred) => return Ok(Proven::Barred(barred)),
    };
    let (mut tx, account, session) = again(app, session, now).await?;
    let change = email::change(&mut tx, ours, (&app.sealing, now)).await?;
    let change = change.filter(|change| change.code.are(typed.digits()));
    let Some(change) = change else {
        let closed = wrong(app, &mut tx, (&account, charged), (&by, &session.client)).await?;
        tx.commit().await?;
        return Ok(closed.map_or_else(|left| Proven::Wrong { left }, Proven::Barred));
    };
    if !store::spend_change(&mut tx, ours, &change.kept, now).await? {
        return Ok(Proven::Gone);
    }
    right(&mut tx, &account, charged, &by).await?;
    let done = match change.purpose {
        Purpose::LogIn => {
            set_login(app, &mut tx, (&account, &change.address), (&by, &session)).await?
        }
        Purpose::BackUp => {
            set_backup(app, &mut tx, (&account, &change.address), (&by, &session)).await?
        }
    };
    tx.commit().await?;
    Ok(if done { Proven::Done(change.purpose) } else { Proven::Taken })
}

/// Has an account log in with this address. Whether it is nobody else's in the organisation.
async fn set_login(
    app: &App,
    tx: &mut Tx,
    (account, address): (&Account, &Anchor),
    (by, session): (&By, &Session),
) -> Result<bool> {
    let Some(username) = read(address.as_str()) else { return Ok(false) };
    if accounts::store::named_in(tx, &account.organisation, &username).await?.is_some() {
        return Ok(false);
    }
    let old = Anchor::of(account.username.as_str());
    accounts::store::set_username(tx, &account.id, &username).await?;
    audit::record(tx, by, Some(&account.id), &audit::Event::UsernameChanged).await?;
    let message = Message::UsernameChanged { to: address.hint() };
    replaced(app, tx, (account, Some(&old), message), (by, session)).await?;
    Ok(true)
}

/// Gives an account this back-up address. Whether nobody else of the organisation logs in with it.
async fn set_backup(
    app: &App,
    tx: &mut Tx,
    (account, address): (&Account, &Anchor),
    (by, session): (&By, &Session),
) -> Result<bool> {
    let decided = organisations::store::policy(tx, &account.organisation).await?;
    if Barrier::of(account, &decided).is_some() {
        return Err(Denied::NoBackUp.into());
    }
    let Some(username) = read(address.as_str()) else { return Ok(false) };
    if accounts::store::named_in(tx, &account.organisation, &username).await?.is_some() {
        return Ok(false);
    }
    let old = email::backup(tx, &account.id, &app.sealing).await?.map(|old| old.address);
    let starts = by.now.after(app.config.times.anchor);
    let place = (places::BACKUP_EMAIL, account.id.as_str());
    let sealed = address.seal(&app.sealing, place, app.random);
    store::put_backup(tx, &account.id, &sealed, starts).await?;
    let event = audit::Event::BackupEmailSet { replaced: old.is_some(), starts };
    audit::record(tx, by, Some(&account.id), &event).await?;
    let message = Message::BackupEmailSet { to: address.hint(), from: starts };
    replaced(app, tx, (account, old.as_ref(), message), (by, session)).await?;
    Ok(true)
}

/// Removes the back-up address. Every other session of the account ends. Whether there was one.
///
/// Errors: [`Error::Denied`] without a fresh proof; [`Error::SessionOver`].
pub async fn remove(app: &App, session: &Session) -> Result<bool> {
    let now = app.clock.now();
    let (mut tx, account, session) = enter(app, session, now).await?;
    let by = owner(app, &session, now);
    let notice = delivery::notice(Message::BackupEmailRemoved, &by, &session.client);
    let spared = Spared::Session(&session.id);
    let removed = drop_backup(app, &mut tx, (&account.id, spared), (notice, &by)).await?;
    tx.commit().await?;
    Ok(removed)
}

/// Takes the back-up address of whoever becomes a contact person away, who has none (A11). Where there was one,
/// `notice` goes to every address, that one too, and what the account has under way ends.
pub(crate) async fn take_away(
    app: &App,
    tx: &mut Tx,
    account: &AccountId,
    (notice, by): (Notice, &By),
) -> storage::Result<()> {
    drop_backup(app, tx, (account, Spared::Nothing), (notice, by)).await.map(drop)
}

/// Removes a back-up address, tells it and ends what is under way but what is spared. Whether there was one.
async fn drop_backup(
    app: &App,
    tx: &mut Tx,
    (account, spared): (&AccountId, Spared<'_>),
    (notice, by): (Notice, &By),
) -> storage::Result<bool> {
    let until = by.now.after(app.config.times.anchor);
    if !email::leave(tx, account, (&app.sealing, app.random), until).await? {
        return Ok(false);
    }
    audit::record(tx, by, Some(account), &audit::Event::BackupEmailRemoved).await?;
    announce(app, tx, (account, spared), (notice, by)).await?;
    Ok(true)
}

/// Tells of another address at every one, the old one too, and ends what was under way elsewhere.
async fn replaced(
    app: &App,
    tx: &mut Tx,
    (account, old, message): (&Account, Option<&Anchor>, Message),
    (by, session): (&By, &Session),
) -> Result<()> {
    if let Some(old) = old {
        let (keys, until) = ((&app.sealing, app.random), by.now.after(app.config.times.anchor));
        email::tell_on(tx, (&account.id, old), keys, until).await?;
    }
    let notice = delivery::notice(message, by, &session.client);
    Ok(announce(app, tx, (&account.id, Spared::Session(&session.id)), (notice, by)).await?)
}

/// Tells of a change at every address, and ends what is under way but what is spared.
async fn announce(
    app: &App,
    tx: &mut Tx,
    (account, spared): (&AccountId, Spared<'_>),
    (notice, by): (Notice, &By),
) -> storage::Result<()> {
    accounts::store::note_email(tx, account, by.now).await?;
    delivery::run::tell(app, tx, account, notice).await?;
    login::run::end_under_way(tx, account, spared, by).await
}
