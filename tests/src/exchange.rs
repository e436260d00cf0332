//! A phone exchange and SMS centre on loopback: it speaks the APIs of Twilio and CM.com from the
//! provider's side. A test has it ring, speak, press keys, hang up, be busy, and lie.
//!
//! Nothing of the server is in it: it signs with openssl, and reads what is to be said by itself.

mod cm;

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::program::Program;

/// The token of the account, at Twilio and at CM.com alike.
pub const TOKEN: &str = "geheim-van-de-centrale";
/// The account's SID at Twilio.
pub const ACCOUNT: &str = "AC00112233445566778899aabbccddeeff";

/// A provider on loopback; it ends with the test.
#[derive(Debug)]
pub struct Exchange {
    port: u16,
    taken: Receiver<Taken>,
    moods: Arc<Mutex<VecDeque<Mood>>>,
}

/// What it does with the next errand, in place of taking it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It answers with this status.
    Refuses(u16),
    /// It takes the errand and hangs up before it says so.
    Breaks,
    /// It takes the errand and does not say so before who asked has given up.
    Slow,
}

/// What it was asked to do.
#[derive(Debug)]
enum Taken {
    Sms(Sms),
    Call(Call),
}

/// Whose language an errand was in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// Twilio.
    Twilio,
    /// CM.com.
    Cm,
}

/// A text message.
#[derive(Debug)]
pub struct Sms {
    /// By whom it goes.
    pub by: Provider,
    /// To which number.
    pub to: String,
    /// What it says.
    pub text: String,
    /// Where it is reported on; for CM.com, which has one address an account, its reference.
    report: String,
}

/// A phone call.
#[derive(Debug)]
pub struct Call {
    /// By whom it is made.
    pub by: Provider,
    /// To which number.
    pub to: String,
    /// Where it is asked what to say, with Twilio.
    answer: String,
    /// Where it is reported on.
    report: String,
    /// What is asked, with CM.com, and the keys until it is over.
    asked: Mutex<Option<cm::Asked>>,
}

/// What the voice says, and where keys go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// Each sentence.
    pub said: Vec<String>,
    /// Where keys go, where they are asked for.
    pub keys: Option<String>,
}

/// A request of the provider, as it may be sent once, again, or changed.
#[derive(Debug, Clone)]
pub struct Report {
    /// To which address.
    pub address: String,
    /// What is in it.
    pub body: String,
    /// Its Content-Type.
    pub kind: &'static str,
    /// Its signature, with Twilio.
    pub signature: Option<String>,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The status line and the headers.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Exchange {
    /// Opens for business.
    ///
    /// # Panics
    /// Where loopback has no port.
    #[must_use]
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a port");
        let port = listener.local_addr().expect("it has an address").port();
        let (sender, taken) = channel();
        let moods = Arc::new(Mutex::new(VecDeque::new()));
        let shared = moods.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // Who went away has heard enough.
                let _ = serve(stream, &sender, &shared);
            }
        });
        Self { port, taken, moods }
    }

    /// `[delivery.sms]` and `[delivery.calls]` for a server whose provider this is; the token is in the
    /// file `token` beside its configuration.
    #[must_use]
    pub fn config(&self, by: Provider) -> String {
        self.config_of(by, by)
    }

    /// The same, with texts by the one provider and calls by the other.
    #[must_use]
    pub fn config_of(&self, texts: Provider, calls: Provider) -> String {
        let here = format!("http://127.0.0.1:{}", self.port);
        let table = |name: &str, by: Provider, path: &str| {
            let gateway = match by {
                Provider::Twilio => format!("gateway = \"twilio\"\naccount = \"{ACCOUNT}\""),
                Provider::Cm => "gateway = \"cm\"".to_owned(),
            };
            format!(
                "[delivery.{name}]\n{gateway}\ntoken = \"token\"\nsender = \"+31201234567\"\n\
                 address = \"{here}{path}\"\n"
            )
        };
        let path = |by, at_cm| match by {
            Provider::Twilio => "/2010-04-01",
            Provider::Cm => at_cm,
        };
        table("sms", texts, path(texts, MESSAGES))
            + &table("calls", calls, path(calls, "/voiceapi/v2/DTMF"))
    }

    /// Has it do this with the next errand that nothing else is meant for.
    ///
    /// # Panics
    /// Never: nobody panics while holding the lock.
    pub fn next(&self, mood: Mood) {
        self.moods.lock().expect("nobody panicked").push_back(mood);
    }

    /// The next text message.
    ///
    /// # Panics
    /// Where there is none in a minute, or a call came first.
    #[must_use]
    pub fn sms(&self) -> Sms {
        match self.taken.recv_timeout(PATIENCE).expect("a text message within a minute") {
            Taken::Sms(sms) => sms,
            Taken::Call(call) => panic!("a call came: {call:?}"),
        }
    }

    /// The next call.
    ///
    /// # Panics
    /// Where there is none in a minute, or a text message came first.
    #[must_use]
    pub fn call(&self) -> Call {
        match self.taken.recv_timeout(PATIENCE).expect("a call within a minute") {
            Taken::Call(call) => call,
            Taken::Sms(sms) => panic!("a text message came: {sms:?}"),
        }
    }

    /// The text message that came, where one did.
    ///
    /// # Panics
    /// Where a call came first.
    #[must_use]
    pub fn arrived(&self) -> Option<Sms> {
        match self.taken.try_recv().ok()? {
            Taken::Sms(sms) => Some(sms),
            Taken::Call(call) => panic!("a call came: {call:?}"),
        }
    }

    /// The call that came, where one did.
    ///
    /// # Panics
    /// Where a text message came first.
    #[must_use]
    pub fn rings(&self) -> Option<Call> {
        match self.taken.try_recv().ok()? {
            Taken::Call(call) => Some(call),
            Taken::Sms(sms) => panic!("a text message came: {sms:?}"),
        }
    }

    /// Whether it was asked for nothing more.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.taken.try_recv().is_err()
    }
}

