//! Tables `[delivery.sms]` and `[delivery.calls]`: how codes and calls reach phones.

use super::{Error, read};
use crate::delivery::phone::gateways::{Way, cm, template, twilio};
use crate::secret::Secret;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use url::{Host, Url};

/// One of the two tables.
#[derive(Deserialize)]
#[serde(try_from = "Keys")]
pub(super) struct Table(Keys);

/// The gateway, with what it needs.
#[derive(Deserialize)]
#[serde(tag = "gateway", rename_all = "lowercase", deny_unknown_fields)]
enum Keys {
    /// Nowhere: nothing is sent.
    None {},
    /// Into files, for development.
    Folder {
        /// Which folder.
        folder: PathBuf,
    },
    /// CM.com.
    Cm {
        /// The file of the product token.
        token: PathBuf,
        /// Who sends or calls.
        sender: String,
        /// Default: CM.com's own.
        address: Option<String>,
    },
    /// Twilio, or who speaks its language.
    Twilio {
        /// The account's SID.
        account: String,
        /// The file of the authentication token.
        token: PathBuf,
        /// Who sends or calls.
        sender: String,
        /// Default: Twilio's own.
        address: Option<String>,
    },
    /// A provider that is described here.
    Template {
        /// The file of what stands for `{secret}`. Default: none.
        secret: Option<PathBuf>,
        method: Option<String>,
        address: String,
        #[serde(default)]
        headers: std::collections::BTreeMap<String, String>,
        form: Option<std::collections::BTreeMap<String, String>>,
        json: Option<String>,
        expects: Option<Vec<u16>>,
    },
}

#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error(
        "address is https://…, or http://… on this machine, without a user, a question mark or #"
    )]
    Address,
    #[error(
        "sender is a number such as +31201234567, a name of at most 11 letters and digits, or with \
         Twilio the SID of a messaging service"
    )]
    Sender,
    #[error("account is the account's SID: letters and digits")]
    Account,
    #[error(transparent)]
    Template(#[from] template::Unfit),
}

impl TryFrom<Keys> for Table {
    type Error = Unfit;

    fn try_from(keys: Keys) -> Result<Self, Unfit> {
        match &keys {
            Keys::None {} | Keys::Folder { .. } => {}
            Keys::Cm { sender, address: place, .. } => {
                is_sender(sender).then_some(()).ok_or(Unfit::Sender)?;
                address(place.as_deref(), cm::SMS)?;
            }
            Keys::Twilio { account, sender, address: place, .. } => {
                is_sender(sender).then_some(()).ok_or(Unfit::Sender)?;
                let fits =
                    !account.is_empty() && account.bytes().all(|b| b.is_ascii_alphanumeric());
                fits.then_some(()).ok_or(Unfit::Account)?;
                address(place.as_deref(), twilio::ADDRESS)?;
            }
            Keys::Template { secret, .. } => {
                // The file is read later; that something is in it is known now.
                let secret = secret.as_ref().map(|_| Secret::new(String::new()));
                template::Settings::new(&description(&keys), secret)?;
            }
        }
        Ok(Self(keys))
    }
}

impl Table {
    /// The way that the table describes; paths are relative to `folder`. CM.com's usual address is
    /// `usual`.
    pub(super) fn way(self, usual: &str, folder: &Path) -> Result<Way, Error> {
        let token = |file: PathBuf| secret(&folder.join(file));
        let placed = |place: Option<String>, usual: &str| {
            address(place.as_deref(), usual).expect("it was looked at")
        };
        Ok(match self.0 {
            Keys::None {} => Way::Nowhere,
            Keys::Folder { folder: name } => Way::Folder(folder.join(name)),
            Keys::Cm { token: file, sender, address } => Way::Cm(cm::Settings {
                address: placed(address, usual),
                token: token(file)?,
                sender,
            }),
            Keys::Twilio { account, token: file, sender, address } => {
                let address = placed(address, twilio::ADDRESS);
                Way::Twilio(twilio::Settings { address, account, token: token(file)?, sender })
            }
            Keys::Template { ref secret, .. } => {
                let secret = secret.clone().map(token).transpose()?;
                let settings = template::Settings::new(&description(&self.0), secret);
                Way::Template(settings.expect("it was looked at"))
            }
        })
    }
}

/// The description of a provider in a table, if it is that.
fn description(keys: &Keys) -> template::Description {
    match keys {
        Keys::Template { method, address, headers, form, json, expects, .. } => {
            template::Description {
                method: method.clone(),
                address: address.clone(),
                headers: headers.clone(),
                form: form.clone(),
                json: json.clone(),
                expects: expects.clone(),
            }
        }
        Keys::None {} | Keys::Folder { .. } | Keys::Cm { .. } | Keys::Twilio { .. } => {
            template::Description::default()
        }
    }
}

