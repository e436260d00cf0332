//! Cards through a PKCS#11 module: SafeSign in the field, OpenSC for other cards.
//!
//! Modules of vendors hang, loop and print, so one is loaded in a child process only (see
//! [`worker`]). It is asked line by line; an answer is the line that begins with a word only this
//! process and the child know, and at the deadline the child is ended.

pub mod modules;
pub mod worker;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Activation, Entry, Error, Pin, Scheme, Tries, Verdict};
use crate::secret;

/// The hidden command of this program that runs [`worker::run`].
pub const WORKER_COMMAND: &str = "card-worker";

/// The first line a worker reads.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Greeting {
    /// What each answer begins with.
    mark: String,
    /// The module's full path.
    module: std::path::PathBuf,
}

/// What a worker is asked.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Request {
    /// All certificates on all cards.
    List,
    /// A signature with the key whose certificate this is.
    Sign { certificate: Vec<u8>, scheme: Scheme, digest: [u8; 32], pin: Typed },
}

/// Where the module gets the PIN.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Typed {
    /// From here.
    Window(#[serde(with = "pin")] Zeroizing<String>),
    /// From the reader.
    Pad,
}

/// A PIN on its way through the pipe to the worker.
mod pin {
    use serde::{Deserialize, Deserializer, Serializer};
    use zeroize::Zeroizing;

    pub(super) fn serialize<S: Serializer>(
        pin: &Zeroizing<String>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(pin)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Zeroizing<String>, D::Error> {
        String::deserialize(from).map(Zeroizing::new)
    }
}

/// What a worker answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Answer {
    Listed(Vec<Listed>),
    Signed(Vec<u8>),
    WrongPin(Counter),
    BlockedPin,
    UnfitPin { min: usize, max: usize },
    DeclinedPin,
    NoCard,
    NotActivated,
    Removed,
    Unsupported,
    Failed(String),
}

/// A certificate on a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// The certificate, DER.
    pub certificate: Vec<u8>,
    /// The reader, as the module names it.
    pub reader: String,
    /// Where the module takes the PIN.
    pub entry: Entry,
    /// Whether its PIN is ready to be used.
    pub activation: Activation,
    counter: Counter,
}

impl Listed {
    /// How often the PIN may be tried.
    #[must_use]
    pub fn tries(&self) -> Tries {
        self.counter.tries()
    }
}

/// What PKCS#11 tells about tries: flags, no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Counter {
    Full,
    Low,
    Final,
    Locked,
}

impl Counter {
    fn tries(self) -> Tries {
        match self {
            Self::Full => Tries::Unknown,
            Self::Low => Tries::Fewer,
            Self::Final => Tries::Left(1),
            Self::Locked => Tries::Left(0),
        }
    }
}

/// A module at work in a child process, which ends with this value.
pub struct Module {
    child: Child,
    input: ChildStdin,
    answers: Receiver<Heard>,
    stop: Sender<Heard>,
}

/// What there is to hear while a module is at work.
enum Heard {
    Answer(Vec<u8>),
    /// The worker says nothing any more.
    End,
    /// Its work is called off.
    Stop,
}

/// Ends what a module is at from another thread.
#[derive(Clone)]
pub struct Stopper(Sender<Heard>);

impl Stopper {
    /// The call that runs, or else the next one, fails at once with [`Error::CalledOff`].
    pub fn stop(&self) {
        // A module that is gone is not at work.
        let _ = self.0.send(Heard::Stop);
    }
}

