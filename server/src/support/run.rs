//! Support cases, performed: by an operator at the command line, and by whoever has the link that was mailed.

use super::rules::{self, Event, Purpose, Refused, Road, State};
use super::store::{self, Case};
use crate::accounts::number::UserNumber;
use crate::accounts::{self, Account};
use crate::activation::handover::{self, Handed};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::batches::all;
use crate::clock::Time;
use crate::delivery;
use crate::delivery::message::Message;
use crate::enrolment;
use crate::id::CaseId;
use crate::letters;
use crate::lockout::Lifted;
use crate::login;
use crate::login::run::Spared;
use crate::operator::Operator;
use crate::organisations::{self, Agb, Mailbox, Organisation, Telephone};
use crate::password::Busy;
use crate::secret::Token;
use crate::storage::{self, Tx};
use std::time::Duration;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No account has this number where that AGB code is.
    #[error("no account has this AGB code and user number: have both repeated")]
    Unknown,
    /// Nobody recorded the AGB code of the account's organisation.
    #[error(
        "the AGB code of this account's organisation is not recorded, so it cannot be compared: record it with \
         'sleutelbos organisation registered --agb', against the trade register"
    )]
    NoAgb,
    /// There is no such case.
    #[error("there is no support case {0}: 'sleutelbos support list' shows them")]
    NoCase(CaseId),
    /// It is stopped, done or lapsed.
    #[error("this case is over: open a new one with 'sleutelbos support open'")]
    Over,
    /// Nobody confirmed it.
    #[error(
        "nobody has confirmed this: call the registered number back ('sleutelbos support called'), or mail a \
         link ('sleutelbos support send-link')"
    )]
    NotConfirmed,
    /// It was confirmed before.
    #[error(
        "this is confirmed already: carry it out with 'sleutelbos support finish', or 'sleutelbos account \
         remove-factor'"
    )]
    Confirmed,
    /// The case is for something else.
    #[error(
        "this case is for something else: 'sleutelbos account remove-factor' carries out one for a factor, \
         'sleutelbos support finish' every other one"
    )]
    OtherPurpose,
    /// The same operator called back.
    #[error(
        "you called back yourself: another operator carries this out, who has a user of their own on this \
         machine; or begin with a link, which somebody else confirms"
    )]
    Own,
    /// The account has nothing of that id.
    #[error(
        "the account has no such thing to log in with: 'sleutelbos account factors' lists what it has"
    )]
    NoFactor,
    /// Nothing would be left, and the wait is not over.
    #[error(
        "nothing would be left to log in with, and whoever has the password would set up something new: that is \
         possible from {0} on, so that everybody who was told can stop it"
    )]
    Waits(Time),
    /// Nothing would be left, and what is to go was used.
    #[error(
        "one of these logged in after the case was opened: somebody has it still, so stop the case with \
         'sleutelbos support stop' and ask what is going on"
    )]
    Used,
    /// Nobody knows where to call back.
    #[error(
        "the organisation has no telephone number: mail a link, or record the number with 'sleutelbos \
         organisation registered --telephone', against the trade register; it counts after a while ([times] organisation_anchor)"
    )]
    NoTelephone,
    /// The number is too young to be believed.
    #[error(
        "the telephone number counts from {0} on, for it was recorded only lately: mail a link, or wait until then"
    )]
    YoungTelephone(Time),
    /// Nobody knows where to mail.
    #[error(
        "the organisation has no registered e-mail address: call back, or record the address with 'sleutelbos \
         organisation registered --email', against the trade register; it counts after a while ([times] organisation_anchor)"
    )]
    NoEmail,
    /// The address is too young to be believed.
    #[error(
        "the e-mail address counts from {0} on, for it was recorded only lately: call back, or wait until then"
    )]
    YoungEmail(Time),
    /// The last PIN is younger than a day.
    #[error("a PIN was made in the last 24 hours: at most one is made a day")]
    TooSoon,
    /// The PIN goes by post, and no letter can be written.
    #[error(transparent)]
    Letter(#[from] letters::run::Error),
    /// It was not taken away.
    #[error(transparent)]
    Removal(#[from] enrolment::Error),
    /// Too many passwords and PINs are being hashed.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

type Result<T, E = Error> = std::result::Result<T, E>;

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Over => Self::Over,
            Refused::NotConfirmed => Self::NotConfirmed,
            Refused::Confirmed => Self::Confirmed,
        }
    }
}

