//! What `sleutelbos audit` says, in the language of the terminal.

use crate::audit::Erased;
use crate::audit::checkpoint::Checkpoint;
use crate::audit::inspect::{Backlog, Error};
use crate::audit::lines::Verdict;
use crate::audit::walk::{Fault, Report, Wrong};
use crate::causes::causes;
use crate::cli::Failure;
use crate::cli::language::Language;
use crate::clock::Time;
use crate::label::visible;
use std::io::Write;
use std::path::Path;

/// Says what was found of the database; whether nothing is wrong.
pub(super) fn database(
    out: &mut impl Write,
    language: Language,
    outcome: &Result<Report, Fault>,
    backlog: Backlog,
) -> std::io::Result<bool> {
    let well = found(out, language, outcome)?;
    if backlog.events > 0 {
        writeln!(out, "{}", left_behind(backlog, language))?;
    }
    Ok(well)
}

/// Says what was found of an export; whether nothing is wrong. `own`: it was verified by the key that
/// it names itself.
pub(super) fn verdict(
    out: &mut impl Write,
    language: Language,
    verdict: &Verdict,
    own: bool,
) -> std::io::Result<bool> {
    let well = found(out, language, &verdict.outcome)?;
    if let (Some(key), true, true) = (verdict.key, well, own) {
        let mind = language.pick(
            format!(
                "Let op: dit is de sleutel die de export zelf noemt, {key}. Vergelijk hem met die van uw \
                 beheerder, of geef --key of --checkpoint."
            ),
            format!(
                "Mind: this is the key that the export names itself, {key}. Compare it with your \
                 operator's, or give --key or --checkpoint."
            ),
        );
        writeln!(out, "{mind}")?;
    }
    if well && verdict.chosen.is_some() {
        let part = language.pick(
            "De export is een keuze: wat erin staat klopt, of er meer is zegt hij niet.",
            "The export is a choice: what is in it is right; whether there is more it does not say.",
        );
        writeln!(out, "{part}")?;
    }
    Ok(well)
}

fn found(
    out: &mut impl Write,
    language: Language,
    outcome: &Result<Report, Fault>,
) -> std::io::Result<bool> {
    match outcome {
        Ok(report) => {
            for line in holds(report, language) {
                writeln!(out, "{line}")?;
            }
        }
        Err(fault) => writeln!(out, "{}", broken(fault, language))?,
    }
    Ok(outcome.is_ok())
}

/// What is told of a chain in which nothing is wrong, a line each.
fn holds(report: &Report, language: Language) -> Vec<String> {
    let Report { events, left_out, erased_personal, erased_events, last, kept } = report;
    let mut lines = vec![language.pick(
        format!("KLOPT. {events} gebeurtenissen zijn gecontroleerd."),
        format!("HOLDS. {events} events were verified."),
    )];
    if *left_out > 0 {
        lines.push(language.pick(
            format!("{left_out} andere staan niet in de export."),
            format!("{left_out} others are not in the export."),
        ));
    }
    if *erased_personal > 0 {
        lines.push(language.pick(
            format!("Van {erased_personal} is het persoonlijke deel gewist, zoals is vastgelegd."),
            format!("Of {erased_personal} the personal part was erased, as is recorded."),
        ));
    }
    if *erased_events > 0 {
        lines.push(language.pick(
            format!("{erased_events} zijn gewist, zoals is vastgelegd."),
            format!("{erased_events} were erased, as is recorded."),
        ));
    }
    lines.extend(last.as_ref().map(|last| signed(last, language)));
    lines.extend(kept.map(|compared| {
        match compared {
            true => language.pick("Het bewaarde controlepunt past.", "The kept checkpoint fits."),
            false => language.pick(
                "Het bewaarde controlepunt valt buiten wat de export laat zien.",
                "The kept checkpoint is outside what the export shows.",
            ),
        }
        .to_owned()
    }));
    lines
}

