//! The flow of a log-in, pure: a state and an event give the next state and what is to be done.

use crate::audit;
use crate::clock::Time;
use crate::factors::{Evidence, Factor, Kind, Level, Proof, Use};
use crate::id::{AccountId, FactorId, OrganisationId, PinId, SessionId};
use crate::lockout::codes::{Code, Wrong};
use crate::lockout::{Block, Count};
use crate::reset::Standing;
use crate::sessions::{Login, Scope, Way};
use crate::uzi::sighting::Sighting;
use serde::{Deserialize, Serialize};

/// Where an attempt stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum State {
    /// Nobody has proven anything.
    Started,
    /// The password of this account was right; one of its factors is asked.
    PasswordProven { account: AccountId },
    /// The password of this account was right, and no factor of it ever proved itself: one of them
    /// is asked, or another is enrolled.
    FirstProof { account: AccountId },
    /// The password of this account was right, and nothing of it opens anything here: a code of the
    /// contact person is asked.
    Stranded { account: AccountId },
    /// A visit that a password alone opened is to be raised by the first proof of what was enrolled in it.
    Proving { account: AccountId, session: SessionId },
    /// A session is to be raised by one of its account's factors.
    SteppingUp { account: AccountId, session: SessionId, level: Level },
    /// A suspended factor is to prove itself, to be kept, in a visit that sets up anew.
    Keeping { account: AccountId, session: SessionId },
    /// User number and PIN of this account were right, and it has no factor: a card is to be linked.
    Linking { account: AccountId, pin: PinId },
    /// The password was right for each of these accounts of one person: one of them is chosen.
    Choosing { accounts: Vec<Fitted> },
    /// This card was shown, which is linked to each of these accounts of one person: one of them is chosen.
    ChoosingByCard { accounts: Vec<Linked>, card: Box<Sighting> },
    /// Somebody is in; nothing follows.
    Over,
}

/// An account for which the password was right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Fitted {
    pub(super) organisation: OrganisationId,
    pub(super) account: AccountId,
    /// When that password was chosen: another one makes this no proof.
    pub(super) chosen_at: Time,
}

/// An account to which the card is linked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Linked {
    pub(super) organisation: OrganisationId,
    pub(super) account: AccountId,
    pub(super) factor: FactorId,
}

impl State {
    /// The organisations of which one is to be chosen.
    pub(super) fn choices(&self) -> Vec<&OrganisationId> {
        match self {
            Self::Choosing { accounts } => accounts.iter().map(|one| &one.organisation).collect(),
            Self::ChoosingByCard { accounts, .. } => {
                accounts.iter().map(|one| &one.organisation).collect()
            }
            Self::Started
            | Self::PasswordProven { .. }
            | Self::FirstProof { .. }
            | Self::Stranded { .. }
            | Self::Proving { .. }
            | Self::SteppingUp { .. }
            | Self::Keeping { .. }
            | Self::Linking { .. }
            | Self::Over => Vec::new(),
        }
    }

    /// Whose attempt it is, once that is known.
    pub(super) const fn account(&self) -> Option<&AccountId> {
        match self {
            Self::PasswordProven { account }
            | Self::FirstProof { account }
            | Self::Stranded { account }
            | Self::Proving { account, .. }
            | Self::SteppingUp { account, .. }
            | Self::Keeping { account, .. }
            | Self::Linking { account, .. } => Some(account),
            Self::Started | Self::Choosing { .. } | Self::ChoosingByCard { .. } | Self::Over => {
                None
            }
        }
    }

    /// Whose right password was given, and nothing beside it.
    pub(super) const fn password_of(&self) -> Option<&AccountId> {
        match self {
            Self::PasswordProven { account }
            | Self::FirstProof { account }
            | Self::Stranded { account } => Some(account),
            Self::Started
            | Self::Proving { .. }
            | Self::SteppingUp { .. }
            | Self::Keeping { .. }
            | Self::Linking { .. }
            | Self::Choosing { .. }
            | Self::ChoosingByCard { .. }
            | Self::Over => None,
        }
    }

