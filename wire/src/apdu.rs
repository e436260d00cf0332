//! APDUs: the commands and responses of ISO 7816-4, short, extended and chained.

/// The largest response a short command can ask for.
pub const SHORT_RESPONSE: u32 = 256;
/// The largest response an extended command can ask for.
pub const EXTENDED_RESPONSE: u32 = 65_536;

/// A command APDU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// CLA.
    pub class: u8,
    /// INS.
    pub instruction: u8,
    /// P1.
    pub p1: u8,
    /// P2.
    pub p2: u8,
    /// The command data, up to 65 535 bytes.
    pub data: Vec<u8>,
    /// Le: how many response bytes are asked for, 1 to 65 536; absent where none are.
    pub expected: Option<u32>,
}

/// The bit of CLA that says that more of the command follows.
pub const CHAINING: u8 = 0x10;

/// How lengths are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One byte each: at most 255 bytes of data and 256 of response.
    Short,
    /// Two bytes each, after a zero byte.
    Extended,
}

/// Why bytes are not an APDU, or a command cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Fewer than the four header bytes, or a response without its two status bytes.
    #[error("{0} bytes are too few for an APDU")]
    TooShort(usize),
    /// Lc and the bytes that follow do not fit.
    #[error("the length field does not fit the bytes that follow")]
    Length,
    /// The data do not fit the form.
    #[error("{0} bytes of data do not fit this form of APDU")]
    TooLong(usize),
    /// Parts of one chain name different commands.
    #[error("a command chain was broken off by another command")]
    Chain,
}

impl Command {
    /// A command without data that asks for no response bytes.
    #[must_use]
    pub fn new(class: u8, instruction: u8, p1: u8, p2: u8) -> Self {
        Self { class, instruction, p1, p2, data: Vec::new(), expected: None }
    }

    /// The same with data.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<Vec<u8>>) -> Self {
        self.data = data.into();
        self
    }

    /// The same, asking for up to `expected` response bytes.
    #[must_use]
    pub fn expecting(mut self, expected: u32) -> Self {
        self.expected = Some(expected);
        self
    }

    /// True where more parts of this command follow.
    #[must_use]
    pub fn is_chained(&self) -> bool {
        self.class & CHAINING != 0
    }

    /// Reads a short or extended command.
    ///
    /// Errors: [`Error::TooShort`], [`Error::Length`]. Spec: ISO 7816-4, cases 1 to 4.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let [class, instruction, p1, p2, body @ ..] = bytes else {
            return Err(Error::TooShort(bytes.len()));
        };
        let (data, expected) = match body {
            [] => (&[][..], None),
            [le] => (&[][..], Some(short_le(*le))),
            [0, high, low] => (&[][..], Some(extended_le(*high, *low))),
            [0, high, low, rest @ ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                let (data, le) = rest.split_at_checked(length).ok_or(Error::Length)?;
                match le {
                    [] => (data, None),
                    [high, low] => (data, Some(extended_le(*high, *low))),
                    _ => return Err(Error::Length),
                }
            }
            // A short Lc of zero is written by no case; the version query of U2F has it extended.
            [0, _] => return Err(Error::Length),
            [lc, rest @ ..] => {
                let (data, le) = rest.split_at_checked(usize::from(*lc)).ok_or(Error::Length)?;
                match le {
                    [] => (data, None),
                    [le] => (data, Some(short_le(*le))),
                    _ => return Err(Error::Length),
                }
            }
        };
        let (class, instruction, p1, p2) = (*class, *instruction, *p1, *p2);
        Ok(Self { class, instruction, p1, p2, data: data.to_vec(), expected })
    }

    /// Writes the command in one APDU.
    ///
    /// Errors: [`Error::TooLong`] where the data do not fit the form.
    pub fn write(&self, form: Form) -> Result<Vec<u8>, Error> {
        let mut out = vec![self.class, self.instruction, self.p1, self.p2];
        let too_long = || Error::TooLong(self.data.len());
        match form {
            Form::Short => {
                if !self.data.is_empty() {
                    out.push(u8::try_from(self.data.len()).map_err(|_| too_long())?);
                    out.extend_from_slice(&self.data);
                }
                if let Some(expected) = self.expected {
                    out.push(u8::try_from(expected).unwrap_or(0));
                }
            }
            Form::Extended => {
                if !self.data.is_empty() {
                    let length = u16::try_from(self.data.len()).map_err(|_| too_long())?;
                    out.push(0);
                    out.extend_from_slice(&length.to_be_bytes());
                    out.extend_from_slice(&self.data);
                }
                if let Some(expected) = self.expected {
                    if self.data.is_empty() {
                        out.push(0);
                    }
                    out.extend_from_slice(&u16::try_from(expected).unwrap_or(0).to_be_bytes());
                }
            }
        }
        Ok(out)
    }

    /// Cuts the command into a chain of short commands with at most `block` (1 to 255) bytes of
    /// data each; only the last asks for response bytes.
    ///
    /// Spec: ISO 7816-4, command chaining.
    #[must_use]
    pub fn chain(&self, block: u8) -> Vec<Self> {
        let block = usize::from(block.max(1));
        if self.data.len() <= block {
            return vec![self.clone()];
        }
        let parts = self.data.chunks(block);
        let last = parts.len() - 1;
        parts
            .enumerate()
            .map(|(i, part)| Self {
                class: if i < last { self.class | CHAINING } else { self.class },
                data: part.to_vec(),
                expected: if i < last { None } else { self.expected },
                ..*self
            })
            .collect()
    }
}

