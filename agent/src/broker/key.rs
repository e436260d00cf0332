//! Logging in and enrolling with a security key: in which order server, person and key are asked.
//!
//! A visit that can enrol is ended whatever comes of it. What a key is asked in CTAP2 and U2F is
//! decided in [`crate::tokens::fido`].

use super::choice;
use crate::consent;
use crate::secret::Secret;
use crate::server::choice::{AfterPassword, Organisation};
use crate::server::{self, Attempt, Done, Factor, Kind};
use crate::tokens::fido;
use crate::webauthn::{
    AuthenticationResponse, CreationOptions, RegistrationResponse, RequestOptions, Wish,
};

/// Why a log-in or an enrolment did not come about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The key, or the way to it.
    #[error("security key")]
    Key(#[from] fido::error::Error),
    /// The server, or the way to it.
    #[error("server")]
    Server(#[from] server::Error),
    /// Nobody could be asked.
    #[error("consent")]
    Consent(#[from] consent::Error),
    /// Of several organisations none was chosen, or not the one that was named.
    #[error("choice")]
    Choice(#[from] choice::Error),
    /// The person turned the question down.
    #[error("declined")]
    Declined,
    /// The account has no second factor yet, so it cannot log in with one.
    #[error("no factor is enrolled yet")]
    NothingEnrolled,
    /// The account has factors, but no key among them that the agent could use.
    #[error("no security key is among the ways to log in")]
    NoKeyAmongWays,
}

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// To log in: after the password of this user name, or with a passkey alone.
    LogIn(Option<String>),
    /// To prove who they are, for a visit that can enrol: with the password of this user name, and
    /// with a key where the account has one.
    Prove(String),
    /// The same, and then to enrol a key.
    Enrol(String, Wanted),
}

impl Goal {
    fn username(&self) -> Option<&str> {
        match self {
            Self::LogIn(username) => username.as_deref(),
            Self::Prove(username) | Self::Enrol(username, _) => Some(username),
        }
    }
}

/// A factor to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Which kind.
    pub kind: Kind,
    /// What it is to be called.
    pub name: String,
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// A log-in.
    LoggedIn(Done),
    /// A proof: the code of the log-in.
    Proven(Secret),
    /// A new factor.
    Enrolled(Factor),
}

/// A visit that can enrol.
#[derive(Debug, Clone)]
pub struct Visit {
    session: Secret,
    wanted: Wanted,
    /// How often another key may still be asked for.
    others: u8,
}

/// Where the ceremony is.
#[derive(Debug)]
pub enum State {
    /// The server begins a log-in.
    Beginning(Goal),
    /// The person is asked for the password.
    Asking(Goal, Attempt),
    /// The server looks at the password.
    Checking(Goal, Attempt),
    /// One of several organisations is being chosen.
    Choosing(Goal, Attempt),
    /// The server goes on at the one that was chosen.
    Settling(Goal, Attempt),
    /// The person is told that a key is needed before another is added.
    Telling(Goal, Attempt),
    /// The server says what a key is to sign.
    Preparing(Goal, Attempt),
    /// The key signs.
    Signing(Goal, Attempt),
    /// The server looks at the signature.
    LoggingIn(Goal),
    /// The server makes a session for the enrolment.
    Opening(Wanted),
    /// The server says what credential is to be made.
    Planning(Visit),
    /// The key makes it.
    Making(Visit),
    /// The person is asked for another key.
    Changing(Visit),
    /// The server takes the credential up.
    Enrolling(Visit),
    /// The server ends the session.
    Leaving(Result<Factor, Error>),
}

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// The server began a log-in.
    Begun(Attempt),
    /// The person typed the password.
    Typed(Secret),
    /// The server took the password, or the choice.
    Checked(AfterPassword),
    /// One of several organisations was chosen.
    Chose(Organisation),
    /// The person was told.
    Told,
    /// The server said what is to be signed.
    ToSign(RequestOptions),
    /// The key signed.
    Signed(Box<AuthenticationResponse>),
    /// The server took the signature.
    LoggedIn(Done),
    /// The server made a session.
    Opened(Secret),
    /// The server said what is to be made.
    ToMake(Box<CreationOptions>),
    /// The key made it.
    Made(Box<RegistrationResponse>),
    /// The person agreed.
    Agreed,
    /// The person stopped.
    Declined,
    /// The server took the credential up.
    Enrolled(Factor),
    /// The session has ended, or the server is gone.
    Left,
    /// What was to be done could not be done.
    Failed(Error),
}

