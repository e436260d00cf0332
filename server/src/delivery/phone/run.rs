//! Sendings, performed: posted in somebody's transaction, and what is heard of them counted once.
//!
//! Locks: who takes a report holds the row of its sending before anything else; nobody who holds an
//! organisation, account, session or attempt changes the row of a sending that is there already.

use super::{
    Answer, Channel, Event, Origin, Reply, Report, Seen, Sending, State, Ticket, parcel, rules,
    store, words,
};
use crate::app::App;
use crate::clock::Time;
use crate::delivery::Failure;
use crate::delivery::phone::gateways::{Errand, Fault, Provider, Say};
use crate::delivery::store as outbox;
use crate::id::{PostId, SendingId};
use crate::sealed::{Record, places};
use crate::storage::{Result, Tx};
use std::pin::Pin;
use std::time::Duration;

/// Has a code sent, a call made, or a change told, once `tx` is committed: at once, again where that fails,
/// and never when the code is dead.
pub async fn send(app: &App, tx: &mut Tx, sending: &Sending) -> Result<()> {
    let now = app.clock.now();
    let ticket = Ticket::random(app.random);
    let kind = match &sending.channel {
        Channel::Sms { .. } => parcel::SMS,
        Channel::Call => parcel::CALL,
        Channel::Notice(_) => parcel::NOTICE,
    };
    let kept = store::New {
        id: &sending.id,
        ticket: &ticket,
        channel: kind,
        organisation: &sending.organisation,
        language: sending.language,
        account: sending.account.as_ref(),
        asker: sending.asker.as_ref(),
        gateway: app.delivery.phone.provider(&sending.channel),
        now,
        ends: sending.until,
    };
    store::insert(tx, &kept).await?;
    let id = PostId::random(app.random);
    let content = parcel::write(sending, &ticket);
    let content =
        app.sealing.seal(&Record::new(places::OUTBOX, id.as_str()), content.expose(), app.random);
    let post = outbox::New {
        id: &id,
        account: sending.account.as_ref(),
        kind,
        content: &content,
        now,
        ends: sending.until,
    };
    outbox::insert(tx, &post).await?;
    tx.wake_after(&app.delivery.wake);
    Ok(())
}

/// Hands over what a worker took, while its code lives, where no report says that it was handed over
/// before: by a try whose answer was lost.
pub(in crate::delivery) async fn hand_over(
    app: &App,
    taken: &outbox::Taken,
) -> Result<Result<(), Failure>> {
    let record = Record::new(places::OUTBOX, taken.id.as_str());
    let content = app.sealing.unseal(&record, &taken.content).ok();
    let Some((sending, ticket)) = content.and_then(|content| parcel::read(&content)) else {
        return Ok(Err(Failure::Unreadable));
    };
    let mut tx = app.db.read().await?;
    let state = store::state(&mut tx, &sending.id).await?;
    drop(tx);
    // What was given up and is tried again: no code is.
    let (until, again) = match &sending.channel {
        Channel::Sms { .. } | Channel::Call => (sending.until, None),
        Channel::Notice(_) => (taken.ends, Some(State::Failed)),
    };
    if state.is_some_and(|state| state != State::Waiting && Some(state) != again) {
        return Ok(Ok(()));
    }
    let now = app.clock.now();
    if now >= until {
        return Ok(Err(Fault::Late.into()));
    }
    let say = match &sending.channel {
        Channel::Sms { code } => {
            let names = (app.delivery.mail.name(), sending.organisation.as_str());
            Say::Sms(words::sms(sending.language, names, code))
        }
        Channel::Call => Say::Call(words::voice(sending.language, &sending.organisation).script),
        Channel::Notice(told) => {
            Say::Sms(words::told(sending.language, &sending.organisation, *told))
        }
    };
    let errand = Errand {
        id: &sending.id,
        ticket: &ticket,
        to: &sending.to,
        language: sending.language,
        say,
        left: until.since(now),
    };
    Ok(app.delivery.phone.send(&errand).await.map_err(Failure::from))
}

