//! Where person, card and ceremony meet: the broker's card ceremony with real windows and readers.

use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use jiff::Timestamp;
use wire::web_eid::Token;

use crate::broker::card::{Error, Insertion, Remark, Shown, Surroundings, run};
use crate::broker::web_eid;
use crate::clock::{self, Deadline};
use crate::config::PinPad;
use crate::consent::{self, Ended, Prompt};
use crate::lang;
use crate::language::Language;
use crate::origin::Origin;
use crate::secret::Secret;
use crate::tokens::card::inserted::{Inserted, Means, Via, find};
use crate::tokens::card::watch::{Outcome, Watch};
use crate::tokens::card::{self, Pin, Verdict, pad, pkcs11, reader};

/// What a card is asked for.
pub(crate) struct Request<'a> {
    /// Who asks; shown, and signed.
    pub(crate) origin: &'a Origin,
    /// The challenge; signed as text.
    pub(crate) nonce: &'a str,
    /// Which way leads to the card.
    pub(crate) via: Via,
    /// PKCS#11 modules, in the order in which they are tried.
    pub(crate) modules: Vec<PathBuf>,
    /// Whether the keys of readers are used.
    pub(crate) pad: pad::Use,
    /// What people read.
    pub(crate) language: Language,
    /// How a missing card is waited for.
    pub(crate) missing: Missing,
    /// Tells what needs no answer.
    pub(crate) tell: &'a dyn Fn(&str),
}

/// How a missing card is waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Missing {
    /// A window asks for it and has a button for 'it is in'.
    Window,
    /// The reason is told, and the readers' events awaited, for so long in all.
    Events(Duration),
}

/// Has a person log in with a card.
///
/// Errors: [`Error`].
pub(crate) fn authenticate(request: &Request<'_>, prompt: &mut dyn Prompt) -> Result<Token, Error> {
    let mut desk = Desk { request, prompt, inserted: None, waiting_until: None };
    run(&mut desk).map(|signed| web_eid::token(&signed))
}

impl Request<'_> {
    /// What the card signs.
    fn digest(&self, inserted: &Inserted) -> [u8; 32] {
        web_eid::digest(inserted.certificate.scheme, self.origin.as_str(), self.nonce)
    }
}

struct Desk<'a> {
    request: &'a Request<'a>,
    prompt: &'a mut dyn Prompt,
    inserted: Option<Inserted>,
    waiting_until: Option<Deadline>,
}

impl Surroundings for Desk<'_> {
    fn look(&mut self) -> Result<Shown, card::Error> {
        let Request { via, modules, pad, .. } = self.request;
        let means = Means { via: *via, modules, pad: *pad, worker: &worker };
        let inserted = find(&reader::service()?, &means)?;
        let Inserted { certificate, tries, reader, entry, .. } = &inserted;
        let (certificate, reader) = (certificate.clone(), reader.clone());
        let shown = Shown { certificate, tries: *tries, reader, entry: *entry };
        self.inserted = Some(inserted);
        Ok(shown)
    }

    fn ask_to_insert(&mut self, reason: &card::Error) -> Result<Insertion, consent::Error> {
        let Request { origin, language, .. } = self.request;
        let question = lang::card::insert(origin.as_str(), reason, *language);
        Ok(match self.request.missing {
            Missing::Window if self.prompt.confirm(&question)? => Insertion::Again,
            Missing::Window => Insertion::Declined,
            Missing::Events(limit) => {
                let until = *self.waiting_until.get_or_insert_with(|| Deadline::after(limit));
                (self.request.tell)(&question.text);
                if comes(until) { Insertion::Again } else { Insertion::TooLate }
            }
        })
    }

    fn warn_of_last_try(
        &mut self,
        shown: &Shown,
        remark: Option<Remark>,
    ) -> Result<bool, consent::Error> {
        let Request { origin, language, .. } = self.request;
        self.prompt.confirm(&lang::card::last_try(origin.as_str(), shown, remark, *language))
    }

    fn ask_pin(
        &mut self,
        shown: &Shown,
        remark: Option<Remark>,
    ) -> Result<Option<Secret>, consent::Error> {
        let days = lang::card::days_left(shown.certificate.validity(self.now()));
        let origin = self.request.origin.as_str();
        self.prompt.pin(&lang::card::ask(origin, shown, remark, days, self.request.language))
    }

    fn sign(&mut self, pin: &Secret) -> Result<Verdict<Vec<u8>>, card::Error> {
        let inserted = self.inserted.as_mut().ok_or(card::Error::NoCard)?;
        let digest = self.request.digest(inserted);
        inserted.sign(Pin::Typed(pin), &digest)
    }

    fn sign_at_reader(
        &mut self,
        shown: &Shown,
        remark: Option<Remark>,
    ) -> Result<Result<Verdict<Vec<u8>>, card::Error>, consent::Error> {
        let days = lang::card::days_left(shown.certificate.validity(self.now()));
        let Request { origin, language, .. } = self.request;
        let notice = lang::card::at_reader(origin.as_str(), shown, remark, days, *language);
        let Some(inserted) = self.inserted.as_mut() else { return Ok(Err(card::Error::NoCard)) };
        let digest = self.request.digest(inserted);
        let (done, end) = match UnixStream::pair() {
            Ok(pair) => pair,
            Err(error) => return Ok(Err(card::Error::Worker(error.to_string()))),
        };
        let mut showing = self.prompt.show(&notice)?;
        let stopper = inserted.stopper();
        std::thread::scope(|scope| {
            let signing = scope.spawn(move || {
                let _end = end; // closed when the reader is done
                inserted.sign(Pin::Pad, &digest)
            });
            let ended = showing.until(done.as_fd());
            drop(showing);
            if let (Ok(Ended::Declined) | Err(_), Some(stopper)) = (&ended, stopper) {
                stopper.stop();
            }
            let broken = || Err(card::Error::Worker("the signature".to_owned()));
            let signed = signing.join().unwrap_or_else(|_| broken());
            Ok(match ended? {
                Ended::Done => signed,
                Ended::Declined => Ok(Verdict::Declined),
            })
        })
    }

    fn now(&self) -> Timestamp {
        clock::now()
    }
}

/// Waits for something to change at the readers. A service that stops is met by the next look.
fn comes(until: Deadline) -> bool {
    let left = until.left();
    let Ok(mut watch) = Watch::start() else { return true };
    !left.is_zero() && !matches!(watch.wait(Some(left)), Ok(Outcome::Timeout | Outcome::Cancelled))
}

/// Whether the keys of readers are used, as configured.
pub(crate) fn pad(configured: PinPad) -> pad::Use {
    match configured {
        PinPad::Never => pad::Use::Never,
        PinPad::Module => pad::Use::Module,
        PinPad::Always => pad::Use::Always,
    }
}

/// A command that runs the PKCS#11 worker of this program.
pub(crate) fn worker() -> std::io::Result<Command> {
    let mut worker = Command::new(std::env::current_exe()?);
    worker.arg(pkcs11::WORKER_COMMAND);
    Ok(worker)
}
