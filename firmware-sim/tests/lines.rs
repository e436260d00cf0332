//! A key on several lines at once: each host has its own answers.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use wire::ctaphid::{Channel, Command, InitAnswer, Packet, REPORT, Report, split};

use firmware_sim::device::{HidDevice, Time};
use firmware_sim::fido::{Key, profiles::Profile};
use firmware_sim::transport::hub::Hub;
use firmware_sim::transport::line::Line;
use firmware_sim::transport::listener::Listener;
use firmware_sim::transport::pipe::Pipe;
use firmware_sim::transport::pump::Pump;
use firmware_sim::transport::reports;
use firmware_sim::transport::udp::Udp;

const LOOPBACK: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// A key that is served until this is stopped.
struct Served {
    stop: UnixStream,
    thread: JoinHandle<io::Result<()>>,
}

impl Served {
    fn start(lines: Vec<Box<dyn Line>>, interval: Option<Duration>) -> Self {
        let (here, stop) = UnixStream::pair().expect("nothing fails here");
        let thread = thread::spawn(move || {
            let origin = Instant::now();
            let profile: Profile = "fido2".parse().expect("nothing fails here");
            let key: Box<dyn HidDevice> = Box::new(
                Key::new(profile, 1_u64, Duration::from_secs(1_800_000_000))
                    .expect("nothing fails here"),
            );
            let hub = Hub::new(key, interval, Time::ZERO);
            Pump::new(hub, lines).run(here.as_fd(), origin)
        });
        Self { stop, thread }
    }

    fn stop(self) {
        (&self.stop).write_all(&[1]).expect("nothing fails here");
        self.ended();
    }

    /// Waits until it ends by itself.
    fn ended(self) {
        self.thread.join().expect("nothing fails here").expect("nothing fails here");
    }
}

fn tcp() -> (Box<dyn Line>, SocketAddr) {
    let (line, address) = Listener::tcp(LOOPBACK, reports::serve).expect("nothing fails here");
    (Box::new(line), address)
}

fn report(host: &mut impl Read) -> Report {
    let mut report = [0; REPORT];
    host.read_exact(&mut report).expect("nothing fails here");
    report
}

/// The channel that an INIT gets.
fn channel<H: Read + Write>(host: &mut H, nonce: u8) -> Channel {
    let init = split(Channel::BROADCAST, Command::Init, &[nonce; 8]).expect("nothing fails here");
    host.write_all(&init.concat()).expect("nothing fails here");
    given(&report(host), nonce)
}

fn given(report: &Report, nonce: u8) -> Channel {
    let Packet::Init { data, .. } = Packet::read(report) else { panic!("an init packet") };
    let answer =
        InitAnswer::read(data.first_chunk::<17>().expect("57 bytes")).expect("nothing fails here");
    assert_eq!(answer.nonce, [nonce; 8]);
    answer.channel
}

fn ping(channel: Channel, byte: u8, length: usize) -> Vec<Report> {
    split(channel, Command::Ping, &vec![byte; length]).expect("nothing fails here")
}

#[test]
fn hosts_on_three_lines_each_get_a_channel_and_their_own_answers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let unix = Listener::unix(&path, reports::serve).unwrap();
    let ((tcp, address), (udp, port)) = (tcp(), Udp::bind(LOOPBACK).unwrap());
    let served = Served::start(vec![Box::new(unix), tcp, Box::new(udp)], None);
    let mut first = UnixStream::connect(&path).unwrap();
    let mut second = TcpStream::connect(address).unwrap();
    let mut third = TcpStream::connect(address).unwrap();
    let datagrams = UdpSocket::bind(LOOPBACK).unwrap();
    datagrams.connect(port).unwrap();
    let a = channel(&mut first, 1);
    let b = channel(&mut second, 2);
    let c = channel(&mut third, 3);
    // what is no report is not taken
    for odd in [0, 63, 65, 1000] {
        datagrams.send(&vec![0xFF; odd]).unwrap();
    }
    datagrams.send(&split(Channel::BROADCAST, Command::Init, &[4; 8]).unwrap()[0]).unwrap();
    let mut answer = [0; REPORT];
    assert_eq!(datagrams.recv(&mut answer).unwrap(), REPORT);
    let d = given(&answer, 4);
    for (one, other) in [(a, b), (a, c), (b, c), (a, d), (b, d), (c, d)] {
        assert_ne!(one, other);
    }
    for round in 0..20 {
        let (one, two) = (ping(a, round, 500), ping(c, round + 100, 57));
        first.write_all(&one.concat()).unwrap();
        for wanted in &one {
            assert_eq!(report(&mut first), *wanted);
        }
        third.write_all(&two.concat()).unwrap();
        assert_eq!(report(&mut third), two[0]);
        datagrams.send(&ping(d, round, 1)[0]).unwrap();
        datagrams.recv(&mut answer).unwrap();
        assert_eq!(answer, ping(d, round, 1)[0]);
    }
    assert!(path.exists());
    served.stop();
    assert!(!path.exists(), "the socket's file is removed");
    assert_eq!(second.read(&mut [0; 1]).unwrap(), 0, "its hosts see the end");
}

