//! CTAPHID: 64-byte reports that carry messages between a host and a security key over USB.
//!
//! Spec: CTAP 2.1 section 11.2, USB HID.

/// Bytes of one report, without the report number that hidraw puts before it.
pub const REPORT: usize = 64;
/// The longest message: 57 bytes in the first report and 59 in each of 128 more.
pub const MAX_MESSAGE: usize = INIT_DATA + 128 * CONTINUATION_DATA;

const INIT_DATA: usize = 57;
const CONTINUATION_DATA: usize = 59;

/// A report as it travels.
pub type Report = [u8; REPORT];

/// A logical channel between one host program and the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channel(pub u32);

impl Channel {
    /// The channel on which a host asks for one of its own.
    pub const BROADCAST: Self = Self(0xFFFF_FFFF);
    /// Never given out.
    pub const RESERVED: Self = Self(0);
}

/// What a message asks or answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    /// Echo.
    Ping,
    /// An U2F message (APDU).
    Msg,
    /// Keep the key for one channel.
    Lock,
    /// Open or resynchronise a channel.
    Init,
    /// Show the person which key this is.
    Wink,
    /// A CTAP2 message.
    Cbor,
    /// Ends the pending CTAP2 request.
    Cancel,
    /// The key is busy or waits for a touch.
    Keepalive,
    /// The key could not take the message.
    Error,
    /// 0x40 to 0x7F.
    Vendor(u8),
    /// Not assigned.
    Unknown(u8),
}

impl Command {
    /// From the seven-bit code.
    #[must_use]
    pub fn from_code(code: u8) -> Self {
        match code & 0x7F {
            0x01 => Self::Ping,
            0x03 => Self::Msg,
            0x04 => Self::Lock,
            0x06 => Self::Init,
            0x08 => Self::Wink,
            0x10 => Self::Cbor,
            0x11 => Self::Cancel,
            0x3B => Self::Keepalive,
            0x3F => Self::Error,
            vendor @ 0x40..=0x7F => Self::Vendor(vendor),
            other => Self::Unknown(other),
        }
    }

    /// The seven-bit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Ping => 0x01,
            Self::Msg => 0x03,
            Self::Lock => 0x04,
            Self::Init => 0x06,
            Self::Wink => 0x08,
            Self::Cbor => 0x10,
            Self::Cancel => 0x11,
            Self::Keepalive => 0x3B,
            Self::Error => 0x3F,
            Self::Vendor(code) | Self::Unknown(code) => code & 0x7F,
        }
    }
}

/// The byte of a [`Command::Keepalive`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keepalive {
    /// The key computes.
    Processing = 1,
    /// The key waits for a touch.
    UpNeeded = 2,
}

/// The byte of a [`Command::Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// The command is not known.
    InvalidCommand = 0x01,
    /// A parameter is wrong.
    InvalidParameter = 0x02,
    /// The length is wrong.
    InvalidLength = 0x03,
    /// A report came out of order.
    InvalidSequence = 0x04,
    /// The rest of the message did not come in time.
    Timeout = 0x05,
    /// Another channel's message is in work.
    ChannelBusy = 0x06,
    /// The command needs the lock.
    LockRequired = 0x0A,
    /// The channel was not given out.
    InvalidChannel = 0x0B,
    /// Anything else.
    Other = 0x7F,
}

impl ErrorCode {
    /// From the byte; an unassigned one counts as [`ErrorCode::Other`].
    #[must_use]
    pub fn from_code(code: u8) -> Self {
        [
            Self::InvalidCommand,
            Self::InvalidParameter,
            Self::InvalidLength,
            Self::InvalidSequence,
            Self::Timeout,
            Self::ChannelBusy,
            Self::LockRequired,
            Self::InvalidChannel,
        ]
        .into_iter()
        .find(|known| *known as u8 == code)
        .unwrap_or(Self::Other)
    }
}

/// Why a message cannot be split or put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The payload or the announced length is above [`MAX_MESSAGE`].
    #[error("a message of {0} bytes is longer than {MAX_MESSAGE}")]
    TooLong(usize),
    /// A continuation has another number than the next one.
    #[error("report {found} came where {expected} was due")]
    Sequence {
        /// The number that was due.
        expected: u8,
        /// The number that came.
        found: u8,
    },
    /// A continuation came where a message must begin, or the reverse.
    #[error("the report is of the wrong kind at this place")]
    Kind,
    /// The answer to INIT has not 17 bytes.
    #[error("an answer to INIT has 17 bytes, not {0}")]
    InitLength(usize),
}

/// One report, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet {
    /// The first report of a message.
    Init {
        /// Where it belongs.
        channel: Channel,
        /// What the message is.
        command: Command,
        /// Bytes of the whole message.
        length: u16,
        /// The first bytes, zero-padded.
        data: [u8; INIT_DATA],
    },
    /// A further report.
    Continuation {
        /// Where it belongs.
        channel: Channel,
        /// 0, 1, 2, … 127.
        sequence: u8,
        /// The next bytes, zero-padded.
        data: [u8; CONTINUATION_DATA],
    },
}

