//! A link to the back-up address as a log-in, once: after the password, in the browser that asked, at `low`.
//!
//! Opening the link does nothing: the button on its page posts it, with the cookie of this very log-in. Who has
//! lately changed the password, the PIN or an address waits, and so does an address that is new.

use super::codes::{self, Charge};
use super::flow::Event;
use super::run::{Spared, advance, end_under_way, locked};
use super::{CodeAnswer, Error, Granted, store};
use crate::accounts::{self, Account, Role};
use crate::app::App;
use crate::audit;
use crate::clock::Time;
use crate::delivery;
use crate::delivery::message::Message;
use crate::factors;
use crate::factors::email::{self, Anchor, store as emails};
use crate::factors::sent::{self, Desk, Held};
use crate::lockout::codes::Code;
use crate::organisations::{self, Policy};
use crate::password;
use crate::pin;
use crate::secret::Token;
use crate::storage::Tx;

type Result<T, E = Error> = std::result::Result<T, E>;

/// Why somebody uses no back-up address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barrier {
    /// Whoever manages colleagues has none.
    ContactPerson,
    /// The organisation does not allow it.
    Organisation,
}

impl Barrier {
    /// What keeps somebody with this account from it, where their organisation decided so.
    pub(crate) fn of(account: &Account, decided: &Policy) -> Option<Self> {
        match account.role {
            Role::ContactPerson => Some(Self::ContactPerson),
            Role::Colleague => (!decided.backup_email).then_some(Self::Organisation),
        }
    }
}

/// Why the back-up address brings nobody in now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// It is not used.
    Barrier(Barrier),
    /// There is something that resists phishing, and the organisation allows nothing weaker beside it.
    Strong,
    /// There is none.
    Missing,
    /// It is new, or a password, PIN or address was changed lately.
    Waits {
        /// Until when.
        until: Time,
    },
}

/// What whoever gave the right password may do.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The address, as others may see it; or why it brings nobody in.
    pub address: Result<String, Closed>,
    /// Until when the link that was sent lives, where one was.
    pub sent: Option<Time>,
}

/// What this attempt may do. Nothing before the password was right.
///
/// Errors: [`Error::AttemptOver`], also where nothing of the account ever proved itself.
pub async fn shown(app: &App, token: &Token) -> Result<Shown> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let (attempt, account) = asked(&mut tx, token, now).await?;
    let address = address(app, &mut tx, &account, now).await?;
    let sent = emails::link(&mut tx, attempt.id.as_str(), now).await?;
    Ok(Shown { address: address.map(|address| address.hint()), sent })
}

/// The attempt in which a right password was given, and whose it is.
async fn asked(tx: &mut Tx, token: &Token, now: Time) -> Result<(store::Attempt, Account)> {
    let attempt = store::find(tx, &token.hash(), now).await?.ok_or(Error::AttemptOver)?;
    let account = attempt.state.recovers().ok_or(Error::AttemptOver)?;
    let account = accounts::store::find(tx, account).await?.ok_or(Error::AttemptOver)?;
    Ok((attempt, account))
}

/// The back-up address, where it brings `account` in now.
async fn address(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    now: Time,
) -> Result<Result<Anchor, Closed>> {
    let decided = organisations::store::policy(tx, &account.organisation).await?;
    if let Some(barrier) = Barrier::of(account, &decided) {
        return Ok(Err(Closed::Barrier(barrier)));
    }
    let factors = factors::store::list(tx, &account.id).await?;
    if factors::any_strong(&factors) && !decided.codes_beside_strong {
        return Ok(Err(Closed::Strong));
    }
    let Some(backup) = email::backup(tx, &account.id, &app.sealing).await? else {
        return Ok(Err(Closed::Missing));
    };
    let password = password::store::find(tx, &account.id).await?.map(|kept| kept.chosen_at);
    let pin = pin::store::last_opened(tx, &account.id).await?;
    let changed = accounts::store::email_changed(tx, &account.id).await?;
    let changes: Vec<_> = [password, pin, changed].into_iter().flatten().collect();
    let until = email::usable_from(backup.starts_at, &changes, app.config.times.anchor);
    Ok(if until > now { Err(Closed::Waits { until }) } else { Ok(backup.address) })
}

/// What asking for a link led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It is on its way.
    Sent,
    /// The address brings nobody in now.
    Closed(Closed),
    /// As much was sent as may be.
    Held(Held),
}

