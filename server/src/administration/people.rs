//! Whom a contact person sees: the list of colleagues, and one of them. No secret is among it.

use super::store::{self, Line};
use super::{Result, may_look};
use crate::access;
use crate::accounts::{self, Account, Range};
use crate::app::App;
use crate::clock::Time;
use crate::factors::{self, Kind};
use crate::id::{AccountId, OrganisationId};
use crate::inbox;
use crate::lockout::{self, Block, Counted, Subject};
use crate::management;
use crate::organisations;
use crate::pin;
use crate::sessions::Session;
use crate::storage::{self, Tx};
use crate::waiver::{self, Waiver};

pub use store::Line as Colleague;

/// Where in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At its beginning.
    Start,
    /// Behind this colleague.
    After(Mark),
    /// Before this colleague.
    Before(Mark),
}

/// A colleague as a place in the list: the id alone, for an address is kept in logs and histories, where no
/// name belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark(AccountId);

impl Mark {
    /// Reads what [`Mark::to_text`] wrote; nothing for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        AccountId::parse(text).ok().map(Self)
    }

    /// The place as text, for an address.
    pub fn to_text(&self) -> String {
        self.0.to_string()
    }

    fn of(line: &Line) -> Self {
        Self(line.id.clone())
    }
}

/// A part of the list.
#[derive(Clone, Debug)]
pub struct Page {
    /// Who is in it.
    pub colleagues: Vec<Colleague>,
    /// Where the page before it ends, if there is one.
    pub previous: Option<Mark>,
    /// Where the page behind it begins, if there is one.
    pub next: Option<Mark>,
}

/// The colleagues at this place of the list; where somebody is searched, those of whom each word typed
/// begins a word of the name or user name. A colleague who stands in no such list, or in it no more, is no place:
/// it is shown from its beginning.
///
/// Errors: [`super::Error::Management`].
pub async fn list(
    app: &App,
    (account, session): (&Account, &Session),
    search: &str,
    place: &Place,
) -> Result<Page> {
    may_look(app, account, session)?;
    let mut tx = app.db.read().await?;
    let organisation = &account.organisation;
    let ranges = accounts::ranges(search);
    if ranges.is_empty() && !search.trim().is_empty() {
        return Ok(Page { colleagues: Vec::new(), previous: None, next: None });
    }
    let mark = match place {
        Place::Start => None,
        Place::After(Mark(id)) | Place::Before(Mark(id)) => {
            let key = key(&mut tx, organisation, &ranges, id).await?;
            key.map(|key| (key, id.as_str()))
        }
    };
    let place = if mark.is_some() { place } else { &Place::Start };
    let backwards = matches!(place, Place::Before(_));
    let mark = mark.as_ref().map_or(("", ""), |(key, id)| (key.as_str(), *id));
    let most = AT_ONCE + 1;
    let colleagues = match (ranges.is_empty(), backwards) {
        (true, false) => store::after(&mut tx, organisation, mark, most).await?,
        (true, true) => store::before(&mut tx, organisation, mark, most).await?,
        (false, false) => store::found(&mut tx, organisation, &ranges, mark, most).await?,
        (false, true) => store::found_before(&mut tx, organisation, &ranges, mark, most).await?,
    };
    Ok(page(colleagues, place))
}

/// What the list, or what is found of it, is sorted by where this colleague stands; nothing where that is nowhere.
async fn key(
    tx: &mut Tx,
    organisation: &OrganisationId,
    ranges: &[Range],
    id: &AccountId,
) -> storage::Result<Option<String>> {
    match ranges.first() {
        None => store::key(tx, organisation, id).await,
        Some(first) => store::found_key(tx, organisation, first, id).await,
    }
}

/// What was read from this place on, or back from it, with where the pages beside it are.
fn page(mut colleagues: Vec<Line>, place: &Place) -> Page {
    let more = cut(&mut colleagues);
    if let Place::Before(_) = place {
        colleagues.reverse();
        let next = colleagues.last().map(Mark::of);
        let previous = more.and_then(|_| colleagues.first().map(Mark::of));
        return Page { colleagues, previous, next };
    }
    let begins = *place == Place::Start;
    let previous = colleagues.first().filter(|_| !begins).map(Mark::of);
    Page { colleagues, previous, next: more }
}

/// A colleague who asks for a new PIN, having proven nothing.
#[derive(Clone, Debug)]
pub struct Asking {
    /// Whose account it is.
    pub id: AccountId,
    /// That person's name.
    pub name: String,
    /// Since when.
    pub since: Time,
}

