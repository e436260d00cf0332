//! A card in a reader, through PC/SC: a connection that lives while a person thinks, and short
//! transactions in which the card is ours.

use std::ffi::{CStr, CString};
use std::time::Duration;

use pcsc::{Context, Disposition, Protocols, ReaderState, Scope, ShareMode, State};

use super::link::{Card, Control};
use super::{Error, pad};

/// Opens a channel to the smartcard service.
///
/// Errors: [`Error::NoService`] where it does not run.
pub fn service() -> Result<Context, Error> {
    Context::establish(Scope::User).map_err(|e| Error::from_service("", e))
}

/// A reader and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The name the service gives the reader.
    pub reader: CString,
    /// The card in it.
    pub card: Presence,
}

/// What is in a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// Nothing.
    Empty,
    /// A card that answers to reset with these bytes.
    Card {
        /// The answer to reset.
        atr: Vec<u8>,
    },
    /// A card that does not answer.
    Mute,
}

impl Presence {
    /// From the state bits the service reports.
    #[must_use]
    pub fn from_state(state: State, atr: &[u8]) -> Self {
        if !state.contains(State::PRESENT) {
            Self::Empty
        } else if state.contains(State::MUTE) || atr.is_empty() {
            Self::Mute
        } else {
            Self::Card { atr: atr.to_vec() }
        }
    }
}

/// All readers and what is in them now, in the order the service gives.
///
/// Errors: those of the service; no reader at all is an empty list.
pub fn slots(context: &Context) -> Result<Vec<Slot>, Error> {
    let readers = context.list_readers_owned().map_err(|e| Error::from_service("", e))?;
    if readers.is_empty() {
        return Ok(Vec::new());
    }
    let mut states: Vec<_> = readers
        .into_iter()
        .take(MAX_STATES)
        .map(|reader| ReaderState::new(reader, State::UNAWARE))
        .collect();
    match context.get_status_change(Duration::ZERO, &mut states) {
        Ok(()) | Err(pcsc::Error::Timeout) => {}
        Err(e) => return Err(Error::from_service("", e)),
    }
    let slot = |s: &ReaderState| Slot {
        reader: s.name().to_owned(),
        card: Presence::from_state(s.event_state(), s.atr()),
    };
    Ok(states.iter().map(slot).collect())
}

/// A connection to the card in one reader.
///
/// It shares the card with other programs and keeps no transaction. While it lives, the service
/// tells when the card was changed: a PIN typed for one card never goes to another.
pub struct Connection {
    context: Context,
    reader: CString,
    /// Empty only while it is dropped.
    card: Option<pcsc::Card>,
}

/// How a card is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// As it is, for the next program.
    Leave,
    /// Reset, so that a PIN verified here opens the key to nobody else.
    Reset,
}

/// What it means that another program reset the card before a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnReset {
    /// It is repaired; the card starts afresh, so the work selects what it needs.
    Repair,
    /// It ends the work, which builds on what the card was told before.
    End,
}

impl Connection {
    /// Connects to the card in `reader`.
    ///
    /// Errors: [`Error::NoCard`], [`Error::Busy`], [`Error::Mute`] and others of the reader.
    pub fn open(context: &Context, reader: &CStr) -> Result<Self, Error> {
        let card = context
            .connect(reader, ShareMode::Shared, Protocols::ANY)
            .map_err(|e| Error::from_service(&reader.to_string_lossy(), e))?;
        Ok(Self { context: context.clone(), reader: reader.to_owned(), card: Some(card) })
    }

