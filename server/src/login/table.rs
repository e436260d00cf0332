//! The table of `docs/login-states.md` is what the flow does: every event in every state.

use super::flow::{Effect, Event, Fitted, Linked, PasswordOutcome, Road, State, step};
use crate::clock::Time;
use crate::factors::{Evidence, Kind, Level, Proof};
use crate::id::{AccountId, FactorId, OrganisationId, PinId, SessionId};
use crate::lockout::codes::{Barred, Code, Wrong};
use crate::lockout::{Block, Count};
use crate::random::Random;
use crate::uzi::sighting::{Sighting, Standing};
use serde_json::Value;

const NOW: Time = Time::from_millis(1_000);
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/login-states.md");

fn account(n: u8) -> AccountId {
    AccountId::from_bytes([n; 16])
}

fn states() -> Vec<State> {
    let session = SessionId::random(Random::system());
    vec![
        State::Started,
        State::PasswordProven { account: account(1) },
        State::FirstProof { account: account(1) },
        State::Stranded { account: account(1) },
        State::Proving { account: account(1), session: session.clone() },
        State::SteppingUp { account: account(1), session, level: Level::Substantial },
        State::Keeping { account: account(1), session: SessionId::random(Random::system()) },
        State::Linking { account: account(1), pin: PinId::random(Random::system()) },
        State::Choosing { accounts: vec![fitted(1), fitted(2)] },
        State::ChoosingByCard { accounts: vec![linked(1), linked(2)], card: sighting() },
        State::Over,
    ]
}

fn fitted(n: u8) -> Fitted {
    Fitted { organisation: organisation(n), account: account(n), chosen_at: NOW }
}

fn linked(n: u8) -> Linked {
    let factor = FactorId::random(Random::system());
    Linked { organisation: organisation(n), account: account(n), factor }
}

fn organisation(n: u8) -> OrganisationId {
    OrganisationId::parse(&format!("{n:032x}")).unwrap()
}

fn sighting() -> Box<Sighting> {
    let (serial, issuer) = ("01".to_owned(), "FAKE".to_owned());
    let (standing, holder, policy, revocation_list) = (Standing::Held, None, None, None);
    Box::new(Sighting { standing, serial, issuer, holder, policy, revocation_list })
}

/// The name of a state. A new one is to be added to [`states`] too.
fn state(state: &State) -> &'static str {
    match state {
        State::Started => "Started",
        State::PasswordProven { .. } => "PasswordProven",
        State::FirstProof { .. } => "FirstProof",
        State::Stranded { .. } => "Stranded",
        State::Proving { .. } => "Proving",
        State::SteppingUp { .. } => "SteppingUp",
        State::Keeping { .. } => "Keeping",
        State::Linking { .. } => "Linking",
        State::Choosing { .. } => "Choosing",
        State::ChoosingByCard { .. } => "ChoosingByCard",
        State::Over => "Over",
    }
}

/// What kind of event it is. A new one is to be added to [`events`] too, and counted in [`KINDS`].
fn kind(event: &Event) -> usize {
    match event {
        Event::Password { .. } => 0,
        Event::Proven(_) => 1,
        Event::CodeWrong(_) => 2,
        Event::CodeRefused { .. } => 3,
        Event::Recovered { .. } => 4,
        Event::EnrolAnother => 5,
        Event::Refused { .. } => 6,
        Event::Admitted => 7,
        Event::Mailed => 8,
        Event::Several { .. } => 9,
        Event::Chosen { .. } => 10,
        Event::SeveralLinked { .. } => 11,
    }
}

const KINDS: usize = 12;

fn proven(whose: u8, kind: Kind, evidence: Evidence) -> Event {
    Event::Proven(proof(whose, kind, evidence))
}

fn chosen(whose: u8, road: Road) -> Event {
    Event::Chosen { account: account(whose), road }
}

fn suspended(kind: Kind, evidence: Evidence) -> Event {
    Event::Proven(Proof { suspended: true, ..proof(1, kind, evidence) })
}

fn proof(whose: u8, kind: Kind, evidence: Evidence) -> Proof {
    let factor = FactorId::random(Random::system());
    let (account, bound_at) = (account(whose), Level::High);
    Proof { factor, account, kind, evidence, bound_at, suspended: false, card: None }
}

/// What is chosen among several accounts, as the table calls it.
fn choices() -> Vec<(&'static str, Event)> {
    vec![
        ("chosen, a factor proved itself before", chosen(1, Road::Factor)),
        ("chosen, no factor ever proved itself", chosen(1, Road::FirstProof)),
        ("chosen, no factor", chosen(1, Road::Enrol)),
        ("chosen, every factor switched off", chosen(1, Road::Nowhere)),
        ("chosen, set up anew elsewhere or too long ago", chosen(1, Road::Abandoned)),
        ("chosen, the second factor waived", chosen(1, Road::Waived)),
        ("chosen, one for which the password was not right", chosen(3, Road::Factor)),
    ]
}

