//! Trials: the operator has a code sent, or a call made, to see whether a gateway is set up well.

use super::phone::{Channel, Number, Sending, State};
use super::{Failure, phone, run};
use crate::app::App;
use crate::id::SendingId;
use crate::secret::Secret;
use crate::storage::Result;
use std::time::Duration;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// A text message, with a code that is none.
    Sms,
    /// A phone call, in which any keys will do.
    Call,
}

/// Has a trial handed to its gateway now; its id, and why it was not taken where it was not.
pub async fn begin(app: &App, trial: Trial, to: Number) -> Result<(SendingId, Option<Failure>)> {
    let sending = Sending {
        id: SendingId::random(app.random),
        account: None,
        asker: None,
        to,
        channel: match trial {
            Trial::Sms => Channel::Sms { code: Secret::new("000000".to_owned()) },
            Trial::Call => Channel::Call,
        },
        organisation: app.config.server.name.clone(),
        language: app.delivery.language,
        until: app.clock.now().after(LIFE),
    };
    let mut tx = app.db.write().await?;
    phone::run::send(app, &mut tx, &sending).await?;
    tx.commit().await?;
    run::deliver_due(app).await?;
    // Nothing of it is left in the outbox where the gateway took it, whatever came of it since.
    let failure = run::why(app, &sending).await?;
    Ok((sending.id, failure))
}

/// How far a trial is.
pub async fn progress(app: &App, id: &SendingId) -> Result<State> {
    let mut tx = app.db.read().await?;
    Ok(phone::run::state(&mut tx, id).await?.unwrap_or(State::Failed))
}

/// How long a trial is tried.
const LIFE: Duration = Duration::from_secs(5 * 60);
