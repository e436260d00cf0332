//! The password of a log-in: charged, then looked at.

use super::flow::{self, Event, PasswordOutcome, Road};
use super::run::{self, Offer, advance, locked};
use super::{Error, PasswordAnswer};
use crate::accounts::{self, Account, Username};
use crate::app::App;
use crate::audit;
use crate::delivery;
use crate::delivery::message::Message;
use crate::factors;
use crate::lockout::{self, Admission, Count, Counted, Subject};
use crate::organisations;
use crate::password::{self, Admitted, Checked};
use crate::reset;
use crate::secret::{Secret, Token};
use crate::storage::Tx;
use crate::waiver;

type Result<T, E = Error> = std::result::Result<T, E>;

/// Looks at a user name and password. Names nobody has are counted, delayed and answered alike. An
/// application sets nothing up anew.
///
/// Errors: [`Error::Busy`] before anything is counted; [`Error::AttemptOver`].
pub async fn check(
    app: &App,
    token: &Token,
    username: &str,
    password: Secret<String>,
) -> Result<PasswordAnswer> {
    let room = app.passwords.admit()?;
    look(app, room, (token, None), username, password).await
}

/// Begins an attempt with a user name and password, for a page: nothing is written before there is
/// room to look at the password. `client` is what the browser calls itself; `anew` what it shows of
/// setting up anew.
///
/// Errors: [`Error::Busy`] before anything is counted.
pub async fn start(
    app: &App,
    (client, anew): (&str, Option<&Token>),
    username: &str,
    password: Secret<String>,
) -> Result<(Token, PasswordAnswer)> {
    let room = app.passwords.admit()?;
    let token = run::start(app, None, client).await?;
    let answer = look(app, room, (&token, anew), username, password).await?;
    Ok((token, answer))
}

async fn look(
    app: &App,
    room: Admitted,
    (token, anew): (&Token, Option<&Token>),
    username: &str,
    password: Secret<String>,
) -> Result<PasswordAnswer> {
    let (subject, account, kept, count) = match charge(app, token, username).await? {
        Charge::Blocked(answer) => return Ok(answer),
        Charge::Charged { subject, account, kept, count } => (subject, account, kept, count),
    };
    let checked = room.check(password, kept.as_ref().map(|kept| kept.hash.clone())).await;

    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let checked = match (&account, &kept, checked) {
        (Some(account), Some(kept), Checked::Right { renewed }) => {
            still_right(&mut tx, account, kept, renewed).await?
        }
        (_, _, checked) => checked,
    };
    let attempt = locked(app, &mut tx, token, now).await?;
    let mut ways = vec![];
    let outcome = match (&account, checked) {
        (Some(account), Checked::Right { renewed }) => {
            if let (Some(new), Some(old)) = (renewed, kept) {
                password::store::renew(&mut tx, &account.id, (&old.hash, &new)).await?;
            }
            let factors = factors::store::list(&mut tx, &account.id).await?;
            ways = run::ways(&mut tx, &account.id, now).await?;
            let reset = reset::store::find(&mut tx, &account.id).await?;
            let anew = reset.map(|reset| reset.standing(anew, now));
            let road = Road::of(&factors, anew);
            let waiver = waiver::of(&mut tx, account, now).await?;
            PasswordOutcome::Right { road: waiver.map_or(road, |_| road.waived()) }
        }
        (_, Checked::Right { .. } | Checked::Wrong) => PasswordOutcome::Wrong { count },
    };
    let answer = match &outcome {
        PasswordOutcome::Right { road: Road::Nowhere } => PasswordAnswer::NoWay,
        PasswordOutcome::Right { road: Road::Abandoned } => PasswordAnswer::Abandoned,
        PasswordOutcome::Right { road } => {
            PasswordAnswer::Factor(Offer { ways, first: *road == Road::FirstProof })
        }
        PasswordOutcome::Wrong { count: Count { block: Some(block), .. } } => {
            PasswordAnswer::Blocked { until: flow::end(*block) }
        }
        PasswordOutcome::Wrong { .. } | PasswordOutcome::Blocked { .. } => PasswordAnswer::Wrong,
    };
    let account = account.map(|account| account.id);
    if let PasswordAnswer::Blocked { until } = answer {
        let by = attempt.by(app.random, now);
        let notice = delivery::notice(Message::PasswordBlocked { until }, &by, &attempt.client);
        let whom = (&subject, account.as_ref());
        delivery::run::tell_once_a_day(app, &mut tx, whom, notice).await?;
    }
    let waived = matches!(outcome, PasswordOutcome::Right { road: Road::Waived });
    let event = Event::Password { account, outcome };
    let granted = advance(app, &mut tx, attempt, event, now).await?;
    tx.commit().await?;
    Ok(match granted {
        None => answer,
        Some(granted) if waived => PasswordAnswer::Waived(granted),
        Some(granted) => PasswordAnswer::EnrolOnly(granted),
    })
}

