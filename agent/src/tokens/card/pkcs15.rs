//! Direct work with cards whose commands are known: the PKCS#15 files and the key commands of the
//! MyEID profile, which the simulated UZI card speaks.
//!
//! A card is known by its answer to reset. No other card is sent a single command from here.
//! Spec: ISO 7816-15 for the files; the commands follow a trace that OpenSC left on such a card.

mod files;

use wire::apdu::{Command, Status};
use zeroize::Zeroizing;

use super::link::{Card, Control, exchange, expect};
use super::{Activation, Error, Tries, Verdict, pad};

/// Whether the commands of the card with this answer to reset are known here.
///
/// They are for the MyEID profile of OsEID: historical bytes that end in `OsEID`.
#[must_use]
pub fn knows(atr: &[u8]) -> bool {
    historical(atr).is_some_and(|bytes| bytes.ends_with(b"OsEID"))
}

/// The historical bytes of an answer to reset. Spec: ISO 7816-3, structure of the answer to reset.
fn historical(atr: &[u8]) -> Option<&[u8]> {
    let [_ts, t0, rest @ ..] = atr else { return None };
    let mut rest = rest;
    let mut indicator = *t0;
    loop {
        let interface = usize::try_from((indicator >> 4).count_ones()).ok()?;
        let (bytes, after) = rest.split_at_checked(interface)?;
        rest = after;
        if indicator & 0x80 == 0 {
            return rest.get(..usize::from(t0 & 0x0F));
        }
        indicator = *bytes.last()?;
    }
}

/// A certificate on the card, and the private key with the same id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The certificate, DER.
    pub certificate: Vec<u8>,
    key: Key,
    pin: Pin,
}

/// Where a private key is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    id: Vec<u8>,
    /// The PIN object that guards it.
    guard: Vec<u8>,
    file: [u8; 2],
}

/// How a PIN is given to the card.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pin {
    id: Vec<u8>,
    reference: u8,
    /// The card says that it has been set.
    is_set: bool,
    digits_only: bool,
    min: usize,
    max: usize,
}

impl Pair {
    /// Whether the PIN of this key is ready to be used.
    #[must_use]
    pub fn activation(&self) -> Activation {
        if self.pin.is_set { Activation::Done } else { Activation::NoPin }
    }
}

impl Pin {
    /// What keys with digits need to know; `None` where the PIN may have letters.
    fn digits(&self) -> Option<pad::Digits> {
        let count = |count: usize| u8::try_from(count).ok();
        let digits = pad::Digits { min: count(self.min)?, max: count(self.max)? };
        self.digits_only.then_some(digits)
    }
}

/// Finds the key whose certificate `wanted` takes, in the order in which the card lists them.
///
/// Certificates of authorities and those without a key are not shown to `wanted`.
/// Errors: [`Error::NotUzi`] where none is taken; [`Error::Malformed`] for files that cannot be
/// read; those of the reader.
pub fn find(card: &mut dyn Card, wanted: impl Fn(&[u8]) -> bool) -> Result<Pair, Error> {
    let application = files::application(&read(card, &EF_DIR)?)?;
    let directory = files::directory(&read(card, &join(&application, &EF_ODF))?)?;
    let keys = files::keys(&read(card, &directory.keys)?)?;
    let pins = files::pins(&read(card, &directory.pins)?)?;
    for entry in files::certificates(&read(card, &directory.certificates)?)? {
        let Some(key) = keys.iter().find(|key| key.id == entry.id) else { continue };
        let certificate = files::first_element(&read(card, &entry.path)?)?;
        if !wanted(&certificate) {
            continue;
        }
        let pin = pins.iter().find(|pin| pin.id == key.guard);
        let pin = pin.ok_or(Error::Malformed("the card's list of PINs"))?.clone();
        return Ok(Pair { certificate, key: key.clone(), pin });
    }
    Err(Error::NotUzi)
}

/// Asks how often the PIN of `pair` may be tried; spends no try.
///
/// Errors: those of the reader; [`Error::Refused`] for a status that is no count.
pub fn tries(card: &mut dyn Card, pair: &Pair) -> Result<Tries, Error> {
    let response = exchange(card, &Command::new(0, VERIFY, 0, pair.pin.reference))?;
    match (response.status, response.status.tries()) {
        (_, Some(left)) => Ok(Tries::Left(left)),
        (Status::BLOCKED, None) => Ok(Tries::Left(0)),
        (Status::OK, None) => Ok(Tries::Unknown),
        (status, None) => Err(Error::Refused { what: "the question for tries left", status }),
    }
}

/// Gives `pin` to the card, once.
///
/// A PIN that cannot be right by its length or letters is not sent. The caller holds one
/// transaction from before the application is selected to after the signature.
/// Errors: those of the reader; [`Error::Refused`] for a status that says nothing about the PIN.
pub fn verify(card: &mut dyn Card, pair: &Pair, pin: &str) -> Result<Verdict<()>, Error> {
    let Pin { reference, digits_only, min, max, .. } = pair.pin;
    let fits = (min..=max).contains(&pin.len()) && pin.is_ascii();
    if !fits || (digits_only && !pin.bytes().all(|b| b.is_ascii_digit())) {
        return Ok(Verdict::Unfit { min, max });
    }
    let mut command = Command::new(0, VERIFY, 0, reference).with_data(pin.as_bytes());
    let response = exchange(card, &command);
    zeroize::Zeroize::zeroize(&mut command.data);
    let status = response?.status;
    match (status, status.tries()) {
        (Status::OK, _) => Ok(Verdict::Right(())),
        (Status::BLOCKED, _) | (_, Some(0)) => Ok(Verdict::Blocked),
        (_, Some(left)) => Ok(Verdict::Wrong(Tries::Left(left))),
        (status, None) => Err(Error::Refused { what: "the PIN", status }),
    }
}

