//! The Berichtenbox: messages inside the product, of which one may hold a secret that is shown
//! once.
//!
//! What a message says is an enum, and the pages have the words; nothing secret is part of it. A secret
//! lies beside it, sealed under a key outside the database, and its row is gone in the transaction
//! that shows it or lets it lapse.

pub mod run;
pub(crate) mod store; // SQL

use crate::audit::By;
use crate::clock::Time;
use crate::id::{AccountId, MessageId, PinId};
use crate::sealed::{Keyring, Record, places};
use crate::storage::{Result, Tx};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a message says. Names are as they were when it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Message {
    /// The activation PIN of a colleague, which this message shows once.
    ColleaguePin {
        /// Which PIN.
        pin: PinId,
        /// Whose it is.
        account: AccountId,
        /// That person's name.
        name: String,
    },
    /// Another contact person had a PIN made for a colleague.
    PinMade {
        /// The colleague's name.
        name: String,
        /// The contact person's name.
        by: String,
    },
    /// A colleague became a contact person before activating: the PIN is over, and another goes by post.
    PinByPost {
        /// The colleague's name.
        name: String,
        /// The contact person's name.
        by: String,
    },
    /// Nobody opened the PIN of a colleague in time.
    PinLapsed {
        /// The colleague's name.
        name: String,
    },
    /// Nobody used the PIN of a colleague in time that went by post.
    LetterLapsed {
        /// The colleague's name.
        name: String,
    },
    /// A colleague did not activate the account in time.
    RequestLapsed {
        /// The colleague's name.
        name: String,
    },
    /// To whom it concerns: a contact person opened a new PIN for this account.
    PinOpened {
        /// The contact person's name.
        by: String,
    },
    /// To whom it concerns: a password was chosen with the user number and the PIN.
    PasswordChosen,
    /// To contact persons: a colleague chose a password so.
    ColleaguePasswordChosen {
        /// The colleague's name.
        name: String,
    },
    /// To whom it concerns: too many wrong passwords blocked log-in with the password.
    PasswordBlocked {
        /// Until when; without, until somebody lifts it.
        until: Option<Time>,
    },
    /// To contact persons: they blocked a colleague's.
    ColleaguePasswordBlocked {
        /// The colleague's name.
        name: String,
        /// Until when; without, until somebody lifts it.
        until: Option<Time>,
    },
    /// To whom it concerns: too many wrong codes paused or stopped codes.
    CodesBlocked {
        /// Until when; without, until somebody lifts it.
        until: Option<Time>,
    },
    /// To contact persons: they paused or stopped a colleague's.
    ColleagueCodesBlocked {
        /// The colleague's name.
        name: String,
        /// Until when; without, until somebody lifts it.
        until: Option<Time>,
    },
    /// To whom it concerns: five wrong PINs blocked the PIN.
    PinBlocked,
    /// To contact persons: five wrong PINs blocked a colleague's.
    ColleaguePinBlocked {
        /// The colleague's name.
        name: String,
    },
}

/// A message as its reader has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its id.
    pub id: MessageId,
    /// What it says.
    pub message: Message,
    /// When it was written.
    pub created_at: Time,
    /// When it was first opened.
    pub read_at: Option<Time>,
    /// Until when its secret waits to be shown, while there is one.
    pub secret_until: Option<Time>,
}

/// Puts a message in somebody's box, to be `kept` for so long.
pub(crate) async fn put(
    tx: &mut Tx,
    to: &AccountId,
    message: &Message,
    (kept, by): (Duration, &By),
) -> Result<MessageId> {
    let id = MessageId::random(by.random);
    let (now, end) = (by.now, by.now.after(kept));
    store::insert(tx, &id, to, message, (now, end)).await?;
    Ok(id)
}

/// The same with a secret that the message shows once, until then.
pub(crate) async fn put_secret(
    tx: &mut Tx,
    to: &AccountId,
    message: &Message,
    (secret, until): (&[u8], Time),
    (sealing, kept, by): (&Keyring, Duration, &By),
) -> Result<MessageId> {
    let id = put(tx, to, message, (kept, by)).await?;
    let sealed = sealing.seal(&record(&id), secret, by.random);
    store::insert_secret(tx, &id, &sealed, until).await?;
    Ok(id)
}

/// Whether a PIN of `account` lies unopened in the box of `reader`.
pub(crate) async fn keeps_pin_of(
    tx: &mut Tx,
    (reader, whose): (&AccountId, &AccountId),
    now: Time,
) -> Result<bool> {
    let waiting = store::with_secrets(tx, reader, now).await?;
    let is_theirs = |message: &Message| match message {
        Message::ColleaguePin { account, .. } => account == whose,
        Message::PinMade { .. }
        | Message::PinByPost { .. }
        | Message::PinLapsed { .. }
        | Message::LetterLapsed { .. }
        | Message::RequestLapsed { .. }
        | Message::PinOpened { .. }
        | Message::PasswordChosen
        | Message::ColleaguePasswordChosen { .. }
        | Message::PasswordBlocked { .. }
        | Message::ColleaguePasswordBlocked { .. }
        | Message::CodesBlocked { .. }
        | Message::ColleagueCodesBlocked { .. }
        | Message::PinBlocked
        | Message::ColleaguePinBlocked { .. } => false,
    };
    Ok(waiting.iter().any(is_theirs))
}

/// What binds a sealed secret to its message.
fn record(id: &MessageId) -> Record<'_> {
    Record::new(places::INBOX_SECRET, id.as_str())
}