fn short_le(le: u8) -> u32 {
    if le == 0 { SHORT_RESPONSE } else { u32::from(le) }
}

fn extended_le(high: u8, low: u8) -> u32 {
    match u16::from_be_bytes([high, low]) {
        0 => EXTENDED_RESPONSE,
        le => u32::from(le),
    }
}

/// Puts the parts of command chains together, on the card's side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    begun: Option<Command>,
}

impl Chain {
    /// Takes a part. Gives the whole command after its last part, nothing before.
    ///
    /// Errors: [`Error::Chain`] where another command breaks in, [`Error::TooLong`] above
    /// `limit` bytes; the chain is dropped in both cases.
    pub fn push(&mut self, part: Command, limit: usize) -> Result<Option<Command>, Error> {
        let mut whole = match self.begun.take() {
            None => Command { data: Vec::new(), ..part.clone() },
            Some(begun) if begun.same_header(&part) => begun,
            Some(_) => return Err(Error::Chain),
        };
        whole.data.extend_from_slice(&part.data);
        if whole.data.len() > limit {
            return Err(Error::TooLong(whole.data.len()));
        }
        if part.is_chained() {
            self.begun = Some(whole);
            return Ok(None);
        }
        Ok(Some(Command { class: part.class, expected: part.expected, ..whole }))
    }

    /// Forgets a chain that was begun.
    pub fn clear(&mut self) {
        self.begun = None;
    }
}

impl Command {
    fn same_header(&self, other: &Self) -> bool {
        let header = |c: &Self| (c.class & !CHAINING, c.instruction, c.p1, c.p2);
        header(self) == header(other)
    }
}

/// SW1 and SW2 of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(pub u16);

impl Status {
    /// The command was carried out.
    pub const OK: Self = Self(0x9000);
    /// Wrong length.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// The file ended before as many bytes as were asked for: a warning beside the data.
    pub const END_OF_FILE: Self = Self(0x6282);
    /// The last command of the chain was expected.
    pub const LAST_OF_CHAIN_EXPECTED: Self = Self(0x6883);
    /// Command chaining is not supported.
    pub const CHAINING_NOT_SUPPORTED: Self = Self(0x6884);
    /// A PIN must be verified first.
    pub const SECURITY_NOT_SATISFIED: Self = Self(0x6982);
    /// The PIN is blocked.
    pub const BLOCKED: Self = Self(0x6983);
    /// Conditions of use are not satisfied; U2F: touch needed.
    pub const CONDITIONS_NOT_SATISFIED: Self = Self(0x6985);
    /// No current elementary file; U2F: not allowed.
    pub const NOT_ALLOWED: Self = Self(0x6986);
    /// The data are wrong; U2F: unknown key handle.
    pub const WRONG_DATA: Self = Self(0x6A80);
    /// The function is not supported.
    pub const FUNCTION_NOT_SUPPORTED: Self = Self(0x6A81);
    /// The file was not found.
    pub const FILE_NOT_FOUND: Self = Self(0x6A82);
    /// P1 or P2 is wrong.
    pub const WRONG_P1P2: Self = Self(0x6A86);
    /// The referenced data were not found.
    pub const REFERENCE_NOT_FOUND: Self = Self(0x6A88);
    /// The offset is past the end of the file.
    pub const WRONG_OFFSET: Self = Self(0x6B00);
    /// The instruction is not known.
    pub const UNKNOWN_INSTRUCTION: Self = Self(0x6D00);
    /// The class is not known.
    pub const UNKNOWN_CLASS: Self = Self(0x6E00);

