//! Logging in and enrolling with a security key: finds the key, asks the person, asks the server.

use std::time::{Duration, Instant};

use crate::cancel::{Cancel, Guard, Waited};
use crate::consent::{self, Prompt};
use crate::lang::Language;
use crate::lang::key::{Notice, another, last_try, password, pin, which};
use crate::secret::Secret;
use crate::server::{self, AfterPassword, Attempt, Client, Done, Factor, Kind};
use crate::tokens::fido::ceremony::{Ceremony, SystemRandom};
use crate::tokens::fido::link::{Flow, Link, Person, PinAsk, Protocols, Watch};
use crate::tokens::fido::{self, hid, nfc, select, watch};
use crate::webauthn::{CreationOptions, RequestOptions, Wish};

/// How often another key is asked for where the one that is there is enrolled already.
const OTHER_KEYS: u32 = 3;

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

/// Where a key is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Plugged in.
    Usb,
    /// On a reader.
    Nfc,
}

/// All that a log-in with a key needs of the world.
pub struct Desk<'a> {
    /// The server.
    pub client: &'a Client,
    /// The person, for what is asked.
    pub prompt: &'a mut dyn Prompt,
    /// The person, for what needs no answer.
    pub tell: &'a dyn Fn(&str),
    /// The person's language.
    pub language: Language,
    /// A wish to stop.
    pub cancel: &'a Cancel,
    /// How long a key is waited for, and a touch.
    pub wait: Duration,
    /// Where the key is.
    pub place: Place,
}

impl Desk<'_> {
    /// Logs in with a key: after the password of `username`, or with a passkey alone.
    ///
    /// Errors: [`Error`].
    pub fn log_in(&mut self, username: Option<&str>, challenge: &str) -> Result<Done, Error> {
        let attempt = self.client.attempt(challenge)?;
        if let Some(username) = username {
            match self.password(&attempt, username)? {
                AfterPassword::Factor { ways } => has_key(&ways)?,
                AfterPassword::EnrolOnly { .. } => return Err(Error::NothingEnrolled),
            }
        }
        self.sign(&attempt)
    }

    /// Enrols a key for `username`, whose session `visit` makes from a log-in code.
    ///
    /// A person who has a factor already uses a key once before; who has none needs only the
    /// password. Errors: [`Error`].
    pub fn enrol(
        &mut self,
        username: &str,
        challenge: &str,
        kind: Kind,
        name: &str,
        visit: impl FnOnce(&Secret) -> Result<Secret, server::Error>,
    ) -> Result<Factor, Error> {
        let code = self.prove(username, challenge)?;
        let mut others = OTHER_KEYS;
        let session = visit(&code)?;
        let enrolled = loop {
            match self.make(&session, kind, name) {
                // Who proved with one key most likely still has that one in.
                Err(Error::Key(fido::error::Error::Excluded)) if others > 0 => {
                    others -= 1;
                    match self.prompt.confirm(&another(self.language)) {
                        Ok(true) => {}
                        Ok(false) => break Err(Error::Declined),
                        Err(error) => break Err(error.into()),
                    }
                }
                done => break done,
            }
        };
        // The visit was only for this. A server that is gone ends it by itself.
        let _ = self.client.logout(&session);
        enrolled
    }

    /// Has `username` prove who it is, for a visit that can enrol: with the password, and with a
    /// key where there is one. Gives the code of the log-in.
    ///
    /// Errors: [`Error`].
    pub fn prove(&mut self, username: &str, challenge: &str) -> Result<Secret, Error> {
        let attempt = self.client.attempt(challenge)?;
        match self.password(&attempt, username)? {
            AfterPassword::EnrolOnly { code } => Ok(code),
            AfterPassword::Factor { ways } => {
                has_key(&ways)?;
                (self.tell)(Notice::ProveFirst.text(self.language));
                Ok(self.sign(&attempt)?.code)
            }
        }
    }

    fn password(&mut self, attempt: &Attempt, username: &str) -> Result<AfterPassword, Error> {
        let ask = password(self.client.origin(), username, self.language);
        let typed = self.prompt.pin(&ask)?.ok_or(Error::Declined)?;
        Ok(self.client.password(attempt, username, &typed)?)
    }

    fn sign(&mut self, attempt: &Attempt) -> Result<Done, Error> {
        let options = self.client.login_options(attempt)?;
        let response = self.ceremony(needs_of_request(&options), |ceremony, origin| {
            ceremony.authenticate(&options, origin)
        })?;
        Ok(self.client.login(attempt, &response)?)
    }

    fn make(&mut self, session: &Secret, kind: Kind, name: &str) -> Result<Factor, Error> {
        let options = self.client.enrol_options(session, kind)?;
        let response = self.ceremony(needs_of_creation(&options), |ceremony, origin| {
            ceremony.register(&options, origin)
        })?;
        Ok(self.client.enrol(session, &response, name)?)
    }

    /// Finds a key, holds it open for `run` only.
    fn ceremony<T>(
        &mut self,
        needs: Needs,
        run: impl FnOnce(Ceremony<'_>, &crate::origin::Origin) -> Result<T, fido::error::Error>,
    ) -> Result<T, Error> {
        let origin = self.client.origin().clone();
        let mut person = AtDesk {
            until: Instant::now() + self.wait,
            guard: Some(self.cancel.guard()),
            touch_told: false,
            failed: None,
            host: origin.host().to_owned(),
            prompt: self.prompt,
            tell: self.tell,
            language: self.language,
            cancel: self.cancel,
            wait: self.wait,
        };
        let mut link = find(self.place, needs, &mut person)?;
        let done = run(
            Ceremony { link: link.as_mut(), person: &mut person, random: &mut SystemRandom },
            &origin,
        );
        match (done, person.failed) {
            (_, Some(failed)) => Err(failed.into()),
            (done, None) => Ok(done?),
        }
    }
}

