//! The ceremony as a script: what the surroundings answer, and what they were asked.

use std::collections::VecDeque;

use super::*;
use crate::server::Level;

/// Pretended surroundings: `log` is what they were asked.
struct Script {
    answers: VecDeque<Result<Event, Error>>,
    log: Vec<String>,
}

impl Surroundings for Script {
    fn carry_out(&mut self, effect: Effect) -> Result<Event, Error> {
        self.log.push(match effect {
            Effect::Begin => "begin".to_owned(),
            Effect::AskPassword(username) => format!("password of {username}?"),
            Effect::CheckPassword(_, username, typed) => {
                format!("check {username} {}", typed.expose())
            }
            Effect::Choose(organisations) => {
                let names: Vec<_> = organisations.iter().map(|one| one.name.as_str()).collect();
                format!("{}?", names.join(" or "))
            }
            Effect::Settle(_, organisation) => format!("at {}", organisation.id),
            Effect::TellToProve => "tell".to_owned(),
            Effect::AskWhatToSign(_) => "what to sign?".to_owned(),
            Effect::Sign(_, needs, Reach::Named) => format!("sign {needs:?}"),
            Effect::Sign(_, needs, Reach::Everywhere) => format!("sign {needs:?} anywhere"),
            Effect::LogIn(..) => "log in".to_owned(),
            Effect::Open(code) => format!("open {}", code.expose()),
            Effect::AskWhatToMake(session, Wanted { kind, name }) => {
                format!("what {kind:?} {name} to make in {}?", session.expose())
            }
            Effect::Make(_, needs) => format!("make {needs:?}"),
            Effect::AskForAnother => "another?".to_owned(),
            Effect::Enrol(session, _, name) => format!("enrol {name} in {}", session.expose()),
            Effect::Leave(session) => format!("leave {}", session.expose()),
        });
        self.answers.pop_front().expect("an answer more than the script has")
    }
}

/// What comes of these answers, and what was asked for them, one a line.
fn check(
    goal: Goal,
    answers: impl IntoIterator<Item = Result<Event, Error>>,
    log: &str,
) -> Result<Outcome, Error> {
    let mut script = Script { answers: answers.into_iter().collect(), log: Vec::new() };
    let result = run(goal, &mut script);
    assert_eq!(script.log.join("; "), log);
    assert!(script.answers.is_empty(), "all answers were asked for");
    result
}

fn secret(text: &str) -> Secret {
    Secret::new(text)
}

fn begun() -> Result<Event, Error> {
    Ok(Event::Begun(Attempt::of("attempt")))
}

fn typed() -> Result<Event, Error> {
    Ok(Event::Typed(secret("pw")))
}

fn factor_needed(way: &str) -> Result<Event, Error> {
    Ok(Event::Checked(AfterPassword::Factor { ways: vec!["card".to_owned(), way.to_owned()] }))
}

fn none_yet() -> Result<Event, Error> {
    Ok(Event::Checked(AfterPassword::EnrolOnly { code: secret("first") }))
}

fn employer(id: &str) -> Organisation {
    Organisation { id: id.to_owned(), name: format!("FAKE {id}"), agb: None }
}

fn several() -> Result<Event, Error> {
    let organisations = vec![employer("a"), employer("b")];
    Ok(Event::Checked(AfterPassword::Choose { organisations }))
}

fn to_sign() -> Result<Event, Error> {
    let options = r#"{"challenge":"AA","allowCredentials":[{"type":"public-key","id":"AA"}]}"#;
    Ok(Event::ToSign(serde_json::from_str(options).unwrap()))
}

fn signed() -> Result<Event, Error> {
    use crate::webauthn::{AssertionResponse, Bytes, Empty};
    let bytes = || Bytes(vec![1]);
    Ok(Event::Signed(Box::new(AuthenticationResponse {
        id: bytes(),
        raw_id: bytes(),
        response: AssertionResponse {
            client_data_json: bytes(),
            authenticator_data: bytes(),
            signature: bytes(),
            user_handle: None,
        },
        authenticator_attachment: "cross-platform",
        client_extension_results: Empty {},
        kind: "public-key",
    })))
}

fn logged_in() -> Result<Event, Error> {
    Ok(Event::LoggedIn(Done { code: secret("code"), level: Level::High }))
}

fn opened() -> Result<Event, Error> {
    Ok(Event::Opened(secret("visit")))
}

fn to_make() -> Result<Event, Error> {
    let options = r#"{"rp":{"name":"Test"},"user":{"id":"AQI","name":"a","displayName":"A"},
        "challenge":"AA","pubKeyCredParams":[],
        "authenticatorSelection":{"residentKey":"required"}}"#;
    Ok(Event::ToMake(Box::new(serde_json::from_str(options).unwrap())))
}