/// The code by which the reader takes the PIN of `pair` on its keys; `None` where it cannot.
pub fn pad(card: &mut dyn Card, pair: &Pair) -> Option<u32> {
    // A reader that does not know the question, or has only digits, is one without keys.
    let features = card.control(Control::Features, &[]).ok()?;
    pad::control_code(&features).filter(|_| pair.pin.digits().is_some())
}

/// Has the reader take the PIN on its keys and give it to the card, once; `code` is of [`pad()`].
///
/// Errors: as [`verify`].
pub fn verify_on_pad(card: &mut dyn Card, pair: &Pair, code: u32) -> Result<Verdict<()>, Error> {
    let digits = pair.pin.digits().ok_or(Error::Malformed("the card's list of PINs"))?;
    let question = pad::question([0, VERIFY, 0, pair.pin.reference], digits);
    pad::verdict(&card.control(Control::Code(code), &question)?, digits)
}

/// Signs a SHA-256 `digest` with RSA PKCS#1 v1.5; the card pads.
///
/// Errors: those of the reader; [`Error::Refused`], also where the PIN was not verified.
pub fn sign(card: &mut dyn Card, pair: &Pair, digest: &[u8; 32]) -> Result<Vec<u8>, Error> {
    let [high, low] = pair.key.file;
    let environment = [0x80, 1, PKCS1, 0x81, 2, high, low, 0x84, 1, 0];
    let set = Command::new(0, MANAGE_SECURITY_ENVIRONMENT, 0x41, 0xB6).with_data(environment);
    expect(card, "the choice of key", &set)?;
    let input = [&SHA256_INFO[..], &digest[..]].concat();
    let sign = Command::new(0, PERFORM_SECURITY_OPERATION, 0x9E, 0x9A).with_data(input);
    expect(card, "the request to sign", &sign.expecting(256))
}

/// Selects the application afresh, as a transaction that follows a reset must.
///
/// Errors: those of the reader; [`Error::Refused`] where the card is no longer the same.
pub fn select(card: &mut dyn Card) -> Result<(), Error> {
    let select = Command::new(0, SELECT, 0x04, 0x00).with_data(AID).expecting(256);
    expect(card, "the choice of application", &select).map(drop)
}

/// A path below the master file, without `3F00`.
type Path = Vec<u8>;

fn join(folder: &[u8], file: &[u8]) -> Path {
    [folder, file].concat()
}

/// Reads a whole elementary file.
fn read(card: &mut dyn Card, path: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let select = Command::new(0, SELECT, 0x08, 0x00).with_data(path).expecting(256);
    let size = files::size(&expect(card, "the choice of a file", &select)?)?;
    if size > LONGEST_FILE {
        return Err(Error::Malformed("a file on the card"));
    }
    let mut content = Zeroizing::new(Vec::with_capacity(size));
    for _ in 0..MOST_READS {
        if content.len() == size {
            return Ok(content);
        }
        let [high, low] = u16::try_from(content.len())
            .map_err(|_| Error::Malformed("a file on the card"))?
            .to_be_bytes();
        let wanted = u32::try_from(size - content.len()).unwrap_or(256).min(256);
        let part = Command::new(0, READ_BINARY, high, low).expecting(wanted);
        let part = expect(card, "the reading of a file", &part)?;
        if part.is_empty() || part.len() > size - content.len() {
            return Err(Error::Malformed("a file on the card"));
        }
        content.extend_from_slice(&part);
    }
    Err(Error::Malformed("a file on the card"))
}

/// Beyond this the first bit of an offset would make it the short name of another file.
const LONGEST_FILE: usize = 0x7FFF;
/// Some four times as many as the longest file takes of a card that gives what is asked.
const MOST_READS: usize = 512;
const AID: [u8; 12] = [0xA0, 0, 0, 0, 0x63, b'P', b'K', b'C', b'S', b'-', b'1', b'5'];
const EF_DIR: [u8; 2] = [0x2F, 0x00];
const EF_ODF: [u8; 2] = [0x50, 0x31];
const SELECT: u8 = 0xA4;
const READ_BINARY: u8 = 0xB0;
const VERIFY: u8 = 0x20;
const MANAGE_SECURITY_ENVIRONMENT: u8 = 0x22;
const PERFORM_SECURITY_OPERATION: u8 = 0x2A;
/// Algorithm reference of the profile: the card pads the DigestInfo.
const PKCS1: u8 = 0x02;
/// DigestInfo of SHA-256 up to the digest. Spec: RFC 8017 section 9.2, note 1.
pub(super) const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

#[cfg(test)]
mod tests;