/// Every event, as the table calls it. The account that is spoken of is 1.
fn events() -> Vec<(&'static str, Event)> {
    let password = |outcome| Event::Password { account: Some(account(1)), outcome };
    let right = |road| password(PasswordOutcome::Right { road });
    let wrong = |block| {
        let count = Count { streak: 5, total: 5, blocks: 1, block, refused: 0 };
        password(PasswordOutcome::Wrong { count })
    };
    let blocked = |refused| password(PasswordOutcome::Blocked { refused });
    let code = |closed| Event::CodeWrong(Wrong { code: Code::App, streak: 1, left: 4, closed });
    let refused = |refused| Event::CodeRefused { code: Code::App, refused };
    vec![
        ("password right, a factor proved itself before", right(Road::Factor)),
        ("password right, no factor ever proved itself", right(Road::FirstProof)),
        ("password right, no factor", right(Road::Enrol)),
        ("password right, every factor switched off", right(Road::Nowhere)),
        ("password right, set up anew elsewhere or too long ago", right(Road::Abandoned)),
        ("password right, the second factor waived", right(Road::Waived)),
        ("password wrong", wrong(None)),
        ("password wrong, the last before a block", wrong(Some(Block::Until(NOW)))),
        ("password blocked, the first time", blocked(1)),
        ("password blocked, again", blocked(2)),
        (
            "password right for several accounts",
            Event::Several { accounts: vec![fitted(1), fitted(2)] },
        ),
        ("card", proven(1, Kind::Card, Evidence::CardPin)),
        (
            "card of several accounts",
            Event::SeveralLinked { accounts: vec![linked(1), linked(2)], card: sighting() },
        ),
        (
            "passkey, or key that verified its user",
            proven(1, Kind::Passkey, Evidence::VerifiedDevice),
        ),
        ("key, touched", proven(1, Kind::SecurityKey, Evidence::Touch)),
        ("app, its code", proven(1, Kind::App, Evidence::Code)),
        ("text, its code", proven(1, Kind::Sms, Evidence::Code)),
        ("call, its code keyed in", proven(1, Kind::Call, Evidence::Code)),
        ("suspended passkey", suspended(Kind::Passkey, Evidence::VerifiedDevice)),
        ("suspended app, its code", suspended(Kind::App, Evidence::Code)),
        ("somebody else's passkey", proven(2, Kind::Passkey, Evidence::VerifiedDevice)),
        ("somebody else's key, touched", proven(2, Kind::SecurityKey, Evidence::Touch)),
        (
            "factor refused",
            Event::Refused { kind: Some(Kind::Card), account: None, reason: "x", card: None },
        ),
        ("code wrong, more may be tried", code(None)),
        ("code wrong, the last of this log-in", code(Some(Barred::AttemptOver))),
        ("code wrong, its kind is paused", code(Some(Barred::Paused { until: NOW }))),
        ("code wrong, all codes are stopped", code(Some(Barred::Stopped { until: NOW }))),
        ("code not looked at, the first time", refused(1)),
        ("code not looked at, again", refused(2)),
        ("recovery code right", Event::Recovered { bound_at: Level::High }),
        ("access code right", Event::Admitted),
        ("link to the back-up address shown", Event::Mailed),
        ("another is to be enrolled", Event::EnrolAnother),
    ]
}

/// An effect in one word or two.
fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Record { event, .. } => {
            let event = serde_json::to_value(event).expect("an event is plain JSON");
            format!("`{}`", event.get("event").and_then(Value::as_str).unwrap_or_default())
        }
        Effect::Keep { .. } => "keep it".to_owned(),
        Effect::Forgive(_) => "forget wrong passwords".to_owned(),
        Effect::Reopen(_) => "reopen".to_owned(),
        Effect::Touch { .. } => "note the use".to_owned(),
        Effect::LogIn(login) => format!(
            "log in ({}, {}, {})",
            login.scope.as_str(),
            login.way.as_str(),
            login.level.as_str()
        ),
        Effect::Raise { login, .. } => {
            let (scope, way) = (login.scope.as_str(), login.way.as_str());
            format!("raise ({scope}, {way}, {})", login.level.as_str())
        }
    }
}

/// The rows of the table: what changes nothing and does nothing has none.
fn rows() -> Vec<String> {
    let mut rows = vec![];
    for from in states() {
        for (name, event) in events().into_iter().chain(choices()) {
            let (to, effects) = step(from.clone(), event, NOW);
            if to == from && effects.is_empty() {
                continue;
            }
            let effects: Vec<_> = effects.iter().map(effect).collect();
            rows.push(format!(
                "| {} | {name} | {} | {} |",
                state(&from),
                state(&to),
                effects.join(", ")
            ));
        }
    }
    rows
}

#[test]
fn every_kind_of_event_is_walked() {
    let walked: std::collections::BTreeSet<_> =
        events().iter().chain(&choices()).map(|(_, event)| kind(event)).collect();
    assert_eq!(walked.into_iter().collect::<Vec<_>>(), (0..KINDS).collect::<Vec<_>>());
}

#[test]
fn the_table_in_the_documents_is_what_the_flow_does() {
    let document = std::fs::read_to_string(DOCUMENT).unwrap();
    let told: Vec<_> = document
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| state |"))
        .collect();
    let done = rows();
    assert!(done.len() > 50, "only {} rows", done.len());
    assert!(told == done, "docs/login-states.md should have these rows:\n{}", done.join("\n"));
}
