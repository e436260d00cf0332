//! Table `[delivery]`: how messages reach people.

use super::{Error, Server, gateways, read};
use crate::delivery::Settings;
use crate::delivery::email::{self, Address, Login, Security, Way};
use crate::delivery::phone::gateways::{Settings as Gateways, Way as Phone, cm};
use crate::secret::Secret;
use crate::text::Language;
use serde::Deserialize;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use url::{Host, Url};

#[derive(Default, Deserialize)]
#[serde(try_from = "Keys")]
pub(super) struct Table(Keys);

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Keys {
    /// Where e-mail goes. Default: with an origin at localhost into `mail` in the data folder, else
    /// nowhere.
    mail: Option<Mail>,
    /// The sender's address. Default: `sleutelbos` at the host of origin.
    from: Option<String>,
    /// The user to log in as at the mail server. Default: none, no log-in.
    user: Option<String>,
    /// The file that holds that user's password. Default: none.
    password: Option<PathBuf>,
    /// A PEM file of the authorities that the mail server's certificate is to be of. Default: those
    /// of this machine.
    authorities: Option<PathBuf>,
    /// The language of messages. Default: Dutch.
    language: Option<Tag>,
    /// How codes go by SMS. Default: with an origin at localhost into `phone` in the data folder, else
    /// nowhere.
    sms: Option<gateways::Table>,
    /// How phone calls are made. Default: as of `sms`.
    calls: Option<gateways::Table>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Tag {
    Nl,
    En,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
enum Mail {
    Folder(PathBuf),
    Server { host: String, port: u16, security: Security },
}

#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error(
        "mail is smtp://host (TLS by STARTTLS), smtps://host (TLS from the first byte), either with a \
         port where it is not the usual one, or folder:NAME"
    )]
    Mail,
    #[error("plain:// is for a mail server on this machine only: localhost, 127.0.0.1 or [::1]")]
    Plain,
    #[error("from: {0}")]
    From(#[from] email::NoAddress),
    #[error("user and password belong together, and to a mail server in mail")]
    Login,
    #[error("authorities belong to a mail server with TLS: smtp:// or smtps:// in mail")]
    Authorities,
}

impl TryFrom<String> for Mail {
    type Error = Unfit;

    fn try_from(text: String) -> Result<Self, Unfit> {
        if let Some(folder) = text.strip_prefix("folder:") {
            return if folder.is_empty() {
                Err(Unfit::Mail)
            } else {
                Ok(Self::Folder(folder.into()))
            };
        }
        let url = Url::parse(&text).map_err(|_| Unfit::Mail)?;
        let (security, usual) = match url.scheme() {
            "smtp" => (Security::StartTls, 587),
            "smtps" => (Security::Implicit, 465),
            "plain" => (Security::Plain, 25),
            _ => return Err(Unfit::Mail),
        };
        let bare = ["", "/"].contains(&url.path())
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let host = match url.host() {
            Some(Host::Domain(name)) if bare && !name.is_empty() => name.to_ascii_lowercase(),
            Some(Host::Ipv4(address)) if bare => address.to_string(),
            Some(Host::Ipv6(address)) if bare => address.to_string(),
            _ => return Err(Unfit::Mail),
        };
        let here =
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|host| host.is_loopback());
        if security == Security::Plain && !here {
            return Err(Unfit::Plain);
        }
        Ok(Self::Server { host, port: url.port().unwrap_or(usual), security })
    }
}

impl TryFrom<Keys> for Table {
    type Error = Unfit;

    fn try_from(keys: Keys) -> Result<Self, Unfit> {
        if let Some(from) = &keys.from {
            Address::parse(from)?;
        }
        let security = match &keys.mail {
            Some(Mail::Server { security, .. }) => Some(*security),
            Some(Mail::Folder(_)) | None => None,
        };
        if keys.user.is_some() != keys.password.is_some()
            || (keys.user.is_some() && security.is_none())
        {
            return Err(Unfit::Login);
        }
        if keys.authorities.is_some() && matches!(security, None | Some(Security::Plain)) {
            return Err(Unfit::Authorities);
        }
        Ok(Self(keys))
    }
}

