//! `firmware-sim serve`: one key, reached in several ways at once.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::num::NonZeroU8;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::{Duration, Instant};

use firmware_sim::env::Seed;
use firmware_sim::fido::profiles::{Profile, Transport};
use firmware_sim::fido::{Key, Presence};
use firmware_sim::trace::Header;
use firmware_sim::trace::record::Recorder;
use firmware_sim::transport::hidraw::Port;
use firmware_sim::transport::hub::Hub;
use firmware_sim::transport::line::Line;
use firmware_sim::transport::listener::Listener;
use firmware_sim::transport::pipe::Pipe;
use firmware_sim::transport::pump::Pump;
use firmware_sim::transport::reader::Reader;
use firmware_sim::transport::shared::Shared;
use firmware_sim::transport::udp::Udp;
use firmware_sim::transport::uhid::{self, Uhid};
use firmware_sim::transport::usb::Descriptors;
use firmware_sim::transport::usbip::Exported;
use firmware_sim::transport::vpcd::End;
use firmware_sim::transport::{reports, vpcd};
use rustix::io::Errno;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::low_level::pipe;

use super::key::{Named, Unfit, any_key, make_key_at, reaches, seed, today};

const EXAMPLES: &str = "Examples:
  firmware-sim serve --key fido2 --tcp 0
  firmware-sim serve --key fido2-pin --unix key.sock --udp
  firmware-sim serve --key nfc --vpcd --stdio --realtime";

/// Serve a security key to programs that speak to it over a socket, a pipe or a reader.
///
/// All that is named is served at once by one key, until SIGTERM, SIGINT or the last host's end.
/// When everything is ready one line each is printed, NAME ADDRESS; on standard error with --stdio.
/// Over pipes, Unix sockets and TCP reports go back to back, 64 bytes each; over UDP, one a datagram.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The key: a profile such as fido2, or NAME:PIN to set its PIN
    #[arg(long, value_name = "PROFILE", value_parser = any_key)]
    key: Named<Profile>,
    /// The same seed gives the same keys and ids
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = seed)]
    seed: u64,
    /// What a person does when the key asks to be touched: auto, deny, delay:MILLISECONDS or never
    #[arg(long, value_name = "HOW", default_value_t = Presence::Auto)]
    presence: Presence,
    /// Pace reports as full-speed USB does: one each way in each MS milliseconds
    #[arg(long, value_name = "MS", num_args = 0..=1, default_missing_value = "1")]
    realtime: Option<NonZeroU8>,
    /// Write a trace of everything that reaches the key and that it answers
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    #[command(flatten)]
    ways: Ways,
}

/// The ways to the key.
#[derive(clap::Args)]
#[group(required = true, multiple = true)]
struct Ways {
    /// Reports on standard input and output
    #[arg(long)]
    stdio: bool,
    /// Reports on a Unix socket, which is removed at the end
    #[arg(long, value_name = "PATH")]
    unix: Option<PathBuf>,
    /// Reports over TCP: a port of this machine alone (0 is any free one), or an address and a port
    #[arg(long, value_name = "ADDR")]
    tcp: Option<Address>,
    /// Reports in datagrams; port 8111 where none is given, as the Solo simulation has it
    #[arg(long, value_name = "ADDR", num_args = 0..=1, default_missing_value = "8111")]
    udp: Option<Address>,
    /// As a USB device that a host imports with usbip; port 3240 of this machine where none is given
    #[arg(long, value_name = "ADDR", num_args = 0..=1, default_missing_value = "3240")]
    usbip: Option<Address>,
    /// As a HID device of the kernel's own, over /dev/uhid
    #[arg(long)]
    uhid: bool,
    /// Reports on a raw PTY that stands for a hidraw node: hosts write 65 bytes and read 64
    #[arg(long)]
    hidraw: bool,
    /// As a card in the virtual reader that listens at HOST:PORT; 127.0.0.1:35963 where none is given
    #[arg(long, value_name = "HOST:PORT", num_args = 0..=1, default_missing_value = "127.0.0.1:35963")]
    vpcd: Option<Reached>,
}

/// Where to listen.
#[derive(Debug, Clone, Copy)]
struct Address(SocketAddr);

/// Where somebody listens.
#[derive(Debug, Clone)]
struct Reached {
    text: String,
    address: SocketAddr,
}

