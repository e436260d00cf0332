//! Letters, performed: written in somebody's transaction, listed and exported by the operator.

mod folder;

use super::store::{self, Kept, New};
use super::words::{self, Between};
use super::{PrintKey, Purpose, sheet};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::batches::all;
use crate::clock::Time;
use crate::delivery;
use crate::delivery::message::Message;
use crate::id::{LetterId, OrganisationId, PinId};
use crate::lockout::{self, Counted, Subject};
use crate::login;
use crate::login::run::Spared;
use crate::operator::Operator;
use crate::organisations::{self, PostalAddress};
use crate::password::Hash;
use crate::pin::rules::{self, Road};
use crate::pin::{self, ActivationPin};
use crate::secret::Secret;
use crate::storage::{self, Tx};
use crate::text::Text;
use folder::Folder;
use std::path::{Path, PathBuf};

/// Why no letter was written or exported.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody prints letters for this server.
    #[error(
        "no print service is set: put its public key in the configuration, [letters] key = \"age1…\""
    )]
    NoKey,
    /// Nobody knows where the organisation is reached by post.
    #[error(
        "the organisation has no postal address: record it with 'sleutelbos organisation registered', against \
         the trade register"
    )]
    NoAddress,
    /// It was not drawn.
    #[error(transparent)]
    Undrawn(#[from] sheet::Error),
    /// It was not put in its envelope.
    #[error("the letter could not be encrypted")]
    Envelope(#[source] std::io::Error),
    /// The folder of the export cannot be used.
    #[error("cannot write to {path}")]
    Folder {
        /// Which folder or file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

type Result<T, E = Error> = std::result::Result<T, E>;

/// Where a letter to an organisation goes, and who prints it: found before anything is written.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    key: PrintKey,
    organisation: String,
    address: PostalAddress,
}

impl Way {
    /// The way to an organisation of this name, at this address.
    ///
    /// Errors: [`Error::NoKey`], [`Error::NoAddress`], [`Error::Undrawn`] where a name cannot be printed.
    pub(crate) fn new(
        app: &App,
        (organisation, person): (&str, &str),
        address: Option<PostalAddress>,
    ) -> Result<Self> {
        let key = app.config.letters.key.clone().ok_or(Error::NoKey)?;
        let address = address.ok_or(Error::NoAddress)?;
        let lines = [organisation, person, &address.street, &address.town];
        if let Some(line) =
            lines.into_iter().find(|line| !sheet::has(&line.to_uppercase()) || !sheet::has(line))
        {
            return Err(sheet::Error::Letters(line.to_owned()).into());
        }
        Ok(Self { key, organisation: organisation.to_owned(), address })
    }
}

/// The way to the organisation of `reader`.
///
/// Errors: as [`Way::new`].
pub(crate) async fn way(app: &App, tx: &mut Tx, reader: &Account) -> Result<Way> {
    let gone = storage::Error::Inconsistent { table: "account", column: "organisation_id" };
    let organisation = organisations::store::find(tx, &reader.organisation).await?.ok_or(gone)?;
    let registered = organisations::store::registered(tx, &reader.organisation).await?;
    Way::new(app, (&organisation.name, &reader.name), registered.address)
}

/// Where a letter to `reader` would go.
///
/// Errors: as those of writing one, before anything is written.
pub async fn address(app: &App, reader: &Account) -> Result<PostalAddress> {
    let mut tx = app.db.read().await?;
    way(app, &mut tx, reader).await.map(|way| way.address)
}

/// Keeps a new PIN of `reader`, and writes the letter with it, which waits in the queue: in plain it is
/// nowhere from here on. `operator` is who has it written, where an operator does. The old PIN works on
/// until the letter is exported.
pub(crate) async fn write(
    app: &App,
    tx: &mut Tx,
    (reader, way, purpose): (&Account, &Way, Purpose),
    (pin, hash): (&ActivationPin, Hash),
    (operator, by): (Option<&Operator>, &By),
) -> Result<()> {
    let until = by.now.after(app.config.times.pin_by_post);
    let content = envelope(app, (reader, way, purpose), pin, (by.now, until))?;
    let (letter, id) = (LetterId::random(app.random), PinId::random(app.random));
    let kept = rules::Kept {
        id: id.clone(),
        account: reader.id.clone(),
        hash,
        made_at: by.now,
        road: Road::Post,
        lies_until: until,
        opened_at: None,
        ended_at: None,
        password_at: None,
        card_at: None,
    };
    pin::store::insert(tx, &kept).await?;
    let new = New {
        id: &letter,
        pin: &id,
        account: &reader.id,
        started_by: operator.map(Operator::recorded),
        now: by.now,
        lies_until: until,
    };
    store::insert(tx, &new).await?;
    store::insert_sheet(tx, &letter, &content).await?;
    let event = audit::Event::PinMade { pin: id.clone(), until };
    audit::record(tx, by, Some(&reader.id), &event).await?;
    let operator = operator.map(|operator| operator.recorded());
    let event = audit::Event::LetterWritten { letter, pin: id, operator };
    Ok(audit::record(tx, by, Some(&reader.id), &event).await?)
}

fn envelope(
    app: &App,
    (reader, way, purpose): (&Account, &Way, Purpose),
    pin: &ActivationPin,
    times: (Time, Time),
) -> Result<Vec<u8>> {
    let server = &app.config.server;
    let page =
        server.origin.join("activate").map_or_else(|_| server.origin.to_string(), String::from);
    let between = Between {
        organisation: &way.organisation,
        name: &reader.name,
        address: &way.address,
        server: &server.name,
        sender: app.config.letters.sender.as_deref(),
        page: &page,
        telephone: server.telephone.as_deref(),
    };
    let words = words::write(
        Text::new(app.delivery.language()).lasting(app.config.spans()),
        purpose,
        &between,
        times,
    );
    let sheet = sheet::draw(&words, &Secret::new(pin.expose().to_owned()))?;
    way.key.close(&sheet).map_err(Error::Envelope)
}

/// Where a letter stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It waits to be exported.
    Waiting,
    /// An operator of this name exported it then.
    Exported(Time, String),
}

/// A letter, as the operator sees it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its id, after which its file is named.
    pub id: LetterId,
    /// To which organisation.
    pub organisation: String,
    /// To whom there.
    pub name: String,
    /// Since when it is there.
    pub written: Time,
    /// Its PIN lapses then.
    pub until: Time,
    /// The operator who had it written, where that was an operator.
    pub started_by: Option<String>,
    /// Where it stands.
    pub standing: Standing,
}