fn signed(last: &Checkpoint, language: Language) -> String {
    let Checkpoint { chain, seq, at, key, .. } = last;
    language.pick(
        format!(
            "Laatste controlepunt: na {seq} gebeurtenissen, {at}, keten {chain}, sleutel {key}."
        ),
        format!("Last checkpoint: after {seq} events, {at}, chain {chain}, key {key}."),
    )
}

/// Which event is not what it was, and what that means.
fn broken(fault: &Fault, language: Language) -> String {
    let Fault { seq, id, what } = fault;
    let mut place = String::new();
    if let Some(seq) = seq {
        let word = language.pick("plaats", "place");
        place = format!(" {word} {seq}");
    }
    if let Some(id) = id {
        let word = language.pick("gebeurtenis", "event");
        place = format!("{place} {word} {}", visible(id));
    }
    let sentence = language.pick(dutch(what), english(what));
    match language {
        Language::Dutch => format!("KLOPT NIET,{}: {sentence}", or(&place, " het geheel")),
        Language::English => format!("DOES NOT HOLD,{}: {sentence}", or(&place, " as a whole")),
    }
}

fn or<'a>(text: &'a str, other: &'a str) -> &'a str {
    if text.is_empty() { other } else { text }
}

fn dutch(what: &Wrong) -> String {
    match what {
        Wrong::Changed => "de gebeurtenis is niet die, die is vastgelegd".to_owned(),
        Wrong::Gone => "de gebeurtenis is weg, en nergens staat dat zij is gewist".to_owned(),
        Wrong::PersonalChanged => "het persoonlijke deel is niet wat is vastgelegd".to_owned(),
        Wrong::PersonalGone => {
            "het persoonlijke deel is weg, en nergens staat dat het is gewist".to_owned()
        }
        Wrong::Missing { next: Some(next) } => {
            format!("deze plaats ontbreekt; in plaats daarvan staat er {next}")
        }
        Wrong::Missing { next: None } => {
            "deze plaats ontbreekt; een later controlepunt zegt dat zij er was".to_owned()
        }
        Wrong::Moved => {
            "deze volgt niet op de vorige: de gebeurtenis of haar plaats is veranderd".to_owned()
        }
        Wrong::Unsigned => "het controlepunt hier is niet te lezen of niet echt".to_owned(),
        Wrong::OtherKey(key) => format!(
            "het controlepunt hier is getekend met een andere sleutel, {key}; als dat een eerdere van deze \
             server is, geef hem dan met --key"
        ),
        Wrong::OtherChain => "het controlepunt hier is van een andere keten".to_owned(),
        Wrong::Replaced => {
            "het controlepunt hier past niet: sinds het vorige is iets vervangen".to_owned()
        }
        Wrong::Unsealed => {
            "na het laatste controlepunt staat nog iets dat niemand tekende".to_owned()
        }
        Wrong::End { said } => {
            format!("hier houdt de keten op, en de database zegt dat zij {said} plaatsen heeft")
        }
        Wrong::Head => "waar de keten ophoudt, is in de database niet te lezen".to_owned(),
        Wrong::KeptForeign => {
            "het bewaarde controlepunt is van een andere keten, of van een andere sleutel"
                .to_owned()
        }
        Wrong::CutOff { kept } => format!(
            "hier houdt het op, en het bewaarde controlepunt zegt dat er {kept} waren: het einde is eraf, of \
             er is een oudere reservekopie teruggezet"
        ),
        Wrong::Remade => {
            "bij het bewaarde controlepunt was de keten een andere: dit of iets ervoor is vervangen"
                .to_owned()
        }
        Wrong::Stray => "deze gebeurtenis staat buiten de keten".to_owned(),
        Wrong::Vanished => "deze gebeurtenis is weg voordat zij een plaats kreeg".to_owned(),
        Wrong::Line(number) => format!("regel {number} is geen regel van een export"),
        Wrong::Short => "de export houdt op voor haar einde".to_owned(),
    }
}

