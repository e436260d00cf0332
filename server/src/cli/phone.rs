//! `sleutelbos phone`: tries the gateways of codes.

use super::language::Language;
use super::{Failure, Setting, words};
use crate::app::App;
use crate::delivery::phone::{Number, State};
use crate::delivery::trial::{self, Trial};
use crate::id::SendingId;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

/// Try whether codes and calls reach phones.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Send a text message with a code that is none
    Sms(One),
    /// Make a phone call, in which any keys will do
    ///
    /// What comes of it is reported to the server, which runs meanwhile.
    Call(One),
}

#[derive(clap::Args)]
struct One {
    #[command(flatten)]
    setting: Setting,
    /// Wait so many seconds for what the provider reports to the server
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
    /// To which phone: +31612345678
    #[arg(value_parser = Number::parse)]
    number: Number,
}

pub(super) async fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (trial, one) = match &args.command {
        Command::Sms(one) => (Trial::Sms, one),
        Command::Call(one) => (Trial::Call, one),
    };
    let app = App::open(one.setting.read()?).await?;
    let done = attempt(&app, trial, one).await;
    app.db.close().await;
    done
}

async fn attempt(app: &App, trial: Trial, one: &One) -> Result<ExitCode, Failure> {
    let language = Language::of_the_terminal();
    let (id, failure) = trial::begin(app, trial, one.number.clone()).await?;
    if let Some(failure) = failure {
        return Err(words::undelivered(failure, language).into());
    }
    let watched = watch(app, &id, language);
    // Who is tired of waiting has heard what there was to hear.
    tokio::time::timeout(Duration::from_secs(one.wait), watched).await.unwrap_or(Ok(()))?;
    Ok(ExitCode::SUCCESS)
}

/// Says what becomes of it, until nothing more can.
async fn watch(app: &App, id: &SendingId, language: Language) -> Result<(), Failure> {
    let mut said = None;
    loop {
        let state = trial::progress(app, id).await?;
        if said != Some(state) {
            writeln!(std::io::stdout().lock(), "{}", described(state, language))?;
            said = Some(state);
        }
        if state.is_settled() {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn described(state: State, language: Language) -> &'static str {
    match state {
        State::Waiting => language.pick("Het wacht.", "It waits."),
        State::Accepted => {
            language.pick("De gateway heeft het aangenomen.", "The gateway has taken it.")
        }
        State::Ringing => language.pick("De telefoon gaat over.", "The phone rings."),
        State::Answered => language.pick("Er is opgenomen.", "Somebody answered."),
        State::Delivered => language.pick("De sms is aangekomen.", "The text message arrived."),
        State::Busy => language
            .pick("De lijn was bezet of er is geweigerd.", "The line was busy, or it refused."),
        State::NoAnswer => language.pick("Er is niet opgenomen.", "Nobody answered."),
        State::HungUp => language.pick("Het gesprek is voorbij.", "The call is over."),
        State::Failed => language.pick(
            "Het is niet gelukt: de provider weet waarom.",
            "It failed: the provider knows why.",
        ),
    }
}

/// How often it is looked for news.
const LOOK: Duration = Duration::from_millis(200);