impl From<handover::Error> for Error {
    fn from(error: handover::Error) -> Self {
        match error {
            handover::Error::TooSoon => Self::TooSoon,
            handover::Error::Letter(error) => error.into(),
            handover::Error::Storage(error) => error.into(),
        }
    }
}

/// A case, as the operator sees it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its id.
    pub id: CaseId,
    /// What for.
    pub purpose: Purpose,
    /// Where it stands.
    pub state: State,
    /// For whom.
    pub name: String,
    /// Where that person works.
    pub organisation: Organisation,
    /// The number to call back, and from when on it counts.
    pub telephone: Option<(Telephone, Time)>,
    /// The address for a link, and from when on it counts.
    pub email: Option<(Mailbox, Time)>,
    /// Who opened it.
    pub opened_by: String,
    /// When.
    pub opened_at: Time,
    /// It lapses then.
    pub ends_at: Time,
}

/// Opens a case for who called: AGB code and user number find the account, and prove nothing. The person and
/// the contact persons are told.
///
/// Errors: [`Error::Unknown`], [`Error::NoAgb`].
pub async fn open(
    app: &App,
    (agb, number): (&Agb, &UserNumber),
    purpose: Purpose,
    operator: &Operator,
) -> Result<Shown> {
    let by = operating(app);
    let mut tx = app.db.write().await?;
    let found = accounts::store::numbered(&mut tx, number).await?.ok_or(Error::Unknown)?;
    organisations::store::lock(&mut tx, &found.organisation).await?;
    let account = accounts::store::lock(&mut tx, &found.id).await?.ok_or(Error::Unknown)?;
    let organisation = organisations::store::find(&mut tx, &account.organisation).await?;
    let known = organisation.and_then(|organisation| organisation.agb);
    if known.ok_or(Error::NoAgb)? != *agb {
        return Err(Error::Unknown);
    }
    let case = Case {
        id: CaseId::random(app.random),
        account: account.id.clone(),
        purpose,
        state: State::Opened,
        opened_by: operator.recorded(),
        called_by: None,
        opened_at: by.now,
        ends_at: by.now.after(life(app, purpose, State::Opened)),
    };
    store::insert(&mut tx, &case).await?;
    let event = audit::Event::SupportOpened {
        case: case.id.clone(),
        purpose: purpose.as_str(),
        agb: agb.as_str().to_owned(),
        number: number.as_str().to_owned(),
        operator: operator.recorded(),
    };
    audit::record(&mut tx, &by, Some(&account.id), &event).await?;
    let message = Message::SupportOpened { what: purpose.as_str().to_owned() };
    tell(app, &mut tx, &account, message, &by).await?;
    let shown = shown(&mut tx, case, &account, by.now).await?;
    tx.commit().await?;
    Ok(shown)
}

/// Records that the operator called the registered number back, and that it is right.
///
/// Errors: [`Error::NoTelephone`], [`Error::YoungTelephone`], [`Error::Over`], [`Error::Confirmed`].
pub async fn called(app: &App, id: &CaseId, operator: &Operator) -> Result<Shown> {
    let by = operating(app);
    let mut tx = app.db.write().await?;
    let (case, account) = held(&mut tx, id, by.now).await?;
    let to = rules::step(case.state, Event::Called)?;
    let (_, from) = telephone(&mut tx, &account).await?.ok_or(Error::NoTelephone)?;
    if from > by.now {
        return Err(Error::YoungTelephone(from));
    }
    advance(app, &mut tx, (&case, to), None, by.now).await?;
    store::note_call(&mut tx, &case.id, &operator.recorded()).await?;
    let event = audit::Event::SupportConfirmed {
        case: case.id.clone(),
        road: to.as_str(),
        operator: Some(operator.recorded()),
    };
    audit::record(&mut tx, &by, Some(&account.id), &event).await?;
    tell_confirmed(app, &mut tx, (&case, &account), &by).await?;
    let ends_at = by.now.after(life(app, case.purpose, to));
    let shown = shown(&mut tx, Case { state: to, ends_at, ..case }, &account, by.now).await?;
    tx.commit().await?;
    Ok(shown)
}

