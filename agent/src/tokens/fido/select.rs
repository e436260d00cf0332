//! One key of several: the one that is touched, or put on a reader, first.
//!
//! Spec: CTAP 2.1 section 6.9 (selection); for older keys a request with an empty PIN proof, or a
//! U2F registration that nobody uses.

use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::time::Duration;

use wire::ctap2::entity::{Algorithm, Options, RelyingParty, User};
use wire::ctap2::get_info::Info;
use wire::ctap2::{self, AnswerError, Command, Status, cose, make_credential};
use wire::{apdu, u2f};

use super::error::Error;
use super::link::{Flow, Link, Protocols, SLICE, Seen, Transport, Watch};

/// How often a U2F key that waits for a touch is asked again.
const POLL: Duration = Duration::from_millis(150);
/// A name that no server has, for requests whose result nobody uses.
const NOBODY: &str = "touch.invalid";

/// A way to choose a key.
pub trait Entrant: Send {
    /// Waits until the person chose a key in this way, and gives it.
    ///
    /// Errors: the key's; as `watch` says.
    fn chosen(self: Box<Self>, watch: &mut dyn Watch) -> Result<Seen, Error>;
}

/// By touching it.
impl Entrant for Seen {
    fn chosen(mut self: Box<Self>, watch: &mut dyn Watch) -> Result<Seen, Error> {
        touch(self.link.as_mut(), watch).map(|()| *self)
    }
}

/// How each of `keys` is chosen: one that is plugged in by a touch, one on a reader by `taps`.
///
/// A key that lies on a reader answers without a touch, which nobody meant: it is let go.
#[must_use]
pub fn entrants(keys: Vec<Seen>, taps: Option<Box<dyn Entrant>>) -> Vec<Box<dyn Entrant>> {
    let plugged_in = keys.into_iter().filter(|key| key.link.transport() == Transport::Usb);
    plugged_in.map(|key| Box::new(key) as Box<dyn Entrant>).chain(taps).collect()
}

/// Gives the key that is chosen first; the others are cancelled and closed.
///
/// Errors: no key could be asked; as `watch` says.
pub fn first_of(entrants: Vec<Box<dyn Entrant>>, watch: &mut dyn Watch) -> Result<Seen, Error> {
    let stop = Arc::new(Stop::default());
    let (send, receive) = mpsc::channel();
    let threads: Vec<_> = entrants
        .into_iter()
        .map(|entrant| {
            let (send, stop) = (send.clone(), Arc::clone(&stop));
            std::thread::spawn(move || {
                // Nobody listens once the race is over.
                let _ = send.send(entrant.chosen(&mut Racer(stop)));
            })
        })
        .collect();
    drop(send);
    let first = first(&receive, watch);
    stop.stop();
    for thread in threads {
        let _ = thread.join();
    }
    first
}

fn first(
    receive: &mpsc::Receiver<Result<Seen, Error>>,
    watch: &mut dyn Watch,
) -> Result<Seen, Error> {
    let mut last = Error::Removed;
    loop {
        watch.flow().check()?;
        match receive.recv_timeout(SLICE) {
            Ok(Ok(key)) => return Ok(key),
            Ok(Err(error)) => last = error,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => return Err(last),
        }
    }
}

/// Waits for a touch and nothing else.
fn touch(link: &mut dyn Link, watch: &mut dyn Watch) -> Result<(), Error> {
    match link.protocols() {
        Protocols::U2f => touch_u2f(link, watch),
        Protocols::Ctap2 | Protocols::Both => {
            let answer = link.ctap2(&ctap2::request(Command::GetInfo, None), watch)?;
            let members = ctap2::read_answer(&answer)?;
            let info = Info::read(&members.ok_or_else(|| Error::malformed("empty getInfo"))?)?;
            if info
                .versions
                .iter()
                .any(|version| version.starts_with("FIDO_2_1") || version == "FIDO_2_3")
            {
                let answer = link.ctap2(&ctap2::request(Command::Selection, None), watch)?;
                match ctap2::read_answer(&answer) {
                    Err(AnswerError::Refused(Status::INVALID_COMMAND)) => {}
                    other => return other.map(|_| ()).map_err(Error::from),
                }
            }
            touch_empty_proof(link, watch)
        }
    }
}

/// Spec: CTAP 2.1 section 6.1.2: an empty pinUvAuthParam waits for a touch and is then refused.
fn touch_empty_proof(link: &mut dyn Link, watch: &mut dyn Watch) -> Result<(), Error> {
    let request = make_credential::Request {
        client_data_hash: [0; 32],
        rp: RelyingParty { id: NOBODY.to_owned(), name: None },
        user: User { id: vec![0], name: Some(NOBODY.to_owned()), display_name: None },
        algorithms: vec![Algorithm::new(cose::ES256)],
        exclude: Vec::new(),
        extensions: None,
        options: Options::default(),
        pin_uv_auth_param: Some(Vec::new()),
        pin_uv_auth_protocol: Some(1),
        enterprise_attestation: None,
        formats: Vec::new(),
    };
    let request = ctap2::request(Command::MakeCredential, Some(&request.write()));
    match ctap2::read_answer(&link.ctap2(&request, watch)?) {
        Ok(_)
        | Err(AnswerError::Refused(
            Status::PIN_NOT_SET | Status::PIN_INVALID | Status::PIN_AUTH_INVALID,
        )) => Ok(()),
        Err(other) => Err(other.into()),
    }
}

