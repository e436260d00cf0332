//! Readers and cards as events: one blocking question to the service, answered when something
//! changes. Nothing here looks again and again.

use std::time::Duration;

use pcsc::{Context, ReaderState, State};

use super::Error;
use super::reader::{MAX_STATES, Presence, Slot, service};
use crate::clock::Deadline;

/// Something that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A reader was connected.
    ReaderAdded(Slot),
    /// A reader was disconnected, with whatever was in it.
    ReaderRemoved(Slot),
    /// What is in a reader changed; a card that was changed for another counts too.
    Changed(Slot),
}

/// What a wait came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// These things changed; the list is not empty.
    Changed(Vec<Event>),
    /// Nothing changed in time.
    Timeout,
    /// [`Canceller::cancel`] was called.
    Cancelled,
}

/// Watches all readers.
pub struct Watch {
    context: Context,
    states: Vec<ReaderState>,
    counts: Vec<u32>,
    slots: Vec<Slot>,
}

/// Ends a wait from another thread.
#[derive(Clone)]
pub struct Canceller(Context);

impl Canceller {
    /// Ends the wait that is going on; one that has not begun is not ended.
    ///
    /// Errors: [`Error::NoService`] where the service has gone, and the wait with it.
    pub fn cancel(&self) -> Result<(), Error> {
        self.0.cancel().map_err(|e| Error::from_service("", e))
    }
}

impl Watch {
    /// Begins with what is there now.
    ///
    /// Errors: [`Error::NoService`]; no reader at all is no error.
    pub fn start() -> Result<Self, Error> {
        let context = service()?;
        let mut watch = Self { context, states: Vec::new(), counts: Vec::new(), slots: Vec::new() };
        watch.refresh()?;
        Ok(watch)
    }

    /// The readers and what is in them, as last seen.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The channel to the service, for connections to what was seen.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// A handle that ends the wait.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller(self.context.clone())
    }

    /// Waits until something changes, for ever where `limit` is absent.
    ///
    /// Errors: [`Error::NoService`] where the service stops; start a new watch then.
    pub fn wait(&mut self, limit: Option<Duration>) -> Result<Outcome, Error> {
        // Another program that comes and goes wakes us too, and must not lengthen the wait.
        let deadline = limit.map(Deadline::after);
        loop {
            let before = (self.slots.clone(), self.counts.clone());
            let left = deadline.map(Deadline::left);
            match self.context.get_status_change(left, &mut self.states) {
                Ok(()) => {}
                Err(pcsc::Error::Timeout) => return Ok(Outcome::Timeout),
                Err(pcsc::Error::Cancelled) => return Ok(Outcome::Cancelled),
                // A reader left between two questions: ask anew, with those that are there.
                Err(pcsc::Error::UnknownReader) => {}
                Err(e) => return Err(Error::from_service("", e)),
            }
            self.refresh()?;
            let events = changes(&before.0, &before.1, &self.slots, &self.counts);
            if !events.is_empty() {
                return Ok(Outcome::Changed(events));
            }
        }
    }

    /// Takes up the readers that are there, and their states; never waits.
    fn refresh(&mut self) -> Result<(), Error> {
        let readers = self.context.list_readers_owned();
        let mut readers = readers.map_err(|e| Error::from_service("", e))?;
        readers.truncate(MAX_STATES - 1);
        let known = |state: &ReaderState| readers.iter().any(|r| r.as_c_str() == state.name());
        self.states.retain(known);
        for reader in readers {
            if !self.states.iter().any(|state| state.name() == reader.as_c_str()) {
                self.states.push(ReaderState::new(reader, State::UNAWARE));
            }
        }
        if !self.states.is_empty() {
            match self.context.get_status_change(Duration::ZERO, &mut self.states) {
                Ok(()) | Err(pcsc::Error::Timeout) => {}
                Err(e) => return Err(Error::from_service("", e)),
            }
        }
        self.slots.clear();
        self.counts.clear();
        for state in &mut self.states {
            state.sync_current_state();
            let card = Presence::from_state(state.event_state(), state.atr());
            self.slots.push(Slot { reader: state.name().to_owned(), card });
            self.counts.push(state.event_count());
        }
        // The service counts readers in this state's upper half, so that none slips through.
        let plug = u32::try_from(self.slots.len()).unwrap_or(0) << 16;
        let plug = State::from_bits_retain(plug.into());
        self.states.push(ReaderState::new(pcsc::PNP_NOTIFICATION(), plug));
        Ok(())
    }
}

