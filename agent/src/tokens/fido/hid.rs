//! Security keys over USB HID: found and opened through hidapi, spoken to in CTAPHID messages.
//!
//! Spec: CTAP 2.1, USB HID (reference: section 11.2).

use std::ffi::{CStr, CString};
use std::time::Duration;

use hidapi::{HidApi, HidDevice};
use wire::apdu;
use wire::ctaphid::{
    Assembly, Channel, Command, ErrorCode, InitAnswer, Keepalive, Message, Packet, Progress,
    Report, split,
};

use super::error::Error;
use super::link::{Link, Protocols, SLICE, Transport, Watch};
use crate::clock::Deadline;

/// The usage page and the usage of a FIDO key.
const FIDO_USAGE: (u16, u16) = (0xF1D0, 0x01);
/// How long a key may say nothing, not even that it is busy.
const SILENCE: Duration = Duration::from_secs(5);
/// How long a key has to end a cancelled request.
const CANCEL: Duration = Duration::from_millis(500);
/// How often a busy key is asked again, and after what time.
const BUSY: (u32, Duration) = (20, Duration::from_millis(100));

/// A security key that is plugged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where the system has it, such as `/dev/hidraw0`.
    pub path: CString,
    /// What it calls itself.
    pub product: String,
    /// USB vendor id.
    pub vendor_id: u16,
    /// USB product id.
    pub product_id: u16,
}

/// The security keys that are plugged in now, each once.
///
/// Errors: the system's HID devices cannot be listed.
pub fn list() -> Result<Vec<Found>, Error> {
    let api = HidApi::new().map_err(|e| system("list the USB keys", e))?;
    let mut found: Vec<Found> = api
        .device_list()
        .filter(|device| (device.usage_page(), device.usage()) == FIDO_USAGE)
        .map(|device| Found {
            path: device.path().to_owned(),
            product: device.product_string().unwrap_or_default().to_owned(),
            vendor_id: device.vendor_id(),
            product_id: device.product_id(),
        })
        .collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|a, b| a.path == b.path);
    Ok(found)
}

/// Opens the key at `path` and a channel to it.
///
/// Errors: the system refuses, or the key does not answer; as `watch` says.
pub fn open(path: &CStr, watch: &mut dyn Watch) -> Result<Hid<HidDevice>, Error> {
    let api = HidApi::new().map_err(|e| system("use HID devices", e))?;
    let device = api.open_path(path).map_err(|e| system("open the USB key", e))?;
    let mut nonce = [0; 8];
    getrandom::fill(&mut nonce)
        .map_err(|e| system("get random bytes", std::io::Error::other(e.to_string())))?;
    Hid::open(device, nonce, watch)
}

fn system(what: &'static str, source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::System { what, source: Box::new(source) }
}

/// Something that carries reports.
pub trait Pipe: Send {
    /// Sends a report.
    ///
    /// Errors: the device is gone.
    fn write(&mut self, report: &Report) -> Result<(), Error>;

    /// Receives a report; `None` where none comes within `time`.
    ///
    /// Errors: the device is gone.
    fn read(&mut self, time: Duration) -> Result<Option<Report>, Error>;
}

impl Pipe for HidDevice {
    fn write(&mut self, report: &Report) -> Result<(), Error> {
        // hidapi wants the report number first; FIDO keys have only number 0.
        let numbered: Vec<u8> = std::iter::once(0).chain(report.iter().copied()).collect();
        HidDevice::write(self, &numbered).map(|_| ()).map_err(|_| Error::Removed)
    }

    fn read(&mut self, time: Duration) -> Result<Option<Report>, Error> {
        let mut report: Report = [0; 64];
        let time = i32::try_from(time.as_millis()).unwrap_or(i32::MAX);
        match self.read_timeout(&mut report, time) {
            Ok(0) => Ok(None),
            Ok(64) => Ok(Some(report)),
            Ok(other) => Err(Error::malformed(format!("a report of {other} bytes"))),
            Err(_) => Err(Error::Removed),
        }
    }
}

/// An open channel to a key.
#[derive(Debug)]
pub struct Hid<P> {
    pipe: P,
    channel: Channel,
    protocols: Protocols,
}

