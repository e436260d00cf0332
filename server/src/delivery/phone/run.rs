//! Sendings, performed: posted in somebody's transaction, and what is heard of them counted once.
//!
//! Locks: who takes a report holds the row of its sending before anything else; nobody who holds an
//! organisation, account, session or attempt changes the row of a sending that is there already.

use super::{Channel, Reply, Report, Seen, Sending, State, Ticket, parcel, rules, store};
use crate::app::App;
use crate::clock::Time;
use crate::delivery::Failure;
use crate::delivery::gateways::Fault;
use crate::delivery::store as outbox;
use crate::id::{PostId, SendingId};
use crate::sealed::{Record, places};
use crate::storage::{Result, Tx};
use crate::text::Language;
use std::time::Duration;

/// Has a code sent, or a call made, once `tx` is committed: at once, again where that fails, and never
/// when the code is dead.
pub async fn send(app: &App, tx: &mut Tx, sending: &Sending) -> Result<()> {
    let now = app.clock.now();
    let ticket = Ticket::random(app.random);
    let kind = match &sending.channel {
        Channel::Sms { .. } => parcel::SMS,
        Channel::Call => parcel::CALL,
    };
    let kept = store::New {
        id: &sending.id,
        ticket: &ticket,
        channel: kind,
        organisation: &sending.organisation,
        language: sending.language,
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
    if state.is_some_and(|state| state != State::Waiting) {
        return Ok(Ok(()));
    }
    if app.clock.now() >= sending.until {
        return Ok(Err(Fault::Late.into()));
    }
    let _ = ticket;
    Ok(Err(Fault::Nowhere.into()))
}

/// How far a sending is; nothing where it was never one, or is long forgotten.
pub async fn state(tx: &mut Tx, id: &SendingId) -> Result<Option<State>> {
    store::state(tx, id).await
}

/// What a provider says of a sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What was seen.
    pub seen: Seen,
    /// Which question keys answer, the first being 1; of no meaning to anything else.
    pub step: u32,
}

/// What became of a report.
#[derive(Clone, Debug)]
pub enum Taken {
    /// It is the first of its kind: whoever waits for it is told, in the same transaction, and what
    /// that one says to keys is [`replied`].
    New(Report),
    /// It was heard before, or comes too late: nothing changes. What was said to the same keys is
    /// said again.
    Known(Reply),
}

/// A sending that something is heard of, and the next question of its call.
#[derive(Clone, Debug)]
pub struct Line {
    /// Which.
    pub sending: SendingId,
    /// The organisation that the voice names.
    pub organisation: String,
    /// The language that it speaks.
    pub language: Language,
    /// Which keys are awaited next.
    pub step: u32,
    replied: Option<Reply>,
}

/// The sending whose ticket this is.
pub async fn line(tx: &mut Tx, ticket: &Ticket) -> Result<Option<Line>> {
    let kept = store::find(tx, ticket).await?;
    Ok(kept.map(|kept| Line {
        sending: kept.id,
        organisation: kept.organisation,
        language: kept.language,
        step: kept.step,
        replied: kept.replied,
    }))
}

/// Takes what is heard of a sending: each report counts once, and none that comes late.
pub async fn take(tx: &mut Tx, line: &Line, event: &Event, now: Time) -> Result<Taken> {
    let id = &line.sending;
    let first = match rules::became(&event.seen) {
        Some(state) => store::advance(tx, id, state).await?,
        None => store::take_keys(tx, id, event.step, now).await?,
    };
    if first {
        return Ok(Taken::New(Report { sending: id.clone(), seen: event.seen.clone() }));
    }
    // Asked again, because the answer was lost on its way: the same answer, without a second look.
    let again = event.step + 1 == line.step;
    Ok(Taken::Known(line.replied.filter(|_| again).unwrap_or(Reply::Over)))
}

/// Keeps what was said to the keys that were taken in this transaction.
pub async fn replied(tx: &mut Tx, report: &Report, reply: Reply) -> Result<()> {
    store::reply(tx, &report.sending, reply).await
}

/// What is answered to a report of a provider.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What the voice says to the last keys; nothing where none were brought.
    pub reply: Option<Reply>,
    /// The call as it is now.
    pub line: Line,
}

/// Hears what a provider says of the sending with this ticket, where nobody waits for it. Nothing where
/// no sending has it.
pub async fn hear(app: &App, ticket: &Ticket, events: &[Event]) -> Result<Option<Answer>> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(mut line) = line(&mut tx, ticket).await? else { return Ok(None) };
    let mut reply = None;
    for event in events {
        let taken = take(&mut tx, &line, event, now).await?;
        let is_keys = rules::became(&event.seen).is_none();
        if let Taken::New(report) = &taken
            && is_keys
        {
            replied(&mut tx, report, Reply::Over).await?;
            line.step += 1;
        }
        reply = match taken {
            Taken::Known(reply) if is_keys => Some(reply),
            Taken::New(_) if is_keys => Some(Reply::Over),
            Taken::Known(_) | Taken::New(_) => reply,
        };
    }
    tx.commit().await?;
    Ok(Some(Answer { reply, line }))
}

/// Forgets the sendings whose codes are long dead.
pub async fn forget(tx: &mut Tx, now: Time) -> Result<()> {
    store::forget(tx, now.before(REMEMBERED)).await
}

/// How long a sending is known after its code is dead: reports that come later are nobody's.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);
