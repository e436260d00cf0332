//! Inside the private user, network and mount namespace: prepares it, then becomes pcscd.
//!
//! pcscd finds the machine's own readers by the drivers that are installed for them, so it sees none.
//! It makes a folder in /run, which an ordinary user cannot where no service has made it before.
//! The virtual readers listen on every address of their namespace, so they get one of their own.
//! A socket belongs to the namespace it was made in: the sockets made here and handed out connect
//! to the readers from outside.

use std::convert::Infallible;
use std::fs;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rustix::mount::{mount_bind, mount_bind_recursive};
use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType,
    ipproto, sendmsg, socket_with,
};
use rustix::process::{Signal, set_parent_process_death_signal};

use super::{Error, loopback, programs};

/// The most sockets that are handed out; pcscd manages 16 readers.
pub(super) const MOST: usize = 16;

/// Where pcscd looks for drivers of readers on USB: on Debian, and on distributions with lib64.
const DRIVERS: [&str; 2] = ["/usr/lib/pcsc/drivers", "/usr/lib64/pcsc/drivers"];

/// Where the system's parts keep what is theirs while it runs.
const RUN: &str = "/run";

/// The folder there that pcscd keeps, and makes where it is not there.
const OWN: &str = "pcscd";

/// Socket activation as systemd does it: file descriptor 3 listens, and the process is named.
const ACTIVATE: &str =
    r#"LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" --foreground --config "$1" 3<&0 </dev/null >&2"#;

/// Sends `count` sockets over standard output and becomes pcscd, which listens on standard input.
///
/// Errors: [`Error`]; without one it does not return.
pub(super) fn enter(config: &Path, count: usize) -> Result<Infallible, Error> {
    set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(Error::at("following the world's end"))?;
    hide_drivers(config).map_err(Error::at("hiding the machine's readers from pcscd"))?;
    lend_run(config).map_err(Error::at("giving pcscd a folder in /run"))?;
    loopback::up().map_err(Error::at("bringing up the private loopback interface"))?;
    let sockets: Vec<OwnedFd> = std::iter::repeat_with(stream)
        .take(count)
        .collect::<Result<_, _>>()
        .map_err(Error::at("making sockets"))?;
    send(&sockets).map_err(Error::at("handing out sockets"))?;
    let pcscd = programs::pcscd()?;
    let source = Command::new("/bin/sh").args(["-c", ACTIVATE]).arg(pcscd).arg(config).exec();
    Err(Error::System { step: "starting pcscd", source })
}

/// Puts an empty folder in the place of each folder of drivers.
fn hide_drivers(config: &Path) -> io::Result<()> {
    let empty = config.with_file_name("no-drivers");
    fs::create_dir(&empty)?;
    for drivers in DRIVERS.map(Path::new).iter().filter(|drivers| drivers.is_dir()) {
        mount_bind(&empty, *drivers)?;
    }
    Ok(())
}

/// Puts a folder with pcscd's own in the place of /run, where that has none. Nothing else in this namespace looks
/// there; the world's own folder stays in its place, should it be in /run.
fn lend_run(config: &Path) -> io::Result<()> {
    if Path::new(RUN).join(OWN).is_dir() {
        return Ok(());
    }
    let run = config.with_file_name("run");
    fs::create_dir_all(run.join(OWN))?;
    if let Some(world) = config.parent()
        && let Ok(within) = world.strip_prefix(RUN)
    {
        fs::create_dir_all(run.join(within))?;
        mount_bind(world, run.join(within))?;
    }
    Ok(mount_bind_recursive(&run, RUN)?)
}

fn stream() -> io::Result<OwnedFd> {
    let tcp = Some(ipproto::TCP);
    Ok(socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, tcp)?)
}

fn send(sockets: &[OwnedFd]) -> io::Result<()> {
    let fds: Vec<_> = sockets.iter().map(AsFd::as_fd).collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !control.push(SendAncillaryMessage::ScmRights(&fds)) {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    sendmsg(io::stdout(), &[IoSlice::new(&[0])], &mut control, SendFlags::empty())?;
    Ok(())
}
