//! Enrolling a phone number: it counts once a code was proven there. And what a provider reports of
//! calls, whoever waits for them.

use super::policy::{Asked, Denied};
use super::run::{
    added_from, allowed, changed, drop_unproven, factor, follows, let_in, living, may_begin, owner,
    permitted,
};
use super::{Error, Result, wizard};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::{self, By};
use crate::clock::Time;
use crate::delivery;
use crate::delivery::message::Message;
use crate::delivery::phone::Told;
use crate::factors::phone::store::{self as phones, Draft};
use crate::factors::phone::{self, Beside, Medium, Number, Unfit, Zero, own};
use crate::factors::sent::{self, Digits, Held, Keyed, Live, Order};
use crate::factors::totp::Code;
use crate::factors::{self, Evidence, Factor, Level};
use crate::id::{FactorId, SessionId};
use crate::lockout::codes::{self, Admission, Barred, Try};
use crate::login::barred;
use crate::login::phone::{self as login, Progress, Unsent};
use crate::organisations;
use crate::reset;
use crate::sealed::places;
use crate::secret::Token;
use crate::sessions::{Scope, Session, Way};
use crate::storage::{self, Tx};
use crate::text::Language;

/// What asking for a code led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is on its way.
    Sent,
    /// The number is not let in.
    Unfit(Unfit),
    /// The account has this number already, for codes that come so.
    Known,
    /// As much was sent as may be.
    Held(Held),
    /// No number is being enrolled any more.
    Gone,
}

/// Whether codes of this server go out so: what leads nowhere is not offered.
pub const fn is_offered(app: &App, medium: Medium) -> bool {
    let (sms, calls) = app.delivery.phone().are_set();
    match medium {
        Medium::Sms => sms,
        Medium::Call => calls,
    }
}

/// Takes the number that was typed and has a code sent there, or calls it. Nothing is enrolled by that.
///
/// Errors: as [`super::run::key_options`].
pub async fn begin(
    app: &App,
    session: &Session,
    (medium, typed): (Medium, &str),
    language: Language,
) -> Result<Begun> {
    let (typed, countries) = (typed.to_owned(), app.config.phone.countries.clone());
    // The rules of numbers are read at their first use, which takes a while.
    let read = tokio::task::spawn_blocking(move || Number::parse(&typed, medium, &countries));
    let (number, zero) = match read.await.expect("reading a number ends") {
        Ok(read) => read,
        Err(unfit) => {
            refuse(app, session, medium, unfit).await?;
            return Ok(Begun::Unfit(unfit));
        }
    };
    let now = app.clock.now();
    let (mut tx, account, _) = enter(app, session, medium, now).await?;
    may_begin(app, &mut tx, session, now).await?;
    for stored in phones::of_account(&mut tx, &account.id).await? {
        let place = (places::PHONE, stored.factor.as_str());
        let known = Number::unseal(&app.sealing, place, &stored.number)?;
        if stored.medium == medium && known.is(&number) {
            return Ok(Begun::Known);
        }
    }
    order(app, tx, (session, &account), (medium, &number, zero), language).await
}

/// Records that nothing is sent to the number that was typed, without saying which it is.
async fn refuse(app: &App, session: &Session, medium: Medium, unfit: Unfit) -> Result<()> {
    let Some(why) = unfit.refused() else { return Ok(()) };
    let now = app.clock.now();
    let (mut tx, account, _) = enter(app, session, medium, now).await?;
    let event = audit::Event::SendRefused { code: login::code(medium), why, factor: None };
    audit::record(&mut tx, &owner(app, session, now), Some(&account.id), &event).await?;
    Ok(tx.commit().await?)
}

/// Sends another code to the number that is being enrolled, or calls it again.
///
/// Errors: as [`begin`].
pub async fn again(
    app: &App,
    session: &Session,
    medium: Medium,
    language: Language,
) -> Result<Begun> {
    let now = app.clock.now();
    let (mut tx, account, _) = enter(app, session, medium, now).await?;
    let Some((draft, number)) = drafted(app, &mut tx, &session.id, medium, now).await? else {
        return Ok(Begun::Gone);
    };
    order(app, tx, (session, &account), (medium, &number, draft.zero), language).await
}

/// Who may enrol a number now; the organisation, the account and the session are locked in this order.
async fn enter(
    app: &App,
    session: &Session,
    medium: Medium,
    now: Time,
) -> Result<(Tx, Account, Level)> {
    let mut tx = app.db.read().await?;
    let account = accounts::store::find(&mut tx, &session.login.account).await?;
    let organisation = account.ok_or(Error::SessionOver)?.organisation;
    drop(tx);
    let mut tx = app.db.write().await?;
    organisations::store::lock(&mut tx, &organisation).await?;
    let (account, bound_at) = allowed(app, &mut tx, session, medium.kind(), now).await?;
    permitted(&mut tx, &account.organisation, medium.kind()).await?;
    if !is_offered(app, medium) {
        return Err(Denied::Kind.into());
    }
    Ok((tx, account, bound_at))
}

