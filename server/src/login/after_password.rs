//! An attempt after the password in which a card takes the place of what was lost (flows D4): `enrolment::by_card`
//! goes on with it.

use super::flow::State;
use super::linking::Held;
use super::run::locked;
use super::{Error, store};
use crate::app::App;
use crate::clock::Time;
use crate::id::AccountId;
use crate::secret::Token;
use crate::storage::Tx;

type Result<T, E = Error> = std::result::Result<T, E>;

/// Whose right password was given in this attempt, where something of the account proved itself before.
///
/// Errors: [`Error::Storage`].
pub(crate) async fn whose(tx: &mut Tx, token: &Token, now: Time) -> Result<Option<AccountId>> {
    let found = store::find(tx, &token.hash(), now).await?;
    Ok(found.and_then(|attempt| lost(&attempt.state).cloned()))
}

/// The attempt, with its account kept from every other change, whose password was right in it.
///
/// Errors: [`Error::AttemptOver`], where it is none of these too.
pub(crate) async fn keep(
    app: &App,
    tx: &mut Tx,
    token: &Token,
    now: Time,
) -> Result<Held<AccountId>> {
    let attempt = locked(app, tx, token, now).await?;
    let account = lost(&attempt.state).cloned().ok_or(Error::AttemptOver)?;
    Ok(Held::new(attempt, account))
}

/// Whose second factor may be lost in this state.
const fn lost(state: &State) -> Option<&AccountId> {
    match state {
        State::PasswordProven { account } | State::Stranded { account } => Some(account),
        State::Started
        | State::FirstProof { .. }
        | State::Proving { .. }
        | State::SteppingUp { .. }
        | State::Keeping { .. }
        | State::Linking { .. }
        | State::Choosing { .. }
        | State::ChoosingByCard { .. }
        | State::Over => None,
    }
}
