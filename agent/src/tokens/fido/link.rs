//! A way to one key, and the person who holds it, as the ceremonies see them.

use std::time::Duration;

use wire::apdu;

use super::error::Error;
use crate::secret::Secret;

/// How a key is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Plugged in.
    Usb,
    /// In the field of a reader, or in its slot.
    Nfc,
}

impl Transport {
    /// The name of the transport in WebAuthn.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Usb => "usb",
            Self::Nfc => "nfc",
        }
    }
}

/// Which protocols a key speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocols {
    /// CTAP2 alone.
    Ctap2,
    /// U2F alone.
    U2f,
    /// Both.
    Both,
}

/// A way to one key. It is open from when it is made until it is dropped.
pub trait Link: Send {
    /// How the key is reached.
    fn transport(&self) -> Transport;

    /// What the key speaks, as far as the transport tells.
    fn protocols(&self) -> Protocols;

    /// Sends a CTAP2 request and gives the answer, status byte first.
    ///
    /// Errors: the transport's, [`Error::Cancelled`] and [`Error::TimedOut`] as `watch` says.
    fn ctap2(&mut self, request: &[u8], watch: &mut dyn Watch) -> Result<Vec<u8>, Error>;

    /// Sends a U2F request and gives the answer.
    ///
    /// Errors: as [`Link::ctap2`].
    fn u2f(
        &mut self,
        command: &apdu::Command,
        watch: &mut dyn Watch,
    ) -> Result<apdu::Response, Error>;
}

/// A key that is there.
pub struct Seen {
    /// What it calls itself, or the reader that it is on.
    pub name: String,
    /// The way to it.
    pub link: Box<dyn Link>,
}

/// Whether a ceremony goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// It does.
    On,
    /// It was cancelled.
    Cancelled,
    /// Its time is over.
    TimedOut,
}

impl Flow {
    /// Fails where the ceremony ends.
    ///
    /// Errors: [`Error::Cancelled`], [`Error::TimedOut`].
    pub fn check(self) -> Result<(), Error> {
        match self {
            Self::On => Ok(()),
            Self::Cancelled => Err(Error::Cancelled),
            Self::TimedOut => Err(Error::TimedOut),
        }
    }
}

/// Follows a ceremony from the outside.
pub trait Watch {
    /// Whether to go on; asked at least every [`SLICE`] while a key is waited for.
    fn flow(&mut self) -> Flow;

    /// Lets `time` pass, or less where the ceremony ends in between.
    fn pause(&mut self, time: Duration) -> Flow;

    /// The key waits for a touch. Told once or more.
    fn touch(&mut self);
}

/// The longest wait for a key without asking [`Watch::flow`]: a cancel reaches it in time.
pub const SLICE: Duration = Duration::from_millis(40);

/// The person who holds the key.
pub trait Person: Watch {
    /// Asks for the key's PIN. `None` ends the ceremony.
    ///
    /// Where one try is left, the person is told so and asked whether to use it.
    fn pin(&mut self, ask: PinAsk) -> Option<Secret>;

    /// Asks which of several accounts is meant, by its place. `None` ends the ceremony.
    fn choose(&mut self, accounts: &[String]) -> Option<usize>;
}

/// What the person should know before typing a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinAsk {
    /// Wrong PINs that the key still takes.
    pub tries_left: u8,
    /// What was wrong with the one before.
    pub mistake: Option<Mistake>,
}

/// What was wrong with a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// It is not the key's.
    Wrong,
    /// It is shorter than four characters; no try was used.
    TooShort,
    /// It is longer than 63 bytes; no try was used.
    TooLong,
}
