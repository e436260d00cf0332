//! What follows once a back-up was put back: what can be used once, and was perhaps used since the copy was
//! made, is made void (`docs/threats.md`, chain 14).

mod store; // SQL
#[cfg(test)]
mod tests;

use crate::app::App;
use crate::audit::{self, Actor, By, Voided};
use crate::storage;

/// Ends every session and everything that can be used once: recovery codes, access codes, PINs, links, codes and
/// log-ins under way; and every change of an organisation's anchors that waits. All or nothing; where nothing was left, nothing is written.
pub async fn after_restore(app: &App) -> Result<Voided, storage::Error> {
    let by = By { actor: Actor::Operator, random: app.random, now: app.clock.now() };
    let mut tx = app.db.write().await?;
    let voided = store::void(&mut tx, by.now).await?;
    if voided != Voided::default() {
        audit::record(&mut tx, &by, None, &audit::Event::BackUpPutBack { voided }).await?;
        tx.commit().await?;
    }
    Ok(voided)
}
