//! What the flow never does, and what it does after each password.

use super::*;
use crate::factors::Evidence;
use crate::id::{FactorId, OrganisationId, SessionId};
use crate::lockout::Count;
use crate::lockout::codes::Barred;
use proptest::prelude::*;

const NOW: Time = Time::from_millis(1_000);

fn account(n: u8) -> AccountId {
    AccountId::from_bytes([n; 16])
}

fn factor() -> FactorId {
    FactorId::parse("00112233445566778899aabbccddeeff").expect("an id")
}

fn session() -> SessionId {
    SessionId::parse("ffeeddccbbaa99887766554433221100").expect("an id")
}

fn proof(n: u8, evidence: Evidence, bound_at: Level) -> Proof {
    let kind = match evidence {
        Evidence::CardPin => Kind::Card,
        Evidence::Touch => Kind::SecurityKey,
        Evidence::Code => Kind::App,
        Evidence::VerifiedSynced | Evidence::VerifiedUnlisted | Evidence::VerifiedDevice => {
            Kind::Passkey
        }
    };
    Proof {
        factor: factor(),
        account: account(n),
        kind,
        evidence,
        bound_at,
        suspended: false,
        card: None,
    }
}

fn right(n: u8, road: Road) -> Event {
    let outcome = PasswordOutcome::Right { road };
    Event::Password { account: Some(account(n)), outcome }
}

fn several(accounts: &[u8]) -> Event {
    let fitted = |n: &u8| Fitted {
        organisation: OrganisationId::parse(&format!("{n:032x}")).expect("an id"),
        account: account(*n),
        chosen_at: NOW,
    };
    Event::Several { accounts: accounts.iter().map(fitted).collect() }
}

fn chosen(n: u8, road: Road) -> Event {
    Event::Chosen { account: account(n), road }
}

fn wrong(account: Option<AccountId>, block: Option<Block>) -> Event {
    let count = Count { streak: 5, total: 5, blocks: 1, block, refused: 0 };
    Event::Password { account, outcome: PasswordOutcome::Wrong { count } }
}

/// Walks through `events`; the last state, and the log-in if there was one, as text.
fn walk(events: Vec<Event>) -> (State, Vec<String>) {
    let (mut state, mut logins) = (State::Started, vec![]);
    for event in events {
        let (next, effects) = step(state, event, NOW);
        state = next;
        for effect in effects {
            if let Effect::LogIn(login) | Effect::Raise { login, .. } = effect {
                let (way, level) = (login.way.as_str(), login.level.as_str());
                logins.push(format!("{way} {level} {}", login.scope.as_str()));
            }
        }
    }
    (state, logins)
}

#[test]
fn a_password_with_no_factor_lets_enrol_and_nothing_else() {
    assert_eq!(
        walk(vec![right(1, Road::Enrol)]),
        (State::Over, vec!["password low enrol_only".to_owned()])
    );
}

#[test]
fn a_password_of_who_set_up_anew_and_left_opens_nothing() {
    let stranded = || State::Stranded { account: account(1) };
    assert_eq!(walk(vec![right(1, Road::Abandoned)]), (stranded(), vec![]));
    for more in [
        Event::EnrolAnother,
        Event::Recovered { bound_at: Level::High },
        Event::Proven(proof(1, Evidence::Touch, Level::High)),
        Event::Proven(proof(1, Evidence::Code, Level::High)),
        Event::Proven(proof(2, Evidence::VerifiedDevice, Level::High)),
    ] {
        assert_eq!(walk(vec![right(1, Road::Abandoned), more]), (stranded(), vec![]));
    }
}

#[test]
fn where_every_factor_was_switched_off_the_recovery_code_lets_in_and_the_password_enrols_nothing() {
    let proven = || State::PasswordProven { account: account(1) };
    assert_eq!(walk(vec![right(1, Road::Nowhere)]), (proven(), vec![]));
    let enrols = vec![right(1, Road::Nowhere), Event::EnrolAnother];
    assert_eq!(walk(enrols), (proven(), vec![]));
    let recovers = Event::Recovered { bound_at: Level::High };
    let (state, done) = walk(vec![right(1, Road::Nowhere), recovers]);
    assert_eq!((state, done.len()), (State::Over, 1));
}

