//! CTAPHID on the key's side: channels, the one transaction at a time, time-outs.
//!
//! INIT is answered at any time and on any channel, one that was not given out included: the
//! conformance suites in use do both, the first also while another channel holds the lock.
//! Spec: CTAP 2.1 section 11.2, USB HID.

use std::collections::VecDeque;
use std::time::Duration;

use wire::ctaphid::{
    self, Assembly, Capabilities, Channel, Command, ErrorCode, InitAnswer, Keepalive, Message,
    Packet, Progress, Report,
};

use crate::device::Time;

/// A message not whole after this time since its last report is given up.
pub(crate) const MESSAGE_TIMEOUT: Duration = Duration::from_millis(500);

/// How often a host hears that the key waits for a touch.
pub(crate) const KEEPALIVE: Duration = Duration::from_millis(100);

/// The longest lock, in seconds.
const LONGEST_LOCK: u8 = 10;

/// How many channels of the hosts' own number are open at once; then the oldest goes.
pub(crate) const ADOPTED: usize = 64;

const PROTOCOL: u8 = 2;
const DEVICE: [u8; 3] = [1, 0, 0];

/// The framing state of one key.
#[derive(Debug, Clone)]
pub(crate) struct Framing {
    capabilities: Capabilities,
    /// Channels 1 to this number are given out.
    channels: u32,
    /// Channels that hosts opened by a number of their own, oldest first; at most [`ADOPTED`].
    adopted: VecDeque<u32>,
    transaction: Transaction,
    lock: Option<Lock>,
}

#[derive(Debug, Clone)]
enum Transaction {
    Idle,
    Receiving {
        assembly: Assembly,
        until: Time,
    },
    /// The message is whole, and its answer waits for a touch.
    Waiting {
        channel: Channel,
        keepalive: Time,
    },
}

impl Transaction {
    /// Whose it is.
    fn channel(&self) -> Option<Channel> {
        match self {
            Self::Idle => None,
            Self::Receiving { assembly, .. } => Some(assembly.channel()),
            Self::Waiting { channel, .. } => Some(*channel),
        }
    }
}

/// One channel has the key for itself.
#[derive(Debug, Clone, Copy)]
struct Lock {
    channel: Channel,
    until: Time,
}

/// What a report leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// These reports go to the host; there may be none.
    Reply(Vec<Report>),
    /// A whole U2F or CTAP2 message; its answer goes through [`answer`], or [`Framing::wait`].
    Deliver(Message),
    /// The host takes back the message that waits; its answer goes through [`Framing::finish`].
    Cancel,
    /// The host begins anew: the message that waits gets no answer; these reports go to the host.
    Abort(Vec<Report>),
}

