//! E-mail: what is sent, and the ways it goes out, a file each.

mod address;
mod folder;
mod mime;
mod smtp;

pub use address::{Address, NoAddress};
pub use smtp::{Login, Security};

use super::Failure;
use crate::clock::Time;
use crate::id::PostId;
use std::path::PathBuf;

/// How e-mail goes out, as it is set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address of the sender.
    pub from: Address,
    /// What people call the sender.
    pub name: String,
    /// Where to.
    pub way: Way,
}

/// Where e-mail goes.
#[derive(Clone, Debug)]
pub enum Way {
    /// Nowhere: it waits until a way is set, and is then given up.
    Nowhere,
    /// Into files of this folder, for development.
    Folder(PathBuf),
    /// To a mail server.
    Server {
        /// Its host name or address.
        host: String,
        /// Its port.
        port: u16,
        /// How the connection is kept from others.
        security: Security,
        /// With what this server logs in there.
        login: Option<Login>,
        /// A file of the authorities that are believed, PEM; those of this machine where there is
        /// none.
        authorities: Option<PathBuf>,
    },
}

/// One e-mail.
pub(super) struct Mail<'a> {
    /// The same in every try, so that whoever gets it twice can tell.
    pub(super) id: &'a PostId,
    pub(super) to: &'a Address,
    /// What its reader is called.
    pub(super) name: &'a str,
    pub(super) subject: &'a str,
    pub(super) plain: &'a str,
    pub(super) html: &'a str,
    pub(super) date: Time,
}

/// Sends e-mail.
#[derive(Debug)]
pub(super) struct Mailer {
    from: Address,
    name: String,
    gateway: Gateway,
}

#[derive(Debug)]
enum Gateway {
    Nowhere,
    Folder(PathBuf),
    Server(smtp::Server),
}

/// Why e-mail cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file of authorities cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// There is no authority in it.
    #[error("{path} holds no certificate of an authority in PEM")]
    Authorities {
        /// Which.
        path: PathBuf,
    },
    /// TLS cannot be set up.
    #[error("TLS with the mail server cannot be set up: check its name in [delivery] mail")]
    Tls,
}

impl Mailer {
    pub(super) fn new(settings: &Settings) -> Result<Self, Error> {
        let gateway = match &settings.way {
            Way::Nowhere => Gateway::Nowhere,
            Way::Folder(folder) => Gateway::Folder(folder.clone()),
            Way::Server { host, port, security, login, authorities } => {
                let to = (host.as_str(), *port);
                let hello = settings.from.domain();
                let server =
                    smtp::Server::new(to, *security, login.clone(), authorities.as_deref(), hello)?;
                Gateway::Server(server)
            }
        };
        Ok(Self { from: settings.from.clone(), name: settings.name.clone(), gateway })
    }

    /// Whether e-mail goes anywhere.
    pub(super) const fn is_set(&self) -> bool {
        !matches!(self.gateway, Gateway::Nowhere)
    }

    /// What people call the sender.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) async fn send(&self, mail: &Mail<'_>) -> Result<(), Failure> {
        let content = || mime::write(mail, (&self.from, &self.name)).ok_or(Failure::Unwritten);
        match &self.gateway {
            Gateway::Nowhere => Err(Failure::Nowhere),
            Gateway::Folder(folder) => folder::put(folder, mail, content()?).await,
            Gateway::Server(server) => server.send((&self.from, mail.to), &content()?).await,
        }
    }
}
