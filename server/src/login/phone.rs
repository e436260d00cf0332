//! A phone in a log-in: a text message whose code is typed here, or a call in which the code of the
//! screen is keyed in. Also where a session is raised.
//!
//! Nothing is sent before a right password, and each code is one attempt's own.

use super::barred;
use super::codes::{self, Charge, Looking};
use super::flow::{Event, State};
use super::run::{advance, locked, locked_id, settle};
use super::store::{self, Attempt};
use super::{CodeAnswer, Error, FactorAnswer, Granted};
use crate::accounts;
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::clock::Time;
use crate::delivery::phone::{self as line, Asker, Channel, Sending};
use crate::factors::phone::store::{self as phones, Stored};
use crate::factors::phone::{Medium, Number, Unfit};
use crate::factors::sent::{self, Desk, Digits, Held, Keyed, Live, Order};
use crate::factors::totp::Code;
use crate::factors::{Evidence, Proof};
use crate::id::{AccountId, AttemptId, FactorId};
use crate::lockout::codes as lockout;
use crate::organisations;
use crate::sealed::places;
use crate::secret::{Secret, Token};
use crate::sessions::Session;
use crate::storage::Tx;
use crate::text::Language;

type Result<T, E = Error> = std::result::Result<T, E>;

/// A number that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Which.
    pub factor: FactorId,
    /// What a page calls it: its last digits.
    pub name: String,
}

/// What an attempt may go on with, and what is under way.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The numbers of whoever gave the right password: the main one first.
    pub choices: Vec<Choice>,
    /// What was sent last, while its code lives.
    pub sent: Option<Sent>,
}

/// What was sent to one of the numbers.
#[derive(Clone, Debug)]
pub struct Sent {
    /// To which.
    pub name: String,
    /// The code of a call, for the screen; that of a text message is nowhere else.
    pub code: Option<Digits>,
    /// How far it is.
    pub progress: Progress,
    /// Until when the code lives.
    pub until: Time,
}

/// How far a sending is, as its page shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It is on its way.
    Waiting,
    /// The phone rings.
    Ringing,
    /// Somebody listens.
    Answered,
    /// The right code was keyed in.
    Right,
    /// The line is engaged.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// Whoever listened hung up.
    HungUp,
    /// It could not be sent.
    Failed,
}

impl Progress {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::Waiting,
        Self::Ringing,
        Self::Answered,
        Self::Right,
        Self::Busy,
        Self::NoAnswer,
        Self::HungUp,
        Self::Failed,
    ];

    /// Its name in pages and on their streams.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ringing => "ringing",
            Self::Answered => "answered",
            Self::Right => "right",
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::HungUp => "hung_up",
            Self::Failed => "failed",
        }
    }

    /// How far this code is: what was keyed in counts before what became of the line.
    pub(crate) async fn of(tx: &mut Tx, live: &Live) -> Result<Self, crate::storage::Error> {
        use line::State as S;
        let state = line::run::state(tx, &live.sending).await?;
        Ok(match (live.keyed, state) {
            (Keyed::Right, _) => Self::Right,
            (Keyed::NotYet, None | Some(S::Waiting | S::Accepted | S::Delivered)) => Self::Waiting,
            (Keyed::NotYet, Some(S::Ringing)) => Self::Ringing,
            (Keyed::NotYet, Some(S::Answered)) => Self::Answered,
            (Keyed::NotYet, Some(S::Busy)) => Self::Busy,
            (Keyed::NotYet, Some(S::NoAnswer)) => Self::NoAnswer,
            (Keyed::NotYet, Some(S::HungUp)) => Self::HungUp,
            (Keyed::NotYet, Some(S::Failed)) => Self::Failed,
        })
    }
}

/// What this attempt may be sent so, and what was. Nothing before the password was right.
///
/// Errors: [`Error::AttemptOver`]; [`Error::NotOffered`] where no number of this account may be used so,
/// [`Error::NoWay`] where nothing of it works.
pub async fn shown(app: &App, token: &Token, medium: Medium) -> Result<Shown> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let attempt = store::find(&mut tx, &token.hash(), now).await?.ok_or(Error::AttemptOver)?;
    let account = attempt.state.account().ok_or(Error::AttemptOver)?;
    let numbers = numbers(&mut tx, account, medium, now).await?;
    let live = sent::of_owner(&mut tx, attempt.id.as_str(), (&app.sealing, now)).await?;
    let sent = match live.filter(|live| live.medium == medium) {
        None => None,
        Some(live) => {
            let progress = Progress::of(&mut tx, &live).await?;
            let name = numbers.iter().find(|number| Some(&number.factor) == live.factor.as_ref());
            name.map(|number| Sent {
                name: number.name.clone(),
                code: (medium == Medium::Call).then(|| live.code.clone()),
                progress,
                until: live.until,
            })
        }
    };
    let choice = |number: Stored| Choice { factor: number.factor, name: number.name };
    Ok(Shown { choices: numbers.into_iter().map(choice).collect(), sent })
}

