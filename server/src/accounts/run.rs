//! Accounts, performed: what the operator makes and changes, and what a person sees of the own one.

use super::grace::{self, Grace, spared};
use super::number::UserNumber;
use super::who::{NotOne, Who};
use super::{Account, Role, Username};
use crate::app::App;
use crate::audit;
use crate::clock::Time;
use crate::delivery;
use crate::delivery::message::Message;
use crate::factors::{self, Factor, Level};
use crate::id::{AccountId, FactorId, OrganisationId};
use crate::label;
use crate::lockout;
use crate::operator::Operator;
use crate::organisations::{self, Agb, Kvk, Organisation, Policy, Registered, Subscriber};
use crate::password::policy::{self, Weak};
use crate::password::{self, Busy};
use crate::secret::{Secret, Token};
use crate::sessions::{self, Scope, Session, Way};
use crate::storage::{self, Tx};
use crate::waiver;

/// Why an account was not made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another organisation has this subscriber number.
    #[error(
        "another organisation has this UZI subscriber number (URA): check the number on the card; where both \
         are of one subscriber, record it with 'sleutelbos account ura --shared'"
    )]
    SubscriberTaken,
    /// The organisation has another subscriber number, and cards may be linked by it.
    #[error(
        "this organisation has the UZI subscriber number (URA) {}, which does not change",
        .0.as_str()
    )]
    SubscriberSet(Subscriber),
    /// There are as many contact persons as there may be.
    #[error("the organisation has three contact persons: one of them lets go of that first")]
    EnoughContacts,
    /// Whoever is to be the main contact person has never logged in with a second factor.
    #[error(
        "this user has never logged in with a second factor: have them activate the account and log in with one \
         first"
    )]
    NotInUse,
    /// A name is empty or too long.
    #[error("a name has 1 to 200 characters that can be seen")]
    Name,
    /// The operator named nobody, or several people.
    #[error(transparent)]
    NotOne(#[from] NotOne),
    /// The organisation has another number in the trade register.
    #[error(
        "this organisation has another KvK number: compare the extract with the right organisation"
    )]
    Kvk,
    /// Nobody recorded the organisation's number in the trade register.
    #[error(
        "the KvK number of this organisation is not recorded, so no extract can be compared with it: record it \
         first, with 'sleutelbos organisation registered --username … --kvk … --extract … --operator …' and \
         nothing else"
    )]
    NoKvk,
    /// The organisation has another AGB code.
    #[error(
        "this organisation has the AGB code {}, which does not change: check which organisation you mean",
        .0.as_str()
    )]
    AgbSet(Agb),
    /// The extract is of a day to come, or too old.
    #[error("an extract of the trade register is 30 days old at most: ask for a new one")]
    Extract,
    /// The password may not be chosen.
    #[error(transparent)]
    Weak(#[from] Weak),
    /// Too many passwords are being hashed.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

/// An organisation and its contact person, before they exist.
#[derive(Clone, Debug)]
pub struct Founding {
    /// The organisation's name.
    pub organisation: String,
    /// Its AGB code.
    pub agb: Option<Agb>,
    /// Its KvK number.
    pub kvk: Option<Kvk>,
    /// Its UZI subscriber number.
    pub subscriber: Option<Subscriber>,
    /// Where it is reached.
    pub registered: Registered,
    /// The contact person's user name.
    pub username: Username,
    /// The contact person's name.
    pub name: String,
    /// The level at which the first factor will be bound.
    pub vouched: Level,
}

/// Makes an organisation and its contact person, both or neither.
///
/// Errors: [`Error::Weak`] before anything is hashed, [`Error::SubscriberTaken`], [`Error::Name`].
pub async fn found(
    app: &App,
    founding: Founding,
    password: Secret<String>,
) -> Result<Account, Error> {
    let founding = founding.named()?;
    let context = [founding.username.as_str(), &founding.name, &founding.organisation];
    let rule = (app.config.passwords.lengths, grace::opens(Role::ContactPerson, true, 0));
    let opens = policy::check(password.expose(), rule, &context)?;
    let sibling = {
        let mut tx = app.db.read().await?;
        password::store::sibling(&mut tx, founding.username.as_str(), None).await?
    };
    let hash = app.passwords.admit()?.hash_beside(password, sibling).await;

    let by = audit::By { actor: audit::Actor::Operator, random: app.random, now: app.clock.now() };
    let mut tx = app.db.write().await?;
    let number = super::store::fresh_number(&mut tx, app.random).await?;
    let account = establish(app, &mut tx, founding, number, &by).await?;
    password::store::set(&mut tx, &account.id, (&hash, opens), by.now).await?;
    tx.commit().await?;
    Ok(account)
}

impl Founding {
    /// The same with names as they are kept.
    ///
    /// Errors: [`Error::Name`].
    pub(crate) fn named(self) -> Result<Self, Error> {
        Ok(Self { organisation: name(&self.organisation)?, name: name(&self.name)?, ..self })
    }
}

/// Adds an organisation and its contact person, whom nothing opens yet. The names are those that are kept.
pub(crate) async fn establish(
    app: &App,
    tx: &mut Tx,
    founding: Founding,
    number: UserNumber,
    by: &audit::By,
) -> Result<Account, Error> {
    let organisation = Organisation {
        id: OrganisationId::random(by.random),
        name: founding.organisation,
        agb: founding.agb,
        kvk: founding.kvk,
        subscriber: founding.subscriber,
    };
    let account = Account {
        id: AccountId::random(by.random),
        organisation: organisation.id.clone(),
        number,
        username: founding.username,
        name: founding.name,
        role: Role::ContactPerson,
        vouched: founding.vouched,
    };
    if let Some(subscriber) = &organisation.subscriber
        && organisations::store::have_subscriber(tx, subscriber).await?
    {
        return Err(Error::SubscriberTaken);
    }
    organisations::store::insert(tx, &organisation, by.now).await?;
    super::store::insert(tx, &account, by.now).await?;
    organisations::store::set_main_contact(tx, &organisation.id, &account.id).await?;
    let event = audit::Event::OrganisationCreated { organisation: organisation.id.clone() };
    audit::record(tx, by, None, &event).await?;
    register(app, tx, &organisation.id, &founding.registered, by).await?;
    let event = audit::Event::AccountCreated { organisation: organisation.id };
    audit::record(tx, by, Some(&account.id), &event).await?;
    Ok(account)
}

/// The id of the account that an operator names so.
///
/// Errors: [`Error::NotOne`].
pub async fn id_of(app: &App, who: &Who) -> Result<AccountId, Error> {
    let mut tx = app.db.read().await?;
    Ok(called(&mut tx, who).await?.id)
}

/// The account that an operator names so.
///
/// Errors: [`Error::NotOne`].
pub(super) async fn called(tx: &mut Tx, who: &Who) -> Result<Account, Error> {
    Ok(who.one(super::store::called(tx, who).await?)?)
}

/// Records where an organisation is reached, as far as `registered` says it.
pub(super) async fn register(
    app: &App,
    tx: &mut Tx,
    organisation: &OrganisationId,
    registered: &Registered,
    by: &audit::By,
) -> Result<(), Error> {
    let mut set = Vec::new();
    if let Some(email) = &registered.email {
        // A first one holds at once, and brings nobody back in for a while.
        let from = by.now.after(app.config.times.organisation_anchor);
        organisations::store::set_email(tx, organisation, (email, from)).await?;
        set.push("email");
    }
    if let Some(address) = &registered.address {
        organisations::store::set_address(tx, organisation, address).await?;
        set.push("address");
    }
    if !set.is_empty() {
        let event = audit::Event::RegisteredChanged { organisation: organisation.clone(), set };
        audit::record(tx, by, None, &event).await?;
    }
    Ok(())
}

/// Lifts the blocks of password log-in and of the PIN, and every pause and stop of codes, of an account that is
/// locked: an operator answers for it. How many wrong ones there were is not forgotten. What was blocked; then
/// everybody whom it concerns is told.
pub(crate) async fn lift(
    app: &App,
    tx: &mut Tx,
    account: &AccountId,
    by: &audit::By,
) -> Result<Vec<lockout::Lifted>, storage::Error> {
    let lifted = lockout::lift_all(tx, account, by.now, &app.config.lockout).await?;
    for lifted in &lifted {
        let event = audit::Event::of_lifted(*lifted);
        audit::record(tx, by, Some(account), &event).await?;
    }
    if !lifted.is_empty() {
        let notice = delivery::notice(Message::Unblocked { lifted: lifted.clone() }, by, "");
        delivery::run::tell(app, tx, account, notice).await?;
    }
    Ok(lifted)
}

/// Whom this session's token lets in, while the session is good, and where that person works.
pub async fn of_session(
    app: &App,
    token: &Token,
) -> Result<Option<(Session, Account, Organisation)>, storage::Error> {
    let Some(mut session) = sessions::run::current(app, token).await? else { return Ok(None) };
    let (now, mut grace) = (app.clock.now(), None);
    let mut tx = app.db.read().await?;
    let Some(account) = super::store::find(&mut tx, &session.login.account).await? else {
        return Ok(None);
    };
    if session.login.way == Way::Waived && waiver::of(&mut tx, &account, now).await?.is_none() {
        return Ok(None);
    }
    if session.login.way == Way::PasswordAndEmail {
        // What lets in no more ends what it let in.
        let decided = organisations::store::policy(&mut tx, &account.organisation).await?;
        if account.role == Role::ContactPerson || !decided.backup_email {
            return Ok(None);
        }
    }
    if session.login.by_password_alone() {
        let decided = organisations::store::policy(&mut tx, &account.organisation).await?;
        grace = super::store::grace(&mut tx, &account.id).await?;
        let days = grace.and_then(|grace| grace.at(now).end(decided.grace_days));
        let password = password::store::opens(&mut tx, &account.id).await?;
        if spared((account.role, password), [decided.unforced(now), days]).is_none() {
            // Forced meanwhile: what could go on without a second factor can only enrol one.
            session.login.scope = Scope::EnrolOnly;
        }
    }
    let organisation = organisations::store::find(&mut tx, &account.organisation).await?;
    drop(tx);
    keep_seen(app, &account.id, grace, now).await?;
    Ok(organisation.map(|organisation| (session, account, organisation)))
}

/// Keeps what the clock says of the days of grace, where that is due.
async fn keep_seen(
    app: &App,
    account: &AccountId,
    grace: Option<Grace>,
    now: Time,
) -> Result<(), storage::Error> {
    let Some(grace) = grace.filter(|grace| grace.is_due(now)) else { return Ok(()) };
    let mut tx = app.db.write().await?;
    super::store::see_grace(&mut tx, account, (grace, grace.at(now))).await?;
    tx.commit().await
}

/// What this organisation decides for its people.
pub async fn policy(app: &App, organisation: &OrganisationId) -> Result<Policy, storage::Error> {
    let mut tx = app.db.read().await?;
    organisations::store::policy(&mut tx, organisation).await
}

/// Whether anybody has linked a card.
pub async fn have_cards(app: &App) -> Result<bool, storage::Error> {
    let mut tx = app.db.read().await?;
    factors::store::any_card(&mut tx).await
}

/// The factors of whoever has `session`, oldest first.
pub async fn factors(app: &App, session: &Session) -> Result<Vec<Factor>, storage::Error> {
    let mut tx = app.db.read().await?;
    factors::store::list(&mut tx, &session.login.account).await
}

/// Whether several organisations may have one subscriber number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// They are of one subscriber, as the operator says.
    Meant,
    /// Then one of them is a slip.
    Refused,
}

