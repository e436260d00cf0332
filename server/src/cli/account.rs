//! `sleutelbos account`: what an operator does to organisations and their people.

mod factors;
mod pin;

use super::language::Language;
use super::{Failure, Setting, operator, words};
use crate::accounts::run::{Founding, Sharing, found};
use crate::accounts::who::Who;
use crate::accounts::{self, Username};
use crate::activation::founding;
use crate::app::App;
use crate::enrolment::{self, policy::FirstName};
use crate::factors::Level;
use crate::factors::card::Revoked;
use crate::id::{CaseId, FactorId};
use crate::operator::Operator;
use crate::organisations::{Agb, Kvk, Mailbox, PostalAddress, Registered, Subscriber};
use crate::secret::Secret;
use crate::uzi::certificate::LARGEST_FILE;
use crate::uzi::trust;
use std::io::{BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use zeroize::Zeroizing;

/// Organisations and their people.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make an organisation and its contact person
    ///
    /// The user number goes by e-mail and the PIN by post, in a letter that another operator exports: with
    /// both, the contact person chooses a password. For who sits beside you there is --password.
    Create(Box<Create>),
    /// Link a UZI card to an account, by the certificate on it
    ///
    /// Whoever does this has seen the card and its holder: it will log in at its full level.
    LinkCard(LinkCard),
    /// List what a user logs in with
    Factors(Factors),
    /// Take away what a user logs in with, by a support case that was confirmed
    ///
    /// For who cannot do it: a key that is switched off because it seems to be copied, or one that
    /// was lost. Open the case with 'support open factor'; where it was confirmed by a call, another operator than the
    /// one who called carries it out. All sessions of the user end. When nothing else is left, the password alone
    /// enrols anew: that is possible 72 hours after it was confirmed, and never while somebody uses what is to go.
    RemoveFactor(RemoveFactor),
    /// Record the UZI subscriber number (URA) of the organisation of a user
    ///
    /// Cards are linked only where it is known, and only those that name it. It stands on each card
    /// of the organisation; once recorded it does not change. Organisations of one subscriber share it.
    Ura(Ura),
    /// Record that somebody said a PIN: it is dead at once, and a new one is made
    ///
    /// Nobody ever asks for a PIN to be said. Where somebody said one all the same, to you or in your
    /// hearing, this ends every PIN of the account. The new one waits in the main contact person's Berichtenbox;
    /// that of a contact person goes by post. At most one is made a day.
    PinDisclosed(Disclosed),
    /// Change the name of an account's person, who married or was misspelt
    ///
    /// A card is linked to whom its name fits: make sure that it is the same person.
    Rename(Rename),
}

#[derive(clap::Args)]
struct Create {
    #[command(flatten)]
    setting: Setting,
    /// The organisation's name
    #[arg(long, value_name = "NAME")]
    organisation: String,
    /// Its AGB code, 8 digits
    #[arg(long, value_parser = Agb::parse)]
    agb: Option<Agb>,
    /// Its number in the trade register, 8 digits
    #[arg(long, value_parser = Kvk::parse)]
    kvk: Option<Kvk>,
    /// Its UZI subscriber number, 8 digits; cards are linked only where it is known
    #[arg(long, value_name = "URA", value_parser = Subscriber::parse)]
    ura: Option<Subscriber>,
    /// Its registered e-mail address
    #[arg(long, value_name = "E-MAIL", value_parser = Mailbox::parse)]
    organisation_email: Option<Mailbox>,
    /// Its postal address in the Netherlands: street and number, comma, postcode, town
    #[arg(long, value_name = "ADDRESS", value_parser = PostalAddress::parse)]
    organisation_address: Option<PostalAddress>,
    /// The contact person's e-mail address, to log in with
    #[arg(long, value_name = "E-MAIL", value_parser = Username::parse)]
    username: Username,
    /// The contact person's name
    #[arg(long)]
    name: String,
    /// How sure it is that nobody else gets the password: the first factor is bound at this level
    /// (low, substantial; high: the person sits here, with --password)
    #[arg(long, value_name = "LEVEL", default_value = "substantial", value_parser = level)]
    vouch: Level,
    /// Your own name, which is recorded: you will not export the letter
    #[arg(long, value_name = "NAME", value_parser = operator::named)]
    #[arg(required_unless_present = "password", conflicts_with = "password")]
    operator: Option<Operator>,
    /// No letter: the contact person types a password here, twice, or standard input has it in one line
    ///
    /// It has 12 to 128 characters; there is no default.
    #[arg(long)]
    password: bool,
}

