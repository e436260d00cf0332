//! Telling people by text, at a number of theirs, that a change concerns it: who took somebody's mail box has
//! not taken the phone.
//!
//! It is no code, and neither uses up the share of codes nor waits for it: else who wants to change a number
//! unseen would use up the share first. What keeps it from being a weapon is that a number is told each kind of
//! change once a day.

use super::phone::{self, Channel, Sending, Told};
use super::store;
use crate::accounts;
use crate::app::App;
use crate::factors::phone::Number;
use crate::id::{AccountId, SendingId};
use crate::organisations;
use crate::storage::{Result, Tx};
use std::time::Duration;

/// Tells these numbers of `account`, once `tx` is committed: those that take texts, where texts go anywhere.
pub(crate) async fn tell(
    app: &App,
    tx: &mut Tx,
    account: &AccountId,
    (numbers, told): (Vec<Number>, Told),
) -> Result<()> {
    let (texts, _) = app.delivery.phone().are_set();
    if !texts || numbers.is_empty() {
        return Ok(());
    }
    let Some(person) = accounts::store::find(tx, account).await? else { return Ok(()) };
    let organisation = organisations::store::find(tx, &person.organisation).await?;
    let organisation = organisation.map(|found| found.name).unwrap_or_default();
    // The rules of numbers are read at their first use, which takes a while.
    let reached = move || numbers.into_iter().filter(Number::takes_texts).collect::<Vec<_>>();
    let reached = tokio::task::spawn_blocking(reached).await.expect("reading numbers ends");
    let now = app.clock.now();
    for number in reached {
        let subject = format!("{account}:{}", number.counted(app.name_key.expose()));
        if !store::first_since(tx, (&subject, told.name()), now, now.before(DAY)).await? {
            continue;
        }
        let sending = Sending {
            id: SendingId::random(app.random),
            account: Some(account.clone()),
            asker: None,
            to: phone::Number::parse(number.e164()).expect("it was read as E.164"),
            channel: Channel::Notice(told),
            organisation: organisation.clone(),
            language: app.delivery.language(),
            until: now.after(LIFE),
        };
        phone::run::send(app, tx, &sending).await?;
    }
    Ok(())
}

/// How long a number is told nothing more of a kind of change.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long telling it is tried, as with mails.
const LIFE: Duration = Duration::from_secs(2 * 24 * 60 * 60);
