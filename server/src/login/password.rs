//! The password of a log-in: charged, then looked at.

mod charge;

pub(super) use self::charge::opens;
use self::charge::{Charge, Charged, Try, charge};
use super::flow::{self, Event, Fitted, PasswordOutcome, Road, State};
use super::run::{self, Offer, advance, choices, locked};
use super::store::Attempt;
use super::{Error, PasswordAnswer};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit;
use crate::clock::{self, Time};
use crate::delivery;
use crate::delivery::message::Message;
use crate::factors::{self, Factor};
use crate::lockout::{self, Block, Counted};
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
    look(app, room, (&Within::Going(token), None), username, password).await
}

/// Begins an attempt with a user name and password, for a page: nothing is written before there is
/// room to look at the password, and no attempt before it was right. `client` is what the browser calls
/// itself; `anew` what it shows of setting up anew.
///
/// Errors: [`Error::Busy`] before anything is counted.
pub async fn start(
    app: &App,
    (client, anew): (&str, Option<&Token>),
    username: &str,
    password: Secret<String>,
) -> Result<(Token, PasswordAnswer)> {
    let room = app.passwords.admit()?;
    let (token, attempt) = run::unwritten(app, None, client, State::Started);
    let within = Within::Beginning(attempt);
    let answer = look(app, room, (&within, anew), username, password).await?;
    Ok((token, answer))
}

/// In which attempt a password is looked at.
enum Within<'a> {
    /// In the one with this token, in which others may go on meanwhile.
    Going(&'a Token),
    /// In one that begins with it: nobody has its token yet.
    Beginning(Attempt),
}

impl Within<'_> {
    /// The attempt, kept from every other transaction.
    ///
    /// Errors: [`Error::AttemptOver`], also where it raises a session: that is no place for a password.
    async fn attempt(&self, app: &App, tx: &mut Tx, now: Time) -> Result<Attempt> {
        let attempt = match self {
            Self::Going(token) => locked(app, tx, token, now).await?,
            Self::Beginning(attempt) => attempt.clone(),
        };
        match attempt.state.session() {
            None => Ok(attempt),
            Some(_) => Err(Error::AttemptOver),
        }
    }
}

