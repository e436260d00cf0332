//! The numbers that somebody has, opened: to tell them of a change that concerns them.

use super::{Number, store};
use crate::id::{AccountId, FactorId};
use crate::sealed::{Keyring, Sealed, places};
use crate::storage::{Result, Tx};
use tracing::warn;

/// A number of an account.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    pub(crate) factor: FactorId,
    pub(crate) number: Number,
}

/// The numbers that an account has in use, the main one first. What does not open is left out, and logged:
/// no change waits for it.
pub(crate) async fn of_account(
    tx: &mut Tx,
    account: &AccountId,
    ring: &Keyring,
) -> Result<Vec<Own>> {
    let stored = store::of_account(tx, account).await?;
    let open = |stored: store::Stored| {
        let number = open(ring, &stored.factor, &stored.number)?;
        Some(Own { factor: stored.factor, number })
    };
    Ok(stored.into_iter().filter_map(open).collect())
}

/// The number that leaves the account with this factor, which is removed next: in use or suspended, and no
/// other entry in use has it.
pub(crate) async fn leaving(
    tx: &mut Tx,
    (account, factor): (&AccountId, &FactorId),
    ring: &Keyring,
) -> Result<Option<Number>> {
    let Some(sealed) = store::sealed(tx, factor).await? else { return Ok(None) };
    let Some(number) = open(ring, factor, &sealed) else { return Ok(None) };
    let mut others = of_account(tx, account, ring).await?.into_iter();
    let stays = others.any(|own| own.factor != *factor && own.number.is(&number));
    Ok((!stays).then_some(number))
}

fn open(ring: &Keyring, factor: &FactorId, sealed: &Sealed) -> Option<Number> {
    let opened = Number::unseal(ring, (places::PHONE, factor.as_str()), sealed);
    if opened.is_err() {
        warn!(factor.id = %factor, "the phone number of factor {factor} does not open");
    }
    opened.ok()
}
