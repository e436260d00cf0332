//! The flow of a log-in, pure: a state and an event give the next state and what is to be done.

mod event;
mod state;
#[cfg(test)]
mod tests;

pub(super) use self::event::{Effect, Event, PasswordOutcome, Road};
pub(super) use self::state::{Fitted, Linked, State};

use crate::audit;
use crate::clock::Time;
use crate::factors::{Kind, Level, Proof};
use crate::id::AccountId;
use crate::lockout::Block;
use crate::lockout::codes::{Code, Wrong};
use crate::sessions::{Login, Scope, Way};

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
                // Where all of it was switched off, what helps who lost it goes on.
                Road::Factor | Road::Nowhere => (State::PasswordProven { account }, effects),
                Road::FirstProof => (State::FirstProof { account }, effects),
                Road::Abandoned => (State::Stranded { account }, effects),
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
