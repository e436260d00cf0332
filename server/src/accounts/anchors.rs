//! An organisation's own anchors: its registered e-mail address, its postal address, the telephone number at which
//! it is called back, its main contact person.
//! The operator changes them, against the trade register. What takes the place of something waits for a week, in
//! which the old one is used, everybody who answers for the organisation is told, and a contact person can
//! stop it. A new e-mail address and a new main contact person hold only if they were proven at the new place by then
//! (`proof`).

pub mod proof;

use super::run::{Error, called, register};
use super::who::Who;
use super::{Account, MOST_CONTACTS, Role, store};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::clock::Time;
use crate::delivery;
use crate::delivery::message::Message;
use crate::enrolment;
use crate::id::{AccountId, OrganisationId};
use crate::login;
use crate::login::run::Spared;
use crate::operator::Operator;
use crate::organisations::store as organisations;
use crate::organisations::{
    Agb, Anchor, Kvk, Mailbox, Organisation, Planned, PostalAddress, Proof, Registered, Telephone,
};
use crate::secret::Token;
use crate::storage::{self, Tx};
use std::time::Duration;

/// What an operator compared a change with.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The organisation's number in the trade register.
    pub kvk: Kvk,
    /// Of which day the extract is.
    pub extract: Time,
    /// Who compared them.
    pub by: Operator,
}

/// Where an organisation is reached, and what is to change.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The organisation.
    pub organisation: Organisation,
    /// Where it is reached now.
    pub registered: Registered,
    /// At which number it is called back, and from when on that counts.
    pub telephone: Option<(Telephone, Time)>,
    /// What waits, with what is to be read of it.
    pub planned: Vec<Planned>,
}

/// Where the organisation of this user is reached.
///
/// Errors: [`Error::NotOne`].
pub async fn look(app: &App, who: impl Into<Who>) -> Result<Standing, Error> {
    let who = who.into();
    let mut tx = app.db.read().await?;
    let account = called(&mut tx, &who).await?;
    standing(&mut tx, &account.organisation).await
}

/// Whoever is meant, with their organisation kept from every other change, once it was compared with the register.
async fn held(tx: &mut Tx, who: &Who, (checked, now): (&Checked, Time)) -> Result<Account, Error> {
    let (account, organisation) = found(tx, who).await?;
    if organisation.kvk.ok_or(Error::NoKvk)? != checked.kvk {
        return Err(Error::Kvk);
    }
    recent(checked, now)?;
    Ok(account)
}

/// Whoever is meant, and the organisation, which is kept from every other change.
async fn found(tx: &mut Tx, who: &Who) -> Result<(Account, Organisation), Error> {
    let account = called(tx, who).await?;
    organisations::lock(tx, &account.organisation).await?;
    let organisation = organisations::find(tx, &account.organisation).await?.ok_or(GONE)?;
    Ok((account, organisation))
}

/// Records by which numbers the organisation of this user is known, where they are not: that in the trade register,
/// as the extract has it, and its AGB code, where one is given. They do not change after that.
///
/// Errors: [`Error::NotOne`], [`Error::Kvk`], [`Error::AgbSet`], [`Error::Extract`].
pub async fn set_numbers(
    app: &App,
    who: impl Into<Who>,
    agb: Option<&Agb>,
    checked: &Checked,
) -> Result<Standing, Error> {
    let (by, who) = (operator(app), who.into());
    let mut tx = app.db.write().await?;
    let (account, Organisation { kvk, agb: known, .. }) = found(&mut tx, &who).await?;
    let id = &account.organisation;
    recent(checked, by.now)?;
    if kvk.as_ref().is_some_and(|kvk| *kvk != checked.kvk) {
        return Err(Error::Kvk);
    }
    if let Some(known) = known.as_ref().filter(|known| agb.is_some_and(|agb| agb != *known)) {
        return Err(Error::AgbSet(known.clone()));
    }
    if kvk.is_none() {
        organisations::set_kvk(&mut tx, id, &checked.kvk).await?;
        let changed = ("kvk", checked.kvk.as_str().to_owned(), by.now);
        announce(app, &mut tx, id, (changed, checked), &by).await?;
    }
    if let (None, Some(agb)) = (known, agb) {
        organisations::set_agb(&mut tx, id, agb).await?;
        let changed = ("agb", agb.as_str().to_owned(), by.now);
        announce(app, &mut tx, id, (changed, checked), &by).await?;
    }
    let standing = standing(&mut tx, id).await?;
    tx.commit().await?;
    Ok(standing)
}

