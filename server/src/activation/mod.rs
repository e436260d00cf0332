//! Becoming a user, and choosing a new password: a user number and a PIN that travelled apart.
//!
//! `founding` adds an organisation and its contact person, `request` a colleague, and hands out PINs; `forgotten`
//! is for who lost one, `appointed` posts another to who becomes a contact person; `disclosed` ends one that somebody said, and `handover` brings the next one on its way;
//! `choose` has somebody choose a password with one, `card` link an UZI card, `lapse` ends what was not used in
//! time. What a PIN may be used for, `pin::rules` decides.

pub mod appointed;
pub mod card;
#[cfg(test)]
mod card_tests;
pub mod choose;
pub mod disclosed;
pub mod forgotten;
#[cfg(test)]
mod forgotten_tests;
pub mod founding;
pub mod handover;
pub mod lapse;
mod proof;
pub mod request;
#[cfg(test)]
mod tests;

use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::By;
use crate::id::OrganisationId;
use crate::inbox::{self, Message};
use crate::storage::{Result, Tx};

/// Tells every contact person of an organisation; `but` knows already.
async fn tell_contact_persons(
    app: &App,
    tx: &mut Tx,
    organisation: &OrganisationId,
    message: &Message,
    (but, by): (Option<&Account>, &By),
) -> Result<()> {
    for contact in accounts::store::contact_persons(tx, organisation).await? {
        if but.is_none_or(|but| but.id != contact) {
            inbox::put(tx, &contact, message, (app.config.keep.messages, by)).await?;
        }
    }
    Ok(())
}
