//! One key of several: the one that is touched first.
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
use super::link::{Flow, Link, Protocols, SLICE, Watch};

/// How often a U2F key that waits for a touch is asked again.
const POLL: Duration = Duration::from_millis(150);
/// A name that no server has, for requests whose result nobody uses.
const NOBODY: &str = "touch.invalid";

/// Lets all keys blink and gives the one touched first; the others are cancelled and closed.
///
/// Errors: no key could be asked; as `watch` says.
pub fn by_touch(links: Vec<Box<dyn Link>>, watch: &mut dyn Watch) -> Result<Box<dyn Link>, Error> {
    let stop = Arc::new(Stop::default());
    let (send, receive) = mpsc::channel();
    let threads: Vec<_> = links
        .into_iter()
        .map(|mut link| {
            let (send, stop) = (send.clone(), Arc::clone(&stop));
            std::thread::spawn(move || {
                let touched = touch(link.as_mut(), &mut Racer(stop));
                // Nobody listens once the race is over.
                let _ = send.send(touched.map(|()| link));
            })
        })
        .collect();
    drop(send);
    watch.touch();
    let first = first(&receive, watch);
    stop.stop();
    for thread in threads {
        let _ = thread.join();
    }
    first
}

fn first(
    receive: &mpsc::Receiver<Result<Box<dyn Link>, Error>>,
    watch: &mut dyn Watch,
) -> Result<Box<dyn Link>, Error> {
    let mut last = Error::Removed;
    loop {
        watch.flow().check()?;
        match receive.recv_timeout(SLICE) {
            Ok(Ok(link)) => return Ok(link),
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
    use crate::tokens::fido::link::Transport;
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

    fn check(touched: Script) -> Result<Protocols, Error> {
        let links: Vec<Box<dyn Link>> =
            vec![Box::new(Untouched), Box::new(touched), Box::new(Untouched)];
        by_touch(links, &mut Scripted::default()).map(|link| link.protocols())
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
        let links: Vec<Box<dyn Link>> = vec![
            Box::new(Script::new(Protocols::Ctap2, vec![])),
            Box::new(Script::new(Protocols::Ctap2, vec![info("FIDO_2_1"), vec![0]])),
        ];
        assert!(by_touch(links, &mut Scripted::default()).is_ok());
        let links: Vec<Box<dyn Link>> = vec![Box::new(Script::new(Protocols::Ctap2, vec![]))];
        assert!(matches!(by_touch(links, &mut Scripted::default()), Err(Error::Removed)));
    }

    #[test]
    fn a_cancelled_race_ends_at_once() {
        let links: Vec<Box<dyn Link>> = vec![Box::new(Untouched), Box::new(Untouched)];
        let mut person = Scripted { patience: Some(0), ..Scripted::default() };
        assert!(matches!(by_touch(links, &mut person), Err(Error::Cancelled)));
    }
}
