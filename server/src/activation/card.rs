//! Linking an UZI card with user number and PIN, while the account has no factor: the card signs, is linked
//! and logs in, and the PIN has served that purpose.

use super::proof::{self, Charge, Charged, Failed, Holder};
use crate::accounts::number::UserNumber;
use crate::app::App;
use crate::audit;
use crate::enrolment;
use crate::enrolment::card::Linked;
use crate::factors::card::{Refused, Verified};
use crate::login::{self, Granted, linking};
use crate::password::{Busy, Checked};
use crate::pin::rules::{Factors, Purpose};
use crate::pin::{self, ActivationPin};
use crate::secret::Token;
use crate::storage;

/// What user number and PIN led to.
#[derive(Clone, Debug)]
pub enum Answer {
    /// They are right: a card may be linked in this attempt.
    Ready(Token),
    /// They are right, and the account has a factor: a PIN adds none beside it.
    HasFactor,
    /// The PIN is wrong or works no more, or the number is nobody's.
    Wrong,
    /// The PIN is blocked for this number, whoever's it is, until a human lifts that.
    Blocked,
}

/// Why no card was linked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Too many passwords and PINs are being looked at; nothing was counted.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The attempt is over: begin again.
    #[error(transparent)]
    Login(#[from] login::Error),
    /// The card was not accepted, or does not fit.
    #[error(transparent)]
    Enrolment(#[from] enrolment::Error),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

type Result<T, E = Error> = std::result::Result<T, E>;

/// Looks at user number and PIN, charged first. Right ones begin an attempt in which a card is linked; the
/// PIN is spent when one is. `client` is what the browser calls itself.
///
/// Errors: [`Error::Busy`] before anything is counted.
pub async fn begin(
    app: &App,
    client: &str,
    (number, pin): (&UserNumber, &ActivationPin),
) -> Result<Answer> {
    let room = app.passwords.admit()?;
    let charged = match proof::charge(app, number, Purpose::Card).await? {
        Charge::Blocked => return Ok(Answer::Blocked),
        Charge::Charged(charged) => *charged,
    };
    let hash = charged.hash();
    let Charged { subject, holder, count } = charged;
    let peppered = pin.peppered(number, app.pepper.expose());
    let checked = room.check(peppered, hash).await;
    match (holder, checked) {
        (Some(Holder { account, pin: Some(pin), factors, .. }), Checked::Right { .. }) => {
            proof::refund(app, &account.id, &pin).await?;
            if factors == Factors::Proven {
                return Ok(Answer::HasFactor);
            }
            let token = linking::start(app, client, (account.id, pin.id)).await?;
            Ok(Answer::Ready(token))
        }
        (holder, Checked::Right { .. } | Checked::Wrong) => {
            let account = holder.map(|holder| holder.account);
            let failed = proof::wrong(app, client, (&subject, account), &count);
            Ok(match failed.await? {
                Failed::Wrong => Answer::Wrong,
                Failed::Blocked => Answer::Blocked,
            })
        }
    }
}

/// Verifies a card's Web eID token (its JSON), links the card to whom the attempt is of, and lets in with
/// it. The nonce is spent whatever the token says. Every other session of the account ends.
///
/// Errors: [`Error::Login`]; [`Error::Enrolment`] where the card is not accepted or not linked, which is
/// recorded.
pub async fn link(app: &App, token: &Token, auth_token: &[u8]) -> Result<Granted> {
    let verified = login::card::verified(app, token, auth_token).await?;
    decide(app, token, verified).await
}

/// Links a card that was verified, or records that it was not.
pub(super) async fn decide(
    app: &App,
    token: &Token,
    verified: Result<Verified, Refused>,
) -> Result<Granted> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = linking::keep(app, &mut tx, token, now).await?;
    let (account, pin) = attempt.whose();
    let by = attempt.by(app, now);
    let living = proof::usable(&mut tx, account, Purpose::Card, now).await?;
    let serves =
        living.is_some_and(|(living, factors)| living.id == *pin && factors == Factors::None);
    // Of many at once one is served; what is not linked undoes it.
    if !serves || !pin::store::use_for_card(&mut tx, pin, now).await? {
        return Err(login::Error::AttemptOver.into());
    }
    let event = audit::Event::PinLinkedCard { pin: pin.clone() };
    audit::record(&mut tx, &by, Some(account), &event).await?;
    let from = (&by, attempt.client());
    let linked = enrolment::card::link_by_pin(app, tx, account, verified, from).await?;
    let Linked { mut tx, factor, sighting } = linked;
    let granted = attempt.let_in(app, &mut tx, (&factor, sighting), now).await?;
    tx.commit().await?;
    Ok(granted)
}
