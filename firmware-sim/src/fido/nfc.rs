//! The FIDO application over ISO 7816: selection, command chaining, GET RESPONSE.
//!
//! Spec: CTAP 2.1 section 11.3, NFC; ISO 7816-4 for chaining.

use wire::{
    apdu::{self, Chain, Command, Response, Status},
    ctaphid::{self, MAX_MESSAGE},
    nfc, u2f,
};

/// INS of SELECT.
const SELECT: u8 = 0xA4;
/// INS of GET RESPONSE; hosts send it with class 00 or 80.
const GET_RESPONSE: u8 = 0xC0;
/// P1 of SELECT: by application identifier.
const BY_AID: u8 = 0x04;
/// P2 of SELECT: the first application of this name, with its description.
const FIRST: u8 = 0x00;
/// P2 of SELECT: another application of this name, of which there is none.
const NEXT: u8 = 0x02;
const PREVIOUS: u8 = 0x03;
/// P2 of SELECT: without a description.
const NO_DESCRIPTION: u8 = 0x0C;
/// P1 of CONTROL: the host is done.
const END: u8 = 0x01;

/// The framing state of one key in a reader.
#[derive(Debug, Clone)]
pub(crate) struct Applet {
    protocols: Protocols,
    session: Session,
}

/// Which protocols the key speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocols {
    /// U2F only.
    U2f,
    /// CTAP2 only.
    Ctap2,
    /// Both.
    Both,
}

#[derive(Debug, Clone)]
enum Session {
    Unselected,
    Selected { chain: Chain, rest: Vec<u8> },
}

/// What an APDU leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// This R-APDU goes to the host.
    Reply(Vec<u8>),
    /// A U2F command; its answer goes through [`Applet::answer`].
    U2f(Command, Window),
    /// A CTAP2 request; its answer goes through [`Applet::answer`].
    Ctap2(Vec<u8>, Window, nfc::Keepalive),
    /// The host asks how the request goes on that it was told to wait for.
    Poll(Window),
    /// The host takes that request back.
    Cancel(Window),
}

/// How many bytes the host takes in one R-APDU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window(usize);

impl Applet {
    /// A key that was just put on the reader.
    pub(crate) fn new(protocols: Protocols) -> Self {
        Self { protocols, session: Session::Unselected }
    }

    /// Power was cut, or the card was reset.
    pub(crate) fn reset(&mut self) {
        self.session = Session::Unselected;
    }

    /// Takes one C-APDU.
    pub(crate) fn receive(&mut self, bytes: &[u8]) -> Step {
        let Ok(command) = Command::read(bytes) else { return refuse(Status::WRONG_LENGTH) };
        if command.class == 0 && command.instruction == SELECT {
            return self.select(&command, Window::of(&command, bytes));
        }
        let window = Window::of(&command, bytes);
        let Session::Selected { chain, rest } = &mut self.session else {
            return refuse(Status::UNKNOWN_INSTRUCTION);
        };
        if matches!(command.class, 0 | nfc::CLASS) && command.instruction == GET_RESPONSE {
            return Step::Reply(next_part(rest, window));
        }
        rest.clear();
        if !matches!(command.class & !apdu::CHAINING, 0 | nfc::CLASS) {
            chain.clear();
            return refuse(Status::UNKNOWN_CLASS);
        }
        match chain.push(command, MAX_MESSAGE) {
            Ok(Some(whole)) => self.dispatch(whole, window),
            Ok(None) => refuse(Status::OK),
            Err(apdu::Error::Chain) => refuse(Status::LAST_OF_CHAIN_EXPECTED),
            Err(apdu::Error::TooLong(_) | apdu::Error::TooShort(_) | apdu::Error::Length) => {
                refuse(Status::WRONG_LENGTH)
            }
        }
    }

