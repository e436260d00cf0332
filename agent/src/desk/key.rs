//! The broker's key ceremony with a real server, a real person and a real key.

use std::time::Duration;

use super::choice::Choosing;
use super::person::Holder;
use crate::broker::key::{
    Effect, Error, Event, Goal, Needs, Outcome, Reach, Surroundings, Wanted, run,
};
use crate::cancel::Cancel;
use crate::consent::Prompt;
use crate::lang::key::{Notice, another, password};
use crate::language::Language;
use crate::secret::Secret;
use crate::server::{self, Client, Done, Factor, Kind, Session};
use crate::tokens::fido;
use crate::tokens::fido::ceremony::{Ceremony, SystemRandom};
use crate::tokens::fido::link::{Link, Protocols, Seen};
use crate::tokens::fido::preflight::Sought;
use crate::tokens::fido::select::{entrants, first_of};
use crate::tokens::fido::watch::{Arrivals, Places};

/// All that a log-in with a key needs of the world.
pub(crate) struct Desk<'a> {
    /// The server.
    pub(crate) client: &'a Client,
    /// The person, for what is asked.
    pub(crate) prompt: &'a mut dyn Prompt,
    /// The person, for what needs no answer.
    pub(crate) tell: &'a dyn Fn(&str),
    /// The person's language.
    pub(crate) language: Language,
    /// A wish to stop.
    pub(crate) cancel: &'a Cancel,
    /// How long a key is waited for, and a touch.
    pub(crate) wait: Duration,
    /// Where the key is, as far as the person said.
    pub(crate) places: Places,
    /// How one of several organisations is chosen.
    pub(crate) choosing: Choosing,
}

/// Makes a session of the code of a log-in.
type Open<'o> = &'o dyn Fn(&Secret) -> Result<Session, server::Error>;

impl Desk<'_> {
    /// Logs in with a key: after the password of `username`, or with a passkey alone.
    ///
    /// Errors: [`Error`].
    pub(crate) fn log_in(
        &mut self,
        username: Option<&str>,
        challenge: &str,
    ) -> Result<Done, Error> {
        match self.run(Goal::LogIn(username.map(str::to_owned)), challenge, &no_visit)? {
            Outcome::LoggedIn(done) => Ok(done),
            Outcome::Proven(_) | Outcome::Enrolled(_) => Err(Error::Declined),
        }
    }

    /// Has `username` prove who it is, for a visit that can enrol. Gives the code of the log-in.
    ///
    /// Errors: [`Error`].
    pub(crate) fn prove(&mut self, username: &str, challenge: &str) -> Result<Secret, Error> {
        match self.run(Goal::Prove(username.to_owned()), challenge, &no_visit)? {
            Outcome::Proven(code) => Ok(code),
            Outcome::LoggedIn(_) | Outcome::Enrolled(_) => Err(Error::Declined),
        }
    }

    /// Enrols a key for `username`, whose session `visit` makes from a log-in code.
    ///
    /// A person who has a factor already uses a key once before; who has none needs only the
    /// password. Errors: [`Error`].
    pub(crate) fn enrol(
        &mut self,
        username: &str,
        challenge: &str,
        kind: Kind,
        name: &str,
        visit: Open<'_>,
    ) -> Result<Factor, Error> {
        let wanted = Wanted { kind, name: name.to_owned() };
        match self.run(Goal::Enrol(username.to_owned(), wanted), challenge, visit)? {
            Outcome::Enrolled(factor) => Ok(factor),
            Outcome::LoggedIn(_) | Outcome::Proven(_) => Err(Error::Declined),
        }
    }

    fn run(&mut self, goal: Goal, challenge: &str, open: Open<'_>) -> Result<Outcome, Error> {
        run(goal, &mut AtDesk { desk: self, challenge, open })
    }

    /// Finds the key that is `sought` in `places`, holds it open for `run` only.
    fn ceremony<T>(
        &mut self,
        places: Places,
        needs: Needs,
        sought: &Sought<'_>,
        run: impl FnOnce(Ceremony<'_>) -> Result<T, fido::error::Error>,
    ) -> Result<T, Error> {
        let host = self.client.origin().host();
        let (prompt, tell, cancel) = (&mut *self.prompt, self.tell, self.cancel);
        let mut holder = Holder::new(prompt, tell, self.language, cancel, self.wait, host);
        let mut link = find(places, needs, sought, &mut holder)?;
        let (link, random) = (link.as_mut(), &mut SystemRandom);
        let done = run(Ceremony { link, person: &mut holder, random });
        match holder.failed() {
            Some(failed) => Err(failed.into()),
            None => Ok(done?),
        }
    }
}