/// What a key must be able to do to be asked at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Verification or a passkey: a key that only speaks U2F cannot serve.
    Ctap2,
    /// Any key.
    Nothing,
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

fn has_key(ways: &[String]) -> Result<(), Error> {
    let is_key = |way: &String| way == "security_key" || way == "passkey";
    if ways.iter().any(is_key) { Ok(()) } else { Err(Error::NoKeyAmongWays) }
}

/// Waits for a key and opens it; of several, the one touched first.
fn find(
    place: Place,
    needs: Needs,
    person: &mut AtDesk<'_>,
) -> Result<Box<dyn Link>, fido::error::Error> {
    let (tell, language) = (person.tell, person.language);
    let missing = |notice: Notice| tell(notice.text(language));
    if place == Place::Nfc {
        let key = nfc::wait(person.until, person.cancel, || missing(Notice::PlaceKey))?;
        return Ok(Box::new(key));
    }
    let open = |key: &hid::Found, watch: &mut dyn Watch| {
        Ok(Box::new(hid::open(&key.path, watch)?) as Box<dyn Link>)
    };
    let inserting = || missing(Notice::InsertKey);
    let mut links = watch::keys(person.until, person.cancel, inserting, open)?;
    // Where one key is there it is asked, and says itself why it cannot serve.
    if needs == Needs::Ctap2 && links.len() > 1 {
        let (able, others): (Vec<_>, Vec<_>) =
            links.into_iter().partition(|link| link.protocols() != Protocols::U2f);
        links = if able.is_empty() { others } else { able };
    }
    if links.len() < 2 {
        return links.pop().ok_or(fido::error::Error::Removed);
    }
    missing(Notice::TouchOne);
    let link = select::by_touch(links, person)?;
    // The touch that chose is not the touch that signs.
    person.touch_told = false;
    Ok(link)
}