/// Notes what came of handing over: the provider took it, or it is given up.
pub(in crate::delivery) async fn settle(
    app: &App,
    tx: &mut Tx,
    taken: &outbox::Taken,
    state: State,
) -> Result<()> {
    let record = Record::new(places::OUTBOX, taken.id.as_str());
    let content = app.sealing.unseal(&record, &taken.content).ok();
    let Some((sending, _)) = content.and_then(|content| parcel::read(&content)) else {
        return Ok(());
    };
    store::advance(tx, &sending.id, state).await.map(drop)
}

/// How far a sending is; nothing where it was never one, or is long forgotten.
pub async fn state(tx: &mut Tx, id: &SendingId) -> Result<Option<State>> {
    store::state(tx, id).await
}

/// Where a sending came from; nothing of one that nobody asked for.
pub(crate) async fn origin(tx: &mut Tx, id: &SendingId) -> Result<Option<Origin>> {
    store::origin(tx, id).await
}

/// Who is told what is heard of a sending for the first time, in the transaction that counts it; what
/// that one replies is said to keys, and means nothing to other reports.
pub type Ear =
    for<'a> fn(&'a App, &'a mut Tx, &'a Report) -> Pin<Box<dyn Future<Output = Heard> + Send + 'a>>;

/// What an [`Ear`] gives.
pub type Heard = Result<Reply>;

/// The ear of nobody: whatever is keyed, the screen says more.
pub const NOBODY: Ear = |_, _, _| Box::pin(async { Ok(Reply::Over) });

/// Hears what a provider says of the sending with this ticket. Each report counts once, and none that
/// comes late but that of fraud. Nothing where no sending that went by this provider has the ticket:
/// it stands in addresses, and so where one provider signs it is not to be used in another's name.
/// Anybody may ask where nothing is signed, so for such a ticket nothing is written and no writer is waited for.
pub async fn hear(
    app: &App,
    (provider, ticket): (Provider, &Ticket),
    events: &[Event],
    ear: Ear,
) -> Result<Option<Answer>> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    if store::find(&mut tx, ticket, provider).await?.is_none() {
        return Ok(None);
    }
    drop(tx);
    let mut tx = app.db.write().await?;
    let Some((mut line, ends)) = store::find(&mut tx, ticket, provider).await? else {
        return Ok(None);
    };
    line.dead = now >= ends;
    let mut reply = None;
    for event in events {
        let id = line.sending.clone();
        let report = || Report { sending: id.clone(), seen: event.seen.clone() };
        if let Some(state) = rules::became(&event.seen) {
            if store::advance(&mut tx, &id, state).await? {
                ear(app, &mut tx, &report()).await?;
            }
        } else if taken(&mut tx, &id, event, now).await? {
            let said = ear(app, &mut tx, &report()).await?;
            store::reply(&mut tx, &id, said).await?;
            line.step = event.step + 1;
            reply = Some(said);
        } else {
            // Where it was asked again because the answer was lost on its way, the same is said
            // again, without a second look.
            let before = store::replied(&mut tx, &id, event.step).await?;
            let said = if event.seen == Seen::Hash { Reply::Fraud } else { Reply::Over };
            reply = Some(before.unwrap_or(said));
        }
    }
    tx.commit().await?;
    Ok(Some(Answer { reply, line }))
}

/// Whether these keys are heard now, for the first time. Fraud is as true of a code that is dead by now, and
/// whichever question it answers.
async fn taken(tx: &mut Tx, id: &SendingId, event: &Event, now: Time) -> Result<bool> {
    if event.seen == Seen::Hash {
        return store::take_fraud(tx, id, now).await;
    }
    store::take_keys(tx, id, event.step, now).await
}

/// Forgets sendings whose codes are long dead, a batch at most. How many.
pub(crate) async fn forget(tx: &mut Tx, now: Time) -> Result<u64> {
    store::forget(tx, now.before(REMEMBERED)).await
}

/// How long a sending is known after its code is dead: reports that come later are nobody's.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);