#[test]
fn a_host_that_goes_in_the_middle_of_a_message_loses_nothing_for_others() {
    let (line, address) = tcp();
    let served = Served::start(vec![line], None);
    let mut goes = TcpStream::connect(address).unwrap();
    let mut stays = TcpStream::connect(address).unwrap();
    let (gone, here) = (channel(&mut goes, 1), channel(&mut stays, 2));
    goes.write_all(&ping(gone, 7, 500)[0]).unwrap();
    // the key has it now: it is busy for the other host
    let asked = ping(here, 8, 1)[0];
    let mut answer = asked;
    while answer == asked {
        stays.write_all(&asked).unwrap();
        answer = report(&mut stays);
    }
    assert_eq!(answer, split(here, Command::Error, &[6]).unwrap()[0]);
    drop(goes);
    while answer != asked {
        stays.write_all(&asked).unwrap();
        answer = report(&mut stays);
    }
    served.stop();
}

#[test]
fn a_message_that_its_host_does_not_finish_is_given_up_on_its_own_line() {
    let ((one, first), (two, second)) = (tcp(), tcp());
    let served = Served::start(vec![one, two], None);
    let mut silent = TcpStream::connect(first).unwrap();
    let mut other = TcpStream::connect(second).unwrap();
    let (a, b) = (channel(&mut silent, 1), channel(&mut other, 2));
    silent.write_all(&ping(a, 7, 500)[0]).unwrap();
    assert_eq!(report(&mut silent), split(a, Command::Error, &[5]).unwrap()[0]);
    other.write_all(&ping(b, 1, 1)[0]).unwrap();
    assert_eq!(report(&mut other), ping(b, 1, 1)[0]);
    served.stop();
}

#[test]
fn the_end_of_a_pipe_ends_the_last_line_after_its_last_answer() {
    let (from_host, mut to_key) = io::pipe().unwrap();
    let (mut from_key, to_host) = io::pipe().unwrap();
    let line = Pipe::new(OwnedFd::from(from_host), OwnedFd::from(to_host));
    let served = Served::start(vec![Box::new(line)], None);
    let asked = split(Channel::BROADCAST, Command::Init, &[1; 8]).unwrap();
    to_key.write_all(&asked[0]).unwrap();
    let given = given(&report(&mut from_key), 1);
    // answered half a second later, long after the end of the input
    to_key.write_all(&ping(given, 7, 500)[0]).unwrap();
    drop(to_key);
    assert_eq!(report(&mut from_key), split(given, Command::Error, &[5]).unwrap()[0]);
    assert_eq!(from_key.read(&mut [0; 1]).unwrap(), 0);
    served.ended();
}

#[test]
fn a_host_that_closes_one_direction_gets_its_answers() {
    let (line, address) = tcp();
    let served = Served::start(vec![line], None);
    let mut host = TcpStream::connect(address).unwrap();
    let given = channel(&mut host, 1);
    host.write_all(&ping(given, 7, 500).concat()).unwrap();
    host.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answers = Vec::new();
    host.read_to_end(&mut answers).unwrap();
    assert_eq!(answers, ping(given, 7, 500).concat());
    served.stop();
}

#[test]
fn a_file_that_took_the_sockets_place_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let first = Listener::unix(&path, reports::serve).unwrap();
    assert!(Listener::unix(&path, reports::serve).is_err(), "the path is in use");
    std::fs::remove_file(&path).unwrap();
    let second = Listener::unix(&path, reports::serve).unwrap();
    drop(first);
    assert!(path.exists());
    drop(second);
    assert!(!path.exists());
}

#[test]
fn a_key_in_real_time_takes_a_millisecond_for_each_report() {
    let (line, address) = tcp();
    let served = Served::start(vec![line], Some(Duration::from_millis(1)));
    let mut host = TcpStream::connect(address).unwrap();
    let given = channel(&mut host, 1);
    let longest = ping(given, 7, wire::ctaphid::MAX_MESSAGE);
    let begun = Instant::now();
    host.write_all(&longest.concat()).unwrap();
    for wanted in &longest {
        assert_eq!(report(&mut host), *wanted);
    }
    // 129 reports to the key, then 129 back, of which the first shares a frame with the last
    assert!(begun.elapsed() >= Duration::from_millis(255), "{:?}", begun.elapsed());
    served.stop();
}
