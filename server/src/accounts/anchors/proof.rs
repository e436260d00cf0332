//! What is new is proven at the new place. A registered e-mail address: by a link that is mailed to it, which whoever
//! reads it uses to say that it is right, or that it is not. It opens nothing and is good in any browser, once, until
//! the change would hold. A main contact person: by logging in with a second factor while the change waits.

use super::super::store;
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::clock::Time;
use crate::delivery;
use crate::delivery::message::Message;
use crate::factors;
use crate::id::{AccountId, OrganisationId};
use crate::organisations::store as organisations;
use crate::organisations::{Mailbox, Planned, Proof};
use crate::secret::Token;
use crate::storage::{self, Tx};

/// Mails the link of a change to the new address.
pub(super) async fn ask(
    app: &App,
    tx: &mut Tx,
    (organisation, change): (&OrganisationId, &Planned),
    (link, by): (&Token, &By),
) -> storage::Result<()> {
    let origin = app.config.server.origin.origin().ascii_serialization();
    let link = format!("{origin}{PATH}?link={}", link.expose());
    let notice = delivery::notice(Message::AnchorLink { link, until: change.starts_at }, by, "");
    let unknown =
        |_| storage::Error::Inconsistent { table: "organisation_change", column: "value" };
    let address = Mailbox::parse(&change.value).map_err(unknown)?;
    delivery::run::tell_organisation_at(app, tx, (organisation, &address), notice).await
}

/// Fills in what a change of the main contact person is to be read by: their name, and when they last proved a second
/// factor since the change waits.
pub(super) async fn by_log_in(tx: &mut Tx, change: &mut Planned) -> storage::Result<()> {
    if change.anchor.proof() != Proof::LogIn {
        return Ok(());
    }
    let unknown =
        |_| storage::Error::Inconsistent { table: "organisation_change", column: "value" };
    let id = AccountId::parse(&change.value).map_err(unknown)?;
    let account = store::find(tx, &id).await?;
    change.shown = account.map(|account| account.name).unwrap_or_default();
    let last = last_used(tx, &id).await?;
    change.proven_at = last.filter(|used_at| *used_at >= change.planned_at);
    Ok(())
}

/// When somebody last proved a second factor that may still log them in.
pub(super) async fn last_used(tx: &mut Tx, account: &AccountId) -> storage::Result<Option<Time>> {
    let factors = factors::store::list(tx, account).await?;
    let used = factors.iter().filter(|factor| factor.is_usable());
    Ok(used.filter_map(|factor| factor.used_at).max())
}

/// What whoever has a link is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Whose address it is to be.
    pub organisation: String,
    /// Which.
    pub address: String,
    /// From when on it holds.
    pub starts_at: Time,
}

/// What this link asks; nothing where it works no more. It is looked at, and not used.
pub async fn look(app: &App, link: &Token) -> storage::Result<Option<Asked>> {
    let mut tx = app.db.read().await?;
    let found = organisations::of_link(&mut tx, &link.hash(), app.clock.now()).await?;
    let Some((id, change)) = found else { return Ok(None) };
    let organisation = organisations::find(&mut tx, &id).await?.map(|found| found.name);
    let Planned { shown: address, starts_at, .. } = change;
    Ok(organisation.map(|organisation| Asked { organisation, address, starts_at }))
}

/// What whoever has the link answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is right.
    Right,
    /// It is not: nothing changes.
    Wrong,
}

/// Uses a link, once: of many at once one does. Whether it worked.
pub async fn answer(app: &App, link: &Token, answer: Answer) -> storage::Result<bool> {
    let (actor, now) = (Actor::Visitor { attempt: None }, app.clock.now());
    let by = By { actor, random: app.random, now };
    let mut tx = app.db.write().await?;
    let found = organisations::of_link(&mut tx, &link.hash(), now).await?;
    let Some((id, change)) = found else { return Ok(false) };
    organisations::lock(&mut tx, &id).await?;
    // The link may be another one by now, or be used: whoever spends it has it.
    if !organisations::prove(&mut tx, &link.hash(), now).await? {
        return Ok(false);
    }
    let anchor = change.anchor.as_str();
    match answer {
        Answer::Right => {
            let event = audit::Event::AnchorProven { organisation: id, anchor };
            audit::record(&mut tx, &by, None, &event).await?;
        }
        Answer::Wrong => {
            let _there = organisations::unplan(&mut tx, &id, change.anchor).await?;
            let event = audit::Event::AnchorStopped { organisation: id.clone(), anchor };
            audit::record(&mut tx, &by, None, &event).await?;
            let message = Message::AnchorStopped { what: anchor.to_owned() };
            let notice = delivery::notice(message, &by, "");
            delivery::run::tell_organisation(app, &mut tx, &id, notice).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// Ends a change that nobody proved in time: what was stays, and who answers for the organisation is told.
pub(super) async fn lapse(
    app: &App,
    tx: &mut Tx,
    (id, change): (&OrganisationId, Planned),
    by: &By,
) -> storage::Result<()> {
    let (organisation, anchor) = (id.clone(), change.anchor.as_str());
    let event = audit::Event::AnchorLapsed { organisation, anchor };
    audit::record(tx, by, None, &event).await?;
    let message = Message::AnchorUnproven { what: anchor.to_owned(), to: change.shown };
    let notice = delivery::notice(message, by, "");
    delivery::run::tell_organisation(app, tx, id, notice).await
}

/// Where a link leads.
pub const PATH: &str = "/registered/confirm";