#[test]
fn an_access_code_lets_enrol_after_the_password_of_who_has_or_had_a_factor() {
    let visit = || vec!["password low enrol_only".to_owned()];
    for road in [Road::Factor, Road::Nowhere, Road::Abandoned] {
        let events = vec![right(1, road), Event::Admitted, Event::Admitted];
        assert_eq!(walk(events), (State::Over, visit()));
    }
    for before in [vec![], vec![right(1, Road::FirstProof)], vec![wrong(None, None)]] {
        assert!(walk([before, vec![Event::Admitted]].concat()).1.is_empty());
    }
}

#[test]
fn what_never_proved_itself_is_proven_or_replaced() {
    let unproven = || right(1, Road::FirstProof);
    assert_eq!(walk(vec![unproven()]), (State::FirstProof { account: account(1) }, vec![]));
    let touch = Event::Proven(proof(1, Evidence::Touch, Level::High));
    let full = "password_and_key substantial full".to_owned();
    assert_eq!(walk(vec![unproven(), touch]), (State::Over, vec![full]));
    let visit = "password low enrol_only".to_owned();
    assert_eq!(walk(vec![unproven(), Event::EnrolAnother]), (State::Over, vec![visit]));
    for before in [vec![], vec![right(1, Road::Factor)], vec![wrong(Some(account(1)), None)]] {
        let events = [before, vec![Event::EnrolAnother]].concat();
        assert!(walk(events).1.is_empty(), "who has a factor enrols nothing by a password");
    }
}

#[test]
fn a_password_with_a_factor_lets_nobody_in_yet() {
    let (state, logins) = walk(vec![right(1, Road::Factor)]);
    assert_eq!(state, State::PasswordProven { account: account(1) });
    assert!(logins.is_empty());
}

#[test]
fn of_several_accounts_one_for_which_the_password_was_right_is_chosen_once() {
    let both = || several(&[1, 2]);
    let proven = |n| (State::PasswordProven { account: account(n) }, vec![]);
    for n in [1, 2] {
        assert_eq!(walk(vec![both(), chosen(n, Road::Factor)]), proven(n));
    }
    assert_eq!(walk(vec![both(), chosen(1, Road::Factor), chosen(2, Road::Factor)]), proven(1));
    assert_eq!(walk(vec![both(), chosen(3, Road::Enrol)]), walk(vec![both()]));
    for before in [vec![], vec![right(1, Road::Factor)], vec![both(), wrong(None, None)]] {
        let after = walk([before.clone(), vec![chosen(2, Road::Enrol)]].concat());
        assert_eq!(after, walk(before), "there is nothing to choose");
    }
    let visit = "password low enrol_only".to_owned();
    assert_eq!(walk(vec![both(), chosen(2, Road::Enrol)]), (State::Over, vec![visit]));
    let touch = Event::Proven(proof(1, Evidence::Touch, Level::High));
    assert_eq!(walk(vec![both(), touch]), walk(vec![both()]), "nobody is chosen yet");
}

#[test]
fn a_key_after_its_own_password_lets_in() {
    for (evidence, level) in [
        (Evidence::Touch, "substantial"),
        (Evidence::VerifiedSynced, "substantial"),
        (Evidence::VerifiedUnlisted, "substantial"),
        (Evidence::VerifiedDevice, "high"),
    ] {
        let events = vec![right(1, Road::Factor), Event::Proven(proof(1, evidence, Level::High))];
        let login = format!("password_and_key {level} full");
        assert_eq!(walk(events), (State::Over, vec![login]));
    }
}

#[test]
fn a_key_after_somebody_elses_password_lets_nobody_in() {
    let stranger = Event::Proven(proof(2, Evidence::VerifiedDevice, Level::High));
    let (state, logins) = walk(vec![right(1, Road::Factor), stranger]);
    assert_eq!(state, State::PasswordProven { account: account(1) });
    assert!(logins.is_empty());
}

#[test]
fn what_verifies_its_user_lets_in_alone_and_a_touch_does_not() {
    for (evidence, login) in [
        (Evidence::CardPin, "card high full"),
        (Evidence::VerifiedDevice, "key high full"),
        (Evidence::VerifiedSynced, "key substantial full"),
        (Evidence::VerifiedUnlisted, "key substantial full"),
    ] {
        let events = vec![Event::Proven(proof(1, evidence, Level::High))];
        assert_eq!(walk(events), (State::Over, vec![login.to_owned()]));
    }
    let touch = Event::Proven(proof(1, Evidence::Touch, Level::High));
    assert_eq!(walk(vec![touch]), (State::Started, vec![]));
}