impl Sms {
    /// The code in it: its one word of six digits.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn code(&self) -> &str {
        let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
        self.text.split_whitespace().find(is_code).unwrap_or_else(|| panic!("{}", self.text))
    }

    /// Where it is reported on; for CM.com, which has one address an account, its reference.
    #[must_use]
    pub fn reported_at(&self) -> &str {
        &self.report
    }

    /// The report that it became this: `delivered`, `undelivered`, `sent`. With CM.com it goes to the
    /// account's address at `origin`.
    #[must_use]
    pub fn report(&self, status: &str, origin: &str) -> Report {
        match self.by {
            Provider::Twilio => Report::twilio(&self.report, &[("MessageStatus", status)]),
            Provider::Cm => {
                let code = match status {
                    "sent" => "0",
                    "delivered" => "2",
                    _ => "3",
                };
                Report::of_cm_on(&self.report, code, origin)
            }
        }
    }
}

impl Call {
    fn asking(
        by: Provider,
        to: String,
        (answer, report): (String, String),
        asked: Option<cm::Asked>,
    ) -> Self {
        Self { by, to, answer, report, asked: Mutex::new(asked) }
    }

    /// The report that it became this: `ringing`, `in-progress`, `completed`, `busy`, `no-answer`,
    /// `failed`. Twilio's only: CM.com tells of a whole call.
    #[must_use]
    pub fn report(&self, status: &str) -> Report {
        Report::twilio(&self.report, &[("CallStatus", status), ("To", &self.to)])
    }

    /// Every report that there is on how far it is, and one that there is not.
    #[must_use]
    pub fn reports(&self) -> Vec<Report> {
        match self.by {
            Provider::Twilio => {
                ["ringing", "in-progress", "busy", "failed", "no-answer", "completed", "unheard-of"]
                    .map(|status| self.report(status))
                    .into()
            }
            Provider::Cm => [9, 10, 11, 12, 99].map(|code| self.finished(code, "")).into(),
        }
    }

    /// Where it is asked what the voice says when somebody answers, with Twilio.
    #[must_use]
    pub fn answered_at(&self) -> &str {
        &self.answer
    }

    /// Where it is reported on, which only the provider was told.
    #[must_use]
    pub fn reported_at(&self) -> &str {
        &self.report
    }

    /// It rings, which CM.com tells nobody.
    pub fn ring(&self) {
        match self.by {
            Provider::Twilio => drop(self.report("ringing").send().good()),
            Provider::Cm => {}
        }
    }

    /// Somebody answers, and hears this.
    #[must_use]
    pub fn answer(&self) -> Spoken {
        match self.by {
            Provider::Twilio => {
                let asked = Report::twilio(&self.answer, &[("CallStatus", "in-progress")]);
                Spoken::read(&asked.send().good().body)
            }
            Provider::Cm => self.at_cm(|asked| asked.spoken()),
        }
    }

    /// The report on keys: with Twilio as the answer to what was asked last, with CM.com on a call that is over.
    ///
    /// # Panics
    /// Where nothing was asked.
    #[must_use]
    pub fn keyed(&self, asked: &Spoken, keys: &str) -> Report {
        let address = asked.keys.as_deref().expect("keys were asked for");
        match self.by {
            Provider::Twilio => {
                Report::twilio(address, &[("Digits", keys), ("CallStatus", "in-progress")])
            }
            Provider::Cm => self.finished(10, keys),
        }
    }