impl Module {
    /// Starts `worker`, a command that runs [`worker::run`], on the module at `path`.
    ///
    /// Errors: [`Error::Worker`] where it cannot be started.
    pub fn start(mut worker: Command, path: &Path) -> Result<Self, Error> {
        let mut mark = [0; 16];
        getrandom::fill(&mut mark).map_err(|e| Error::Worker(e.to_string()))?;
        let mark: String = mark.iter().map(|byte| format!("{byte:02x}")).collect();
        let start = worker.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = start.spawn().map_err(|e| Error::Worker(e.to_string()))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::Worker("no pipes".to_owned()));
        };
        let (send, answers) = channel();
        let stop = send.clone();
        let prefix = format!("{mark} ").into_bytes();
        std::thread::spawn(move || {
            let lines = BufReader::new(output.take(LIMIT)).split(b'\n').map_while(Result::ok);
            for line in lines {
                let Some(answer) = line.strip_prefix(&prefix[..]) else { continue };
                if send.send(Heard::Answer(answer.to_vec())).is_err() {
                    break;
                }
            }
            let _ = send.send(Heard::End);
        });
        let mut module = Self { child, input, answers, stop };
        module.write(&Greeting { mark, module: path.to_owned() })?;
        Ok(module)
    }

    /// Something that ends what this module is at.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        Stopper(self.stop.clone())
    }

    /// All certificates on all cards the module sees.
    ///
    /// Errors: [`Error::Module`] with the module's own words, [`Error::Worker`].
    pub fn list(&mut self, deadline: Duration) -> Result<Vec<Listed>, Error> {
        match self.ask(&Request::List, deadline)? {
            Answer::Listed(list) => Ok(list),
            other @ (Answer::Signed(_)
            | Answer::WrongPin(_)
            | Answer::BlockedPin
            | Answer::UnfitPin { .. }
            | Answer::DeclinedPin
            | Answer::NoCard
            | Answer::NotActivated
            | Answer::Removed
            | Answer::Unsupported
            | Answer::Failed(_)) => Err(failure(other)),
        }
    }

    /// Signs `digest` with the key whose certificate `listed` is; `pin` is tried once.
    ///
    /// Errors: [`Error::Removed`], [`Error::Algorithm`], [`Error::Module`], [`Error::Worker`],
    /// [`Error::CalledOff`].
    pub fn sign(
        &mut self,
        listed: &Listed,
        scheme: Scheme,
        digest: &[u8; 32],
        pin: Pin<'_>,
        deadline: Duration,
    ) -> Result<Verdict<Vec<u8>>, Error> {
        let certificate = listed.certificate.clone();
        let pin = match pin {
            Pin::Typed(pin) => Typed::Window(Zeroizing::new(pin.expose().to_owned())),
            Pin::Pad => Typed::Pad,
        };
        let request = Request::Sign { certificate, scheme, digest: *digest, pin };
        match self.ask(&request, deadline)? {
            Answer::Signed(signature) => Ok(Verdict::Right(signature)),
            Answer::WrongPin(Counter::Locked) | Answer::BlockedPin => Ok(Verdict::Blocked),
            Answer::WrongPin(counter) => Ok(Verdict::Wrong(counter.tries())),
            Answer::UnfitPin { min, max } => Ok(Verdict::Unfit { min, max }),
            Answer::DeclinedPin => Ok(Verdict::Declined),
            Answer::Unsupported => Err(Error::Algorithm(scheme.name())),
            other @ (Answer::Listed(_)
            | Answer::NoCard
            | Answer::NotActivated
            | Answer::Removed
            | Answer::Failed(_)) => Err(failure(other)),
        }
    }

    fn ask(&mut self, request: &Request, deadline: Duration) -> Result<Answer, Error> {
        self.write(request)?;
        match self.answers.recv_timeout(deadline) {
            Ok(Heard::Answer(line)) => read(&line),
            Ok(Heard::Stop) => Err(Error::CalledOff),
            Ok(Heard::End) => Err(Error::Worker("it ended".to_owned())),
            Err(e) => Err(Error::Worker(e.to_string())),
        }
    }

    fn write(&mut self, line: &impl Serialize) -> Result<(), Error> {
        let mut text = secret::json(line).map_err(|e| Error::Worker(e.to_string()))?; // it may hold a PIN
        text.push(b'\n');
        self.input.write_all(&text).map_err(|e| Error::Worker(e.to_string()))
    }
}

fn read(line: &[u8]) -> Result<Answer, Error> {
    serde_json::from_slice(line).map_err(|e| Error::Worker(e.to_string()))
}