/// The person during one ceremony.
struct AtDesk<'a> {
    prompt: &'a mut dyn Prompt,
    tell: &'a dyn Fn(&str),
    language: Language,
    cancel: &'a Cancel,
    wait: Duration,
    host: String,
    until: Instant,
    /// Away while the person types: then Ctrl-C ends the program, which has nothing open.
    guard: Option<Guard>,
    touch_told: bool,
    failed: Option<consent::Error>,
}

impl AtDesk<'_> {
    /// Runs a question, whose time does not count.
    fn ask<T>(
        &mut self,
        question: impl FnOnce(&mut dyn Prompt) -> Result<Option<T>, consent::Error>,
    ) -> Option<T> {
        self.guard = None;
        let answer = question(self.prompt);
        self.guard = Some(self.cancel.guard());
        self.until = Instant::now() + self.wait;
        answer.unwrap_or_else(|error| {
            self.failed = Some(error);
            None
        })
    }
}

impl Watch for AtDesk<'_> {
    fn flow(&mut self) -> Flow {
        self.pause(Duration::ZERO)
    }

    fn pause(&mut self, time: Duration) -> Flow {
        let waited = self.cancel.wait(time);
        match (waited, Instant::now() < self.until) {
            (Waited::Cancelled, _) => Flow::Cancelled,
            (Waited::Out | Waited::Ready, true) => Flow::On,
            (Waited::Out | Waited::Ready, false) => Flow::TimedOut,
        }
    }

    fn touch(&mut self) {
        if !self.touch_told {
            self.touch_told = true;
            (self.tell)(Notice::Touch.text(self.language));
        }
    }
}

