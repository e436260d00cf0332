//! What a contact person decides for the organisation.

use super::{Result, may_look};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::clock::Time;
use crate::delivery;
use crate::delivery::message::Message;
use crate::factors::Kind;
use crate::management::manager;
use crate::organisations::{
    self, Anchor, CardType, Planned, Policy, Registered, Setting, Telephone,
};
use crate::sessions::Session;
use crate::storage::{self, Tx};
use crate::uzi::roles::Pattern;
use std::collections::BTreeSet;
use std::time::Duration;

/// What a contact person sees of the organisation.
#[derive(Clone, Debug)]
pub struct Overview {
    /// What it decided.
    pub policy: Policy,
    /// Where it is reached.
    pub registered: Registered,
    /// At which number it is called back.
    pub telephone: Option<Telephone>,
    /// What of that, and of who answers for it, is to change.
    pub planned: Vec<Planned>,
}

/// What the organisation of `account`, whose session this is, decided.
///
/// Errors: [`super::Error::Management`].
pub async fn overview(app: &App, account: &Account, session: &Session) -> Result<Overview> {
    may_look(app, account, session)?;
    let mut tx = app.db.read().await?;
    let policy = organisations::store::policy(&mut tx, &account.organisation).await?;
    let registered = organisations::store::registered(&mut tx, &account.organisation).await?;
    let planned = accounts::anchors::planned(&mut tx, &account.organisation).await?;
    let telephone = organisations::store::telephone(&mut tx, &account.organisation).await?;
    let telephone = telephone.map(|(number, _)| number);
    Ok(Overview { policy, registered, telephone, planned })
}

/// Stops a change of where the organisation is reached or of who answers for it, while it waits. Every contact
/// person is told, and the registered address. Whether there was one to stop.
///
/// Errors: [`super::Error::Management`].
pub async fn stop(app: &App, session: &Session, anchor: Anchor) -> Result<bool> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (account, by) = manager(app, &mut tx, session, now).await?;
    let organisation = &account.organisation;
    if !organisations::store::unplan(&mut tx, organisation, anchor).await? {
        return Ok(false);
    }
    let event =
        audit::Event::AnchorStopped { organisation: organisation.clone(), anchor: anchor.as_str() };
    audit::record(&mut tx, &by, None, &event).await?;
    let message = Message::AnchorStopped { what: anchor.as_str().to_owned() };
    let notice = delivery::notice_by(message, &by, &account.name);
    delivery::run::tell_organisation(app, &mut tx, organisation, notice).await?;
    tx.commit().await?;
    Ok(true)
}

/// What a contact person chooses at once.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The kinds that may be enrolled.
    pub kinds: BTreeSet<Kind>,
    /// The types of UZI cards that are let in.
    pub card_types: BTreeSet<CardType>,
    /// The roles that are let in; empty: as the server says.
    pub card_roles: Vec<Pattern>,
    /// Whether who has a strong factor may use codes too.
    pub codes_beside_strong: bool,
    /// Whether a back-up e-mail address may be given and used.
    pub backup_email: bool,
    /// For how many days a new account may do without a second factor.
    pub grace_days: u32,
    /// How long a block after wrong passwords lasts; nothing: as the server says.
    pub password_block: Option<Duration>,
}

/// Decides all of this. What was otherwise is recorded, each setting with what it was and is, and all contact persons
/// are told of what lets in more.
///
/// Errors: [`super::Error::Unfit`], [`super::Error::Management`].
pub async fn choose(app: &App, session: &Session, choice: Choice) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (account, by) = manager(app, &mut tx, session, now).await?;
    let old = organisations::store::policy(&mut tx, &account.organisation).await?;
    let Choice {
        kinds,
        card_types,
        card_roles,
        codes_beside_strong,
        backup_email,
        grace_days,
        password_block,
    } = choice;
    let new = Policy {
        kinds,
        card_types,
        card_roles,
        codes_beside_strong,
        backup_email,
        grace_days,
        password_block,
        ..old.clone()
    };
    new.check()?;
    decide(&mut tx, &account, (&old, &new), &by).await?;
    if new.grace_days > old.grace_days {
        give_more_days(app, &mut tx, &account, (old.grace_days, new.grace_days), &by).await?;
    }
    for setting in new.looser(&old, app.config.lockout.block) {
        let message = Message::Looser { what: setting.as_str().to_owned() };
        tell_all(app, &mut tx, &account, message, &by).await?;
    }
    Ok(tx.commit().await?)
}

