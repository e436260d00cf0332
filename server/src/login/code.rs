//! The one-time code of a log-in that an application began.

use super::pkce::Verifier;
use super::run::open;
use super::{Error, store};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::secret::{Carrier, Token};
use crate::sessions::Session;

type Result<T, E = Error> = std::result::Result<T, E>;

/// Turns a one-time code into a session, once, for whoever holds its verifier. A code that is
/// shown with a wrong verifier is spent too.
pub async fn redeem(
    app: &App,
    code: &Token,
    verifier: &Verifier,
    client: &str,
) -> Result<Option<(Token, Session)>> {
    let now = app.clock.now();
    let by = By { actor: Actor::Visitor { attempt: None }, random: app.random, now };
    let mut tx = app.db.write().await?;
    let spent = store::spend_code(&mut tx, &code.hash(), now).await?;
    let opened = match spent {
        Some((challenge, login)) if challenge.is_met_by(verifier) => {
            Some(open(&mut tx, login, (client, Carrier::Program), &by).await?)
        }
        Some(_) | None => {
            let owner = store::code_owner(&mut tx, &code.hash()).await?;
            let event = audit::Event::LoginCodeRefused;
            audit::record(&mut tx, &by, owner.as_ref(), &event).await?;
            None
        }
    };
    tx.commit().await?;
    Ok(opened)
}
