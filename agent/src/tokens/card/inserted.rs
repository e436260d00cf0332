//! The UZI card that is in a reader now: found by its certificate, whatever way leads to it.

use std::ffi::CString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use pcsc::Context;
use wire::apdu::Status;
use wire::{nfc, u2f};

use super::link::exchange;
use super::pkcs11::{Listed, Module, Stopper, modules};
use super::reader::{After, Connection, OnReset, Presence, Slot, gone, slots};
use super::uzi::Certificate;
use super::{Activation, Entry, Error, Pin, Scheme, Tries, Verdict, pad, pkcs15};

/// Which way to a card is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Via {
    /// Direct for cards whose commands are known, else through PKCS#11.
    #[default]
    Auto,
    /// Direct only.
    Direct,
    /// Through PKCS#11 only.
    Pkcs11,
}

/// What is needed besides the smartcard service.
pub struct Means<'a> {
    /// Which way is taken.
    pub via: Via,
    /// PKCS#11 modules, in the order in which they are tried.
    pub modules: &'a [PathBuf],
    /// Whether the keys of readers are used.
    pub pad: pad::Use,
    /// Gives a command that runs [`super::pkcs11::worker::run`].
    pub worker: &'a dyn Fn() -> std::io::Result<Command>,
}

/// An UZI card, ready to sign.
pub struct Inserted {
    /// What it says about its holder.
    pub certificate: Certificate,
    /// How often its PIN may be tried.
    pub tries: Tries,
    /// The reader it is in.
    pub reader: String,
    /// Where its PIN is typed.
    pub entry: Entry,
    /// Whether its PIN is ready to be used.
    pub activation: Activation,
    way: Way,
}

enum Way {
    /// The code is of the reader's keys, where they are used.
    Direct(Box<Connection>, pkcs15::Pair, Option<u32>),
    Pkcs11(Module, Listed, Readers),
}

/// The readers that held a card when this one was found: a module does not tell which is whose.
struct Readers {
    context: Context,
    names: Vec<CString>,
}

impl Readers {
    /// The reason for a failure of a module: one whose card was removed gives any error it likes.
    fn reason(&self, error: Error) -> Error {
        let removed = || self.names.iter().any(|name| gone(&self.context, name));
        let vague = matches!(
            error,
            Error::NotUzi
                | Error::Unknown
                | Error::NoSafeSign
                | Error::NoCard
                | Error::Module(_)
                | Error::Worker(_)
        );
        if vague && removed() { Error::Removed } else { error }
    }
}

impl std::fmt::Debug for Inserted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { certificate, tries, reader, entry: _, activation: _, way: _ } = self;
        write!(f, "Inserted {{ {:?}, {tries:?}, {reader:?} }}", certificate.identity)
    }
}

/// Finds the UZI card in the readers there are; the first in the order of the service.
///
/// Errors: [`Error::NoReader`], [`Error::NoCard`], [`Error::Mute`] where no card can be asked;
/// [`Error::NotUzi`] where certificates were read and none is one; [`Error::NoModule`],
/// [`Error::NoSafeSign`], [`Error::Unknown`] where no way led to a certificate; else what went
/// wrong with the card that came closest.
pub fn find(context: &Context, means: &Means<'_>) -> Result<Inserted, Error> {
    let slots = slots(context)?;
    let cards = present(&slots)?;
    search(context, &cards, means).map_err(|error| {
        beside_keys(error, || cards.iter().all(|(slot, _)| is_security_key(context, slot)))
    })
}

/// What is said of cards that no way led to: security keys are no cards that could not be read.
fn beside_keys(error: Error, all_are_keys: impl FnOnce() -> bool) -> Error {
    let unread = matches!(error, Error::NoModule | Error::NoSafeSign | Error::Unknown);
    if unread && all_are_keys() { Error::NoCard } else { error }
}

/// Whether the FIDO application is in `slot`. To ask for it spends nothing on any card.
fn is_security_key(context: &Context, slot: &Slot) -> bool {
    let selected = Connection::open(context, &slot.reader).and_then(|mut card| {
        card.transaction(After::Leave, OnReset::Repair, |card| exchange(card, &nfc::select()))
    });
    selected.is_ok_and(|answer| {
        let says = answer.data.as_slice();
        answer.status == Status::OK && (says == nfc::FIDO_2_0 || says == u2f::VERSION_TEXT)
    })
}

