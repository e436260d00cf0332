//! `sleutelbos support`: somebody called, and cannot log in.

use super::language::Language;
use super::moment::shown;
use super::{Failure, Setting, operator, words};
use crate::accounts::number::UserNumber;
use crate::activation::handover::Handed;
use crate::app::App;
use crate::clock::Time;
use crate::id::CaseId;
use crate::lockout::Lifted;
use crate::operator::Operator;
use crate::organisations::Agb;
use crate::support::rules::{Purpose, Road, State};
use crate::support::run::{self, Finished, Shown};
use std::io::Write as _;
use std::process::ExitCode;

/// Somebody called and cannot log in: a new PIN, lifting a block, or taking away what was lost, after a call
/// back or a mailed link.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Open a case for somebody who called, and see which number to call back
    ///
    /// AGB code and user number find the account; they prove nothing, and neither does anything else that is
    /// said. Never ask for a PIN, password or code. The person and the contact persons are told at once.
    Open(Open),
    /// Record that you called the registered number back, and that it is right
    ///
    /// Call the number that 'support open' shows, and no other: hang up first. It counts from 7 days after it was
    /// recorded (times.organisation_anchor).
    Called(Step),
    /// Mail a link to the registered e-mail address, in place of calling back
    ///
    /// Whoever reads that mail box confirms it, or says that nobody asked. The link works once, for a day; one
    /// that was mailed before is dead.
    SendLink(Step),
    /// Carry out a case that was confirmed
    ///
    /// A new PIN goes to the main contact person's Berichtenbox, and that of a contact person in a letter,
    /// which another operator exports; you never see it. Wrong passwords that were counted stay counted.
    Finish(Step),
    /// Stop a case: somebody who was told did not ask for it
    ///
    /// The person, the contact persons and the registered address are told.
    Stop(Step),
    /// List the cases of the last 90 days
    List(List),
}

#[derive(clap::Args)]
struct Open {
    #[command(flatten)]
    setting: Setting,
    /// What the person needs: pin (a new PIN), unblock (lifting what is blocked) or factor (taking away what was
    /// lost or seems to be copied)
    #[arg(value_name = "WHAT", value_parser = purpose)]
    purpose: Purpose,
    /// The AGB code that the caller gives, 8 digits
    #[arg(long, value_parser = Agb::parse)]
    agb: Agb,
    /// The user number that the caller gives, 14 digits
    #[arg(long, value_name = "NUMBER", value_parser = UserNumber::parse)]
    number: UserNumber,
    /// Your own name, which is recorded
    #[arg(long, value_name = "NAME", value_parser = operator::named)]
    operator: Operator,
}

#[derive(clap::Args)]
struct Step {
    #[command(flatten)]
    setting: Setting,
    /// Which case: its id, as 'support open' and 'support list' show it
    #[arg(value_name = "ID", value_parser = CaseId::parse)]
    case: CaseId,
    /// Your own name, which is recorded
    #[arg(long, value_name = "NAME", value_parser = operator::named)]
    operator: Operator,
}

#[derive(clap::Args)]
struct List {
    #[command(flatten)]
    setting: Setting,
}

fn purpose(text: &str) -> Result<Purpose, &'static str> {
    Purpose::parse(text).ok_or("a case is for pin, unblock or factor")
}

pub(super) async fn run(args: &Args) -> Result<ExitCode, Failure> {
    let language = Language::of_the_terminal();
    match &args.command {
        Command::Open(open) => begin(open, language).await,
        Command::Called(step) => {
            let app = App::open(step.setting.read()?).await?;
            let called = run::called(&app, &step.case, &step.operator).await;
            app.db.close().await;
            tell(&called.map_err(|error| words::support(error, language))?, language)
        }
        Command::SendLink(step) => {
            let app = App::open(step.setting.read()?).await?;
            let sent = run::send_link(&app, &step.case, &step.operator).await;
            app.db.close().await;
            tell(&sent.map_err(|error| words::support(error, language))?, language)
        }
        Command::Finish(step) => finish(step, language).await,
        Command::Stop(step) => stop(step, language).await,
        Command::List(list) => show(list, language).await,
    }
}