async fn order(
    app: &App,
    mut tx: Tx,
    (session, account): (&Session, &Account),
    (medium, number, zero): (Medium, &Number, Zero),
    language: Language,
) -> Result<Begun> {
    let by = owner(app, session, app.clock.now());
    let order = Order {
        owner: session.id.as_str(),
        account: &account.id,
        organisation: &account.organisation,
        factor: None,
        medium,
        number,
    };
    let live = match login::post(app, &mut tx, order, language, (&by, &session.client)).await? {
        Ok(live) => live,
        Err(unsent) => {
            tx.commit().await?;
            return Ok(match unsent {
                Unsent::Held(held) => Begun::Held(held),
                Unsent::Unfit(unfit) => Begun::Unfit(unfit),
            });
        }
    };
    let place = (places::PHONE_DRAFT, session.id.as_str());
    let number = number.seal(&app.sealing, place, app.random);
    let draft = Draft { medium, number, zero };
    phones::put_draft(&mut tx, &session.id, &draft, live.until).await?;
    tx.commit().await?;
    Ok(Begun::Sent)
}

/// The number that is being enrolled in this session.
async fn drafted(
    app: &App,
    tx: &mut Tx,
    session: &SessionId,
    medium: Medium,
    now: Time,
) -> Result<Option<(Draft, Number)>> {
    let draft = phones::draft(tx, session, now).await?;
    let Some(draft) = draft.filter(|draft| draft.medium == medium) else { return Ok(None) };
    let place = (places::PHONE_DRAFT, session.as_str());
    let number = Number::unseal(&app.sealing, place, &draft.number)?;
    Ok(Some((draft, number)))
}

/// A number that is being enrolled, as its page shows it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What a page calls it.
    pub name: String,
    /// Whether a leading 0 was left out.
    pub zero: Zero,
    /// The code of a call, for the screen.
    pub code: Option<Digits>,
    /// How far the sending is.
    pub progress: Progress,
    /// Until when the code lives.
    pub until: Time,
}

/// What is being enrolled in this session so, while its code lives.
pub async fn shown(app: &App, session: &Session, medium: Medium) -> Result<Option<Shown>> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let Some((draft, number)) = drafted(app, &mut tx, &session.id, medium, now).await? else {
        return Ok(None);
    };
    let Some(live) = living_code(app, &mut tx, &session.id, medium, now).await? else {
        return Ok(None);
    };
    let progress = Progress::of(&mut tx, &live).await?;
    let code = (medium == Medium::Call).then_some(live.code);
    Ok(Some(Shown { name: number.hint(), zero: draft.zero, code, progress, until: live.until }))
}

/// How far the call of this session is; nothing where there is none.
pub async fn progress(app: &App, session: &Session) -> Result<Option<Progress>> {
    Ok(shown(app, session, Medium::Call).await?.map(|shown| shown.progress))
}

async fn living_code(
    app: &App,
    tx: &mut Tx,
    session: &SessionId,
    medium: Medium,
    now: Time,
) -> Result<Option<Live>> {
    let live = sent::of_owner(tx, session.as_str(), (&app.sealing, now)).await?;
    Ok(live.filter(|live| live.medium == medium && live.factor.is_none()))
}

/// Ends what is being enrolled in this session: another number is to be typed.
pub async fn forget(app: &App, session: &Session) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    living(app, &mut tx, session, now).await?;
    let live = sent::of_owner(&mut tx, session.id.as_str(), (&app.sealing, now)).await?;
    if let Some(live) = live {
        sent::store::end(&mut tx, &live.sending).await?;
    }
    phones::drop_draft(&mut tx, session.id.as_str()).await?;
    Ok(tx.commit().await?)
}

/// What a code that was typed, or 'log me in' after a call, led to.
#[derive(Clone, Debug)]
pub enum Proven {
    /// The number is enrolled. Where it was enrolled by who had given only a password, password and code are
    /// two factors: a session of its own lets into all of the account, and takes the place of that visit.
    Enrolled {
        /// The number.
        factor: Factor,
        /// From when on it logs in: a number beside something else waits.
        starts_at: Time,
        /// Opens that session.
        raised: Option<Token>,
    },
    /// The code is wrong; so many more may be tried.
    Wrong {
        /// One or more.
        left: u32,
    },
    /// It was not looked at, or was the last one that may be wrong.
    Barred(Barred),
    /// Nobody has keyed the code in yet.
    NotYet,
    /// No code lives any more: the number is typed again.
    Gone,
}

