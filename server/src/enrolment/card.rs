//! Linking an UZI card: its token is verified against the nonce of this session, once.

use super::{Error, run};
use crate::app::App;
use crate::factors::Factor;
use crate::factors::card::Refusal;
use crate::sessions::Session;

/// Verifies a card's Web eID token (its JSON) and links the card to the account of `session`,
/// under the name its owner gives it. The nonce is spent whatever the token says.
///
/// Errors: [`Error::Card`] where the card is not accepted; as [`run::card`] where it is not linked.
pub async fn link(
    app: &App,
    session: &Session,
    auth_token: &[u8],
    name: &str,
) -> Result<Factor, Error> {
    let verified = match run::spend_card_nonce(app, session).await? {
        Some(nonce) => app.cards.verify(auth_token, &nonce, app.clock.now()).await,
        None => Err(Refusal::ChallengeGone),
    };
    match verified {
        Ok(card) => run::card(app, session, &card.identity, &card.subject, name).await,
        Err(refusal) => {
            let error = Error::Card(Box::new(refusal));
            run::card_refused(app, &session.login.account, &error, app.clock.now()).await?;
            Err(error)
        }
    }
}
