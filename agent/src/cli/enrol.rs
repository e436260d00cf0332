//! `enrol`: links a security key or UZI card to an account.

use std::process::ExitCode;

use serde_json::json;

use super::device::{self, Device};
use super::{Context, Failure, card};
use crate::lang::login::Enrolled;
use crate::secret::Secret;
use crate::server::Kind;
use crate::tokens::fido::watch::Places;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// User name of the account; its password is asked
    #[arg(long, value_name = "NAME", value_parser = device::username)]
    user: String,
    /// Which organisation, for who works for several: its AGB code or its whole name [default: ask]
    #[arg(long, value_name = "ORGANISATION", value_parser = device::organisation)]
    organisation: Option<String>,
    /// What to call the key, in 1 to 60 characters
    #[arg(long, value_name = "LABEL", default_value = "sleutel", value_parser = label)]
    name: String,
    /// Make a passkey, which logs in without a user name and password
    #[arg(long, conflicts_with = "card")]
    passkey: bool,
    #[command(flatten)]
    card: card::Args,
    #[command(flatten)]
    device: Device,
}

/// Enrols a key and prints what it is called and how strong it is.
pub(crate) fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    // A key that lies on a reader needs no touch: a new one is looked for where the person said.
    let organisation = args.organisation.as_deref();
    args.device.open(context, Places::Usb, organisation, |config, desk| {
        let language = context.language;
        let verifier = device::verifier(context)?;
        let challenge = verifier.challenge();
        let client = desk.client;
        let visit = |code: &Secret| client.redeem(code, &verifier);
        let factor = if args.card.card {
            card::enrol(&args.card, config, desk, &args.user, (&challenge, visit))?
        } else {
            let kind = if args.passkey { Kind::Passkey } else { Kind::SecurityKey };
            let enrolled = desk.enrol(&args.user, &challenge, kind, &args.name, &visit);
            enrolled.map_err(|error| Failure::of(&error, language))?
        };
        context.print(&Enrolled(&factor).text(language), &json!({ "factor": factor }));
        Ok(ExitCode::SUCCESS)
    })
}

/// What a server takes as the name of a key, checked before the key is touched.
fn label(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if (1..=LONGEST_LABEL).contains(&text.chars().count()) {
        Ok(text.to_owned())
    } else {
        Err("a name has 1 to 60 characters")
    }
}

/// Characters of a name, at most.
const LONGEST_LABEL: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_has_1_to_60_characters() {
        assert_eq!(label(" mijn sleutel "), Ok("mijn sleutel".to_owned()));
        assert_eq!(label(&"é".repeat(60)), Ok("é".repeat(60)));
        for wrong in ["", " ", &"é".repeat(61)] {
            assert!(label(wrong).is_err(), "{wrong:?}");
        }
    }
}