/// Every letter whose PIN is not over, oldest first.
pub async fn list(app: &App) -> Result<Vec<Entry>> {
    let mut tx = app.db.read().await?;
    let mut entries = Vec::new();
    for kept in store::list(&mut tx).await? {
        let Some(account) = accounts::store::find(&mut tx, &kept.account).await? else { continue };
        let organisation = organisations::store::find(&mut tx, &account.organisation).await?;
        entries.push(Entry {
            id: kept.id,
            organisation: organisation.map_or_else(String::new, |found| found.name),
            name: account.name,
            written: kept.written_at,
            until: kept.lies_until,
            started_by: kept.started_by,
            standing: match kept.exported {
                Some((at, by)) => Standing::Exported(at, by),
                None => Standing::Waiting,
            },
        });
    }
    Ok(entries)
}

/// How many letters wait, and since when the first does.
pub async fn queue(db: &storage::Db) -> Result<(i64, Option<Time>), storage::Error> {
    let mut tx = db.read().await?;
    store::queue(&mut tx).await
}

/// What an export came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// The files, in the folder.
    pub files: Vec<PathBuf>,
    /// How many of them an export before had begun.
    pub finished: usize,
    /// How many letters stay because this operator had them written.
    pub own: usize,
    /// Whether copies of what left the queue may still stand in the log beside the database.
    pub copies: bool,
}