/// The first line of a file that holds a secret.
fn secret(file: &Path) -> Result<Secret<String>, Error> {
    let content = Secret::new(read(file)?);
    Ok(Secret::new(content.expose().trim_end_matches(['\r', '\n']).to_owned()))
}

fn is_sender(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_number =
        (3..=16).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = (1..=11).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ');
    let is_service = text.len() == 34
        && text.starts_with("MG")
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_number || is_name || is_service
}

fn address(text: Option<&str>, usual: &str) -> Result<Url, Unfit> {
    let url = Url::parse(text.unwrap_or(usual)).map_err(|_| Unfit::Address)?;
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(host)) => host.is_loopback(),
        Some(Host::Ipv6(host)) => host.is_loopback(),
        None => false,
    };
    let fits = (url.scheme() == "https" || url.scheme() == "http" && here)
        && url.host().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    fits.then_some(url).ok_or(Unfit::Address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn way(text: &str, folder: &Path) -> Result<Way, String> {
        let table: Table = toml::from_str(text).map_err(|error| error.to_string())?;
        table.way(cm::CALLS, folder).map_err(|error| error.to_string())
    }

    const CM: &str = "gateway = \"cm\"\ntoken = \"token\"\nsender = \"+31201234567\"";
    const TWILIO: &str =
        "gateway = \"twilio\"\ntoken = \"token\"\naccount = \"AC00\"\nsender = \"Praktijk\"";

    #[test]
    fn each_gateway_is_read_with_its_secret() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("token"), "een-geheim\r\n").unwrap();
        let read = |text: &str| way(text, folder.path()).unwrap();
        let Way::Cm(cm) = read(CM) else { panic!("CM.com was set") };
        assert_eq!(
            (cm.address.as_str(), cm.token.expose().as_str()),
            (super::cm::CALLS, "een-geheim")
        );
        let Way::Twilio(twilio) = read(TWILIO) else { panic!("Twilio was set") };
        assert_eq!(twilio.address.as_str(), super::twilio::ADDRESS);
        assert!(!format!("{cm:?} {twilio:?}").contains("een-geheim"));
        let here = read(&format!("{TWILIO}\naddress = \"http://127.0.0.1:9/api\""));
        assert!(matches!(here, Way::Twilio(it) if it.address.as_str() == "http://127.0.0.1:9/api"));
        let described = "gateway = \"template\"\naddress = \"https://sms.example/\"\n\
                         headers = { X = \"{secret}\" }\nsecret = \"token\"\nform = { t = \"{text}\" }";
        assert!(matches!(read(described), Way::Template(_)));
        let written = read("gateway = \"folder\"\nfolder = \"sms\"");
        assert!(matches!(written, Way::Folder(it) if it == folder.path().join("sms")));
        assert!(matches!(read("gateway = \"none\""), Way::Nowhere));
        let absent = CM.replace("\"token\"", "\"absent\"");
        assert!(way(&absent, folder.path()).unwrap_err().contains("absent"));
    }

    #[test]
    fn each_wrong_value_is_named() {
        for (text, named) in [
            ("gateway = \"pigeon\"".to_owned(), "pigeon"),
            ("folder = \"x\"".to_owned(), "gateway"),
            (format!("{CM}\nacount = \"x\""), "acount"),
            ("gateway = \"folder\"\nfolder = \"x\"\ntoken = \"t\"".to_owned(), "token"),
            (CM.replace("+31201234567", "Een lange naam"), "sender is a number"),
            (CM.replace("+31201234567", "a\\r\\nb"), "sender is a number"),
            (TWILIO.replace("AC00", "AC/../x"), "account is"),
            (format!("{CM}\naddress = \"http://gw.example/\""), "address is https"),
            (format!("{CM}\naddress = \"https://u:p@gw.example/\""), "address is https"),
            (format!("{TWILIO}\naddress = \"https://gw.example/?a\""), "address is https"),
            (
                "gateway = \"template\"\naddress = \"https://{to}/\"".to_owned(),
                "without placeholders",
            ),
            (
                "gateway = \"template\"\naddress = \"https://a.example/{secret}\"".to_owned(),
                "belong together",
            ),
        ] {
            let error = way(&text, Path::new("/etc/x")).expect_err(&text);
            assert!(error.contains(named), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn only_this_machine_is_asked_without_tls(text in "https?://\\PC{0,30}|\\PC{0,30}") {
            if let Ok(url) = address(Some(&text), "") {
                let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
                let here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
                prop_assert!(url.scheme() == "https" || here, "{}", url);
            }
        }
    }
}