impl Packet {
    /// Reads a report; every 64 bytes are a packet.
    #[must_use]
    pub fn read(report: &Report) -> Self {
        let [a, b, c, d, kind, rest @ ..] = report;
        let channel = Channel(u32::from_be_bytes([*a, *b, *c, *d]));
        if kind & 0x80 == 0 {
            return Self::Continuation { channel, sequence: *kind, data: *rest };
        }
        let [high, low, data @ ..] = rest;
        let length = u16::from_be_bytes([*high, *low]);
        Self::Init { channel, command: Command::from_code(*kind), length, data: *data }
    }

    /// Writes the report.
    #[must_use]
    pub fn write(&self) -> Report {
        let mut report = [0; REPORT];
        let (channel, head, data): (_, &[u8], &[u8]) = match self {
            Self::Init { channel, command, length, data } => {
                let [high, low] = length.to_be_bytes();
                (channel, &[0x80 | command.code(), high, low], data)
            }
            Self::Continuation { channel, sequence, data } => (channel, &[*sequence], data),
        };
        let bytes = channel.0.to_be_bytes().into_iter().chain(head.iter().chain(data).copied());
        report.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        report
    }

    /// Where the packet belongs.
    #[must_use]
    pub fn channel(&self) -> Channel {
        match self {
            Self::Init { channel, .. } | Self::Continuation { channel, .. } => *channel,
        }
    }
}

/// A whole message on a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Where it belongs.
    pub channel: Channel,
    /// What it is.
    pub command: Command,
    /// 0 to [`MAX_MESSAGE`] bytes.
    pub payload: Vec<u8>,
}

/// Splits `payload` into reports: 57 bytes in the first, 59 in each further one.
///
/// Errors: [`Error::TooLong`] above [`MAX_MESSAGE`] bytes.
pub fn split(channel: Channel, command: Command, payload: &[u8]) -> Result<Vec<Report>, Error> {
    let length = u16::try_from(payload.len())
        .ok()
        .filter(|_| payload.len() <= MAX_MESSAGE)
        .ok_or(Error::TooLong(payload.len()))?;
    let (first, rest) = payload.split_at(payload.len().min(INIT_DATA));
    let init = Packet::Init { channel, command, length, data: padded(first) };
    let further = rest.chunks(CONTINUATION_DATA).zip(0..).map(|(chunk, sequence)| {
        Packet::Continuation { channel, sequence, data: padded(chunk) }.write()
    });
    Ok(std::iter::once(init.write()).chain(further).collect())
}

fn padded<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut padded = [0; N];
    padded.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    padded
}

/// A message whose reports are still coming in. The caller routes reports by channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assembly {
    channel: Channel,
    command: Command,
    payload: Vec<u8>,
    length: usize,
    next: u8,
}

/// Where a message stands after a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// More reports are due.
    Partial(Assembly),
    /// The message is whole.
    Complete(Message),
}

impl Assembly {
    /// Begins with the first report.
    ///
    /// Errors: [`Error::Kind`] for a continuation, [`Error::TooLong`] for an impossible length.
    pub fn start(packet: &Packet) -> Result<Progress, Error> {
        let Packet::Init { channel, command, length, data } = packet else {
            return Err(Error::Kind);
        };
        let length = usize::from(*length);
        if length > MAX_MESSAGE {
            return Err(Error::TooLong(length));
        }
        let payload = data.iter().take(length).copied().collect();
        let begun = Self { channel: *channel, command: *command, payload, length, next: 0 };
        Ok(begun.progress())
    }

    /// Adds the next report.
    ///
    /// Errors: [`Error::Sequence`] for another than the next, [`Error::Kind`] for a first report.
    pub fn push(mut self, packet: &Packet) -> Result<Progress, Error> {
        let Packet::Continuation { sequence, data, .. } = packet else {
            return Err(Error::Kind);
        };
        if *sequence != self.next {
            return Err(Error::Sequence { expected: self.next, found: *sequence });
        }
        self.next += 1;
        let missing = self.length - self.payload.len();
        self.payload.extend(data.iter().take(missing));
        Ok(self.progress())
    }

    /// The channel whose message this is.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel
    }

    fn progress(self) -> Progress {
        if self.payload.len() < self.length {
            return Progress::Partial(self);
        }
        let Self { channel, command, payload, .. } = self;
        Progress::Complete(Message { channel, command, payload })
    }
}

/// What the key can do, from the answer to INIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities(pub u8);

impl Capabilities {
    /// WINK is there.
    pub const WINK: u8 = 0x01;
    /// CBOR (CTAP2) is there.
    pub const CBOR: u8 = 0x04;
    /// MSG (U2F) is *not* there.
    pub const NMSG: u8 = 0x08;