async fn look(
    app: &App,
    room: Admitted,
    (within, anew): (&Within<'_>, Option<&Token>),
    username: &str,
    password: Secret<String>,
) -> Result<PasswordAnswer> {
    let even = clock::even();
    let Charged { tries, blocked } = match charge(app, within, username).await? {
        Charge::Blocked(answer) => {
            drop(room);
            even.await;
            return Ok(answer);
        }
        Charge::Charged(charged) => charged,
    };
    let hashes = tries.iter().filter_map(|one| one.kept.as_ref().map(|kept| kept.hash.clone()));
    let checked = room.check_each(password, hashes.collect()).await;

    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let several = tries.len() > 1;
    let (fitted, wrong) = sort(&mut tx, tries, checked).await?;
    let attempt = within.attempt(app, &mut tx, now).await?;
    if several {
        hold(&mut tx, (&fitted, &wrong), now).await?;
    }
    for Fits { account, kept, renewed, .. } in &fitted {
        if let Some(new) = renewed {
            password::store::renew(&mut tx, &account.id, (&kept.hash, new)).await?;
        }
    }
    let answer = if fitted.is_empty() {
        refuse(app, &mut tx, &attempt, (wrong, blocked), now).await?
    } else {
        spare(app, &mut tx, &attempt, (&fitted, wrong), now).await?;
        accept(app, &mut tx, (attempt, anew), fitted, now).await?
    };
    tx.commit().await?;
    Ok(answer)
}

/// An account for which the password is right.
struct Fits {
    one: Try,
    account: Account,
    kept: password::store::Kept,
    renewed: Option<password::Hash>,
}

/// Parts the tries that were right from the others. The accounts of those that were are locked.
async fn sort(
    tx: &mut Tx,
    tries: Vec<Try>,
    checked: Vec<Checked>,
) -> Result<(Vec<Fits>, Vec<Try>)> {
    let (mut fitted, mut wrong, mut checked) = (Vec::new(), Vec::new(), checked.into_iter());
    for one in tries {
        let (account, kept) = (one.account.clone(), one.kept.clone());
        // Who has no password was not looked at.
        let found = kept.as_ref().and_then(|_| checked.next());
        match (account, kept, found) {
            (Some(account), Some(kept), Some(Checked::Right { renewed })) => {
                match still_right(tx, &account, &kept, renewed).await? {
                    Checked::Right { renewed } => fitted.push(Fits { one, account, kept, renewed }),
                    Checked::Wrong => wrong.push(one),
                }
            }
            (_, _, Some(Checked::Right { .. } | Checked::Wrong) | None) => wrong.push(one),
        }
    }
    Ok((fitted, wrong))
}

/// Keeps the counts of several accounts from every other transaction, always in the same order.
async fn hold(tx: &mut Tx, (fitted, wrong): (&[Fits], &[Try]), now: Time) -> Result<()> {
    let subjects = fitted.iter().map(|fits| &fits.one.subject);
    let mut subjects: Vec<_> = subjects.chain(wrong.iter().map(|one| &one.subject)).collect();
    subjects.sort_by_key(|subject| subject.as_str());
    for subject in subjects {
        lockout::hold(tx, subject, Counted::Password, now).await?;
    }
    Ok(())
}

/// The password is right for nobody.
async fn refuse(
    app: &App,
    tx: &mut Tx,
    attempt: &Attempt,
    (wrong, blocked): (Vec<Try>, Vec<Block>),
    now: Time,
) -> Result<PasswordAnswer> {
    for one in &wrong {
        count(app, tx, attempt, one, now).await?;
    }
    let blocks: Option<Vec<Block>> = wrong.iter().map(|one| one.count.block).collect();
    Ok(match blocks {
        // Until then none of the accounts of this name is looked at.
        Some(blocks) => {
            let until = opens(&[blocks, blocked].concat()).and_then(flow::end);
            PasswordAnswer::Blocked { until }
        }
        None => PasswordAnswer::Wrong,
    })
}

/// The try was wrong, and stays counted.
async fn count(app: &App, tx: &mut Tx, attempt: &Attempt, one: &Try, now: Time) -> Result<()> {
    let account = one.account.as_ref().map(|account| account.id.clone());
    if let Some(block) = one.count.block {
        let by = attempt.by(app.random, now);
        let message = Message::PasswordBlocked { until: flow::end(block) };
        let notice = delivery::notice(message, &by, &attempt.client);
        let whom = (&one.subject, account.as_ref());
        delivery::run::tell_once_a_day(app, tx, whom, notice).await?;
    }
    let outcome = PasswordOutcome::Wrong { count: one.count.clone() };
    let event = Event::Password { account, outcome };
    advance(app, tx, attempt.clone(), event, now).await?;
    Ok(())
}

/// What becomes of the tries at the other accounts of the name, where the password is right for one or more.
/// A password that is right here is a guess there, and counts as one; but only the first time, for whoever
/// works for two employers would block the one by logging in at the other.
async fn spare(
    app: &App,
    tx: &mut Tx,
    attempt: &Attempt,
    (fitted, wrong): (&[Fits], Vec<Try>),
    now: Time,
) -> Result<()> {
    let mut counted = false;
    for one in &wrong {
        let known = one.kept.as_ref().is_none_or(|kept| {
            let compared = fitted.iter().filter_map(|fits| fits.kept.compared_at);
            compared.max().is_some_and(|at| at > kept.chosen_at)
        });
        if known {
            take_back(app, tx, attempt, one, now).await?;
        } else {
            count(app, tx, attempt, one, now).await?;
            counted = true;
        }
    }
    if counted {
        for fits in fitted {
            password::store::compare(tx, &fits.account.id, now).await?;
        }
    }
    if fitted.len() > 1 {
        for fits in fitted {
            take_back(app, tx, attempt, &fits.one, now).await?;
        }
    }
    Ok(())
}

/// As if the try at this account had not been made.
async fn take_back(app: &App, tx: &mut Tx, attempt: &Attempt, one: &Try, now: Time) -> Result<()> {
    let charged = (&one.subject, &one.count);
    lockout::refund(tx, charged, Counted::Password, now, &one.policy).await?;
    let account = one.account.as_ref().map(|account| &account.id);
    let (by, event) = (attempt.by(app.random, now), audit::Event::PasswordNotCounted);
    Ok(audit::record(tx, &by, account, &event).await?)
}

/// The password is right: on with the one account, or the choice among several.
async fn accept(
    app: &App,
    tx: &mut Tx,
    (attempt, anew): (Attempt, Option<&Token>),
    fitted: Vec<Fits>,
    now: Time,
) -> Result<PasswordAnswer> {
    if let [Fits { account, .. }] = fitted.as_slice() {
        let right = |road| {
            let outcome = PasswordOutcome::Right { road };
            Event::Password { account: Some(account.id.clone()), outcome }
        };
        return go_on(app, tx, (attempt, anew), (account, right), now).await;
    }
    let accounts = fitted.into_iter().map(|Fits { account, kept, .. }| Fitted {
        organisation: account.organisation,
        account: account.id,
        chosen_at: kept.chosen_at,
    });
    let event = Event::Several { accounts: accounts.collect() };
    advance(app, tx, attempt.clone(), event.clone(), now).await?;
    let (state, _) = flow::step(attempt.state, event, now);
    Ok(PasswordAnswer::Choose(choices(tx, &state).await?))
}

/// On with this account, whose password was right; `event` says so to the flow.
pub(super) async fn go_on(
    app: &App,
    tx: &mut Tx,
    (attempt, anew): (Attempt, Option<&Token>),
    (account, event): (&Account, impl FnOnce(Road) -> Event),
    now: Time,
) -> Result<PasswordAnswer> {
    let factors = factors::store::list(tx, &account.id).await?;
    let road = road(tx, account, (&factors, anew), now).await?;
    let answer = match road {
        Road::Nowhere => PasswordAnswer::NoWay,
        Road::Abandoned => PasswordAnswer::Abandoned,
        Road::Factor | Road::FirstProof | Road::Enrol | Road::Waived => {
            let ways = run::ways_of(tx, &account.id, factors, now).await?;
            PasswordAnswer::Factor(Offer { ways, first: road == Road::FirstProof })
        }
    };
    Ok(match advance(app, tx, attempt, event(road), now).await? {
        None => answer,
        Some(granted) if road == Road::Waived => PasswordAnswer::Waived(granted),
        Some(granted) => PasswordAnswer::EnrolOnly(granted),
    })
}

/// Where the right password of an account with these factors leads.
async fn road(
    tx: &mut Tx,
    account: &Account,
    (factors, anew): (&[Factor], Option<&Token>),
    now: Time,
) -> Result<Road> {
    let road = match Road::of(factors, None) {
        // Also where the second factor is set up anew: this one was kept.
        Road::Factor => Road::Factor,
        Road::FirstProof | Road::Enrol | Road::Nowhere | Road::Abandoned | Road::Waived => {
            let reset = reset::store::find(tx, &account.id).await?;
            Road::of(factors, reset.map(|reset| reset.standing(anew, now)))
        }
    };
    let waiver = waiver::of(tx, account, now).await?;
    Ok(waiver.map_or(road, |_| road.waived()))
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
            password::testing::keep(&mut tx, &account.id, &renewed, later).await;
            let other = still_right(&mut tx, &account, &kept, None).await.unwrap();
            assert!(matches!(other, Checked::Wrong));
        })
        .await;
    }
}
