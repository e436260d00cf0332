//! The one request that a key works on, also while it waits for the person who holds it.

use std::mem;

use wire::apdu;

use super::{
    authenticator::{Arrival, Authenticator},
    holder::Outcome,
    profiles::Transport,
};
use crate::device::Time;

/// The key behind its framings.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(super) authenticator: Authenticator,
    waiting: Option<Waiting>,
}

/// A request that has left no trace yet: it is done anew when the person has reacted.
#[derive(Debug, Clone)]
struct Waiting {
    request: Vec<u8>,
    arrival: Arrival,
}

impl Session {
    pub(super) fn new(authenticator: Authenticator) -> Self {
        Self { authenticator, waiting: None }
    }

    /// The answer to a CTAP2 request, or none as long as it waits for the person. A request that
    /// still waits is given up.
    pub(super) fn ctap2(&mut self, request: Vec<u8>, arrival: Arrival) -> Option<Vec<u8>> {
        self.abort(arrival.now);
        self.authenticator.holder.begin(arrival.now);
        self.run(Waiting { request, arrival })
    }

    /// The answer to a U2F command, which never waits: its host asks again.
    pub(super) fn u2f(&mut self, command: &apdu::Command, now: Time) -> apdu::Response {
        self.abort(now);
        self.authenticator.u2f(command, now)
    }

    fn run(&mut self, work: Waiting) -> Option<Vec<u8>> {
        let before = self.authenticator.holder.may_wait().then(|| self.authenticator.clone());
        let answer = self.authenticator.ctap2(&work.request, work.arrival);
        let Some(before) = before.filter(|_| self.authenticator.holder.waits()) else {
            return Some(answer);
        };
        let undone = mem::replace(&mut self.authenticator, before);
        self.authenticator.holder = undone.holder;
        self.waiting = Some(work);
        None
    }

    /// Where the request came in that waits.
    pub(super) fn waits_on(&self) -> Option<Transport> {
        self.waiting.as_ref().map(|waiting| waiting.arrival.transport)
    }

    /// When the waiting ends by itself.
    pub(super) fn due(&self) -> Option<Time> {
        self.waiting.as_ref()?;
        self.authenticator.holder.due().map(|(at, _)| at)
    }

    /// Lets time reach `now`: the answer to the request that waited, where it comes by then.
    pub(super) fn tick(&mut self, now: Time) -> Option<Vec<u8>> {
        let (at, outcome) = self.authenticator.holder.due().filter(|(at, _)| *at <= now)?;
        self.resume(outcome, at)
    }

    /// The answer as if all the time that it takes had passed.
    pub(super) fn settle(&mut self) -> Option<Vec<u8>> {
        while let Some((at, outcome)) = self.authenticator.holder.due() {
            if let Some(answer) = self.resume(outcome, at) {
                return Some(answer);
            }
        }
        None
    }

    /// The host takes back the request that waits; the answer that it gets.
    pub(super) fn cancel(&mut self, now: Time) -> Option<Vec<u8>> {
        let answer = self.resume(Outcome::Cancelled, now);
        debug_assert!(self.waiting.is_none(), "a command asks no more after a refusal");
        answer
    }

    /// The host is gone: what the request did until it waited stays done, its answer is dropped.
    pub(super) fn abort(&mut self, now: Time) {
        drop(self.cancel(now));
    }

    /// Power was cut and came back.
    pub(super) fn power_cycle(&mut self, now: Time) {
        self.abort(now);
        self.authenticator.power_cycle(now);
    }

    fn resume(&mut self, outcome: Outcome, at: Time) -> Option<Vec<u8>> {
        let work = self.waiting.take()?;
        self.authenticator.holder.again(outcome, at);
        self.run(work)
    }
}