impl<P: Pipe> Hid<P> {
    /// Asks for a channel with `nonce`, which must be fresh.
    ///
    /// Answers to other programs' nonces are passed over. Errors: no answer in time, or a malformed
    /// one; as `watch` says.
    pub fn open(mut pipe: P, nonce: [u8; 8], watch: &mut dyn Watch) -> Result<Self, Error> {
        for report in split(Channel::BROADCAST, Command::Init, &nonce)? {
            pipe.write(&report)?;
        }
        // What others are told does not make the time longer.
        let until = Deadline::after(SILENCE);
        let mut silence = Duration::ZERO;
        while silence < SILENCE && !until.is_over() {
            watch.flow().check()?;
            let Some(report) = pipe.read(SLICE)? else {
                silence += SLICE;
                continue;
            };
            let packet = Packet::read(&report);
            let Packet::Init { channel: Channel::BROADCAST, command: Command::Init, .. } = packet
            else {
                continue;
            };
            let Ok(Progress::Complete(message)) = Assembly::start(&packet) else {
                return Err(Error::malformed("an answer to INIT in parts"));
            };
            let answer = InitAnswer::read(&message.payload)?;
            if answer.nonce != nonce {
                continue;
            }
            if [Channel::BROADCAST, Channel::RESERVED].contains(&answer.channel) {
                return Err(Error::malformed("a reserved channel was given out"));
            }
            let can = answer.capabilities;
            let protocols = match (can.speaks_ctap2(), can.speaks_u2f()) {
                (true, true) => Protocols::Both,
                (true, false) => Protocols::Ctap2,
                (false, true) => Protocols::U2f,
                (false, false) => return Err(Error::malformed("neither CTAP2 nor U2F")),
            };
            return Ok(Self { pipe, channel: answer.channel, protocols });
        }
        Err(Error::Silent)
    }

    /// Sends one message and waits for its answer, asking a busy key again.
    fn exchange(
        &mut self,
        command: Command,
        payload: &[u8],
        watch: &mut dyn Watch,
    ) -> Result<Vec<u8>, Error> {
        let (times, pause) = BUSY;
        for _ in 0..times {
            for report in split(self.channel, command, payload)? {
                self.pipe.write(&report)?;
            }
            match self.answer(command, watch) {
                Err(Error::Hid(ErrorCode::ChannelBusy)) => watch.pause(pause).check()?,
                other => return other,
            }
        }
        Err(Error::Busy)
    }

    fn answer(&mut self, command: Command, watch: &mut dyn Watch) -> Result<Vec<u8>, Error> {
        let mut silence = Duration::ZERO;
        let mut begun: Option<Assembly> = None;
        loop {
            if let Err(end) = watch.flow().check() {
                // A key that is gone by now needs no telling.
                let _ = self.cancel(command);
                return Err(end);
            }
            let Some(report) = self.pipe.read(SLICE)? else {
                silence += SLICE;
                if silence >= SILENCE {
                    return Err(Error::Silent);
                }
                continue;
            };
            let packet = Packet::read(&report);
            // The system gives every program all reports: other channels are other programs'.
            if packet.channel() != self.channel {
                continue;
            }
            silence = Duration::ZERO;
            let progress = match begun.take() {
                Some(assembly) => assembly.push(&packet)?,
                None => Assembly::start(&packet)?,
            };
            match progress {
                Progress::Partial(assembly) => begun = Some(assembly),
                Progress::Complete(message) => {
                    if let Some(answer) = finished(message, command, watch)? {
                        return Ok(answer);
                    }
                }
            }
        }
    }

    /// Tells the key to stop, and takes its last words so that the channel is clean.
    fn cancel(&mut self, command: Command) -> Result<(), Error> {
        // Only CTAP2 requests can be cancelled; U2F requests end at once by themselves.
        if command != Command::Cbor {
            return Ok(());
        }
        for report in split(self.channel, Command::Cancel, &[])? {
            self.pipe.write(&report)?;
        }
        let mut left = CANCEL;
        while !left.is_zero() {
            match self.pipe.read(SLICE)?.map(|report| Packet::read(&report)) {
                Some(Packet::Init { channel, command: Command::Cbor | Command::Error, .. })
                    if channel == self.channel =>
                {
                    return Ok(());
                }
                Some(_) | None => left = left.saturating_sub(SLICE),
            }
        }
        Ok(())
    }
}

/// The answer's payload, or nothing where the key only says that it is still busy.
fn finished(
    message: Message,
    command: Command,
    watch: &mut dyn Watch,
) -> Result<Option<Vec<u8>>, Error> {
    let first = message.payload.first().copied();
    if message.command == command {
        return Ok(Some(message.payload));
    }
    if message.command == Command::Error {
        return Err(Error::Hid(ErrorCode::from_code(first.unwrap_or_default())));
    }
    if message.command != Command::Keepalive {
        let other = message.command;
        return Err(Error::malformed(format!("{other:?} in answer to {command:?}")));
    }
    if first == Some(Keepalive::UpNeeded as u8) {
        watch.touch();
    }
    Ok(None)
}

