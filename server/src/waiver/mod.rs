//! Waivers: a colleague who lost every factor logs in with a password alone for a few days.
//!
//! A contact person gives one (`administration::waiver`); the log-in and each request ask whether it
//! still lasts. It ends by itself: nothing has to be done for that, but that people are told.

mod rules; // pure
pub(crate) mod store; // SQL

pub use rules::{Denied, Waiver};
pub(crate) use rules::{Whom, may_give};

use crate::accounts::Account;
use crate::clock::Time;
use crate::password;
use crate::storage::{Result, Tx};

/// The waiver under which `account` logs in with a password alone at `now`, if there is one.
pub(crate) async fn of(tx: &mut Tx, account: &Account, now: Time) -> Result<Option<Waiver>> {
    let Some(waiver) = store::find(tx, &account.id).await? else { return Ok(None) };
    let password = password::store::opens(tx, &account.id).await?;
    Ok(waiver.holds((account.role, password), now).then_some(waiver))
}