/// Mails a link to the back-up address of whoever gave the right password. The one before is dead, and the
/// attempt lives as long as the new one.
///
/// Errors: [`Error::AttemptOver`].
pub async fn send(app: &App, token: &Token) -> Result<Asked> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let (_, account) = asked(&mut tx, token, now).await?;
    drop(tx);
    let mut tx = app.db.write().await?;
    organisations::store::lock(&mut tx, &account.organisation).await?;
    accounts::store::lock(&mut tx, &account.id).await?.ok_or(Error::AttemptOver)?;
    let attempt = locked(app, &mut tx, token, now).await?;
    if attempt.state.recovers() != Some(&account.id) {
        return Err(Error::AttemptOver);
    }
    let address = match address(app, &mut tx, &account, now).await? {
        Ok(address) => address,
        Err(closed) => return Ok(Asked::Closed(closed)),
    };
    let key = app.name_key.expose();
    let desk = Desk {
        ring: &app.sealing,
        key,
        policy: &app.config.phone.sends,
        life: app.config.times.sent_code,
        random: app.random,
        now,
    };
    let counted = address.counted(key);
    let whose = (&account.id, &account.organisation, counted.as_str());
    let sending = match sent::count(&mut tx, whose, desk).await? {
        Ok(sending) => sending,
        Err(held) => {
            let event =
                audit::Event::SendRefused { code: Code::Email, why: held.as_str(), factor: None };
            let by = attempt.by(app.random, now);
            audit::record(&mut tx, &by, Some(&account.id), &event).await?;
            tx.commit().await?;
            return Ok(Asked::Held(held));
        }
    };
    let (link, until) = (Token::random(app.random), now.after(app.config.times.sent_code));
    let owner = (attempt.id.as_str(), &account.id);
    emails::put_link(&mut tx, owner, &link.hash(), until).await?;
    store::extend(&mut tx, &attempt.id, until).await?;
    let by = attempt.by(app.random, now);
    let event = audit::Event::CodeMade { code: Code::Email, sending, factor: None };
    audit::record(&mut tx, &by, Some(&account.id), &event).await?;
    let origin = app.config.server.origin.origin().ascii_serialization();
    let link = format!("{origin}/login/email/open?link={}", link.expose());
    let notice = delivery::notice(Message::BackupLink { link }, &by, &attempt.client);
    delivery::run::tell_at(app, &mut tx, (&account, address.as_str()), notice).await?;
    tx.commit().await?;
    Ok(Asked::Sent)
}

/// Lets in whoever shows, in the browser that asked, the link that was mailed: charged first, spent once. Every
/// other session of the account ends, and every log-in under way.
///
/// Errors: [`Error::AttemptOver`]; [`Error::NotOffered`] where the address brings nobody in any more.
pub async fn finish(app: &App, token: &Token, link: &Token) -> Result<CodeAnswer> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let _ = asked(&mut tx, token, now).await?;
    drop(tx);
    let (account, charged) = match codes::charge(app, token, Code::Email).await? {
        Charge::Look(account, charged) => (account, charged),
        Charge::Barred(barred) => return Ok(CodeAnswer::Barred(barred)),
    };
    let mut tx = app.db.write().await?;
    let attempt = codes::resumed(app, &mut tx, (token, &account), now).await?;
    if attempt.state.recovers() != Some(&account) {
        return Err(Error::AttemptOver);
    }
    if !emails::spend_link(&mut tx, attempt.id.as_str(), &link.hash(), now).await? {
        return codes::wrong(app, tx, (attempt, charged), now).await;
    }
    codes::right(app, &mut tx, (&attempt, charged), now).await?;
    let person = accounts::store::find(&mut tx, &account).await?.ok_or(Error::AttemptOver)?;
    if address(app, &mut tx, &person, now).await?.is_err() {
        tx.commit().await?;
        return Err(Error::NotOffered);
    }
    let by = attempt.by(app.random, now);
    audit::record(&mut tx, &by, Some(&account), &audit::Event::BackupEmailUsed).await?;
    let notice = delivery::notice(Message::BackupEmailUsed, &by, &attempt.client);
    delivery::run::tell(app, &mut tx, &account, notice).await?;
    end_under_way(&mut tx, &account, Spared::Nothing, &by).await?;
    let granted: Option<Granted> = advance(app, &mut tx, attempt, Event::Mailed, now).await?;
    tx.commit().await?;
    granted.map(CodeAnswer::Done).ok_or(Error::AttemptOver)
}

#[cfg(test)]
pub(crate) mod tests;