/// Changes where the organisation of this user is reached, as far as `registered` says it: at once where nothing
/// was recorded, and else in a week, an e-mail address only if somebody confirmed it there with the link that
/// is mailed to it.
///
/// Errors: [`Error::NotOne`], [`Error::Kvk`], [`Error::Extract`].
pub async fn set_registered(
    app: &App,
    who: impl Into<Who>,
    registered: &Registered,
    checked: &Checked,
) -> Result<Standing, Error> {
    let (by, who) = (operator(app), who.into());
    let mut tx = app.db.write().await?;
    let account = held(&mut tx, &who, (checked, by.now)).await?;
    let id = &account.organisation;
    let old = organisations::registered(&mut tx, id).await?;
    let first = Registered {
        email: registered.email.clone().filter(|_| old.email.is_none()),
        address: registered.address.clone().filter(|_| old.address.is_none()),
    };
    register(app, &mut tx, id, &first, &by).await?;
    let email = registered.email.as_ref().map(|email| email.as_str().to_owned());
    let address = registered.address.as_ref().map(ToString::to_string);
    let old = (
        old.email.map(|email| email.as_str().to_owned()),
        old.address.map(|address| address.to_string()),
    );
    for (anchor, old, new) in [(Anchor::Email, old.0, email), (Anchor::Address, old.1, address)] {
        let Some(value) = new.filter(|new| old.as_ref() != Some(new)) else { continue };
        let starts_at =
            if old.is_some() { by.now.after(app.config.times.organisation_anchor) } else { by.now };
        let planned = planned_now((anchor, value), starts_at, &by);
        plan(app, &mut tx, id, (&planned, checked), &by).await?;
    }
    let standing = standing(&mut tx, id).await?;
    tx.commit().await?;
    Ok(standing)
}

/// Changes at which number the organisation of this user is called back: at once where none was recorded, which then
/// brings nobody back in for a week; and else in a week.
///
/// Errors: [`Error::NotOne`], [`Error::Kvk`], [`Error::Extract`].
pub async fn set_telephone(
    app: &App,
    who: impl Into<Who>,
    number: &Telephone,
    checked: &Checked,
) -> Result<Standing, Error> {
    let (by, who) = (operator(app), who.into());
    let mut tx = app.db.write().await?;
    let account = held(&mut tx, &who, (checked, by.now)).await?;
    let id = &account.organisation;
    let old = organisations::telephone(&mut tx, id).await?.map(|(number, _)| number);
    if old.as_ref() != Some(number) {
        let mut starts_at = by.now.after(app.config.times.organisation_anchor);
        if old.is_none() {
            organisations::set_telephone(&mut tx, id, (number, starts_at)).await?;
            starts_at = by.now;
            let set = vec![Anchor::Telephone.as_str()];
            let event = audit::Event::RegisteredChanged { organisation: id.clone(), set };
            audit::record(&mut tx, &by, None, &event).await?;
        }
        let (value, anchor) = (number.as_str().to_owned(), Anchor::Telephone);
        let planned = planned_now((anchor, value), starts_at, &by);
        plan(app, &mut tx, id, (&planned, checked), &by).await?;
    }
    let standing = standing(&mut tx, id).await?;
    tx.commit().await?;
    Ok(standing)
}