fn made() -> Result<Event, Error> {
    use crate::webauthn::{AttestationResponse, Bytes, CreationResults};
    let bytes = || Bytes(vec![1]);
    Ok(Event::Made(Box::new(RegistrationResponse {
        id: bytes(),
        raw_id: bytes(),
        response: AttestationResponse {
            client_data_json: bytes(),
            attestation_object: bytes(),
            authenticator_data: bytes(),
            transports: Vec::new(),
            public_key_algorithm: -7,
            public_key: None,
        },
        authenticator_attachment: "cross-platform",
        client_extension_results: CreationResults::default(),
        kind: "public-key",
    })))
}

fn enrolled() -> Result<Event, Error> {
    let text = |text: &str| text.to_owned();
    let (id, kind, name) = (text("1"), text("security_key"), text("blue"));
    Ok(Event::Enrolled(Factor { id, kind, name, level: Level::High, evidence: String::new() }))
}

fn excluded() -> Result<Event, Error> {
    Err(Error::Key(fido::error::Error::Excluded))
}

fn enrol() -> Goal {
    Goal::Enrol("arts".to_owned(), Wanted { kind: Kind::Passkey, name: "blue".to_owned() })
}

#[test]
fn a_passkey_logs_in_without_a_password() {
    let answers = [begun(), to_sign(), signed(), logged_in()];
    let log = "begin; what to sign?; sign Nothing; log in";
    let done = check(Goal::LogIn(None), answers, log);
    assert!(matches!(done, Ok(Outcome::LoggedIn(done)) if done.code == secret("code")));
}

#[test]
fn a_key_logs_in_after_the_password() {
    let after = [to_sign(), signed(), logged_in()];
    let answers = [begun(), typed(), factor_needed("security_key")].into_iter().chain(after);
    let log = "begin; password of arts?; check arts pw; what to sign?; sign Nothing; log in";
    let done = check(Goal::LogIn(Some("arts".to_owned())), answers, log);
    assert!(matches!(done, Ok(Outcome::LoggedIn(_))));
}

#[test]
fn after_a_choice_the_account_that_was_chosen_goes_on_as_if_it_were_the_only_one() {
    let chosen = || [begun(), typed(), several(), Ok(Event::Chose(employer("b")))];
    let log = "begin; password of arts?; check arts pw; FAKE a or FAKE b?; at b";
    let log_in = || Goal::LogIn(Some("arts".to_owned()));
    let rest = [factor_needed("security_key"), to_sign(), signed(), logged_in()];
    let whole = format!("{log}; what to sign?; sign Nothing; log in");
    let done = check(log_in(), chosen().into_iter().chain(rest), &whole);
    assert!(matches!(done, Ok(Outcome::LoggedIn(_))));
    let done = check(log_in(), chosen().into_iter().chain([none_yet()]), log);
    assert!(matches!(done, Err(Error::NothingEnrolled)));
    let waived = Event::Checked(AfterPassword::Done(Done { code: secret("c"), level: Level::Low }));
    let done = check(log_in(), chosen().into_iter().chain([Ok(waived)]), log);
    assert!(matches!(done, Ok(Outcome::LoggedIn(done)) if done.level == Level::Low));
    let prove = Goal::Prove("arts".to_owned());
    let code = check(prove, chosen().into_iter().chain([none_yet()]), log);
    assert!(matches!(code, Ok(Outcome::Proven(code)) if code == secret("first")));
}

#[test]
fn who_chooses_nothing_sends_nothing() {
    let unchosen = choice::Error::Unchosen { offered: vec![employer("a")] };
    let answers = [begun(), typed(), several(), Err(unchosen.into())];
    let log = "begin; password of arts?; check arts pw; FAKE a or FAKE b?";
    let done = check(enrol(), answers, log);
    assert!(matches!(done, Err(Error::Choice(choice::Error::Unchosen { .. }))));
}

#[test]
fn an_account_without_a_key_says_so_before_a_key_is_asked() {
    let log = "begin; password of arts?; check arts pw";
    let of = |goal: Goal, after| check(goal, [begun(), typed(), after], log);
    let log_in = || Goal::LogIn(Some("arts".to_owned()));
    assert!(matches!(of(log_in(), none_yet()), Err(Error::NothingEnrolled)));
    assert!(matches!(of(log_in(), factor_needed("totp")), Err(Error::NoKeyAmongWays)));
    assert!(matches!(of(enrol(), factor_needed("totp")), Err(Error::NoKeyAmongWays)));
}

