//! A security key on a raw PTY that stands for a hidraw node.
//!
//! A host writes 65 bytes (report number 0 first) and reads 64. The PTY is a byte stream, so the
//! port collects exactly 65 bytes and writes 64 at once. Programs may come and go, and like the
//! kernel's hidraw the port keeps nothing for a program that is not there: what the last one left
//! unread is dropped before the next one speaks. Unlike hidraw it serves one program at a time: two
//! that read at once take each other's reports.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd};
use rustix::fs::{Mode, OFlags, inotify};
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, QueueSelector, tcflush, tcgetattr, tcsetattr};
use wire::ctaphid::{REPORT, Report};

use super::hub::Hub;
use super::line::{Arrivals, Life, Line, MOST_WAITING, Peer, Taking, is_later};
use super::pump::Pump;
use crate::device::{HidDevice, Time};

/// What a host writes at once: the report number, then the report.
const OUTPUT: usize = REPORT + 1;

/// After so long the rest of a report does not come any more: its host wrote too few bytes.
const UNFINISHED: Duration = Duration::from_millis(500);
/// Fewer bytes than this were read as the host wrote them; the PTY cuts what is longer.
const UNCUT: usize = 4096 - OUTPUT;

/// Collects the host's bytes into reports.
///
/// The kernel's hidraw knows where each write ends and a PTY does not. A host writes 65 bytes at
/// once; after one that wrote another number, the next whole report is known by its beginning.
#[derive(Debug, Default)]
pub struct Reframer {
    /// The beginning of a report.
    unfinished: Vec<u8>,
    /// When bytes last came.
    heard: Time,
}

impl Reframer {
    /// Takes bytes as they come and gives the reports that are complete.
    pub fn push(&mut self, bytes: &[u8], now: Time) -> Vec<Report> {
        let silence = now.saturating_sub(self.heard);
        if silence >= UNFINISHED || are_reports(bytes) {
            self.clear();
        }
        if !bytes.is_empty() {
            self.heard = now;
        }
        let odd = if self.unfinished.is_empty() { odd_beginning(bytes) } else { 0 };
        self.unfinished.extend(bytes.iter().skip(odd));
        let whole = self.unfinished.len() / OUTPUT * OUTPUT;
        let taken: Vec<u8> = self.unfinished.drain(..whole).collect();
        taken.chunks_exact(OUTPUT).filter_map(|output| output.get(1..)?.try_into().ok()).collect()
    }

    /// Forgets a report that its host did not finish.
    pub fn clear(&mut self) {
        self.unfinished.clear();
    }
}

/// Whether these bytes are whole reports, each behind the number 0.
fn are_reports(bytes: &[u8]) -> bool {
    let mut outputs = bytes.chunks_exact(OUTPUT);
    let whole = !bytes.is_empty() && outputs.remainder().is_empty();
    whole && outputs.all(|output| output.first() == Some(&0))
}

/// How many bytes an odd write left before whole reports on some channel; 0 where there are none.
/// Channel 0 is no channel, so a run of zeros is not taken for reports.
fn odd_beginning(bytes: &[u8]) -> usize {
    let odd = bytes.len() % OUTPUT;
    if odd == 0 || bytes.len() >= UNCUT {
        return 0;
    }
    let has_channel = |from: usize| bytes.get(from + 1..from + 5).is_some_and(|id| id != [0; 4]);
    let first = (odd..bytes.len()).step_by(OUTPUT).find(|from| has_channel(*from));
    first.filter(|from| bytes.get(*from..).is_some_and(are_reports)).unwrap_or(0)
}

/// A PTY whose host end programs open as a hidraw node: a line of a key.
#[derive(Debug)]
pub struct Port {
    device: File,
    path: PathBuf,
    watch: OwnedFd,
    host: Host,
    input: Reframer,
    output: VecDeque<u8>,
    /// Reports were written since the node was last empty: its last reader may have left some.
    written: bool,
}

