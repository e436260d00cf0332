//! The worker: takes what is due, so many at once, and sleeps until something is.

use super::run;
use super::store::Taken;
use crate::app::App;
use crate::causes::causes;
use crate::storage::Result;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot::Receiver;
use tokio::task::JoinSet;
use tracing::error;

/// Delivers until told to stop, and then what is under way.
pub async fn run(app: Arc<App>, mut stop: Receiver<()>) {
    if !app.delivery.mail.is_set() {
        tracing::warn!("[delivery] mail is not set: nobody gets an e-mail, and messages wait");
    }
    let (sms, calls) = app.delivery.phone.are_set();
    if !sms {
        tracing::warn!("[delivery.sms] is not set: nobody gets a code by SMS");
    }
    if !calls {
        tracing::warn!("[delivery.calls] is not set: nobody is called");
    }
    let mut under_way = JoinSet::new();
    loop {
        let wait = match begin(&app, &mut under_way).await {
            Ok(wait) => wait,
            Err(failure) => {
                error!(error = %causes(&failure), "no message was looked for");
                LOOK
            }
        };
        tokio::select! {
            () = app.delivery.wake.notified() => {}
            Some(_) = under_way.join_next() => {}
            () = tokio::time::sleep(wait) => {}
            _ = &mut stop => break,
        }
    }
    let _ = tokio::time::timeout(FAREWELL, under_way.join_all()).await;
}

/// Takes what is due while there is room; how long it is until more may be.
async fn begin(app: &Arc<App>, under_way: &mut JoinSet<()>) -> Result<Duration> {
    while under_way.len() < AT_ONCE {
        let now = app.clock.now();
        match run::next(app).await? {
            None => return Ok(LOOK),
            // Nobody is woken by the messages of another node: look now and then.
            Some(due) if due > now => return Ok(due.since(now).min(LOOK)),
            Some(_) => {}
        }
        // Nothing, where another worker was first: the next look says until when.
        if let Some(taken) = run::take(app).await? {
            under_way.spawn(deliver(Arc::clone(app), taken));
        }
    }
    // Who is ready first makes room.
    Ok(LOOK)
}

async fn deliver(app: Arc<App>, taken: Taken) {
    let id = taken.id.clone();
    if let Err(failure) = run::deliver(&app, taken).await {
        error!(message.id = %id, error = %causes(&failure), "what came of message {id} was not written down: it may be sent again");
    }
}

/// Messages that are handed over at once.
const AT_ONCE: usize = 8;
/// How long nothing is looked for, at most.
const LOOK: Duration = Duration::from_secs(60);
/// How long what is under way may take after the end.
const FAREWELL: Duration = Duration::from_secs(10);
