//! Security keys on a reader, through PC/SC: CTAP2 and U2F in APDUs.
//!
//! Spec: CTAP 2.1, NFC (reference: section 11.3).

use std::time::Duration;

use wire::apdu::{self, Form, Response, Status};
use wire::nfc::{CANCEL, CLASS, FIDO_2_0, GET_RESPONSE, KEEPALIVE, Keepalive, message, select};
use wire::{ctaphid, u2f};

use super::error::Error;
use super::link::{Link, Protocols, SLICE, Seen, Transport, Watch};
use super::select::Entrant;
use crate::tokens::card::link::exchange;
use crate::tokens::card::reader::{After, Connection, OnReset, Presence, Slot};
use crate::tokens::card::{self, watch};

/// How long a key that is still at work is left alone.
const PAUSE: Duration = Duration::from_millis(20);

/// Something that takes APDUs, one exchange at a time.
pub trait Apdus: Send {
    /// Sends `command`, in a chain where it is long and short, and gathers the whole response.
    ///
    /// Errors: the reader's; the key is gone; a response without end.
    fn exchange(&mut self, command: &apdu::Command, form: Form) -> Result<Response, Error>;
}

impl Apdus for Connection {
    fn exchange(&mut self, command: &apdu::Command, form: Form) -> Result<Response, Error> {
        // Other programs may reach the card between two exchanges: a person types in between.
        // All but SELECT are for the application that a reset leaves.
        let on_reset = if *command == select() { OnReset::Repair } else { OnReset::End };
        let response = self.transaction(After::Leave, on_reset, |card| match form {
            Form::Short => exchange(card, command),
            Form::Extended => {
                let bytes = command.write(form).map_err(|_| card::Error::Malformed("a command"))?;
                let answer = card.transmit(&bytes)?;
                Response::read(&answer).map_err(|_| card::Error::Malformed("a response"))
            }
        });
        response.map_err(of_card)
    }
}

pub(super) fn of_card(error: card::Error) -> Error {
    match error {
        card::Error::Removed | card::Error::NoCard | card::Error::Reset => Error::Removed,
        card::Error::Busy { .. } => Error::Busy,
        card::Error::Mute { .. } => Error::Silent,
        card::Error::Refused { status, .. } => Error::Apdu(status),
        card::Error::Malformed(what) => Error::malformed(what),
        other @ (card::Error::NoService
        | card::Error::NoReader
        | card::Error::Unknown
        | card::Error::NotUzi
        | card::Error::NotActivated
        | card::Error::Algorithm(_)
        | card::Error::NoModule
        | card::Error::NoSafeSign
        | card::Error::Module(_)
        | card::Error::CalledOff
        | card::Error::Worker(_)
        | card::Error::Reader { .. }) => {
            Error::System { what: "use the card reader", source: Box::new(other) }
        }
    }
}

/// The keys that are on readers; other cards are passed over.
pub(super) fn on_readers(watch: &watch::Watch) -> Vec<Seen> {
    watch.slots().iter().filter_map(|slot| on_reader(watch, slot)).collect()
}

fn on_reader(watch: &watch::Watch, slot: &Slot) -> Option<Seen> {
    if !matches!(slot.card, Presence::Card { .. }) {
        return None;
    }
    let connection = Connection::open(watch.context(), &slot.reader).ok()?;
    let link = Box::new(Nfc::open(connection).ok()?);
    Some(Seen { name: slot.reader.to_string_lossy().into_owned(), link })
}

/// A key that is put on a reader from now on; one that lies there already was not chosen by that.
pub(super) struct Taps(pub(super) watch::Watch);

impl Entrant for Taps {
    fn chosen(mut self: Box<Self>, watch: &mut dyn Watch) -> Result<Seen, Error> {
        loop {
            watch.flow().check()?;
            let watch::Outcome::Changed(events) = self.0.wait(Some(SLICE)).map_err(of_card)? else {
                continue;
            };
            let put = events.iter().find_map(|event| match event {
                watch::Event::ReaderAdded(slot) | watch::Event::Changed(slot) => {
                    on_reader(&self.0, slot)
                }
                watch::Event::ReaderRemoved(_) => None,
            });
            if let Some(key) = put {
                return Ok(key);
            }
        }
    }
}