fn failure(answer: Answer) -> Error {
    match answer {
        Answer::NoCard => Error::NoCard,
        Answer::NotActivated => Error::NotActivated,
        Answer::Removed => Error::Removed,
        Answer::Failed(text) => Error::Module(text),
        Answer::Listed(_)
        | Answer::Signed(_)
        | Answer::WrongPin(_)
        | Answer::BlockedPin
        | Answer::UnfitPin { .. }
        | Answer::DeclinedPin
        | Answer::Unsupported => Error::Worker("an answer to another question".to_owned()),
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        // A module that hangs must not outlive its use; one that ended already is no failure.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Most bytes taken from a worker.
const LIMIT: u64 = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use proptest::prelude::*;

    const LONG: Duration = Duration::from_secs(60);

    /// A worker in the shell: `$mark` holds the word of the greeting.
    fn start(script: &str) -> Module {
        let read = r#"read -r line; mark=${line#*mark\":\"}; mark=${mark%%\"*};"#;
        let mut worker = Command::new("/bin/sh");
        worker.args(["-c", &format!("{read} {script}")]);
        Module::start(worker, Path::new("/none.so")).unwrap()
    }

    fn listed() -> Listed {
        let (reader, entry, counter) = ("r".to_owned(), Entry::Window, Counter::Full);
        let activation = Activation::Done;
        Listed { certificate: vec![0x30, 0], reader, entry, activation, counter }
    }

    fn sign(answer: &str) -> Result<Verdict<Vec<u8>>, Error> {
        let mut module = start(&format!("read -r ask; echo \"$mark\" '{answer}'; read -r end"));
        let pin = Secret::new("123456");
        module.sign(&listed(), Scheme::Pkcs1, &[0; 32], Pin::Typed(&pin), LONG)
    }

    #[test]
    fn two_questions_go_to_one_worker_and_noise_is_passed_over() {
        let list = r#"{"listed":[{"certificate":[48,0],"reader":"r","counter":"low","entry":"window","activation":"no_pin"}]}"#;
        let mut module = start(&format!(
            "echo noise; read -r ask; echo $mark '{list}'; read -r ask; \
             echo 0123 '{{\"signed\":[9]}}'; echo $mark '{{\"signed\":[1]}}'; read -r end"
        ));
        let list = module.list(LONG).unwrap();
        assert_eq!(list[0].tries(), Tries::Fewer);
        let pin = Secret::new("1");
        let pin = Pin::Typed(&pin);
        let signed = module.sign(&list[0], Scheme::Pkcs1, &[0; 32], pin, LONG).unwrap();
        assert_eq!(signed, Verdict::Right(vec![1]));
    }

    #[test]
    fn what_became_of_the_pin_is_told() {
        let verdict = |answer| sign(answer).unwrap();
        assert_eq!(verdict(r#"{"wrong_pin":"low"}"#), Verdict::Wrong(Tries::Fewer));
        assert_eq!(verdict(r#"{"wrong_pin":"final"}"#), Verdict::Wrong(Tries::Left(1)));
        assert_eq!(verdict(r#"{"wrong_pin":"locked"}"#), Verdict::Blocked);
        assert_eq!(verdict(r#""blocked_pin""#), Verdict::Blocked);
        let unfit = verdict(r#"{"unfit_pin":{"min":6,"max":8}}"#);
        assert_eq!(unfit, Verdict::Unfit { min: 6, max: 8 });
        assert_eq!(verdict(r#""declined_pin""#), Verdict::Declined);
    }

    #[test]
    fn what_goes_wrong_is_told_apart() {
        assert!(matches!(sign(r#""removed""#), Err(Error::Removed)));
        assert!(matches!(sign(r#""not_activated""#), Err(Error::NotActivated)));
        assert!(matches!(sign(r#""unsupported""#), Err(Error::Algorithm(_))));
        assert!(matches!(sign(r#"{"failed":"CKR"}"#), Err(Error::Module(text)) if text == "CKR"));
        assert!(matches!(sign(r#"{"listed":[]}"#), Err(Error::Worker(_))));
        assert!(matches!(sign("{"), Err(Error::Worker(_))));
    }

    /// The worker waits as one does whose reader asks for the PIN; the request holds none.
    #[test]
    fn a_pin_on_the_reader_is_no_part_of_the_request_and_can_be_called_off() {
        let script = "read -r ask; case $ask in *'\"pin\":\"pad\"'*) ;; *) exit;; esac;";
        let answer = format!("{script} echo \"$mark\" '{{\"signed\":[1]}}'; read -r end");
        let sign =
            |module: &mut Module| module.sign(&listed(), Scheme::Pkcs1, &[0; 32], Pin::Pad, LONG);
        assert_eq!(sign(&mut start(&answer)), Ok(Verdict::Right(vec![1])));
        let mut waiting = start(&format!("{script} read -r end"));
        let stopper = waiting.stopper();
        let stopping = std::thread::spawn(move || stopper.stop());
        assert_eq!(sign(&mut waiting), Err(Error::CalledOff));
        stopping.join().unwrap();
    }

    #[test]
    fn a_worker_that_ends_or_is_silent_is_an_error() {
        assert!(matches!(start("exit 139").list(LONG), Err(Error::Worker(_))));
        let silent = start("exec cat > /dev/null").list(Duration::from_millis(50));
        assert!(matches!(silent, Err(Error::Worker(_))));
    }

    fn counter() -> impl Strategy<Value = Counter> {
        prop_oneof![
            Just(Counter::Full),
            Just(Counter::Low),
            Just(Counter::Final),
            Just(Counter::Locked)
        ]
    }

    fn any_listed() -> impl Strategy<Value = Listed> {
        let entry = prop_oneof![Just(Entry::Window), Just(Entry::Pad)];
        let activation = prop_oneof![
            Just(Activation::Done),
            Just(Activation::NoPin),
            Just(Activation::ChangePin)
        ];
        (any::<Vec<u8>>(), any::<String>(), entry, activation, counter()).prop_map(
            |(certificate, reader, entry, activation, counter)| Listed {
                certificate,
                reader,
                entry,
                activation,
                counter,
            },
        )
    }

    fn answer() -> impl Strategy<Value = Answer> {
        prop_oneof![
            prop::collection::vec(any_listed(), 0..3).prop_map(Answer::Listed),
            any::<Vec<u8>>().prop_map(Answer::Signed),
            counter().prop_map(Answer::WrongPin),
            (any::<u32>(), any::<u32>())
                .prop_map(|(min, max)| Answer::UnfitPin { min: min as usize, max: max as usize }),
            any::<String>().prop_map(Answer::Failed),
            Just(()).prop_map(|()| Answer::BlockedPin),
            Just(()).prop_map(|()| Answer::DeclinedPin),
            Just(()).prop_map(|()| Answer::Removed),
        ]
    }

    proptest! {
        #[test]
        fn an_answer_is_read_as_it_was_written(answer in answer()) {
            let line = serde_json::to_string(&answer).unwrap();
            let again = read(line.as_bytes()).unwrap();
            prop_assert_eq!(serde_json::to_string(&again).unwrap(), line.clone());
            for cut in 0..line.len() {
                prop_assert!(matches!(read(&line.as_bytes()[..cut]), Err(Error::Worker(_))), "{}", &line);
            }
        }

        #[test]
        fn an_answer_with_a_stray_member_is_none(listed in any_listed(), min: u16, max: u16) {
            let mut answer = serde_json::to_value(Answer::Listed(vec![listed])).unwrap();
            prop_assert!(read(answer.to_string().as_bytes()).is_ok());
            answer["listed"][0]["pin"] = "1234".into();
            prop_assert!(read(answer.to_string().as_bytes()).is_err());
            let (min, max) = (min.into(), max.into());
            let mut answer = serde_json::to_value(Answer::UnfitPin { min, max }).unwrap();
            answer["unfit_pin"]["more"] = 1.into();
            prop_assert!(read(answer.to_string().as_bytes()).is_err());
        }
    }
}
