//! User number and PIN: charged before they are looked at, at the same cost whoever has the number.

use crate::accounts::number::UserNumber;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::clock::Time;
use crate::delivery;
use crate::delivery::message::Message as Told;
use crate::factors::{self, Factor};
use crate::id::{AccountId, OrganisationId};
use crate::lockout::{self, Admission, Count, Counted, Subject};
use crate::organisations;
use crate::password::Hash;
use crate::pin;
use crate::pin::rules::{self, Factors, Kept, Purpose};
use crate::storage::{self, Tx};

/// Whose number it is, and the PIN that works for it.
pub(super) struct Holder {
    pub(super) account: Account,
    /// The name of the organisation.
    pub(super) organisation: String,
    pub(super) pin: Option<Kept>,
    pub(super) factors: Factors,
}

/// Whether number and PIN may be looked at.
pub(super) enum Charge {
    Blocked,
    Charged(Box<Charged>),
}

/// A try that was charged.
pub(super) struct Charged {
    pub(super) subject: Subject,
    pub(super) holder: Option<Holder>,
    pub(super) count: Count,
}

impl Charged {
    /// What a PIN is compared with, where there is one.
    pub(super) fn hash(&self) -> Option<Hash> {
        self.holder.as_ref()?.pin.as_ref().map(|pin| pin.hash.clone())
    }
}

/// What a wrong PIN led to.
pub(super) enum Failed {
    Wrong,
    Blocked,
}

/// Charges the try before it is looked at, so that many at once cannot outrun the count.
pub(super) async fn charge(
    app: &App,
    number: &UserNumber,
    purpose: Purpose,
) -> storage::Result<Charge> {
    let by = visitor(app);
    let mut tx = app.db.write().await?;
    let account = accounts::store::numbered(&mut tx, number).await?;
    let id = account.as_ref().map(|account| account.id.clone());
    let subject = match &id {
        Some(id) => Subject::account(id),
        None => Subject::nobody(number.as_str(), app.name_key.expose()),
    };
    let policy = app.config.lockout.of_pins();
    let charge = match lockout::charge(&mut tx, &subject, Counted::Pin, by.now, &policy).await? {
        Admission::Blocked { refused, .. } => {
            if refused == 1 {
                audit::record(&mut tx, &by, id.as_ref(), &audit::Event::PinRefused).await?;
            }
            Charge::Blocked
        }
        Admission::Charged { count, refused } => {
            let event = audit::Event::PinTried { streak: count.streak, refused };
            audit::record(&mut tx, &by, id.as_ref(), &event).await?;
            // The same statements for a number that nobody has.
            let id = id.unwrap_or_else(|| AccountId::random(app.random));
            let pin = usable(&mut tx, &id, purpose, by.now).await?;
            let employer = account.as_ref().map(|account| account.organisation.clone());
            let employer = employer.unwrap_or_else(|| OrganisationId::random(app.random));
            let organisation = organisations::store::find(&mut tx, &employer).await?;
            let organisation = organisation.map_or_else(String::new, |found| found.name);
            let (pin, factors) = pin.map_or((None, Factors::None), |(pin, is)| (Some(pin), is));
            let holder = account.map(|account| Holder { account, organisation, pin, factors });
            Charge::Charged(Box::new(Charged { subject, holder, count }))
        }
    };
    tx.commit().await?;
    Ok(charge)
}

/// The PIN of an account that is looked at for `purpose` now, and whether the account has a factor.
pub(super) async fn usable(
    tx: &mut Tx,
    account: &AccountId,
    purpose: Purpose,
    now: Time,
) -> storage::Result<Option<(Kept, Factors)>> {
    let pin = pin::store::opened(tx, account).await?;
    let request_ends = accounts::store::request(tx, account).await?;
    let factors = factors::store::list(tx, account).await?;
    let factors = match purpose {
        Purpose::Password => proven(&factors),
        // What is suspended, to be set up anew, stands in the way of another too.
        Purpose::Card if factors::stand_in_the_way(&factors) => Factors::Proven,
        Purpose::Card => Factors::None,
    };
    let looked_at = |pin: &Kept| {
        rules::is_looked_at(pin, rules::state(pin, request_ends, now), purpose, factors)
    };
    Ok(pin.filter(looked_at).map(|pin| (pin, factors)))
}

/// Whether one of these is asked for after the password.
pub(super) fn proven(factors: &[Factor]) -> Factors {
    if factors.iter().any(Factor::closes_enrolment) { Factors::Proven } else { Factors::None }
}

/// The PIN was right: what was wrong before is forgotten.
pub(super) async fn right(
    tx: &mut Tx,
    account: &AccountId,
    pin: &Kept,
    by: &By,
) -> storage::Result<()> {
    let event = audit::Event::PinRight { pin: pin.id.clone() };
    audit::record(tx, by, Some(account), &event).await?;
    lockout::forgive(tx, &Subject::account(account), Counted::Pin, by.now).await
}

/// The PIN was right, and is not used yet: the try counts as none.
pub(super) async fn refund(app: &App, account: &AccountId, pin: &Kept) -> storage::Result<()> {
    let by = visitor(app);
    let mut tx = app.db.write().await?;
    right(&mut tx, account, pin, &by).await?;
    tx.commit().await
}

/// The PIN was wrong: what that led to, for whom it concerns to hear.
pub(super) async fn wrong(
    app: &App,
    client: &str,
    (subject, account): (&Subject, Option<Account>),
    count: &Count,
) -> storage::Result<Failed> {
    let by = visitor(app);
    let mut tx = app.db.write().await?;
    let id = account.as_ref().map(|account| &account.id);
    let event = audit::Event::PinWrong { streak: count.streak };
    audit::record(&mut tx, &by, id, &event).await?;
    let blocked = count.block.is_some();
    if blocked {
        audit::record(&mut tx, &by, id, &audit::Event::PinBlocked).await?;
        let notice = delivery::notice(Told::PinBlocked, &by, client);
        delivery::run::tell_once_a_day(app, &mut tx, (subject, id), notice).await?;
    }
    tx.commit().await?;
    Ok(if blocked { Failed::Blocked } else { Failed::Wrong })
}

/// Whoever shows a number and a PIN.
pub(super) fn visitor(app: &App) -> By {
    let actor = Actor::Visitor { attempt: None };
    By { actor, random: app.random, now: app.clock.now() }
}