fn search(
    context: &Context,
    cards: &[(&Slot, &[u8])],
    means: &Means<'_>,
) -> Result<Inserted, Error> {
    let mut reason: Option<Error> = None;
    if means.via != Via::Pkcs11 {
        for (slot, _) in cards.iter().filter(|(_, atr)| pkcs15::knows(atr)) {
            match direct(context, slot, means.pad) {
                Ok(inserted) => return Ok(inserted),
                Err(error) => reason = Some(closer(reason, error)),
            }
        }
    }
    // A module would find the same card and fail at it for the same reason.
    let settled = |error: &Error| !matches!(error, Error::NotUzi | Error::Algorithm(_));
    let reason = match reason {
        Some(error) if settled(&error) => return Err(error),
        unsettled => unsettled,
    };
    if means.via == Via::Direct {
        return Err(reason.unwrap_or(Error::Unknown));
    }
    let mut reason = reason.unwrap_or(Error::NoModule);
    let names = cards.iter().map(|(slot, _)| slot.reader.clone()).collect();
    let mut readers = Readers { context: context.clone(), names };
    for path in means.modules {
        match through(path, means, readers) {
            Ok(inserted) => return Ok(inserted),
            Err((error, back)) => (reason, readers) = (closer(Some(reason), error), back),
        }
    }
    Err(readers.reason(told(reason, means.modules)))
}

/// What is said after all `modules` failed: where only OpenSC was asked about a card it does not
/// know, the card may be an UZI card.
fn told(reason: Error, modules: &[PathBuf]) -> Error {
    let opensc_only = modules.iter().all(|path| modules::is_opensc(path));
    if reason == Error::Unknown && opensc_only { Error::NoSafeSign } else { reason }
}

/// Of two reasons the one that tells more about a card that may be the right one, else the first.
fn closer(first: Option<Error>, second: Error) -> Error {
    fn rank(error: &Error) -> u8 {
        match error {
            Error::NoModule => 0,
            Error::Unknown | Error::NoSafeSign | Error::NoCard => 1,
            Error::NotUzi => 2,
            // The way that was tried first cannot sign; another may have failed for its own reason.
            Error::Algorithm(_) => 3,
            Error::NoService
            | Error::NoReader
            | Error::NotActivated
            | Error::Removed
            | Error::Reset
            | Error::Busy { .. }
            | Error::Mute { .. }
            | Error::Refused { .. }
            | Error::Malformed(_)
            | Error::Module(_)
            | Error::CalledOff
            | Error::Worker(_)
            | Error::Reader { .. } => 4,
        }
    }
    match first {
        Some(first) if rank(&first) >= rank(&second) => first,
        _ => second,
    }
}

impl Inserted {
    /// Something by which another thread ends [`Inserted::sign`] while the reader asks for a PIN.
    ///
    /// Only a module's work can be ended. A reader that this program asks itself ends by its own
    /// key, or after [`pad`]'s time.
    #[must_use]
    pub fn stopper(&self) -> Option<Stopper> {
        match &self.way {
            Way::Pkcs11(module, ..) => Some(module.stopper()),
            Way::Direct(..) => None,
        }
    }

    /// Signs `digest`; the PIN is given to the card once.
    ///
    /// Errors: [`Error::Removed`] where the card went, was changed, or another took its place;
    /// the PIN then went nowhere else. Those of the reader and module.
    pub fn sign(&mut self, pin: Pin<'_>, digest: &[u8; 32]) -> Result<Verdict<Vec<u8>>, Error> {
        let scheme = self.certificate.scheme;
        let verdict = match &mut self.way {
            Way::Direct(connection, pair, pad) => {
                connection.transaction(After::Reset, OnReset::Repair, |card| {
                    pkcs15::select(card)?;
                    let verified = match (pin, pad) {
                        (Pin::Typed(pin), _) => pkcs15::verify(card, pair, pin.expose()),
                        (Pin::Pad, Some(code)) => pkcs15::verify_on_pad(card, pair, *code),
                        (Pin::Pad, None) => Err(Error::Malformed("a reader without keys")),
                    };
                    verified?.and_then(|()| pkcs15::sign(card, pair, digest))
                })
            }
            Way::Pkcs11(module, listed, readers) => {
                let deadline = match pin {
                    Pin::Typed(_) => DEADLINE,
                    Pin::Pad => DEADLINE + AT_THE_READER,
                };
                module
                    .sign(listed, scheme, digest, pin, deadline)
                    .map_err(|error| readers.reason(error))
            }
        }?;
        match &verdict {
            Verdict::Wrong(tries) => self.tries = *tries,
            Verdict::Blocked => self.tries = Tries::Left(0),
            Verdict::Right(_) | Verdict::Unfit { .. } | Verdict::Declined | Verdict::TimedOut => {}
        }
        Ok(verdict)
    }
}