fn english(what: &Wrong) -> String {
    match what {
        Wrong::Changed => "the event is not the one that was recorded".to_owned(),
        Wrong::Gone => "the event is gone, and nothing says that it was erased".to_owned(),
        Wrong::PersonalChanged => "the personal part is not what was recorded".to_owned(),
        Wrong::PersonalGone => {
            "the personal part is gone, and nothing says that it was erased".to_owned()
        }
        Wrong::Missing { next: Some(next) } => {
            format!("this place is missing; {next} is there instead")
        }
        Wrong::Missing { next: None } => {
            "this place is missing; a later checkpoint says that it was there".to_owned()
        }
        Wrong::Moved => {
            "it does not follow from the one before: the event or its place was changed".to_owned()
        }
        Wrong::Unsigned => "the checkpoint here cannot be read or is not genuine".to_owned(),
        Wrong::OtherKey(key) => format!(
            "the checkpoint here is signed by another key, {key}; if it is an earlier one of this server, \
             give it by --key"
        ),
        Wrong::OtherChain => "the checkpoint here is one of another chain".to_owned(),
        Wrong::Replaced => {
            "the checkpoint here does not fit: something was replaced since the one before".to_owned()
        }
        Wrong::Unsealed => "after the last checkpoint stands something that nobody signed".to_owned(),
        Wrong::End { said } => {
            format!("the chain ends here, and the database says that it has {said} places")
        }
        Wrong::Head => "where the chain ends cannot be read in the database".to_owned(),
        Wrong::KeptForeign => "the kept checkpoint is of another chain, or another key".to_owned(),
        Wrong::CutOff { kept } => format!(
            "it ends here, and the kept checkpoint says that there were {kept}: the end was cut off, or an \
             older back-up was put back"
        ),
        Wrong::Remade => {
            "at the kept checkpoint the chain was another one: this or something before was replaced"
                .to_owned()
        }
        Wrong::Stray => "this event stands outside the chain".to_owned(),
        Wrong::Vanished => "this event is gone before it got a place".to_owned(),
        Wrong::Line(number) => format!("line {number} is no line of an export"),
        Wrong::Short => "the export ends before its end".to_owned(),
    }
}

/// How many events have no place yet.
pub(super) fn left_behind(backlog: Backlog, language: Language) -> String {
    let Backlog { events, since } = backlog;
    let since = since.map_or_else(|| "-".to_owned(), |since| since.to_string());
    language.pick(
        format!(
            "{events} gebeurtenissen hebben nog geen plaats in de keten, de oudste is van {since}; de \
             draaiende server geeft die binnen enkele seconden."
        ),
        format!(
            "{events} events have no place in the chain yet, the oldest is of {since}; the running server \
             gives it within seconds."
        ),
    )
}

pub(super) fn no_checkpoint(path: &Path, language: Language) -> String {
    let path = path.display();
    language.pick(
        format!("{path} is geen controlepunt: geef een bestand met wat 'sleutelbos audit checkpoint' schreef"),
        format!("{path} is no checkpoint: give a file with what 'sleutelbos audit checkpoint' printed"),
    )
}

/// Why no export was made.
pub(super) fn unexported(error: Error, language: Language) -> Failure {
    match error {
        Error::Storage(error) => error.into(),
        error if language == Language::English => error.into(),
        Error::Write(error) => format!("de export is niet te schrijven: {}", causes(&error)).into(),
        Error::Damaged { seq } => format!(
            "plaats {seq} van de auditketen is niet te lezen: zie 'sleutelbos audit verify'"
        )
        .into(),
        Error::Empty => {
            "geen gebeurtenis heeft al een plaats in de auditketen: 'sleutelbos serve' geeft \
                         die"
            .into()
        }
    }
}

/// What was erased.
pub(super) fn erased(what: Erased, events: u64, before: Time, language: Language) -> String {
    match what {
        Erased::Personal => language.pick(
            format!("Van {events} gebeurtenissen voor {before} is het persoonlijke deel gewist."),
            format!("The personal part of {events} events before {before} was erased."),
        ),
        Erased::Event => language.pick(
            format!("{events} gebeurtenissen voor {before} zijn gewist."),
            format!("{events} events before {before} were erased."),
        ),
    }
}
