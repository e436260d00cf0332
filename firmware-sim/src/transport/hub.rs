//! One key for many hosts: its queue of reports in each direction, and who gets which answer.
//!
//! An answer goes to the host that spoke last on its channel; an answer to INIT on the broadcast
//! channel to the host whose nonce it carries. What is for a host that is gone is dropped, and what
//! is on a channel that nobody uses, as a faulty key may answer, goes to whoever spoke last. Nothing
//! here reads a clock: time is an argument, and [`Hub::due`] says when the hub wants to be asked.

use std::collections::VecDeque;
use std::time::Duration;

use wire::ctaphid::{Channel, Command, Packet, Report};

use super::line::{Peer, Taking};
use crate::device::{HidDevice, Time};

/// More reports than this are not queued for the key.
const MOST_FOR_KEY: usize = 129;

/// The key is asked nothing more while so many answers wait for their turn on the bus.
const MOST_FOR_HOSTS: usize = 2 * 129;

/// How many channels one host has at once, and all together; then the least used one goes.
const CHANNELS_OF_HOST: usize = 64;
const CHANNELS: usize = 1024;

/// A host: its line, and who it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    /// The number of its line.
    pub line: u64,
    /// Which one of the line's hosts.
    pub peer: Peer,
}

/// Who asked on which channel.
#[derive(Debug, Default)]
struct Routes {
    /// Least lately used first; without a host where that is gone.
    channels: VecDeque<(Channel, Option<Host>)>,
    /// Who asked for a channel, by nonce; oldest first.
    nonces: VecDeque<([u8; 8], Host)>,
    /// Who spoke last.
    last: Option<Host>,
}

impl Routes {
    fn asked(&mut self, host: Host, packet: &Packet) {
        if let Some(nonce) = nonce(packet) {
            self.nonces.push_back((nonce, host));
            self.nonces.drain(..self.nonces.len().saturating_sub(CHANNELS_OF_HOST));
        }
        let channel = packet.channel();
        self.channels.retain(|(used, _)| *used != channel);
        self.channels.push_back((channel, Some(host)));
        self.last = Some(host);
        let own = self.channels.iter().filter(|(_, owner)| *owner == Some(host)).count();
        if own > CHANNELS_OF_HOST {
            self.drop_oldest(|owner| owner == Some(host));
        } else if self.channels.len() > CHANNELS {
            self.drop_oldest(|_| true);
        }
    }

    fn drop_oldest(&mut self, of: impl Fn(Option<Host>) -> bool) {
        if let Some(oldest) = self.channels.iter().position(|(_, owner)| of(*owner)) {
            self.channels.remove(oldest);
        }
    }

    /// Whom the key answers with this report.
    fn owner(&mut self, packet: &Packet) -> Option<Host> {
        if let Some(nonce) = nonce(packet) {
            let asked = self.nonces.iter().position(|(given, _)| *given == nonce);
            if let Some((_, host)) = asked.and_then(|at| self.nonces.remove(at)) {
                return Some(host);
            }
        }
        let channel = packet.channel();
        let owner = self.channels.iter().find(|(used, _)| *used == channel);
        owner.map_or(self.last, |(_, host)| *host)
    }

    fn forget(&mut self, line: u64) {
        let is_gone = |host: &Option<Host>| host.is_some_and(|host| host.line == line);
        let owners = self.channels.iter_mut().map(|(_, owner)| owner).chain([&mut self.last]);
        owners.filter(|owner| is_gone(owner)).for_each(|owner| *owner = None);
        self.nonces.retain(|(_, host)| host.line != line);
    }
}

/// The nonce of INIT on the broadcast channel, or of its answer.
fn nonce(packet: &Packet) -> Option<[u8; 8]> {
    match packet {
        Packet::Init { channel: Channel::BROADCAST, command: Command::Init, data, .. } => {
            data.first_chunk().copied()
        }
        Packet::Init { .. } | Packet::Continuation { .. } => None,
    }
}

/// Reports on their way in one direction, each with the time from which it may go.
#[derive(Debug)]
struct Lane {
    /// At most one report in each; none is without a pace.
    interval: Option<Duration>,
    /// The first slot that nobody has.
    free: Time,
    waiting: VecDeque<(Time, Host, Report)>,
}

impl Lane {
    fn new(interval: Option<Duration>) -> Self {
        let interval = interval.filter(|interval| !interval.is_zero());
        Self { interval, free: Time::ZERO, waiting: VecDeque::new() }
    }