/// Something to do; its outcome comes back as an [`Event`].
#[derive(Debug)]
pub enum Effect {
    /// Have the server begin a log-in.
    Begin,
    /// Ask for the password of a user name.
    AskPassword(String),
    /// Have the server look at it.
    CheckPassword(Attempt, String, Secret),
    /// Have one of several organisations chosen.
    Choose(Vec<Organisation>),
    /// Have the server go on at that one.
    Settle(Attempt, Organisation),
    /// Tell the person to use the key they have first.
    TellToProve,
    /// Ask the server what is to be signed.
    AskWhatToSign(Attempt),
    /// Have a key sign.
    Sign(RequestOptions, Needs, Reach),
    /// Have the server look at the signature.
    LogIn(Attempt, Box<AuthenticationResponse>),
    /// Make a session of the code of a log-in.
    Open(Secret),
    /// Ask the server what is to be made.
    AskWhatToMake(Secret, Wanted),
    /// Have a key make a credential.
    Make(Box<CreationOptions>, Needs),
    /// Ask for another key than the one that is there.
    AskForAnother,
    /// Have the server take the credential up under a name.
    Enrol(Secret, Box<RegistrationResponse>, String),
    /// End the session.
    Leave(Secret),
}

/// Where an event leads.
#[derive(Debug)]
pub enum Step {
    /// To another state, with something to do.
    Go(State, Effect),
    /// To the end.
    End(Result<Outcome, Error>),
}

/// What a key must be able to do to be asked at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Verification or a passkey: a key that only speaks U2F cannot serve.
    Ctap2,
    /// Any key.
    Nothing,
}

/// Where a key is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Where the person said.
    Named,
    /// Wherever keys can be: what the person said is of another key, the new one.
    Everywhere,
}

/// How often another key is asked for where the one that is there is enrolled already.
const OTHER_KEYS: u8 = 3;

/// Where `event` leads from `state`. No rule here looks at the time.
///
/// An event that cannot happen in a state ends the ceremony as if the person had stopped.
#[must_use]
pub fn step(state: State, event: Event) -> Step {
    use {Effect as Do, Event as On, State as In};
    match (state, event) {
        (In::Beginning(goal), On::Begun(attempt)) => begun(goal, attempt),
        (In::Asking(goal, attempt), On::Typed(password)) => {
            let username = goal.username().unwrap_or_default().to_owned();
            let check = Do::CheckPassword(attempt.clone(), username, password);
            Step::Go(In::Checking(goal, attempt), check)
        }
        (In::Checking(goal, attempt) | In::Settling(goal, attempt), On::Checked(after)) => {
            checked(goal, attempt, after)
        }
        (In::Choosing(goal, attempt), On::Chose(organisation)) => {
            let settle = Do::Settle(attempt.clone(), organisation);
            Step::Go(In::Settling(goal, attempt), settle)
        }
        (In::Telling(goal, attempt), On::Told) => prepare(goal, attempt),
        (In::Preparing(goal, attempt), On::ToSign(options)) => {
            let (needs, reach) = (needs_of_request(&options), reach(&goal));
            Step::Go(In::Signing(goal, attempt), Do::Sign(options, needs, reach))
        }
        (In::Signing(goal, attempt), On::Signed(signed)) => {
            Step::Go(In::LoggingIn(goal), Do::LogIn(attempt, signed))
        }
        (In::LoggingIn(goal), On::LoggedIn(done)) => logged_in(goal, done),
        (In::Opening(wanted), On::Opened(session)) => {
            plan(Visit { session, wanted, others: OTHER_KEYS })
        }
        (In::Planning(visit), On::ToMake(options)) => {
            let needs = needs_of_creation(&options);
            Step::Go(In::Making(visit), Do::Make(options, needs))
        }
        (In::Making(visit), On::Made(made)) => {
            let enrol = Do::Enrol(visit.session.clone(), made, visit.wanted.name.clone());
            Step::Go(In::Enrolling(visit), enrol)
        }
        // Who proved with one key most likely still has that one in.
        (In::Making(visit), On::Failed(Error::Key(fido::error::Error::Excluded)))
            if visit.others > 0 =>
        {
            let others = visit.others - 1;
            Step::Go(In::Changing(Visit { others, ..visit }), Do::AskForAnother)
        }
        (In::Changing(visit), On::Agreed) => plan(visit),
        (In::Enrolling(visit), On::Enrolled(factor)) => leave(visit, Ok(factor)),
        (In::Leaving(result), On::Left | On::Failed(_)) => Step::End(result.map(Outcome::Enrolled)),
        (state, event) => end(state, event),
    }
}

fn begun(goal: Goal, attempt: Attempt) -> Step {
    match goal.username().map(str::to_owned) {
        Some(username) => Step::Go(State::Asking(goal, attempt), Effect::AskPassword(username)),
        None => prepare(goal, attempt),
    }
}

