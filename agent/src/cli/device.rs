//! `--user`, `--organisation`, `--server`, `--nfc` and `--wait`: what `login` and `enrol` are opened with.

use std::time::Duration;

use super::{Context, Failure, prompt};
use crate::cancel::Cancel;
use crate::config::Config;
use crate::desk::choice::Choosing;
use crate::desk::key::Desk;
use crate::lang::login::NoSystem;
use crate::server::{Client, Verifier};
use crate::tokens::fido::watch::Places;

/// A user name as it was typed; which ones there are is the server's to say.
///
/// Errors: there is nothing in it.
pub(crate) fn username(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() {
        return Err("type the user name that you log in with");
    }
    Ok(text.to_owned())
}

/// An organisation as it was typed; which ones there are is the server's to say.
///
/// Errors: there is nothing in it.
pub(crate) fn organisation(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() {
        return Err("type the AGB code or the whole name of an organisation");
    }
    Ok(text.to_owned())
}

/// Which server, and how a key is reached.
#[derive(clap::Args)]
#[group(skip)] // its name would be that of the command that takes it in
pub(crate) struct Device {
    /// Server to speak to [default: the first of the configuration]
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// The key is on a reader and not plugged in
    #[arg(long)]
    nfc: bool,
    /// Seconds to wait for a key, and for a touch [default: that of the configuration]
    #[arg(long, value_name = "SECONDS")]
    wait: Option<u16>,
}

impl Device {
    /// Opens configuration, server, signals and prompt, and does `work` with them; where nobody says
    /// where the key is, it is looked for in `unsaid`, and where nobody names an `organisation`, the person
    /// is asked.
    ///
    /// Errors: one of these cannot be opened; those of `work`.
    pub(crate) fn open<T>(
        &self,
        context: &Context,
        unsaid: Places,
        organisation: Option<&str>,
        work: impl FnOnce(&Config, &mut Desk<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let language = context.language;
        let config = context.config()?;
        let origin = config.server(self.server.as_deref());
        let origin = origin.map_err(|error| Failure::of(&error, language))?;
        let client = Client::new(origin, language.tag());
        let cancel = Cancel::on_signals().map_err(|e| Failure::of(&NoSystem(e), language))?;
        let mut prompt = prompt::open(context, &config, &cancel)?;
        let wait = self.wait.map_or(config.key.wait, |seconds| Duration::from_secs(seconds.into()));
        let mut desk = Desk {
            client: &client,
            prompt: prompt.as_mut(),
            tell: &|text| context.tell(text),
            language,
            cancel: &cancel,
            wait,
            places: if self.nfc { Places::Readers } else { unsaid },
            choosing: organisation.map_or_else(
                || prompt::choosing(&config),
                |named| Choosing::Named(named.to_owned()),
            ),
        };
        work(&config, &mut desk)
    }
}

/// The secret to which a log-in of our own is bound.
///
/// Errors: the system has no random bytes.
pub(crate) fn verifier(context: &Context) -> Result<Verifier, Failure> {
    let failed = |error: getrandom::Error| NoSystem(std::io::Error::other(error.to_string()));
    Verifier::fresh().map_err(|error| Failure::of(&failed(error), context.language))
}
