//! A choice as the server answers it, and as it should not.

use super::*;
use crate::server::Level;
use crate::server::tests::{attempt, json_answer, server};

const TWO: &str = r#"{"state":"choose","organisations":[
    {"id":"a1","name":"FAKE Dokterspost","agb":"01000002"},{"id":"b2","name":"FAKE Thuiszorg","agb":null}]}"#;

fn one(id: &str) -> Organisation {
    Organisation { id: id.to_owned(), name: String::new(), agb: None }
}

#[test]
fn a_choice_after_the_password_is_read_and_its_id_sent() {
    let (client, asked) = server(json_answer(TWO));
    let after = client.password(&attempt(), "arts", &Secret::new("geheim")).unwrap();
    asked.join().unwrap();
    let AfterPassword::Choose { organisations } = after else { panic!("{after:?}") };
    assert_eq!(organisations[0].agb.as_deref(), Some("01000002"));
    assert_eq!((organisations[1].id.as_str(), &organisations[1].agb), ("b2", &None));

    let (client, asked) = server(json_answer(r#"{"state":"factor","ways":["card"]}"#));
    let after = client.choose_by_password(&attempt(), &organisations[1]).unwrap();
    assert!(matches!(after, AfterPassword::Factor { ways } if ways == ["card"]));
    let asked = asked.join().unwrap();
    assert!(asked.starts_with("POST /api/v1/login/organisation HTTP/1.1\r\n"), "{asked}");
    assert!(asked.to_lowercase().contains("authorization: bearer attempt-token\r\n"), "{asked}");
    assert!(asked.ends_with(r#"{"organisation":"b2"}"#), "{asked}");
}

#[test]
fn a_choice_after_the_card_is_read_and_leads_to_the_end() {
    let (client, asked) = server(json_answer(TWO));
    let after = client.login_card(&attempt(), &"token").unwrap();
    asked.join().unwrap();
    assert!(matches!(after, AfterCard::Choose { organisations } if organisations.len() == 2));
    let (client, asked) = server(json_answer(r#"{"state":"done","code":"c","level":"high"}"#));
    let done = client.choose_by_card(&attempt(), &one("a1")).unwrap();
    assert_eq!((done.code, done.level), (Secret::new("c"), Level::High));
    asked.join().unwrap();
}

#[test]
fn where_nothing_more_is_due_the_password_ends_the_log_in() {
    let (client, asked) = server(json_answer(r#"{"state":"done","code":"c","level":"low"}"#));
    let after = client.password(&attempt(), "arts", &Secret::new("geheim")).unwrap();
    assert!(matches!(after, AfterPassword::Done(done) if done.level == Level::Low));
    asked.join().unwrap();
}

#[test]
fn a_choice_of_nothing_and_a_choice_after_the_choice_are_malformed() {
    let malformed = |error: Error| assert!(matches!(error, Error::Malformed(_)), "{error:?}");
    let none = r#"{"state":"choose","organisations":[]}"#;
    let (client, asked) = server(json_answer(none));
    malformed(client.password(&attempt(), "arts", &Secret::new("x")).unwrap_err());
    asked.join().unwrap();
    let (client, asked) = server(json_answer(none));
    malformed(client.login_card(&attempt(), &"token").unwrap_err());
    asked.join().unwrap();
    let (client, asked) = server(json_answer(TWO));
    malformed(client.choose_by_password(&attempt(), &one("a1")).unwrap_err());
    asked.join().unwrap();
    let (client, asked) = server(json_answer(TWO));
    malformed(client.choose_by_card(&attempt(), &one("a1")).unwrap_err());
    asked.join().unwrap();
}
