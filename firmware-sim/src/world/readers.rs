//! A private pcscd with virtual readers, which programs reach by the path of a Unix socket.

use std::ffi::CString;
use std::fs::{self, File};
use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use super::again::{Myself, Part};
use super::forbidden::Forbidden;
use super::slots::Slot;
use super::watch::Watch;
use super::{Error, namespace, programs};
use crate::device::Card;
use crate::transport::vpcd::DEFAULT_PORT;

/// Where the programs of the world in `folder` find pcscd.
pub(super) fn socket(folder: &Path) -> PathBuf {
    folder.join("pcscd.comm")
}

/// Starts pcscd with one reader for each name and card; no card is inserted yet.
///
/// This process's own `PCSCLITE_CSOCK_NAME` must be [`socket`]. Gives the slots in the order asked.
pub(super) fn start(folder: &Path, cards: Vec<(&str, Box<dyn Card>)>) -> Result<Vec<Slot>, Error> {
    let names: Vec<&str> = cards.iter().map(|(name, _)| *name).collect();
    let config = configure(folder, &names)?;
    let sockets = launch(folder, &config, cards.len())?;
    let watch = Arc::new(Watch::open().map_err(|error| ended(folder).unwrap_or(error))?);
    let readers = watch.readers()?;
    cards
        .into_iter()
        .zip(sockets)
        .enumerate()
        .map(|(index, ((name, card), socket))| {
            let reader = reader(&readers, name)?;
            Ok(Slot::new(card, socket, port(index), reader, Arc::clone(&watch)))
        })
        .collect()
}

/// Writes the readers into ONE file, whose order is theirs; gives its folder.
fn configure(folder: &Path, names: &[&str]) -> Result<PathBuf, Error> {
    let driver = programs::driver()?;
    let config = folder.join("readers");
    fs::create_dir(&config).map_err(Error::at("making the readers' configuration"))?;
    let mut text = String::new();
    for (index, name) in names.iter().enumerate() {
        // entries that share a loaded driver steal each other's slots: each has its own copy
        let library = folder.join(format!("libifdvpcd{index}.so"));
        fs::copy(&driver, &library).map_err(Error::at("copying libifdvpcd.so"))?;
        let (port, library) = (port(index), library.display());
        text += &format!(
            "FRIENDLYNAME \"{name}\"\nDEVICENAME /dev/null:0x{port:X}\nLIBPATH {library}\n\
             CHANNELID 0x{port:X}\n\n"
        );
    }
    fs::write(config.join("sim"), text).map_err(Error::at("writing the readers' configuration"))?;
    Ok(config)
}

/// An entry has two slots, each on a port of its own.
fn port(index: usize) -> u16 {
    let offset = u16::try_from(2 * index).unwrap_or(u16::MAX);
    DEFAULT_PORT.saturating_add(offset)
}

/// The first slot of the entry with the friendly `name`.
fn reader(readers: &[CString], name: &str) -> Result<CString, Error> {
    let found = readers.iter().find(|reader| reader.to_bytes().starts_with(name.as_bytes()));
    found.cloned().ok_or(Error::Service(pcsc::Error::UnknownReader))
}

/// Starts pcscd in a namespace of its own and takes `count` sockets that were made there.
fn launch(folder: &Path, config: &Path, count: usize) -> Result<Vec<OwnedFd>, Error> {
    programs::pcscd()?;
    let listener =
        UnixListener::bind(socket(folder)).map_err(Error::at("listening for clients of pcscd"))?;
    let (ours, theirs) = UnixStream::pair().map_err(Error::at("making a pair of sockets"))?;
    let log = File::create(log(folder)).map_err(Error::at("opening the log of pcscd"))?;
    let myself = Myself::open()?;
    let part = Part::Readers { config: config.to_path_buf(), count };
    // reaped with all other children of the world
    let _pcscd = Command::new(programs::unshare()?)
        .args(["--user", "--map-root-user", "--net", "--mount", "--"])
        .arg(myself.path())
        .args(part.arguments())
        // the terminal's signals are for the program, and so is what is preloaded
        .process_group(0)
        .env_remove("LD_PRELOAD")
        .stdin(Stdio::from(OwnedFd::from(listener)))
        .stdout(Stdio::from(OwnedFd::from(theirs)))
        .stderr(log)
        .spawn()
        .map_err(Error::at("starting unshare"))?;
    let sockets = receive(&ours).map_err(Error::at("taking sockets from the namespace"))?;
    if sockets.len() == count {
        return Ok(sockets);
    }
    Err(ended(folder).unwrap_or(Error::Pcscd { log: String::new() }))
}

/// Takes what one message carries; nothing when the other end is gone.
fn receive(stream: &UnixStream) -> io::Result<Vec<OwnedFd>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(namespace::MOST))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    recvmsg(stream, &mut [IoSliceMut::new(&mut byte)], &mut control, RecvFlags::CMSG_CLOEXEC)?;
    let mut sockets = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(fds) = message {
            sockets.extend(fds);
        }
    }
    Ok(sockets)
}

fn log(folder: &Path) -> PathBuf {
    folder.join("pcscd.log")
}

/// What the log says about an early end, when it says anything.
fn ended(folder: &Path) -> Option<Error> {
    let log = fs::read_to_string(log(folder)).ok()?;
    let last = log.lines().rfind(|line| !line.trim().is_empty())?.trim();
    // ours, where namespaces are made but give no rights in them
    let ours = last.strip_prefix("firmware-sim: ");
    let forbidden = ours.filter(|error| error.contains("Operation not permitted"));
    Some(match last.strip_prefix("unshare: ").or(forbidden) {
        Some(detail) => Error::Namespaces(Forbidden::now(detail)),
        None => Error::Pcscd { log: last.to_owned() },
    })
}
