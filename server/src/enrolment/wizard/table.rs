//! The table of `docs/wizard-states.md` is what the wizard does: every event in every state.

use super::*;
use crate::clock::Time;
use crate::factors::{Evidence, Level, testing};
use crate::id::{AccountId, SessionId};
use crate::sessions::{Login, Scope, Way};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/wizard-states.md");
const BEGUN: Time = Time::from_millis(1_000);

fn factor(n: u8) -> FactorId {
    FactorId::parse(&format!("{n:032x}")).unwrap()
}

fn states() -> Vec<State> {
    vec![State::Choosing, State::Proving(factor(1)), State::Making, State::Keeping, State::Over]
}

/// The name of a state. A new one is to be added to [`states`] too.
const fn name(state: &State) -> &'static str {
    match state {
        State::Choosing => "Choosing",
        State::Proving(_) => "Proving",
        State::Making => "Making",
        State::Keeping => "Keeping",
        State::Over => "Over",
    }
}

/// What kind of event it is. A new one is to be added to [`events`] too, and counted in [`KINDS`].
const fn kind(event: &Event) -> usize {
    match event {
        Event::Enrolled(_) => 0,
        Event::Proven(_) => 1,
        Event::Skipped => 2,
        Event::CodeMade => 3,
        Event::CodeKept => 4,
    }
}

const KINDS: usize = 5;

/// Every event, as the table calls it.
fn events() -> Vec<(&'static str, Event)> {
    vec![
        ("key or passkey enrolled", Event::Enrolled(factor(2))),
        ("key proven", Event::Proven(Kind::SecurityKey)),
        ("passkey proven", Event::Proven(Kind::Passkey)),
        ("card proven", Event::Proven(Kind::Card)),
        ("app proven by a code", Event::Proven(Kind::App)),
        ("number proven by a text", Event::Proven(Kind::Sms)),
        ("number proven by a call", Event::Proven(Kind::Call)),
        ("skipped", Event::Skipped),
        ("recovery code made", Event::CodeMade),
        ("recovery code typed back", Event::CodeKept),
    ]
}

const fn effect(effect: &Effect) -> &'static str {
    match effect {
        Effect::LetIn => "let in",
        Effect::LetInWithout => "let in at `low`, and tell",
        Effect::DropUnproven => "drop what was never proven",
    }
}

/// The rows of the table: what changes nothing and does nothing has none.
fn rows() -> Vec<String> {
    let mut rows = vec![];
    for from in states() {
        for (event, happened) in events() {
            let (to, effects) = step(from.clone(), happened);
            if to == from && effects.is_empty() {
                continue;
            }
            let effects = effects.iter().map(effect).collect::<Vec<_>>().join(", ");
            rows.push(format!("| {} | {event} | {} | {effects} |", name(&from), name(&to)));
        }
    }
    rows
}

#[test]
fn every_kind_of_event_is_walked() {
    let walked: std::collections::BTreeSet<_> =
        events().iter().map(|(_, event)| kind(event)).collect();
    assert_eq!(walked.into_iter().collect::<Vec<_>>(), (0..KINDS).collect::<Vec<_>>());
    for known in Kind::ALL {
        let proven = |(_, event): &(_, Event)| *event == Event::Proven(known);
        assert!(events().iter().any(proven), "{known:?}");
    }
}

#[test]
fn the_table_in_the_documents_is_what_the_wizard_does() {
    let document = std::fs::read_to_string(DOCUMENT).unwrap();
    let told: Vec<_> = document
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| state |"))
        .collect();
    let done = rows();
    assert!(told == done, "docs/wizard-states.md should have these rows:\n{}", done.join("\n"));
}

fn session(way: Way) -> Session {
    let (scope, level) = (Scope::Full, Level::Low);
    let account = AccountId::from_bytes([1; 16]);
    let login = Login { account, scope, level, proof: level, way, proven_at: BEGUN };
    let id = SessionId::parse(&"1".repeat(32)).unwrap();
    Session { id, login, client: String::new(), created_at: BEGUN, seen_at: BEGUN }
}

fn has(kind: Kind, proven_at: Option<Time>) -> Factor {
    let account = AccountId::from_bytes([1; 16]);
    let fresh = testing::factor(&account, (kind, Evidence::Touch), BEGUN);
    Factor { id: factor(1), proven_at, used_at: proven_at, ..fresh }
}

#[test]
fn where_somebody_stands_follows_from_what_there_is() {
    let by = |way, factors: &[Factor], code| State::of(&session(way), factors, code);
    let (password, key) = (Way::Password, Way::PasswordAndKey);
    let before = Time::from_millis(BEGUN.millis() - 1);
    let unproven = [has(Kind::Passkey, None)];
    assert_eq!(by(password, &[], Status::NotYet), State::Choosing);
    assert_eq!(by(password, &unproven, Status::NotYet), State::Proving(factor(1)));
    let copied = [Factor { cloned_at: Some(BEGUN), ..has(Kind::Passkey, None) }];
    assert_eq!(by(password, &copied, Status::NotYet), State::Choosing);
    let elsewhere = [has(Kind::Passkey, Some(BEGUN))];
    assert_eq!(by(password, &elsewhere, Status::Missing), State::Over, "no wizard beside it");
    assert_eq!(by(key, &elsewhere, Status::Missing), State::Making);
    assert_eq!(by(key, &elsewhere, Status::Unconfirmed(BEGUN)), State::Keeping);
    assert_eq!(by(key, &elsewhere, Status::Kept(BEGUN)), State::Over);
    let long_ago = [has(Kind::App, Some(before)), has(Kind::Passkey, Some(BEGUN))];
    assert_eq!(by(key, &long_ago, Status::Missing), State::Over, "it is no first factor");
}

#[test]
fn the_three_steps_are_shown_in_their_order() {
    let shown: Vec<_> = states().iter().map(|state| state.step()).collect();
    let (two, three) = (Some(Step::Factor), Some(Step::RecoveryCode));
    assert_eq!(shown, [two, two, three, three, None]);
    assert_eq!(Step::ALL.first(), Some(&Step::Introduction));
}