#[derive(clap::Args)]
struct LinkCard {
    #[command(flatten)]
    setting: Setting,
    /// The account's user name; or its user number, where several organisations have that name
    #[arg(long, value_name = "E-MAIL", value_parser = Who::parse)]
    username: Who,
    /// The card's certificate for logging in (authenticity), in DER or PEM
    #[arg(long, value_name = "FILE")]
    certificate: PathBuf,
    /// Do not look whether the card was revoked; every log-in does
    #[arg(long)]
    without_revocation: bool,
    /// The holder is known by another first name than the one on the card
    #[arg(long)]
    other_first_name: bool,
    /// Your own name, which is recorded
    #[arg(long, value_name = "NAME", value_parser = operator::named)]
    operator: Operator,
}

#[derive(clap::Args)]
struct Factors {
    #[command(flatten)]
    setting: Setting,
    /// The account's user name; or its user number, where several organisations have that name
    #[arg(long, value_name = "E-MAIL", value_parser = Who::parse)]
    username: Who,
}

#[derive(clap::Args)]
struct RemoveFactor {
    #[command(flatten)]
    setting: Setting,
    /// By which case: its id, as 'support open' and 'support list' show it
    #[arg(long, value_name = "ID", value_parser = CaseId::parse)]
    case: CaseId,
    /// What goes: each id, as 'account factors' lists it
    #[arg(value_name = "FACTOR", value_parser = FactorId::parse, required = true)]
    factors: Vec<FactorId>,
    /// How sure it is that nobody else has the password: what is enrolled when nothing is left is
    /// bound at this level (low, substantial)
    #[arg(long, value_name = "LEVEL", default_value = "low", value_parser = level_to_vouch)]
    vouch: Level,
    /// Your own name, which is recorded
    #[arg(long, value_name = "NAME", value_parser = operator::named)]
    operator: Operator,
}

#[derive(clap::Args)]
struct Ura {
    #[command(flatten)]
    setting: Setting,
    /// The user name of somebody in the organisation; or the user number
    #[arg(long, value_name = "E-MAIL", value_parser = Who::parse)]
    username: Who,
    /// The subscriber number, 8 digits
    #[arg(value_name = "URA", value_parser = Subscriber::parse)]
    ura: Subscriber,
    /// Another organisation here has it too: both are of one subscriber
    ///
    /// A card that names it is then linked in each of them, and its holder chooses after the PIN.
    #[arg(long)]
    shared: bool,
    /// Your own name, which is recorded
    #[arg(long, value_name = "NAME", value_parser = operator::named)]
    operator: Operator,
}

#[derive(clap::Args)]
struct Disclosed {
    #[command(flatten)]
    setting: Setting,
    /// The account's user name; or its user number, where several organisations have that name
    #[arg(long, value_name = "E-MAIL", value_parser = Who::parse)]
    username: Who,
    /// Your own name, which is recorded
    #[arg(long, value_name = "NAME", value_parser = operator::named)]
    operator: Operator,
}

#[derive(clap::Args)]
struct Rename {
    #[command(flatten)]
    setting: Setting,
    /// The account's user name, which stays; or its user number
    #[arg(long, value_name = "E-MAIL", value_parser = Who::parse)]
    username: Who,
    /// The person's name from now on
    #[arg(long)]
    name: String,
    /// Your own name, which is recorded
    #[arg(long, value_name = "NAME", value_parser = operator::named)]
    operator: Operator,
}

fn level(text: &str) -> Result<Level, &'static str> {
    Level::parse(text).ok_or("a level is low, substantial or high")
}

/// As [`level`], but no more than a case can say.
fn level_to_vouch(text: &str) -> Result<Level, &'static str> {
    let level = Level::parse(text).filter(|level| *level <= Level::Substantial);
    level.ok_or("a case vouches for low or substantial")
}

pub(super) async fn run(args: &Args) -> Result<ExitCode, Failure> {
    let language = Language::of_the_terminal();
    match &args.command {
        Command::Create(create) => make(create, language).await,
        Command::LinkCard(link) => link_card(link, language).await,
        Command::Factors(list) => factors::list(&list.setting, &list.username, language).await,
        Command::RemoveFactor(args) => {
            let RemoveFactor { setting, case, factors, vouch, operator } = args;
            factors::remove(setting, (case, factors), (*vouch, operator), language).await
        }
        Command::Ura(ura) => set_ura(ura, language).await,
        Command::PinDisclosed(disclosed) => {
            let Disclosed { setting, username, operator } = disclosed;
            pin::disclosed(setting, (username, operator), language).await
        }
        Command::Rename(change) => rename(change, language).await,
    }
}

