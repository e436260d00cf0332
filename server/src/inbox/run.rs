//! The Berichtenbox, used: reading, and taking the one secret that a message may show.

use super::{Kept, Message, record, store};
use crate::accounts::{self, Account, Role};
use crate::app::App;
use crate::audit::{self, By};
use crate::batches::all;
use crate::delivery;
use crate::delivery::message::Message as Told;
use crate::id::{MessageId, PinId};
use crate::lockout::{self, Counted, Subject};
use crate::login;
use crate::login::run::Spared;
use crate::management::{self, manager_of};
use crate::pin;
use crate::sealed::Unreadable;
use crate::secret::Secret;
use crate::sessions::Session;
use crate::storage::{self, Tx};

/// Why a secret was not shown.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The session ended before it was done.
    #[error("the session has ended: log in again")]
    SessionOver,
    /// The last strong proof is too long ago.
    #[error("a secret is shown to who used a key or card in the last minutes: use it again")]
    NotFresh,
    /// It was shown, lapsed or replaced, or there never was one.
    #[error("there is nothing to show any more: ask for a new PIN")]
    Gone,
    /// It was sealed, and cannot be opened.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

type Result<T, E = Error> = std::result::Result<T, E>;

/// A page of a box.
#[derive(Clone, Debug)]
pub struct Page {
    /// Newest first.
    pub messages: Vec<Kept>,
    /// Whether there are older ones.
    pub more: bool,
}

/// One page of the box of whoever has `session`; the first one is 0.
pub async fn list(app: &App, session: &Session, page: u32) -> Result<Page, storage::Error> {
    let mut tx = app.db.read().await?;
    let skip = page.saturating_mul(A_PAGE);
    let (account, now) = (&session.login.account, app.clock.now());
    let mut messages = store::list(&mut tx, account, (A_PAGE + 1, skip), now).await?;
    let more = messages.len() > A_PAGE as usize;
    messages.truncate(A_PAGE as usize);
    Ok(Page { messages, more })
}

/// How many messages of whoever has `session` nobody has opened.
pub async fn unread(app: &App, session: &Session) -> Result<u64, storage::Error> {
    let mut tx = app.db.read().await?;
    let unread = store::unread(&mut tx, &session.login.account, app.clock.now()).await?;
    Ok(u64::try_from(unread).unwrap_or_default())
}

/// How many colleagues ask for a new PIN, having proven nothing, where `account` is who answers them.
pub async fn asking(app: &App, account: &Account) -> Result<usize, storage::Error> {
    match account.role {
        Role::Colleague => Ok(0),
        Role::ContactPerson => {
            let mut tx = app.db.read().await?;
            let now = app.clock.now();
            Ok(pin::store::asking(&mut tx, &account.organisation, now).await?.len())
        }
    }
}

/// A message, and what it is about where that is still there.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The message.
    pub kept: Kept,
    /// The colleague whose PIN it holds or held.
    pub colleague: Option<Account>,
}

/// One message of whoever has `session`, which is read from now on; nothing where it is not theirs.
pub async fn read(
    app: &App,
    session: &Session,
    id: &MessageId,
) -> Result<Option<Opened>, storage::Error> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let Some(kept) = store::find(&mut tx, &session.login.account, id, now).await? else {
        return Ok(None);
    };
    let colleague = if let Message::ColleaguePin { account, .. } = &kept.message {
        accounts::store::find(&mut tx, account).await?
    } else {
        None
    };
    drop(tx);
    if kept.read_at.is_none() {
        let mut tx = app.db.write().await?;
        store::mark_read(&mut tx, id, now).await?;
        tx.commit().await?;
    }
    Ok(Some(Opened { kept, colleague }))
}

/// The secret of a message, which nobody sees a second time: the PIN of a colleague, which works from
/// now on, and in whose place the old one is over.
///
/// Errors: [`Error::NotFresh`], [`Error::Gone`], [`Error::SessionOver`].
pub async fn take_secret(app: &App, session: &Session, id: &MessageId) -> Result<Secret<String>> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let kept = store::find(&mut tx, &session.login.account, id, now).await?.ok_or(Error::Gone)?;
    let Message::ColleaguePin { pin, account, .. } = &kept.message else { return Err(Error::Gone) };
    // Whoever is no contact person of that organisation any more has nothing to hand over.
    let (reader, colleague, by) = manager_of(app, &mut tx, session, account, now).await?;
    let sealed = store::take_secret(&mut tx, id, now).await?.ok_or(Error::Gone)?;
    let plain = app.sealing.unseal(&record(id), &sealed)?;
    let unknown = storage::Error::Inconsistent { table: "message_secret", column: "sealed" };
    let secret = std::str::from_utf8(&plain).map_err(|_| unknown)?;
    let secret = Secret::new(secret.to_owned());
    open_pin(app, &mut tx, (&reader, &colleague), pin, &by).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Has a colleague's PIN work: those before it are over, and so is a block of them.
async fn open_pin(
    app: &App,
    tx: &mut Tx,
    (reader, colleague): (&Account, &Account),
    pin: &PinId,
    by: &By,
) -> Result<()> {
    let whom = Some(&colleague.id);
    for pin in pin::store::end_older(tx, pin, by.now).await? {
        audit::record(tx, by, whom, &audit::Event::PinEnded { pin }).await?;
    }
    if !pin::store::open(tx, pin, &reader.id, by.now).await? {
        return Err(Error::Gone);
    }
    audit::record(tx, by, whom, &audit::Event::PinOpened { pin: pin.clone() }).await?;
    if lockout::lift(tx, &Subject::account(&colleague.id), Counted::Pin, by.now).await? {
        audit::record(tx, by, whom, &audit::Event::PinUnblocked).await?;
    }
    let message = Message::PinOpened { by: reader.name.clone() };
    super::put(tx, &colleague.id, &message, (app.config.keep.messages, by)).await?;
    login::run::end_under_way(tx, &colleague.id, Spared::Nothing, by).await?;
    let notice = delivery::notice_by(Told::PinOpened, by, &reader.name);
    Ok(delivery::run::tell(app, tx, &colleague.id, notice).await?)
}

impl From<management::Error> for Error {
    fn from(error: management::Error) -> Self {
        match error {
            management::Error::SessionOver => Self::SessionOver,
            management::Error::NotFresh => Self::NotFresh,
            management::Error::NotContact | management::Error::NoColleague => Self::Gone,
            management::Error::Storage(error) => Self::Storage(error),
        }
    }
}

/// Forgets the secrets that nobody took in time, and the messages that were kept long enough; and
/// leaves no copy of them behind in the database's files.
pub(crate) async fn forget(app: &App) -> Result<(), storage::Error> {
    let now = app.clock.now();
    all!(app.db, tx => store::forget_secrets(&mut tx, now).await);
    all!(app.db, tx => store::forget(&mut tx, now).await);
    if !app.db.settle().await? {
        tracing::warn!(
            "copies of what was forgotten may be in the log beside the database for an hour more"
        );
    }
    Ok(())
}

/// Messages on one page of a box.
const A_PAGE: u32 = 20;
