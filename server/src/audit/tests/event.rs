//! What an event looks like when it is written down.

use super::*;

fn canonical(event: &Event, actor: &Actor) -> String {
    let (text, personal) = event.parts(actor, Random::system());
    assert_eq!(personal, None);
    text
}

#[test]
fn what_is_personal_stands_beside_the_event_under_a_commitment() {
    let card = Sighting {
        standing: Standing::Claimed,
        serial: "1f".to_owned(),
        issuer: "Test CA".to_owned(),
        holder: None,
        policy: None,
        revocation_list: None,
    };
    let card = Some(Box::new(card));
    let event = Event::FactorRefused { kind: Some(Kind::Card), reason: "card_revoked", card };
    let [one, other] = [0, 1].map(|_| {
        let (text, personal) = event.parts(&Actor::Operator, Random::system());
        (text, personal.unwrap())
    });
    let (text, personal) = &one;
    let content = r#"{"card":{"issuer":"Test CA","serial":"1f","standing":"claimed"}}"#;
    assert_eq!(personal.content, content);
    let commitment = personal.commitment();
    assert_eq!(
        *text,
        format!(
            r#"{{"actor":{{"who":"operator"}},"event":"factor_refused","kind":"card","personal":"{commitment}","reason":"card_revoked"}}"#
        )
    );
    assert_ne!(one.0, other.0, "the same card is not recognised by its commitment");
}

#[test]
fn why_a_factor_was_waived_is_personal() {
    let why = "sleutel kwijt".to_owned();
    let event = Event::WaiverGiven { until: Time::from_millis(7), why };
    let (text, personal) = event.parts(&Actor::Operator, Random::system());
    assert!(!text.contains("sleutel") && text.contains("\"until\":7"), "{text}");
    assert_eq!(personal.unwrap().content, r#"{"why":"sleutel kwijt"}"#);
}

#[test]
fn the_name_of_an_operator_is_personal() {
    let letter = LetterId::parse("00112233445566778899aabbccddeeff").unwrap();
    let pin = PinId::parse("ffeeddccbbaa99887766554433221100").unwrap();
    let operator = "Test Een".to_owned();
    let event = Event::LetterExported { letter, pin, operator };
    let (text, personal) = event.parts(&Actor::Operator, Random::system());
    assert!(!text.contains("Test Een") && text.contains("letter_exported"), "{text}");
    assert_eq!(personal.unwrap().content, r#"{"operator":"Test Een"}"#);
}

#[test]
fn who_compared_an_anchor_with_the_register_is_personal() {
    let organisation = OrganisationId::random(Random::system());
    let event = Event::AnchorPlanned {
        organisation,
        anchor: "email",
        starts: Time::from_millis(7),
        kvk: "12345678".to_owned(),
        extract: Time::from_millis(5),
        operator: "Test Beheerder".to_owned(),
    };
    let (text, personal) = event.parts(&Actor::Operator, Random::system());
    assert!(!text.contains("Beheerder") && text.contains("\"kvk\":\"12345678\""), "{text}");
    assert_eq!(personal.unwrap().content, r#"{"operator":"Test Beheerder"}"#);
}

#[test]
fn an_event_is_canonical_json() {
    let event = Event::PasswordBlocked { until: Some(Time::from_millis(7)) };
    let visitor = Actor::Visitor { attempt: None };
    assert_eq!(
        canonical(&event, &visitor),
        r#"{"actor":{"who":"visitor"},"event":"password_blocked","until":7}"#
    );
    let event = Event::FactorRefused { kind: Some(Kind::Card), reason: "card_revoked", card: None };
    assert_eq!(
        canonical(&event, &Actor::Operator),
        r#"{"actor":{"who":"operator"},"event":"factor_refused","kind":"card","reason":"card_revoked"}"#
    );
    let session = SessionId::parse("ffeeddccbbaa99887766554433221100").unwrap();
    let owner = Actor::Owner { session: session.clone(), attempt: None };
    assert_eq!(
        canonical(&Event::SessionEnded { session }, &owner),
        r#"{"actor":{"session":"ffeeddccbbaa99887766554433221100","who":"owner"},"event":"session_ended","session":"ffeeddccbbaa99887766554433221100"}"#
    );
}
