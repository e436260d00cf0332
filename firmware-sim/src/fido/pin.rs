//! The PIN of a key: what is stored of it, and how many wrong ones it takes.
//!
//! Spec: CTAP 2.1 section 6.5.

pub(crate) mod protocol;
pub(crate) mod token;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::secret::Secret;

/// Wrong PINs until the key must be reset.
pub(crate) const RETRIES: u8 = 8;
/// Wrong PINs in a row until power must be cut.
const MISSES: u8 = 3;
/// The longest PIN, in bytes of UTF-8.
pub(crate) const LONGEST: usize = 63;

/// The first half of SHA-256 of a PIN: all that a key keeps and a host sends.
pub(crate) type Digest16 = Secret<16>;

/// The PIN and its counters.
#[derive(Debug, Clone)]
pub(crate) struct Pin {
    stored: Option<Digest16>,
    /// In characters.
    length: usize,
    retries: u8,
    misses: u8,
}

/// What the check of a PIN came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is the PIN.
    Right,
    /// It is not.
    Wrong,
    /// Three wrong ones in a row: no further try before power is cut.
    BlockedUntilPowerCycle,
    /// No try is left: only a reset helps.
    Blocked,
}

/// Whether a PIN may be tried now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// There is none.
    Unset,
    /// One may be tried.
    Open,
    /// See [`Verdict::BlockedUntilPowerCycle`].
    BlockedUntilPowerCycle,
    /// See [`Verdict::Blocked`].
    Blocked,
}

/// A PIN that may not be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Too few characters.
    #[error("a PIN has at least {0} characters")]
    TooShort(usize),
    /// Too many bytes.
    #[error("a PIN has at most {LONGEST} bytes of UTF-8")]
    TooLong,
    /// The bytes are not text.
    #[error("a PIN is UTF-8 text without zero bytes")]
    NotText,
}

impl Pin {
    /// A key without a PIN.
    pub(crate) fn unset() -> Self {
        Self { stored: None, length: 0, retries: RETRIES, misses: 0 }
    }

    /// Sets the PIN, of at least `minimum` characters, and all tries.
    pub(crate) fn set(&mut self, pin: &[u8], minimum: usize) -> Result<(), Refused> {
        let text = std::str::from_utf8(pin).map_err(|_| Refused::NotText)?;
        if text.contains('\0') {
            return Err(Refused::NotText);
        }
        if pin.len() > LONGEST {
            return Err(Refused::TooLong);
        }
        let length = text.chars().count();
        if length < minimum {
            return Err(Refused::TooShort(minimum));
        }
        *self = Self { stored: Some(digest(pin)), length, ..Self::unset() };
        Ok(())
    }

    pub(crate) fn is_set(&self) -> bool {
        self.stored.is_some()
    }

    /// How many characters the PIN has, where one is set.
    pub(crate) fn length(&self) -> Option<usize> {
        self.stored.as_ref().map(|_| self.length)
    }

    /// Whether this is the PIN, without a try.
    pub(crate) fn is(&self, pin: &[u8]) -> bool {
        let offered = digest(pin);
        self.stored.as_ref().is_some_and(|s| s.expose()[..].ct_eq(&offered.expose()[..]).into())
    }

    pub(crate) fn retries(&self) -> u8 {
        self.retries
    }

    pub(crate) fn state(&self) -> State {
        match (&self.stored, self.retries, self.misses) {
            (None, _, _) => State::Unset,
            (Some(_), 0, _) => State::Blocked,
            (Some(_), _, MISSES..) => State::BlockedUntilPowerCycle,
            (Some(_), _, _) => State::Open,
        }
    }

    /// Compares; the try is counted before.
    pub(crate) fn check(&mut self, offered: &[u8]) -> Verdict {
        match self.state() {
            State::Unset => return Verdict::Wrong,
            State::Blocked => return Verdict::Blocked,
            State::BlockedUntilPowerCycle => return Verdict::BlockedUntilPowerCycle,
            State::Open => {}
        }
        self.retries -= 1;
        self.misses += 1;
        let right = self.stored.as_ref().is_some_and(|s| s.expose()[..].ct_eq(offered).into());
        if right {
            (self.retries, self.misses) = (RETRIES, 0);
            return Verdict::Right;
        }
        match self.state() {
            State::Blocked => Verdict::Blocked,
            State::BlockedUntilPowerCycle => Verdict::BlockedUntilPowerCycle,
            State::Open | State::Unset => Verdict::Wrong,
        }
    }

    /// Power was cut: three more tries, as far as any are left.
    pub(crate) fn power_cycle(&mut self) {
        self.misses = 0;
    }
}

/// The half digest of a PIN.
pub(crate) fn digest(pin: &[u8]) -> Digest16 {
    let whole: [u8; 32] = Sha256::digest(pin).into();
    let half = whole.first_chunk::<16>().expect("16 bytes of 32");
    Secret::from(*half)
}