/// Records the UZI subscriber number of the organisation of this user: an operator answers for it, and who
/// answers for the organisation is told, because it is by that number that cards are of its people. It is set
/// once; the same number again is no error.
///
/// Errors: [`Error::NotOne`], [`Error::SubscriberTaken`], [`Error::SubscriberSet`].
pub async fn set_subscriber(
    app: &App,
    who: impl Into<Who>,
    (subscriber, sharing): (&Subscriber, Sharing),
    operator: &Operator,
) -> Result<Organisation, Error> {
    let who = who.into();
    let mut tx = app.db.write().await?;
    let id = called(&mut tx, &who).await?.organisation;
    let taken = organisations::store::have_subscriber(&mut tx, subscriber).await?;
    let set = organisations::store::set_subscriber(&mut tx, &id, subscriber).await?;
    if set && taken && sharing == Sharing::Refused {
        return Err(Error::SubscriberTaken);
    }
    let gone = storage::Error::Inconsistent { table: "account", column: "organisation_id" };
    let organisation = organisations::store::find(&mut tx, &id).await?.ok_or(gone)?;
    match &organisation.subscriber {
        Some(found) if found != subscriber => return Err(Error::SubscriberSet(found.clone())),
        Some(_) | None => {}
    }
    if set {
        let by =
            audit::By { actor: audit::Actor::Operator, random: app.random, now: app.clock.now() };
        let event = audit::Event::acted("ura", operator.recorded());
        audit::record(&mut tx, &by, None, &event).await?;
        let subscriber = subscriber.as_str().to_owned();
        let message = Message::AnchorChanged { what: "ura".to_owned(), to: subscriber.clone() };
        let notice = delivery::notice(message, &by, "");
        delivery::run::tell_organisation(app, &mut tx, &id, notice).await?;
        let event = audit::Event::SubscriberSet { organisation: id, subscriber };
        audit::record(&mut tx, &by, None, &event).await?;
    }
    tx.commit().await?;
    Ok(organisation)
}

