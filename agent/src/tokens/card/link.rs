//! One exchange with a card: chaining, 61xx and 6Cxx are settled here.

use wire::apdu::{Command, EXTENDED_RESPONSE, Form, Response, Status};

use super::Error;

/// A card that takes one APDU at a time.
pub trait Card {
    /// Sends a command APDU and gives the response APDU.
    ///
    /// Errors: [`Error::Removed`] and the others of the reader; a status is not an error here.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Error>;

    /// Asks the reader itself and not the card. A card without a reader answers nothing.
    ///
    /// Errors: those of the reader, which may not know what is asked.
    fn control(&mut self, _code: Control, _data: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(Vec::new())
    }
}

/// What a reader can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// What it can do besides passing on commands.
    Features,
    /// To do what its features name by this code.
    Code(u32),
}

/// Sends `command` in short form, in a chain where it is long, and gathers the whole response.
///
/// Errors: those of the reader; [`Error::Malformed`] where the card never comes to an end.
pub fn exchange(card: &mut dyn Card, command: &Command) -> Result<Response, Error> {
    let mut parts = command.chain(BLOCK);
    let last = parts.pop().unwrap_or_else(|| command.clone());
    for part in &parts {
        let response = send(card, part)?;
        if response.status != Status::OK {
            return Ok(response);
        }
    }
    let mut response = send(card, &last)?;
    if response.status.sw1() == WRONG_LE {
        let again = last.expecting(length(response.status.sw2()));
        response = send(card, &again)?;
    }
    let mut data = std::mem::take(&mut response.data);
    while response.status.sw1() == MORE {
        let get = Command::new(0, GET_RESPONSE, 0, 0).expecting(length(response.status.sw2()));
        response = send(card, &get)?;
        // A card that promises more for ever, or gives nothing each time, must not hold us.
        if response.data.is_empty() && response.status.sw1() == MORE {
            return Err(Error::Malformed("a response without end"));
        }
        data.append(&mut response.data);
        if data.len() > LIMIT {
            return Err(Error::Malformed("a response without end"));
        }
    }
    Ok(Response { data, status: response.status })
}

/// The same, for commands that must succeed.
///
/// Errors: as [`exchange`], and [`Error::Refused`] for any status but 9000.
pub fn expect(
    card: &mut dyn Card,
    what: &'static str,
    command: &Command,
) -> Result<Vec<u8>, Error> {
    let response = exchange(card, command)?;
    if response.status == Status::OK {
        Ok(response.data)
    } else {
        Err(Error::Refused { what, status: response.status })
    }
}

fn send(card: &mut dyn Card, command: &Command) -> Result<Response, Error> {
    let mut bytes = command.write(Form::Short).map_err(|_| Error::Malformed("a command"))?;
    let answer = card.transmit(&bytes);
    zeroize::Zeroize::zeroize(&mut bytes); // it may have held a PIN
    Response::read(&answer?).map_err(|_| Error::Malformed("a response"))
}

fn length(sw2: u8) -> u32 {
    if sw2 == 0 { wire::apdu::SHORT_RESPONSE } else { u32::from(sw2) }
}

const BLOCK: u8 = 255;
const GET_RESPONSE: u8 = 0xC0;
const MORE: u8 = 0x61;
const WRONG_LE: u8 = 0x6C;
const LIMIT: usize = EXTENDED_RESPONSE as usize;

#[cfg(test)]
mod tests {
    use super::*;

    struct Script(Vec<(&'static str, &'static str)>);

    impl Card for Script {
        fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Error> {
            let (expected, answer) = self.0.remove(0);
            assert_eq!(hex::encode_upper(command), expected);
            Ok(hex::decode(answer).unwrap())
        }
    }

    fn check(command: &Command, script: &[(&'static str, &'static str)], result: &str) {
        let mut card = Script(script.to_vec());
        let response = exchange(&mut card, command).unwrap();
        assert_eq!(hex::encode_upper(response.write()), result);
        assert!(card.0.is_empty(), "the whole script was used");
    }

    #[test]
    fn a_long_response_is_fetched_in_parts() {
        let read = Command::new(0, 0xB0, 0, 0).expecting(256);
        check(
            &read,
            &[("00B0000000", "01026102"), ("00C0000002", "03046100"), ("00C0000000", "059000")],
            "01020304059000",
        );
    }

    #[test]
    fn a_wrong_le_is_corrected_once() {
        let read = Command::new(0, 0xCA, 1, 0xA0).expecting(20);
        check(&read, &[("00CA01A014", "6C02"), ("00CA01A002", "AABB9000")], "AABB9000");
    }

    #[test]
    fn long_data_go_in_a_chain_that_stops_at_a_refusal() {
        let sign = Command::new(0, 0x2A, 0x9E, 0x9A).with_data(vec![0; 256]).expecting(256);
        let first: &'static str = Box::leak(format!("102A9E9AFF{}", "00".repeat(255)).into());
        check(&sign, &[(first, "9000"), ("002A9E9A010000", "AA9000")], "AA9000");
        check(&sign, &[(first, "6883")], "6883");
    }

    #[test]
    fn a_card_that_never_ends_is_left() {
        struct Endless(usize);
        impl Card for Endless {
            fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, Error> {
                self.0 += 1;
                let mut answer = vec![0; if self.0 > 300 { 0 } else { 256 }];
                answer.extend([0x61, 0x00]);
                Ok(answer)
            }
        }
        let read = Command::new(0, 0xB0, 0, 0).expecting(256);
        for start in [0, 300] {
            let error = exchange(&mut Endless(start), &read).unwrap_err();
            assert!(matches!(error, Error::Malformed(_)), "{error}");
        }
    }
}