async fn make(create: &Create, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(create.setting.read()?).await?;
    let founding = Founding {
        organisation: create.organisation.clone(),
        agb: create.agb.clone(),
        kvk: create.kvk.clone(),
        subscriber: create.ura.clone(),
        registered: Registered {
            email: create.organisation_email.clone(),
            address: create.organisation_address.clone(),
        },
        username: create.username.clone(),
        name: create.name.clone(),
        vouched: create.vouch,
    };
    if let Some(operator) = &create.operator {
        return by_post(app, founding, operator, language).await;
    }
    let made = found(&app, founding, password(language)?).await;
    let account = made.map_err(|error| words::account(error, language))?;
    app.db.close().await;
    let (name, origin) = (&account.username, &app.config.server.origin);
    let number = &account.number;
    let text = language.pick(
        format!(
            "{name} kan nu inloggen op {origin} en stelt dan de extra controle in.\n\
             Gebruikersnummer: {number}"
        ),
        format!(
            "{name} can now log in at {origin} and then sets up the second factor.\n\
             User number: {number}"
        ),
    );
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

/// Makes an organisation whose contact person gets a letter.
async fn by_post(
    app: App,
    founding: Founding,
    operator: &Operator,
    language: Language,
) -> Result<ExitCode, Failure> {
    let made = founding::by_post(&app, founding, operator).await;
    app.db.close().await;
    let name = made.map_err(|error| words::founding(error, language))?.username;
    let text = language.pick(
        format!(
            "Voor {name} wacht een brief met de pincode. Het gebruikersnummer gaat per e-mail.\n\
             Een andere beheerder haalt de brief op: sleutelbos letters export --operator NAAM MAP"
        ),
        format!(
            "A letter with the PIN waits for {name}. The user number goes by e-mail.\n\
             Another operator exports the letter: sleutelbos letters export --operator NAME DIR"
        ),
    );
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

/// The password, from the terminal or, where that is none, the first line of standard input.
fn password(language: Language) -> Result<Secret<String>, Failure> {
    if std::io::stdin().is_terminal() {
        let ask = |text: &str| rpassword::prompt_password(text).map(Secret::new);
        let first = ask(language.pick("Wachtwoord: ", "Password: "))?;
        let again = ask(language.pick("Nog een keer: ", "Once more: "))?;
        if first.expose() != again.expose() {
            let text = language.pick(
                "de twee wachtwoorden verschillen: begin opnieuw",
                "the two passwords differ: begin again",
            );
            return Err(text.into());
        }
        return Ok(first);
    }
    let mut line = Zeroizing::new(Vec::new());
    std::io::stdin().lock().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
    let Ok(text) = std::str::from_utf8(&line) else {
        let text = language.pick(
            "het wachtwoord op de standaardinvoer is geen UTF-8: bewaar het als UTF-8, of typ het aan de terminal",
            "the password on standard input is not UTF-8: save it as UTF-8, or type it at the terminal",
        );
        return Err(text.into());
    };
    Ok(Secret::new(text.trim_end_matches(['\n', '\r']).to_owned()))
}

async fn link_card(link: &LinkCard, language: Language) -> Result<ExitCode, Failure> {
    let content = trust::read(&link.certificate, LARGEST_FILE);
    let content = content.map_err(|error| words::file(&error, language))?;
    let app = App::open(link.setting.read()?).await?;
    let revoked = if link.without_revocation { Revoked::Ignore } else { Revoked::Ask };
    let first_name = if link.other_first_name { FirstName::Vouched } else { FirstName::Compared };
    let name = &link.username;
    let terms = (revoked, first_name);
    let linked =
        enrolment::card::link_by_operator(&app, name, &content, terms, &link.operator).await;
    app.db.close().await;
    let (_, card) = linked.map_err(|error| words::enrolment(error, language))?;
    let number = card.identity.number.as_str();
    let text = language.pick(
        format!("UZI-pas {number} is gekoppeld aan {name}."),
        format!("UZI card {number} is linked to {name}."),
    );
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

async fn set_ura(args: &Ura, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(args.setting.read()?).await?;
    let sharing = if args.shared { Sharing::Meant } else { Sharing::Refused };
    let set =
        accounts::run::set_subscriber(&app, &args.username, (&args.ura, sharing), &args.operator)
            .await;
    app.db.close().await;
    let organisation = set.map_err(|error| words::account(error, language))?.name;
    let number = args.ura.as_str();
    let text = language.pick(
        format!("{organisation} heeft abonneenummer (URA) {number}."),
        format!("{organisation} has the subscriber number (URA) {number}."),
    );
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

async fn rename(args: &Rename, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(args.setting.read()?).await?;
    let renamed =
        accounts::renaming::rename(&app, &args.username, &args.name, &args.operator).await;
    app.db.close().await;
    let name = renamed.map_err(|error| words::account(error, language))?;
    let username = &args.username;
    let text = language.pick(
        format!("De naam van {username} is nu {name}."),
        format!("The name of {username} is now {name}."),
    );
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

/// Bytes of standard input that are read for a password.
const LONGEST_LINE: u64 = 4096;
