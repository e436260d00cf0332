//! A new PIN on its way where no contact person asks for it: to the main contact person's Berichtenbox, and
//! that of a contact person by post.

use super::request::{begin_anew, lay};
use crate::accounts::{self, Account, Role};
use crate::app::App;
use crate::audit::By;
use crate::delivery::message::Message;
use crate::letters::run::Error;
use crate::letters::{self, Purpose};
use crate::operator::Operator;
use crate::organisations;
use crate::password::Hash;
use crate::pin::{self, ActivationPin};
use crate::storage::Tx;

/// Where a new PIN waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handed {
    /// In the Berichtenbox of the main contact person, who has this name.
    Box(String),
    /// In a letter.
    Letter,
}

impl Handed {
    /// What people are told of it.
    pub(super) const fn message(&self) -> Message {
        match self {
            Self::Box(_) => Message::PinMade,
            Self::Letter => Message::LetterWritten,
        }
    }
}

/// Keeps a new PIN of `whom` and puts it on its way, with `operator` where one has it made: the old one works
/// until this one is opened, or its letter exported. Whoever asked for one has it by that.
///
/// Errors: as those of writing a letter.
pub(super) async fn hand(
    app: &App,
    tx: &mut Tx,
    (whom, operator): (&Account, Option<&Operator>),
    secret: (&ActivationPin, Hash),
    by: &By,
) -> Result<Handed, Error> {
    begin_anew(tx, whom, by.now).await?;
    if whom.role == Role::Colleague
        && let Some(main) = organisations::store::main_contact(tx, &whom.organisation).await?
        && let Some(main) = accounts::store::find(tx, &main).await?
    {
        lay(app, tx, (&main, whom), secret, by).await?;
        pin::store::answer(tx, &whom.id, by.now).await?;
        return Ok(Handed::Box(main.name));
    }
    let way = letters::run::way(app, tx, whom).await?;
    let reader = (whom, &way, Purpose::Renewed);
    letters::run::write(app, tx, reader, secret, (operator, by)).await?;
    pin::store::answer(tx, &whom.id, by.now).await?;
    Ok(Handed::Letter)
}