/// Enrols the number to which this code was sent. Every other session of the account ends.
///
/// Errors: as [`begin`].
pub async fn check(app: &App, session: &Session, typed: &Code) -> Result<Proven> {
    let now = app.clock.now();
    let by = owner(app, session, now);
    let (mut tx, account, _) = enter(app, session, Medium::Sms, now).await?;
    if living_code(app, &mut tx, &session.id, Medium::Sms, now).await?.is_none() {
        return Ok(Proven::Gone);
    }
    let charged = match charge(app, &mut tx, (&account, &session.id), codes::Code::Sms, &by).await?
    {
        Ok(charged) => charged,
        Err(barred) => {
            tx.commit().await?;
            return Ok(Proven::Barred(barred));
        }
    };
    tx.commit().await?;
    let (mut tx, account, bound_at) = enter(app, session, Medium::Sms, now).await?;
    let live = living_code(app, &mut tx, &session.id, Medium::Sms, now).await?;
    let live = live.filter(|live| live.code.are(typed.digits()));
    let number = match &live {
        Some(live) => take(app, &mut tx, session, live, now).await?,
        None => None,
    };
    let Some(number) = number else {
        let closed = wrong(app, &mut tx, (&account, charged), (&by, &session.client)).await?;
        tx.commit().await?;
        return Ok(closed.map_or_else(|left| Proven::Wrong { left }, Proven::Barred));
    };
    right(&mut tx, &account, charged, &by).await?;
    enrol(app, tx, (session, &account), (Medium::Sms, &number, bound_at), &by).await
}

/// Enrols the number on which the right code was keyed in. Every other session of the account ends.
///
/// Errors: as [`begin`].
pub async fn finish(app: &App, session: &Session) -> Result<Proven> {
    let now = app.clock.now();
    let by = owner(app, session, now);
    let (mut tx, account, bound_at) = enter(app, session, Medium::Call, now).await?;
    let Some(live) = living_code(app, &mut tx, &session.id, Medium::Call, now).await? else {
        return Ok(Proven::Gone);
    };
    if live.keyed == Keyed::NotYet {
        return Ok(Proven::NotYet);
    }
    let Some(number) = take(app, &mut tx, session, &live, now).await? else {
        return Ok(Proven::Gone);
    };
    enrol(app, tx, (session, &account), (Medium::Call, &number, bound_at), &by).await
}

/// Spends a code with the number that was being enrolled. The number, where both were there.
async fn take(
    app: &App,
    tx: &mut Tx,
    session: &Session,
    live: &Live,
    now: Time,
) -> Result<Option<Number>> {
    let Some((draft, number)) = drafted(app, tx, &session.id, live.medium, now).await? else {
        return Ok(None);
    };
    let taken = sent::store::spend(tx, &live.sending, now).await?
        && phones::take_draft(tx, &session.id, &draft.number).await?;
    Ok(taken.then_some(number))
}

async fn enrol(
    app: &App,
    mut tx: Tx,
    (session, account): (&Session, &Account),
    (medium, number, bound_at): (Medium, &Number, Level),
    by: &By,
) -> Result<Proven> {
    let (now, client) = (by.now, session.client.as_str());
    let kind = (medium.kind(), Evidence::Code);
    let name = number.hint();
    let proven_at = Some(now);
    let new = Factor { proven_at, ..factor(app, &account.id, kind, (&name, bound_at), now) };
    let effects = follows(session, wizard::Event::Proven(medium.kind()));
    if effects.contains(&wizard::Effect::DropUnproven) {
        drop_unproven(app, &mut tx, &new, (by, client)).await?;
    }
    let beside = beside(app, &mut tx, account, number).await?;
    let others = others(app, &mut tx, account, number).await?;
    let sealed = number.seal(&app.sealing, (places::PHONE, new.id.as_str()), app.random);
    factors::store::insert(&mut tx, &new).await?;
    let starts_at = phone::starts(beside, now, app.config.times.anchor);
    phones::insert(&mut tx, &new.id, &sealed, starts_at).await?;
    let waits = (starts_at > now).then_some(starts_at);
    added_from(app, &mut tx, (&new, waits), None, (by, client)).await?;
    delivery::numbers::tell(app, &mut tx, &account.id, (others, Told::Added)).await?;
    changed(&mut tx, &account.id, Some(&session.id), by).await?;
    let way = match medium {
        Medium::Sms => Way::PasswordAndSms,
        Medium::Call => Way::PasswordAndCall,
    };
    let raised = match effects.contains(&wizard::Effect::LetIn) {
        true => {
            reset::run::finish(app, &mut tx, &account.id, (by, client)).await?;
            Some(let_in(&mut tx, session, (&new, way), by).await?)
        }
        false => None,
    };
    tx.commit().await?;
    Ok(Proven::Enrolled { factor: new, starts_at, raised })
}