    /// Queues a report for the next free slot. Slots begin at whole intervals, as USB's frames do.
    fn push(&mut self, host: Host, report: Report, now: Time) {
        let slot = match self.interval {
            None => now,
            Some(interval) => {
                let begun = now.as_nanos().div_ceil(interval.as_nanos());
                let begun = u64::try_from(begun * interval.as_nanos()).unwrap_or(u64::MAX);
                let slot = self.free.max(Duration::from_nanos(begun));
                self.free = slot.saturating_add(interval);
                slot
            }
        };
        self.waiting.push_back((slot, host, report));
    }

    fn due(&self) -> Option<Time> {
        self.waiting.front().map(|(slot, ..)| *slot)
    }

    fn pop(&mut self, now: Time) -> Option<(Host, Report)> {
        self.due().filter(|slot| *slot <= now)?;
        self.waiting.pop_front().map(|(_, host, report)| (host, report))
    }
}

/// A key, and what is under way between it and its hosts.
pub struct Hub {
    key: Box<dyn HidDevice>,
    routes: Routes,
    to_key: Lane,
    to_hosts: Lane,
}

impl Hub {
    /// Plugs `key` in. With an `interval` at most one report goes each way in each, as on USB.
    #[must_use]
    pub fn new(mut key: Box<dyn HidDevice>, interval: Option<Duration>, now: Time) -> Self {
        key.power_cycle(now);
        let (to_key, to_hosts) = (Lane::new(interval), Lane::new(interval));
        Self { key, routes: Routes::default(), to_key, to_hosts }
    }

    /// The key.
    #[must_use]
    pub fn into_key(self) -> Box<dyn HidDevice> {
        self.key
    }

    /// Whether reports may be taken from hosts.
    #[must_use]
    pub fn taking(&self) -> Taking {
        if self.to_key.waiting.len() < MOST_FOR_KEY { Taking::Open } else { Taking::Full }
    }

    /// Takes a report from a host.
    pub fn take(&mut self, host: Host, report: Report, now: Time) {
        self.to_key.push(host, report, now);
    }

    /// When [`Hub::advance`] is due next.
    #[must_use]
    pub fn due(&self) -> Option<Time> {
        let to_key = self.to_key.due().filter(|_| self.asks_more());
        [to_key, self.to_hosts.due(), self.key.due()].into_iter().flatten().min()
    }

    /// Lets time reach `now`, and gives the reports that go to hosts.
    pub fn advance(&mut self, now: Time) -> Vec<(Host, Report)> {
        if self.key.due().is_some_and(|due| due <= now) {
            let answers = self.key.tick(now);
            self.answer(&answers, now);
        }
        let mut going = Vec::new();
        loop {
            going.extend(std::iter::from_fn(|| self.to_hosts.pop(now)));
            if !self.asks_more() {
                return going;
            }
            let Some((host, report)) = self.to_key.pop(now) else { return going };
            self.routes.asked(host, &Packet::read(&report));
            let answers = self.key.report(&report, now);
            self.answer(&answers, now);
        }
    }

    /// A line is over: its hosts get nothing any more.
    pub fn forget(&mut self, line: u64) {
        self.routes.forget(line);
    }

    fn asks_more(&self) -> bool {
        self.to_hosts.waiting.len() < MOST_FOR_HOSTS
    }

