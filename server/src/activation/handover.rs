//! A new PIN on its way where no contact person asks for it: to the main contact person's Berichtenbox, and
//! that of a contact person by post.

use super::request::{self, begin_anew, lay};
use crate::accounts::number::UserNumber;
use crate::accounts::{self, Account, Role};
use crate::app::App;
use crate::audit::By;
use crate::delivery;
use crate::delivery::message::Message;
use crate::letters::{self, Purpose};
use crate::login;
use crate::login::run::Spared;
use crate::operator::Operator;
use crate::organisations;
use crate::password::{Busy, Hash};
use crate::pin::{self, ActivationPin, rules};
use crate::storage::{self, Tx};

/// Why no PIN was made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The last PIN is younger than a day.
    #[error("at most one PIN is made a day")]
    TooSoon,
    /// The PIN goes by post, and no letter can be written.
    #[error(transparent)]
    Letter(#[from] letters::run::Error),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

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
) -> Result<Handed, letters::run::Error> {
    begin_anew(app, tx, whom, by.now).await?;
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

/// A new PIN for this number, and its hash.
///
/// Errors: [`Busy`].
pub(crate) async fn prepared(
    app: &App,
    number: &UserNumber,
) -> Result<(ActivationPin, Hash), Busy> {
    request::prepared(app, number).await
}

/// As [`hand`], at most once a day, for an operator who may do so; what the account has under way ends, and
/// everybody whom it concerns is told.
///
/// Errors: [`Error::TooSoon`], [`Error::Letter`].
pub(crate) async fn by_operator(
    app: &App,
    tx: &mut Tx,
    (whom, operator): (&Account, &Operator),
    secret: (&ActivationPin, Hash),
    by: &By,
) -> Result<Handed, Error> {
    let last = pin::store::last_made(tx, &whom.id).await?;
    if !rules::may_make(last, by.now) {
        return Err(Error::TooSoon);
    }
    let handed = hand(app, tx, (whom, Some(operator)), secret, by).await?;
    login::run::end_under_way(tx, &whom.id, Spared::Nothing, by).await?;
    let notice = delivery::notice(handed.message(), by, "");
    delivery::run::tell(app, tx, &whom.id, notice).await?;
    Ok(handed)
}