/// The same for `session`, whose account's numbers may be chosen, and of what was sent in an attempt that
/// raises this very session.
///
/// Errors: [`Error::NotOffered`], [`Error::NoWay`].
pub async fn confirming(
    app: &App,
    session: &Session,
    token: Option<&Token>,
    medium: Medium,
) -> Result<Shown> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let numbers = numbers(&mut tx, &session.login.account, medium, now).await?;
    let attempt = match token {
        Some(token) => store::find(&mut tx, &token.hash(), now).await?,
        None => None,
    };
    let raising = attempt.filter(|attempt| attempt.state.session() == Some(&session.id));
    if let (Some(_), Some(token)) = (raising, token) {
        drop(tx);
        return shown(app, token, medium).await;
    }
    let choice = |number: Stored| Choice { factor: number.factor, name: number.name };
    Ok(Shown { choices: numbers.into_iter().map(choice).collect(), sent: None })
}

/// How far the call of this attempt is; nothing where there is none, or the attempt is over.
pub async fn progress(app: &App, token: &Token) -> Result<Option<Progress>> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let Some(attempt) = store::find(&mut tx, &token.hash(), now).await? else { return Ok(None) };
    if attempt.state == State::Over {
        return Ok(None);
    }
    let live = sent::of_owner(&mut tx, attempt.id.as_str(), (&app.sealing, now)).await?;
    match live {
        Some(live) => Ok(Some(Progress::of(&mut tx, &live).await?)),
        None => Ok(None),
    }
}

/// The numbers that this account may use so now.
///
/// Errors: [`Error::NotOffered`] where it uses something else, [`Error::NoWay`] where nothing works.
async fn numbers(
    tx: &mut Tx,
    account: &AccountId,
    medium: Medium,
    now: Time,
) -> Result<Vec<Stored>> {
    let ways = super::run::ways(tx, account, now).await?;
    if !ways.contains(&medium.kind()) {
        return Err(if ways.is_empty() { Error::NoWay } else { Error::NotOffered });
    }
    let mut numbers = phones::of_account(tx, account).await?;
    numbers.retain(|number| number.medium == medium && number.starts_at <= now);
    Ok(numbers)
}

/// Why nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// As much was sent as may be.
    Held(Held),
    /// The number was let in once, and is not any more.
    Unfit(Unfit),
}

impl Unsent {
    /// What the audit calls it.
    const fn why(self) -> &'static str {
        match self {
            Self::Held(held) => held.as_str(),
            Self::Unfit(unfit) => match unfit.refused() {
                Some(why) => why,
                None => "unreal",
            },
        }
    }
}

/// Sends a code to one of the numbers of whoever gave the right password, or calls it: the one that is
/// named, or the main one. The code before is dead, and the attempt lives as long as the new one.
///
/// Errors: [`Error::AttemptOver`], [`Error::NotOffered`], [`Error::NoWay`], [`Error::NoKey`] for a number of nobody's.
pub async fn send(
    app: &App,
    token: &Token,
    medium: Medium,
    factor: Option<&FactorId>,
    language: Language,
) -> Result<Result<(), Unsent>> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let attempt = store::find(&mut tx, &token.hash(), now).await?.ok_or(Error::AttemptOver)?;
    let account = attempt.state.account().ok_or(Error::AttemptOver)?;
    let account = accounts::store::find(&mut tx, account).await?.ok_or(Error::AttemptOver)?;
    drop(tx);
    let mut tx = app.db.write().await?;
    organisations::store::lock(&mut tx, &account.organisation).await?;
    accounts::store::lock(&mut tx, &account.id).await?.ok_or(Error::AttemptOver)?;
    let attempt = locked(app, &mut tx, token, now).await?;
    if attempt.state.account() != Some(&account.id) {
        return Err(Error::AttemptOver);
    }
    let numbers = numbers(&mut tx, &account.id, medium, now).await?;
    let chosen = match factor {
        Some(factor) => numbers.iter().find(|number| number.factor == *factor),
        None => numbers.first(),
    };
    let chosen = chosen.ok_or(Error::NoKey)?;
    let place = (places::PHONE, chosen.factor.as_str());
    let order = Order {
        owner: attempt.id.as_str(),
        account: &account.id,
        organisation: &account.organisation,
        factor: Some(&chosen.factor),
        medium,
        number: &Number::unseal(&app.sealing, place, &chosen.number)?,
    };
    let from = (&attempt.by(app.random, now), attempt.client.as_str());
    let live = match post(app, &mut tx, order, language, from).await? {
        Ok(live) => live,
        Err(unsent) => {
            tx.commit().await?;
            return Ok(Err(unsent));
        }
    };
    store::extend(&mut tx, &attempt.id, live.until).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Makes a code and has it sent, once `tx` is committed, with its audit event. So it has where it is not