/// What a person sees of the own account.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The account.
    pub account: Account,
    /// Where the person works.
    pub organisation: Organisation,
    /// Its factors, oldest first.
    pub factors: Vec<Factor>,
    /// Which of them are phone numbers, the main one first, and from when each counts.
    pub numbers: Vec<(FactorId, Time)>,
    /// Its sessions, last used first; the present one is among them.
    pub sessions: Vec<Session>,
}

/// The account of `session`, with its factors and sessions.
pub async fn overview(app: &App, session: &Session) -> Result<Overview, storage::Error> {
    let id = &session.login.account;
    let gone = |column| storage::Error::Inconsistent { table: "account", column };
    let mut tx = app.db.read().await?;
    let account = super::store::find(&mut tx, id).await?.ok_or_else(|| gone("id"))?;
    let organisation = organisations::store::find(&mut tx, &account.organisation)
        .await?
        .ok_or_else(|| gone("organisation_id"))?;
    let now = app.clock.now();
    let numbers = factors::phone::store::of_account(&mut tx, id).await?;
    Ok(Overview {
        factors: factors::store::list(&mut tx, id).await?,
        numbers: numbers.into_iter().map(|number| (number.factor, number.starts_at)).collect(),
        sessions: sessions::living(&mut tx, id, now, &app.config.sessions).await?,
        account,
        organisation,
    })
}

