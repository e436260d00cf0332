//! A card's Web eID token, signed by openssl with the key of a simulated card, against the server's
//! verifier: let in once everything holds, and no revocation list is fetched before the signature
//! was checked.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use sleutelbos_server::clock::{Clock, Time};
use sleutelbos_server::factors::card::{Refused, Verified, Verifier};
use sleutelbos_server::uzi::admission::Admission;
use sleutelbos_server::uzi::certificate::Certificate;
use sleutelbos_server::uzi::lists::{Lists, Place};
use sleutelbos_server::uzi::revocation::RevocationList;
use sleutelbos_server::uzi::sighting::Standing;
use sleutelbos_server::uzi::trust::Trust;
use sleutelbos_server::uzi::{Revocation, examine};
use tempfile::TempDir;
use tests::program::Program;
use tests::soft_card::SoftCard;
use wire::web_eid::Algorithm;

const ORIGIN: &str = "https://zorg.example";
const NONCE: &str = "5HjEnloLD+TreMRn96Aa/ReoXif/lQkrQFWHZMRxT+Y=";

struct World {
    folder: TempDir,
}

impl World {
    fn mint() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let pki = folder.path().join("pki");
        let _ = Program::ours("firmware-sim").arg("pki").arg(&pki).run().good();
        Self { folder }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join("pki").join(name)
    }

    fn lists(&self) -> Vec<Place> {
        let folder = std::fs::read_dir(self.path("crl")).expect("the revocation lists");
        folder.map(|entry| Place::File(entry.expect("a list").path())).collect()
    }

    fn verifier(&self, places: Vec<Place>) -> Verifier {
        let trust = Arc::new(Trust::read(&self.path("trust")).expect("a trust set"));
        let lists = Lists::new(places, trust.clone());
        Verifier::new(ORIGIN.to_owned(), trust, lists, Admission::default())
    }

    /// What a card would answer.
    fn token(&self, card: &str, algorithm: Algorithm, options: &[&str], origin: &str) -> Value {
        SoftCard::of(&self.path(""), card).token((algorithm, options), origin, NONCE)
    }
}

const Z: &str = "cards/z/authenticiteit";

fn now() -> Time {
    Clock::system().now()
}

async fn verify(verifier: &Verifier, token: &Value) -> Result<Verified, Refused> {
    verifier.verify(token.to_string().as_bytes(), NONCE, now()).await
}

fn code(answer: Result<Verified, Refused>) -> &'static str {
    answer.map_or_else(|refused| refused.refusal.code(), |_| "let in")
}

#[tokio::test]
async fn a_cards_signature_lets_its_holder_in_and_nothing_else_does() {
    let world = World::mint();
    let verifier = world.verifier(world.lists());
    let pss = ["-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"];
    for (algorithm, options) in [(Algorithm::Rs256, &["-sha256"][..]), (Algorithm::Ps256, &pss)] {
        let card = verify(&verifier, &world.token(Z, algorithm, options, ORIGIN)).await;
        let Verified { card, sighting } = card.expect("a sound token");
        assert_eq!(card.subject.surname.as_deref(), Some("Arts"));
        assert_eq!(card.identity.number.as_str(), "900000101");
        assert!(sighting.revocation_list.is_some(), "the list's number goes to the audit");
        let holder = sighting.holder.expect("it names one");
        assert_eq!((sighting.standing, holder.uzi_number.as_str()), (Standing::Held, "900000101"));
    }
    let good = world.token(Z, Algorithm::Rs256, &["-sha256"], ORIGIN);
    for nonce in [NONCE.replace('5', "6"), String::new()] {
        let answer = verifier.verify(good.to_string().as_bytes(), &nonce, now()).await;
        assert_eq!(code(answer), "card_signature", "{nonce}");
    }
    for origin in ["https://zorg.example.com", "http://zorg.example", "https://zorg.example:443"] {
        let token = world.token(Z, Algorithm::Rs256, &["-sha256"], origin);
        assert_eq!(code(verify(&verifier, &token).await), "card_signature", "{origin}");
    }
    // A right signature by another card's key.
    let mut mixed = world.token("cards/n/authenticiteit", Algorithm::Rs256, &["-sha256"], ORIGIN);
    mixed["unverifiedCertificate"] = good["unverifiedCertificate"].clone();
    assert_eq!(code(verify(&verifier, &mixed).await), "card_signature");
    // Right signatures of the card's other keys, and of cards that are refused.
    for (card, expected) in [
        ("cards/z/handtekening", "card_key_usage"),
        ("negative/revoked", "card_revoked"),
        ("negative/revoked-issuer", "card_issuer_revoked"),
        ("negative/expired", "card_expired"),
        ("negative/other-root", "card_issuer_signature"),
        ("negative/unknown-role", "card_role_unknown"),
    ] {
        let token = world.token(card, Algorithm::Rs256, &["-sha256"], ORIGIN);
        assert_eq!(code(verify(&verifier, &token).await), expected, "{card}");
    }
}