/// A key on a reader.
#[derive(Debug)]
pub struct Nfc<C> {
    card: C,
    protocols: Protocols,
}

impl<C: Apdus> Nfc<C> {
    /// Selects the FIDO application.
    ///
    /// Errors: the card has none; the reader's.
    pub fn open(mut card: C) -> Result<Self, Error> {
        let selected = card.exchange(&select(), Form::Short)?;
        if selected.status != Status::OK {
            return Err(Error::Apdu(selected.status));
        }
        if selected.data == FIDO_2_0 {
            return Ok(Self { card, protocols: Protocols::Ctap2 });
        }
        if selected.data != u2f::VERSION_TEXT {
            return Err(Error::malformed("an unknown answer to SELECT"));
        }
        // A key that has both says U2F_V2; getInfo tells whether it has CTAP2.
        let get_info = message([wire::ctap2::Command::GetInfo as u8], Keepalive::Accepted);
        let protocols = match card.exchange(&get_info, Form::Short)?.status {
            Status::OK | KEEPALIVE => Protocols::Both,
            _ => Protocols::U2f,
        };
        Ok(Self { card, protocols })
    }

    /// In a chain of short APDUs, which every key must take; where one does not, in a long one.
    fn exchange(&mut self, command: &apdu::Command) -> Result<Response, Error> {
        let response = self.card.exchange(command, Form::Short)?;
        let long = command.data.len() > usize::from(u8::MAX);
        match response.status {
            Status::LAST_OF_CHAIN_EXPECTED
            | Status(0x6884)
            | Status::WRONG_LENGTH
            | Status::UNKNOWN_CLASS
                if long =>
            {
                let expected = command.expected.map(|_| apdu::EXTENDED_RESPONSE);
                let command = apdu::Command { expected, ..command.clone() };
                self.card.exchange(&command, Form::Extended)
            }
            _ => Ok(response),
        }
    }
}

impl<C: Apdus> Link for Nfc<C> {
    fn transport(&self) -> Transport {
        Transport::Nfc
    }

    fn protocols(&self) -> Protocols {
        self.protocols
    }

    fn ctap2(&mut self, request: &[u8], watch: &mut dyn Watch) -> Result<Vec<u8>, Error> {
        watch.flow().check()?;
        let mut response = self.exchange(&message(request, Keepalive::Accepted))?;
        while response.status == KEEPALIVE {
            if response.data.first() == Some(&(ctaphid::Keepalive::UpNeeded as u8)) {
                watch.touch();
            }
            let ended = watch.pause(PAUSE).check();
            let p1 = if ended.is_ok() { 0 } else { CANCEL };
            let again = apdu::Command::new(CLASS, GET_RESPONSE, p1, 0);
            let answer = self.exchange(&again.expecting(apdu::SHORT_RESPONSE));
            ended?;
            response = answer?;
        }
        match response.status {
            Status::OK => Ok(response.data),
            other => Err(Error::Apdu(other)),
        }
    }

