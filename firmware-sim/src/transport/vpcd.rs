//! A card behind the virtual reader driver "vpcd": the card is the TCP client.
//!
//! Both ways a frame is a big-endian 16-bit length and that many bytes. One byte from the reader
//! is a control; anything longer is a C-APDU, answered by one frame with the R-APDU.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::device::Card;

/// The port on which slot 0 of a reader listens when nothing else is configured.
pub const DEFAULT_PORT: u16 = 35963;

/// What a reader asks of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Power is cut.
    Off,
    /// Power comes.
    On,
    /// A reset with power on.
    Reset,
    /// The answer to reset is wanted; the driver also polls presence with it.
    Atr,
    /// A C-APDU.
    Command(Vec<u8>),
}

/// Why a session with a reader ended.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The connection failed.
    #[error("connection to the virtual reader")]
    Connection(#[from] io::Error),
    /// A control byte that no driver sends.
    #[error("control {0:#04x} is not one of 00, 01, 02 and 04")]
    Control(u8),
    /// A frame of no bytes.
    #[error("an empty frame")]
    Empty,
    /// The card answered more than a frame can hold.
    #[error("an answer of {0} bytes does not fit a frame of at most 65535")]
    TooLong(usize),
}

impl Request {
    /// Reads the payload of one frame.
    ///
    /// Errors: [`Error::Empty`], [`Error::Control`].
    pub fn read(payload: &[u8]) -> Result<Self, Error> {
        match payload {
            [] => Err(Error::Empty),
            [0] => Ok(Self::Off),
            [1] => Ok(Self::On),
            [2] => Ok(Self::Reset),
            [4] => Ok(Self::Atr),
            [other] => Err(Error::Control(*other)),
            command => Ok(Self::Command(command.to_vec())),
        }
    }
}

/// One frame: length and payload in one buffer, so that it leaves in one segment.
///
/// Errors: [`Error::TooLong`] above 65535 bytes.
pub fn frame(payload: &[u8]) -> Result<Vec<u8>, Error> {
    let length = u16::try_from(payload.len()).map_err(|_| Error::TooLong(payload.len()))?;
    Ok([&length.to_be_bytes(), payload].concat())
}

/// A count-down of C-APDUs after which the card is pulled out.
#[derive(Debug, Default)]
pub struct Pull(AtomicU32);

impl Pull {
    /// Pulls the card when the `nth` C-APDU from now arrives, before it is answered; 0 never does.
    ///
    /// The driver makes an empty answer of that, without even a status word.
    pub fn arm(&self, nth: u32) {
        self.0.store(nth, Ordering::SeqCst);
    }

    /// How many C-APDUs are left; 0 when not armed.
    pub fn left(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }

    /// Counts one C-APDU and says whether the card leaves at it.
    fn strikes(&self) -> bool {
        let before = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        before == Ok(1)
    }
}

/// How a session without an error ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The reader hung up, or the stream was shut down.
    HungUp,
    /// The card was pulled.
    Pulled,
    /// The reader asks for presence again and again but gives no power: it missed that the last
    /// card went, and takes this one for it. It has seen no card now, so a new session helps.
    Unpowered,
}

/// Serves `card` until the session ends, and then shuts the stream down.
///
/// Errors: [`Error`].
pub fn serve(
    stream: &TcpStream,
    card: &Mutex<Box<dyn Card>>,
    pull: &Pull,
    origin: Instant,
) -> Result<End, Error> {
    let outcome = converse(stream, card, pull, origin);
    // the reader may have hung up first: then there is nothing left to shut down
    let _gone = stream.shutdown(Shutdown::Write);
    match outcome {
        Err(Error::Connection(error)) if is_end(&error) => Ok(End::HungUp),
        other => other,
    }
}

fn converse(
    stream: &TcpStream,
    card: &Mutex<Box<dyn Card>>,
    pull: &Pull,
    origin: Instant,
) -> Result<End, Error> {
    stream.set_nodelay(true)?;
    // a reader that finds a new card asks for presence twice, then gives power
    let mut polls_without_power = Some(0);
    loop {
        let request = Request::read(&receive(stream)?)?;
        let mut card = card.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = match request {
            Request::Off if polls_without_power.is_some() => return Ok(End::Unpowered),
            Request::Off => None,
            Request::On | Request::Reset => {
                polls_without_power = None;
                card.reset(origin.elapsed());
                None
            }
            Request::Atr if polls_without_power == Some(2) => return Ok(End::Unpowered),
            Request::Atr => {
                polls_without_power = polls_without_power.map(|polls| polls + 1);
                Some(card.atr())
            }
            Request::Command(_) if pull.strikes() => return Ok(End::Pulled),
            Request::Command(command) => Some(card.transmit(&command, origin.elapsed())),
        };
        drop(card);
        if let Some(answer) = answer {
            (&*stream).write_all(&frame(&answer)?)?;
        }
    }
}

fn receive(stream: &TcpStream) -> Result<Vec<u8>, Error> {
    let mut length = [0; 2];
    read_exact(stream, &mut length)?;
    let mut payload = vec![0; usize::from(u16::from_be_bytes(length))];
    read_exact(stream, &mut payload)?;
    Ok(payload)
}

