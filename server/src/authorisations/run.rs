//! Authorisations, performed: read for whoever asks, and changed in the transaction of whoever decides.

use super::{Authorisation, Catalogue, Change, Id, store};
use crate::app::App;
use crate::audit::{self, By};
use crate::delivery;
use crate::delivery::message::Message;
use crate::id::AccountId;
use crate::storage::{Db, Result, Tx};

/// What an account may do now, in the order of the configuration.
pub async fn of(app: &App, account: &AccountId) -> Result<Vec<Authorisation>> {
    let catalogue = &app.config.authorisations;
    if catalogue.is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = app.db.read().await?;
    let kept = store::of_account(&mut tx, account).await?;
    Ok(catalogue.active(&kept).into_iter().cloned().collect())
}

/// What accounts have that is not configured, with of how many accounts each is.
pub async fn unknown(db: &Db, catalogue: &Catalogue) -> Result<Vec<(String, i64)>> {
    let mut tx = db.read().await?;
    let mut kept = store::all(&mut tx).await?;
    kept.retain(|(id, _)| Id::parse(id).is_none_or(|id| catalogue.find(&id).is_none()));
    Ok(kept)
}

/// Gives and takes what `change` says, tells the person and every contact person, and records which by whom.
pub(crate) async fn carry_out(
    app: &App,
    tx: &mut Tx,
    (account, change): (&AccountId, &Change),
    (by, manager): (&By, &str),
) -> Result<()> {
    for id in &change.given {
        store::give(tx, account, id).await?;
    }
    for id in &change.taken {
        store::take(tx, account, id).await?;
    }
    let texts = |ids: &[Id]| ids.iter().map(Id::to_string).collect::<Vec<_>>();
    let (given, taken) = (texts(&change.given), texts(&change.taken));
    let event = audit::Event::AuthorisationsChanged { given, taken };
    audit::record(tx, by, Some(account), &event).await?;
    let language = app.delivery.language();
    let name = |id: &Id| app.config.authorisations.find(id).map(|one| one.name.of(language));
    let names = |ids: &[Id]| ids.iter().filter_map(name).map(str::to_owned).collect();
    let (given, taken) = (names(&change.given), names(&change.taken));
    let message = Message::AuthorisationsChanged { given, taken };
    let notice = delivery::notice_by(message, by, manager);
    delivery::run::tell(app, tx, account, notice).await
}