/// Stops a case that is not over: somebody who was told did not ask for it.
///
/// Errors: [`Error::NoCase`], [`Error::Over`].
pub async fn stop(app: &App, id: &CaseId, operator: &Operator) -> Result<()> {
    let by = operating(app);
    let mut tx = app.db.write().await?;
    let (case, account) = held(&mut tx, id, by.now).await?;
    let to = rules::step(case.state, Event::Withdrawn)?;
    advance(app, &mut tx, (&case, to), None, by.now).await?;
    stopped(app, &mut tx, (&case, &account), (Some(operator), &by)).await?;
    Ok(tx.commit().await?)
}

/// Mails a link to the registered address; one that was mailed before is dead.
///
/// Errors: [`Error::NoEmail`], [`Error::YoungEmail`], [`Error::Over`], [`Error::Confirmed`].
pub async fn send_link(app: &App, id: &CaseId, operator: &Operator) -> Result<Shown> {
    let by = operating(app);
    let mut tx = app.db.write().await?;
    let (case, account) = held(&mut tx, id, by.now).await?;
    let to = rules::step(case.state, Event::Mailed)?;
    let (_, from) = email(&mut tx, &account).await?.ok_or(Error::NoEmail)?;
    if from > by.now {
        return Err(Error::YoungEmail(from));
    }
    let link = Token::random(app.random);
    advance(app, &mut tx, (&case, to), Some(&link), by.now).await?;
    let (case_id, operator) = (case.id.clone(), operator.recorded());
    let event = audit::Event::SupportLinkSent { case: case_id, operator };
    audit::record(&mut tx, &by, Some(&account.id), &event).await?;
    let origin = app.config.server.origin.origin().ascii_serialization();
    let link = format!("{origin}/support/confirm?link={}", link.expose());
    let message = Message::SupportLink { what: case.purpose.as_str().to_owned(), link };
    let notice = delivery::notice(message, &by, "");
    delivery::run::tell_registered(app, &mut tx, &account, notice, Duration::ZERO).await?;
    let shown = shown(&mut tx, Case { state: to, ..case }, &account, by.now).await?;
    tx.commit().await?;
    Ok(shown)
}

/// What a confirmed case came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finished {
    /// A new PIN waits there.
    Pin(Handed),
    /// These were blocked, and are no longer.
    Unblocked(Vec<Lifted>),
}

/// Carries a confirmed case out. What the account has under way ends, and everybody whom it concerns is told.
///
/// Errors: [`Error::NotConfirmed`], [`Error::Over`], [`Error::OtherPurpose`]; for a PIN [`Error::TooSoon`],
/// [`Error::Letter`], and the case stays as it is.
pub async fn finish(app: &App, id: &CaseId, operator: &Operator) -> Result<Finished> {
    let number = {
        let mut tx = app.db.read().await?;
        let case = store::find(&mut tx, id).await?.ok_or_else(|| Error::NoCase(id.clone()))?;
        accounts::store::find(&mut tx, &case.account).await?.ok_or(Error::Over)?.number
    };
    let (pin, hash) = handover::prepared(app, &number).await?;

    let by = operating(app);
    let mut tx = app.db.write().await?;
    let (case, account) = held(&mut tx, id, by.now).await?;
    let to = rules::step(case.state, Event::Finished)?;
    end(app, &mut tx, (&case, to), (operator, &by)).await?;
    let finished = match case.purpose {
        Purpose::Pin => {
            let whom = (&account, operator);
            Finished::Pin(handover::by_operator(app, &mut tx, whom, (&pin, hash), &by).await?)
        }
        Purpose::Unblock => {
            let lifted = accounts::run::lift(app, &mut tx, &account.id, &by).await?;
            if !lifted.is_empty() {
                login::run::end_under_way(&mut tx, &account.id, Spared::Nothing, &by).await?;
            }
            Finished::Unblocked(lifted)
        }
        Purpose::Factor => return Err(Error::OtherPurpose),
    };
    tx.commit().await?;
    Ok(finished)
}

/// Every case that is not forgotten, the newest first.
pub async fn list(app: &App) -> Result<Vec<Shown>> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let mut all = Vec::new();
    for case in store::list(&mut tx).await? {
        if let Some(account) = accounts::store::find(&mut tx, &case.account).await? {
            all.push(shown(&mut tx, case, &account, now).await?);
        }
    }
    Ok(all)
}