    /// The person presses these keys, and hears this.
    #[must_use]
    pub fn press(&self, asked: &Spoken, keys: &str) -> Spoken {
        match self.by {
            Provider::Twilio => Spoken::read(&self.keyed(asked, keys).send().good().body),
            Provider::Cm => self.at_cm(|asked| asked.press(keys)),
        }
    }

    /// The person hangs up; only now CM.com tells of the call, and of the keys.
    pub fn hang_up(&self) {
        let over = match self.by {
            Provider::Twilio => self.report("completed"),
            Provider::Cm => self.finished(10, &self.at_cm(|asked| asked.keyed().to_owned())),
        };
        over.send().good();
    }

    /// CM.com's report on a call that is over: its result, and the keys that it says were pressed.
    #[must_use]
    pub fn finished(&self, code: u8, digits: &str) -> Report {
        cm::finished(&self.report, code, digits)
    }

    fn at_cm<T>(&self, with: impl FnOnce(&mut cm::Asked) -> T) -> T {
        with(self.asked.lock().expect("nobody panicked").as_mut().expect("CM.com calls"))
    }
}

impl Spoken {
    /// Reads TwiML: what is said, and where keys go.
    fn read(twiml: &str) -> Self {
        let plain = |text: &str| {
            let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
            text.replace("&apos;", "'").replace("&amp;", "&")
        };
        let after = |text: &str, tag: &str| -> Vec<String> {
            text.split(tag).skip(1).map(str::to_owned).collect()
        };
        let said = after(twiml, "<Say ").into_iter().filter_map(|rest| {
            let (_, inside) = rest.split_once('>')?;
            Some(plain(inside.split_once("</Say>")?.0))
        });
        let gather = after(twiml, "<Gather ").into_iter().next();
        let keys = gather.and_then(|rest| {
            let (_, value) = rest.split_once('>')?.0.split_once("action=\"")?;
            Some(plain(value.split_once('"')?.0))
        });
        assert!(twiml.ends_with("<Hangup/></Response>"), "it ends: {twiml}");
        Self { said: said.collect(), keys }
    }

    /// Everything that is said.
    #[must_use]
    pub fn all(&self) -> String {
        self.said.join(" ")
    }
}

impl Report {
    /// One of Twilio, signed.
    fn twilio(address: &str, fields: &[(&str, &str)]) -> Self {
        let fields: Vec<(&str, &str)> =
            fields.iter().copied().chain([("AccountSid", ACCOUNT), ("CallSid", "CA00")]).collect();
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        let kind = "application/x-www-form-urlencoded; charset=UTF-8";
        let mut report = Self { address: address.to_owned(), body, kind, signature: None };
        report.sign(TOKEN);
        report
    }

    /// One of CM.com on the text message with this reference, to the account's address at `origin`.
    #[must_use]
    pub fn of_cm_on(reference: &str, code: &str, origin: &str) -> Self {
        let body = json!({"messages": {"msg": {"received": "2026-11-22 12:00:00",
            "to": "0031612345678", "reference": reference, "status": {"code": code}}}});
        Self::json(&format!("{origin}/callbacks/cm/sms"), &body)
    }

    fn json(address: &str, body: &Value) -> Self {
        let (address, body) = (address.to_owned(), body.to_string());
        Self { address, body, kind: "application/json", signature: None }
    }

    /// Signs it as it is now, with this token.
    ///
    /// # Panics
    /// Where openssl does not say a digest.
    pub fn sign(&mut self, token: &str) {
        let mut fields: Vec<(String, String)> =
            form_urlencoded::parse(self.body.as_bytes()).into_owned().collect();
        fields.sort();
        let written: String = fields.into_iter().flat_map(|(name, value)| [name, value]).collect();
        let openssl = Program::stranger("openssl", "openssl");
        let said = openssl
            .args(["dgst", "-sha1", "-hex", "-hmac", token])
            .input(format!("{}{written}", self.address))
            .run()
            .good();
        let digits = said.trim().rsplit(' ').next().unwrap_or_default();
        let digest = hex::decode(digits).expect("openssl says a digest");
        self.signature = Some(BASE64_STANDARD.encode(digest));
    }

