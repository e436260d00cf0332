//! `login`: proves who somebody is with a security key or UZI card, and says how strongly.

use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use super::{Context, Failure, card, prompt};
use crate::broker::key::Error;
use crate::cancel::Cancel;
use crate::desk::key::{Desk, Place};
use crate::lang::login::{LoggedIn, NoSystem};
use crate::server::{Client, Verifier};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Server to log in to [default: the first of the configuration]
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Ask for the password of this user name first; without it a passkey is used
    #[arg(long, value_name = "NAME", conflicts_with = "card")]
    user: Option<String>,
    #[command(flatten)]
    card: card::Args,
    /// The key is on a reader instead of plugged in
    #[arg(long)]
    nfc: bool,
    /// Seconds to wait for a key, and for a touch [default: that of the configuration]
    #[arg(long, value_name = "SECONDS")]
    wait: Option<u16>,
    /// Print a one-time code bound to this PKCE code challenge (S256), for the application that
    /// holds its verifier, instead of redeeming it
    #[arg(long, value_name = "CHALLENGE", value_parser = challenge)]
    code_challenge: Option<String>,
}

/// Logs in and prints who it is, or the code for the application that asked.
pub(crate) fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let language = context.language;
    let config = context.config()?;
    let origin = config.server(args.server.as_deref());
    let origin = origin.map_err(|error| Failure::of(&error, language))?;
    let client = Client::new(origin, language.tag());
    let cancel = Cancel::on_signals().map_err(|e| Failure::of(&NoSystem(e), language))?;
    let mut prompt = prompt::open(context, &config, &cancel)?;
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
    let failed = |error: Error| Failure::of(&error, language);
    let mut log_in = |challenge: &str| {
        if args.card.card {
            return card::log_in(&args.card, &config, &mut desk, challenge);
        }
        desk.log_in(args.user.as_deref(), challenge).map_err(failed)
    };
    if let Some(challenge) = &args.code_challenge {
        let done = log_in(challenge)?;
        let code = done.code.expose();
        context.print(code, &json!({"code": code, "level": done.level}));
        return Ok(ExitCode::SUCCESS);
    }
    let verifier = Verifier::fresh()
        .map_err(|e| Failure::of(&NoSystem(std::io::Error::other(e.to_string())), language))?;
    let done = log_in(&verifier.challenge())?;
    let session = client.redeem(&done.code, &verifier).map_err(|e| failed(e.into()))?;
    // Who only wants to know who it is leaves no session behind.
    let _ = client.logout(&session.session);
    let said = LoggedIn { account: &session.account, level: session.level }.text(language);
    context.print(&said, &json!({"account": session.account, "level": session.level}));
    Ok(ExitCode::SUCCESS)
}

/// A base64url SHA-256, without padding.
fn challenge(text: &str) -> Result<String, &'static str> {
    let is_base64url = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if text.len() == 43 && text.bytes().all(is_base64url) {
        Ok(text.to_owned())
    } else {
        Err("a code challenge is the base64url form of a SHA-256: 43 characters")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_challenge_has_43_characters_of_base64url() {
        assert!(challenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").is_ok());
        for wrong in ["", "E9Melhoa", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"] {
            assert!(challenge(wrong).is_err(), "{wrong}");
        }
    }
}
