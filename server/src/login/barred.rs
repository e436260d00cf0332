//! Who hears that codes are paused, stopped or closed: whoever typed them had the password or a session.

use crate::app::App;
use crate::audit::By;
use crate::delivery;
use crate::delivery::message::Message;
use crate::id::AccountId;
use crate::lockout::Subject;
use crate::lockout::codes::{Barred, Wrong};
use crate::storage::{Result, Tx};

/// Tells the person and who manages the account, once a day, where a wrong code closed more than the log-in
/// it was typed in; by who acts, with the program that calls itself `client`.
pub(crate) async fn tell(
    app: &App,
    tx: &mut Tx,
    (account, wrong): (&AccountId, &Wrong),
    (by, client): (&By, &str),
) -> Result<()> {
    let until = match wrong.closed {
        None | Some(Barred::AttemptOver) => return Ok(()),
        Some(Barred::Paused { until } | Barred::Stopped { until }) => Some(until),
        Some(Barred::Closed) => None,
    };
    let notice = delivery::notice(Message::CodesBlocked { until }, by, client);
    let whom = (&Subject::account(account), Some(account));
    delivery::run::tell_once_a_day(app, tx, whom, notice).await.map(drop)
}
