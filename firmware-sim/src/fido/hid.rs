//! CTAPHID on the key's side: channels, the one transaction at a time, time-outs and the lock.
//!
//! Spec: CTAP 2.1 section 11.2, USB HID.

use std::time::Duration;

use wire::ctaphid::{
    self, Assembly, Capabilities, Channel, Command, ErrorCode, InitAnswer, Message, Packet,
    Progress, Report,
};

use crate::device::Time;

/// A message not whole after this time since its last report is given up.
pub(crate) const MESSAGE_TIMEOUT: Duration = Duration::from_millis(500);

const PROTOCOL: u8 = 2;
const DEVICE: [u8; 3] = [1, 0, 0];
const LONGEST_LOCK: u8 = 10;

/// The framing state of one key.
#[derive(Debug, Clone)]
pub(crate) struct Framing {
    capabilities: Capabilities,
    /// Channels 1 to this number are given out.
    channels: u32,
    transaction: Transaction,
    lock: Option<Lock>,
}

#[derive(Debug, Clone)]
enum Transaction {
    Idle,
    Receiving { assembly: Assembly, until: Time },
}

#[derive(Debug, Clone, Copy)]
struct Lock {
    holder: Channel,
    until: Time,
}

/// What a report leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// These reports go to the host; there may be none.
    Reply(Vec<Report>),
    /// A whole U2F or CTAP2 message; its answer goes through [`answer`].
    Deliver(Message),
}

impl Framing {
    /// A key that was just plugged in.
    pub(crate) fn new(capabilities: Capabilities) -> Self {
        Self { capabilities, channels: 0, transaction: Transaction::Idle, lock: None }
    }

    /// Takes one report. The caller lets time reach `now` first, with [`Framing::expire`].
    pub(crate) fn receive(&mut self, report: &Report, now: Time) -> Step {
        let packet = Packet::read(report);
        let transaction = std::mem::replace(&mut self.transaction, Transaction::Idle);
        match (&packet, transaction) {
            (Packet::Init { channel, command, .. }, transaction) => {
                self.begin(&packet, *channel, *command, transaction, now)
            }
            (Packet::Continuation { channel, .. }, Transaction::Receiving { assembly, .. })
                if assembly.channel() == *channel =>
            {
                self.progress(*channel, assembly.push(&packet), now)
            }
            // Without a transaction of its own a continuation is ignored.
            (Packet::Continuation { .. }, transaction) => {
                self.transaction = transaction;
                Step::Reply(Vec::new())
            }
        }
    }

    /// Power was cut and came back: no channel, no transaction, no lock.
    pub(crate) fn power_cycle(&mut self) {
        *self = Self::new(self.capabilities);
    }

    /// When the message being received is given up.
    pub(crate) fn due(&self) -> Option<Time> {
        match &self.transaction {
            Transaction::Idle => None,
            Transaction::Receiving { until, .. } => Some(*until),
        }
    }

    /// Lets time reach `now`: gives up a message whose rest did not come.
    pub(crate) fn expire(&mut self, now: Time) -> Vec<Report> {
        match &self.transaction {
            Transaction::Receiving { assembly, until } if *until <= now => {
                let channel = assembly.channel();
                self.transaction = Transaction::Idle;
                error(channel, ErrorCode::Timeout)
            }
            Transaction::Receiving { .. } | Transaction::Idle => Vec::new(),
        }
    }

    fn begin(
        &mut self,
        packet: &Packet,
        channel: Channel,
        command: Command,
        transaction: Transaction,
        now: Time,
    ) -> Step {
        if !self.may_use(channel, command) {
            self.transaction = transaction;
            return Step::Reply(error(channel, ErrorCode::InvalidChannel));
        }
        if let Transaction::Receiving { assembly, .. } = &transaction {
            if assembly.channel() != channel {
                self.transaction = transaction;
                return Step::Reply(error(channel, ErrorCode::ChannelBusy));
            }
            if command != Command::Init {
                return Step::Reply(error(channel, ErrorCode::InvalidSequence));
            }
        }
        if self.lock.is_some_and(|lock| now < lock.until && lock.holder != channel) {
            return Step::Reply(error(channel, ErrorCode::ChannelBusy));
        }
        if !self.knows(command) {
            return Step::Reply(error(channel, ErrorCode::InvalidCommand));
        }
        self.progress(channel, Assembly::start(packet), now)
    }