/// The colleagues who ask for a new PIN and were not answered, who asked first first.
///
/// Errors: [`super::Error::Management`].
pub async fn asking(app: &App, (account, session): (&Account, &Session)) -> Result<Vec<Asking>> {
    may_look(app, account, session)?;
    let mut tx = app.db.read().await?;
    let mut all = Vec::new();
    for (id, since) in pin::store::asking(&mut tx, &account.organisation, app.clock.now()).await? {
        let whom = accounts::store::find(&mut tx, &id).await?;
        all.extend(whom.map(|whom| Asking { id, name: whom.name, since }));
    }
    Ok(all)
}

/// Leaves as many as a page has; where the next begins, if there are more.
fn cut(lines: &mut Vec<Line>) -> Option<Mark> {
    let most = usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
    let more = lines.len() > most;
    lines.truncate(most);
    lines.last().filter(|_| more).map(Mark::of)
}

/// One colleague, as a contact person sees them.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account.
    pub account: Account,
    /// Whether it is the main contact person.
    pub main: bool,
    /// Whether it is whoever looks.
    pub oneself: bool,
    /// What the person logs in with: kinds, and how many of each count.
    pub factors: Vec<(Kind, usize)>,
    /// When the person last logged in, as far as that is still known.
    pub last_log_in: Option<Time>,
    /// How password log-in is blocked, if it is.
    pub password_block: Option<Block>,
    /// How the account's PIN is blocked, if it is.
    pub pin_block: Option<Block>,
    /// How codes are blocked, if any kind of them is.
    pub codes_block: Option<Block>,
    /// The user number; nothing for whoever has opened a PIN of this account, or has one in their Berichtenbox.
    pub number: Option<String>,
    /// Until when the person's access code works, if there is one.
    pub access: Option<Time>,
    /// Why the person may not be given one now, if so.
    pub no_access: Option<access::Denied>,
    /// The waiver under which the person logs in with a password alone, if there is one.
    pub waiver: Option<Waiver>,
    /// Why the person may not be given a waiver now, if so.
    pub no_waiver: Option<waiver::Denied>,
    /// How many contact persons the organisation has.
    pub contacts: usize,
    /// Since when the person asks for a new PIN, having proven nothing, if so.
    pub asks: Option<Time>,
}

/// The colleague with this id.
///
/// Errors: [`super::Error::Management`], which names nobody of another organisation either.
pub async fn person(
    app: &App,
    (account, session): (&Account, &Session),
    id: &AccountId,
) -> Result<Person> {
    may_look(app, account, session)?;
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let whom = accounts::store::find(&mut tx, id).await?;
    let whom = whom.filter(|whom| whom.organisation == account.organisation);
    let whom = whom.ok_or(management::Error::NoColleague)?;
    let factors = factors::store::list(&mut tx, id).await?;
    let count = |kind| {
        let counted = factors.iter().filter(|factor| factor.kind == kind && factor.is_relied_on());
        counted.count()
    };
    let main = organisations::store::main_contact(&mut tx, &account.organisation).await?;
    let contacts = accounts::store::contact_persons(&mut tx, &account.organisation).await?;
    let subject = Subject::account(id);
    let code = access::store::find(&mut tx, id, now).await?;
    let access = access::may_give(super::access::whom(&mut tx, (account, &whom), now).await?);
    let asked = super::waiver::whom(&mut tx, (account, &whom), now).await?;
    // Number and PIN are not shown to one and the same, in whichever order.
    let knows = pin::store::was_opened_by(&mut tx, id, &account.id).await?
        || inbox::keeps_pin_of(&mut tx, (&account.id, id), now).await?;
    Ok(Person {
        main: main.as_ref() == Some(id),
        oneself: account.id == *id,
        factors: Kind::ALL.into_iter().map(|kind| (kind, count(kind))).collect(),
        last_log_in: store::last_log_in(&mut tx, id).await?,
        password_block: lockout::block(&mut tx, &subject, Counted::Password, now).await?,
        pin_block: lockout::block(&mut tx, &subject, Counted::Pin, now).await?,
        codes_block: lockout::codes::block(&mut tx, id, now, &app.config.lockout).await?,
        number: (!knows).then(|| whom.number.to_string()),
        access: code.map(|code| code.expires_at),
        no_access: access.err(),
        waiver: waiver::of(&mut tx, &whom, now).await?,
        no_waiver: waiver::may_give(asked, app.config.times.waiver_again, now).err(),
        contacts: contacts.len(),
        asks: pin::store::asks(&mut tx, id, now).await?,
        account: whom,
    })
}

/// How many colleagues a page has.
pub const AT_ONCE: i64 = 25;