/// A name as it is kept.
///
/// Errors: [`Error::Name`].
pub(super) fn name(text: &str) -> Result<String, Error> {
    label::parse(text, 200).ok_or(Error::Name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::testing::app;
    use crate::lockout::{Counted, Subject};
    use crate::login::tests::events;
    use crate::storage::testing::both;

    fn founding(username: &str, subscriber: Option<&str>) -> Founding {
        Founding {
            organisation: "Praktijk Voorbeeld".to_owned(),
            agb: Some(Agb::parse("01000001").unwrap()),
            kvk: None,
            subscriber: subscriber.map(|number| Subscriber::parse(number).unwrap()),
            registered: Registered::default(),
            username: Username::parse(username).unwrap(),
            name: "Test Arts".to_owned(),
            vouched: Level::Substantial,
        }
    }

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn an_organisation_and_its_contact_person_are_made_together() {
        both(async |db| {
            let app = app(db);
            let founding = founding("Test.Arts@voorbeeld.nl", Some("90000123"));
            let made = found(&app, founding, secret("groen paard eet soep")).await.unwrap();
            let mut tx = app.db.read().await.unwrap();
            let found = super::super::store::find(&mut tx, &made.id).await.unwrap().unwrap();
            assert_eq!(found, made);
            assert_eq!(found.role, Role::ContactPerson);
            let organisation =
                organisations::store::find(&mut tx, &made.organisation).await.unwrap().unwrap();
            assert_eq!(organisation.subscriber, Subscriber::parse("90000123").ok());
            drop(tx);
            assert_eq!(events(&app, None).await, ["organisation_created"]);
            assert_eq!(events(&app, Some(&made.id)).await, ["account_created"]);
        })
        .await;
    }

    #[tokio::test]
    async fn an_operator_lifts_a_block_and_it_is_recorded() {
        both(async |db| {
            let app = app(db);
            let founding = founding("test.arts@voorbeeld.nl", None);
            let account = found(&app, founding, secret("groen paard eet soep")).await.unwrap();
            let subject = Subject::account(&account.id);
            let charge = async || {
                let (now, policy) = (app.clock.now(), &app.config.lockout);
                let mut tx = app.db.write().await.unwrap();
                let charged = lockout::charge(&mut tx, &subject, Counted::Password, now, policy);
                let admission = charged.await.unwrap();
                tx.commit().await.unwrap();
                matches!(admission, lockout::Admission::Charged { .. })
            };
            for _ in 0..5 {
                assert!(charge().await);
            }
            assert!(!charge().await);
            let (actor, now) = (audit::Actor::Operator, app.clock.now());
            let by = audit::By { actor, random: app.random, now };
            for lifts in [vec![lockout::Lifted::Password], vec![]] {
                let mut tx = app.db.write().await.unwrap();
                assert_eq!(lift(&app, &mut tx, &account.id, &by).await.unwrap(), lifts);
                tx.commit().await.unwrap();
            }
            assert!(charge().await);
            let mut tx = app.db.read().await.unwrap();
            let events = audit::of_account(&mut tx, Some(&account.id)).await.unwrap();
            assert_eq!(events.len(), 2, "{events:?}");
        })
        .await;
    }

    #[tokio::test]
    async fn who_answers_for_an_organisation_is_told_of_its_subscriber_number() {
        both(async |db| {
            let app = app(db);
            let founding = founding("test.arts@voorbeeld.nl", None);
            let account = found(&app, founding, secret("groen paard eet soep")).await.unwrap();
            let number = Subscriber::parse("90000123").unwrap();
            let operator = Operator::parse("Test Beheer").unwrap();
            for _ in 0..2 {
                let which = (&number, Sharing::Refused);
                let _ = set_subscriber(&app, &account.username, which, &operator).await.unwrap();
            }
            let told = delivery::run::waiting(&app).await;
            let is = |message: &&Message| {
                matches!(message, Message::AnchorChanged { what, to } if what == "ura" && to == "90000123")
            };
            assert_eq!(told.iter().filter(is).count(), 1, "{told:?}");
            // Of one moment, in any order.
            let mut recorded = events(&app, None).await;
            recorded.sort();
            assert_eq!(recorded, ["operator_acted", "organisation_created", "subscriber_set"]);
        })
        .await;
    }

    #[tokio::test]
    async fn what_is_refused_leaves_nothing_behind() {
        both(async |db| {
            let app = app(db);
            let good = || secret("groen paard eet soep");
            let first = founding("test.arts@voorbeeld.nl", Some("90000123"));
            found(&app, first, good()).await.unwrap();
            let same_number = founding("test.ander@voorbeeld.nl", Some("90000123"));
            let error = found(&app, same_number, good()).await.unwrap_err();
            assert!(matches!(error, Error::SubscriberTaken), "{error}");
            let weak = founding("test.ander@voorbeeld.nl", None);
            let error = found(&app, weak, secret("praktijk2024")).await.unwrap_err();
            assert!(matches!(error, Error::Weak(Weak::Context)), "{error}");
            let mut nameless = founding("test.ander@voorbeeld.nl", None);
            nameless.name = " ".to_owned();
            let error = found(&app, nameless, good()).await.unwrap_err();
            assert!(matches!(error, Error::Name), "{error}");
            let mut tx = app.db.read().await.unwrap();
            assert_eq!(organisations::store::count(&mut tx).await.unwrap(), 1);
        })
        .await;
    }
}
