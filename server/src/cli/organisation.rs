//! `sleutelbos organisation`: where an organisation is reached and who answers for it, changed against the
//! trade register.

use super::language::Language;
use super::{Failure, Setting, moment, operator, words};
use crate::accounts::anchors::{self, Checked, Standing};
use crate::accounts::who::Who;
use crate::app::App;
use crate::clock::Time;
use crate::operator::Operator;
use crate::organisations::{Agb, Anchor, Kvk, Mailbox, PostalAddress, Registered, Telephone};
use clap::Subcommand;
use std::io::Write as _;
use std::process::ExitCode;

/// What is done with an organisation.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Record where the organisation of a user is reached: its registered e-mail address, its postal address,
    /// and the number to call it back
    ///
    /// What goes there is for whoever answers for the organisation: compare with an extract of the trade
    /// register before you change it, and call back at a number you know. A first address holds at once. Another
    /// one holds after 7 days (times.organisation_anchor): until then the old one is used, it and all contact persons are told, and
    /// a contact person can stop it under 'Instellingen'. An e-mail address holds only if somebody confirmed it by then,
    /// with a link that is mailed to it; give it once more for a new link, and the days begin anew. E-mail address
    /// and number bring people back in ('sleutelbos support') as long after they were first recorded. AGB code and KvK
    /// number are recorded where they are not known, at once, and do not change after that: without the KvK
    /// number nothing here can be compared, and without the AGB code no support case is opened. What is
    /// left out stays as it is; without anything it is only shown.
    Registered(Reached),
    /// Make a user the main contact person of the organisation
    ///
    /// The main contact person manages the colleagues and cannot be put aside by them. Compare with an extract
    /// of the trade register who answers for the organisation, and call back at a number you know. It
    /// holds after 7 days (times.organisation_anchor), in which a contact person can stop it. Whoever was it stays a contact person.
    /// There are three at most.
    MainContact(Main),
}

#[derive(clap::Args)]
struct Reached {
    #[command(flatten)]
    setting: Setting,
    /// The user name of somebody in the organisation; or the user number
    #[arg(long, value_name = "E-MAIL", value_parser = Who::parse)]
    username: Who,
    /// Its registered e-mail address
    #[arg(long, value_name = "E-MAIL", value_parser = Mailbox::parse, requires_all = CHECKED)]
    email: Option<Mailbox>,
    /// Its postal address in the Netherlands: street and number, comma, postcode, town
    #[arg(long, value_name = "ADDRESS", value_parser = PostalAddress::parse, requires_all = CHECKED)]
    address: Option<PostalAddress>,
    /// Its AGB code, 8 digits, where it is not recorded yet
    #[arg(long, value_parser = Agb::parse, requires_all = CHECKED)]
    agb: Option<Agb>,
    /// The telephone number at which you call it back, in the Netherlands
    #[arg(long, value_name = "NUMBER", value_parser = Telephone::parse, requires_all = CHECKED)]
    telephone: Option<Telephone>,
    /// Its number in the trade register, 8 digits, as the extract has it; it is recorded where it is given alone
    #[arg(long, value_parser = Kvk::parse, requires_all = ["extract", "operator"])]
    kvk: Option<Kvk>,
    /// The day of the extract that you compared, 30 days old at most
    #[arg(long, value_name = "DAY", value_parser = moment::day)]
    extract: Option<Time>,
    /// Your own name: who compared it
    #[arg(long, value_name = "NAME", value_parser = operator::named)]
    operator: Option<Operator>,
}

#[derive(clap::Args)]
struct Main {
    #[command(flatten)]
    setting: Setting,
    /// The account's user name; or its user number, where several organisations have that name
    #[arg(long, value_name = "E-MAIL", value_parser = Who::parse)]
    username: Who,
    /// The organisation's number in the trade register, 8 digits, as the extract has it
    #[arg(long, value_parser = Kvk::parse)]
    kvk: Kvk,
    /// The day of the extract that you compared, 30 days old at most
    #[arg(long, value_name = "DAY", value_parser = moment::day)]
    extract: Time,
    /// Your own name: who compared it
    #[arg(long, value_name = "NAME", value_parser = operator::named)]
    operator: Operator,
}

