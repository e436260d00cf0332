//! Tests on certificates of the real TEST hierarchy, on hand-made mocks, and on changed bytes.

use const_oid::ObjectIdentifier;
use jiff::Timestamp;
use proptest::prelude::*;
use wire::uzi::{CertificateError, Kind, Subscriber};

use super::admission::{Admission, Roles, Subscribers};
use super::certificate::{self, Certificate, LARGEST};
use super::issue::Environment;
use super::refusal::{Element, ListFault, Refusal};
use super::revocation::{self, RevocationList};
use super::roles::Pattern;
use super::sighting::{Sighting, Standing};
use super::trust::{self, Trust};
use super::{Card, Revocation, algorithm, published};

fn content(path: &str) -> Vec<u8> {
    let path = format!("{}/../tests/uzi/{path}.pem", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).expect(&path)
}

fn certificate(path: &str) -> Certificate {
    Certificate::from_file_content(&content(path)).expect(path)
}

fn examine(
    certificate: &Certificate,
    trust: &Trust,
    revocation: Revocation<'_>,
    admission: &Admission,
    at: Timestamp,
) -> Result<Card, Refusal> {
    super::examine(certificate, trust, revocation, admission, at).outcome
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn examined(path: &str, moment: &str) -> Result<Card, Refusal> {
    examined_by(path, moment, &Admission::default())
}

fn examined_by(path: &str, moment: &str, admission: &Admission) -> Result<Card, Refusal> {
    let trust = Trust::published(Environment::Test);
    examine(&certificate(path), &trust, Revocation::Unchecked, admission, at(moment))
}

const HUISARTS: &str = "samples/real-test/z_huisarts_2024_authenticiteit";
const ARTS: &str = "samples/real-test/z_arts_2017_authenticiteit";
const IN_2025: &str = "2025-01-01T00:00:00Z";
const IN_2019: &str = "2019-01-01T00:00:00Z";

#[test]
fn the_published_sets_are_sound_and_their_files_are_those_of_the_publisher() {
    for (environment, count) in [(Environment::Test, 5), (Environment::Production, 6)] {
        let trust = Trust::published(environment);
        assert_eq!(trust.environment(), environment);
        assert_eq!(trust.anchors().len(), 1);
        assert_eq!(trust.pool().len(), count - 1);
        let readme = include_str!("published/README.md");
        for one in published::certificates(environment) {
            use sha2::{Digest, Sha256};
            let print = certificate::hex_of(&Sha256::digest(one.der()));
            assert!(readme.contains(&print), "{} {print}", one.subject_name());
            assert_eq!(published::environment(&one), Some(environment));
        }
    }
}

#[test]
fn a_real_test_card_of_2024_is_let_in() {
    let card = examined(HUISARTS, IN_2025).expect("let in");
    assert_eq!(card.identity.number.as_str(), "900030757");
    assert_eq!(card.identity.kind, Kind::CareProvider);
    assert_eq!(card.identity.subscriber.as_str(), "90000380");
    assert_eq!(card.identity.role.to_string(), "01.015");
    assert_eq!(card.subject.organisation.as_deref(), Some("Tést Zorginstelling 01"));
}

fn sighted(trust: &Trust, moment: &str) -> Sighting {
    let card = certificate(HUISARTS);
    let admission = Admission::default();
    super::examine(&card, trust, Revocation::Unchecked, &admission, at(moment)).sighting
}

#[test]
fn what_is_kept_of_a_card_says_how_far_it_was_believed() {
    let trust = Trust::published(Environment::Test);
    let seen = sighted(&trust, IN_2025);
    assert_eq!(
        serde_json::to_value(&seen).expect("JSON"),
        serde_json::json!({
            "standing": "issued",
            "serial": "68d526eea8b5ac7e18b4cd61951d3dea8383161f",
            "issuer": "TEST UZI-register Zorgverlener CA G3",
            "uzi_number": "900030757",
            "card_type": "Z",
            "subscriber": "90000380",
            "role": "01.015",
            "policy": "2.16.528.1.1007.99.211",
        })
    );
    assert_eq!(seen.held().standing, Standing::Held);
    let stranger = sighted(&Trust::published(Environment::Production), IN_2025);
    assert_eq!((stranger.standing, stranger.policy), (Standing::Claimed, None));
    let expired = sighted(&trust, "2029-01-01T00:00:00Z");
    assert_eq!(expired.standing, Standing::Claimed);
}

#[test]
fn what_a_stranger_writes_on_a_card_takes_little_room() {
    let folder = format!("{}/../tests/uzi/samples/mock-puzi", env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("the mocks") {
        let content = std::fs::read(entry.expect("a mock").path()).expect("a mock");
        let mock = Certificate::from_file_content(&content).expect("a certificate");
        let kept = serde_json::to_string(&Sighting::claimed(&mock)).expect("JSON");
        assert!(kept.len() < 600, "{kept}");
        seen += 1;
    }
    assert_eq!(seen, 12);
    let long = "é\u{7}\"".repeat(10_000);
    assert_eq!(super::sighting::bounded(&long).chars().count(), 64);
    assert!(!super::sighting::bounded(&long).contains('\u{7}'));
}

#[test]
fn a_real_test_card_of_2017_is_let_in_only_while_it_was_valid() {
    assert!(examined(ARTS, IN_2019).is_ok());
    let end = at("2020-07-12T11:39:08Z");
    assert!(examined(ARTS, "2020-07-12T11:39:08Z").is_ok(), "the last second counts");
    assert_eq!(examined(ARTS, "2020-07-12T11:39:09Z"), Err(Refusal::Expired(Element::Card, end)));
    let begin = at("2017-07-13T11:39:08Z");
    assert!(examined(ARTS, "2017-07-13T11:39:08Z").is_ok(), "the first second counts");
    assert_eq!(
        examined(ARTS, "2017-07-13T11:39:07Z"),
        Err(Refusal::NotYetValid(Element::Card, begin))
    );
}

#[test]
fn where_everything_has_ended_the_end_of_the_card_comes_first() {
    // In 2030 the authorities have ended as well; in 2016 none of them had begun.
    assert_eq!(
        examined(HUISARTS, "2030-01-01T00:00:00Z"),
        Err(Refusal::Expired(Element::Card, at("2027-09-19T20:00:00Z")))
    );
    assert_eq!(
        examined(HUISARTS, "2016-01-01T00:00:00Z"),
        Err(Refusal::NotYetValid(Element::Card, at("2024-09-19T20:00:00Z")))
    );
}

#[test]
fn the_other_certificates_of_a_card_are_no_log_in() {
    for (name, found) in [
        ("handtekening", "nonRepudiation"),
        ("vertrouwelijkheid", "keyEncipherment, dataEncipherment"),
    ] {
        let answer = examined(&format!("samples/real-test/z_arts_2017_{name}"), IN_2019);
        assert_eq!(answer, Err(Refusal::KeyUsage { found: found.to_owned() }));
    }
}

#[test]
fn mocks_have_no_path_and_an_own_anchor_does_not_help_them() {
    let folder = format!("{}/../tests/uzi/samples/mock-puzi", env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("the mocks") {
        let path = entry.expect("a mock").path();
        let content = std::fs::read(&path).expect("a mock");
        let mock = Certificate::from_file_content(&content).expect("a certificate");
        let moment = at("2024-01-01T00:00:00Z");
        let issuer = mock.issuer_name();
        let published = Trust::published(Environment::Test);
        let admission = Admission::default();
        let answer = examine(&mock, &published, Revocation::Unchecked, &admission, moment);
        assert_eq!(answer, Err(Refusal::NoPath { issuer }), "{}", path.display());
        let own = Trust::assemble(vec![mock.clone()], &[]).expect("self-signed");
        let answer = examine(&mock, &own, Revocation::Unchecked, &admission, moment);
        assert_eq!(answer, Err(Refusal::IsAuthority), "{}", path.display());
        seen += 1;
    }
    assert_eq!(seen, 12);
}

#[test]
fn either_certificate_of_a_pair_completes_the_path() {
    for left_out in ["2017", "2019"] {
        let all = published::certificates(Environment::Test);
        let pair_part = |one: &Certificate| {
            one.subject_name() == "TEST UZI-register Zorgverlener CA G3"
                && one.not_before().to_string().starts_with(left_out)
        };
        let rest: Vec<_> = all.into_iter().filter(|one| !pair_part(one)).collect();
        assert_eq!(rest.len(), 4);
        let trust = Trust::assemble(rest, &[]).expect("a trust set");
        let card = certificate(HUISARTS);
        let admission = Admission::default();
        assert!(examine(&card, &trust, Revocation::Unchecked, &admission, at(IN_2025)).is_ok());
    }
}

#[test]
fn without_the_issuing_authority_there_is_no_path() {
    let all = published::certificates(Environment::Test);
    let rest = all.into_iter().filter(|one| !one.subject_name().contains("Zorgverlener")).collect();
    let trust = Trust::assemble(rest, &[]).expect("a trust set");
    let card = certificate(HUISARTS);
    let admission = Admission::default();
    let answer = examine(&card, &trust, Revocation::Unchecked, &admission, at(IN_2025));
    let issuer = "TEST UZI-register Zorgverlener CA G3".to_owned();
    assert_eq!(answer, Err(Refusal::NoPath { issuer }));
}

#[test]
fn a_changed_signature_is_a_forgery() {
    let mut der = certificate(HUISARTS).der().to_vec();
    *der.last_mut().expect("bytes") ^= 1;
    let card = Certificate::from_der(&der).expect("still a certificate");
    let trust = Trust::published(Environment::Test);
    let admission = Admission::default();
    let answer = examine(&card, &trust, Revocation::Unchecked, &admission, at(IN_2025));
    assert!(matches!(answer, Err(Refusal::Forged { .. })), "{answer:?}");
    // The forgery is named also where the card would be expired.
    let answer =
        examine(&card, &trust, Revocation::Unchecked, &admission, at("2029-01-01T00:00:00Z"));
    assert!(matches!(answer, Err(Refusal::Forged { .. })), "{answer:?}");
}

#[test]
fn a_test_card_has_no_path_in_production() {
    let trust = Trust::published(Environment::Production);
    let card = certificate(HUISARTS);
    let admission = Admission::default();
    let answer = examine(&card, &trust, Revocation::Unchecked, &admission, at(IN_2025));
    assert!(matches!(answer, Err(Refusal::NoPath { .. })), "{answer:?}");
}

#[test]
fn test_and_production_never_stand_in_one_set() {
    let mut all = published::certificates(Environment::Test);
    all.extend(published::certificates(Environment::Production));
    assert!(matches!(Trust::assemble(all, &[]), Err(trust::Error::Mixed { .. })));
}

#[test]
fn an_issuer_without_a_mapping_lets_nobody_in() {
    // The whole path of real G4 certificates, RSASSA-PSS with SHA-512, but servers' authorities.
    let names =
        ["StaatderNederlandenG4RootPrivGTLS2024", "StaatderNederlandenG4IntmPrivGTLSSYS2024"];
    let [root, above] = names.map(|name| certificate(&format!("ca/production-server/{name}")));
    let issuing = certificate("ca/production-server/UZIServerG4PKIoPrivGTLSSYS2025");
    for (one, issuer) in [(&root, &root), (&above, &root), (&issuing, &above)] {
        assert!(algorithm::signed_by(one, issuer), "{}", one.subject_name());
        assert_eq!(algorithm::check_key(one), Ok(()));
        assert_eq!(algorithm::name(one), "id-RSASSA-PSS");
    }
    assert!(!algorithm::signed_by(&issuing, &root));
    let trust = Trust::assemble(vec![root, above], &[]).expect("a G4 trust set");
    assert_eq!(trust.environment(), Environment::Production);
    assert_eq!(trust.issue_of(&issuing), None);
    let admission = Admission::default();
    let moment = at("2026-01-01T00:00:00Z");
    let answer = examine(&issuing, &trust, Revocation::Unchecked, &admission, moment);
    assert_eq!(answer, Err(Refusal::IsAuthority));
}

#[test]
fn roles_types_and_organisations_can_be_narrowed() {
    let roles = |pattern: &str| Admission {
        roles: Roles::Only(vec![Pattern::parse(pattern).expect("a pattern")]),
        ..Admission::default()
    };
    assert!(examined_by(HUISARTS, IN_2025, &roles("01.015")).is_ok());
    assert!(examined_by(HUISARTS, IN_2025, &roles("01.*")).is_ok());
    assert_eq!(
        examined_by(HUISARTS, IN_2025, &roles("01.016")),
        Err(Refusal::Role("01.015".to_owned()))
    );
    let kinds = Admission { kinds: vec![Kind::NamedEmployee], ..Admission::default() };
    assert_eq!(examined_by(HUISARTS, IN_2025, &kinds), Err(Refusal::Type(Kind::CareProvider)));
    let only = |number: &str| Admission {
        subscribers: Subscribers::Only([Subscriber::parse(number).expect("8 digits")].into()),
        ..Admission::default()
    };
    assert!(examined_by(HUISARTS, IN_2025, &only("90000380")).is_ok());
    assert_eq!(
        examined_by(HUISARTS, IN_2025, &only("90000381")),
        Err(Refusal::Subscriber("90000380".to_owned()))
    );
}

#[test]
fn servers_never_log_in_and_unknown_roles_are_denied_unless_named() {
    let identity = |text: &str| text.parse::<wire::uzi::Identity>().expect("an identity");
    let server = identity("2.16.528.1.1007.99.2110-1-900000001-S-90000001-00.000-00000000");
    let all = [Kind::CareProvider, Kind::NamedEmployee, Kind::UnnamedEmployee, Kind::Server];
    let everybody = Admission { kinds: all.to_vec(), ..Admission::default() };
    assert_eq!(everybody.check(&server), Err(Refusal::Type(Kind::Server)));
    let unnamed = identity("2.16.528.1.1007.99.219-1-900000001-M-90000001-00.000-00000000");
    assert_eq!(Admission::default().check(&unnamed), Err(Refusal::Type(Kind::UnnamedEmployee)));
    assert_eq!(everybody.check(&unnamed), Ok(()));
    let strange = identity("2.16.528.1.1007.99.217-1-900000001-Z-90000001-77.000-00000000");
    assert_eq!(
        Admission::default().check(&strange),
        Err(Refusal::UnknownRole("77.000".to_owned()))
    );
    let named = Admission {
        roles: Roles::Only(vec![Pattern::Title("77".to_owned())]),
        ..Admission::default()
    };
    assert_eq!(named.check(&strange), Ok(()));
}

#[test]
fn without_lists_the_first_missing_one_is_named() {
    let trust = Trust::published(Environment::Test);
    let card = certificate(HUISARTS);
    let admission = Admission::default();
    let answer = examine(&card, &trust, Revocation::Lists(&[]), &admission, at(IN_2025));
    let issuer = "TEST UZI-register Zorgverlener CA G3".to_owned();
    assert_eq!(answer, Err(Refusal::NoRevocationList { issuer }));
}

#[test]
fn a_file_holds_one_certificate_of_bounded_size_and_nothing_after_it() {
    let read = |content: &[u8]| Certificate::from_file_content(content).map(|_| ());
    let pem = content(HUISARTS);
    let der = certificate(HUISARTS).der().to_vec();
    assert_eq!(read(&pem), Ok(()));
    assert_eq!(read(&der), Ok(()));
    assert_eq!(read(&[b"\xEF\xBB\xBF", &pem[..]].concat()), Ok(()), "a byte order mark");
    assert_eq!(read(&[b"Certificate:\n  Data:\n", &pem[..], b"\n"].concat()), Ok(()));
    let crlf = String::from_utf8(pem.clone()).expect("text").replace('\n', "\r\n");
    assert_eq!(read(crlf.as_bytes()), Ok(()), "line ends of Windows");
    assert_eq!(read(&[&pem[..], &pem[..]].concat()), Err(certificate::Error::Several(2)));
    assert!(matches!(read(&[&der[..], &[0]].concat()), Err(certificate::Error::Der(_))));
    assert!(matches!(read(&der[..der.len() - 1]), Err(certificate::Error::Der(_))));
    assert_eq!(read(b""), Err(certificate::Error::NoCertificate));
    assert_eq!(read(b"0 geen certificaat"), Err(certificate::Error::NoCertificate));
    let huge = vec![b'x'; certificate::LARGEST_FILE + 1];
    assert!(matches!(read(&huge), Err(certificate::Error::TooLarge { .. })));
    let mut long = vec![0x30, 0x82, 0x40, 0x00];
    long.resize(LARGEST + 1, 0);
    assert!(matches!(read(&long), Err(certificate::Error::TooLarge { .. })));
    let cut = &pem[..pem.len() - 30];
    assert!(matches!(read(cut), Err(certificate::Error::Pem(_))), "{:?}", read(cut));
}

#[test]
fn every_refusal_has_a_code_a_step_and_a_remedy_in_both_languages() {
    let oid = ObjectIdentifier::new_unwrap("1.2.3");
    let moment = at(IN_2025);
    let text = || "x".to_owned();
    let refusals = vec![
        Refusal::Unreadable(certificate::Error::NoCertificate),
        Refusal::KeyNotRsa(Element::Card),
        Refusal::KeySize(Element::Authority(text()), 1024),
        Refusal::SignatureAlgorithm(Element::Root(text()), text()),
        Refusal::CriticalExtension(Element::Card, oid),
        Refusal::NoPath { issuer: text() },
        Refusal::Forged { issuer: text() },
        Refusal::BrokenPath { rule: text() },
        Refusal::NotYetValid(Element::Card, moment),
        Refusal::Expired(Element::Card, moment),
        Refusal::Expired(Element::Root(text()), moment),
        Refusal::Revoked(Element::Card, moment),
        Refusal::Revoked(Element::Authority(text()), moment),
        Refusal::NoRevocationList { issuer: text() },
        Refusal::StaleRevocationList { issuer: text(), next_update: moment },
        Refusal::EarlyRevocationList { issuer: text(), this_update: moment },
        Refusal::UnusableRevocationList { issuer: text(), fault: ListFault::Delta },
        Refusal::KeyUsage { found: text() },
        Refusal::KeyUsageNotCritical,
        Refusal::NotForLogin,
        Refusal::IsAuthority,
        Refusal::UnknownIssuer { issuer: text(), spki_sha256: text() },
        Refusal::NoPolicy { expected: oid },
        Refusal::OtherPolicy { expected: oid, found: vec![oid] },
        Refusal::UziField(CertificateError::NoUziField),
        Refusal::OtherAuthority { named: text(), expected: oid },
        Refusal::OtherType { named: Kind::Server, expected: Kind::CareProvider },
        Refusal::SerialNumber { uzi_number: text(), serial_number: None },
        Refusal::PrincipalName { expected: text(), found: text() },
        Refusal::Type(Kind::UnnamedEmployee),
        Refusal::UnknownRole(text()),
        Refusal::Role(text()),
        Refusal::Subscriber(text()),
    ];
    let codes: std::collections::HashSet<_> = refusals.iter().map(Refusal::code).collect();
    assert_eq!(codes.len(), refusals.len(), "codes are distinct");
    let steps: Vec<_> = refusals.iter().map(Refusal::step).collect();
    assert!(steps.is_sorted(), "the variants stand in the order of the steps");
    for refusal in &refusals {
        for sentence in [refusal.dutch(), refusal.english()] {
            assert!(sentence.ends_with('.'), "{sentence}");
            assert!(sentence.matches(['.', ':', ';']).count() >= 2, "no remedy: {sentence}");
        }
        assert_ne!(refusal.dutch(), refusal.english());
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_readers_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = Certificate::from_file_content(&bytes);
        let _ = RevocationList::from_content(&bytes);
    }

    #[test]
    fn no_text_makes_the_readers_panic(text in "(-----BEGIN (CERTIFICATE|X509 CRL)-----\n)?[A-Za-z0-9+/=\n]{0,200}(-----END (CERTIFICATE|X509 CRL)-----)?") {
        let _ = Certificate::from_file_content(text.as_bytes());
        let _ = RevocationList::from_content(text.as_bytes());
    }

    /// Whatever byte of a real card changes, it is not let in: everything is under the signature,
    /// or is the signature, or frames both.
    #[test]
    fn no_changed_byte_lets_a_card_in(index: prop::sample::Index, change in 1u8..) {
        let mut der = certificate(HUISARTS).der().to_vec();
        let at_byte = index.index(der.len());
        der[at_byte] ^= change;
        if let Ok(card) = Certificate::from_der(&der) {
            let trust = Trust::published(Environment::Test);
            let admission = Admission::default();
            let answer = examine(&card, &trust, Revocation::Unchecked, &admission, at(IN_2025));
            prop_assert!(answer.is_err());
        }
    }
}

#[test]
fn a_list_is_read_from_der_and_pem_and_nothing_else() {
    let read = |content: &[u8]| RevocationList::from_content(content).err();
    assert_eq!(read(b""), Some(revocation::Error::NoList));
    assert_eq!(read(&content(HUISARTS)), Some(revocation::Error::NoList));
    let der = certificate(HUISARTS).der().to_vec();
    assert!(matches!(read(&der), Some(revocation::Error::Malformed(_))));
}