    /// Sends it; it can be sent again.
    ///
    /// # Panics
    /// Where nobody is at its address.
    #[must_use]
    pub fn send(&self) -> Answer {
        let rest = self.address.strip_prefix("http://").expect("a server on loopback");
        let (host, path) = rest.split_once('/').expect("an address has a path");
        let mut head = format!(
            "POST /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: {}\r\n\
             Content-Length: {}\r\n",
            self.kind,
            self.body.len()
        );
        if let Some(signature) = &self.signature {
            head.push_str(&format!("X-Twilio-Signature: {signature}\r\n"));
        }
        let mut stream = TcpStream::connect(host).expect("the server listens");
        stream.write_all(format!("{head}\r\n{}", self.body).as_bytes()).expect("it reads");
        let mut said = String::new();
        stream.read_to_string(&mut said).expect("it answers");
        let (head, body) = said.split_once("\r\n\r\n").expect("an answer has a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let (head, body) = (head.to_owned(), body.to_owned());
        Answer { status: status.expect("a status"), head, body }
    }
}

impl Answer {
    /// The same, where the status is a good one.
    ///
    /// # Panics
    /// Where it is not.
    pub fn good(self) -> Self {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.body);
        self
    }
}

/// Takes one errand from a connection.
fn serve(
    mut stream: TcpStream,
    taken: &Sender<Taken>,
    moods: &Mutex<VecDeque<Mood>>,
) -> std::io::Result<()> {
    let (line, headers, body) = read(&mut stream)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let header =
        |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, v)| v.clone());
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{ACCOUNT}:{TOKEN}")));
    let is_ours = header("x-cm-producttoken").as_deref() == Some(TOKEN)
        || header("authorization").as_deref() == Some(basic.as_str());
    let mood = moods.lock().expect("nobody panicked").pop_front();
    let (status, answer) = match (is_ours, mood) {
        (false, _) => (401, json!({"code": 20003, "errorCode": 103, "messages": []})),
        (true, Some(Mood::Refuses(status))) => (status, refusal(&path, status)),
        (true, mood) => match errand(&path, &body) {
            None => (400, refusal(&path, 400)),
            Some((errand, answer)) => {
                taken.send(errand).map_err(std::io::Error::other)?;
                match mood {
                    Some(Mood::Breaks) => return Ok(()),
                    Some(Mood::Slow) => {
                        // The others are served meanwhile.
                        std::thread::spawn(move || stream.read_to_end(&mut Vec::new()));
                        return Ok(());
                    }
                    Some(Mood::Refuses(_)) | None => {}
                }
                answer
            }
        },
    };
    let answer = answer.to_string();
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        answer.len()
    );
    stream.write_all(format!("{head}{answer}").as_bytes())
}

/// A request: its first line, its headers with names in lower case, its body.
type Request = (String, Vec<(String, String)>, String);

fn read(stream: &mut TcpStream) -> std::io::Result<Request> {
    let mut reader = BufReader::new(stream);
    let (mut line, mut headers, mut length) = (String::new(), Vec::new(), 0);
    reader.read_line(&mut line)?;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
            break;
        }
        let (name, value) = header.split_once(':').unwrap_or_default();
        let (name, value) = (name.to_ascii_lowercase(), value.trim().to_owned());
        if name == "content-length" {
            length = value.parse().unwrap_or(0);
        }
        headers.push((name, value));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok((line, headers, String::from_utf8_lossy(&body).into_owned()))
}

/// What was asked for, and what is said to it; nothing where the provider refuses it.
fn errand(path: &str, body: &str) -> Option<(Taken, (u16, Value))> {
    let form: Vec<(String, String)> =
        form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let field = |name: &str| {
        let found = form.iter().find(|(known, _)| known == name);
        found.unwrap_or_else(|| panic!("{name}: {form:?}")).1.clone()
    };
    let parsed: Value = serde_json::from_str(body).unwrap_or(Value::Null);
    let queued = |sid: &str| (201, json!({"sid": sid, "status": "queued"}));
    if path == format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json") {
        let by = Provider::Twilio;
        let (to, text, report) = (field("To"), field("Body"), field("StatusCallback"));
        Some((Taken::Sms(Sms { by, to, text, report }), queued("SM00")))
    } else if path == format!("/2010-04-01/Accounts/{ACCOUNT}/Calls.json") {
        let addresses = (field("Url"), field("StatusCallback"));
        let call = Call::asking(Provider::Twilio, field("To"), addresses, None);
        Some((Taken::Call(call), queued("CA00")))
    } else if path == MESSAGES {
        cm::message(&parsed).map(|(sms, answer)| (Taken::Sms(sms), answer))
    } else if path == "/voiceapi/v2/DTMF" {
        cm::call(&parsed).map(|(call, answer)| (Taken::Call(call), answer))
    } else {
        panic!("no provider has {path}")
    }
}

/// What is said to an errand that is refused.
fn refusal(path: &str, status: u16) -> Value {
    if path == MESSAGES { cm::refusal() } else { json!({"code": status}) }
}

/// Where CM.com takes text messages.
const MESSAGES: &str = "/v1.0/message";
/// How long an errand may be awaited.
const PATIENCE: Duration = Duration::from_secs(60);