fn checked(goal: Goal, attempt: Attempt, after: AfterPassword) -> Step {
    match (after, goal) {
        (AfterPassword::EnrolOnly { .. }, Goal::LogIn(_)) => Step::End(Err(Error::NothingEnrolled)),
        (AfterPassword::EnrolOnly { code }, Goal::Prove(_)) => Step::End(Ok(Outcome::Proven(code))),
        (AfterPassword::EnrolOnly { code }, Goal::Enrol(_, wanted)) => open(code, wanted),
        (AfterPassword::Factor { ways }, goal) if has_key(&ways) => match goal {
            Goal::LogIn(_) => prepare(goal, attempt),
            Goal::Prove(_) | Goal::Enrol(..) => {
                Step::Go(State::Telling(goal, attempt), Effect::TellToProve)
            }
        },
        (AfterPassword::Factor { .. }, _) => Step::End(Err(Error::NoKeyAmongWays)),
        (AfterPassword::Done(done), goal) => logged_in(goal, done),
        (AfterPassword::Choose { organisations }, goal) => {
            Step::Go(State::Choosing(goal, attempt), Effect::Choose(organisations))
        }
    }
}

fn prepare(goal: Goal, attempt: Attempt) -> Step {
    let ask = Effect::AskWhatToSign(attempt.clone());
    Step::Go(State::Preparing(goal, attempt), ask)
}

fn logged_in(goal: Goal, done: Done) -> Step {
    match goal {
        Goal::LogIn(_) => Step::End(Ok(Outcome::LoggedIn(done))),
        Goal::Prove(_) => Step::End(Ok(Outcome::Proven(done.code))),
        Goal::Enrol(_, wanted) => open(done.code, wanted),
    }
}

fn open(code: Secret, wanted: Wanted) -> Step {
    Step::Go(State::Opening(wanted), Effect::Open(code))
}

fn plan(visit: Visit) -> Step {
    let ask = Effect::AskWhatToMake(visit.session.clone(), visit.wanted.clone());
    Step::Go(State::Planning(visit), ask)
}

fn leave(visit: Visit, result: Result<Factor, Error>) -> Step {
    Step::Go(State::Leaving(result), Effect::Leave(visit.session))
}

/// Ends what cannot go on; a visit is left first.
fn end(state: State, event: Event) -> Step {
    let error = match event {
        Event::Failed(error) => error,
        Event::Begun(_)
        | Event::Typed(_)
        | Event::Checked(_)
        | Event::Chose(_)
        | Event::Told
        | Event::ToSign(_)
        | Event::Signed(_)
        | Event::LoggedIn(_)
        | Event::Opened(_)
        | Event::ToMake(_)
        | Event::Made(_)
        | Event::Agreed
        | Event::Declined
        | Event::Enrolled(_)
        | Event::Left => Error::Declined,
    };
    match state {
        State::Planning(visit)
        | State::Making(visit)
        | State::Changing(visit)
        | State::Enrolling(visit) => leave(visit, Err(error)),
        State::Beginning(_)
        | State::Asking(..)
        | State::Checking(..)
        | State::Choosing(..)
        | State::Settling(..)
        | State::Telling(..)
        | State::Preparing(..)
        | State::Signing(..)
        | State::LoggingIn(_)
        | State::Opening(_)
        | State::Leaving(_) => Step::End(Err(error)),
    }
}

fn reach(goal: &Goal) -> Reach {
    match goal {
        Goal::LogIn(_) => Reach::Named,
        Goal::Prove(_) | Goal::Enrol(..) => Reach::Everywhere,
    }
}

fn needs_of_request(options: &RequestOptions) -> Needs {
    let verified = options.user_verification == Wish::Required;
    if verified || options.allow_credentials.is_empty() { Needs::Ctap2 } else { Needs::Nothing }
}

fn needs_of_creation(options: &CreationOptions) -> Needs {
    let asked = &options.authenticator_selection;
    let verified = asked.user_verification == Wish::Required;
    if verified || asked.passkey() == Wish::Required { Needs::Ctap2 } else { Needs::Nothing }
}

fn has_key(ways: &[String]) -> bool {
    ways.iter().any(|way| way == "security_key" || way == "passkey")
}

/// Carries out what the ceremony asks.
pub trait Surroundings {
    /// Does `effect` and says what came of it.
    ///
    /// Errors: it could not be done.
    fn carry_out(&mut self, effect: Effect) -> Result<Event, Error>;
}

/// Runs the ceremony to its end.
///
/// Errors: [`Error`].
pub fn run(goal: Goal, around: &mut dyn Surroundings) -> Result<Outcome, Error> {
    let (mut state, mut effect) = (State::Beginning(goal), Effect::Begin);
    loop {
        let event = around.carry_out(effect).unwrap_or_else(Event::Failed);
        match step(state, event) {
            Step::Go(next, asked) => (state, effect) = (next, asked),
            Step::End(result) => return result,
        }
    }
}

#[cfg(test)]
mod tests;
