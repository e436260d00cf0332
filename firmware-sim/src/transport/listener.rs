//! A listening socket: each host that connects becomes a line of its own.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags};
use rustix::net::{SocketFlags, accept_with, sockopt::set_tcp_nodelay};
use wire::ctaphid::Report;

use super::line::{Arrivals, Life, Line, Peer, Taking};
use super::stream::{Stream, unless_later};
use crate::device::Time;

/// How many hosts one socket serves at once; the next one waits until one goes.
const HOSTS: usize = 64;

/// Held by each host's line, so that its socket counts them.
#[derive(Debug, Clone, Default)]
pub struct Place {
    _counted: Arc<()>,
}

/// What makes a line of a host's stream.
type Open = Box<dyn Fn(Stream, Place) -> Box<dyn Line> + Send>;

/// A listening socket, and what becomes of the hosts that connect.
pub struct Listener {
    socket: OwnedFd,
    /// Of a Unix socket alone.
    file: Option<SocketFile>,
    places: Place,
    open: Open,
}

/// The file of a Unix socket, removed with its listener where it is still the same.
#[derive(Debug)]
struct SocketFile {
    path: PathBuf,
    inode: (u64, u64),
}

impl Listener {
    /// Listens on a TCP address; port 0 is any free one, and the address in use is given back.
    ///
    /// Errors: the system's, such as an address in use.
    pub fn tcp(
        address: SocketAddr,
        open: impl Fn(Stream, Place) -> Box<dyn Line> + Send + 'static,
    ) -> io::Result<(Self, SocketAddr)> {
        let socket = TcpListener::bind(address)?;
        let address = socket.local_addr()?;
        Ok((Self::new(socket.into(), None, Box::new(open)), address))
    }

    /// Listens on a Unix socket of this path, which is removed at the end.
    ///
    /// Errors: the system's, such as a path in use.
    pub fn unix(
        path: &Path,
        open: impl Fn(Stream, Place) -> Box<dyn Line> + Send + 'static,
    ) -> io::Result<Self> {
        let socket = UnixListener::bind(path)?;
        let file = SocketFile { path: path.to_path_buf(), inode: inode(path)? };
        Ok(Self::new(socket.into(), Some(file), Box::new(open)))
    }

    fn new(socket: OwnedFd, file: Option<SocketFile>, open: Open) -> Self {
        Self { socket, file, places: Place::default(), open }
    }
}

fn inode(path: &Path) -> io::Result<(u64, u64)> {
    let found = fs::symlink_metadata(path)?;
    Ok((found.dev(), found.ino()))
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if inode(&self.path).is_ok_and(|found| found == self.inode) {
            // whoever removed it meanwhile has done it
            let _removed = fs::remove_file(&self.path);
        }
    }
}

impl Line for Listener {
    fn waits(&self, _: Taking) -> Vec<PollFd<'_>> {
        let has_room = Arc::strong_count(&self.places._counted) <= HOSTS;
        let flags = if has_room { PollFlags::IN } else { PollFlags::empty() };
        vec![PollFd::new(&self.socket, flags)]
    }

    fn turn(&mut self, seen: &[PollFlags], _: Time) -> io::Result<Arrivals> {
        let mut arrivals = Arrivals::default();
        if seen.iter().any(|flags| flags.contains(PollFlags::IN)) {
            match accept_with(&self.socket, SocketFlags::CLOEXEC) {
                Ok(host) => {
                    if self.file.is_none() {
                        // a host that is gone already is found out at the first read
                        let _set = set_tcp_nodelay(&host, true);
                    }
                    arrivals.lines.push((self.open)(Stream::new(host), self.places.clone()));
                }
                Err(error) => unless_later(error)?,
            }
        }
        Ok(arrivals)
    }

    fn give(&mut self, _: Peer, _: &Report) {}

    fn life(&self) -> Life {
        Life::Open
    }
}
