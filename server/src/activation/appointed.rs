//! Somebody who becomes a contact person before activating: the PIN that a Berichtenbox showed, or still shows, is
//! over at once, and another goes by post, as one of a contact person does.

use super::request;
use super::tell_contact_persons;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::{self, By};
use crate::delivery;
use crate::delivery::message::Message;
use crate::id::AccountId;
use crate::inbox;
use crate::letters::{self, Purpose};
use crate::login;
use crate::login::run::Spared;
use crate::management;
use crate::organisations::PostalAddress;
use crate::password::{Busy, Hash};
use crate::pin::{self, ActivationPin};
use crate::storage::{self, Tx};

/// Why nobody was made a contact person.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such account.
    #[error(transparent)]
    Management(#[from] management::Error),
    /// The PIN goes by post, and no letter can be written.
    #[error(transparent)]
    Letter(#[from] letters::run::Error),
    /// Too many passwords and PINs are being hashed.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

/// Where the letter of `reader` would go, who is to be a contact person; nothing where none is written.
///
/// Errors: as those of writing one.
pub async fn address(
    app: &App,
    reader: &Account,
) -> Result<Option<PostalAddress>, letters::run::Error> {
    let mut tx = app.db.read().await?;
    let only_way = pin::store::is_only_way(&mut tx, &reader.id).await?;
    drop(tx);
    if only_way { letters::run::address(app, reader).await.map(Some) } else { Ok(None) }
}

/// A new PIN of this account, and its hash, for [`post`].
///
/// Errors: [`Error::Management`], [`Error::Busy`].
pub(crate) async fn prepared(app: &App, id: &AccountId) -> Result<(ActivationPin, Hash), Error> {
    let number = {
        let mut tx = app.db.read().await?;
        let found = accounts::store::find(&mut tx, id).await?;
        found.ok_or(management::Error::NoColleague)?.number
    };
    Ok(request::prepared(app, &number).await?)
}

/// Where the PIN in a Berichtenbox is the only way to the account of `reader`, ends it, and has a letter written
/// with another. What was under way with the old one ends; the person and the contact persons are told. Nothing
/// for everybody else. `contact` is who made `reader` a contact person.
///
/// Errors: [`Error::Letter`].
pub(crate) async fn post(
    app: &App,
    tx: &mut Tx,
    (contact, reader): (&Account, &Account),
    (pin, hash): (&ActivationPin, Hash),
    by: &By,
) -> Result<(), Error> {
    if !pin::store::is_only_way(tx, &reader.id).await? {
        return Ok(());
    }
    let way = letters::run::way(app, tx, reader).await?;
    for pin in pin::store::end_all(tx, &reader.id, by.now).await? {
        inbox::store::drop_secret(tx, &pin).await?;
        audit::record(tx, by, Some(&reader.id), &audit::Event::PinEnded { pin }).await?;
    }
    request::begin_anew(app, tx, reader, by.now).await?;
    letters::run::write(app, tx, (reader, &way, Purpose::First), (pin, hash), (None, by)).await?;
    pin::store::answer(tx, &reader.id, by.now).await?;
    login::run::end_under_way(tx, &reader.id, Spared::Nothing, by).await?;
    let (name, whose) = (reader.name.clone(), contact.name.clone());
    let message = inbox::Message::PinByPost { name, by: whose };
    tell_contact_persons(app, tx, &reader.organisation, &message, (Some(reader), by)).await?;
    let notice = delivery::notice_by(Message::LetterInstead, by, &contact.name);
    Ok(delivery::run::tell(app, tx, &reader.id, notice).await?)
}
