//! Setting up anew, performed in the transaction of whoever calls, who has locked the account.

use super::{Key, Reset, store};
use crate::app::App;
use crate::audit::{self, By};
use crate::delivery::{self, message::Message, phone::Told};
use crate::factors::{self, Level};
use crate::id::AccountId;
use crate::recovery;
use crate::secret::{Carrier, Token};
use crate::sessions;
use crate::storage::{Result, Tx};

/// Suspends what the account has, ends its recovery code and its sessions, and opens the wizard in the browser that is handed
/// the token. What is enrolled in it is bound at `bound_at`. Those who are told read what `key` it was. Whoever calls ends the log-ins under way.
pub(crate) async fn begin(
    app: &App,
    tx: &mut Tx,
    (account, bound_at): (&AccountId, Level),
    key: Key,
    (by, client): (&By, &str),
) -> Result<Token> {
    let browser = Token::random(app.random).carried_by(Carrier::Cookie);
    let until = by.now.after(app.config.times.set_up_anew);
    factors::store::suspend(tx, account, by.now).await?;
    // Whoever needs this has no recovery code any more, or just spent it; somebody else may have one.
    if let Some(lost) = recovery::store::find(tx, account).await?
        && recovery::store::spend(tx, account, &lost.id).await?
    {
        audit::record(tx, by, Some(account), &audit::Event::RecoveryCodeEnded).await?;
    }
    let reset = Reset { browser: browser.hash(), bound_at, expires_at: until };
    store::put(tx, account, &reset).await?;
    let event = audit::Event::SetUpAnew { bound_at, until };
    audit::record(tx, by, Some(account), &event).await?;
    sessions::end_others(tx, account, None, by).await?;
    let message = match key {
        Key::RecoveryCode => Message::SetUpAnew { until },
        Key::AccessCode => Message::AccessCodeUsed { until },
        Key::Card => Message::SetUpByCard,
    };
    let notice = delivery::notice(message, by, client);
    delivery::run::tell(app, tx, account, notice).await?;
    Ok(browser)
}

/// Ends it, if it goes on, now that something has proven itself: what is suspended still is removed.
pub(crate) async fn finish(
    app: &App,
    tx: &mut Tx,
    account: &AccountId,
    (by, client): (&By, &str),
) -> Result<()> {
    if !store::delete(tx, account).await? {
        return Ok(());
    }
    for factor in factors::store::list(tx, account).await? {
        if !factor.is_suspended() {
            continue;
        }
        let factors::Factor { id, kind, name, .. } = factor;
        let number = factors::phone::own::leaving(tx, (account, &id), &app.sealing).await?;
        factors::store::remove(tx, account, &id).await?;
        let number = number.into_iter().collect();
        delivery::numbers::tell(app, tx, account, (number, Told::Removed)).await?;
        let event = audit::Event::FactorRemoved { factor: id, kind };
        audit::record(tx, by, Some(account), &event).await?;
        let notice = delivery::notice(Message::FactorRemoved { kind, name }, by, client);
        delivery::run::tell(app, tx, account, notice).await?;
    }
    Ok(())
}
