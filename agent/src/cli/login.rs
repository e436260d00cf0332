//! `login`: proves who somebody is with a security key or UZI card, and says how strongly.

use std::process::ExitCode;

use serde_json::json;

use super::device::{self, Device};
use super::{Context, Failure, card};
use crate::broker::key::Error;
use crate::config::Config;
use crate::desk::key::Desk;
use crate::lang::login::LoggedIn;
use crate::server::{self, Done, Verifier};
use crate::tokens::fido::watch::Places;

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("proof").args(["user", "card"]))]
pub(crate) struct Args {
    /// Ask for the password of this user name first; without it a passkey is used
    #[arg(long, value_name = "NAME", conflicts_with = "card", value_parser = device::username)]
    user: Option<String>,
    /// At which organisation, for who works for several: its AGB code or its whole name [default: ask]
    ///
    /// A passkey belongs to one organisation, so this goes with --user or --card.
    #[arg(long, value_name = "ORGANISATION", value_parser = device::organisation, requires = "proof")]
    organisation: Option<String>,
    #[command(flatten)]
    card: card::Args,
    #[command(flatten)]
    device: Device,
    /// Print a one-time code bound to this PKCE code challenge (S256), for the application that
    /// holds its verifier, instead of redeeming it
    #[arg(long, value_name = "CHALLENGE", value_parser = challenge)]
    code_challenge: Option<String>,
}

/// Logs in and prints who it is, or the code for the application that asked.
pub(crate) fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let organisation = args.organisation.as_deref();
    args.device.open(context, Places::Both, organisation, |config, desk| {
        match &args.code_challenge {
            Some(challenge) => {
                let done = log_in(args, config, desk, challenge)?;
                let code = done.code.expose();
                context.print(code, &json!({"code": code, "level": done.level}));
                Ok(ExitCode::SUCCESS)
            }
            None => {
                let verifier = device::verifier(context)?;
                let done = log_in(args, config, desk, &verifier.challenge())?;
                tell_who(context, desk, &done, &verifier)
            }
        }
    })
}

fn log_in(
    args: &Args,
    config: &Config,
    desk: &mut Desk<'_>,
    challenge: &str,
) -> Result<Done, Failure> {
    if args.card.card {
        return card::log_in(&args.card, config, desk, challenge);
    }
    let language = desk.language;
    desk.log_in(args.user.as_deref(), challenge).map_err(|error| Failure::of(&error, language))
}

/// Redeems the code, and says whose it was.
fn tell_who(
    context: &Context,
    desk: &Desk<'_>,
    done: &Done,
    verifier: &Verifier,
) -> Result<ExitCode, Failure> {
    let language = context.language;
    let failed = |error: server::Error| Failure::of(&Error::from(error), language);
    let session = desk.client.redeem(&done.code, verifier).map_err(failed)?;
    let session = desk.at_the_named(session).map_err(|error| Failure::of(&error, language))?;
    // Who only wants to know who it is leaves no session behind.
    let _ = desk.client.logout(&session.session);
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