/// What follows from more days without a second factor: to whom they were over, they stay over, and the
/// contact persons are told.
async fn give_more_days(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    (was, is): (u32, u32),
    by: &By,
) -> Result<()> {
    accounts::store::spend_grace(tx, &account.organisation, was, by.now).await?;
    tell_all(app, tx, account, Message::MoreGrace { was, is }, by).await
}

/// Tells all contact persons what this one decided.
async fn tell_all(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    message: Message,
    by: &By,
) -> Result<()> {
    let notice = delivery::notice_by(message, by, &account.name);
    Ok(delivery::run::tell_contact_persons(app, tx, &account.organisation, "", notice).await?)
}

/// Forces nobody of the organisation to have a second factor, for `time` from now on, and no longer than is set;
/// then it is forced again by itself. Contact persons are forced all the same.
///
/// Errors: [`super::Error::Management`].
pub async fn stop_forcing(app: &App, session: &Session, time: Duration) -> Result<()> {
    let end = app.clock.now().after(time.min(app.config.times.not_forced));
    force_from(app, session, Some(end)).await
}

/// Forces a second factor again, at once.
///
/// Errors: [`super::Error::Management`].
pub async fn force(app: &App, session: &Session) -> Result<()> {
    force_from(app, session, None).await
}

async fn force_from(app: &App, session: &Session, not_forced_until: Option<Time>) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (account, by) = manager(app, &mut tx, session, now).await?;
    let old = organisations::store::policy(&mut tx, &account.organisation).await?;
    let new = Policy { not_forced_until, ..old.clone() };
    decide(&mut tx, &account, (&old, &new), &by).await?;
    if old != new {
        let message = match not_forced_until {
            Some(until) => Message::Unforced { until },
            None => Message::Forced,
        };
        tell_all(app, &mut tx, &account, message, &by).await?;
    }
    Ok(tx.commit().await?)
}

/// Forces a second factor again where the time is over for which nobody was forced, and tells the
/// contact persons. It held from the moment on: this only tidies and tells.
pub async fn begin_again(app: &App) -> storage::Result<()> {
    let by = By { actor: Actor::Clock, random: app.random, now: app.clock.now() };
    while begin_some_again(app, &by).await? {}
    Ok(())
}

/// Does so for some organisations, with the mails of each; whether there may be more.
async fn begin_some_again(app: &App, by: &By) -> storage::Result<bool> {
    let mut tx = app.db.write().await?;
    let over = organisations::store::lapse_unforced(&mut tx, by.now).await?;
    let more = !over.is_empty();
    for (organisation, was) in over {
        let notice = delivery::notice(Message::Forced, by, "");
        delivery::run::tell_contact_persons(app, &mut tx, &organisation, "", notice).await?;
        let event = audit::Event::SettingChanged {
            organisation,
            setting: Setting::NotForcedUntil.as_str(),
            was,
            is: String::new(),
        };
        audit::record(&mut tx, by, None, &event).await?;
    }
    tx.commit().await?;
    Ok(more)
}

/// Keeps what changed from `old` to `new`, and records it.
async fn decide(
    tx: &mut Tx,
    account: &Account,
    (old, new): (&Policy, &Policy),
    by: &By,
) -> Result<()> {
    let (organisation, default) = (&account.organisation, Policy::default());
    for setting in Setting::ALL {
        let (was, is) = (old.value(setting), new.value(setting));
        if was == is {
            continue;
        }
        if is == default.value(setting) {
            organisations::store::undecide(tx, organisation, setting).await?;
        } else {
            organisations::store::decide(tx, organisation, setting, &is).await?;
        }
        let event = audit::Event::SettingChanged {
            organisation: organisation.clone(),
            setting: setting.as_str(),
            was,
            is,
        };
        audit::record(tx, by, None, &event).await?;
    }
    Ok(())
}
