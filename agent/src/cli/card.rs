//! `login --card` and `enrol --card`: the UZI card at the command line, without a browser.

use crate::config::Config;
use crate::desk::key::Desk;
use crate::secret::Secret;
use crate::server::choice::AfterCard;
use crate::server::{Done, Factor, Session};
use crate::tokens::card::inserted::Via;
use crate::tokens::card::pkcs11::modules;

use super::Failure;
use crate::desk::card::{Missing, Request, authenticate, pad};

/// How a card is used.
#[derive(clap::Args)]
#[group(skip)] // its name would be that of the command that takes it in
pub(crate) struct Args {
    /// Use the UZI card instead of a security key
    #[arg(long, conflicts_with = "nfc")]
    pub(crate) card: bool,
    /// Which way leads to the card
    #[arg(long, value_enum, default_value_t, requires = "card")]
    via: Via,
}

/// Logs in with the card alone: it names its holder.
pub(crate) fn log_in(
    args: &Args,
    config: &Config,
    desk: &mut Desk<'_>,
    challenge: &str,
) -> Result<Done, Failure> {
    let (client, language) = (desk.client, desk.language);
    let failed = |error| Failure::of(&error, language);
    let attempt = client.attempt(challenge).map_err(failed)?;
    let nonce = client.card_nonce(&attempt).map_err(failed)?;
    let token = token(args, config, desk, &nonce)?;
    match client.login_card(&attempt, &token).map_err(failed)? {
        AfterCard::Done(done) => Ok(done),
        AfterCard::Choose { organisations } => {
            let chosen = desk.choose(&organisations);
            let chosen = chosen.map_err(|error| Failure::of(&error, language))?;
            client.choose_by_card(&attempt, &chosen).map_err(failed)
        }
    }
}

/// Links the card to the account of `username`, who proves first who it is: with the password, and
/// with a key where there is one.
pub(crate) fn enrol(
    args: &Args,
    config: &Config,
    desk: &mut Desk<'_>,
    username: &str,
    (challenge, visit): (&str, impl FnOnce(&Secret) -> Result<Session, crate::server::Error>),
) -> Result<Factor, Failure> {
    let (client, language) = (desk.client, desk.language);
    let failed = |error| Failure::of(&error, language);
    let code = desk.prove(username, challenge).map_err(|e| Failure::of(&e, language))?;
    let session = desk.at_the_named(visit(&code).map_err(failed)?);
    let session = session.map_err(|error| Failure::of(&error, language))?.session;
    let enrolled = client.enrol_card_nonce(&session).map_err(failed).and_then(|nonce| {
        let token = token(args, config, desk, &nonce)?;
        client.enrol_card(&session, &token).map_err(failed)
    });
    // The visit was only for this. A server that is gone ends it by itself.
    let _ = client.logout(&session);
    enrolled
}

fn token(
    args: &Args,
    config: &Config,
    desk: &mut Desk<'_>,
    nonce: &str,
) -> Result<wire::web_eid::Token, Failure> {
    let language = desk.language;
    let request = Request {
        origin: desk.client.origin(),
        nonce,
        via: args.via,
        modules: modules::present(&config.card.modules),
        pad: pad(config.card.pin_pad),
        language,
        missing: Missing::Events(desk.wait),
        tell: desk.tell,
    };
    authenticate(&request, desk.prompt).map_err(|error| Failure::of(&error, language))
}