    /// Whose right password was given, where something of the account proved itself before: who may have
    /// lost that.
    pub(super) const fn recovers(&self) -> Option<&AccountId> {
        match self {
            Self::PasswordProven { account } => Some(account),
            Self::Started
            | Self::FirstProof { .. }
            | Self::Stranded { .. }
            | Self::Proving { .. }
            | Self::SteppingUp { .. }
            | Self::Keeping { .. }
            | Self::Linking { .. }
            | Self::Choosing { .. }
            | Self::ChoosingByCard { .. }
            | Self::Over => None,
        }
    }

    /// The session that is to be raised.
    pub(super) const fn session(&self) -> Option<&SessionId> {
        match self {
            Self::Proving { session, .. } | Self::SteppingUp { session, .. } => Some(session),
            Self::Started
            | Self::PasswordProven { .. }
            | Self::FirstProof { .. }
            | Self::Stranded { .. }
            | Self::Keeping { .. }
            | Self::Linking { .. }
            | Self::Choosing { .. }
            | Self::ChoosingByCard { .. }
            | Self::Over => None,
        }
    }

    /// Which of the account's factors are asked in it.
    pub(super) const fn asks(&self) -> Use {
        match self {
            Self::Keeping { .. } => Use::Keep,
            Self::Started
            | Self::PasswordProven { .. }
            | Self::FirstProof { .. }
            | Self::Stranded { .. }
            | Self::Proving { .. }
            | Self::SteppingUp { .. }
            | Self::Linking { .. }
            | Self::Choosing { .. }
            | Self::ChoosingByCard { .. }
            | Self::Over => Use::LogIn,
        }
    }
}

/// What happened.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// A password was looked at, or not.
    Password { account: Option<AccountId>, outcome: PasswordOutcome },
    /// The password was right for several accounts of one person.
    Several { accounts: Vec<Fitted> },
    /// The person chose this one of them; where it leads.
    Chosen { account: AccountId, road: Road },
    /// A card was shown that is linked to several accounts of one person.
    SeveralLinked { accounts: Vec<Linked>, card: Box<Sighting> },
    /// A factor proved itself.
    Proven(Proof),
    /// A code was wrong.
    CodeWrong(Wrong),
    /// A code was not looked at; as many as this since the last that was.
    CodeRefused { code: Code, refused: u32 },
    /// The recovery code was right and is spent; it was bound at this level.
    Recovered { bound_at: Level },
    /// The access code was right and is spent, and setting up anew is open.
    Admitted,
    /// The link that was mailed to the back-up address was shown, and is spent.
    Mailed,
    /// The person cannot use what never proved itself, and wants to enrol something else.
    EnrolAnother,
    /// A factor did not. Of which kind, where that is known.
    Refused {
        kind: Option<Kind>,
        account: Option<AccountId>,
        reason: &'static str,
        card: Option<Box<Sighting>>,
    },
}

#[derive(Clone, Debug)]
pub(super) enum PasswordOutcome {
    Right {
        road: Road,
    },
    Wrong {
        count: Count,
    },
    /// Not looked at; as many as this since the last that was.
    Blocked {
        refused: u32,
    },
}

/// Where a right password leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Road {
    /// To a factor, of which one at least proved itself before.
    Factor,
    /// To a factor; none ever proved itself.
    FirstProof,
    /// To enrolling: there is none.
    Enrol,
    /// In, for as long as the account needs no second factor: it has a waiver.
    Waived,
    /// Nowhere but to the contact person's code: what there is was switched off, and a password alone enrols
    /// nothing beside it.
    Nowhere,
    /// As little: the second factor is set up anew, and the wizard is not open here.
    Abandoned,
}

impl Road {
    /// The same, for who has a waiver: what never proved itself is no factor that could be waived.
    pub(super) const fn waived(self) -> Self {
        match self {
            Self::Factor | Self::Nowhere | Self::Abandoned | Self::Waived => Self::Waived,
            road @ (Self::FirstProof | Self::Enrol) => road,
        }
    }

    /// The road of an account with these factors; `anew` where they are set up anew.
    pub(super) fn of(factors: &[Factor], anew: Option<Standing>) -> Self {
        let closed = factors.iter().any(Factor::closes_enrolment);
        let usable = factors.iter().any(Factor::is_usable);
        match (closed, usable, anew) {
            // Also one that was kept, while another is set up.
            (true, true, _) => Self::Factor,
            (false, _, Some(Standing::Closed)) => Self::Abandoned,
            (true, false, _) => Self::Nowhere,
            (false, true, _) => Self::FirstProof,
            (false, false, _) => Self::Enrol,
        }
    }
}