/// Has this user be the main contact person of the organisation in a week, and a contact person then.
///
/// They log in with a second factor before that, or nothing changes.
///
/// Errors: [`Error::NotOne`], [`Error::EnoughContacts`], [`Error::NotInUse`], [`Error::Kvk`], [`Error::Extract`].
pub async fn set_main_contact(
    app: &App,
    who: impl Into<Who>,
    checked: &Checked,
) -> Result<Standing, Error> {
    let (by, who) = (operator(app), who.into());
    let mut tx = app.db.write().await?;
    let account = held(&mut tx, &who, (checked, by.now)).await?;
    let id = &account.organisation;
    if !may_be_main(&mut tx, &account).await? {
        return Err(Error::EnoughContacts);
    }
    if proof::last_used(&mut tx, &account.id).await?.is_none() {
        return Err(Error::NotInUse);
    }
    if organisations::main_contact(&mut tx, id).await?.as_ref() != Some(&account.id) {
        let starts_at = by.now.after(app.config.times.organisation_anchor);
        let change = (Anchor::MainContact, account.id.to_string());
        let shown = account.name.clone();
        let planned = Planned { shown, ..planned_now(change, starts_at, &by) };
        plan(app, &mut tx, id, (&planned, checked), &by).await?;
    }
    let standing = standing(&mut tx, id).await?;
    tx.commit().await?;
    Ok(standing)
}

/// A change that waits from now on.
fn planned_now((anchor, value): (Anchor, String), starts_at: Time, by: &By) -> Planned {
    let (planned_at, proven_at) = (by.now, None);
    Planned { anchor, shown: value.clone(), value, planned_at, starts_at, proven_at }
}

fn operator(app: &App) -> By {
    By { actor: Actor::Operator, random: app.random, now: app.clock.now() }
}

async fn standing(tx: &mut Tx, id: &OrganisationId) -> Result<Standing, Error> {
    let organisation = organisations::find(tx, id).await?.ok_or(GONE)?;
    let registered = organisations::registered(tx, id).await?;
    let telephone = organisations::telephone(tx, id).await?;
    Ok(Standing { organisation, registered, telephone, planned: planned(tx, id).await? })
}

/// What waits for an organisation, with the name of who is to be its main contact person.
pub(crate) async fn planned(tx: &mut Tx, id: &OrganisationId) -> storage::Result<Vec<Planned>> {
    let mut planned = organisations::planned(tx, id).await?;
    for change in &mut planned {
        proof::by_log_in(tx, change).await?;
    }
    Ok(planned)
}

/// Whether the extract is of these weeks.
///
/// Errors: [`Error::Extract`].
fn recent(checked: &Checked, now: Time) -> Result<(), Error> {
    // A day begins earlier in the east.
    if checked.extract > now.after(DAY) || checked.extract < now.before(OLDEST) {
        return Err(Error::Extract);
    }
    Ok(())
}

/// Records a change and tells who answers for the organisation; it waits, unless it holds already.
async fn plan(
    app: &App,
    tx: &mut Tx,
    organisation: &OrganisationId,
    (planned, checked): (&Planned, &Checked),
    by: &By,
) -> Result<(), Error> {
    let Planned { anchor, shown, starts_at, .. } = planned;
    if *starts_at > by.now {
        let link = (anchor.proof() == Proof::Link).then(|| Token::random(app.random));
        let hash = link.as_ref().map(Token::hash);
        organisations::plan(tx, organisation, (planned, hash.as_ref())).await?;
        if let Some(link) = &link {
            proof::ask(app, tx, (organisation, planned), (link, by)).await?;
        }
    }
    let change = (anchor.as_str(), shown.clone(), *starts_at);
    announce(app, tx, organisation, (change, checked), by).await
}