impl Framing {
    /// A key that was just plugged in.
    pub(crate) fn new(capabilities: Capabilities) -> Self {
        Self {
            capabilities,
            channels: 0,
            adopted: VecDeque::new(),
            transaction: Transaction::Idle,
            lock: None,
        }
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

    /// Power was cut and came back: no channel, no transaction.
    pub(crate) fn power_cycle(&mut self) {
        *self = Self::new(self.capabilities);
    }

    /// When the message being received is given up.
    pub(crate) fn due(&self) -> Option<Time> {
        match &self.transaction {
            Transaction::Idle => None,
            Transaction::Receiving { until, .. } => Some(*until),
            Transaction::Waiting { keepalive, .. } => Some(*keepalive),
        }
    }

    /// The message of this channel waits for a touch: the first report that says so.
    pub(crate) fn wait(&mut self, channel: Channel, now: Time) -> Vec<Report> {
        self.transaction = Transaction::Waiting { channel, keepalive: now + KEEPALIVE };
        keepalive(channel)
    }

    /// The answer to the message that waited.
    pub(crate) fn finish(&mut self, payload: &[u8]) -> Vec<Report> {
        match std::mem::replace(&mut self.transaction, Transaction::Idle) {
            Transaction::Waiting { channel, .. } => answer(channel, Command::Cbor, payload),
            other @ (Transaction::Idle | Transaction::Receiving { .. }) => {
                self.transaction = other;
                Vec::new()
            }
        }
    }

    /// Lets time reach `now`: gives up a message whose rest did not come, and says to the host of
    /// one that waits that it still does.
    pub(crate) fn expire(&mut self, now: Time) -> Vec<Report> {
        match &mut self.transaction {
            Transaction::Receiving { assembly, until } if *until <= now => {
                let channel = assembly.channel();
                self.transaction = Transaction::Idle;
                error(channel, ErrorCode::Timeout)
            }
            Transaction::Waiting { channel, keepalive: due } if *due <= now => {
                // who looks late has missed some, and the next comes in its own time
                while *due <= now {
                    *due += KEEPALIVE;
                }
                keepalive(*channel)
            }
            Transaction::Receiving { .. } | Transaction::Waiting { .. } | Transaction::Idle => {
                Vec::new()
            }
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
        let owner = transaction.channel();
        let of_another = owner.is_some_and(|owner| owner != channel);
        let waits = matches!(transaction, Transaction::Waiting { .. });
        let is_init = command == Command::Init;
        let never = channel == Channel::RESERVED || (channel == Channel::BROADCAST && !is_init);
        if never || of_another || (waits && !is_init) {
            self.transaction = transaction;
        }
        let refused = if never {
            ErrorCode::InvalidChannel
        } else if is_init {
            let reports = self.init(channel, packet);
            let anew = waits && !of_another;
            return if anew { Step::Abort(reports) } else { Step::Reply(reports) };
        } else if command == Command::Cancel && (waits || of_another) {
            return if of_another { Step::Reply(Vec::new()) } else { Step::Cancel };
        } else if of_another || waits || self.is_locked_against(channel, now) {
            ErrorCode::ChannelBusy
        } else if owner.is_some() {
            ErrorCode::InvalidSequence
        } else if !self.is_open(channel) {
            ErrorCode::InvalidChannel
        } else if !self.knows(command) {
            ErrorCode::InvalidCommand
        } else {
            return self.progress(channel, Assembly::start(packet), now);
        };
        Step::Reply(error(channel, refused))
    }

    fn is_locked_against(&self, channel: Channel, now: Time) -> bool {
        self.lock.is_some_and(|lock| lock.channel != channel && now < lock.until)
    }

    /// Gives the key to one channel for so many seconds, or to all again.
    fn lock(&mut self, channel: Channel, payload: &[u8], now: Time) -> Vec<Report> {
        let [seconds] = *payload else { return error(channel, ErrorCode::InvalidLength) };
        if seconds > LONGEST_LOCK {
            return error(channel, ErrorCode::InvalidParameter);
        }
        let until = now + Duration::from_secs(seconds.into());
        self.lock = (seconds > 0).then_some(Lock { channel, until });
        answer(channel, Command::Lock, &[])
    }

    fn is_open(&self, Channel(number): Channel) -> bool {
        number <= self.channels || self.adopted.contains(&number)
    }

    fn knows(&self, command: Command) -> bool {
        match command {
            Command::Init | Command::Ping | Command::Cancel | Command::Lock => true,
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

    /// What a whole message leads to, other than INIT.
    fn complete(&mut self, message: Message, now: Time) -> Step {
        let Message { channel, command, ref payload } = message;
        match command {
            Command::Ping => Step::Reply(answer(channel, Command::Ping, payload)),
            Command::Wink if payload.is_empty() => Step::Reply(answer(channel, command, &[])),
            Command::Lock => Step::Reply(self.lock(channel, payload, now)),
            Command::Msg | Command::Cbor if !payload.is_empty() => Step::Deliver(message),
            // Nothing waits here that could be taken back.
            Command::Cancel => Step::Reply(Vec::new()),
            Command::Wink | Command::Msg | Command::Cbor => {
                Step::Reply(error(channel, ErrorCode::InvalidLength))
            }
            Command::Init
            | Command::Keepalive
            | Command::Error
            | Command::Vendor(_)
            | Command::Unknown(_) => Step::Reply(error(channel, ErrorCode::InvalidCommand)),
        }
    }

    /// Answers INIT, whose message is one report: a channel to whoever asks on the broadcast one,
    /// else the channel it came on.
    fn init(&mut self, channel: Channel, packet: &Packet) -> Vec<Report> {
        let nonce = match Assembly::start(packet) {
            Ok(Progress::Complete(message)) => <[u8; 8]>::try_from(message.payload).ok(),
            Ok(Progress::Partial(_)) | Err(_) => None,
        };
        let Some(nonce) = nonce else { return error(channel, ErrorCode::InvalidLength) };
        let given = match channel {
            Channel::BROADCAST => self.next_channel(),
            Channel(number) => {
                self.adopt(number);
                Some(channel)
            }
        };
        let Some(given) = given else { return error(channel, ErrorCode::Other) };
        let init = InitAnswer {
            nonce,
            channel: given,
            protocol: PROTOCOL,
            device: DEVICE,
            capabilities: self.capabilities,
        };
        answer(channel, Command::Init, &init.write())
    }

    /// Opens a channel by the host's own number; one that was used lately stays longest.
    fn adopt(&mut self, number: u32) {
        if number <= self.channels {
            return;
        }
        self.adopted.retain(|adopted| *adopted != number);
        if self.adopted.len() == ADOPTED {
            self.adopted.pop_front();
        }
        self.adopted.push_back(number);
    }

    /// Gives out the next channel that nobody uses.
    fn next_channel(&mut self) -> Option<Channel> {
        let mut free = self.channels.saturating_add(1)..Channel::BROADCAST.0;
        self.channels = free.find(|number| !self.adopted.contains(number))?;
        let given = self.channels;
        self.adopted.retain(|adopted| *adopted > given);
        Some(Channel(given))
    }
}

/// The reports of an answer; one that is too long for the transport becomes an error report.
pub(crate) fn answer(channel: Channel, command: Command, payload: &[u8]) -> Vec<Report> {
    ctaphid::split(channel, command, payload)
        .unwrap_or_else(|_| error(channel, ErrorCode::InvalidLength))
}

/// The report that says that the key waits for a touch.
pub(crate) fn keepalive(channel: Channel) -> Vec<Report> {
    answer(channel, Command::Keepalive, &[Keepalive::UpNeeded as u8])
}

/// The report of an error.
pub(crate) fn error(channel: Channel, code: ErrorCode) -> Vec<Report> {
    ctaphid::split(channel, Command::Error, &[code as u8]).expect("one byte fits a report")
}