/// What whoever has a link is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What for.
    pub purpose: Purpose,
    /// For whom.
    pub name: String,
    /// Where that person works.
    pub organisation: String,
}

/// What this link asks; nothing where it works no more. It is looked at, and not used.
pub async fn look(app: &App, link: &Token) -> Result<Option<Asked>, storage::Error> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let case = store::of_link(&mut tx, &link.hash()).await?;
    let Some(case) = case.filter(|case| case.state.at(case.ends_at, now) == State::LinkSent) else {
        return Ok(None);
    };
    let Some(account) = accounts::store::find(&mut tx, &case.account).await? else {
        return Ok(None);
    };
    let organisation = organisations::store::find(&mut tx, &account.organisation).await?;
    let organisation = organisation.map(|organisation| organisation.name).unwrap_or_default();
    Ok(Some(Asked { purpose: case.purpose, name: account.name, organisation }))
}

/// What whoever has the link answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is right.
    Confirm,
    /// Nobody here asked for it.
    Deny,
}

/// Uses a link, once: of many at once one does. Whether it worked.
pub async fn answer(app: &App, link: &Token, answer: Answer) -> Result<bool, storage::Error> {
    let (actor, now) = (Actor::Visitor { attempt: None }, app.clock.now());
    let by = By { actor, random: app.random, now };
    let mut tx = app.db.write().await?;
    let Some(found) = store::of_link(&mut tx, &link.hash()).await? else { return Ok(false) };
    let (case, account) = match held(&mut tx, &found.id, now).await {
        Ok(held) => held,
        Err(Error::Storage(error)) => return Err(error),
        Err(_) => return Ok(false),
    };
    let event = match answer {
        Answer::Confirm => Event::Shown,
        Answer::Deny => Event::Denied,
    };
    // The link may be another one by now: only the one that is there counts.
    let same = store::of_link(&mut tx, &link.hash()).await?.is_some();
    let (Ok(to), true) = (rules::step(case.state, event), same) else { return Ok(false) };
    let ends = now.after(life(app, case.purpose, to));
    if !store::advance(&mut tx, (&case, to), None, (now, ends)).await? {
        return Ok(false);
    }
    match answer {
        Answer::Confirm => {
            let (road, operator) = (State::Confirmed(Road::Link).as_str(), None);
            let event = audit::Event::SupportConfirmed { case: case.id.clone(), road, operator };
            audit::record(&mut tx, &by, Some(&account.id), &event).await?;
            tell_confirmed(app, &mut tx, (&case, &account), &by).await?;
        }
        Answer::Deny => stopped(app, &mut tx, (&case, &account), (None, &by)).await?,
    }
    tx.commit().await?;
    Ok(true)
}

/// Has cases lapse with which nobody went on, and forgets old ones.
pub async fn tidy(app: &App) -> storage::Result<()> {
    let by = By { actor: Actor::Clock, random: app.random, now: app.clock.now() };
    while lapse(app, &by).await? {}
    let kept = by.now.before(app.config.keep.support_cases);
    all!(app.db, tx => store::forget(&mut tx, kept).await);
    Ok(())
}

/// Has some cases lapse; whether there may be more.
async fn lapse(app: &App, by: &By) -> storage::Result<bool> {
    let mut tx = app.db.write().await?;
    let lapsed = store::lapse(&mut tx, by.now).await?;
    for (case, account) in &lapsed {
        let event = audit::Event::SupportLapsed { case: case.clone() };
        audit::record(&mut tx, by, Some(account), &event).await?;
    }
    tx.commit().await?;
    Ok(!lapsed.is_empty())
}

pub(super) fn operating(app: &App) -> By {
    By { actor: Actor::Operator, random: app.random, now: app.clock.now() }
}

/// The case as it stands, and whose it is; organisation and account are kept from every other change.
pub(super) async fn held(tx: &mut Tx, id: &CaseId, now: Time) -> Result<(Case, Account)> {
    let none = || Error::NoCase(id.clone());
    let case = store::find(tx, id).await?.ok_or_else(none)?;
    let account = accounts::store::find(tx, &case.account).await?.ok_or(Error::Over)?;
    organisations::store::lock(tx, &account.organisation).await?;
    let account = accounts::store::lock(tx, &account.id).await?.ok_or(Error::Over)?;
    let case = store::find(tx, id).await?.ok_or_else(none)?;
    let state = case.state.at(case.ends_at, now);
    Ok((Case { state, ..case }, account))
}