async fn begin(open: &Open, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(open.setting.read()?).await?;
    let found = (&open.agb, &open.number);
    let opened = run::open(&app, found, open.purpose, &open.operator).await;
    let now = app.clock.now();
    app.db.close().await;
    let shown = opened.map_err(|error| words::support(error, language))?;
    let done = tell(&shown, language)?;
    let mut out = std::io::stdout().lock();
    for line in next(&shown, now, language) {
        writeln!(out, "{line}")?;
    }
    Ok(done)
}

/// A case, in a few lines.
fn tell(case: &Shown, language: Language) -> Result<ExitCode, Failure> {
    let Shown { id, name, organisation, ends_at, .. } = case;
    let (what, state) = (purpose_words(case.purpose, language), state_words(case.state, language));
    let agb = match &organisation.agb {
        Some(agb) => format!("AGB {}", agb.as_str()),
        None => language.pick("geen AGB-code vastgelegd", "no AGB code recorded").to_owned(),
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{id}")?;
    writeln!(out, "  {name}, {} ({agb})", organisation.name)?;
    writeln!(out, "  {what}: {state}")?;
    if matches!(case.state, State::Opened | State::LinkSent | State::Confirmed(_)) {
        writeln!(out, "  {} {}", language.pick("vervalt", "lapses"), shown(*ends_at))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What the operator does now.
fn next(case: &Shown, now: Time, language: Language) -> Vec<String> {
    let id = &case.id;
    let call = match &case.telephone {
        Some((number, from)) if *from <= now => language.pick(
            format!(
                "Hang op en bel {}. Klopt het? sleutelbos support called --operator NAAM {id}",
                number.as_str()
            ),
            format!(
                "Hang up and call {}. Is it right? sleutelbos support called --operator NAME {id}",
                number.as_str()
            ),
        ),
        Some((number, from)) => language.pick(
            format!("Bel niet terug: {} telt pas vanaf {}.", number.as_str(), shown(*from)),
            format!("Do not call back: {} counts from {} on.", number.as_str(), shown(*from)),
        ),
        None => language.pick(
            "Terugbellen kan niet: er is geen telefoonnummer vastgelegd.".to_owned(),
            "There is no calling back: no telephone number is recorded.".to_owned(),
        ),
    };
    let mail = match &case.email {
        Some((email, from)) if *from <= now => language.pick(
            format!(
                "Of mail een link naar {}: sleutelbos support send-link --operator NAAM {id}",
                email.as_str()
            ),
            format!(
                "Or mail a link to {}: sleutelbos support send-link --operator NAME {id}",
                email.as_str()
            ),
        ),
        Some((email, from)) => language.pick(
            format!("Mail geen link: {} telt pas vanaf {}.", email.as_str(), shown(*from)),
            format!("Mail no link: {} counts from {} on.", email.as_str(), shown(*from)),
        ),
        None => language.pick(
            "Een link mailen kan niet: er is geen e-mailadres vastgelegd.".to_owned(),
            "There is no mailing a link: no e-mail address is recorded.".to_owned(),
        ),
    };
    let never = language.pick(
        "Neem geen ander nummer of adres aan, en vraag nooit naar een pincode, wachtwoord of code.",
        "Take no other number or address, and never ask for a PIN, password or code.",
    );
    let wait = nothing_yet(case, now, language);
    [call, mail].into_iter().chain(wait).chain([never.to_owned()]).collect()
}

/// What to do where the organisation can be neither called nor mailed yet.
fn nothing_yet(case: &Shown, now: Time, language: Language) -> Option<String> {
    let counts = |from: &Time| *from <= now;
    let called = case.telephone.as_ref().is_some_and(|(_, from)| counts(from));
    let mailed = case.email.as_ref().is_some_and(|(_, from)| counts(from));
    let wait = language.pick(
        "Geen van beide kan nu. Open een nieuwe aanvraag zodra een van beide telt.",
        "Neither is possible now. Open a new case as soon as one of them counts.",
    );
    (!called && !mailed).then(|| wait.to_owned())
}

async fn finish(step: &Step, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(step.setting.read()?).await?;
    let finished = run::finish(&app, &step.case, &step.operator).await;
    app.db.close().await;
    let text = match finished.map_err(|error| words::support(error, language))? {
        Finished::Pin(Handed::Box(name)) => language.pick(
            format!("Een nieuwe pincode ligt in de Berichtenbox van {name}."),
            format!("A new PIN waits in the Berichtenbox of {name}."),
        ),
        Finished::Pin(Handed::Letter) => language.pick(
            "Een nieuwe pincode wacht in een brief, die een andere beheerder ophaalt.".to_owned(),
            "A new PIN waits in a letter, which another operator exports.".to_owned(),
        ),
        Finished::Unblocked(lifted) if lifted.is_empty() => {
            language.pick("Er was niets geblokkeerd.".to_owned(), "Nothing was blocked.".to_owned())
        }
        Finished::Unblocked(lifted) => {
            let lifted: Vec<_> =
                lifted.iter().map(|lifted| lifted_words(*lifted, language)).collect();
            let lifted = lifted.join(", ");
            language.pick(
                format!("Niet langer geblokkeerd: {lifted}."),
                format!("No longer blocked: {lifted}."),
            )
        }
    };
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

async fn stop(step: &Step, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(step.setting.read()?).await?;
    let stopped = run::stop(&app, &step.case, &step.operator).await;
    app.db.close().await;
    stopped.map_err(|error| words::support(error, language))?;
    let text = language.pick(
        "Tegengehouden. De persoon, de contactpersonen en de organisatie krijgen bericht.",
        "Stopped. The person, the contact persons and the organisation are told.",
    );
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

async fn show(list: &List, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(list.setting.read()?).await?;
    let cases = run::list(&app).await;
    app.db.close().await;
    let cases = cases.map_err(|error| words::support(error, language))?;
    if cases.is_empty() {
        let none = language.pick("Er zijn geen aanvragen.", "There are no cases.");
        writeln!(std::io::stdout().lock(), "{none}")?;
    }
    for case in &cases {
        let _ = tell(case, language)?;
        let (at, by) = (shown(case.opened_at), &case.opened_by);
        let line =
            language.pick(format!("  geopend {at} door {by}"), format!("  opened {at} by {by}"));
        writeln!(std::io::stdout().lock(), "{line}")?;
    }
    Ok(ExitCode::SUCCESS)
}

const fn purpose_words(purpose: Purpose, language: Language) -> &'static str {
    match (purpose, language) {
        (Purpose::Pin, Language::Dutch) => "nieuwe pincode",
        (Purpose::Pin, Language::English) => "new PIN",
        (Purpose::Unblock, Language::Dutch) => "blokkade opheffen",
        (Purpose::Unblock, Language::English) => "lift the block",
        (Purpose::Factor, Language::Dutch) => "weghalen wat kwijt of gekopieerd is",
        (Purpose::Factor, Language::English) => "take away what was lost or copied",
    }
}

const fn state_words(state: State, language: Language) -> &'static str {
    match (state, language) {
        (State::Opened, Language::Dutch) => "geopend, nog niet bevestigd",
        (State::Opened, Language::English) => "opened, not confirmed yet",
        (State::LinkSent, Language::Dutch) => "link gemaild, nog niet bevestigd",
        (State::LinkSent, Language::English) => "link mailed, not confirmed yet",
        (State::Confirmed(Road::Call), Language::Dutch) => "bevestigd door terugbellen",
        (State::Confirmed(Road::Call), Language::English) => "confirmed by calling back",
        (State::Confirmed(Road::Link), Language::Dutch) => "bevestigd met de link",
        (State::Confirmed(Road::Link), Language::English) => "confirmed with the link",
        (State::Stopped, Language::Dutch) => "tegengehouden: niemand vroeg dit",
        (State::Stopped, Language::English) => "stopped: nobody asked for it",
        (State::Done, Language::Dutch) => "uitgevoerd",
        (State::Done, Language::English) => "carried out",
        (State::Lapsed, Language::Dutch) => "vervallen",
        (State::Lapsed, Language::English) => "lapsed",
    }
}

const fn lifted_words(lifted: Lifted, language: Language) -> &'static str {
    match (lifted, language) {
        (Lifted::Password, Language::Dutch) => "inloggen met wachtwoord",
        (Lifted::Password, Language::English) => "logging in with the password",
        (Lifted::Pin, Language::Dutch) => "de pincode van het account",
        (Lifted::Pin, Language::English) => "the account PIN",
        (Lifted::Codes, Language::Dutch | Language::English) => "codes",
    }
}
