//! Sees what any program sees of the readers: a client of the private pcscd.

use std::ffi::{CStr, CString};
use std::time::{Duration, Instant};

use pcsc::{Context, ReaderState, Scope, State};

use super::Error;

/// pcscd polls every 0.4 s; a loaded machine may take longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection to the private pcscd.
pub(super) struct Watch(Context);

/// Whether a reader holds a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Present,
    Empty,
}

impl Watch {
    /// Connects; pcscd answers when it has set up its readers.
    pub(super) fn open() -> Result<Self, Error> {
        Ok(Self(Context::establish(Scope::System)?))
    }

    /// The readers' names, in their order.
    pub(super) fn readers(&self) -> Result<Vec<CString>, Error> {
        Ok(self.0.list_readers_owned()?)
    }

    /// What pcscd sees in `reader` now.
    pub(super) fn presence(&self, reader: &CStr) -> Result<Presence, Error> {
        let mut state = [ReaderState::new(reader, State::UNAWARE)];
        self.0.get_status_change(Duration::ZERO, &mut state)?;
        let [state] = state;
        Ok(presence(&state))
    }

    /// Waits until pcscd sees `wanted` in `reader`.
    pub(super) fn wait(&self, reader: &CStr, wanted: Presence) -> Result<(), Error> {
        let end = Instant::now() + PATIENCE;
        let mut state = [ReaderState::new(reader, State::UNAWARE)];
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.0.get_status_change(left, &mut state) {
                Ok(()) => {}
                Err(pcsc::Error::Timeout) => return Err(unseen(wanted)),
                Err(error) => return Err(error.into()),
            }
            let [seen] = &mut state;
            if presence(seen) == wanted {
                return Ok(());
            }
            seen.sync_current_state();
        }
    }
}

fn presence(state: &ReaderState) -> Presence {
    if state.event_state().contains(State::PRESENT) { Presence::Present } else { Presence::Empty }
}

fn unseen(wanted: Presence) -> Error {
    let change = match wanted {
        Presence::Present => "come",
        Presence::Empty => "go",
    };
    Error::Unseen { change, seconds: PATIENCE.as_secs() }
}