/// The readers that hold a card that answers, with its answer to reset.
fn present(slots: &[Slot]) -> Result<Vec<(&Slot, &[u8])>, Error> {
    if slots.is_empty() {
        return Err(Error::NoReader);
    }
    let mut cards = Vec::new();
    let mut mute = None;
    for slot in slots {
        match &slot.card {
            Presence::Card { atr } => cards.push((slot, atr.as_slice())),
            Presence::Mute => mute = Some(slot.reader.to_string_lossy().into_owned()),
            Presence::Empty => {}
        }
    }
    match (cards.is_empty(), mute) {
        (false, _) => Ok(cards),
        (true, Some(reader)) => Err(Error::Mute { reader }),
        (true, None) => Err(Error::NoCard),
    }
}

fn direct(context: &Context, slot: &Slot, keys: pad::Use) -> Result<Inserted, Error> {
    let reader = slot.reader.to_string_lossy().into_owned();
    let mut connection = Connection::open(context, &slot.reader)?;
    let mut look = || {
        connection.transaction(After::Leave, OnReset::Repair, |card| {
            pkcs15::select(card)?;
            let pair = pkcs15::find(card, |der| Certificate::read(der).is_some())?;
            let tries = pkcs15::tries(card, &pair)?;
            let asks = keys.asks_reader(&reader);
            let pad = if asks { pkcs15::pad(card, &pair) } else { None };
            Ok((pair, tries, pad))
        })
    };
    // Looking spends no try, so another program's reset is met by looking once more.
    let (pair, tries, pad) = match look() {
        Err(Error::Reset) => look()?,
        other => other?,
    };
    let certificate = Certificate::read(&pair.certificate).ok_or(Error::NotUzi)?;
    if certificate.scheme != Scheme::Pkcs1 {
        return Err(Error::Algorithm(certificate.scheme.name()));
    }
    let entry = if pad.is_some() { Entry::Pad } else { Entry::Window };
    let activation = pair.activation();
    let way = Way::Direct(Box::new(connection), pair, pad);
    Ok(Inserted { certificate, tries, reader, entry, activation, way })
}

/// Looks for the card through one module; gives the readers back where there is none.
fn through(path: &Path, means: &Means<'_>, readers: Readers) -> Result<Inserted, (Error, Readers)> {
    match look(path, means.worker) {
        Ok((certificate, module, listed)) => {
            let (tries, reader) = (listed.tries(), listed.reader.clone());
            let entry = means.pad.through_module(listed.entry, &reader);
            let activation = listed.activation;
            let way = Way::Pkcs11(module, listed, readers);
            Ok(Inserted { certificate, tries, reader, entry, activation, way })
        }
        Err(error) => Err((error, readers)),
    }
}

fn look(
    path: &Path,
    worker: &dyn Fn() -> std::io::Result<Command>,
) -> Result<(Certificate, Module, Listed), Error> {
    let worker = worker().map_err(|e| Error::Worker(e.to_string()))?;
    let mut module = Module::start(worker, path)?;
    let list = module.list(DEADLINE)?;
    // A module that does not know a card shows nothing of it.
    let reason = if list.is_empty() { Error::Unknown } else { Error::NotUzi };
    for listed in list {
        if let Some(certificate) = Certificate::read(&listed.certificate) {
            return Ok((certificate, module, listed));
        }
    }
    Err(reason)
}