/// Records what an operator compared and changes, from when on, and tells who answers for the organisation.
async fn announce(
    app: &App,
    tx: &mut Tx,
    organisation: &OrganisationId,
    ((anchor, to, starts), checked): ((&'static str, String, Time), &Checked),
    by: &By,
) -> Result<(), Error> {
    let what = anchor.to_owned();
    let message = if starts > by.now {
        Message::AnchorPlanned { what, to, from: starts }
    } else {
        Message::AnchorChanged { what, to }
    };
    let event = audit::Event::AnchorPlanned {
        organisation: organisation.clone(),
        anchor,
        starts,
        kvk: checked.kvk.as_str().to_owned(),
        extract: checked.extract,
        operator: checked.by.recorded(),
    };
    audit::record(tx, by, None, &event).await?;
    let notice = delivery::notice(message, by, "");
    Ok(delivery::run::tell_organisation(app, tx, organisation, notice).await?)
}

/// Whether an account is a contact person, or there is room for one more.
async fn may_be_main(tx: &mut Tx, account: &Account) -> storage::Result<bool> {
    let contacts = store::contact_persons(tx, &account.organisation).await?.len();
    Ok(account.role == Role::ContactPerson || contacts < MOST_CONTACTS)
}

/// Has what waited for its week hold from now on, and tells who answers for the organisation.
pub async fn begin_due(app: &App) -> storage::Result<()> {
    let by = By { actor: Actor::Clock, random: app.random, now: app.clock.now() };
    let mut tx = app.db.read().await?;
    let due = organisations::with_due(&mut tx, by.now).await?;
    drop(tx);
    for id in due {
        let mut tx = app.db.write().await?;
        organisations::lock(&mut tx, &id).await?;
        for change in organisations::take_due(&mut tx, &id, by.now).await? {
            begin(app, &mut tx, &id, change, &by).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Has one change hold; where it was not proven in time, or cannot be any more, it is stopped.
async fn begin(
    app: &App,
    tx: &mut Tx,
    id: &OrganisationId,
    mut change: Planned,
    by: &By,
) -> storage::Result<()> {
    proof::by_log_in(tx, &mut change).await?;
    if change.is_unproven() {
        return proof::lapse(app, tx, (id, change), by).await;
    }
    let anchor = change.anchor;
    // Whoever reads the old address hears of it there too.
    let left = organisations::registered(tx, id).await?.email;
    let left = left.filter(|_| anchor == Anchor::Email);
    let to = hold(app, tx, id, change, by).await?;
    let (what, organisation) = (anchor.as_str().to_owned(), id.clone());
    let message = match to {
        Some(to) => {
            let set = vec![anchor.as_str()];
            let event = audit::Event::RegisteredChanged { organisation, set };
            audit::record(tx, by, None, &event).await?;
            Message::AnchorChanged { what, to }
        }
        None => {
            let event = audit::Event::AnchorStopped { organisation, anchor: anchor.as_str() };
            audit::record(tx, by, None, &event).await?;
            Message::AnchorStopped { what }
        }
    };
    let notice = delivery::notice(message, by, "");
    if let Some(left) = left {
        delivery::run::tell_organisation_at(app, tx, (id, &left), notice.clone()).await?;
    }
    delivery::run::tell_organisation(app, tx, id, notice).await
}

/// Puts a change in the place of what was. What it is from now on, in words; nothing where that cannot be.
async fn hold(
    app: &App,
    tx: &mut Tx,
    id: &OrganisationId,
    change: Planned,
    by: &By,
) -> storage::Result<Option<String>> {
    let unknown = || storage::Error::Inconsistent { table: "organisation_change", column: "value" };
    match change.anchor {
        Anchor::Email => {
            let email = Mailbox::parse(&change.value).map_err(|_| unknown())?;
            // It waited already.
            organisations::set_email(tx, id, (&email, by.now)).await?;
        }
        Anchor::Address => {
            let address = PostalAddress::parse(&change.value).map_err(|_| unknown())?;
            organisations::set_address(tx, id, &address).await?;
        }
        Anchor::Telephone => {
            let number = Telephone::stored(change.value.clone()).ok_or_else(unknown)?;
            organisations::set_telephone(tx, id, (&number, by.now)).await?;
        }
        Anchor::MainContact => {
            let account = AccountId::parse(&change.value).map_err(|_| unknown())?;
            return make_main(app, tx, (id, &account), by).await;
        }
    }
    Ok(Some(change.value))
}

/// Makes an account the main contact person of its organisation, and a contact person where it was none, who has
/// no back-up address; what it has under way ends. Its name; nothing where it ended meanwhile, or there
/// are enough contact persons.
async fn make_main(
    app: &App,
    tx: &mut Tx,
    (id, account): (&OrganisationId, &AccountId),
    by: &By,
) -> storage::Result<Option<String>> {
    let Some(account) = store::lock(tx, account).await? else { return Ok(None) };
    if !may_be_main(tx, &account).await? {
        return Ok(None);
    }
    if account.role == Role::Colleague {
        store::appoint(tx, &account.id, Role::ContactPerson).await?;
        let (was, is) = (Role::Colleague.as_str(), Role::ContactPerson.as_str());
        let event = audit::Event::RoleChanged { was, is };
        audit::record(tx, by, Some(&account.id), &event).await?;
        let notice = delivery::notice(Message::BackupEmailRemoved, by, "");
        enrolment::email::take_away(app, tx, &account.id, (notice, by)).await?;
    }
    organisations::set_main_contact(tx, id, &account.id).await?;
    login::run::end_under_way(tx, &account.id, Spared::Nothing, by).await?;
    let event = audit::Event::MainContactChanged { organisation: id.clone() };
    audit::record(tx, by, Some(&account.id), &event).await?;
    Ok(Some(account.name))
}

const GONE: storage::Error =
    storage::Error::Inconsistent { table: "account", column: "organisation_id" };
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How old an extract may be.
const OLDEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Username;
    use crate::app::testing::app;
    use crate::factors::{self, Evidence, Kind};
    use crate::login::tests::events;
    use crate::storage::testing::{account, both, rows, unknown};
    use std::sync::Arc;

    fn checked(app: &App) -> Checked {
        let (kvk, by) =
            (Kvk::parse("12345678").unwrap(), Operator::parse("Test Beheerder").unwrap());
        Checked { kvk, extract: app.clock.now(), by }
    }

    /// The links that wait to be mailed to new addresses.
    async fn links(app: &App) -> Vec<Token> {
        let token = |message| {
            let Message::AnchorLink { link, .. } = message else { return None };
            Token::parse(link.split_once("?link=").unwrap().1)
        };
        delivery::run::waiting(app).await.into_iter().filter_map(token).collect()
    }

    fn registered(email: &str) -> Registered {
        let address = PostalAddress::parse("Dorpsstraat 1, 1234 AB Voorbeelddorp").ok();
        Registered { email: Mailbox::parse(email).ok(), address }
    }

    #[tokio::test]
    async fn the_first_address_holds_at_once_and_another_after_a_week() {
        both(async |db| {
            let app = app(db);
            let account = account(&app.db, "test.arts@voorbeeld.nl").await;
            let name = &account.username;
            let first = registered("praktijk@voorbeeld.nl");
            let now = set_registered(&app, name, &first, &checked(&app)).await.unwrap();
            assert_eq!((&now.registered, now.planned.len()), (&first, 0));
            let other = registered("post@voorbeeld.nl");
            for _ in 0..2 {
                let now = set_registered(&app, name, &other, &checked(&app)).await.unwrap();
                assert_eq!(
                    (&now.registered, now.planned.len()),
                    (&first, 1),
                    "the old one is used"
                );
            }
            let links = links(&app).await;
            let right = proof::Answer::Right;
            let mut worked = vec![];
            for link in &links {
                worked.push(proof::answer(&app, link, right).await.unwrap());
            }
            worked.sort_unstable();
            assert_eq!(worked, [false, true], "only the newest link is good");
            app.clock.advance(app.config.times.organisation_anchor - Duration::from_secs(1));
            begin_due(&app).await.unwrap();
            assert_eq!(look(&app, name).await.unwrap().registered, first);
            app.clock.advance(Duration::from_secs(1));
            for _ in 0..2 {
                begin_due(&app).await.unwrap();
            }
            let now = look(&app, name).await.unwrap();
            assert_eq!((&now.registered, now.planned.len()), (&other, 0));
            let mut tx = app.db.read().await.unwrap();
            let events = audit::of_account(&mut tx, None).await.unwrap();
            let count = |kind: &str| events.iter().filter(|event| event.contains(kind)).count();
            assert_eq!(
                (count("anchor_planned"), count("registered_changed")),
                (4, 2),
                "{events:?}"
            );
            let all = format!("{events:?}");
            assert!(!all.contains("voorbeeld.nl"), "no address: {all}");
            assert!(all.contains("12345678") && all.contains("Test Beheerder"), "{all}");
        })
        .await;
    }

    #[tokio::test]
    async fn a_new_address_that_nobody_proves_lapses_once_and_is_recorded() {
        both(async |db| {
            let app = app(db);
            let name = account(&app.db, "test.arts@voorbeeld.nl").await.username;
            let first = registered("praktijk@voorbeeld.nl");
            for wish in [&first, &registered("post@voorbeeld.nl")] {
                let _ = set_registered(&app, &name, wish, &checked(&app)).await.unwrap();
            }
            app.clock.advance(app.config.times.organisation_anchor);
            for _ in 0..2 {
                begin_due(&app).await.unwrap();
            }
            let now = look(&app, &name).await.unwrap();
            assert_eq!((&now.registered, now.planned.len()), (&first, 0));
            let said = events(&app, None).await;
            let lapsed = said.iter().filter(|event| *event == "anchor_lapsed");
            assert_eq!(lapsed.count(), 1, "{said:?}");
        })
        .await;
    }

    #[tokio::test]
    async fn of_sixty_four_who_use_one_link_to_a_new_address_at_once_one_does() {
        both(async |db| {
            let app = app(db);
            let name = account(&app.db, "test.arts@voorbeeld.nl").await.username;
            for email in ["praktijk@voorbeeld.nl", "post@voorbeeld.nl"] {
                let _ =
                    set_registered(&app, &name, &registered(email), &checked(&app)).await.unwrap();
            }
            let link = links(&app).await.pop().expect("it is mailed");
            let app = Arc::new(app);
            let mut tasks = tokio::task::JoinSet::new();
            for one in 0..64 {
                let (app, link) = (Arc::clone(&app), Token::parse(link.expose()).unwrap());
                let says = if one % 2 == 0 { proof::Answer::Right } else { proof::Answer::Wrong };
                tasks.spawn(async move { proof::answer(&app, &link, says).await.unwrap() });
            }
            let won = tasks.join_all().await.into_iter().filter(|won| *won).count();
            assert_eq!(won, 1);
            let mut tx = app.db.read().await.unwrap();
            let events = format!("{:?}", audit::of_account(&mut tx, None).await.unwrap());
            let said = ["anchor_proven", "anchor_stopped"].map(|kind| events.contains(kind));
            assert_ne!(said[0], said[1], "{events}");
        })
        .await;
    }

    /// A card with which this account logs in now.
    async fn logs_in(app: &App, account: &AccountId) {
        let now = app.clock.now();
        let factor = factors::testing::factor(account, (Kind::Card, Evidence::CardPin), now);
        let mut tx = app.db.write().await.unwrap();
        factors::store::insert(&mut tx, &factor).await.unwrap();
        let _ = factors::store::touch(&mut tx, &factor.id, Evidence::CardPin, now).await.unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn another_main_contact_person_waits_too_and_is_dropped_where_the_account_ended() {
        both(async |db| {
            let app = app(db);
            let first = account(&app.db, "test.arts@voorbeeld.nl").await;
            let mut tx = app.db.write().await.unwrap();
            let mut others = vec![];
            for name in ["test.twee@voorbeeld.nl", "test.drie@voorbeeld.nl"] {
                let other = Account {
                    id: AccountId::random(app.random),
                    number: store::fresh_number(&mut tx, app.random).await.unwrap(),
                    username: Username::parse(name).unwrap(),
                    role: Role::Colleague,
                    ..first.clone()
                };
                store::insert(&mut tx, &other, app.clock.now()).await.unwrap();
                others.push(other);
            }
            tx.commit().await.unwrap();
            let main = async || {
                let mut tx = app.db.read().await.unwrap();
                organisations::main_contact(&mut tx, &first.organisation).await.unwrap()
            };
            for (other, ends) in others.iter().zip([false, true]) {
                let early = set_main_contact(&app, &other.username, &checked(&app)).await;
                assert!(matches!(early, Err(Error::NotInUse)), "{early:?}");
                logs_in(&app, &other.id).await;
                let now = set_main_contact(&app, &other.username, &checked(&app)).await.unwrap();
                assert_eq!(now.planned.first().map(|change| &change.shown), Some(&other.name));
                assert_ne!(main().await.as_ref(), Some(&other.id));
                if ends {
                    let mut tx = app.db.write().await.unwrap();
                    store::end(&mut tx, &other.id, app.clock.now()).await.unwrap();
                    tx.commit().await.unwrap();
                }
                app.clock.advance(app.config.times.organisation_anchor);
                begin_due(&app).await.unwrap();
                assert_eq!(main().await.as_ref() == Some(&other.id), !ends);
                let said = events(&app, Some(&other.id)).await;
                assert_eq!(said.contains(&"main_contact_changed".to_owned()), !ends, "{said:?}");
            }
            assert_eq!(rows(&app.db, "organisation_change").await, 0);
        })
        .await;
    }

    #[tokio::test]
    async fn where_no_number_is_recorded_nothing_changes_until_it_is() {
        both(async |db| {
            let app = app(db);
            let name = unknown(&app.db, "test.arts@voorbeeld.nl").await.username;
            let wish = registered("praktijk@voorbeeld.nl");
            let number = Telephone::parse("030 253 11 11").unwrap();
            for refused in [
                set_registered(&app, &name, &wish, &checked(&app)).await,
                set_telephone(&app, &name, &number, &checked(&app)).await,
                set_main_contact(&app, &name, &checked(&app)).await,
            ] {
                assert!(matches!(refused, Err(Error::NoKvk)), "{refused:?}");
            }
            let old = Checked { extract: app.clock.now().before(OLDEST + DAY), ..checked(&app) };
            let refused = set_numbers(&app, &name, None, &old).await;
            assert!(matches!(refused, Err(Error::Extract)), "{refused:?}");
            let agb = Agb::parse("01012345").unwrap();
            for given in [None, Some(&agb), Some(&agb)] {
                let now = set_numbers(&app, &name, given, &checked(&app)).await.unwrap();
                let kvk = now.organisation.kvk.map(|kvk| kvk.as_str().to_owned());
                assert_eq!(kvk.as_deref(), Some("12345678"));
                assert_eq!(now.organisation.agb.as_ref(), given);
            }
            let said = delivery::run::waiting(&app).await;
            let changed = |message: &&Message| matches!(message, Message::AnchorChanged { .. });
            assert_eq!(said.iter().filter(changed).count(), 2, "each is told once: {said:?}");
            assert!(set_registered(&app, &name, &wish, &checked(&app)).await.is_ok());
            let other = Checked { kvk: Kvk::parse("87654321").unwrap(), ..checked(&app) };
            let refused = set_numbers(&app, &name, Some(&agb), &other).await;
            assert!(matches!(refused, Err(Error::Kvk)), "{refused:?}");
            let another = Agb::parse("01054321").unwrap();
            let refused = set_numbers(&app, &name, Some(&another), &checked(&app)).await;
            assert!(matches!(refused, Err(Error::AgbSet(_))), "{refused:?}");
        })
        .await;
    }

    #[tokio::test]
    async fn what_does_not_fit_the_register_changes_nothing() {
        both(async |db| {
            let app = app(db);
            let account = account(&app.db, "test.arts@voorbeeld.nl").await;
            let wish = registered("praktijk@voorbeeld.nl");
            let old = Checked { extract: app.clock.now().before(OLDEST + DAY), ..checked(&app) };
            let early = Checked { extract: app.clock.now().after(DAY + DAY), ..checked(&app) };
            for wrong in [old, early] {
                let refused = set_registered(&app, &account.username, &wish, &wrong).await;
                assert!(matches!(refused, Err(Error::Extract)), "{refused:?}");
                let refused = set_main_contact(&app, &account.username, &wrong).await;
                assert!(matches!(refused, Err(Error::Extract)), "{refused:?}");
            }
            let nobody = Username::parse("niemand@voorbeeld.nl").unwrap();
            assert!(matches!(look(&app, &nobody).await, Err(Error::NotOne(_))));
            let now = look(&app, &account.username).await.unwrap();
            assert_eq!((now.registered, now.planned.len()), (Registered::default(), 0));
        })
        .await;
    }
}
