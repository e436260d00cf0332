//! What may follow what, in the life of a sending; pure.

use super::{Reply, Seen, State};

impl State {
    /// How far that is. A sending goes to a higher stage only, and from the highest nowhere.
    pub(super) const fn stage(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::Accepted => 1,
            Self::Ringing => 2,
            Self::Answered => 3,
            Self::Delivered | Self::Busy | Self::NoAnswer | Self::HungUp | Self::Failed => SETTLED,
        }
    }

    /// Whether nothing more can come of it.
    pub const fn is_settled(self) -> bool {
        self.stage() == SETTLED
    }

    /// As the database keeps it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Ringing => "ringing",
            Self::Answered => "answered",
            Self::Delivered => "delivered",
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::HungUp => "hung_up",
            Self::Failed => "failed",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        ALL.into_iter().find(|state| state.name() == name)
    }
}

impl Reply {
    /// As the database keeps it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Over => "over",
            Self::Fraud => "fraud",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        let all = [Self::Right, Self::Wrong, Self::Over, Self::Fraud];
        all.into_iter().find(|reply| reply.name() == name)
    }
}

/// What a sending has become when this was seen; keys are another matter.
pub(super) const fn became(seen: &Seen) -> Option<State> {
    match seen {
        Seen::Accepted => Some(State::Accepted),
        Seen::Delivered => Some(State::Delivered),
        Seen::Ringing => Some(State::Ringing),
        Seen::Answered => Some(State::Answered),
        Seen::Busy => Some(State::Busy),
        Seen::NoAnswer => Some(State::NoAnswer),
        Seen::HungUp => Some(State::HungUp),
        Seen::Failed => Some(State::Failed),
        Seen::Keyed(_) | Seen::Hash => None,
    }
}

/// The stage from which nothing follows.
pub(super) const SETTLED: i64 = 4;

pub(super) const ALL: [State; 9] = [
    State::Waiting,
    State::Accepted,
    State::Ringing,
    State::Answered,
    State::Delivered,
    State::Busy,
    State::NoAnswer,
    State::HungUp,
    State::Failed,
];
