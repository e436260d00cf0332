//! A log-in with an UZI card: its token is verified against the nonce of this attempt, once.

use super::{CardCheck, Error, FactorAnswer, Granted, run};
use crate::app::App;
use crate::factors::{self, card::Refusal};
use crate::secret::Token;

/// What a card's token led to.
#[derive(Clone, Debug)]
pub enum CardAnswer {
    /// The person is in.
    Done(Granted),
    /// The card was not accepted; the attempt goes on.
    Refused(Refusal),
}

/// Checks a card's Web eID token (its JSON). The nonce is spent whatever the token says.
///
/// Errors: those of [`run::card`]; a token that is not accepted is an answer.
pub async fn finish(app: &App, token: &Token, auth_token: &[u8]) -> Result<CardAnswer, Error> {
    let verified = match run::spend_card_nonce(app, token).await? {
        Some(nonce) => app.cards.verify(auth_token, &nonce, app.clock.now()).await,
        None => Err(Refusal::ChallengeGone),
    };
    let (check, refusal) = match verified {
        Ok(card) => {
            let uzi_number = card.identity.number.to_string();
            let subscriber = card.identity.subscriber.to_string();
            (CardCheck::Holder { uzi_number, subscriber }, Refusal::NotLinked)
        }
        Err(refusal) => (CardCheck::Failed(refusal.code().to_owned()), refusal),
    };
    Ok(match run::card(app, token, check).await? {
        FactorAnswer::Done(granted) => CardAnswer::Done(granted),
        FactorAnswer::Refused(factors::Refusal::Stranger) => CardAnswer::Refused(Refusal::Stranger),
        FactorAnswer::Refused(_) => CardAnswer::Refused(refusal),
    })
}