    /// True where the key speaks CTAP2.
    #[must_use]
    pub fn speaks_ctap2(self) -> bool {
        self.0 & Self::CBOR != 0
    }

    /// True where the key speaks U2F.
    #[must_use]
    pub fn speaks_u2f(self) -> bool {
        self.0 & Self::NMSG == 0
    }
}

/// The 17-byte answer to INIT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitAnswer {
    /// The host's nonce, echoed.
    pub nonce: [u8; 8],
    /// The channel given out.
    pub channel: Channel,
    /// CTAPHID version, 2.
    pub protocol: u8,
    /// Major, minor, build of the device.
    pub device: [u8; 3],
    /// What the key can do.
    pub capabilities: Capabilities,
}

impl InitAnswer {
    /// Writes the payload.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut out = self.nonce.to_vec();
        out.extend_from_slice(&self.channel.0.to_be_bytes());
        out.push(self.protocol);
        out.extend_from_slice(&self.device);
        out.push(self.capabilities.0);
        out
    }

    /// Reads the payload; bytes after the 17th are for later versions and ignored.
    ///
    /// Errors: [`Error::InitLength`] for a shorter one.
    pub fn read(payload: &[u8]) -> Result<Self, Error> {
        let [n0, n1, n2, n3, n4, n5, n6, n7, a, b, c, d, protocol, x, y, z, flags, ..] = *payload
        else {
            return Err(Error::InitLength(payload.len()));
        };
        Ok(Self {
            nonce: [n0, n1, n2, n3, n4, n5, n6, n7],
            channel: Channel(u32::from_be_bytes([a, b, c, d])),
            protocol,
            device: [x, y, z],
            capabilities: Capabilities(flags),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn join(reports: &[Report]) -> Result<Progress, Error> {
        let mut packets = reports.iter().map(Packet::read);
        let first = Assembly::start(&packets.next().unwrap())?;
        packets.try_fold(first, |progress, packet| match progress {
            Progress::Partial(assembly) => assembly.push(&packet),
            Progress::Complete(_) => panic!("a report too many"),
        })
    }

    /// The bytes python-fido2 2.2.1 writes for INIT with nonce 01..08.
    #[test]
    fn an_init_request_has_the_bytes_of_the_specification() {
        let reports = split(Channel::BROADCAST, Command::Init, &[1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
        assert_eq!(reports.len(), 1);
        assert!(hex::encode(reports[0]).starts_with("ffffffff8600080102030405060708000000"));
    }

    #[test]
    fn the_second_report_begins_with_sequence_zero() {
        let reports = split(Channel(0x0A0B_0C0D), Command::Ping, &[7; 58]).unwrap();
        assert_eq!(hex::encode(&reports[1][..7]), "0a0b0c0d000700");
    }

    #[test]
    fn the_longest_message_takes_129_reports_and_one_byte_more_is_refused() {
        assert_eq!(MAX_MESSAGE, 7609);
        assert_eq!(split(Channel(1), Command::Cbor, &[0; MAX_MESSAGE]).unwrap().len(), 129);
        assert_eq!(split(Channel(1), Command::Cbor, &[0; 7610]), Err(Error::TooLong(7610)));
    }

    #[test]
    fn a_report_out_of_order_is_an_error() {
        let mut reports = split(Channel(1), Command::Cbor, &[9; 300]).unwrap();
        reports.swap(1, 2);
        assert_eq!(join(&reports), Err(Error::Sequence { expected: 0, found: 1 }));
    }

    #[test]
    fn an_announced_length_above_the_limit_is_an_error() {
        let packet = Packet::Init {
            channel: Channel(1),
            command: Command::Cbor,
            length: 7610,
            data: [0; 57],
        };
        assert_eq!(Assembly::start(&packet), Err(Error::TooLong(7610)));
    }

    #[test]
    fn every_command_code_survives_the_round_trip() {
        for code in 0..0x80 {
            assert_eq!(Command::from_code(code).code(), code);
        }
    }

    proptest! {
        #[test]
        fn what_is_split_is_put_together_again(
            payload in prop::collection::vec(any::<u8>(), 0..=MAX_MESSAGE), channel: u32, code in 0u8..0x80,
        ) {
            let (channel, command) = (Channel(channel), Command::from_code(code));
            let reports = split(channel, command, &payload).unwrap();
            prop_assert_eq!(
                join(&reports),
                Ok(Progress::Complete(Message { channel, command, payload }))
            );
        }

        #[test]
        fn every_report_is_written_as_it_was_read(report in prop::collection::vec(any::<u8>(), 64)) {
            let report: Report = report.try_into().unwrap();
            prop_assert_eq!(Packet::read(&report).write(), report);
        }

        #[test]
        fn no_answer_to_init_makes_the_reader_panic(payload in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(answer) = InitAnswer::read(&payload) {
                prop_assert_eq!(&answer.write()[..], &payload[..17]);
            }
        }
    }
}
