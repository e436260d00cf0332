//! The charge of a password: each account of the name is charged for itself, before anything is looked at.

use super::{PasswordAnswer, Result, Within};
use crate::accounts::{self, Account, Username};
use crate::app::App;
use crate::audit;
use crate::clock::Time;
use crate::lockout::{self, Admission, Block, Count, Counted, Policy, Subject};
use crate::login::flow::{self, Event, PasswordOutcome};
use crate::login::run::advance;
use crate::login::store::Attempt;
use crate::organisations;
use crate::password;
use crate::storage::Tx;

/// What may be looked at.
pub(super) enum Charge {
    /// Nothing: every account of this name is blocked, or the name that nobody has.
    Blocked(PasswordAnswer),
    /// These.
    Charged(Charged),
}

/// The tries that were charged.
pub(super) struct Charged {
    /// One or more, in the order in which their accounts are locked.
    pub(super) tries: Vec<Try>,
    /// How the others of the name are blocked, which are not looked at.
    pub(super) blocked: Vec<Block>,
}

/// A try at one account, or at a name that nobody has.
pub(super) struct Try {
    pub(super) subject: Subject,
    pub(super) account: Option<Account>,
    pub(super) kept: Option<password::store::Kept>,
    /// Should it be wrong, this is what it made of the count.
    pub(super) count: Count,
    pub(super) policy: Policy,
}

/// Charges the try before it is looked at, so that many at once cannot outrun the count; the charge
/// has an event of its own, because what the try was is known only in a later transaction.
pub(super) async fn charge(app: &App, within: &Within<'_>, username: &str) -> Result<Charge> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = within.attempt(app, &mut tx, now).await?;
    let accounts = match Username::parse(username) {
        Ok(username) => accounts::store::named(&mut tx, &username).await?,
        Err(_) => Vec::new(),
    };
    let mut whose: Vec<Option<Account>> = accounts.into_iter().map(Some).collect();
    if whose.is_empty() {
        whose.push(None);
    }
    let (mut tries, mut shut) = (Vec::new(), Vec::new());
    for account in whose {
        let (subject, policy) = terms(app, &mut tx, username, account.as_ref()).await?;
        match lockout::charge(&mut tx, &subject, Counted::Password, now, &policy).await? {
            Admission::Charged { count, refused } => {
                let tried = charged(app, &mut tx, &attempt, (account, &count, refused), now);
                let (account, kept) = tried.await?;
                tries.push(Try { subject, account, kept, count, policy });
            }
            Admission::Blocked { block, refused } => shut.push((account, block, refused)),
        }
    }
    let blocked: Vec<Block> = shut.iter().map(|(_, block, _)| *block).collect();
    let charge = if tries.is_empty() {
        for (account, _, refused) in shut {
            let account = account.map(|account| account.id);
            let event = Event::Password { account, outcome: PasswordOutcome::Blocked { refused } };
            advance(app, &mut tx, attempt.clone(), event, now).await?;
        }
        Charge::Blocked(PasswordAnswer::Blocked { until: opens(&blocked).and_then(flow::end) })
    } else {
        Charge::Charged(Charged { tries, blocked })
    };
    match charge {
        Charge::Blocked(_) => tx.commit().await?,
        // Nobody is told what came of it before that is committed, and both last then.
        Charge::Charged(_) => tx.commit_before_more().await?,
    }
    Ok(charge)
}

/// The block that ends first.
pub(in crate::login) fn opens(blocks: &[Block]) -> Option<Block> {
    blocks.iter().copied().min_by_key(|block| match block {
        Block::Until(end) => (0, Some(*end)),
        Block::Closed => (1, None),
    })
}

/// Whose tries are counted, and how strictly.
async fn terms(
    app: &App,
    tx: &mut Tx,
    username: &str,
    account: Option<&Account>,
) -> Result<(Subject, Policy)> {
    let subject = match account {
        Some(account) => Subject::account(&account.id),
        None => Subject::nobody(&username.trim().to_lowercase(), app.name_key.expose()),
    };
    let organisation = match (account, Username::parse(username)) {
        (Some(account), _) => Some(account.organisation.clone()),
        // Blocked as one of the accounts of its domain is, or the time would tell who has one.
        (None, Ok(name)) => {
            accounts::store::organisation_by_lot(tx, name.domain(), subject.lot()).await?
        }
        (None, Err(_)) => None,
    };
    let policy = match organisation {
        Some(id) => organisations::store::policy(tx, &id).await?,
        None => organisations::Policy::default(),
    };
    Ok((subject, policy.lockout(&app.config.lockout)))
}

/// Records a charge, and reads what the password is compared with.
async fn charged(
    app: &App,
    tx: &mut Tx,
    attempt: &Attempt,
    (account, count, refused): (Option<Account>, &Count, u32),
    now: Time,
) -> Result<(Option<Account>, Option<password::store::Kept>)> {
    let event = audit::Event::PasswordTried {
        streak: count.streak,
        refused,
        blocks_until: count.block.and_then(flow::end),
    };
    let id = account.as_ref().map(|account| &account.id);
    audit::record(tx, &attempt.by(app.random, now), id, &event).await?;
    let kept = match id {
        Some(id) => password::store::find(tx, id).await?,
        None => None,
    };
    Ok((account, kept))
}
