//! What other modules' tests need of passwords.

use super::Hash;
use super::policy::Opens;
use super::store;
use crate::clock::Time;
use crate::id::AccountId;
use crate::storage::Tx;

/// Keeps the hash of a password that may let in alone.
///
/// # Panics
/// When the database fails.
pub(crate) async fn keep(tx: &mut Tx, account: &AccountId, hash: &Hash, now: Time) {
    store::set(tx, account, (hash, Opens::Account), now).await.expect("it is kept");
}