impl Table {
    /// The settings of a server, with its data folder and the folder that paths are relative to.
    pub(super) fn settings(
        self,
        server: &Server,
        data: &Path,
        folder: &Path,
    ) -> Result<Settings, Error> {
        let keys = self.0;
        let host = server.origin.host_str().unwrap_or("localhost");
        let own = Address::parse(&format!("sleutelbos@{host}"));
        let here = || Address::parse("sleutelbos@localhost").expect("it is an address");
        let from = keys.from.as_deref().map(Address::parse).transpose().ok().flatten();
        let login = match (keys.user, keys.password) {
            (Some(user), Some(file)) => {
                let password = Secret::new(read(&folder.join(file))?);
                let line = password.expose().trim_end_matches(['\r', '\n']).to_owned();
                Some(Login { user, password: Secret::new(line) })
            }
            _ => None,
        };
        let way = match keys.mail {
            Some(Mail::Folder(name)) => Way::Folder(folder.join(name)),
            Some(Mail::Server { host, port, security }) => {
                let authorities = keys.authorities.map(|path| folder.join(path));
                Way::Server { host, port, security, login, authorities }
            }
            None if host == "localhost" => Way::Folder(data.join("mail")),
            None => Way::Nowhere,
        };
        let phone = |table: Option<gateways::Table>, usual| match table {
            Some(table) => table.way(usual, folder),
            None if host == "localhost" => Ok(Phone::Folder(data.join("phone"))),
            None => Ok(Phone::Nowhere),
        };
        Ok(Settings {
            phone: Gateways {
                sms: phone(keys.sms, cm::SMS)?,
                calls: phone(keys.calls, cm::CALLS)?,
                origin: server.origin.clone(),
            },
            email: email::Settings {
                from: from.or(own.ok()).unwrap_or_else(here),
                name: server.name.clone(),
                way,
            },
            language: match keys.language {
                None | Some(Tag::Nl) => Language::Dutch,
                Some(Tag::En) => Language::English,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn settings(text: &str, origin: &str) -> Result<Settings, String> {
        let server: Server = toml::from_str(&format!("origin = \"{origin}\"")).expect("it fits");
        let table: Table = toml::from_str(text).map_err(|error| error.to_string())?;
        let settings = table.settings(&server, Path::new("/data"), Path::new("/etc/x"));
        settings.map_err(|error| error.to_string())
    }

    const HOME: &str = "http://localhost:8080";
    const PUBLIC: &str = "https://inloggen.voorbeeld.nl";

    #[test]
    fn without_keys_mail_goes_into_a_folder_at_home_and_nowhere_elsewhere() {
        let home = settings("", HOME).unwrap().email;
        assert_eq!(home.from.to_string(), "sleutelbos@localhost");
        assert!(matches!(home.way, Way::Folder(folder) if folder == Path::new("/data/mail")));
        let public = settings("", PUBLIC).unwrap();
        assert_eq!(public.email.from.to_string(), "sleutelbos@inloggen.voorbeeld.nl");
        assert_eq!((public.email.name.as_str(), public.language), ("Sleutelbos", Language::Dutch));
        assert!(matches!(public.email.way, Way::Nowhere));
    }

    #[test]
    fn what_is_set_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "geheim woord \r\n").unwrap();
        let text = format!(
            "mail = \"smtp://Mail.voorbeeld.nl:2525\"\nfrom = \"inloggen@voorbeeld.nl\"\nuser = \"u\"\n\
             password = {file:?}\nauthorities = \"ca.pem\"\nlanguage = \"en\""
        );
        let found = settings(&text, PUBLIC).unwrap();
        assert_eq!(found.language, Language::English);
        assert_eq!(found.email.from.to_string(), "inloggen@voorbeeld.nl");
        let Way::Server { host, port, security, login, authorities } = found.email.way else {
            panic!("a server was set")
        };
        assert_eq!(
            (host.as_str(), port, security),
            ("mail.voorbeeld.nl", 2525, Security::StartTls)
        );
        assert_eq!(authorities.as_deref(), Some(Path::new("/etc/x/ca.pem")));
        let login = login.unwrap();
        assert_eq!((login.user.as_str(), login.password.expose().as_str()), ("u", "geheim woord "));
        assert!(!format!("{login:?}").contains("geheim"));
    }

    #[test]
    fn servers_have_their_usual_ports() {
        for (text, host, port, security) in [
            ("smtp://a.example", "a.example", 587, Security::StartTls),
            ("smtps://a.example/", "a.example", 465, Security::Implicit),
            ("plain://localhost", "localhost", 25, Security::Plain),
            ("plain://127.0.0.1:1025", "127.0.0.1", 1025, Security::Plain),
            ("plain://[::1]:1025", "::1", 1025, Security::Plain),
        ] {
            let server = Mail::Server { host: host.to_owned(), port, security };
            assert_eq!(Mail::try_from(text.to_owned()).ok(), Some(server), "{text}");
        }
    }

    #[test]
    fn each_wrong_value_is_named() {
        for (text, named) in [
            ("mail = \"mail.example\"", "smtp://host"),
            ("mail = \"smtp://\"", "smtp://host"),
            ("mail = \"smtp://u:p@a.example\"", "smtp://host"),
            ("mail = \"smtp://a.example/x\"", "smtp://host"),
            ("mail = \"http://a.example\"", "smtp://host"),
            ("mail = \"folder:\"", "smtp://host"),
            ("mail = \"plain://a.example\"", "this machine only"),
            ("mail = \"plain://192.0.2.1\"", "this machine only"),
            ("from = \"nobody\"", "no e-mail address"),
            ("mail = \"smtp://a.example\"\nuser = \"u\"", "belong together"),
            ("user = \"u\"\npassword = \"p\"", "belong together"),
            ("mail = \"plain://localhost\"\nauthorities = \"ca.pem\"", "with TLS"),
            ("language = \"fr\"", "fr"),
            ("server = \"x\"", "server"),
        ] {
            let error = settings(text, PUBLIC).expect_err(text);
            assert!(error.contains(named), "{text}: {error}");
        }
        let absent = "mail = \"smtp://a.example\"\nuser = \"u\"\npassword = \"absent\"";
        assert!(settings(absent, PUBLIC).unwrap_err().contains("/etc/x/absent"));
    }

    proptest! {
        #[test]
        fn only_this_machine_is_spoken_to_without_tls(text in "(smtps?|plain|folder:?)(://)?\\PC{0,30}") {
            if let Ok(Mail::Server { host, security: Security::Plain, .. }) = Mail::try_from(text) {
                prop_assert!(host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()));
            }
        }
    }
}