    fn u2f(&mut self, command: &apdu::Command, watch: &mut dyn Watch) -> Result<Response, Error> {
        watch.flow().check()?;
        let expected = command.expected.map(|_| apdu::SHORT_RESPONSE);
        self.exchange(&apdu::Command { expected, ..command.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::card::link::Card;
    use crate::tokens::fido::script::Scripted;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    /// A card whose answers are written down, behind the exchange of every card.
    #[derive(Debug)]
    struct Script {
        answers: VecDeque<&'static str>,
        sent: Vec<String>,
    }

    impl Card for Script {
        fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, card::Error> {
            self.sent.push(hex::encode(command));
            Ok(hex::decode(self.answers.pop_front().ok_or(card::Error::Removed)?).unwrap())
        }
    }

    impl Apdus for Script {
        fn exchange(&mut self, command: &apdu::Command, form: Form) -> Result<Response, Error> {
            match form {
                Form::Short => exchange(self, command).map_err(of_card),
                Form::Extended => {
                    let answer = self.transmit(&command.write(form)?).map_err(of_card)?;
                    Ok(Response::read(&answer)?)
                }
            }
        }
    }

    const U2F_V2: &str = "5532465f56329000";
    const FIDO_2_0_TEXT: &str = "4649444f5f325f309000";

    fn open(answers: &[&'static str]) -> Result<Nfc<Script>, Error> {
        Nfc::open(Script { answers: answers.iter().copied().collect(), sent: Vec::new() })
    }

    fn ask(
        answers: &[&'static str],
        request: &[u8],
        person: &mut Scripted,
    ) -> (Result<Vec<u8>, Error>, Vec<String>) {
        let mut key = open(&[&[FIDO_2_0_TEXT], answers].concat()).unwrap();
        let answer = key.ctap2(request, person);
        (answer, key.card.sent.split_off(1))
    }

    #[test]
    fn what_select_and_get_info_say_tells_the_protocols() {
        assert_eq!(open(&[FIDO_2_0_TEXT]).unwrap().protocols(), Protocols::Ctap2);
        assert_eq!(open(&[U2F_V2, "00a09000"]).unwrap().protocols(), Protocols::Both);
        assert_eq!(open(&[U2F_V2, "6d00"]).unwrap().protocols(), Protocols::U2f);
        assert!(matches!(open(&["6a82"]), Err(Error::Apdu(Status(0x6A82)))));
        assert!(matches!(open(&["41429000"]), Err(Error::Malformed(_))));
        assert!(matches!(open(&["90"]), Err(Error::Malformed(_))));
        assert!(matches!(open(&[]), Err(Error::Removed)));
    }

    #[test]
    fn a_long_request_goes_in_a_chain_and_a_long_answer_is_fetched() {
        let (answer, sent) =
            ask(&["9000", "00016102", "02039000"], &[7; 300], &mut Scripted::default());
        assert_eq!(answer.unwrap(), [0, 1, 2, 3]);
        assert!(sent[0].starts_with("90108000ff07"), "{}", sent[0]);
        assert!(sent[1].starts_with("801080002d07") && sent[1].ends_with("0700"), "{}", sent[1]);
        assert_eq!(sent[2], "00c0000002");
    }

    #[test]
    fn a_key_without_chaining_is_asked_in_one_long_apdu() {
        let (answer, sent) = ask(&["6884", "009000"], &[7; 300], &mut Scripted::default());
        assert_eq!(answer.unwrap(), [0]);
        assert!(
            sent[1].starts_with("8010800000012c07") && sent[1].ends_with("0000"),
            "{}",
            sent[1]
        );
    }

    #[test]
    fn a_key_at_work_is_asked_again_and_a_touch_is_told() {
        let mut person = Scripted::default();
        let (answer, sent) = ask(&["019100", "029100", "009000"], &[4], &mut person);
        assert_eq!(answer.unwrap(), [0]);
        assert_eq!(sent, ["80108000010400", "8011000000", "8011000000"]);
        assert_eq!(person.touches, 1);
    }

    #[test]
    fn a_cancelled_request_is_cancelled_at_the_key() {
        let mut person = Scripted { patience: Some(1), ..Scripted::default() };
        let (answer, sent) = ask(&["029100", "2d9000"], &[4], &mut person);
        assert!(matches!(answer, Err(Error::Cancelled)));
        assert_eq!(sent, ["80108000010400", "8011110000"]);
    }

    #[test]
    fn endless_answers_and_refusals_are_typed_errors() {
        let of = |answers: &[&'static str]| ask(answers, &[4], &mut Scripted::default()).0;
        assert!(matches!(of(&["6100", "6100"]), Err(Error::Malformed(_))));
        assert!(matches!(of(&["6c00", "6c00"]), Err(Error::Apdu(_))));
        assert!(matches!(of(&["6982"]), Err(Error::Apdu(Status(0x6982)))));
        assert!(matches!(of(&["00"]), Err(Error::Malformed(_))));
        assert!(matches!(of(&[]), Err(Error::Removed)));
    }

    proptest! {
        #[test]
        fn no_answers_make_the_host_panic(
            answers in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..8), 0..8),
            selected: bool,
        ) {
            let first = selected.then(|| FIDO_2_0_TEXT.to_owned());
            let answers = answers.iter().map(hex::encode);
            let answers = first.into_iter().chain(answers).map(|text| &*text.leak());
            let script = Script { answers: answers.collect(), sent: Vec::new() };
            if let Ok(mut key) = Nfc::open(script) {
                let _ = key.ctap2(&[4; 300], &mut Scripted::default());
                let _ = key.u2f(&apdu::Command::new(0, 3, 0, 0), &mut Scripted::default());
            }
        }
    }
}