    /// 63Cx: the PIN was wrong and can be tried `tries` (0 to 15) more times.
    #[must_use]
    pub fn tries_left(tries: u8) -> Self {
        Self(0x63C0 | u16::from(tries & 0x0F))
    }

    /// 61xx: more bytes wait for GET RESPONSE; 0 stands for 256 or more.
    #[must_use]
    pub fn more(bytes: u8) -> Self {
        Self(0x6100 | u16::from(bytes))
    }

    /// SW1.
    #[must_use]
    pub fn sw1(self) -> u8 {
        self.0.to_be_bytes()[0]
    }

    /// SW2.
    #[must_use]
    pub fn sw2(self) -> u8 {
        self.0.to_be_bytes()[1]
    }

    /// The tries left, where this is 63Cx.
    #[must_use]
    pub fn tries(self) -> Option<u8> {
        (self.0 & 0xFFF0 == 0x63C0).then(|| self.sw2() & 0x0F)
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

/// A response APDU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The response data, up to 65 536 bytes.
    pub data: Vec<u8>,
    /// SW1 and SW2.
    pub status: Status,
}

impl Response {
    /// A response with data and status 9000.
    pub fn ok(data: impl Into<Vec<u8>>) -> Self {
        Self { data: data.into(), status: Status::OK }
    }

    /// A response that is a status alone.
    #[must_use]
    pub fn status(status: Status) -> Self {
        Self { data: Vec::new(), status }
    }