/// Takes every letter that waits to `folder`, each once, and has its PIN work from then on: the one
/// before is over, and so is a block of it. What this operator had written stays for another one.
///
/// Each letter is whole in the folder under a name of its own before it leaves the queue, and gets its
/// name afterwards; where the program is ended between, the next export to that folder names it.
///
/// Errors: [`Error::Folder`].
pub async fn export(app: &App, operator: &Operator, folder: &Path) -> Result<Exported> {
    let folder = Folder::open(folder)?;
    let mut done = finish(app, &folder).await?;
    done.finished = done.files.len();
    let waiting = {
        let mut tx = app.db.read().await?;
        store::list(&mut tx).await?.into_iter().filter(|kept| kept.exported.is_none())
    };
    // The newest first: where two were written for one person, the other is over with it, and stays unprinted.
    for kept in waiting.rev() {
        let starter = kept.started_by.as_deref().map(Operator::kept);
        if starter.is_some_and(|starter| starter.may_be(operator, app.config.operators.users)) {
            done.own += 1;
        } else if export_one(app, operator, &folder, &kept).await? {
            done.files.push(folder.name(&kept.id)?);
        }
    }
    folder.settle()?;
    done.copies = !app.db.settle().await?;
    Ok(done)
}

/// Names what an export before took from the queue and did not come to name; what it did not take is
/// still there.
async fn finish(app: &App, folder: &Folder) -> Result<Exported> {
    let mut done = Exported::default();
    for id in folder.drafts()? {
        let mut tx = app.db.read().await?;
        match store::find(&mut tx, &id).await? {
            Some(kept) if kept.exported.is_some() => done.files.push(folder.name(&id)?),
            // Another export may be at it now.
            Some(_) => {}
            None => folder.drop_draft(&id)?,
        }
    }
    Ok(done)
}

/// Takes one letter; whether it was there to be taken.
async fn export_one(app: &App, operator: &Operator, folder: &Folder, kept: &Kept) -> Result<bool> {
    let by = By { actor: Actor::Operator, random: app.random, now: app.clock.now() };
    let mut tx = app.db.write().await?;
    let Some(reader) = accounts::store::lock(&mut tx, &kept.account).await? else {
        return Ok(false);
    };
    let Some(content) = store::take(&mut tx, &kept.id).await? else { return Ok(false) };
    let whom = Some(&reader.id);
    for pin in pin::store::end_older(&mut tx, &kept.pin, by.now).await? {
        audit::record(&mut tx, &by, whom, &audit::Event::PinEnded { pin }).await?;
    }
    if !pin::store::post(&mut tx, &kept.pin, by.now).await? {
        // It is over, and what is printed with it goes at the next tidying.
        return Ok(false);
    }
    store::exported(&mut tx, &kept.id, &operator.recorded(), by.now).await?;
    let (letter, pin) = (kept.id.clone(), kept.pin.clone());
    let operator = operator.recorded();
    let event = audit::Event::LetterExported { letter, pin, operator };
    audit::record(&mut tx, &by, whom, &event).await?;
    if lockout::lift(&mut tx, &Subject::account(&reader.id), Counted::Pin, by.now).await? {
        audit::record(&mut tx, &by, whom, &audit::Event::PinUnblocked).await?;
    }
    login::run::end_under_way(&mut tx, &reader.id, Spared::Nothing, &by).await?;
    let notice = delivery::notice(Message::LetterPosted { until: kept.lies_until }, &by, "");
    delivery::run::tell(app, &mut tx, &reader.id, notice).await?;
    folder.draft(&kept.id, &content)?;
    tx.commit().await?;
    Ok(true)
}

/// Forgets the letters whose PIN is over.
pub(crate) async fn forget(app: &App, now: Time) -> Result<(), storage::Error> {
    all!(app.db, tx => store::forget_sheets(&mut tx).await);
    all!(app.db, tx => store::forget(&mut tx, now).await);
    Ok(())
}

/// Tells the contact persons and the organisation itself that the letter to `reader` was not used in time.
pub(crate) async fn tell_of_lapse(
    app: &App,
    tx: &mut Tx,
    reader: &Account,
    by: &By,
) -> Result<(), storage::Error> {
    let notice = delivery::notice(Message::LetterLapsed, by, "");
    let organisation: &OrganisationId = &reader.organisation;
    delivery::run::tell_contact_persons(app, tx, organisation, &reader.name, notice.clone())
        .await?;
    if organisations::store::registered(tx, organisation).await?.email.is_some() {
        let now = std::time::Duration::ZERO;
        delivery::run::tell_registered(app, tx, reader, notice, now).await?;
    }
    Ok(())
}