/// Modules of real cards take seconds; one that takes longer than this hangs.
const DEADLINE: Duration = Duration::from_secs(45);
/// How much longer a module may take whose reader waits for a person: readers give up before.
const AT_THE_READER: Duration = Duration::from_secs(180);

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cards: &[Presence]) -> Result<usize, Error> {
        let slot = |(at, card): (usize, &Presence)| Slot {
            reader: std::ffi::CString::new(format!("reader {at}")).unwrap(),
            card: card.clone(),
        };
        let slots: Vec<_> = cards.iter().enumerate().map(slot).collect();
        present(&slots).map(|cards| cards.len())
    }

    /// What is said where each module gives the next of these reasons.
    fn closest(reasons: &[Error]) -> Error {
        let start = Error::NoModule;
        reasons.iter().fold(start, |first, next| closer(Some(first), next.clone()))
    }

    #[test]
    fn the_module_that_came_closest_has_the_word() {
        let broken = Error::Module("CKR_GENERAL_ERROR".to_owned());
        let hangs = Error::Worker("timed out".to_owned());
        assert_eq!(closest(&[]), Error::NoModule);
        assert_eq!(closest(&[Error::Unknown]), Error::Unknown);
        assert_eq!(closest(&[broken.clone(), Error::Unknown]), broken);
        assert_eq!(closest(&[broken.clone(), Error::NotUzi]), broken);
        assert_eq!(closest(&[Error::Unknown, broken.clone()]), broken);
        assert_eq!(closest(&[broken.clone(), hangs]), broken);
        assert_eq!(closest(&[Error::NotUzi, Error::Unknown]), Error::NotUzi);
        assert_eq!(
            closest(&[Error::Algorithm("ECDSA"), Error::Unknown]),
            Error::Algorithm("ECDSA")
        );
    }

    /// What comes of a module that lists this.
    fn looked(list: &'static str) -> Error {
        let read = r#"read -r line; mark=${line#*mark\":\"}; mark=${mark%%\"*}; read -r ask;"#;
        let worker = || {
            let mut worker = Command::new("/bin/sh");
            worker.args([
                "-c",
                &format!("{read} echo \"$mark\" '{{\"listed\":{list}}}'; read -r end"),
            ]);
            Ok(worker)
        };
        look(Path::new("/none.so"), &worker).map(|(certificate, ..)| certificate).unwrap_err()
    }

    #[test]
    fn a_security_key_is_no_card_that_could_not_be_read() {
        for unread in [Error::NoModule, Error::NoSafeSign, Error::Unknown] {
            assert_eq!(beside_keys(unread.clone(), || true), Error::NoCard);
            assert_eq!(beside_keys(unread.clone(), || false), unread);
        }
        for other in [Error::NotUzi, Error::Removed, Error::Module("x".to_owned())] {
            assert_eq!(beside_keys(other.clone(), || panic!("no key is asked")), other);
        }
    }

    #[test]
    fn a_card_that_opensc_does_not_know_may_need_safesign() {
        let foreign = r#"[{"certificate":[48,0],"reader":"r","counter":"full","entry":"window","activation":"done"}]"#;
        let opensc = PathBuf::from("/usr/lib/opensc-pkcs11.so");
        let safesign = PathBuf::from("/usr/lib/libaetpkss.so.3");
        assert_eq!(told(looked("[]"), std::slice::from_ref(&opensc)), Error::NoSafeSign);
        assert_eq!(told(looked("[]"), &[safesign, opensc.clone()]), Error::Unknown);
        assert_eq!(told(looked(foreign), &[opensc]), Error::NotUzi);
    }

    #[test]
    fn each_state_of_the_readers_has_its_own_reason() {
        let card = Presence::Card { atr: vec![0x3B] };
        assert!(matches!(check(&[]), Err(Error::NoReader)));
        assert!(matches!(check(&[Presence::Empty]), Err(Error::NoCard)));
        let mute = check(&[Presence::Empty, Presence::Mute]);
        assert!(matches!(mute, Err(Error::Mute { reader }) if reader == "reader 1"));
        assert_eq!(check(&[Presence::Mute, card.clone(), card]).unwrap(), 2);
    }
}