/// Moves a case on that is held.
async fn advance(
    app: &App,
    tx: &mut Tx,
    step: (&Case, State),
    link: Option<&Token>,
    now: Time,
) -> Result<()> {
    let hash = link.map(Token::hash);
    let (case, to) = step;
    let times = (now, now.after(life(app, case.purpose, to)));
    if store::advance(tx, step, hash.as_ref(), times).await? { Ok(()) } else { Err(Error::Over) }
}

/// How long a case lives in the state to which it comes.
fn life(app: &App, purpose: Purpose, to: State) -> Duration {
    rules::life(purpose, to, (app.config.times.support_case, app.config.operators.wait))
}

/// Ends a case that is held, because this operator carries it out.
pub(super) async fn end(
    app: &App,
    tx: &mut Tx,
    step: (&Case, State),
    (operator, by): (&Operator, &By),
) -> Result<()> {
    advance(app, tx, step, None, by.now).await?;
    let (case, operator) = (step.0.id.clone(), operator.recorded());
    let event = audit::Event::SupportFinished { case, operator };
    Ok(audit::record(tx, by, Some(&step.0.account), &event).await?)
}

/// Records that a case was stopped, and tells everybody whom it concerns.
async fn stopped(
    app: &App,
    tx: &mut Tx,
    (case, account): (&Case, &Account),
    (operator, by): (Option<&Operator>, &By),
) -> storage::Result<()> {
    let operator = operator.map(Operator::recorded);
    let event = audit::Event::SupportStopped { case: case.id.clone(), operator };
    audit::record(tx, by, Some(&account.id), &event).await?;
    let message = Message::SupportStopped { what: case.purpose.as_str().to_owned() };
    tell(app, tx, account, message.clone(), by).await?;
    let notice = delivery::notice(message, by, "");
    delivery::run::tell_registered(app, tx, account, notice, Duration::ZERO).await.map(drop)
}

/// Tells everybody whom it concerns that a case was confirmed; where it takes away something to log in with, the
/// organisation too, at its registered address.
async fn tell_confirmed(
    app: &App,
    tx: &mut Tx,
    (case, account): (&Case, &Account),
    by: &By,
) -> storage::Result<()> {
    let from = match case.purpose {
        Purpose::Factor => Some(by.now.after(app.config.operators.wait)),
        Purpose::Pin | Purpose::Unblock => None,
    };
    let message = Message::SupportConfirmed { what: case.purpose.as_str().to_owned(), from };
    tell(app, tx, account, message.clone(), by).await?;
    if from.is_some() {
        let notice = delivery::notice(message, by, "");
        let _ = delivery::run::tell_registered(app, tx, account, notice, Duration::ZERO).await?;
    }
    Ok(())
}

async fn telephone(tx: &mut Tx, account: &Account) -> storage::Result<Option<(Telephone, Time)>> {
    organisations::store::telephone(tx, &account.organisation).await
}

async fn email(tx: &mut Tx, account: &Account) -> storage::Result<Option<(Mailbox, Time)>> {
    let email = organisations::store::registered(tx, &account.organisation).await?.email;
    let from = organisations::store::email_from(tx, &account.organisation).await?;
    Ok(email.zip(from))
}

async fn shown(tx: &mut Tx, case: Case, account: &Account, now: Time) -> storage::Result<Shown> {
    let gone = storage::Error::Inconsistent { table: "account", column: "organisation_id" };
    Ok(Shown {
        organisation: organisations::store::find(tx, &account.organisation).await?.ok_or(gone)?,
        telephone: telephone(tx, account).await?,
        email: email(tx, account).await?,
        state: case.state.at(case.ends_at, now),
        id: case.id,
        purpose: case.purpose,
        name: account.name.clone(),
        opened_by: case.opened_by,
        opened_at: case.opened_at,
        ends_at: case.ends_at,
    })
}

/// Tells the person, and who manages the account.
pub(super) async fn tell(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    message: Message,
    by: &By,
) -> storage::Result<()> {
    delivery::run::tell(app, tx, &account.id, delivery::notice(message, by, "")).await
}