pub(super) async fn run(args: &Args) -> Result<ExitCode, Failure> {
    let language = Language::of_the_terminal();
    match &args.command {
        Command::Registered(reached) => set_registered(reached, language).await,
        Command::MainContact(main) => set_main(main, language).await,
    }
}

async fn set_registered(args: &Reached, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(args.setting.read()?).await?;
    let registered = Registered { email: args.email.clone(), address: args.address.clone() };
    let checked = match (&args.kvk, args.extract, &args.operator) {
        (Some(kvk), Some(extract), Some(by)) => {
            Some(Checked { kvk: kvk.clone(), extract, by: by.clone() })
        }
        _ => None,
    };
    let mut standing = anchors::look(&app, &args.username).await;
    if let Some(checked) = checked {
        let else_nothing = registered == Registered::default() && args.telephone.is_none();
        if args.agb.is_some() || else_nothing {
            let agb = args.agb.as_ref();
            standing = anchors::set_numbers(&app, &args.username, agb, &checked).await;
        }
        if registered != Registered::default() && standing.is_ok() {
            standing = anchors::set_registered(&app, &args.username, &registered, &checked).await;
        }
        if let (Some(number), Ok(_)) = (&args.telephone, &standing) {
            standing = anchors::set_telephone(&app, &args.username, number, &checked).await;
        }
    }
    app.db.close().await;
    tell(&standing.map_err(|error| words::account(error, language))?, language)
}

async fn set_main(args: &Main, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(args.setting.read()?).await?;
    let Main { kvk, extract, operator, .. } = args;
    let checked = Checked { kvk: kvk.clone(), extract: *extract, by: operator.clone() };
    let standing = anchors::set_main_contact(&app, &args.username, &checked).await;
    app.db.close().await;
    tell(&standing.map_err(|error| words::account(error, language))?, language)
}

/// Where an organisation is reached, and what waits.
fn tell(standing: &Standing, language: Language) -> Result<ExitCode, Failure> {
    let Standing { organisation, registered, telephone, planned } = standing;
    let none = || language.pick("niet vastgelegd", "not recorded").to_owned();
    let email = registered.email.as_ref().map_or_else(none, |email| email.as_str().to_owned());
    let address = registered.address.as_ref().map_or_else(none, ToString::to_string);
    let mut out = std::io::stdout().lock();
    let agb = organisation.agb.as_ref().map_or_else(none, |agb| agb.as_str().to_owned());
    let kvk = organisation.kvk.as_ref().map_or_else(none, |kvk| kvk.as_str().to_owned());
    writeln!(out, "{}", organisation.name)?;
    writeln!(out, "  {}: {agb}", language.pick("AGB-code", "AGB code"))?;
    writeln!(out, "  {}: {kvk}", language.pick("KvK-nummer", "KvK number"))?;
    writeln!(out, "  {}: {email}", name(Anchor::Email, language))?;
    writeln!(out, "  {}: {address}", name(Anchor::Address, language))?;
    let telephone = telephone.as_ref().map_or_else(none, |(number, _)| number.as_str().to_owned());
    writeln!(out, "  {}: {telephone}", name(Anchor::Telephone, language))?;
    for change in planned {
        let (name, shown, at) =
            (name(change.anchor, language), &change.shown, moment::shown(change.starts_at));
        let from = language.pick("vanaf", "from");
        writeln!(out, "  {name} {from} {at}: {shown}")?;
        if change.is_unproven() {
            let words = ("daar nog niet bevestigd", "not confirmed there yet");
            writeln!(out, "    {}", language.pick(words.0, words.1))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

const fn name(anchor: Anchor, language: Language) -> &'static str {
    match (anchor, language) {
        (Anchor::Email, Language::Dutch) => "e-mailadres",
        (Anchor::Email, Language::English) => "e-mail address",
        (Anchor::Address, Language::Dutch) => "postadres",
        (Anchor::Address, Language::English) => "postal address",
        (Anchor::Telephone, Language::Dutch) => "telefoonnummer",
        (Anchor::Telephone, Language::English) => "telephone number",
        (Anchor::MainContact, Language::Dutch) => "hoofdcontactpersoon",
        (Anchor::MainContact, Language::English) => "main contact person",
    }
}

/// What goes with every change.
const CHECKED: [&str; 3] = ["kvk", "extract", "operator"];