    fn answer(&mut self, reports: &[Report], now: Time) {
        for report in reports {
            if let Some(host) = self.routes.owner(&Packet::read(report)) {
                self.to_hosts.push(host, *report, now);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use wire::ctaphid::split;

    use super::*;

    const MS: Duration = Duration::from_millis(1);
    const A: Host = Host { line: 1, peer: None };
    const B: Host = Host { line: 2, peer: None };

    /// Answers each report with itself; one whose sixth byte is 9 only after 20 ms.
    #[derive(Default)]
    struct Late {
        waiting: Vec<(Time, Report)>,
    }

    impl HidDevice for Late {
        fn report(&mut self, report: &Report, now: Time) -> Vec<Report> {
            if report[6] == 9 {
                self.waiting.push((now + 20 * MS, *report));
                return Vec::new();
            }
            vec![*report]
        }
        fn due(&self) -> Option<Time> {
            self.waiting.first().map(|(due, _)| *due)
        }
        fn tick(&mut self, now: Time) -> Vec<Report> {
            let (due, later) = self.waiting.drain(..).partition(|(due, _)| *due <= now);
            self.waiting = later;
            let due: Vec<(Time, Report)> = due;
            due.into_iter().map(|(_, report)| report).collect()
        }
        fn power_cycle(&mut self, _: Time) {
            self.waiting.clear();
        }
    }

    fn hub(interval: Option<Duration>) -> Hub {
        Hub::new(Box::new(Late::default()), interval, Time::ZERO)
    }

    fn ping(channel: u32, payload: &[u8]) -> Report {
        split(Channel(channel), Command::Ping, payload).unwrap()[0]
    }

    fn init(nonce: u8) -> Report {
        split(Channel::BROADCAST, Command::Init, &[nonce; 8]).unwrap()[0]
    }

    #[test]
    fn an_answer_goes_to_whoever_spoke_last_on_its_channel() {
        let mut hub = hub(None);
        hub.take(A, ping(1, &[1]), Time::ZERO);
        hub.take(B, ping(2, &[2]), Time::ZERO);
        hub.take(B, ping(1, &[3]), Time::ZERO);
        let hosts: Vec<Host> = hub.advance(Time::ZERO).into_iter().map(|(host, _)| host).collect();
        assert_eq!(hosts, [A, B, B]);
    }

    #[test]
    fn what_a_key_says_later_goes_to_whoever_asked() {
        let mut hub = hub(None);
        let late = |channel| ping(channel, &[0; 9]);
        hub.take(A, late(1), Time::ZERO);
        hub.take(B, late(2), 5 * MS);
        assert!(hub.advance(5 * MS).is_empty());
        assert_eq!(hub.due(), Some(25 * MS));
        assert_eq!(hub.advance(25 * MS), [(A, late(1)), (B, late(2))]);
        assert_eq!(hub.due(), None);
    }

    #[test]
    fn two_hosts_that_ask_for_a_channel_at_once_are_told_apart_by_their_nonces() {
        let mut routes = Routes::default();
        for (host, nonce) in [(A, 1), (B, 2)] {
            routes.asked(host, &Packet::read(&init(nonce)));
        }
        assert_eq!(routes.owner(&Packet::read(&init(1))), Some(A));
        assert_eq!(routes.owner(&Packet::read(&init(2))), Some(B));
        // a nonce is spent by its answer; what else comes is for the last one
        assert_eq!(routes.owner(&Packet::read(&init(1))), Some(B));
    }

    #[test]
    fn what_is_for_a_host_that_is_gone_is_dropped_and_others_lose_nothing() {
        let mut hub = hub(None);
        for (host, channel) in [(A, 1), (B, 2)] {
            hub.take(host, ping(channel, &[0; 9]), Time::ZERO);
        }
        assert!(hub.advance(Time::ZERO).is_empty());
        hub.forget(A.line);
        assert_eq!(hub.advance(20 * MS), [(B, ping(2, &[0; 9]))]);
    }

    #[test]
    fn a_host_of_very_many_channels_displaces_nobody_else() {
        let mut routes = Routes::default();
        routes.asked(A, &Packet::read(&ping(1, &[])));
        for channel in 2..5000 {
            routes.asked(B, &Packet::read(&ping(channel, &[])));
        }
        assert_eq!(routes.owner(&Packet::read(&ping(1, &[]))), Some(A));
        assert_eq!(routes.owner(&Packet::read(&ping(4999, &[]))), Some(B));
        assert_eq!(routes.channels.len(), 1 + CHANNELS_OF_HOST);
        for port in 0..2000 {
            let peer = Some(([127, 0, 0, 1], port).into());
            let host = Host { line: 3, peer };
            routes.asked(host, &Packet::read(&ping(10_000 + u32::from(port), &[])));
        }
        assert_eq!(routes.channels.len(), CHANNELS);
    }

    #[test]
    fn one_report_goes_each_way_in_each_interval() {
        let mut hub = hub(Some(MS));
        let asked = Duration::from_micros(300);
        for host in [A, B, A] {
            hub.take(host, ping(7, &[1]), asked);
        }
        let (mut now, mut told) = (asked, Vec::new());
        while let Some(due) = hub.due() {
            now = now.max(due);
            told.extend(hub.advance(now).into_iter().map(|(host, _)| (now, host)));
        }
        // each is answered in the frame in which it reached the key: the directions are two
        assert_eq!(told, [(MS, A), (2 * MS, B), (3 * MS, A)]);
    }

    #[test]
    fn a_slow_bus_takes_five_milliseconds_for_each_report() {
        let mut hub = hub(Some(5 * MS));
        hub.take(A, ping(7, &[1]), 7 * MS);
        assert!(hub.advance(9 * MS).is_empty());
        assert_eq!(hub.due(), Some(10 * MS));
        assert_eq!(hub.advance(10 * MS).len(), 1);
        hub.take(A, ping(7, &[1]), 10 * MS);
        assert_eq!(hub.due(), Some(15 * MS));
    }

    #[test]
    fn a_full_queue_takes_no_more_until_the_key_had_some() {
        let mut hub = hub(Some(MS));
        for _ in 0..MOST_FOR_KEY {
            assert_eq!(hub.taking(), Taking::Open);
            hub.take(A, ping(7, &[1]), Time::ZERO);
        }
        assert_eq!(hub.taking(), Taking::Full);
        hub.advance(MS);
        assert_eq!(hub.taking(), Taking::Open);
    }
}