impl Person for AtDesk<'_> {
    fn pin(&mut self, ask: PinAsk) -> Option<Secret> {
        let (language, host) = (self.language, self.host.clone());
        self.ask(|prompt| {
            if ask.tries_left == 1 && !prompt.confirm(&last_try(language))? {
                return Ok(None);
            }
            prompt.pin(&pin(&host, ask, language))
        })
    }

    fn choose(&mut self, accounts: &[String]) -> Option<usize> {
        let language = self.language;
        self.ask(|prompt| {
            for (place, account) in accounts.iter().enumerate() {
                if prompt.confirm(&which(account, language))? {
                    return Ok(Some(place));
                }
            }
            Ok(None)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::{Ask, Notice, Question, Showing};
    use crate::tokens::fido::link::Mistake;
    use std::cell::RefCell;
    use std::collections::VecDeque;

    /// A person whose answers are written down.
    #[derive(Default)]
    struct Answers {
        pins: VecDeque<&'static str>,
        yes: VecDeque<bool>,
        log: Vec<String>,
    }

    impl Prompt for Answers {
        fn pin(&mut self, ask: &Ask) -> Result<Option<Secret>, consent::Error> {
            self.log.push(format!("{}|{}", ask.text, ask.remark.clone().unwrap_or_default()));
            Ok(self.pins.pop_front().map(Secret::new))
        }

        fn confirm(&mut self, question: &Question) -> Result<bool, consent::Error> {
            self.log.push(question.title.clone());
            self.yes.pop_front().ok_or(consent::Error::Timeout)
        }

        fn show(&mut self, _: &Notice) -> Result<Box<dyn Showing + '_>, consent::Error> {
            Err(consent::Error::NoPinentry)
        }

        fn tell(&mut self, _: &str) -> Result<(), consent::Error> {
            Ok(())
        }
    }

    fn at_desk<T>(
        answers: &mut Answers,
        wait: Duration,
        run: impl FnOnce(&mut AtDesk<'_>) -> T,
    ) -> (T, Vec<String>, Option<consent::Error>) {
        let told = RefCell::new(Vec::new());
        let cancel = Cancel::on_signals().unwrap();
        let mut desk = AtDesk {
            prompt: answers,
            tell: &|text| told.borrow_mut().push(text.to_owned()),
            language: Language::English,
            cancel: &cancel,
            wait,
            host: "login.example.nl".to_owned(),
            until: Instant::now() + wait,
            guard: None,
            touch_told: false,
            failed: None,
        };
        let result = run(&mut desk);
        let failed = desk.failed.take();
        drop(desk);
        (result, told.into_inner(), failed)
    }

    const LONG: Duration = Duration::from_secs(600);

    #[test]
    fn the_last_try_is_used_only_with_consent() {
        let ask = PinAsk { tries_left: 1, mistake: Some(Mistake::Wrong) };
        let mut refuses =
            Answers { yes: [false].into(), pins: ["1234"].into(), ..Answers::default() };
        let (pin, ..) = at_desk(&mut refuses, LONG, |desk| desk.pin(ask));
        assert_eq!(pin, None);
        assert_eq!(refuses.log, ["Last try"], "no PIN was asked");
        let mut agrees =
            Answers { yes: [true].into(), pins: ["1234"].into(), ..Answers::default() };
        let (pin, ..) = at_desk(&mut agrees, LONG, |desk| desk.pin(ask));
        assert_eq!(pin, Some(Secret::new("1234")));
        assert_eq!(
            agrees.log[1],
            "login.example.nl asks for your security key.\n1 try left.|That is not the PIN of this key. 1 try left."
        );
    }

    #[test]
    fn with_more_tries_only_the_pin_is_asked() {
        let mut answers = Answers { pins: ["1234"].into(), ..Answers::default() };
        let ask = PinAsk { tries_left: 8, mistake: None };
        let (pin, ..) = at_desk(&mut answers, LONG, |desk| desk.pin(ask));
        assert!(pin.is_some());
        assert_eq!(answers.log, ["login.example.nl asks for your security key.\n8 tries left.|"]);
    }

    #[test]
    fn a_window_that_fails_ends_the_ceremony_and_is_told() {
        let mut nobody = Answers::default();
        let accounts = ["a".to_owned(), "b".to_owned()];
        let (chosen, _, failed) = at_desk(&mut nobody, LONG, |desk| desk.choose(&accounts));
        assert_eq!(chosen, None);
        assert!(matches!(failed, Some(consent::Error::Timeout)));
    }

    #[test]
    fn an_account_is_chosen_by_saying_yes_to_it() {
        let accounts = ["a".to_owned(), "b".to_owned()];
        let mut second = Answers { yes: [false, true].into(), ..Answers::default() };
        assert_eq!(at_desk(&mut second, LONG, |desk| desk.choose(&accounts)).0, Some(1));
        let mut none = Answers { yes: [false, false].into(), ..Answers::default() };
        assert_eq!(at_desk(&mut none, LONG, |desk| desk.choose(&accounts)).0, None);
    }

    #[test]
    fn a_touch_is_told_once_and_the_time_ends() {
        let (flow, told, _) = at_desk(&mut Answers::default(), Duration::ZERO, |desk| {
            desk.touch();
            desk.touch();
            desk.flow()
        });
        assert_eq!(flow, Flow::TimedOut);
        assert_eq!(told, ["Touch the key that blinks."]);
        let (flow, ..) = at_desk(&mut Answers::default(), LONG, |desk| desk.flow());
        assert_eq!(flow, Flow::On);
    }

    #[test]
    fn a_key_without_ctap2_is_not_offered_where_it_cannot_serve() {
        let request = |more: &str| {
            let text = format!(
                r#"{{"challenge":"AA","allowCredentials":[{{"type":"public-key","id":"AA"}}]{more}}}"#
            );
            needs_of_request(&serde_json::from_str(&text).unwrap())
        };
        assert_eq!(request(""), Needs::Nothing);
        assert_eq!(request(r#","userVerification":"required""#), Needs::Ctap2);
        let passkey = serde_json::from_str(r#"{"challenge":"AA"}"#).unwrap();
        assert_eq!(needs_of_request(&passkey), Needs::Ctap2);
    }
}
