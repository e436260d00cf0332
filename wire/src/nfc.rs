//! FIDO over ISO 7816: the application identifier and instructions of keys in a reader.
//!
//! Spec: CTAP 2.1 section 11.3.

use crate::apdu::Command;

/// The application identifier of every FIDO key.
pub const AID: [u8; 8] = [0xA0, 0x00, 0x00, 0x06, 0x47, 0x2F, 0x00, 0x01];
/// CLA of the CTAP2 instructions.
pub const CLASS: u8 = 0x80;
/// INS: a CTAP2 message.
pub const MSG: u8 = 0x10;
/// INS: asks how a message goes on, after status [`KEEPALIVE`].
pub const GET_RESPONSE: u8 = 0x11;
/// INS: control; P1 = 01 ends the session.
pub const CONTROL: u8 = 0x12;
/// P1 of [`MSG`]: the host accepts keep-alives and asks with [`GET_RESPONSE`].
pub const KEEPALIVE_ACCEPTED: u8 = 0x80;
/// P1 of [`GET_RESPONSE`]: ends the pending message.
pub const CANCEL: u8 = 0x11;
/// Status of a message still in work; one byte of data tells why.
pub const KEEPALIVE: crate::apdu::Status = crate::apdu::Status(0x9100);
/// What SELECT answers where the key has no U2F.
pub const FIDO_2_0: &[u8] = b"FIDO_2_0";

/// Selects the FIDO application.
#[must_use]
pub fn select() -> Command {
    Command::new(0x00, 0xA4, 0x04, 0x00).with_data(AID).expecting(crate::apdu::SHORT_RESPONSE)
}

/// Carries a CTAP2 request (command byte and CBOR).
pub fn message(request: impl Into<Vec<u8>>, keepalive: Keepalive) -> Command {
    let p1 = match keepalive {
        Keepalive::Accepted => KEEPALIVE_ACCEPTED,
        Keepalive::Refused => 0,
    };
    Command::new(CLASS, MSG, p1, 0).with_data(request).expecting(crate::apdu::SHORT_RESPONSE)
}

/// Whether the host can be told to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keepalive {
    /// It asks again with [`GET_RESPONSE`].
    Accepted,
    /// It waits for the one answer.
    Refused,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apdu::Form;

    /// The first two commands of python-fido2 2.2.1 to a key in a reader.
    #[test]
    fn select_and_get_info_have_the_known_bytes() {
        let hex = |command: Command| hex::encode(command.write(Form::Short).unwrap());
        assert_eq!(hex(select()), "00a4040008a0000006472f000100");
        assert_eq!(hex(message([4], Keepalive::Accepted)), "80108000010400");
    }
}