/// sent: whoever calls commits that too.
pub(crate) async fn post(
    app: &App,
    tx: &mut Tx,
    order: Order<'_>,
    language: Language,
    (by, client): (&By, &str),
) -> Result<Result<Live, Unsent>, crate::storage::Error> {
    let made = match fits(app, order).await {
        Ok(()) => make(app, tx, order, by).await?,
        Err(unfit) => Err(Unsent::Unfit(unfit)),
    };
    let live = match made {
        Ok(live) => live,
        Err(unsent) => {
            let (code, factor) = (code(order.medium), order.factor.cloned());
            let event = audit::Event::SendRefused { code, why: unsent.why(), factor };
            audit::record(tx, by, Some(order.account), &event).await?;
            return Ok(Err(unsent));
        }
    };
    let organisation = organisations::store::find(tx, order.organisation).await?;
    let channel = match order.medium {
        Medium::Sms => Channel::Sms { code: Secret::new(live.code.expose().to_owned()) },
        Medium::Call => Channel::Call,
    };
    let sending = Sending {
        id: live.sending.clone(),
        account: Some(order.account.clone()),
        asker: Some(asker(by, client)),
        to: line::Number::parse(order.number.e164()).expect("it was read as E.164"),
        channel,
        organisation: organisation.map(|found| found.name).unwrap_or_default(),
        language,
        until: live.until,
    };
    line::run::send(app, tx, &sending).await?;
    let (sending, factor) = (live.sending.clone(), live.factor.clone());
    let event = audit::Event::CodeMade { code: code(order.medium), sending, factor };
    audit::record(tx, by, Some(order.account), &event).await?;
    Ok(Ok(live))
}

/// Whether the number of an order is let in as things are set now.
async fn fits(app: &App, order: Order<'_>) -> Result<(), Unfit> {
    let (number, medium) = (order.number.clone(), order.medium);
    let countries = app.config.phone.countries.clone();
    // The rules of numbers are read at their first use, which takes a while.
    let fits = tokio::task::spawn_blocking(move || number.still_fits(medium, &countries));
    fits.await.expect("reading a number ends")
}

/// Makes a code, where one more may be sent.
async fn make(
    app: &App,
    tx: &mut Tx,
    order: Order<'_>,
    by: &By,
) -> Result<Result<Live, Unsent>, crate::storage::Error> {
    let desk = Desk {
        ring: &app.sealing,
        key: app.name_key.expose(),
        policy: &app.config.phone.sends,
        life: app.config.times.sent_code,
        random: app.random,
        now: by.now,
    };
    Ok(sent::make(tx, order, desk).await?.map_err(Unsent::Held))
}

fn asker(by: &By, client: &str) -> Asker {
    let (attempt, session) = match &by.actor {
        Actor::Visitor { attempt } => (attempt.clone(), None),
        Actor::Owner { session, attempt } => (attempt.clone(), Some(session.clone())),
        Actor::ContactPerson { .. } | Actor::Operator | Actor::Clock => (None, None),
    };
    Asker { attempt, session, client: client.to_owned() }
}

/// How wrong ones of this medium are counted.
pub(crate) const fn code(medium: Medium) -> lockout::Code {
    match medium {
        Medium::Sms => lockout::Code::Sms,
        Medium::Call => lockout::Code::Call,
    }
}

/// What a code that was typed led to.
#[derive(Clone, Debug)]
pub enum Typed {
    /// It was looked at, or barred.
    Looked(CodeAnswer),
    /// None was sent in this attempt that lives still; nothing was counted.
    Gone,
}

/// Looks at the code of a text message.
///
/// Errors: [`Error::AttemptOver`].
pub async fn check(app: &App, token: &Token, typed: &Code) -> Result<Typed> {
    if shown(app, token, Medium::Sms).await?.sent.is_none() {
        return Ok(Typed::Gone);
    }
    let (account, charged) = match codes::charge(app, token, lockout::Code::Sms).await? {
        Charge::Look(account, charged) => (account, charged),
        Charge::Barred(barred) => return Ok(Typed::Looked(CodeAnswer::Barred(barred))),
    };
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = codes::resumed(app, &mut tx, (token, &account), now).await?;
    let live = sent::of_owner(&mut tx, attempt.id.as_str(), (&app.sealing, now)).await?;
    let live = live.filter(|live| live.medium == Medium::Sms && live.code.are(typed.digits()));
    let proof = match live {
        Some(live) => proof(&mut tx, &live, &account, now).await?,
        None => None,
    };
    let Some(proof) = proof else {
        return Ok(Typed::Looked(codes::wrong(app, tx, (attempt, charged), now).await?));
    };
    codes::right(app, &mut tx, (&attempt, charged), now).await?;
    Ok(Typed::Looked(CodeAnswer::Done(granted(app, tx, attempt, proof, now).await?)))
}