/// What is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Record {
        account: Option<AccountId>,
        event: audit::Event,
    },
    /// Forget the wrong passwords of this account.
    Forgive(AccountId),
    /// Reopen password log-in and codes, if only a strong factor does.
    Reopen(AccountId),
    /// Note that a factor of this account proved itself, and what it showed.
    Touch {
        account: AccountId,
        factor: FactorId,
        evidence: Evidence,
    },
    /// Have a suspended factor in use again.
    Keep {
        account: AccountId,
        factor: FactorId,
        kind: Kind,
    },
    /// Let the person in.
    LogIn(Login),
    /// Let the person in and end the session that is raised.
    Raise {
        session: SessionId,
        login: Login,
    },
}

/// Why a proof that holds is not enough here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It is somebody else's.
    Stranger,
    /// It says only that somebody is there, and nobody's password was given.
    Touch,
    /// Its owner is setting the second factor up anew.
    Suspended,
}

/// Whether `proof` lets its account in from `state`.
pub(super) fn fits(state: &State, proof: &Proof) -> Result<(), Unfit> {
    match state {
        State::Keeping { account, .. } => match proof.suspended {
            true if *account == proof.account => Ok(()),
            true | false => Err(Unfit::Stranger),
        },
        _ if proof.suspended => Err(Unfit::Suspended),
        State::Started | State::Choosing { .. } | State::ChoosingByCard { .. } => {
            if proof.evidence.suffices_alone() { Ok(()) } else { Err(Unfit::Touch) }
        }
        State::Stranded { account } if *account != proof.account => Err(Unfit::Stranger),
        State::Stranded { .. } if proof.evidence.suffices_alone() => Ok(()),
        State::Stranded { .. } => Err(Unfit::Touch),
        State::PasswordProven { account }
        | State::FirstProof { account }
        | State::Proving { account, .. }
        | State::SteppingUp { account, .. } => {
            if *account == proof.account {
                Ok(())
            } else {
                Err(Unfit::Stranger)
            }
        }
        // The card that was just linked, and nothing else.
        State::Linking { account, .. } => match proof.kind {
            Kind::Card if *account == proof.account => Ok(()),
            Kind::Card | Kind::SecurityKey | Kind::Passkey | Kind::App | Kind::Sms | Kind::Call => {
                Err(Unfit::Stranger)
            }
        },
        State::Over => Err(Unfit::Stranger),
    }
}

/// One step. An event that cannot happen in `state` changes nothing.
pub(super) fn step(state: State, event: Event, now: Time) -> (State, Vec<Effect>) {
    match (state, event) {
        (State::Over, _) => (State::Over, vec![]),
        (state, Event::Refused { kind, account, reason, card }) => {
            let account = account.or_else(|| state.account().cloned());
            let event = audit::Event::FactorRefused { kind, reason, card };
            (state, vec![Effect::Record { account, event }])
        }
        (state, Event::Proven(proof)) => proven(state, proof, now),
        (state, Event::CodeWrong(wrong)) => code_wrong(state, &wrong),
        (state, Event::CodeRefused { code, refused }) => code_refused(state, code, refused),
        (
            State::Started
            | State::PasswordProven { .. }
            | State::FirstProof { .. }
            | State::Stranded { .. }
            | State::Choosing { .. }
            | State::ChoosingByCard { .. },
            Event::Password { account, outcome },
        ) => password(account, outcome, now),
        (
            State::Started
            | State::PasswordProven { .. }
            | State::FirstProof { .. }
            | State::Stranded { .. }
            | State::Choosing { .. }
            | State::ChoosingByCard { .. },
            Event::Several { accounts },
        ) => (State::Choosing { accounts }, vec![]),
        (State::Choosing { accounts }, Event::Chosen { account, road }) => {
            chosen(accounts, (account, road), now)
        }
        (
            State::Started | State::Choosing { .. } | State::ChoosingByCard { .. },
            Event::SeveralLinked { accounts, card },
        ) => (State::ChoosingByCard { accounts, card }, vec![]),
        (State::PasswordProven { account }, Event::Recovered { bound_at }) => {
            (State::Over, vec![Effect::LogIn(recovered(account, bound_at, now))])
        }
        (State::PasswordProven { account } | State::Stranded { account }, Event::Admitted) => {
            (State::Over, vec![Effect::LogIn(to_enrol(account, now))])
        }
        (State::PasswordProven { account }, Event::Mailed) => {
            (State::Over, vec![Effect::LogIn(mailed(account, now))])
        }
        (State::FirstProof { account }, Event::EnrolAnother) => {
            (State::Over, vec![Effect::LogIn(to_enrol(account, now))])
        }
        // What cannot happen there.
        (
            state,
            Event::Password { .. }
            | Event::Several { .. }
            | Event::Chosen { .. }
            | Event::SeveralLinked { .. }
            | Event::Recovered { .. }
            | Event::Admitted
            | Event::Mailed
            | Event::EnrolAnother,
        ) => (state, vec![]),
    }
}

