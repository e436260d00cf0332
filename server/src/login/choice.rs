//! Choosing among the accounts of one person: those for which the password was right, or to which the card
//! is linked. The choice belongs to the attempt, and is made once.

use super::card::CardAnswer;
use super::flow::{Event, Fitted, Linked, State};
use super::password::go_on;
use super::run::{advance, choices, locked, settle};
use super::{Error, PasswordAnswer, store};
use crate::accounts;
use crate::app::App;
use crate::clock::Time;
use crate::factors::card::Refusal;
use crate::factors::{self, Evidence, Kind, Proof};
use crate::id::{AccountId, OrganisationId};
use crate::organisations::Organisation;
use crate::password;
use crate::secret::Token;
use crate::storage::Tx;
use crate::uzi::sighting::Sighting;

type Result<T, E = Error> = std::result::Result<T, E>;

/// What a choice led to.
#[derive(Clone, Debug)]
pub enum Chosen {
    /// As the password of that account alone would have.
    Password(PasswordAnswer),
    /// As the card would have, if it were linked to that account alone.
    Card(CardAnswer),
}

/// The organisations of which the person of this attempt chooses one; nothing where there is no choice.
///
/// Errors: [`Error::AttemptOver`].
pub async fn offered(app: &App, token: &Token) -> Result<Option<Vec<Organisation>>> {
    let mut tx = app.db.read().await?;
    let found = store::find(&mut tx, &token.hash(), app.clock.now()).await?;
    let state = found.ok_or(Error::AttemptOver)?.state;
    let offered = choices(&mut tx, &state).await?;
    Ok((!offered.is_empty()).then_some(offered))
}

/// Goes on with the account of the person in `organisation`, once. `anew` is what the browser shows of
/// setting up anew.
///
/// Errors: [`Error::NoChoice`] where that is none of those to choose from, which is recorded and spends
/// nothing; [`Error::AttemptOver`] where there is no choice, or what was proven holds no more.
pub async fn choose(
    app: &App,
    token: &Token,
    organisation: &OrganisationId,
    anew: Option<&Token>,
) -> Result<Chosen> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let found = store::find(&mut tx, &token.hash(), now).await?.ok_or(Error::AttemptOver)?;
    let choice = match found.state {
        State::Choosing { accounts } => {
            accounts.into_iter().find(|one| one.organisation == *organisation).map(Choice::Password)
        }
        State::ChoosingByCard { accounts, card } => accounts
            .into_iter()
            .find(|one| one.organisation == *organisation)
            .map(|one| Choice::Card(one, card)),
        State::Started
        | State::PasswordProven { .. }
        | State::FirstProof { .. }
        | State::Stranded { .. }
        | State::Proving { .. }
        | State::SteppingUp { .. }
        | State::Keeping { .. }
        | State::Linking { .. }
        | State::Over => return Err(Error::AttemptOver),
    };
    match choice {
        Some(Choice::Password(one)) => by_password(app, tx, (token, anew), one, now).await,
        Some(Choice::Card(one, card)) => by_card(app, tx, token, (one, card), now).await,
        None => {
            let attempt = locked(app, &mut tx, token, now).await?;
            let reason = "no_such_choice";
            let event = Event::Refused { kind: None, account: None, reason, card: None };
            advance(app, &mut tx, attempt, event, now).await?;
            tx.commit().await?;
            Err(Error::NoChoice)
        }
    }
}

/// What is chosen.
enum Choice {
    Password(Fitted),
    Card(Linked, Box<Sighting>),
}

async fn by_password(
    app: &App,
    mut tx: Tx,
    (token, anew): (&Token, Option<&Token>),
    one: Fitted,
    now: Time,
) -> Result<Chosen> {
    let account = still_living(&mut tx, &one.account).await?;
    let kept = password::store::find(&mut tx, &one.account).await?;
    if kept.is_none_or(|kept| kept.chosen_at != one.chosen_at) {
        return Err(Error::AttemptOver);
    }
    let attempt = locked(app, &mut tx, token, now).await?;
    if !matches!(&attempt.state, State::Choosing { accounts } if accounts.contains(&one)) {
        return Err(Error::AttemptOver);
    }
    let chosen = |road| Event::Chosen { account: one.account.clone(), road };
    let answer = go_on(app, &mut tx, (attempt, anew), (&account, chosen), now).await?;
    tx.commit().await?;
    Ok(Chosen::Password(answer))
}

async fn by_card(
    app: &App,
    mut tx: Tx,
    token: &Token,
    (one, card): (Linked, Box<Sighting>),
    now: Time,
) -> Result<Chosen> {
    still_living(&mut tx, &one.account).await?;
    let factors = factors::store::list(&mut tx, &one.account).await?;
    let factor = factors.into_iter().find(|factor| factor.id == one.factor);
    let factor = factor.ok_or(Error::AttemptOver)?;
    let attempt = locked(app, &mut tx, token, now).await?;
    let state = &attempt.state;
    if !matches!(state, State::ChoosingByCard { accounts, .. } if accounts.contains(&one)) {
        return Err(Error::AttemptOver);
    }
    let proof = Proof {
        suspended: factor.is_suspended(),
        factor: factor.id,
        account: factor.account,
        kind: Kind::Card,
        evidence: Evidence::CardPin,
        bound_at: factor.bound_at,
        card: Some(card),
    };
    let answer = settle(app, tx, attempt, Ok(proof), now).await?;
    Ok(Chosen::Card(CardAnswer::of(answer, Refusal::NotLinked)))
}

/// The account, kept from every other change.
async fn still_living(tx: &mut Tx, account: &AccountId) -> Result<accounts::Account> {
    accounts::store::lock(tx, account).await?.ok_or(Error::AttemptOver)
}

#[cfg(test)]
mod tests;