    /// The R-APDU of an answer; what does not fit waits for GET RESPONSE.
    pub(crate) fn answer(&mut self, response: Response, window: Window) -> Vec<u8> {
        let Session::Selected { rest, .. } = &mut self.session else {
            return Response::status(Status::UNKNOWN_INSTRUCTION).write();
        };
        if response.status != Status::OK || response.data.is_empty() {
            return response.write();
        }
        *rest = response.data;
        next_part(rest, window)
    }

    fn select(&mut self, command: &Command, window: Window) -> Step {
        if command.p1 != BY_AID || command.data != nfc::AID {
            self.session = Session::Unselected;
            return refuse(Status::FILE_NOT_FOUND);
        }
        match command.p2 {
            FIRST | NO_DESCRIPTION => {}
            NEXT | PREVIOUS => return refuse(Status::FILE_NOT_FOUND),
            _ => return refuse(Status::WRONG_P1P2),
        }
        self.session = Session::Selected { chain: Chain::default(), rest: Vec::new() };
        if command.p2 == NO_DESCRIPTION {
            return refuse(Status::OK);
        }
        let version = match self.protocols {
            Protocols::U2f | Protocols::Both => u2f::VERSION_TEXT,
            Protocols::Ctap2 => nfc::FIDO_2_0,
        };
        Step::Reply(self.answer(Response::ok(version), window))
    }

    fn dispatch(&mut self, command: Command, window: Window) -> Step {
        let speaks_u2f = self.protocols != Protocols::Ctap2;
        let speaks_ctap2 = self.protocols != Protocols::U2f;
        match (command.class, command.instruction) {
            (0, _) if speaks_u2f => Step::U2f(command, window),
            (nfc::CLASS, nfc::MSG) if speaks_ctap2 => {
                if command.data.is_empty() {
                    return refuse(Status::WRONG_LENGTH);
                }
                let accepts = command.p1 & nfc::KEEPALIVE_ACCEPTED != 0;
                let keepalive =
                    if accepts { nfc::Keepalive::Accepted } else { nfc::Keepalive::Refused };
                Step::Ctap2(command.data, window, keepalive)
            }
            (nfc::CLASS, nfc::GET_RESPONSE) if speaks_ctap2 => match command.p1 {
                nfc::CANCEL => Step::Cancel(window),
                _ => Step::Poll(window),
            },
            (nfc::CLASS, nfc::CONTROL) if command.p1 == END => {
                self.session = Session::Unselected;
                refuse(Status::OK)
            }
            (nfc::CLASS, nfc::CONTROL) => refuse(Status::WRONG_P1P2),
            // No other class comes here.
            (_, _) => refuse(Status::UNKNOWN_INSTRUCTION),
        }
    }
}

impl Window {
    /// Le, or where there is none what the form of the command allows.
    fn of(command: &Command, bytes: &[u8]) -> Self {
        let extended = bytes.get(4) == Some(&0) && bytes.len() > 6;
        let most = if extended { apdu::EXTENDED_RESPONSE } else { apdu::SHORT_RESPONSE };
        Self(usize::try_from(command.expected.unwrap_or(most)).unwrap_or(usize::MAX))
    }
}

/// The R-APDU that says that the key waits for a touch.
pub(crate) fn waits() -> Vec<u8> {
    let status = nfc::KEEPALIVE;
    Response { data: vec![ctaphid::Keepalive::UpNeeded as u8], status }.write()
}

fn refuse(status: Status) -> Step {
    Step::Reply(Response::status(status).write())
}

/// The next part of an answer, with 61xx while more waits.
fn next_part(rest: &mut Vec<u8>, window: Window) -> Vec<u8> {
    if rest.is_empty() {
        return Response::status(Status::CONDITIONS_NOT_SATISFIED).write();
    }
    let data: Vec<u8> = rest.drain(..rest.len().min(window.0)).collect();
    let status = match rest.len() {
        0 => Status::OK,
        left => Status::more(u8::try_from(left).unwrap_or(0)),
    };
    Response { data, status }.write()
}