/// One of these accounts goes on as if the password had been right for it alone; another is no choice.
fn chosen(
    accounts: Vec<Fitted>,
    (account, road): (AccountId, Road),
    now: Time,
) -> (State, Vec<Effect>) {
    if accounts.iter().any(|one| one.account == account) {
        password(Some(account), PasswordOutcome::Right { road }, now)
    } else {
        (State::Choosing { accounts }, vec![])
    }
}

/// What a code that was not looked at leads to: one event a pause, which counts how many more there were.
fn code_refused(state: State, code: Code, refused: u32) -> (State, Vec<Effect>) {
    let event = audit::Event::CodeRefused { code };
    let account = state.account().cloned();
    (state, if refused == 1 { vec![Effect::Record { account, event }] } else { vec![] })
}

/// What a wrong code leads to: whatever it closed, it ends the attempt too.
fn code_wrong(state: State, wrong: &Wrong) -> (State, Vec<Effect>) {
    let account = state.account();
    let record = |event| Effect::Record { account: account.cloned(), event };
    let effects = audit::Event::of_wrong_code(wrong).into_iter().map(record).collect();
    (if wrong.closed.is_some() { State::Over } else { state }, effects)
}

fn password(
    account: Option<AccountId>,
    outcome: PasswordOutcome,
    now: Time,
) -> (State, Vec<Effect>) {
    let record = |account, event| Effect::Record { account, event };
    match (outcome, account) {
        (PasswordOutcome::Right { road }, Some(account)) => {
            let mut effects = vec![
                record(Some(account.clone()), audit::Event::PasswordRight),
                Effect::Forgive(account.clone()),
            ];
            match road {
                Road::Factor => (State::PasswordProven { account }, effects),
                Road::FirstProof => (State::FirstProof { account }, effects),
                Road::Nowhere | Road::Abandoned => (State::Stranded { account }, effects),
                Road::Waived => {
                    effects.push(Effect::LogIn(waived(account, now)));
                    (State::Over, effects)
                }
                Road::Enrol => {
                    effects.push(Effect::LogIn(to_enrol(account, now)));
                    (State::Over, effects)
                }
            }
        }
        (PasswordOutcome::Wrong { count }, account) => {
            let event = audit::Event::PasswordWrong { streak: count.streak };
            let mut effects = vec![record(account.clone(), event)];
            if let Some(block) = count.block {
                let event = audit::Event::PasswordBlocked { until: end(block) };
                effects.push(record(account, event));
            }
            (State::Started, effects)
        }
        // One event a block: the count says how many more there were.
        (PasswordOutcome::Blocked { refused: 1 }, account) => {
            (State::Started, vec![record(account, audit::Event::PasswordRefused)])
        }
        (PasswordOutcome::Blocked { .. } | PasswordOutcome::Right { .. }, _) => {
            (State::Started, vec![])
        }
    }
}

/// A visit that can only enrol.
pub(super) fn to_enrol(account: AccountId, now: Time) -> Login {
    Login {
        account,
        scope: Scope::EnrolOnly,
        level: Level::Low,
        proof: Level::Low,
        way: Way::Password,
        proven_at: now,
    }
}

/// A visit under a waiver: it changes no factor, because it proves none.
fn waived(account: AccountId, now: Time) -> Login {
    let (scope, way) = (Scope::Full, Way::Waived);
    Login { account, scope, level: Level::Low, proof: Level::Low, way, proven_at: now }
}

