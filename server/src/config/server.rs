//! Table `[server]`: where the server is reached and what it is called.

use serde::Deserialize;
use std::net::SocketAddr;
use url::{Host, Url};

/// Where the server is reached and what it is called.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Table")]
pub struct Server {
    /// Address and port to listen on. Default: `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// The address people see: scheme, host name and port. Default: `http://localhost:8080`.
    pub origin: Url,
    /// The domain that keys bind themselves to; changing it voids every key. Default: the origin's
    /// host name.
    pub rp_id: String,
    /// What people call this server. Default: `Sleutelbos`.
    pub name: String,
    /// Whom a contact person calls who has lost everything: the operator's telephone number, as people
    /// dial it. Default: none, and the pages say only to call the operator.
    pub telephone: Option<String>,
    /// How much the log says. Default: `info`.
    pub log: Log,
}

/// How much the log says; each level says what those before it say too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Log {
    /// What failed and has no other way out.
    Error,
    /// What somebody should look at.
    Warn,
    /// What begins and ends.
    #[default]
    Info,
    /// What libraries do.
    Debug,
    /// Every step of theirs.
    Trace,
}

impl Log {
    /// As the filter of the log reads it. A hostile key's answer is no error of this server: what we
    /// make of it is audited. axum repeats what a body holds where it expected something else.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error,webauthn_rs_core=off",
            Self::Warn => "warn,webauthn_rs_core=off",
            Self::Info => "info,sqlx=warn,webauthn_rs_core=off",
            Self::Debug => "debug,axum::rejection=off",
            Self::Trace => "trace,axum::rejection=off",
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    listen: Option<SocketAddr>,
    origin: Option<Url>,
    rp_id: Option<String>,
    name: Option<String>,
    telephone: Option<String>,
    #[serde(default)]
    log: Log,
}

/// Why an address cannot be this server's.
#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error("origin must begin with https://; http:// is only for localhost")]
    Insecure,
    #[error("origin needs a host name: an IP address cannot be a key's relying party")]
    NoName,
    #[error("origin is scheme, host name and port only: leave out path, query and user")]
    More,
    #[error("rp_id must be the host name of the origin or a domain above it")]
    RelyingParty,
    #[error("rp_id is a domain under which others register names: use one of your own")]
    Public,
    #[error("telephone is a number as people dial it: digits, spaces, and + - ( )")]
    Telephone,
    #[error("name has 1 to {LONGEST} characters: it is what people call this server")]
    Name,
}

/// Characters of a name, at most: it stands in the windows of browsers and keys.
const LONGEST: usize = 64;

impl Default for Server {
    fn default() -> Self {
        Self::try_from(Table::default()).expect("the defaults fit")
    }
}

impl TryFrom<Table> for Server {
    type Error = Unfit;

    fn try_from(table: Table) -> Result<Self, Unfit> {
        let origin = match table.origin {
            Some(origin) => origin,
            None => Url::parse("http://localhost:8080").expect("it is an address"),
        };
        let Some(Host::Domain(host)) = origin.host() else { return Err(Unfit::NoName) };
        match origin.scheme() {
            "https" => {}
            "http" if host == "localhost" => {}
            _ => return Err(Unfit::Insecure),
        }
        let bare = origin.path() == "/"
            && origin.query().is_none()
            && origin.fragment().is_none()
            && origin.username().is_empty()
            && origin.password().is_none();
        if !bare {
            return Err(Unfit::More);
        }
        let rp_id = table.rp_id.unwrap_or_else(|| host.to_owned());
        let fits = host == rp_id || host.strip_suffix(&rp_id).is_some_and(|sub| sub.ends_with('.'));
        if rp_id.is_empty() || !fits {
            return Err(Unfit::RelyingParty);
        }
        // A browser refuses it too, but only when the first key is enrolled.
        if host != rp_id && psl::suffix_str(&rp_id) == Some(rp_id.as_str()) {
            return Err(Unfit::Public);
        }
        let name = table.name.unwrap_or_else(|| "Sleutelbos".to_owned());
        let shown = !name.trim().is_empty() && !name.contains(char::is_control);
        if !shown || name.chars().count() > LONGEST {
            return Err(Unfit::Name);
        }
        let dialled = |number: &String| {
            let digits = number.chars().filter(char::is_ascii_digit).count();
            let sign = |c: char| c.is_ascii_digit() || " +-()".contains(c);
            (3..=20).contains(&digits) && number.len() <= 40 && number.chars().all(sign)
        };
        if table.telephone.as_ref().is_some_and(|number| !dialled(number)) {
            return Err(Unfit::Telephone);
        }
        Ok(Self {
            listen: table.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            origin,
            rp_id,
            name,
            telephone: table.telephone.map(|number| number.trim().to_owned()),
            log: table.log,
        })
    }
}