    fn may_use(&self, channel: Channel, command: Command) -> bool {
        match channel {
            Channel::RESERVED => false,
            Channel::BROADCAST => command == Command::Init,
            Channel(number) => number <= self.channels,
        }
    }

    fn knows(&self, command: Command) -> bool {
        match command {
            Command::Init | Command::Ping | Command::Lock | Command::Cancel => true,
            Command::Wink => self.capabilities.0 & Capabilities::WINK != 0,
            Command::Msg => self.capabilities.speaks_u2f(),
            Command::Cbor => self.capabilities.speaks_ctap2(),
            Command::Keepalive | Command::Error | Command::Vendor(_) | Command::Unknown(_) => false,
        }
    }

    fn progress(
        &mut self,
        channel: Channel,
        progress: Result<Progress, ctaphid::Error>,
        now: Time,
    ) -> Step {
        match progress {
            Ok(Progress::Partial(assembly)) => {
                self.transaction =
                    Transaction::Receiving { assembly, until: now + MESSAGE_TIMEOUT };
                Step::Reply(Vec::new())
            }
            Ok(Progress::Complete(message)) => self.complete(message, now),
            Err(ctaphid::Error::TooLong(_)) => {
                Step::Reply(error(channel, ErrorCode::InvalidLength))
            }
            Err(
                ctaphid::Error::Sequence { .. }
                | ctaphid::Error::Kind
                | ctaphid::Error::InitLength(_),
            ) => Step::Reply(error(channel, ErrorCode::InvalidSequence)),
        }
    }

    fn complete(&mut self, message: Message, now: Time) -> Step {
        let Message { channel, command, ref payload } = message;
        match command {
            Command::Init => Step::Reply(self.init(channel, payload)),
            Command::Ping => Step::Reply(answer(channel, Command::Ping, payload)),
            Command::Lock => Step::Reply(self.lock(channel, payload, now)),
            Command::Wink if payload.is_empty() => Step::Reply(answer(channel, command, &[])),
            Command::Msg | Command::Cbor if !payload.is_empty() => Step::Deliver(message),
            // No request is ever pending here: a touch is given or refused at once.
            Command::Cancel => Step::Reply(Vec::new()),
            Command::Wink | Command::Msg | Command::Cbor => {
                Step::Reply(error(channel, ErrorCode::InvalidLength))
            }
            Command::Keepalive | Command::Error | Command::Vendor(_) | Command::Unknown(_) => {
                Step::Reply(error(channel, ErrorCode::InvalidCommand))
            }
        }
    }

    fn init(&mut self, channel: Channel, payload: &[u8]) -> Vec<Report> {
        let Ok(nonce) = <[u8; 8]>::try_from(payload) else {
            return error(channel, ErrorCode::InvalidLength);
        };
        let given = if channel == Channel::BROADCAST {
            let next = Channel(self.channels.saturating_add(1));
            if next == Channel::BROADCAST {
                return error(channel, ErrorCode::Other);
            }
            self.channels = next.0;
            next
        } else {
            channel
        };
        let init = InitAnswer {
            nonce,
            channel: given,
            protocol: PROTOCOL,
            device: DEVICE,
            capabilities: self.capabilities,
        };
        answer(channel, Command::Init, &init.write())
    }

    fn lock(&mut self, channel: Channel, payload: &[u8], now: Time) -> Vec<Report> {
        match payload {
            [0] => self.lock = None,
            [seconds @ 1..=LONGEST_LOCK] => {
                let until = now + Duration::from_secs(u64::from(*seconds));
                self.lock = Some(Lock { holder: channel, until });
            }
            [_] => return error(channel, ErrorCode::InvalidParameter),
            _ => return error(channel, ErrorCode::InvalidLength),
        }
        answer(channel, Command::Lock, &[])
    }
}

/// The reports of an answer; one that is too long for the transport becomes an error report.
pub(crate) fn answer(channel: Channel, command: Command, payload: &[u8]) -> Vec<Report> {
    ctaphid::split(channel, command, payload)
        .unwrap_or_else(|_| error(channel, ErrorCode::InvalidLength))
}

fn error(channel: Channel, code: ErrorCode) -> Vec<Report> {
    ctaphid::split(channel, Command::Error, &[code as u8]).expect("one byte fits a report")
}