#[test]
fn a_first_key_needs_the_password_alone_and_another_the_first() {
    let rest = || [opened(), to_make(), made(), enrolled(), Ok(Event::Left)];
    let enrols =
        "what Passkey blue to make in visit?; make Ctap2; enrol blue in visit; leave visit";
    let log = format!("begin; password of arts?; check arts pw; open first; {enrols}");
    let answers = [begun(), typed(), none_yet()].into_iter().chain(rest());
    assert!(matches!(check(enrol(), answers, &log), Ok(Outcome::Enrolled(_))));
    let proof = "tell; what to sign?; sign Nothing anywhere; log in; open code";
    let log = format!("begin; password of arts?; check arts pw; {proof}; {enrols}");
    let proves = [begun(), typed(), factor_needed("passkey"), Ok(Event::Told), to_sign()];
    let answers = proves.into_iter().chain([signed(), logged_in()]).chain(rest());
    assert!(matches!(check(enrol(), answers, &log), Ok(Outcome::Enrolled(_))));
}

#[test]
fn a_proof_gives_the_code_and_opens_nothing() {
    let prove = || Goal::Prove("arts".to_owned());
    let log = "begin; password of arts?; check arts pw";
    let code = check(prove(), [begun(), typed(), none_yet()], log);
    assert!(matches!(code, Ok(Outcome::Proven(code)) if code == secret("first")));
    let answers = [begun(), typed(), factor_needed("security_key"), Ok(Event::Told), to_sign()];
    let answers = answers.into_iter().chain([signed(), logged_in()]);
    let log = format!("{log}; tell; what to sign?; sign Nothing anywhere; log in");
    let code = check(prove(), answers, &log);
    assert!(matches!(code, Ok(Outcome::Proven(code)) if code == secret("code")));
}

#[test]
fn another_key_is_asked_for_three_times_and_the_visit_is_left() {
    let again = || [Ok(Event::Agreed), to_make(), excluded()];
    let start = [begun(), typed(), none_yet(), opened(), to_make(), excluded()];
    let thrice = again().into_iter().chain(again()).chain(again());
    let answers = start.into_iter().chain(thrice).chain([Ok(Event::Left)]);
    let opens = "begin; password of arts?; check arts pw; open first";
    let makes = "what Passkey blue to make in visit?; make Ctap2";
    let log = format!(
        "{opens}; {makes}; another?; {makes}; another?; {makes}; another?; {makes}; leave visit"
    );
    let result = check(enrol(), answers, &log);
    assert!(matches!(result, Err(Error::Key(fido::error::Error::Excluded))));
    let start = [begun(), typed(), none_yet(), opened(), to_make(), excluded()];
    let answers = start.into_iter().chain([Ok(Event::Declined), Ok(Event::Left)]);
    let log = format!("{opens}; {makes}; another?; leave visit");
    assert!(matches!(check(enrol(), answers, &log), Err(Error::Declined)));
}

#[test]
fn whatever_fails_in_a_visit_the_visit_is_left() {
    let gone = || Err(Error::Server(server::Error::TimedOut));
    let starts = || [begun(), typed(), none_yet(), opened()].into_iter();
    let opens =
        "begin; password of arts?; check arts pw; open first; what Passkey blue to make in visit?";
    for (answers, log) in [
        (vec![gone()], ""),
        (vec![to_make(), gone()], "; make Ctap2"),
        (vec![to_make(), made(), gone()], "; make Ctap2; enrol blue in visit"),
    ] {
        // Nor does a server that is gone hide why.
        let answers = starts().chain(answers).chain([Err(Error::Declined)]);
        let result = check(enrol(), answers, &format!("{opens}{log}; leave visit"));
        assert!(matches!(result, Err(Error::Server(server::Error::TimedOut))), "{log}");
    }
}

#[test]
fn a_person_who_stops_or_cannot_be_asked_ends_it() {
    let log = "begin; password of arts?";
    let stops = check(enrol(), [begun(), Ok(Event::Declined)], log);
    assert!(matches!(stops, Err(Error::Declined)));
    let broken = check(enrol(), [begun(), Err(consent::Error::NoPinentry.into())], log);
    assert!(matches!(broken, Err(Error::Consent(consent::Error::NoPinentry))));
}

#[test]
fn an_event_out_of_order_ends_it() {
    for event in [made(), opened(), enrolled(), Ok(Event::Left), Ok(Event::Agreed)] {
        assert!(matches!(check(Goal::LogIn(None), [event], "begin"), Err(Error::Declined)));
    }
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