/// Whether a program has the node open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Host {
    /// Nobody: the PTY reports a hang-up all the time, so the watch tells of the next program.
    Away,
    /// Somebody: the PTY reports data, and the hang-up when the last one leaves.
    Here,
}

/// A key that is plugged into a [`Port`]; [`Plugged::pull`] gives the key back.
pub struct Plugged {
    wake: Arc<OwnedFd>,
    thread: JoinHandle<(Box<dyn HidDevice>, io::Result<()>)>,
}

impl Port {
    /// Opens a raw PTY.
    ///
    /// Errors: the system's, when there is no PTY to be had.
    pub fn open() -> io::Result<Self> {
        let device = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&device)?;
        unlockpt(&device)?;
        rustix::io::ioctl_fionbio(&device, true)?;
        let path = PathBuf::from(OsStr::from_bytes(ptsname(&device, Vec::new())?.as_bytes()));
        let host = open_host(&path)?;
        let mut attributes = tcgetattr(&host)?;
        attributes.make_raw();
        tcsetattr(&host, OptionalActions::Now, &attributes)?;
        let watch = inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK)?;
        inotify::add_watch(&watch, &path, inotify::WatchFlags::OPEN)?;
        Ok(Self {
            device: File::from(device),
            path,
            watch,
            host: Host::Here,
            input: Reframer::default(),
            output: VecDeque::new(),
            written: false,
        })
    }

    /// The node that a host opens.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Serves `key` on a thread of its own until it is pulled.
    ///
    /// Errors: the system's, when no event descriptor is to be had.
    pub fn plug(self, key: Box<dyn HidDevice>, origin: Instant) -> io::Result<Plugged> {
        let wake = Arc::new(eventfd(0, EventfdFlags::CLOEXEC)?);
        let stop = Arc::clone(&wake);
        let thread = thread::spawn(move || {
            let hub = Hub::new(key, None, origin.elapsed());
            let mut pump = Pump::new(hub, vec![Box::new(self)]);
            let outcome = pump.run(stop.as_fd(), origin);
            (pump.into_hub().into_key(), outcome)
        });
        Ok(Plugged { wake, thread })
    }

    /// Takes all events of the watch and says whether there was one.
    fn was_opened(&self) -> io::Result<bool> {
        let mut buffer = [MaybeUninit::uninit(); 1024];
        let mut events = inotify::Reader::new(&self.watch, &mut buffer);
        let mut opened = false;
        loop {
            match events.next() {
                Ok(_) => opened = true,
                Err(Errno::AGAIN) => return Ok(opened),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Takes some of what the host wrote; a hang-up after the last byte means that nobody is there.
    fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut buffer = [0; 64 * OUTPUT];
        if self.host == Host::Away {
            return Ok(Vec::new());
        }
        match self.device.read(&mut buffer) {
            Ok(read) => return Ok(buffer.get(..read).unwrap_or_default().to_vec()),
            Err(error) if is_later(&error) => {}
            Err(error) if is_hang_up(&error) => self.host = Host::Away,
            Err(error) => return Err(error),
        }
        Ok(Vec::new())
    }

    fn write(&mut self) -> io::Result<()> {
        while !self.output.is_empty() {
            let (next, _) = self.output.as_slices();
            let next = next.get(..REPORT).unwrap_or(next);
            match self.device.write(next) {
                Ok(written) => drop(self.output.drain(..written)),
                Err(error) if is_later(&error) => return Ok(()),
                Err(error) => return Err(error),
            }
            self.written = true;
        }
        Ok(())
    }

    /// What the last program left behind is not for the next one.
    fn forget(&mut self) -> io::Result<()> {
        self.output.clear();
        self.input.clear();
        if std::mem::take(&mut self.written) {
            tcflush(open_host(&self.path)?, QueueSelector::IFlush)?;
        }
        Ok(())
    }
}

impl Line for Port {
    fn waits(&self, taking: Taking) -> Vec<PollFd<'_>> {
        let listens = taking == Taking::Open && self.output.len() <= MOST_WAITING;
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, listens);
        flags.set(PollFlags::OUT, !self.output.is_empty());
        vec![match self.host {
            Host::Away => PollFd::new(&self.watch, PollFlags::IN),
            Host::Here => PollFd::new(&self.device, flags),
        }]
    }

    fn turn(&mut self, seen: &[PollFlags], now: Time) -> io::Result<Arrivals> {
        if self.host == Host::Away && self.was_opened()? {
            self.host = Host::Here;
        }
        let mut arrivals = Arrivals::default();
        if seen.iter().any(|flags| flags.intersects(PollFlags::IN | PollFlags::HUP)) {
            let bytes = self.read()?;
            let reports = self.input.push(&bytes, now);
            arrivals.reports = reports.into_iter().map(|report| (None, report)).collect();
        }
        match self.host {
            Host::Here => self.write()?,
            Host::Away => self.forget()?,
        }
        Ok(arrivals)
    }

    fn give(&mut self, _: Peer, report: &Report) {
        if self.host == Host::Here {
            self.output.extend(report);
        }
    }

    fn life(&self) -> Life {
        Life::Open
    }
}