impl<P: Pipe> Link for Hid<P> {
    fn transport(&self) -> Transport {
        Transport::Usb
    }

    fn protocols(&self) -> Protocols {
        self.protocols
    }

    fn ctap2(&mut self, request: &[u8], watch: &mut dyn Watch) -> Result<Vec<u8>, Error> {
        self.exchange(Command::Cbor, request, watch)
    }

    fn u2f(
        &mut self,
        command: &apdu::Command,
        watch: &mut dyn Watch,
    ) -> Result<apdu::Response, Error> {
        let command = command.write(apdu::Form::Extended)?;
        Ok(apdu::Response::read(&self.exchange(Command::Msg, &command, watch)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::fido::script::{Reports, Scripted};
    use proptest::prelude::*;
    use wire::ctaphid::Capabilities;

    const NONCE: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];
    const OURS: Channel = Channel(0x0A0B_0C0D);
    const OTHERS: Channel = Channel(0x0102_0304);

    fn init(nonce: [u8; 8], channel: Channel, capabilities: u8) -> Report {
        let capabilities = Capabilities(capabilities);
        let answer = InitAnswer { nonce, channel, protocol: 2, device: [1, 0, 0], capabilities };
        split(Channel::BROADCAST, Command::Init, &answer.write()).unwrap()[0]
    }

    fn one(channel: Channel, command: Command, payload: &[u8]) -> Report {
        split(channel, command, payload).unwrap()[0]
    }

    /// Opens a channel, asks, and takes `reports` for the answer.
    fn ask(reports: Vec<Report>, person: &mut Scripted) -> (Result<Vec<u8>, Error>, Reports) {
        let mut all = vec![init(NONCE, OURS, Capabilities::CBOR)];
        all.extend(reports);
        let mut hid = Hid::open(Reports::new(all), NONCE, &mut Scripted::default()).unwrap();
        (hid.ctap2(&[4], person), hid.pipe)
    }

    fn check(reports: Vec<Report>) -> Result<Vec<u8>, Error> {
        ask(reports, &mut Scripted::default()).0
    }

    #[test]
    fn a_message_goes_out_on_the_channel_given_and_the_answer_is_put_together() {
        let answer: Vec<u8> = (0..200).map(|i| u8::try_from(i).unwrap()).collect();
        let reports = split(OURS, Command::Cbor, &answer).unwrap();
        let (got, pipe) = ask(reports, &mut Scripted::default());
        assert_eq!(got.unwrap(), answer);
        assert!(hex::encode(pipe.written[0]).starts_with("ffffffff8600080102030405060708"));
        assert!(hex::encode(pipe.written[1]).starts_with("0a0b0c0d90000104"));
    }

    #[test]
    fn the_answer_to_another_programs_nonce_is_passed_over() {
        let reports = vec![
            init([9; 8], OTHERS, Capabilities::CBOR),
            one(OTHERS, Command::Cbor, &[0]),
            init(NONCE, OURS, Capabilities::CBOR),
        ];
        let hid = Hid::open(Reports::new(reports), NONCE, &mut Scripted::default()).unwrap();
        assert_eq!(hid.channel, OURS);
    }

    #[test]
    fn a_key_that_opens_no_channel_is_an_error() {
        let open =
            |reports| Hid::open(Reports::new(reports), NONCE, &mut Scripted::default()).map(|_| ());
        assert!(matches!(open(vec![]), Err(Error::Silent)));
        let flood = vec![init([9; 8], OTHERS, Capabilities::CBOR); 5000];
        assert!(matches!(open(flood), Err(Error::Silent)));
        for channel in [Channel::BROADCAST, Channel::RESERVED] {
            let reserved = open(vec![init(NONCE, channel, Capabilities::CBOR)]);
            assert!(matches!(reserved, Err(Error::Malformed(_))));
        }
        let short = one(Channel::BROADCAST, Command::Init, &NONCE);
        assert!(matches!(open(vec![short]), Err(Error::Malformed(_))));
        let mute = open(vec![init(NONCE, OURS, Capabilities::NMSG)]);
        assert!(matches!(mute, Err(Error::Malformed(_))));
    }

    #[test]
    fn a_silent_key_is_left_at_once_when_the_ceremony_ends() {
        let mut person = Scripted { patience: Some(3), ..Scripted::default() };
        let opened = Hid::open(Reports::new(vec![]), NONCE, &mut person);
        assert!(matches!(opened.map(|_| ()), Err(Error::Cancelled)));
    }

    #[test]
    fn strangers_in_between_do_not_make_the_time_longer() {
        let mut pipe = Reports::new(vec![]);
        for _ in 0..200 {
            pipe.incoming.extend([Some(init([9; 8], OTHERS, Capabilities::CBOR)), None]);
        }
        pipe.incoming.push_back(Some(init(NONCE, OURS, Capabilities::CBOR)));
        let opened = Hid::open(pipe, NONCE, &mut Scripted::default());
        assert!(matches!(opened.map(|_| ()), Err(Error::Silent)));
    }

    #[test]
    fn five_hundred_keepalives_are_waited_through_and_each_touch_is_told() {
        let mut reports = vec![one(OURS, Command::Keepalive, &[2]); 500];
        reports.push(one(OURS, Command::Keepalive, &[]));
        reports.push(one(OURS, Command::Cbor, &[0]));
        let mut person = Scripted::default();
        assert_eq!(ask(reports, &mut person).0.unwrap(), [0]);
        assert_eq!(person.touches, 500);
    }

    #[test]
    fn reports_of_another_channel_are_not_taken_for_the_answer() {
        let reports = vec![one(OTHERS, Command::Cbor, &[0x31]), one(OURS, Command::Cbor, &[0])];
        assert_eq!(check(reports).unwrap(), [0]);
        assert!(matches!(check(vec![one(OTHERS, Command::Cbor, &[0])]), Err(Error::Silent)));
    }

    #[test]
    fn hostile_answers_are_typed_errors() {
        let reports = split(OURS, Command::Cbor, &[7; 300]).unwrap();
        let swapped = vec![reports[0], reports[2], reports[1]];
        assert!(matches!(check(swapped), Err(Error::Malformed(_))));
        let lonely = vec![reports[1]];
        assert!(matches!(check(lonely), Err(Error::Malformed(_))));
        let broken_in = vec![reports[0], one(OURS, Command::Cbor, &[0])];
        assert!(matches!(check(broken_in), Err(Error::Malformed(_))));
        let half = vec![reports[0]];
        assert!(matches!(check(half), Err(Error::Silent)));
        let other = vec![one(OURS, Command::Ping, &[0])];
        assert!(matches!(check(other), Err(Error::Malformed(_))));
        let long =
            Packet::Init { channel: OURS, command: Command::Cbor, length: 0xFFFF, data: [0; 57] };
        assert!(matches!(check(vec![long.write()]), Err(Error::Malformed(_))));
        for error in [&[0][..], &[], &[0x7F]] {
            let reported = check(vec![one(OURS, Command::Error, error)]);
            assert!(matches!(reported, Err(Error::Hid(ErrorCode::Other))), "{error:?}");
        }
    }

    #[test]
    fn a_busy_key_is_asked_again_until_it_is_free_or_patience_ends() {
        let busy = one(OURS, Command::Error, &[6]);
        let (got, pipe) =
            ask(vec![busy, busy, one(OURS, Command::Cbor, &[0])], &mut Scripted::default());
        assert_eq!(got.unwrap(), [0]);
        assert_eq!(pipe.written.len(), 4);
        assert!(matches!(check(vec![busy; 100]), Err(Error::Busy)));
    }

    #[test]
    fn a_cancelled_request_is_cancelled_at_the_key() {
        let reports = vec![
            one(OURS, Command::Keepalive, &[2]),
            one(OURS, Command::Keepalive, &[2]),
            one(OURS, Command::Cbor, &[0x2D]),
        ];
        let mut person = Scripted { patience: Some(1), ..Scripted::default() };
        let (got, pipe) = ask(reports, &mut person);
        assert!(matches!(got, Err(Error::Cancelled)));
        let last = Packet::read(pipe.written.last().unwrap());
        assert!(matches!(last, Packet::Init { channel: OURS, command: Command::Cancel, .. }));
        assert!(pipe.incoming.is_empty(), "the last words were taken");
    }

    proptest! {
        #[test]
        fn no_reports_make_the_host_panic_or_wait_for_ever(
            reports in prop::collection::vec(prop::collection::vec(any::<u8>(), 64), 0..20),
            ours: bool,
        ) {
            let reports = reports.into_iter().map(|bytes| {
                let mut report: Report = bytes.try_into().unwrap();
                if ours {
                    report[..4].copy_from_slice(&OURS.0.to_be_bytes());
                }
                report
            }).collect::<Vec<_>>();
            let _ = Hid::open(Reports::new(reports.clone()), NONCE, &mut Scripted::default());
            let _ = check(reports);
        }
    }
}