    /// Reads a response.
    ///
    /// Errors: [`Error::TooShort`] without two status bytes.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let Some((data, sw)) = bytes.split_last_chunk::<2>() else {
            return Err(Error::TooShort(bytes.len()));
        };
        Ok(Self { data: data.to_vec(), status: Status(u16::from_be_bytes(*sw)) })
    }

    /// Writes the response.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut out = self.data.clone();
        out.extend_from_slice(&self.status.0.to_be_bytes());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(hex: &str, form: Form, command: &Command) {
        let bytes = hex::decode(hex).unwrap();
        assert_eq!(Command::read(&bytes).as_ref(), Ok(command), "{hex}");
        assert_eq!(hex::encode(command.write(form).unwrap()), hex);
    }

    #[test]
    fn the_four_cases_read_and_write_short_and_extended() {
        let c = Command::new(0x00, 0xA4, 0x04, 0x00);
        check("00a40400", Form::Short, &c);
        check("00a4040000", Form::Short, &c.clone().expecting(256));
        check("00a4040014", Form::Short, &c.clone().expecting(20));
        check("00a40400020102", Form::Short, &c.clone().with_data([1, 2]));
        check("00a4040002010200", Form::Short, &c.clone().with_data([1, 2]).expecting(256));
        check("00a40400000000", Form::Extended, &c.clone().expecting(65_536));
        check("00a40400000100", Form::Extended, &c.clone().expecting(256));
        check("00a404000000020102", Form::Extended, &c.clone().with_data([1, 2]));
        check("00a4040000000201020000", Form::Extended, &c.with_data([1, 2]).expecting(65_536));
        // The version query of the U2F specification writes an extended Lc of zero.
        let version = Command::read(&hex::decode("000300000000000000").unwrap());
        assert_eq!(version, Ok(Command::new(0, 3, 0, 0).expecting(65_536)));
    }

    /// From the trace in the simulator's card: what OpenSC sends to select the PKCS#15 application.
    #[test]
    fn the_select_of_opensc_is_read() {
        let bytes = hex::decode("00a404000ca000000063504b43532d3135").unwrap();
        let select = Command::read(&bytes).unwrap();
        assert_eq!(select.data, b"\xA0\x00\x00\x00\x63PKCS-15");
        assert_eq!(select.expected, None);
    }

    #[test]
    fn lengths_that_do_not_fit_are_refused() {
        assert_eq!(Command::read(&hex::decode("00a40400030102").unwrap()), Err(Error::Length));
        assert_eq!(Command::read(&hex::decode("00a404000201020000").unwrap()), Err(Error::Length));
        assert_eq!(Command::read(&hex::decode("00a4040000000301").unwrap()), Err(Error::Length));
        for hex in ["00a404000000", "00a404000001", "00a4040000000000", "00a4040001020304"] {
            assert_eq!(Command::read(&hex::decode(hex).unwrap()), Err(Error::Length), "{hex}");
        }
        assert_eq!(
            Command::read(&hex::decode("00a4040000").unwrap()[..3]),
            Err(Error::TooShort(3))
        );
        assert_eq!(
            Command::new(0, 1, 2, 3).with_data([0; 256]).write(Form::Short),
            Err(Error::TooLong(256))
        );
    }

    #[test]
    fn a_chain_asks_for_a_response_only_at_its_end() {
        let parts = Command::new(0x80, 0x10, 0x80, 0).with_data([5; 600]).expecting(256).chain(250);
        let shape: Vec<_> = parts.iter().map(|p| (p.class, p.data.len(), p.expected)).collect();
        assert_eq!(shape, [(0x90, 250, None), (0x90, 250, None), (0x80, 100, Some(256))]);
    }

    #[test]
    fn another_command_breaks_a_chain_off() {
        let mut chain = Chain::default();
        let part = Command::new(0x10, 0x2A, 0x9E, 0x9A).with_data([1]);
        assert_eq!(chain.push(part, 600), Ok(None));
        assert_eq!(chain.push(Command::new(0, 0xA4, 4, 0), 600), Err(Error::Chain));
        let select = Command::new(0, 0xA4, 4, 0);
        assert_eq!(chain.push(select.clone(), 600), Ok(Some(select)));
    }

    #[test]
    fn a_chain_above_the_limit_is_dropped() {
        let mut chain = Chain::default();
        let part = Command::new(0x10, 0x2A, 0x9E, 0x9A).with_data([1; 200]);
        assert_eq!(chain.push(part.clone(), 300), Ok(None));
        assert_eq!(chain.push(part, 300), Err(Error::TooLong(400)));
    }

    #[test]
    fn tries_left_are_read_from_63cx_only() {
        assert_eq!(Status(0x63C2).tries(), Some(2));
        assert_eq!(Status::BLOCKED.tries(), None);
        assert_eq!(Status::tries_left(1).to_string(), "63C1");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            header: [u8; 4], data in prop::collection::vec(any::<u8>(), 0..70_000),
            expected in prop::option::of(1u32..=65_536),
        ) {
            let [class, instruction, p1, p2] = header;
            let command = Command { class, instruction, p1, p2, data, expected };
            match command.write(Form::Extended) {
                Ok(bytes) => prop_assert_eq!(Command::read(&bytes), Ok(command)),
                Err(error) => prop_assert_eq!(error, Error::TooLong(command.data.len())),
            }
        }

        /// Nothing is read but what is written so: one of the seven cases, or the version query of
        /// U2F with its extended Lc of zero.
        #[test]
        fn what_is_read_is_written_so(
            header: [u8; 4], body in prop_oneof![
                prop::collection::vec(0u8..4, 0..10),
                prop::collection::vec(any::<u8>(), 0..300),
            ],
        ) {
            let bytes = [&header[..], &body].concat();
            let Ok(command) = Command::read(&bytes) else { return Ok(()) };
            let forms = [Form::Short, Form::Extended].map(|form| command.write(form));
            let query = command.data.is_empty() && matches!(body[..], [0, 0, 0, _, _]);
            prop_assert!(query || forms.contains(&Ok(bytes)), "{command:?}");
        }

        #[test]
        fn a_chain_is_put_together_again(
            data in prop::collection::vec(any::<u8>(), 0..2000), block in 1u8..=255,
        ) {
            let command = Command::new(0x80, 0x10, 0, 0).with_data(data).expecting(256);
            let mut chain = Chain::default();
            let mut whole = None;
            for part in command.chain(block) {
                let part = Command::read(&part.write(Form::Short).unwrap()).unwrap();
                prop_assert!(whole.is_none());
                whole = chain.push(part, 2000).unwrap();
            }
            prop_assert_eq!(whole, Some(command));
        }

        #[test]
        fn no_bytes_make_the_readers_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Command::read(&bytes);
            let _ = Response::read(&bytes);
        }
    }
}