/// Reads with quick acknowledgements: the driver sends length and payload in two segments with
/// Nagle's algorithm on, so a delayed acknowledgement costs 40 ms a frame. The kernel forgets the
/// option, hence before every read.
fn read_exact(mut stream: &TcpStream, mut buffer: &mut [u8]) -> Result<(), Error> {
    while !buffer.is_empty() {
        rustix::net::sockopt::set_tcp_quickack(stream, true).map_err(io::Error::from)?;
        match stream.read(buffer) {
            Ok(0) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            Ok(n) => buffer = buffer.split_at_mut(n).1,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn is_end(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe
    )
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use proptest::prelude::*;

    use super::*;
    use crate::device::Time;

    /// Answers a C-APDU with itself and 9000, and counts resets in its ATR.
    struct Echo(u8);

    impl Card for Echo {
        fn atr(&self) -> Vec<u8> {
            vec![0x3B, self.0]
        }
        fn transmit(&mut self, command: &[u8], _: Time) -> Vec<u8> {
            [command, &[0x90, 0x00]].concat()
        }
        fn reset(&mut self, _: Time) {
            self.0 += 1;
        }
    }

    /// Runs `script` as the reader, against an echo card pulled at the `nth` command.
    fn check(nth: u32, script: impl FnOnce(&mut TcpStream)) -> Result<End, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let card = thread::spawn(move || {
            let pull = Pull::default();
            pull.arm(nth);
            let stream = TcpStream::connect(address).unwrap();
            serve(&stream, &Mutex::new(Box::new(Echo(0))), &pull, Instant::now())
        });
        let (mut reader, _) = listener.accept().unwrap();
        script(&mut reader);
        drop(reader);
        card.join().unwrap()
    }

    fn ask(reader: &mut TcpStream, payload: &[u8]) {
        reader.write_all(&frame(payload).unwrap()).unwrap();
    }

    fn answer(mut reader: &TcpStream) -> Option<Vec<u8>> {
        let mut length = [0; 2];
        reader.read_exact(&mut length).ok()?;
        let mut payload = vec![0; usize::from(u16::from_be_bytes(length))];
        reader.read_exact(&mut payload).ok()?;
        Some(payload)
    }

    #[test]
    fn only_atr_and_commands_are_answered() {
        check(0, |reader| {
            for control in [1, 4, 2, 4, 0, 4] {
                ask(reader, &[control]);
            }
            let atrs: Vec<_> = (0..3).map(|_| answer(reader).unwrap()).collect();
            assert_eq!(atrs, [[0x3B, 1], [0x3B, 2], [0x3B, 2]]);
            ask(reader, &[0, 0xA4, 4, 0]);
            assert_eq!(answer(reader).unwrap(), [0, 0xA4, 4, 0, 0x90, 0]);
        })
        .unwrap();
    }

    #[test]
    fn the_card_leaves_at_the_armed_command_without_answering_it() {
        let end = check(2, |reader| {
            ask(reader, &[0, 1]);
            assert!(answer(reader).is_some());
            ask(reader, &[0, 2]);
            assert_eq!(answer(reader), None);
        });
        assert_eq!(end.unwrap(), End::Pulled);
    }

    #[test]
    fn a_reader_that_gives_no_power_is_hung_up_on_at_its_third_poll() {
        let end = check(0, |reader| {
            for _ in 0..2 {
                ask(reader, &[4]);
                assert!(answer(reader).is_some());
            }
            ask(reader, &[4]);
            assert_eq!(answer(reader), None);
        });
        assert_eq!(end.unwrap(), End::Unpowered);
    }

    #[test]
    fn a_frame_in_two_segments_is_one_frame() {
        check(0, |reader| {
            reader.set_nodelay(true).unwrap();
            reader.write_all(&[0]).unwrap();
            reader.write_all(&[2, 7]).unwrap();
            reader.write_all(&[8]).unwrap();
            assert_eq!(answer(reader).unwrap(), [7, 8, 0x90, 0]);
        })
        .unwrap();
    }

    #[test]
    fn an_unknown_control_ends_the_session_with_its_name() {
        let error = check(0, |reader| {
            ask(reader, &[9]);
            assert_eq!(answer(reader), None);
        });
        assert!(matches!(error, Err(Error::Control(9))), "{error:?}");
    }

    #[test]
    fn an_answer_above_65535_bytes_is_refused() {
        assert!(matches!(frame(&vec![0; 65536]), Err(Error::TooLong(65536))));
        assert_eq!(frame(&vec![0; 65535]).unwrap().len(), 65537);
    }

    proptest! {
        #[test]
        fn any_payload_is_a_request_or_a_typed_error(payload: Vec<u8>) {
            match Request::read(&payload) {
                Ok(Request::Command(command)) => prop_assert!(command == payload && command.len() > 1),
                Ok(_) | Err(Error::Control(_)) => prop_assert_eq!(payload.len(), 1),
                Err(error) => prop_assert!(matches!(error, Error::Empty) && payload.is_empty()),
            }
        }

        #[test]
        fn a_frame_gives_back_its_payload(payload in proptest::collection::vec(any::<u8>(), 0..3000)) {
            let framed = frame(&payload).unwrap();
            let (length, rest) = framed.split_at(2);
            prop_assert_eq!(usize::from(u16::from_be_bytes([length[0], length[1]])), rest.len());
            prop_assert_eq!(rest, &payload[..]);
        }
    }
}
