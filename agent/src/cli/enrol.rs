//! `enrol`: links a security key or UZI card to an account.

use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use super::{Context, Failure, card, prompt};
use crate::broker::key::Error;
use crate::cancel::Cancel;
use crate::desk::key::{Desk, Place};
use crate::lang::login::{Enrolled, NoSystem};
use crate::server::{Client, Kind, Verifier};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Server to enrol at [default: the first of the configuration]
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// User name of the account; its password is asked
    #[arg(long, value_name = "NAME")]
    user: String,
    /// What to call the key
    #[arg(long, value_name = "LABEL", default_value = "sleutel")]
    name: String,
    /// Make a passkey, which logs in without a user name and password
    #[arg(long, conflicts_with = "card")]
    passkey: bool,
    #[command(flatten)]
    card: card::Args,
    /// The key is on a reader instead of plugged in
    #[arg(long)]
    nfc: bool,
    /// Seconds to wait for a key, and for a touch [default: that of the configuration]
    #[arg(long, value_name = "SECONDS")]
    wait: Option<u16>,
}

/// Enrols a key and prints what it is called and how strong it is.
pub(crate) fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let language = context.language;
    let config = context.config()?;
    let origin = config.server(args.server.as_deref());
    let origin = origin.map_err(|error| Failure::of(&error, language))?;
    let client = Client::new(origin, language.tag());
    let cancel = Cancel::on_signals().map_err(|e| Failure::of(&NoSystem(e), language))?;
    let mut prompt = prompt::open(context, &config, &cancel)?;
    let verifier = Verifier::fresh()
        .map_err(|e| Failure::of(&NoSystem(std::io::Error::other(e.to_string())), language))?;
    let wait = args.wait.map_or(config.key.wait, |seconds| Duration::from_secs(seconds.into()));
    let mut desk = Desk {
        client: &client,
        prompt: prompt.as_mut(),
        tell: &|text| context.tell(text),
        language,
        cancel: &cancel,
        wait,
        place: if args.nfc { Place::Nfc } else { Place::Usb },
    };
    let kind = if args.passkey { Kind::Passkey } else { Kind::SecurityKey };
    let visit = |code: &crate::secret::Secret| {
        client.redeem(code, &verifier).map(|session| session.session)
    };
    let challenge = verifier.challenge();
    let factor = if args.card.card {
        card::enrol(&args.card, &config, &mut desk, &args.user, (&challenge, visit))?
    } else {
        desk.enrol(&args.user, &challenge, kind, &args.name, &visit)
            .map_err(|error: Error| Failure::of(&error, language))?
    };
    context.print(&Enrolled(&factor).text(language), &json!({ "factor": factor }));
    Ok(ExitCode::SUCCESS)
}
