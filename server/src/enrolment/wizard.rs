//! The wizard, pure: where somebody stands who sets up a second factor, and what follows from what they do.
//!
//! Nothing is kept of it: where somebody stands follows from the session, the factors and the recovery code
//! of the account, so that a wizard that was left half-way is never something else than what there is. Step
//! 1 only says what comes; no state is needed for it.

use crate::factors::{Factor, Kind};
use crate::id::FactorId;
use crate::recovery::run::Status;
use crate::sessions::Session;

/// Where somebody stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Step 2: there is only a password, and something is to be chosen.
    Choosing,
    /// Step 2: this was enrolled, and counts once it has proven itself.
    Proving(FactorId),
    /// Step 3: the first factor has proven itself in this session; a recovery code is to be made.
    Making,
    /// Step 3: the code was shown; its owner is to show to have it.
    Keeping,
    /// There is no wizard in this session, or it is done.
    Over,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Something was enrolled that has not proven itself yet.
    Enrolled(FactorId),
    /// Something proved itself, of this kind.
    Proven(Kind),
    /// The person goes on without, while that is possible.
    Skipped,
    /// A recovery code was made and is shown.
    CodeMade,
    /// Its owner typed it back.
    CodeKept,
}

/// What is to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Let into all of the account: password and factor are two.
    LetIn,
    /// Let in at `low`, as long as that is possible, and tell the person.
    LetInWithout,
    /// Nothing enrolled before it stays that never proved itself.
    DropUnproven,
}

impl State {
    /// Where whoever has `session` stands, with these factors and this recovery code.
    pub fn of(session: &Session, factors: &[Factor], code: Status) -> Self {
        if session.login.by_password_alone() {
            if factors.iter().any(Factor::closes_enrolment) {
                return Self::Over;
            }
            let enrolled = factors.iter().find(|factor| factor.is_usable());
            return enrolled.map_or(Self::Choosing, |factor| Self::Proving(factor.id.clone()));
        }
        let first = factors.iter().filter_map(|factor| factor.proven_at).min();
        if first.is_none_or(|first| first < session.created_at) {
            return Self::Over;
        }
        match code {
            Status::Missing => Self::Making,
            Status::Unconfirmed(_) => Self::Keeping,
            Status::NotYet | Status::Kept(_) => Self::Over,
        }
    }

    /// The step that is shown for it: of what is left of the wizard, and nothing outside it.
    pub const fn step(&self) -> Option<Step> {
        match self {
            Self::Choosing | Self::Proving(_) => Some(Step::Factor),
            Self::Making | Self::Keeping => Some(Step::RecoveryCode),
            Self::Over => None,
        }
    }
}

/// The steps as people see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// 1: what it is for.
    Introduction,
    /// 2: choosing and proving something to log in with.
    Factor,
    /// 3: the recovery code.
    RecoveryCode,
}

impl Step {
    /// All, in their order.
    pub const ALL: [Self; 3] = [Self::Introduction, Self::Factor, Self::RecoveryCode];
}

/// One step. An event that cannot happen in `state` changes nothing.
pub fn step(state: State, event: Event) -> (State, Vec<Effect>) {
    match (state, event) {
        (State::Choosing | State::Proving(_), Event::Enrolled(factor)) => {
            (State::Proving(factor), vec![Effect::DropUnproven])
        }
        (State::Choosing | State::Proving(_), Event::Proven(kind)) => (State::Making, proven(kind)),
        // It goes on where it was, whenever the person likes.
        (state @ (State::Choosing | State::Proving(_)), Event::Skipped) => {
            (state, vec![Effect::LetInWithout])
        }
        (State::Making | State::Keeping, Event::CodeMade) => (State::Keeping, vec![]),
        (State::Keeping, Event::CodeKept) => (State::Over, vec![]),
        (state @ (State::Choosing | State::Proving(_)), Event::CodeMade | Event::CodeKept)
        | (
            state @ (State::Making | State::Keeping),
            Event::Enrolled(_) | Event::Proven(_) | Event::Skipped,
        )
        | (state @ State::Making, Event::CodeKept)
        | (state @ State::Over, _) => (state, vec![]),
    }
}

/// What follows from a first proof.
fn proven(kind: Kind) -> Vec<Effect> {
    match kind {
        // Enrolled by the same code that proves it.
        Kind::App | Kind::Sms | Kind::Call => vec![Effect::DropUnproven, Effect::LetIn],
        Kind::SecurityKey | Kind::Passkey | Kind::Card => vec![Effect::LetIn],
    }
}

#[cfg(test)]
mod table;
#[cfg(test)]
mod tests;