/// One visit by the recovery code: it changes no factor, because it proves no strong one.
fn recovered(account: AccountId, bound_at: Level, now: Time) -> Login {
    let level = bound_at.min(Level::Substantial);
    let (scope, way) = (Scope::Full, Way::PasswordAndRecovery);
    Login { account, scope, level, proof: level, way, proven_at: now }
}

/// One visit by a link to the back-up address: it changes no factor, because it proves none.
fn mailed(account: AccountId, now: Time) -> Login {
    let (scope, way) = (Scope::Full, Way::PasswordAndEmail);
    Login { account, scope, level: Level::Low, proof: Level::Low, way, proven_at: now }
}

/// When a block ends, if it does so by itself.
pub(super) const fn end(block: Block) -> Option<Time> {
    match block {
        Block::Until(end) => Some(end),
        Block::Closed => None,
    }
}

fn proven(state: State, proof: Proof, now: Time) -> (State, Vec<Effect>) {
    if fits(&state, &proof).is_err() {
        return (state, vec![]);
    }
    let level = proof.level();
    let event = audit::Event::FactorProven {
        factor: proof.factor.clone(),
        kind: proof.kind,
        evidence: proof.evidence,
        level,
        card: proof.card.clone(),
    };
    if let State::Keeping { account, .. } = state {
        let Proof { factor, kind, .. } = proof;
        let kept = Effect::Keep { account: account.clone(), factor, kind };
        return (State::Over, vec![Effect::Record { account: Some(account), event }, kept]);
    }
    let way = way(proof.kind, &state);
    let login = |had: Level| Login {
        account: proof.account.clone(),
        scope: Scope::Full,
        level: level.max(had),
        proof: level,
        way,
        proven_at: now,
    };
    let mut effects = vec![
        Effect::Record { account: Some(proof.account.clone()), event },
        Effect::Touch {
            account: proof.account.clone(),
            factor: proof.factor.clone(),
            evidence: proof.evidence,
        },
        Effect::Reopen(proof.account.clone()),
    ];
    effects.push(match state {
        State::SteppingUp { session, level: had, .. } => {
            Effect::Raise { session, login: login(had) }
        }
        State::Proving { session, .. } => Effect::Raise { session, login: login(Level::Low) },
        State::Started
        | State::PasswordProven { .. }
        | State::FirstProof { .. }
        | State::Stranded { .. }
        | State::Keeping { .. }
        | State::Linking { .. }
        | State::Choosing { .. }
        | State::ChoosingByCard { .. }
        | State::Over => Effect::LogIn(login(Level::Low)),
    });
    (State::Over, effects)
}

/// How somebody gets in whose factor of this kind proved itself in `state`.
const fn way(kind: Kind, state: &State) -> Way {
    match (kind, state) {
        (Kind::Card, _) => Way::Card,
        (Kind::App, _) => Way::PasswordAndApp,
        (Kind::Sms, _) => Way::PasswordAndSms,
        (Kind::Call, _) => Way::PasswordAndCall,
        (
            Kind::SecurityKey | Kind::Passkey,
            State::PasswordProven { .. } | State::FirstProof { .. } | State::Proving { .. },
        ) => Way::PasswordAndKey,
        (
            Kind::SecurityKey | Kind::Passkey,
            State::Started
            | State::Stranded { .. }
            | State::SteppingUp { .. }
            | State::Keeping { .. }
            | State::Linking { .. }
            | State::Choosing { .. }
            | State::ChoosingByCard { .. }
            | State::Over,
        ) => Way::Key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
    fn a_password_of_who_has_nothing_that_works_opens_nothing() {
        let stranded = || State::Stranded { account: account(1) };
        for road in [Road::Nowhere, Road::Abandoned] {
            assert_eq!(walk(vec![right(1, road)]), (stranded(), vec![]));
            for more in [
                Event::EnrolAnother,
                Event::Recovered { bound_at: Level::High },
                Event::Proven(proof(1, Evidence::Touch, Level::High)),
                Event::Proven(proof(1, Evidence::Code, Level::High)),
                Event::Proven(proof(2, Evidence::VerifiedDevice, Level::High)),
            ] {
                assert_eq!(walk(vec![right(1, road), more]), (stranded(), vec![]));
            }
        }
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
            let events =
                vec![right(1, Road::Factor), Event::Proven(proof(1, evidence, Level::High))];
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
}