/// A desk during one ceremony.
struct AtDesk<'d, 'a> {
    desk: &'d mut Desk<'a>,
    challenge: &'d str,
    open: Open<'d>,
}

impl Surroundings for AtDesk<'_, '_> {
    fn carry_out(&mut self, effect: Effect) -> Result<Event, Error> {
        let (client, language) = (self.desk.client, self.desk.language);
        Ok(match effect {
            Effect::Begin => Event::Begun(client.attempt(self.challenge)?),
            Effect::AskPassword(username) => {
                let ask = password(client.origin(), &username, language);
                self.desk.prompt.pin(&ask)?.map_or(Event::Declined, Event::Typed)
            }
            Effect::CheckPassword(attempt, username, typed) => {
                Event::Checked(client.password(&attempt, &username, &typed)?)
            }
            Effect::Choose(offered) => Event::Chose(self.desk.choose(&offered)?),
            Effect::Settle(attempt, organisation) => {
                Event::Checked(client.choose_by_password(&attempt, &organisation)?)
            }
            Effect::TellToProve => {
                (self.desk.tell)(&Notice::ProveFirst.text(language));
                Event::Told
            }
            Effect::AskWhatToSign(attempt) => Event::ToSign(client.login_options(&attempt)?),
            Effect::Sign(options, needs, reach) => {
                let origin = client.origin();
                let sought = Sought::to_sign(&options, origin)?;
                let places = match reach {
                    Reach::Named => self.desk.places,
                    Reach::Everywhere => Places::Both,
                };
                let sign = |ceremony: Ceremony<'_>| ceremony.authenticate(&options, origin);
                Event::Signed(Box::new(self.desk.ceremony(places, needs, &sought, sign)?))
            }
            Effect::LogIn(attempt, signed) => Event::LoggedIn(client.login(&attempt, &signed)?),
            Effect::Open(code) => {
                Event::Opened(self.desk.at_the_named((self.open)(&code)?)?.session)
            }
            Effect::AskWhatToMake(session, Wanted { kind, name }) => {
                Event::ToMake(Box::new(client.enrol_options(&session, kind, &name)?))
            }
            Effect::Make(options, needs) => {
                let origin = client.origin();
                let sought = Sought::to_make(&options, origin)?;
                let make = |ceremony: Ceremony<'_>| ceremony.register(&options, origin);
                Event::Made(Box::new(self.desk.ceremony(self.desk.places, needs, &sought, make)?))
            }
            Effect::AskForAnother => {
                match self.desk.prompt.confirm(&another(self.desk.places, language))? {
                    true => Event::Agreed,
                    false => Event::Declined,
                }
            }
            Effect::Enrol(session, made, name) => {
                Event::Enrolled(client.enrol(&session, &made, &name)?)
            }
            Effect::Leave(session) => {
                // The visit was only for this. A server that is gone ends it by itself.
                let _ = client.logout(&session);
                Event::Left
            }
        })
    }
}

/// For goals that open no visit.
fn no_visit(_: &Secret) -> Result<Session, server::Error> {
    Err(server::Error::Malformed("a visit that nobody asked for".into()))
}

/// Waits for a key and opens it; of several, the one that the person chooses.
fn find(
    places: Places,
    needs: Needs,
    sought: &Sought<'_>,
    holder: &mut Holder<'_>,
) -> Result<Box<dyn Link>, fido::error::Error> {
    let (until, cancel) = holder.wait();
    let mut arrivals = Arrivals::listen(places)?;
    let keys = arrivals.keys(until, cancel, || holder.tell(&Notice::Bring(places)))?;
    let mut keys = sought.narrow(able(keys, needs), holder)?;
    if keys.len() > 1 {
        let names = |key: &Seen| (key.name.clone(), key.link.transport());
        holder.tell(&Notice::Choose(keys.iter().map(names).collect()));
        return Ok(first_of(entrants(keys, arrivals.taps()), holder)?.link);
    }
    keys.pop().map(|key| key.link).ok_or(fido::error::Error::Removed)
}

/// The keys that can serve at all; where none can, all of them, which say themselves why not.
fn able(keys: Vec<Seen>, needs: Needs) -> Vec<Seen> {
    let serves = |key: &Seen| needs == Needs::Nothing || key.link.protocols() != Protocols::U2f;
    let (able, others): (Vec<_>, Vec<_>) = keys.into_iter().partition(serves);
    if able.is_empty() { others } else { able }
}