    /// Runs `work` while no other program can reach the card.
    ///
    /// Nothing that waits for a person belongs in it.
    ///
    /// Errors: those of `work`; [`Error::Removed`] where the card has gone or was changed;
    /// [`Error::Reset`] as `on_reset` says.
    pub fn transaction<T>(
        &mut self,
        after: After,
        on_reset: OnReset,
        work: impl FnOnce(&mut dyn Card) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let name = self.reader.to_string_lossy().into_owned();
        let mut card = self.card.as_mut().ok_or(Error::Removed)?;
        let mut reconnects = 0;
        let transaction = loop {
            match card.transaction2() {
                Ok(transaction) => break transaction,
                Err((again, pcsc::Error::ResetCard))
                    if on_reset == OnReset::Repair && reconnects < RECONNECTS =>
                {
                    reconnects += 1;
                    card = again;
                    card.reconnect(ShareMode::Shared, Protocols::ANY, Disposition::LeaveCard)
                        .map_err(|e| Error::from_service(&name, e))?;
                }
                Err((_, e)) => return Err(Error::from_service(&name, e)),
            }
        };
        let mut link = Transaction {
            context: &self.context,
            reader: &self.reader,
            card: transaction,
            buffer: vec![0; pcsc::MAX_BUFFER_SIZE_EXTENDED],
        };
        let result = work(&mut link);
        let disposition = match after {
            After::Leave => Disposition::LeaveCard,
            After::Reset => Disposition::ResetCard,
        };
        // What was asked is done; a card that left in the meantime ends its transaction itself.
        drop(link.card.end(disposition));
        result
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Without this the service would reset the card under another program's hands.
        if let Some(card) = self.card.take() {
            drop(card.disconnect(Disposition::LeaveCard));
        }
    }
}

struct Transaction<'tx> {
    context: &'tx Context,
    reader: &'tx CStr,
    card: pcsc::Transaction<'tx>,
    buffer: Vec<u8>,
}

impl Card for Transaction<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Error> {
        match self.card.transmit(command, &mut self.buffer) {
            // Some readers answer with nothing at all where the card left in the middle.
            Ok(answer) if answer.len() >= 2 => Ok(answer.to_vec()),
            Ok(_) if gone(self.context, self.reader) => Err(Error::Removed),
            Ok(answer) => Ok(answer.to_vec()),
            Err(e) if is_silence(e) && gone(self.context, self.reader) => Err(Error::Removed),
            Err(e) => Err(Error::from_service(&self.reader.to_string_lossy(), e)),
        }
    }

    fn control(&mut self, code: Control, data: &[u8]) -> Result<Vec<u8>, Error> {
        let code = match code {
            Control::Features => pcsc::ctl_code(pad::FEATURES.into()),
            Control::Code(code) => code.into(),
        };
        match self.card.control(code, data, &mut self.buffer) {
            Ok(answer) => Ok(answer.to_vec()),
            Err(e) if is_silence(e) && gone(self.context, self.reader) => Err(Error::Removed),
            Err(e) => Err(Error::from_service(&self.reader.to_string_lossy(), e)),
        }
    }
}

/// Errors by which a service that has not yet seen the removal reports a card that went away.
fn is_silence(error: pcsc::Error) -> bool {
    use pcsc::Error as E;
    matches!(
        error,
        E::NotTransacted | E::CommError | E::CommDataLost | E::UnresponsiveCard | E::UnpoweredCard
    )
}

/// Whether the card in `reader` went: waits, for less than a second, for the service to see it.
pub(super) fn gone(context: &Context, reader: &CStr) -> bool {
    let mut state = [ReaderState::new(reader.to_owned(), State::UNAWARE)];
    let deadline = REMOVAL_SEEN;
    // First what is known now, then one wait for a change from that.
    for wait in [Duration::ZERO, deadline] {
        match context.get_status_change(wait, &mut state) {
            Ok(()) | Err(pcsc::Error::Timeout) => {}
            Err(_) => return true,
        }
        let [now] = &mut state;
        let seen = now.event_state();
        if !seen.contains(State::PRESENT) || seen.intersects(State::UNAVAILABLE | State::UNKNOWN) {
            return true;
        }
        now.sync_current_state();
    }
    false
}

/// The most reader states the service takes in one question.
pub(super) const MAX_STATES: usize = 16;
const RECONNECTS: usize = 3;
/// Within a second a removal is an answer; pcscd looks every 400 ms.
const REMOVAL_SEEN: Duration = Duration::from_millis(900);
