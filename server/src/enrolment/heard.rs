//! What a provider reports of a call: the code that was keyed in, or that somebody else is at work.
//!
//! Each report counts once (`delivery::phone`), and keys are charged before they are looked at, like
//! every code, in the transaction that counts the report. Who takes a report holds the row of its sending first, then the account, and then the
//! attempt or session that waits.

use super::phone::{charge, right, wrong};
use super::run::owner;
use super::{Error, Result};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::clock::Time;
use crate::delivery;
use crate::delivery::message::Message;
use crate::delivery::phone::run::Heard;
use crate::delivery::phone::{self, Asker, Digits, Origin, Reply, Report, Seen};
use crate::factors::phone::{Medium, store as phones};
use crate::factors::sent::{self, Keyed, Live};
use crate::id::SessionId;
use crate::lockout::codes::{Code, Try};
use crate::login::phone::{self as login, Further};
use crate::login::run::interrupt;
use crate::sessions::{self, Session};
use crate::storage::Tx;
use std::pin::Pin;

/// Takes what was heard of a sending for the first time, in the transaction that counts it; what is said
/// to keys.
pub(crate) async fn heard(app: &App, tx: &mut Tx, report: &Report) -> Result<Reply> {
    let now = app.clock.now();
    match &report.seen {
        Seen::Keyed(keys) => keyed(app, tx, report, keys, now).await,
        Seen::Hash => fraud(app, tx, report, now).await,
        Seen::Accepted
        | Seen::Delivered
        | Seen::Ringing
        | Seen::Answered
        | Seen::Busy
        | Seen::NoAnswer
        | Seen::HungUp
        | Seen::Failed => Ok(Reply::Over), // the page reads how far it is
    }
}

/// The [`Ear`](crate::delivery::phone::run::Ear) of whoever waits for a call.
pub fn ear<'a>(
    app: &'a App,
    tx: &'a mut Tx,
    report: &'a Report,
) -> Pin<Box<dyn Future<Output = Heard> + Send + 'a>> {
    Box::pin(async move {
        match heard(app, tx, report).await {
            Err(Error::Storage(error)) => Err(error),
            Err(error) => {
                tracing::warn!("what was keyed in is not looked at: {error}");
                Ok(Reply::Over)
            }
            reply => Ok(reply.unwrap_or(Reply::Over)),
        }
    })
}

/// Who waits for a call.
enum Waiting {
    LogIn(login::Waiting),
    Enrolment(Box<(Account, Session)>),
}

/// Who waits for this call, while that one does and nothing right was keyed in: kept from every other
/// change until the transaction ends.
async fn waiting(
    app: &App,
    tx: &mut Tx,
    report: &Report,
    now: Time,
) -> Result<Option<(Live, Waiting)>> {
    let live = sent::of_sending(tx, &report.sending, (&app.sealing, now)).await?;
    let Some(live) = live.filter(|live| live.medium == Medium::Call) else { return Ok(None) };
    let waiting = match &live.factor {
        Some(_) => login::waiting(app, tx, &live, now).await?.map(Waiting::LogIn),
        None => {
            let account = accounts::store::lock(tx, &live.account).await?;
            let session = match SessionId::parse(&live.owner) {
                Ok(id) => {
                    let policy = &app.config.sessions;
                    sessions::lock(tx, &live.account, &id, (now, policy)).await?
                }
                Err(_) => None,
            };
            account.zip(session).map(|both| Waiting::Enrolment(Box::new(both)))
        }
    };
    // Under the lock of the account a code is replaced or spent by nobody else.
    let still = sent::of_sending(tx, &report.sending, (&app.sealing, now)).await?;
    Ok(still.zip(waiting))
}

/// Looks at keys: counted first, under the lock of the account, which no other try passes meanwhile.
async fn keyed(app: &App, tx: &mut Tx, report: &Report, keys: &Digits, now: Time) -> Result<Reply> {
    let Some((live, who)) = waiting(app, tx, report, now).await? else { return Ok(Reply::Over) };
    if live.keyed == Keyed::Right {
        return Ok(Reply::Over);
    }
    let Some(charged) = who.charge(app, tx, now).await? else { return Ok(Reply::Over) };
    let Some((_, who)) = waiting(app, tx, report, now).await? else { return Ok(Reply::Over) };
    let fits = live.code.are(keys.expose());
    match fits && sent::store::key_in(tx, &live.sending, now).await? {
        true => who.right(app, tx, charged, now).await,
        false => who.wrong(app, tx, (&live, charged), now).await,
    }
}

/// Ends what the call was for, because whoever answered says that it is somebody else's doing: every log-in
/// that is under way, the session that asked, and those that proved anything since. Its code may be
/// replaced, spent or dead by now.
async fn fraud(app: &App, tx: &mut Tx, report: &Report, now: Time) -> Result<Reply> {
    let origin = phone::run::origin(tx, &report.sending).await?;
    let Some(Origin { account, asker: Asker { attempt, session, client }, at }) = origin else {
        return Ok(Reply::Over);
    };
    accounts::store::lock(tx, &account).await?;
    let actor = match &session {
        Some(session) => Actor::Owner { session: session.clone(), attempt },
        None => Actor::Visitor { attempt },
    };
    let by = By { actor, random: app.random, now };
    if let Some(session) = &session {
        phones::drop_draft(tx, session.as_str()).await?;
        sessions::end_one(tx, &account, session, &by).await?;
    }
    sessions::end_since(tx, &account, at, &by).await?;
    interrupt(tx, &account, now).await?;
    let event = audit::Event::FraudReported { sending: report.sending.clone() };
    audit::record(tx, &by, Some(&account), &event).await?;
    let notice = delivery::notice(Message::FraudReported, &by, &client);
    delivery::run::tell(app, tx, &account, notice).await?;
    Ok(Reply::Fraud)
}

impl Waiting {
    async fn charge(self, app: &App, tx: &mut Tx, now: Time) -> Result<Option<Try>> {
        Ok(match self {
            Self::LogIn(attempt) => attempt.charge(app, tx, now).await?,
            Self::Enrolment(both) => {
                let (account, session) = &*both;
                let by = owner(app, session, now);
                charge(app, tx, (account, &session.id), Code::Call, &by).await?.ok()
            }
        })
    }

    async fn right(self, app: &App, tx: &mut Tx, charged: Try, now: Time) -> Result<Reply> {
        match self {
            Self::LogIn(attempt) => attempt.right(app, tx, charged, now).await?,
            Self::Enrolment(both) => {
                let (account, session) = &*both;
                right(tx, account, charged, &owner(app, session, now)).await?;
            }
        }
        Ok(Reply::Right)
    }

    async fn wrong(
        self,
        app: &App,
        tx: &mut Tx,
        (live, charged): (&Live, Try),
        now: Time,
    ) -> Result<Reply> {
        let further = match self {
            Self::LogIn(attempt) => attempt.wrong(app, tx, charged, now).await?,
            Self::Enrolment(both) => {
                let (account, session) = &*both;
                let by = owner(app, session, now);
                match wrong(app, tx, (account, charged), (&by, &session.client)).await? {
                    Ok(_barred) => Further::None,
                    Err(_left) => Further::Some,
                }
            }
        };
        match further {
            Further::Some => Ok(Reply::Wrong),
            Further::None => {
                sent::store::end(tx, &live.sending).await?;
                Ok(Reply::Over)
            }
        }
    }
}