#[test]
fn a_wrong_password_forgets_the_right_one_before_it() {
    let events = vec![
        right(1, Road::Factor),
        wrong(Some(account(1)), None),
        Event::Proven(proof(1, Evidence::Touch, Level::High)),
    ];
    assert_eq!(walk(events), (State::Started, vec![]));
}

#[test]
fn known_and_unknown_names_are_recorded_alike() {
    let block = Some(Block::Until(NOW));
    let events = |account: Option<AccountId>| {
        step(State::Started, wrong(account, block), NOW)
            .1
            .into_iter()
            .map(|effect| {
                let Effect::Record { event, .. } = effect else { panic!("{effect:?}") };
                event
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(events(Some(account(1))), events(None));
    assert_eq!(events(None).len(), 2);
}

#[test]
fn stepping_up_raises_and_never_lowers() {
    let stepping = |level| State::SteppingUp { account: account(1), session: session(), level };
    let raised = |had, proof| {
        let (_, effects) = step(stepping(had), Event::Proven(proof), NOW);
        effects.into_iter().find_map(|effect| match effect {
            Effect::Raise { login, .. } => Some(login.level),
            Effect::Record { .. }
            | Effect::Forgive(_)
            | Effect::Reopen(_)
            | Effect::Touch { .. }
            | Effect::Keep { .. }
            | Effect::LogIn(_) => None,
        })
    };
    let device = || proof(1, Evidence::VerifiedDevice, Level::High);
    assert_eq!(raised(Level::Substantial, device()), Some(Level::High));
    let weak = proof(1, Evidence::Touch, Level::Low);
    assert_eq!(raised(Level::Substantial, weak.clone()), Some(Level::Substantial));
    let (_, effects) = step(stepping(Level::High), Event::Proven(weak), NOW);
    assert!(
        effects.iter().any(|effect| matches!(effect, Effect::Raise { login, .. }
            if (login.level, login.proof) == (Level::High, Level::Low))),
        "what is enrolled next gets no more than what was just proven: {effects:?}"
    );
    assert_eq!(raised(Level::Low, proof(2, Evidence::CardPin, Level::High)), None);
}

#[test]
fn a_recovery_code_lets_in_once_after_the_password_of_who_has_a_factor() {
    let recovered = |bound_at| Event::Recovered { bound_at };
    for (bound_at, level) in
        [(Level::Low, "low"), (Level::Substantial, "substantial"), (Level::High, "substantial")]
    {
        let events = vec![right(1, Road::Factor), recovered(bound_at), recovered(bound_at)];
        let login = format!("password_and_recovery {level} full");
        assert_eq!(walk(events), (State::Over, vec![login]));
    }
    for before in [vec![], vec![right(1, Road::FirstProof)], vec![wrong(None, None)]] {
        let events = [before, vec![recovered(Level::High)]].concat();
        assert!(walk(events).1.is_empty());
    }
    assert!(!Way::PasswordAndRecovery.is_strong(), "it changes no factor");
}

#[test]
fn a_link_lets_in_at_low_once_after_the_password_of_who_has_a_factor() {
    let events = vec![right(1, Road::Factor), Event::Mailed, Event::Mailed];
    assert_eq!(walk(events), (State::Over, vec!["password_and_email low full".to_owned()]));
    for before in [vec![], vec![right(1, Road::FirstProof)], vec![wrong(None, None)]] {
        let events = [before, vec![Event::Mailed]].concat();
        assert!(walk(events).1.is_empty());
    }
    assert!(!Way::PasswordAndEmail.is_strong(), "it changes no factor");
}

fn code_wrong_with(left: u32, closed: Option<Barred>) -> Event {
    let closed = closed.or((left == 0).then_some(Barred::AttemptOver));
    Event::CodeWrong(Wrong { code: Code::App, streak: 3, left, closed })
}

#[test]
fn a_wrong_code_ends_the_attempt_when_it_closed_something_and_is_recorded_always() {
    let begun = || right(1, Road::Factor);
    let proven = Event::Proven(proof(1, Evidence::Touch, Level::High));
    let goes_on = walk(vec![begun(), code_wrong_with(1, None)]).0;
    assert_eq!(goes_on, State::PasswordProven { account: account(1) });
    for closed in [
        Barred::AttemptOver,
        Barred::Closed,
        Barred::Paused { until: NOW },
        Barred::Stopped { until: NOW },
    ] {
        let wrong = code_wrong_with(1, Some(closed));
        assert_eq!(
            walk(vec![begun(), wrong.clone(), proven.clone()]),
            (State::Over, vec![]),
            "{closed:?}: a log-in does not outlive its lock-out"
        );
        let state = State::PasswordProven { account: account(1) };
        let (_, effects) = step(state, wrong, NOW);
        assert_eq!(effects.len(), if closed == Barred::AttemptOver { 1 } else { 2 });
        let whose = |effect: &Effect| matches!(effect, Effect::Record { account: Some(whose), .. } if *whose == account(1));
        assert!(effects.iter().all(whose), "{effects:?}");
    }
}

#[test]
fn a_code_that_was_not_looked_at_is_recorded_once_and_ends_nothing() {
    let state = || State::PasswordProven { account: account(1) };
    for (refused, events) in [(1, 1), (2, 0), (9, 0)] {
        let event = Event::CodeRefused { code: Code::Recovery, refused };
        let (next, effects) = step(state(), event, NOW);
        assert_eq!((next, effects.len()), (state(), events));
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    let account_id = (1_u8..3).prop_map(account);
    prop_oneof![
        (1_u8..3, 0_usize..4).prop_map(|(n, road)| right(
            n,
            [Road::Factor, Road::FirstProof, Road::Enrol, Road::Nowhere][road]
        )),
        Just(Event::EnrolAnother),
        Just(several(&[1, 2])),
        (1_u8..5).prop_map(|n| chosen(n, Road::Factor)),
        (1_u8..5).prop_map(|n| chosen(n, Road::Enrol)),
        Just(Event::Admitted),
        Just(Event::CodeRefused { code: Code::App, refused: 1 }),
        (0_u32..3).prop_map(|left| code_wrong_with(left, None)),
        Just(Event::Recovered { bound_at: Level::High }),
        Just(Event::Mailed),
        proptest::option::of(account_id).prop_map(|account| wrong(account, None)),
        (1_u8..3, 0_usize..5, 0_usize..3).prop_map(|(n, evidence, level)| {
            let evidence = [
                Evidence::Touch,
                Evidence::VerifiedSynced,
                Evidence::VerifiedUnlisted,
                Evidence::VerifiedDevice,
                Evidence::CardPin,
            ][evidence];
            let level = [Level::Low, Level::Substantial, Level::High][level];
            Event::Proven(proof(n, evidence, level))
        }),
        Just(Event::Refused { kind: Some(Kind::Card), account: None, reason: "x", card: None }),
    ]
}

proptest! {
    #[test]
    fn an_attempt_lets_in_once_at_most_and_never_too_high(events in proptest::collection::vec(any_event(), 0..12)) {
        let (mut state, mut logins) = (State::Started, 0);
        for event in events {
            let proof = match &event {
                Event::Proven(proof) => Some(proof.clone()),
                Event::Password { .. }
                | Event::Several { .. }
                | Event::Chosen { .. }
                | Event::SeveralLinked { .. }
                | Event::EnrolAnother
                | Event::Admitted
                | Event::CodeWrong(_)
                | Event::CodeRefused { .. }
                | Event::Recovered { .. }
                | Event::Mailed
                | Event::Refused { .. } => None,
            };
            let mailed = matches!(event, Event::Mailed);
            let before = state.clone();
            let (next, effects) = step(state, event, NOW);
            state = next;
            for effect in effects {
                let Effect::LogIn(login) = effect else { continue };
                logins += 1;
                match proof.clone() {
                    Some(proof) => {
                        prop_assert!(login.level <= proof.evidence.level());
                        prop_assert!(login.level <= proof.bound_at);
                        prop_assert_eq!(&login.account, &proof.account);
                        prop_assert!(fits(&before, &proof).is_ok());
                    }
                    None if login.scope == Scope::Full => {
                        let (way, level) = match mailed {
                            true => (Way::PasswordAndEmail, Level::Low),
                            false => (Way::PasswordAndRecovery, Level::Substantial),
                        };
                        prop_assert_eq!((login.way, login.level), (way, level));
                        let proven = matches!(before, State::PasswordProven { .. });
                        prop_assert!(proven);
                    }
                    None => prop_assert_eq!(login.way, Way::Password),
                }
                prop_assert_eq!(&state, &State::Over);
            }
        }
        prop_assert!(logins <= 1);
    }
}