fn open_host(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?)
}

impl Plugged {
    /// Whether the key stopped by itself: its port failed. [`Plugged::pull`] tells why.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.thread.is_finished()
    }

    /// Unplugs: programs that hold the node open see it end. Gives the key back.
    ///
    /// Errors: what the port failed with while it served.
    pub fn pull(self) -> (Box<dyn HidDevice>, io::Result<()>) {
        let woken = rustix::io::write(&*self.wake, &1_u64.to_ne_bytes());
        let (key, served) = match self.thread.join() {
            Ok(ended) => ended,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        (key, woken.map_err(io::Error::from).and(served))
    }
}

fn is_hang_up(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::IO.raw_os_error())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rustix::event::{Timespec, poll};

    use super::*;

    /// Answers each report with as many reports as its first byte says, each filled with its
    /// second byte; a report that starts with 0xFF is answered only when 20 ms have passed.
    #[derive(Default)]
    struct Echo {
        late: Option<(Time, u8)>,
    }

    impl HidDevice for Echo {
        fn report(&mut self, report: &Report, now: Time) -> Vec<Report> {
            if report[0] == 0xFF {
                self.late = Some((now + Duration::from_millis(20), report[1]));
                return Vec::new();
            }
            vec![[report[1]; REPORT]; usize::from(report[0])]
        }
        fn due(&self) -> Option<Time> {
            self.late.map(|(due, _)| due)
        }
        fn tick(&mut self, now: Time) -> Vec<Report> {
            match self.late.take() {
                Some((due, byte)) if due <= now => vec![[byte; REPORT]],
                other => {
                    self.late = other;
                    Vec::new()
                }
            }
        }
        fn power_cycle(&mut self, _: Time) {
            self.late = None;
        }
    }

    fn plug() -> (PathBuf, Plugged) {
        let port = Port::open().unwrap();
        let path = port.path().to_path_buf();
        (path, port.plug(Box::new(Echo::default()), Instant::now()).unwrap())
    }

    fn host(path: &Path) -> File {
        File::from(open_host(path).unwrap())
    }

    fn ask(host: &mut File, count: u8, byte: u8) {
        let mut output = [0; OUTPUT];
        output[1] = count;
        output[2] = byte;
        host.write_all(&output).unwrap();
    }

    fn answer(host: &mut File) -> Report {
        let mut report = [0; REPORT];
        host.read_exact(&mut report).unwrap();
        report
    }

    /// Answers that were never read end the listening; it goes on with the reading.
    #[test]
    fn a_host_that_does_not_read_is_not_listened_to() {
        let mut port = Port::open().unwrap();
        let mut host = host(port.path());
        let listens = |port: &Port| {
            let mut waits = port.waits(Taking::Open);
            poll(&mut waits, Some(&Timespec::default())).expect("poll works");
            waits[0].revents().contains(PollFlags::IN)
        };
        ask(&mut host, 1, 1);
        assert!(listens(&port));
        while port.output.len() <= MOST_WAITING {
            port.give(None, &[7; REPORT]);
            port.turn(&[PollFlags::empty()], Time::ZERO).unwrap();
        }
        assert!(!listens(&port));
        while port.output.len() > MOST_WAITING {
            assert_eq!(answer(&mut host), [7; REPORT]);
            port.turn(&[PollFlags::OUT], Time::ZERO).unwrap();
        }
        assert!(listens(&port));
        assert_eq!(port.turn(&[PollFlags::IN], Time::ZERO).unwrap().reports.len(), 1);
        drop(host);
        port.turn(&[PollFlags::HUP], Time::ZERO).unwrap();
        assert_eq!(port.host, Host::Away);
        port.give(None, &[7; REPORT]);
        assert!(port.output.is_empty(), "what comes for nobody is dropped");
    }

    /// A key that breaks at the first report.
    struct Broken;

    impl HidDevice for Broken {
        fn report(&mut self, _: &Report, _: Time) -> Vec<Report> {
            panic!("broken, as this test wants it")
        }
        fn due(&self) -> Option<Time> {
            None
        }
        fn tick(&mut self, _: Time) -> Vec<Report> {
            Vec::new()
        }
        fn power_cycle(&mut self, _: Time) {}
    }

    #[test]
    fn a_key_that_stops_by_itself_is_known_to_be_over() {
        let port = Port::open().unwrap();
        let path = port.path().to_path_buf();
        let key = port.plug(Box::new(Broken), Instant::now()).unwrap();
        assert!(!key.is_over());
        let mut host = host(&path);
        ask(&mut host, 1, 1);
        while !key.is_over() {
            thread::yield_now();
        }
    }

    /// The port opens and closes the node itself, once, to empty it.
    fn watch_emptying(path: &Path) -> OwnedFd {
        let watch = inotify::init(inotify::CreateFlags::CLOEXEC).unwrap();
        let events = inotify::WatchFlags::OPEN | inotify::WatchFlags::CLOSE;
        inotify::add_watch(&watch, path, events).unwrap();
        watch
    }

    fn wait_for_emptying(watch: &OwnedFd) {
        let mut buffer = [MaybeUninit::uninit(); 1024];
        let mut events = inotify::Reader::new(watch, &mut buffer);
        while !events.next().unwrap().events().contains(inotify::ReadFlags::OPEN) {}
        // the port opens it for reading and writing
        while !events.next().unwrap().events().contains(inotify::ReadFlags::CLOSE_WRITE) {}
    }

    #[test]
    fn a_report_is_answered_without_its_number() {
        let (path, key) = plug();
        let mut host = host(&path);
        for byte in [0x00, 0x0A, 0x0D, 0x03, 0x11, 0x7F, 0xFF] {
            ask(&mut host, 1, byte);
            assert_eq!(answer(&mut host), [byte; REPORT]);
        }
        key.pull().1.unwrap();
    }

    #[test]
    fn a_message_of_129_reports_arrives_whole() {
        let (path, key) = plug();
        let mut host = host(&path);
        ask(&mut host, 129, 7);
        for _ in 0..129 {
            assert_eq!(answer(&mut host), [7; REPORT]);
        }
        key.pull().1.unwrap();
    }

    #[test]
    fn a_due_answer_comes_by_itself() {
        let (path, key) = plug();
        let mut host = host(&path);
        ask(&mut host, 0xFF, 9);
        assert_eq!(answer(&mut host), [9; REPORT]);
        key.pull().1.unwrap();
    }

    #[test]
    fn the_next_program_does_not_read_what_the_last_one_left() {
        let (path, key) = plug();
        for round in 0..50 {
            let mut left = host(&path);
            ask(&mut left, 3, 0xAA);
            assert_eq!(answer(&mut left), [0xAA; REPORT]);
            left.write_all(&[0; 10]).unwrap();
            let emptied = watch_emptying(&path);
            drop(left);
            wait_for_emptying(&emptied);
            let mut next = host(&path);
            ask(&mut next, 1, round);
            assert_eq!(answer(&mut next), [round; REPORT]);
            let emptied = watch_emptying(&path);
            drop(next);
            wait_for_emptying(&emptied);
        }
        key.pull().1.unwrap();
    }

    #[test]
    fn an_open_node_ends_when_the_key_is_pulled() {
        let (path, key) = plug();
        let mut open = host(&path);
        ask(&mut open, 1, 1);
        answer(&mut open);
        key.pull().1.unwrap();
        assert!(matches!(open.read(&mut [0; REPORT]), Ok(0) | Err(_)));
        assert!(open.write(&[0; OUTPUT]).is_err());
        assert!(open_host(&path).is_err());
    }

    #[test]
    fn a_host_that_wrote_another_number_of_bytes_is_understood_at_once() {
        let report = |byte: u8| [&[0][..], &[byte; REPORT]].concat();
        for odd in [1, 63, 64, 66, 196] {
            let mut reframer = Reframer::default();
            drop(reframer.push(&vec![0; odd], Time::ZERO));
            assert_eq!(reframer.push(&report(7), Time::ZERO), [[7; REPORT]], "after {odd}");
            // both in one read
            let both = [vec![0; odd], report(8), report(9)].concat();
            let got = reframer.push(&both, Time::ZERO);
            assert_eq!(got, [[8; REPORT], [9; REPORT]], "with {odd}");
        }
    }

    #[test]
    fn the_rest_of_a_report_is_awaited_for_half_a_second() {
        let rest = |silence| {
            let mut reframer = Reframer::default();
            assert!(reframer.push(&[0; REPORT], Time::ZERO).is_empty());
            reframer.push(&[9], silence)
        };
        let two_parts = rest(UNFINISHED - Duration::from_millis(1));
        assert_eq!(two_parts[0][..REPORT - 1], [0; REPORT - 1]);
        assert_eq!(two_parts[0][REPORT - 1], 9);
        assert!(rest(UNFINISHED).is_empty());
    }

    #[test]
    fn a_program_is_answered_at_once_after_one_that_wrote_too_few_bytes() {
        let (path, key) = plug();
        for odd in [64, 63, 196, 1] {
            for round in 1..20 {
                let mut before = host(&path);
                before.write_all(&vec![0; odd]).unwrap();
                drop(before);
                let mut next = host(&path);
                ask(&mut next, 1, round);
                assert_eq!(answer(&mut next), [round; REPORT], "after {odd} bytes");
                ask(&mut next, 1, round);
                assert_eq!(answer(&mut next), [round; REPORT], "after {odd} bytes");
            }
        }
        key.pull().1.unwrap();
    }

    proptest! {
        #[test]
        fn reports_do_not_depend_on_how_the_bytes_are_cut(
            // without zeros, so that no cut falls before what looks like a report's number
            reports in proptest::collection::vec(proptest::array::uniform32(1_u8..), 0..6),
            cuts in proptest::collection::vec(1_usize..200, 1..20),
        ) {
            let stream: Vec<u8> =
                reports.iter().flat_map(|half| [&[0][..], half, half].concat()).collect();
            let mut reframer = Reframer::default();
            let mut got = Vec::new();
            let mut rest = &stream[..];
            for cut in cuts.iter().cycle().take(stream.len()) {
                let (next, later) = rest.split_at((*cut).min(rest.len()));
                got.extend(reframer.push(next, Time::ZERO));
                rest = later;
            }
            let wanted: Vec<Report> =
                reports.iter().map(|half| [*half, *half].concat().try_into().unwrap()).collect();
            prop_assert_eq!(got, wanted);
        }
    }
}