/// What 'log me in' after a call led to.
#[derive(Clone, Debug)]
pub enum Called {
    /// The person is in.
    Done(Granted),
    /// Nobody has keyed the code in yet.
    NotYet,
    /// No call was made in this attempt whose code lives still.
    Gone,
}

/// Lets in whoever keyed the right code in during the call.
///
/// Errors: [`Error::AttemptOver`].
pub async fn finish(app: &App, token: &Token) -> Result<Called> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    let account = attempt.state.account().cloned().ok_or(Error::AttemptOver)?;
    let live = sent::of_owner(&mut tx, attempt.id.as_str(), (&app.sealing, now)).await?;
    let Some(live) = live.filter(|live| live.medium == Medium::Call) else {
        return Ok(Called::Gone);
    };
    match live.keyed {
        Keyed::NotYet => Ok(Called::NotYet),
        Keyed::Right => match proof(&mut tx, &live, &account, now).await? {
            None => Ok(Called::Gone),
            Some(proof) => Ok(Called::Done(granted(app, tx, attempt, proof, now).await?)),
        },
    }
}

/// The proof that a code gives, which is spent by that; none where it was spent, or its number may not
/// be used any more.
async fn proof(tx: &mut Tx, live: &Live, account: &AccountId, now: Time) -> Result<Option<Proof>> {
    let numbers = match numbers(tx, account, live.medium, now).await {
        Err(Error::NoWay | Error::NotOffered) => return Ok(None),
        found => found?,
    };
    let number = numbers.into_iter().find(|number| Some(&number.factor) == live.factor.as_ref());
    let Some(number) = number else { return Ok(None) };
    if !sent::store::spend(tx, &live.sending, now).await? {
        return Ok(None);
    }
    Ok(Some(Proof {
        factor: number.factor,
        account: account.clone(),
        kind: live.medium.kind(),
        evidence: Evidence::Code,
        bound_at: number.bound_at,
        suspended: false,
        card: None,
    }))
}

async fn granted(app: &App, tx: Tx, attempt: Attempt, proof: Proof, now: Time) -> Result<Granted> {
    match settle(app, tx, attempt, Ok(proof), now).await? {
        FactorAnswer::Done(granted) => Ok(granted),
        FactorAnswer::Refused(_) => Err(Error::AttemptOver),
    }
}

/// The attempt that waits for this call, while it does; its account and it are kept from every other
/// change until the transaction ends.
pub(crate) async fn waiting(
    app: &App,
    tx: &mut Tx,
    live: &Live,
    now: Time,
) -> Result<Option<Waiting>> {
    let Ok(id) = AttemptId::parse(&live.owner) else { return Ok(None) };
    let attempt = locked_id(app, tx, (&live.account, &id), now).await;
    match attempt {
        Ok(attempt) => Ok(Some(Waiting(attempt))),
        Err(Error::AttemptOver) => Ok(None),
        Err(error) => Err(error),
    }
}

/// An attempt that waits for a call.
#[derive(Debug)]
pub(crate) struct Waiting(Attempt);

impl Waiting {
    /// Charges digits that were keyed in, before they are looked at. Nothing where they are not.
    pub(crate) async fn charge(
        self,
        app: &App,
        tx: &mut Tx,
        now: Time,
    ) -> Result<Option<lockout::Try>> {
        let code = (lockout::Code::Call, Looking::Later);
        match codes::charge_in(app, tx, self.0, code, now).await? {
            Charge::Look(_, charged) => Ok(Some(charged)),
            Charge::Barred(_) => Ok(None),
        }
    }

    /// Notes that they were the code.
    pub(crate) async fn right(
        self,
        app: &App,
        tx: &mut Tx,
        charged: lockout::Try,
        now: Time,
    ) -> Result<()> {
        codes::right(app, tx, (&self.0, charged), now).await
    }

    /// Notes that they were not. Whether another try may follow.
    pub(crate) async fn wrong(
        self,
        app: &App,
        tx: &mut Tx,
        charged: lockout::Try,
        now: Time,
    ) -> Result<Further> {
        let wrong = lockout::wrong(tx, charged, now, &app.config.lockout).await?;
        let further = if wrong.closed.is_some() { Further::None } else { Further::Some };
        let account = self.0.state.account().cloned().ok_or(Error::AttemptOver)?;
        let from = (&self.0.by(app.random, now), self.0.client.as_str());
        barred::tell(app, tx, (&account, &wrong), from).await?;
        advance(app, tx, self.0, Event::CodeWrong(wrong), now).await?;
        Ok(further)
    }
}

/// Whether more may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Further {
    Some,
    None,
}

#[cfg(test)]
mod tests;
