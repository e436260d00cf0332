//! Smartcards: readers and their events, the card commands we know, PKCS#11 for the others, and
//! what an UZI card says about its holder.

pub mod inserted;
pub mod link;
pub mod pad;
pub mod pkcs11;
pub mod pkcs15;
pub mod reader;
pub mod uzi;
pub mod watch;

use serde::{Deserialize, Serialize};
use wire::apdu::Status;

use crate::secret::Secret;

/// Why a card could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The smartcard service is not running.
    #[error("the smartcard service is not running")]
    NoService,
    /// No reader is connected.
    #[error("no card reader is connected")]
    NoReader,
    /// No reader holds a card.
    #[error("no card is in a reader")]
    NoCard,
    /// The card left the reader, or the reader left the computer.
    #[error("the card was removed")]
    Removed,
    /// Another program reset the card while this one worked with it.
    #[error("another program reset the card")]
    Reset,
    /// Another program has the card for itself.
    #[error("another program holds the card in {reader}")]
    Busy {
        /// The reader's name.
        reader: String,
    },
    /// The card does not answer: upside down, dirty or broken.
    #[error("the card in {reader} does not answer")]
    Mute {
        /// The reader's name.
        reader: String,
    },
    /// Not a card whose commands this program knows.
    #[error("the commands of this card are not known")]
    Unknown,
    /// The card bears no certificate to log in with.
    #[error("no UZI authenticity certificate on the card")]
    NotUzi,
    /// The card answered a command with an error status.
    #[error("the card answered {status} to {what}")]
    Refused {
        /// What was asked.
        what: &'static str,
        /// SW1 and SW2.
        status: Status,
    },
    /// What the card or module gave cannot be read.
    #[error("{0} cannot be read")]
    Malformed(&'static str),
    /// The key cannot make the signature that is asked for.
    #[error("this card cannot sign with {0}")]
    Algorithm(&'static str),
    /// No PKCS#11 module is installed, and the card needs one.
    #[error("no PKCS#11 module for this card is installed")]
    NoModule,
    /// No module that is installed reads the card, and SafeSign's is not among them: it may be an
    /// UZI card all the same.
    #[error("no module reads this card, and SafeSign's is not installed")]
    NoSafeSign,
    /// A PKCS#11 module refused; these are its words.
    #[error("the PKCS#11 module reports: {0}")]
    Module(String),
    /// The module was ended while it was at work, as it was asked to be.
    #[error("the work was called off")]
    CalledOff,
    /// The process around a PKCS#11 module failed or did not answer in time.
    #[error("the process for the PKCS#11 module failed: {0}")]
    Worker(String),
    /// The card takes no PIN before it is activated, or before its PIN is changed.
    #[error("the card's PIN is not set or must be changed first")]
    NotActivated,
    /// The smartcard service reported something else.
    #[error("reader {name}")]
    Reader {
        /// The reader's name, empty for the service itself.
        name: String,
        /// What the service reported.
        source: pcsc::Error,
    },
}

impl Error {
    /// From the smartcard service; `reader` names the reader at hand.
    #[must_use]
    pub fn from_service(reader: &str, source: pcsc::Error) -> Self {
        use pcsc::Error as E;
        // The service has some sixty codes; those not named here are passed on as they are.
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "pcsc's errors grow; only these mean something here"
        )]
        match source {
            E::NoService | E::ServiceStopped | E::InvalidHandle | E::Shutdown => Self::NoService,
            E::NoReadersAvailable => Self::NoReader,
            E::NoSmartcard => Self::NoCard,
            E::RemovedCard | E::ReaderUnavailable | E::UnknownReader => Self::Removed,
            E::ResetCard => Self::Reset,
            E::SharingViolation => Self::Busy { reader: reader.to_owned() },
            E::UnresponsiveCard | E::UnpoweredCard => Self::Mute { reader: reader.to_owned() },
            source => Self::Reader { name: reader.to_owned(), source },
        }
    }
}

/// Whether a card's PIN is ready to be used, as far as the card or its module says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// Nothing says that it is not.
    Done,
    /// No PIN has been set.
    NoPin,
    /// The PIN must be changed first.
    ChangePin,
}

/// How often a PIN may still be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tries {
    /// This often; 0 means blocked.
    Left(u8),
    /// At least twice, and fewer times than when the card was new: PKCS#11 tells no number.
    Fewer,
    /// The card does not say.
    Unknown,
}

impl Tries {
    /// The PIN is blocked.
    #[must_use]
    pub fn blocked(self) -> bool {
        self == Self::Left(0)
    }

    /// One wrong PIN more, and it is blocked.
    #[must_use]
    pub fn last(self) -> bool {
        self == Self::Left(1)
    }
}

/// Where the PIN of a card is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// In a window of this computer.
    Window,
    /// On the keys of the reader: it never comes to this computer.
    Pad,
}

/// How a PIN comes to a card.
#[derive(Debug, Clone, Copy)]
pub enum Pin<'a> {
    /// It was typed in a window.
    Typed(&'a Secret),
    /// The reader asks for it; only where the card was found with [`Entry::Pad`].
    Pad,
}

/// What became of a PIN that was given to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict<T> {
    /// It was right, and gave this.
    Right(T),
    /// It was wrong.
    Wrong(Tries),
    /// The card has blocked it.
    Blocked,
    /// It cannot be right and was not sent: no try was spent.
    Unfit {
        /// The shortest PIN the card takes.
        min: usize,
        /// The longest PIN the card takes.
        max: usize,
    },
    /// The holder pressed the key that stops, on the reader.
    Declined,
    /// Nobody typed a PIN on the reader in time.
    TimedOut,
}

impl<T> Verdict<T> {
    /// The verdict on what was done with a PIN that was right.
    ///
    /// Errors: those of `done`.
    pub fn and_then<U>(
        self,
        done: impl FnOnce(T) -> Result<U, Error>,
    ) -> Result<Verdict<U>, Error> {
        Ok(match self {
            Self::Right(given) => Verdict::Right(done(given)?),
            Self::Wrong(tries) => Verdict::Wrong(tries),
            Self::Blocked => Verdict::Blocked,
            Self::Unfit { min, max } => Verdict::Unfit { min, max },
            Self::Declined => Verdict::Declined,
            Self::TimedOut => Verdict::TimedOut,
        })
    }
}

/// How a key signs a SHA-256 digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// RSA, PKCS#1 v1.5.
    Pkcs1,
    /// RSA, PSS with MGF1 of SHA-256 and 32 bytes of salt.
    Pss,
    /// ECDSA on P-256; the signature is R and S, 32 bytes each.
    Ecdsa,
}

impl Scheme {
    /// The name people know it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pkcs1 => "RSA PKCS#1",
            Self::Pss => "RSA-PSS",
            Self::Ecdsa => "ECDSA",
        }
    }
}