/// A right password, now that nothing of its account changes any more: another one may have been chosen
/// while it was looked at, which ended all that was under way.
async fn still_right(
    tx: &mut Tx,
    account: &Account,
    looked_at: &password::store::Kept,
    renewed: Option<password::Hash>,
) -> Result<Checked> {
    accounts::store::lock(tx, &account.id).await?.ok_or(Error::AttemptOver)?;
    let living = password::store::find(tx, &account.id).await?;
    let same = living.is_some_and(|living| living.chosen_at == looked_at.chosen_at);
    Ok(if same { Checked::Right { renewed } } else { Checked::Wrong })
}

enum Charge {
    Blocked(PasswordAnswer),
    Charged {
        subject: Subject,
        account: Option<Account>,
        kept: Option<password::store::Kept>,
        count: Count,
    },
}

/// Charges the try before it is looked at, so that many at once cannot outrun the count; the charge
/// has an event of its own, because what the try was is known only in a later transaction.
async fn charge(app: &App, token: &Token, username: &str) -> Result<Charge> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    if attempt.state.session().is_some() {
        return Err(Error::AttemptOver);
    }
    let account = match Username::parse(username) {
        Ok(username) => accounts::store::named(&mut tx, &username).await?,
        Err(_) => None,
    };
    let subject = match &account {
        Some(account) => Subject::account(&account.id),
        None => Subject::nobody(&username.trim().to_lowercase(), app.name_key.expose()),
    };
    let organisation = match (&account, Username::parse(username)) {
        (Some(account), _) => Some(account.organisation.clone()),
        // Blocked as one of the accounts of its domain is, or the time would tell who has one.
        (None, Ok(name)) => {
            accounts::store::organisation_by_lot(&mut tx, name.domain(), subject.lot()).await?
        }
        (None, Err(_)) => None,
    };
    let policy = match organisation {
        Some(id) => organisations::store::policy(&mut tx, &id).await?,
        None => organisations::Policy::default(),
    };
    let policy = policy.lockout(&app.config.lockout);
    let admission = lockout::charge(&mut tx, &subject, Counted::Password, now, &policy).await?;
    let charge = match admission {
        Admission::Charged { count, refused } => {
            let event = audit::Event::PasswordTried {
                streak: count.streak,
                refused,
                blocks_until: count.block.and_then(flow::end),
            };
            let account_id = account.as_ref().map(|account| &account.id);
            let by = attempt.by(app.random, now);
            audit::record(&mut tx, &by, account_id, &event).await?;
            let kept = match &account {
                Some(account) => password::store::find(&mut tx, &account.id).await?,
                None => None,
            };
            Charge::Charged { subject, account, kept, count }
        }
        Admission::Blocked { block, refused } => {
            let account = account.map(|account| account.id);
            let event = Event::Password { account, outcome: PasswordOutcome::Blocked { refused } };
            advance(app, &mut tx, attempt, event, now).await?;
            Charge::Blocked(PasswordAnswer::Blocked { until: flow::end(block) })
        }
    };
    tx.commit().await?;
    Ok(charge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::login::tests::begin;
    use crate::storage::testing::both;
    use std::time::Duration;

    /// Attack: a password that is replaced while it is looked at.
    #[tokio::test]
    async fn a_password_that_was_replaced_while_it_was_looked_at_is_wrong() {
        both(async |db| {
            let (app, account) = begin(db).await;
            let mut tx = app.db.write().await.unwrap();
            let kept = password::store::find(&mut tx, &account.id).await.unwrap().unwrap();
            let renewed = password::Hash::stored("renewed".to_owned());
            let hashes = (&kept.hash, &renewed);
            password::store::renew(&mut tx, &account.id, hashes).await.unwrap();
            let same = still_right(&mut tx, &account, &kept, None).await.unwrap();
            assert!(matches!(same, Checked::Right { .. }), "only its hash is new");
            let later = app.clock.now().after(Duration::from_millis(1));
            password::store::set(&mut tx, &account.id, &renewed, later).await.unwrap();
            let other = still_right(&mut tx, &account, &kept, None).await.unwrap();
            assert!(matches!(other, Checked::Wrong));
        })
        .await;
    }
}
