//! The person during one ceremony with a key: what they are told and asked, and how long they have.

use std::time::Duration;

use crate::cancel::{Cancel, Guard, Waited};
use crate::clock::Deadline;
use crate::consent::{self, Prompt};
use crate::lang::key::{Notice, last_try, pin, which};
use crate::language::Language;
use crate::secret::Secret;
use crate::tokens::fido::link::{Flow, Person, PinAsk, Watch};

/// Who holds the key.
pub(super) struct Holder<'a> {
    prompt: &'a mut dyn Prompt,
    tell: &'a dyn Fn(&str),
    language: Language,
    cancel: &'a Cancel,
    wait: Duration,
    host: String,
    until: Deadline,
    /// Away while the person types: then Ctrl-C ends the program, which has nothing open.
    guard: Option<Guard>,
    touch_told: bool,
    failed: Option<consent::Error>,
}

impl<'a> Holder<'a> {
    /// A person who has `wait` for each thing to do; `host` is who asks.
    pub(super) fn new(
        prompt: &'a mut dyn Prompt,
        tell: &'a dyn Fn(&str),
        language: Language,
        cancel: &'a Cancel,
        wait: Duration,
        host: &str,
    ) -> Self {
        Self {
            prompt,
            tell,
            language,
            cancel,
            wait,
            host: host.to_owned(),
            until: Deadline::after(wait),
            guard: Some(cancel.guard()),
            touch_told: false,
            failed: None,
        }
    }

    /// Why the person could not be asked, where that ended the ceremony.
    pub(super) fn failed(self) -> Option<consent::Error> {
        self.failed
    }

    /// How long a key is waited for, and what ends the wait.
    pub(super) fn wait(&self) -> (Deadline, &'a Cancel) {
        (self.until, self.cancel)
    }

    /// Tells what needs no answer.
    pub(super) fn tell(&self, notice: &Notice) {
        (self.tell)(&notice.text(self.language));
    }

    /// Runs a question, whose time does not count.
    fn ask<T>(
        &mut self,
        question: impl FnOnce(&mut dyn Prompt) -> Result<Option<T>, consent::Error>,
    ) -> Option<T> {
        self.guard = None;
        let answer = question(self.prompt);
        self.guard = Some(self.cancel.guard());
        self.until = Deadline::after(self.wait);
        answer.unwrap_or_else(|error| {
            self.failed = Some(error);
            None
        })
    }
}

impl Watch for Holder<'_> {
    fn flow(&mut self) -> Flow {
        self.pause(Duration::ZERO)
    }

    fn pause(&mut self, time: Duration) -> Flow {
        let waited = self.cancel.wait(time);
        match (waited, self.until.is_over()) {
            (Waited::Cancelled, _) => Flow::Cancelled,
            (Waited::Out | Waited::Ready, false) => Flow::On,
            (Waited::Out | Waited::Ready, true) => Flow::TimedOut,
        }
    }

    fn touch(&mut self) {
        if !self.touch_told {
            self.touch_told = true;
            self.tell(&Notice::Touch);
        }
    }
}

impl Person for Holder<'_> {
    fn pin(&mut self, ask: PinAsk) -> Option<Secret> {
        let (language, host) = (self.language, self.host.clone());
        self.ask(|prompt| {
            if ask.tries_left == 1 && !prompt.confirm(&last_try(&host, ask, language))? {
                return Ok(None);
            }
            prompt.pin(&pin(&host, ask, language))
        })
    }

    fn choose(&mut self, accounts: &[String]) -> Option<usize> {
        let choice = which(accounts, self.language);
        self.ask(|prompt| prompt.choose(&choice))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::{Ask, Choice, Notice, Question, Showing};
    use crate::tokens::fido::link::Mistake;
    use std::cell::RefCell;
    use std::collections::VecDeque;

    /// A person whose answers are written down.
    #[derive(Default)]
    struct Answers {
        pins: VecDeque<&'static str>,
        yes: VecDeque<bool>,
        place: Option<usize>,
        log: Vec<String>,
    }

    impl Prompt for Answers {
        fn pin(&mut self, ask: &Ask) -> Result<Option<Secret>, consent::Error> {
            self.log.push(format!("{}|{}", ask.text, ask.remark.clone().unwrap_or_default()));
            Ok(self.pins.pop_front().map(Secret::new))
        }

        fn confirm(&mut self, question: &Question) -> Result<bool, consent::Error> {
            self.log.push(question.text.clone());
            self.yes.pop_front().ok_or(consent::Error::Timeout)
        }

        fn choose(&mut self, choice: &Choice) -> Result<Option<usize>, consent::Error> {
            self.log.push(format!("{}|{}", choice.text, choice.options.join("|")));
            self.place.map(Some).ok_or(consent::Error::Timeout)
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
        run: impl FnOnce(&mut Holder<'_>) -> T,
    ) -> (T, Vec<String>, Option<consent::Error>) {
        let told = RefCell::new(Vec::new());
        let cancel = Cancel::on_signals().unwrap();
        let tell = |text: &str| told.borrow_mut().push(text.to_owned());
        let (language, host) = (Language::English, "login.example.nl");
        let mut desk = Holder::new(answers, &tell, language, &cancel, wait, host);
        let result = run(&mut desk);
        let failed = desk.failed();
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
        assert_eq!(refuses.log.len(), 1, "no PIN was asked");
        for words in ["login.example.nl", "That is not the PIN of this key.", "the last try"] {
            assert!(refuses.log[0].contains(words), "{words}: {:?}", refuses.log);
        }
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
    fn an_account_on_a_key_is_chosen_from_all_of_them() {
        let accounts = ["a".to_owned(), "b".to_owned()];
        let mut second = Answers { place: Some(1), ..Answers::default() };
        assert_eq!(at_desk(&mut second, LONG, |desk| desk.choose(&accounts)).0, Some(1));
        let asked = "There are several accounts on this key. Which one do you want to use?|a|b";
        assert_eq!(second.log, [asked]);
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
}