/// The numbers that the account has in use, each once, but this one.
async fn others(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    number: &Number,
) -> Result<Vec<Number>, storage::Error> {
    let mut others: Vec<Number> = Vec::new();
    for own in own::of_account(tx, &account.id, &app.sealing).await? {
        if !own.number.is(number) && !others.iter().any(|other| other.is(&own.number)) {
            others.push(own.number);
        }
    }
    Ok(others)
}

/// What the account has beside this number.
async fn beside(app: &App, tx: &mut Tx, account: &Account, number: &Number) -> Result<Beside> {
    for stored in phones::of_account(tx, &account.id).await? {
        let place = (places::PHONE, stored.factor.as_str());
        if Number::unseal(&app.sealing, place, &stored.number)?.is(number) {
            return Ok(Beside::Itself(stored.starts_at));
        }
    }
    let had = factors::store::list(tx, &account.id).await?;
    Ok(if had.iter().any(Factor::is_relied_on) { Beside::Something } else { Beside::Nothing })
}

/// Names this number of the person's first. Every other session of the account ends; the person is told, and
/// by text at the number that was first. Nothing where it is first already.
///
/// Errors: [`Error::Denied`] without a fresh proof; [`Error::Unknown`].
pub async fn set_main(app: &App, session: &Session, factor: &FactorId) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (account, session) = living(app, &mut tx, session, now).await?;
    let factors = factors::store::list(&mut tx, &account.id).await?;
    let fresh = Asked::of(&factors).is_met(&session, now, &app.config.sessions);
    if session.login.scope != Scope::Full || !fresh {
        return Err(Denied::NotFresh.into());
    }
    let numbers = own::of_account(&mut tx, &account.id, &app.sealing).await?;
    if numbers.first().is_some_and(|first| first.factor == *factor) {
        return Ok(());
    }
    let chosen = factors.iter().find(|own| own.id == *factor).ok_or(Error::Unknown)?;
    if !phones::set_main(&mut tx, &account.id, factor).await? {
        return Err(Error::Unknown);
    }
    let by = owner(app, &session, now);
    let event = audit::Event::MainNumberChanged { factor: factor.clone() };
    audit::record(&mut tx, &by, Some(&account.id), &event).await?;
    let message = Message::MainNumberChanged { kind: chosen.kind, name: chosen.name.clone() };
    let notice = delivery::notice(message, &by, &session.client);
    delivery::run::tell(app, &mut tx, &account.id, notice).await?;
    let main = numbers.iter().find(|own| own.factor == *factor).map(|own| &own.number);
    let before = numbers.first().map(|first| &first.number);
    let before = before.filter(|before| !main.is_some_and(|main| main.is(before)));
    let before = before.cloned().into_iter().collect();
    delivery::numbers::tell(app, &mut tx, &account.id, (before, Told::NotMain)).await?;
    changed(&mut tx, &account.id, Some(&session.id), &by).await?;
    Ok(tx.commit().await?)
}

/// Charges one try in this session, as in a log-in. To be committed before the code is looked at.
pub(super) async fn charge(
    app: &App,
    tx: &mut Tx,
    (account, session): (&Account, &SessionId),
    code: codes::Code,
    by: &By,
) -> Result<Result<Try, Barred>, storage::Error> {
    let (whose, policy) = ((&account.id, session.as_str()), &app.config.lockout);
    match codes::charge(tx, whose, code, (by.now, by.random), policy).await? {
        Admission::Charged(charged) => {
            let (streak, refused) = (charged.streak, charged.refused);
            let event = audit::Event::CodeTried { code, streak, refused };
            audit::record(tx, by, Some(&account.id), &event).await?;
            Ok(Ok(charged))
        }
        Admission::Barred { barred, refused } => {
            if refused == 1 {
                let event = audit::Event::CodeRefused { code };
                audit::record(tx, by, Some(&account.id), &event).await?;
            }
            Ok(Err(barred))
        }
    }
}

pub(super) async fn right(
    tx: &mut Tx,
    account: &Account,
    charged: Try,
    by: &By,
) -> storage::Result<()> {
    let event = audit::Event::CodeRight { code: charged.code() };
    audit::record(tx, by, Some(&account.id), &event).await?;
    codes::right(tx, charged, by.now).await
}

/// Records a wrong code: how many more may be tried, or what it closed.
pub(super) async fn wrong(
    app: &App,
    tx: &mut Tx,
    (account, charged): (&Account, Try),
    (by, client): (&By, &str),
) -> storage::Result<Result<Barred, u32>> {
    let wrong = codes::wrong(tx, charged, by.now, &app.config.lockout).await?;
    for event in audit::Event::of_wrong_code(&wrong) {
        audit::record(tx, by, Some(&account.id), &event).await?;
    }
    barred::tell(app, tx, (&account.id, &wrong), (by, client)).await?;
    Ok(wrong.closed.ok_or(wrong.left))
}