fn touch_u2f(link: &mut dyn Link, watch: &mut dyn Watch) -> Result<(), Error> {
    let request = u2f::Request::Register { challenge: [0; 32], application: [0; 32] }.write()?;
    loop {
        match link.u2f(&request, watch)?.status {
            apdu::Status::OK => return Ok(()),
            apdu::Status::CONDITIONS_NOT_SATISFIED => watch.pause(POLL).check()?,
            other => return Err(Error::Apdu(other)),
        }
    }
}

/// Tells all racers that the race is over.
#[derive(Default)]
struct Stop {
    over: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    fn stop(&self) {
        *self.over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    fn wait(&self, time: Duration) -> Flow {
        let over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(over, time, |over| !*over);
        let (over, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if *over { Flow::Cancelled } else { Flow::On }
    }
}

/// The watch of one key in the race.
struct Racer(Arc<Stop>);

impl Watch for Racer {
    fn flow(&mut self) -> Flow {
        self.0.wait(Duration::ZERO)
    }

    fn pause(&mut self, time: Duration) -> Flow {
        self.0.wait(time)
    }

    fn touch(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::fido::script::{Script, Scripted};

    /// A key that nobody touches: it answers only when the race is over.
    struct Untouched;

    impl Link for Untouched {
        fn transport(&self) -> Transport {
            Transport::Usb
        }

        fn protocols(&self) -> Protocols {
            Protocols::Ctap2
        }

        fn ctap2(&mut self, _: &[u8], watch: &mut dyn Watch) -> Result<Vec<u8>, Error> {
            while watch.pause(Duration::from_secs(60)) == Flow::On {}
            Err(Error::Cancelled)
        }

        fn u2f(&mut self, _: &apdu::Command, _: &mut dyn Watch) -> Result<apdu::Response, Error> {
            Err(Error::Removed)
        }
    }

    fn info(version: &str) -> Vec<u8> {
        let info = Info { versions: vec![version.to_owned()], ..Info::default() };
        ctap2::answer(Ok(Some(&info.write())))
    }

    fn key(link: impl Link + 'static) -> Box<dyn Entrant> {
        Box::new(Seen { name: "key".to_owned(), link: Box::new(link) })
    }

    fn check(touched: Script) -> Result<Protocols, Error> {
        let entrants = vec![key(Untouched), key(touched), key(Untouched)];
        first_of(entrants, &mut Scripted::default()).map(|key| key.link.protocols())
    }

    #[test]
    fn the_key_touched_first_wins_and_the_others_end() {
        let key = |answers| check(Script::new(Protocols::Both, answers)).unwrap();
        assert_eq!(key(vec![info("FIDO_2_1"), vec![0]]), Protocols::Both);
        let without_selection = vec![info("FIDO_2_1"), vec![0x01], vec![0x35]];
        assert_eq!(key(without_selection), Protocols::Both);
        assert_eq!(key(vec![info("FIDO_2_0"), vec![0x31]]), Protocols::Both);
        let u2f = vec![vec![0x69, 0x85], vec![0x69, 0x85], vec![0x90, 0]];
        assert_eq!(check(Script::new(Protocols::U2f, u2f)).unwrap(), Protocols::U2f);
    }

    #[test]
    fn a_key_that_fails_leaves_the_race_to_the_others() {
        let touched = || Script::new(Protocols::Ctap2, vec![info("FIDO_2_1"), vec![0]]);
        let broken = || Script::new(Protocols::Ctap2, vec![]);
        assert!(first_of(vec![key(broken()), key(touched())], &mut Scripted::default()).is_ok());
        let alone = first_of(vec![key(broken())], &mut Scripted::default());
        assert!(matches!(alone, Err(Error::Removed)));
    }

    #[test]
    fn a_cancelled_race_ends_at_once() {
        let mut person = Scripted { patience: Some(0), ..Scripted::default() };
        let ended = first_of(vec![key(Untouched), key(Untouched)], &mut person);
        assert!(matches!(ended, Err(Error::Cancelled)));
    }

    /// A key that is put on a reader while the others wait.
    struct Tapped;

    impl Entrant for Tapped {
        fn chosen(self: Box<Self>, _: &mut dyn Watch) -> Result<Seen, Error> {
            let link = Box::new(Script::new(Protocols::U2f, Vec::new()));
            Ok(Seen { name: "tapped".to_owned(), link })
        }
    }

    /// A key that lies on a reader and answers without a touch.
    struct Lying;

    impl Link for Lying {
        fn transport(&self) -> Transport {
            Transport::Nfc
        }

        fn protocols(&self) -> Protocols {
            Protocols::Ctap2
        }

        fn ctap2(&mut self, _: &[u8], _: &mut dyn Watch) -> Result<Vec<u8>, Error> {
            Ok(vec![0])
        }

        fn u2f(&mut self, _: &apdu::Command, _: &mut dyn Watch) -> Result<apdu::Response, Error> {
            Err(Error::Removed)
        }
    }

    #[test]
    fn a_key_on_a_reader_is_chosen_by_being_put_there_and_not_by_lying_there() {
        let seen = |link: Box<dyn Link>| Seen { name: "key".to_owned(), link };
        let keys = || vec![seen(Box::new(Lying)), seen(Box::new(Untouched))];
        let tapped = first_of(entrants(keys(), Some(Box::new(Tapped))), &mut Scripted::default());
        assert_eq!(tapped.map(|key| key.name).unwrap(), "tapped");
        let mut person = Scripted { patience: Some(20), ..Scripted::default() };
        let waits = first_of(entrants(keys(), None), &mut person);
        assert!(matches!(waits, Err(Error::Cancelled)));
    }
}