/// What lies between two views of the readers. A card that left and came back between them shows
/// only in the count of its reader.
fn changes(before: &[Slot], counted: &[u32], now: &[Slot], counts: &[u32]) -> Vec<Event> {
    let find = |slots: &[Slot], slot: &Slot| slots.iter().position(|s| s.reader == slot.reader);
    let removed = before.iter().filter(|old| find(now, old).is_none());
    let mut events: Vec<_> = removed.cloned().map(Event::ReaderRemoved).collect();
    for (index, new) in now.iter().enumerate() {
        match find(before, new) {
            None => events.push(Event::ReaderAdded(new.clone())),
            Some(old) => {
                let same = before.get(old) == Some(new);
                let filled = new.card != Presence::Empty;
                if !same || (filled && counted.get(old) != counts.get(index)) {
                    events.push(Event::Changed(new.clone()));
                }
            }
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(reader: &str, atr: &[u8]) -> Slot {
        let card = match atr {
            [] => Presence::Empty,
            atr => Presence::Card { atr: atr.to_vec() },
        };
        Slot { reader: std::ffi::CString::new(reader).unwrap(), card }
    }

    fn check(before: &[(&str, &[u8], u32)], now: &[(&str, &[u8], u32)], events: &[Event]) {
        let slots = |list: &[(&str, &[u8], u32)]| -> (Vec<_>, Vec<_>) {
            list.iter().map(|(reader, atr, count)| (slot(reader, atr), *count)).unzip()
        };
        let ((before, counted), (now, counts)) = (slots(before), slots(now));
        assert_eq!(changes(&before, &counted, &now, &counts), events);
    }

    #[test]
    fn nothing_new_is_no_event() {
        check(&[("a", b"1", 7), ("b", b"", 0)], &[("a", b"1", 7), ("b", b"", 0)], &[]);
    }

    #[test]
    fn insertion_and_removal_are_told_for_their_reader() {
        let (empty, full) = (("a", &b""[..], 1), ("a", &b"1"[..], 2));
        check(&[empty], &[full], &[Event::Changed(slot("a", b"1"))]);
        check(&[full], &[empty], &[Event::Changed(slot("a", b""))]);
    }

    #[test]
    fn a_card_changed_between_two_looks_is_told() {
        check(&[("a", b"1", 1)], &[("a", b"1", 3)], &[Event::Changed(slot("a", b"1"))]);
    }

    #[test]
    fn two_readers_may_change_at_once() {
        check(
            &[("a", b"1", 1), ("b", b"", 0)],
            &[("b", b"2", 1), ("c", b"", 0)],
            &[
                Event::ReaderRemoved(slot("a", b"1")),
                Event::Changed(slot("b", b"2")),
                Event::ReaderAdded(slot("c", b"")),
            ],
        );
    }

    #[test]
    fn state_bits_tell_what_is_in_a_reader() {
        use pcsc::State;
        let presence = |state, atr: &[u8]| Presence::from_state(state, atr);
        assert_eq!(presence(State::EMPTY, b""), Presence::Empty);
        assert_eq!(presence(State::PRESENT | State::MUTE, b""), Presence::Mute);
        assert_eq!(presence(State::PRESENT, b""), Presence::Mute);
        let card = Presence::Card { atr: b"1".to_vec() };
        assert_eq!(presence(State::PRESENT | State::INUSE, b"1"), card);
    }
}