#[tokio::test]
async fn what_is_kept_of_a_refused_card_says_how_far_it_was_believed() {
    let world = World::mint();
    let verifier = world.verifier(world.lists());
    for (card, standing, held_against_a_list) in [
        ("negative/revoked", Standing::Held, true),
        ("negative/unknown-role", Standing::Held, true),
        ("negative/expired", Standing::Claimed, false),
        ("negative/other-root", Standing::Claimed, false),
    ] {
        let token = world.token(card, Algorithm::Rs256, &["-sha256"], ORIGIN);
        let refused = verify(&verifier, &token).await.expect_err(card);
        let sighting = refused.sighting.expect("its certificate was read");
        let list = sighting.revocation_list.is_some();
        assert_eq!((sighting.standing, list), (standing, held_against_a_list), "{card}");
    }
    let mut unsigned = world.token(Z, Algorithm::Rs256, &["-sha256"], ORIGIN);
    unsigned["signature"] = json!(BASE64_STANDARD.encode([1; 256]));
    let refused = verify(&verifier, &unsigned).await.expect_err("not signed by the card");
    assert_eq!(refused.sighting.expect("it was read").standing, Standing::Issued);
}

/// A web server on loopback that gives no list; how often it was asked.
fn counting() -> (Place, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
            drop(stream);
        }
    });
    let place = Place::parse(&format!("http://127.0.0.1:{port}/a.crl")).expect("an address");
    (place, count)
}

#[tokio::test]
async fn no_list_is_fetched_for_a_token_that_does_not_hold() {
    let world = World::mint();
    let (place, asked) = counting();
    let verifier = world.verifier(vec![place]);
    let mut forged = world.token(Z, Algorithm::Rs256, &["-sha256"], ORIGIN);
    forged["signature"] = json!(BASE64_STANDARD.encode([1; 256]));
    assert_eq!(code(verify(&verifier, &forged).await), "card_signature");
    let stranger = world.token("negative/other-root", Algorithm::Rs256, &["-sha256"], ORIGIN);
    assert_eq!(code(verify(&verifier, &stranger).await), "card_issuer_signature");
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    let good = world.token(Z, Algorithm::Rs256, &["-sha256"], ORIGIN);
    assert_eq!(code(verify(&verifier, &good).await), "card_revocation_list_missing");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    // For a minute the address is left alone.
    assert_eq!(code(verify(&verifier, &good).await), "card_revocation_list_missing");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_list_that_appears_in_its_file_counts_at_once() {
    let world = World::mint();
    let file = world.folder.path().join("issuing.crl");
    let issuing = world.path("crl/fake_uzi-register_zorgverlener_ca_g3.crl");
    let others = world.lists().into_iter().filter(|place| *place != Place::File(issuing.clone()));
    let verifier = world.verifier(others.chain([Place::File(file.clone())]).collect());
    let good = world.token(Z, Algorithm::Rs256, &["-sha256"], ORIGIN);
    assert_eq!(code(verify(&verifier, &good).await), "card_revocation_list_missing");
    copy(&issuing, &file);
    assert_eq!(code(verify(&verifier, &good).await), "let in");
    // Rubbish in its place does not remove what was read.
    std::fs::write(&file, "rubbish").expect("a file");
    assert_eq!(code(verify(&verifier, &good).await), "let in");
}

/// Whatever byte of a list changes, it vouches for nobody: everything is under its signature, or is
/// the signature, or frames both.
#[test]
fn no_changed_byte_of_a_list_lets_a_card_in() {
    let world = World::mint();
    let trust = Trust::read(&world.path("trust")).expect("a trust set");
    let content = std::fs::read(world.path(&format!("{Z}.pem"))).expect("a certificate");
    let card = Certificate::from_file_content(&content).expect("a certificate");
    let read = |name: &str| std::fs::read(world.path(&format!("crl/{name}.crl"))).expect("a list");
    let list = |bytes: &[u8]| RevocationList::from_content(bytes);
    let above = list(&read("fake_zorg_csp_level_2_persoon_ca_g3")).expect("a list");
    let root = list(&read("fake_zorg_csp_root_ca_g3")).expect("a list");
    let issuing = read("fake_uzi-register_zorgverlener_ca_g3");
    let at = now().to_string().parse().expect("a moment");
    let let_in = |bytes: &[u8]| {
        let Ok(issuing) = list(bytes) else { return false };
        let lists = [&issuing, &above, &root];
        let admission = Admission::default();
        examine(&card, &trust, Revocation::Lists(&lists), &admission, at).outcome.is_ok()
    };
    assert!(let_in(&issuing));
    for index in (0..issuing.len()).step_by(3) {
        let mut changed = issuing.clone();
        let byte = changed.get_mut(index).expect("below the length");
        *byte ^= 1 << (index % 8);
        assert!(!let_in(&changed), "byte {index}");
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::copy(from, to).expect("a copy");
}
