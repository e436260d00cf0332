//! What of a notice stands in the Berichtenbox too. It is put there when the notice is addressed, not when it
//! is written: whoever guesses learns from no time that there was a box to fill.

use super::message::Message;
use crate::accounts;
use crate::audit::By;
use crate::id::AccountId;
use crate::inbox::{self, Message as Kept};
use crate::storage::{Result, Tx};
use std::time::Duration;

/// Puts what is told about an account in the box of its person, and in those of who manages it, to be kept for
/// `life`.
pub(super) async fn fill(
    tx: &mut Tx,
    account: &AccountId,
    message: &Message,
    (life, by): (Duration, &By),
) -> Result<()> {
    let Some(person) = accounts::store::find(tx, account).await? else { return Ok(()) };
    let Some((own, colleagues)) = kept(message, &person.name) else { return Ok(()) };
    inbox::put(tx, &person.id, &own, (life, by)).await?;
    for contact in accounts::store::contact_persons(tx, &person.organisation).await? {
        if contact != person.id {
            inbox::put(tx, &contact, &colleagues, (life, by)).await?;
        }
    }
    Ok(())
}

/// What the box of the person of this name says of it, and what those of the contact persons; nothing where
/// an e-mail is all.
fn kept(message: &Message, name: &str) -> Option<(Kept, Kept)> {
    let name = name.to_owned();
    if let Message::PasswordBlocked { until } = message {
        let until = *until;
        let colleagues = Kept::ColleaguePasswordBlocked { name, until };
        return Some((Kept::PasswordBlocked { until }, colleagues));
    }
    if let Message::CodesBlocked { until } = message {
        let until = *until;
        let colleagues = Kept::ColleagueCodesBlocked { name, until };
        return Some((Kept::CodesBlocked { until }, colleagues));
    }
    matches!(message, Message::PinBlocked)
        .then_some((Kept::PinBlocked, Kept::ColleaguePinBlocked { name }))
}