/// A text that is no address.
#[derive(Debug, thiserror::Error)]
enum BadAddress {
    #[error("a port such as 0 or 8111, or an address and a port such as 127.0.0.1:8111 or [::1]:0")]
    Listen,
    #[error("a host and a port such as 127.0.0.1:{}", vpcd::DEFAULT_PORT)]
    Reach,
    #[error("a host that this machine finds, such as localhost:{}", vpcd::DEFAULT_PORT)]
    Host(#[source] io::Error),
}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let port = text.parse().map(|port| (IpAddr::from(Ipv4Addr::LOCALHOST), port).into());
        port.or_else(|_| text.parse()).map(Self).map_err(|_| BadAddress::Listen)
    }
}

impl FromStr for Reached {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_none = |error: &io::Error| error.kind() == io::ErrorKind::InvalidInput;
        let mut found = text.to_socket_addrs().map_err(|error| {
            if is_none(&error) { BadAddress::Reach } else { BadAddress::Host(error) }
        })?;
        let address = found.next().ok_or(BadAddress::Reach)?;
        Ok(Self { text: text.to_owned(), address })
    }
}

/// Why a key is not served.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error(
        "{0} is taken: stop what listens there, or choose another port, such as 0 for any free one"
    )]
    Taken(SocketAddr),
    #[error("{0} is no address of this machine: choose a port alone, for 127.0.0.1")]
    Elsewhere(SocketAddr),
    #[error("{0} may not be used by this user: choose a port from 1024 on")]
    Privileged(SocketAddr),
    #[error(
        "{} exists: stop what listens there, remove it if that was killed, or choose another path",
        .0.display()
    )]
    PathTaken(PathBuf),
    #[error(
        "{} cannot be a socket: choose a path of 107 bytes at most in a folder where you may write",
        path.display()
    )]
    Path { path: PathBuf, source: io::Error },
    #[error(
        "no reader listens at {0}: start pcscd with the driver of the package vsmartcard-vpcd, or \
         name the HOST:PORT at which it listens"
    )]
    NoReader(String, #[source] io::Error),
    #[error(transparent)]
    Uhid(#[from] uhid::Error),
    #[error(transparent)]
    Unfit(#[from] Unfit),
    #[error("the trace {} cannot be written: choose a file in a folder where you may write", .0.display())]
    Record(PathBuf, #[source] io::Error),
    #[error("{0}")]
    System(&'static str, #[source] io::Error),
}

impl Error {
    fn listening(address: SocketAddr) -> impl FnOnce(io::Error) -> Self {
        move |error| match Errno::from_io_error(&error) {
            Some(Errno::ADDRINUSE) => Self::Taken(address),
            Some(Errno::ADDRNOTAVAIL) => Self::Elsewhere(address),
            Some(Errno::ACCESS) => Self::Privileged(address),
            Some(_) | None => Self::System("a socket could not be made", error),
        }
    }

    fn socket(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| match Errno::from_io_error(&source) {
            Some(Errno::ADDRINUSE) => Self::PathTaken(path.to_path_buf()),
            Some(_) | None => Self::Path { path: path.to_path_buf(), source },
        }
    }
}

/// The lines that are ready, and what is printed of them.
#[derive(Default)]
struct Ready {
    lines: Vec<Box<dyn Line>>,
    told: Vec<String>,
}

impl Ready {
    fn add(&mut self, line: impl Line + 'static, told: impl Display) {
        self.lines.push(Box::new(line));
        self.told.push(told.to_string());
    }
}

pub(super) fn run(args: Args) -> Result<ExitCode, super::Error> {
    for transport in args.ways.transports() {
        reaches(&args.key.value, transport).map_err(Error::from)?;
    }
    let stop = signals().map_err(|error| Error::System("signals could not be taken", error))?;
    let product = args.key.value.product().to_owned();
    let key = Shared::new(args.make()?);
    let origin = Instant::now();
    let interval = args.realtime.map(|ms| Duration::from_millis(ms.get().into()));
    let hub = Hub::new(Box::new(key.clone()), interval, origin.elapsed());
    let bus = Descriptors { product, interval: args.realtime.map_or(1, NonZeroU8::get) };
    let ready = args.ways.open(&key, origin, bus)?;
    tell(&ready.told, args.ways.stdio);
    let mut pump = Pump::new(hub, ready.lines);
    pump.run(stop.as_fd(), origin)
        .map_err(|error| Error::System("the key cannot be served any more", error))?;
    match (key.lock().failure(), args.record) {
        (Some(error), Some(path)) => Err(Error::Record(path, error).into()),
        (Some(_), None) | (None, _) => Ok(ExitCode::SUCCESS),
    }
}

impl Args {
    /// Makes the key, and begins its trace where one is wanted.
    fn make(&self) -> Result<Recorder<Key>, super::Error> {
        let (seed, date) = (Seed::from(self.seed).child("usb"), today());
        let key = make_key_at(self.key.value.clone(), seed, self.presence, date)?;
        let Some(path) = &self.record else { return Ok(Recorder::silent(key)) };
        let header = Header::new(&self.key.text, self.seed, &self.presence.to_string(), date);
        let file = File::create(path).map_err(|error| Error::Record(path.clone(), error))?;
        let recorder = Recorder::new(key, &header, Box::new(file));
        Ok(recorder.map_err(|error| Error::Record(path.clone(), error))?)
    }
}

/// What can be read when a signal asks for the end.
fn signals() -> io::Result<UnixStream> {
    let (here, there) = UnixStream::pair()?;
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        pipe::register(signal, there.try_clone()?)?;
    }
    Ok(here)
}

fn tell(lines: &[String], stdio: bool) {
    for line in lines {
        // whoever closed it does not want to know, and is served all the same
        let _written =
            if stdio { writeln!(io::stderr(), "{line}") } else { writeln!(io::stdout(), "{line}") };
    }
}

impl Ways {
    fn transports(&self) -> impl Iterator<Item = Transport> {
        let sockets = self.unix.is_some() || self.tcp.is_some() || self.udp.is_some();
        let kernels = self.usbip.is_some() || self.uhid || self.hidraw;
        let usb = sockets || kernels || self.stdio;
        let usb = usb.then_some(Transport::Usb);
        usb.into_iter().chain(self.vpcd.as_ref().map(|_| Transport::Nfc))
    }

    /// Opens them all.
    fn open(
        &self,
        key: &Shared<Recorder<Key>>,
        origin: Instant,
        bus: Descriptors,
    ) -> Result<Ready, Error> {
        let mut ready = Ready::default();
        if let Some(Address(address)) = self.tcp {
            let (line, address) =
                Listener::tcp(address, reports::serve).map_err(Error::listening(address))?;
            ready.add(line, format_args!("tcp {address}"));
        }
        if let Some(Address(address)) = self.udp {
            let (line, address) = Udp::bind(address).map_err(Error::listening(address))?;
            ready.add(line, format_args!("udp {address}"));
        }
        self.open_usb(bus, &mut ready)?;
        if let Some(Reached { text, address }) = &self.vpcd {
            let ended = |text: String| move |end| left(&text, end);
            let card = Box::new(key.clone());
            let line = Reader::insert(card, *address, origin, ended(text.clone()))
                .map_err(|error| Error::NoReader(text.clone(), error))?;
            ready.add(line, format_args!("vpcd {text}"));
        }
        if self.stdio {
            let closed = |error| Error::System("standard input or output is closed", error);
            let from_host = own(io::stdin()).map_err(closed)?;
            let to_host = own(io::stdout()).map_err(closed)?;
            ready.add(Pipe::new(from_host, to_host), "stdio -");
        }
        if let Some(path) = &self.unix {
            let line = Listener::unix(path, reports::serve).map_err(Error::socket(path))?;
            ready.add(line, format_args!("unix {}", path.display()));
        }
        Ok(ready)
    }

    /// Opens those by which a kernel sees the key.
    fn open_usb(&self, bus: Descriptors, ready: &mut Ready) -> Result<(), Error> {
        if self.uhid {
            ready.add(Uhid::open(&bus.product)?, format_args!("uhid {}", uhid::NODE));
        }
        if self.hidraw {
            let port = Port::open().map_err(|error| Error::System("there is no PTY", error))?;
            let told = format!("hidraw {}", port.path().display());
            ready.add(port, told);
        }
        if let Some(Address(address)) = self.usbip {
            let exported = Exported::new(bus);
            let (line, address) =
                Listener::tcp(address, move |stream, place| exported.serve(stream, place))
                    .map_err(Error::listening(address))?;
            ready.add(line, format_args!("usbip {address}"));
        }
        Ok(())
    }
}

/// A descriptor of our own for the same file.
fn own(shared: impl AsFd) -> io::Result<OwnedFd> {
    Ok(rustix::io::fcntl_dupfd_cloexec(shared, 3)?)
}

/// Says that the reader let go of the key.
#[expect(clippy::print_stderr, reason = "the face of a command-line program")]
fn left(reader: &str, end: Result<End, vpcd::Error>) {
    match end {
        Ok(End::HungUp | End::Pulled | End::Unpowered) => {
            eprintln!("firmware-sim: the reader at {reader} hung up");
        }
        Err(error) => eprintln!("firmware-sim: the reader at {reader} hung up: {error}"),
    }
}
