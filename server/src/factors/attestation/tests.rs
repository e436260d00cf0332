//! What a key says of its maker, and what comes of it at enrolment and at log-in, on both engines.

use super::*;
use crate::app::{App, testing};
use crate::config::Makers;
use crate::enrolment;
use crate::factors::security_key::KeyKind;
use crate::factors::testing::SoftKey;
use crate::factors::testing::maker::{AAGUID, Format, Maker as Factory};
use crate::factors::{Evidence, Factor, Level, Refusal};
use crate::login::{self, FactorAnswer, Granted};
use crate::secret::Carrier;
use crate::sessions::{self, Login, Scope, Session, Way};
use crate::storage::Db;
use crate::storage::testing::{account, both};
use std::path::Path;

/// An entry of the list, with its file in `folder`.
fn listed(folder: &Path, name: &str, roots: &str, models: Models) -> Makers {
    let path = folder.join(name);
    std::fs::write(&path, roots).expect("a file");
    Makers { roots: path, models }
}

/// An application that demands keys of `factory`, of these models.
fn demanding(db: Db, factory: &Factory, models: Models) -> App {
    testing::with(db, |config, folder| {
        config.keys.attestation = vec![listed(folder, "roots.pem", &factory.pem(), models)];
    })
}

/// A session in which anything may be enrolled, and bound at `high`.
async fn member(app: &App) -> Session {
    let account = account(&app.db, "test.arts@voorbeeld.nl").await.id;
    let (scope, level, proof) = (Scope::Full, Level::High, Level::High);
    let proven_at = app.clock.now();
    let login = Login { account, scope, level, proof, way: Way::Key, proven_at };
    let mut tx = app.db.write().await.unwrap();
    let opened =
        sessions::open(&mut tx, login, ("", Carrier::Cookie), app.random, proven_at).await.unwrap();
    tx.commit().await.unwrap();
    opened.1
}

async fn enrol(
    app: &App,
    session: &Session,
    kind: KeyKind,
    soft: &mut SoftKey,
) -> Result<Factor, enrolment::Error> {
    let options = enrolment::run::key_options(app, session, kind).await.unwrap();
    enrolment::run::key(app, session, &soft.create(&options), "").await
}

/// The level of a log-in with this key alone.
async fn alone(app: &App, soft: &mut SoftKey) -> Level {
    let attempt = login::run::start(app, None, "").await.unwrap();
    let options = login::key::options(app, &attempt).await.unwrap();
    let answer = login::key::finish(app, &attempt, &soft.get(&options)).await.unwrap();
    let FactorAnswer::Done(Granted::Session { session, .. }) = answer else { panic!("{answer:?}") };
    session.login.level
}

fn made_by(factory: &Factory) -> SoftKey {
    SoftKey { maker: Some(factory.clone()), ..SoftKey::new() }
}

fn these(aaguid: [u8; 16]) -> Models {
    Models::These([Uuid::from_bytes(aaguid)].into())
}

/// What enrolment saw of `soft`, and the level of a log-in with it, where keys of `factory` are demanded.
async fn seen(db: Db, factory: &Factory, models: Models, soft: &mut SoftKey) -> (Evidence, Level) {
    let app = demanding(db, factory, models);
    let session = member(&app).await;
    let factor = enrol(&app, &session, KeyKind::Passkey, soft).await.unwrap();
    assert_eq!(factor.bound_at, Level::High);
    (factor.evidence, alone(&app, soft).await)
}

const UNLISTED: (Evidence, Level) = (Evidence::VerifiedUnlisted, Level::Substantial);
const LISTED: (Evidence, Level) = (Evidence::VerifiedDevice, Level::High);

#[tokio::test]
async fn a_key_of_a_listed_maker_gives_high() {
    both(async |db| {
        let factory = Factory::new();
        let mut soft = made_by(&factory);
        assert_eq!(seen(db, &factory, Models::Every, &mut soft).await, LISTED);
    })
    .await;
}

#[tokio::test]
async fn a_listed_model_gives_high_and_another_of_the_same_maker_does_not() {
    both(async |db| {
        let factory = Factory::new();
        assert_eq!(seen(db, &factory, these(AAGUID), &mut made_by(&factory)).await, LISTED);
    })
    .await;
    both(async |db| {
        let factory = Factory::new();
        let other = these(*b"another model!!!");
        assert_eq!(seen(db, &factory, other, &mut made_by(&factory)).await, UNLISTED);
    })
    .await;
}

#[tokio::test]
async fn a_key_of_another_maker_gives_substantial() {
    both(async |db| {
        let mut soft = made_by(&Factory::new());
        assert_eq!(seen(db, &Factory::new(), Models::Every, &mut soft).await, UNLISTED);
    })
    .await;
}

#[tokio::test]
async fn a_key_that_does_not_say_who_made_it_gives_substantial() {
    both(async |db| {
        assert_eq!(seen(db, &Factory::new(), Models::Every, &mut SoftKey::new()).await, UNLISTED);
    })
    .await;
}

/// An attacker has the certificate of a listed maker's keys, which every key shows, and not its key.
#[tokio::test]
async fn a_statement_that_the_certificate_did_not_sign_enrols_nothing() {
    both(async |db| {
        let factory = Factory::new();
        let app = demanding(db, &factory, Models::Every);
        let session = member(&app).await;
        for format in [Format::Packed, Format::U2f] {
            let forger = Factory { signer: Factory::new().signer, format, ..factory.clone() };
            let refused = enrol(&app, &session, KeyKind::SecurityKey, &mut made_by(&forger)).await;
            assert!(
                matches!(refused, Err(enrolment::Error::Refused(Refusal::NotRecognised))),
                "{format:?}: {refused:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_that_says_another_model_than_its_certificate_is_refused() {
    both(async |db| {
        let factory = Factory::new();
        let app = demanding(db, &factory, Models::Every);
        let session = member(&app).await;
        let liar = Factory { aaguid: *b"another model!!!", ..factory };
        let refused = enrol(&app, &session, KeyKind::Passkey, &mut made_by(&liar)).await;
        assert!(matches!(refused, Err(enrolment::Error::Refused(_))), "{refused:?}");
    })
    .await;
}

/// The statement signs what the key says of extensions; one that cannot be read is set aside with it.
#[tokio::test]
async fn a_key_that_says_odd_things_of_extensions_counts_as_not_listed() {
    for (outputs, expected) in [(2, LISTED), (9, UNLISTED)] {
        both(async |db| {
            let factory = Factory::new();
            let mut soft = made_by(&factory);
            soft.quirks.extensions = [b"\xa1\x6bcredProtect".as_slice(), &[outputs]].concat();
            let app = demanding(db, &factory, Models::Every);
            let session = member(&app).await;
            let factor = enrol(&app, &session, KeyKind::Passkey, &mut soft).await.unwrap();
            soft.quirks.extensions.clear();
            assert_eq!((factor.evidence, alone(&app, &mut soft).await), expected);
        })
        .await;
    }
}

#[tokio::test]
async fn a_u2f_key_counts_by_its_maker_where_no_model_is_named() {
    both(async |db| {
        let factory = Factory { format: Format::U2f, ..Factory::new() };
        let app = testing::with(db, |config, folder| {
            let every = listed(folder, "a.pem", &factory.pem(), Models::Every);
            config.keys.attestation = vec![every];
        });
        let session = member(&app).await;
        let mut soft = made_by(&factory);
        let factor = enrol(&app, &session, KeyKind::SecurityKey, &mut soft).await.unwrap();
        assert_eq!(factor.evidence, Evidence::VerifiedDevice);
        let mut touched = SoftKey { verifies: false, ..made_by(&factory) };
        let factor = enrol(&app, &session, KeyKind::SecurityKey, &mut touched).await.unwrap();
        assert_eq!((factor.evidence, factor.level()), (Evidence::Touch, Level::Substantial));
    })
    .await;
    both(async |db| {
        let factory = Factory { format: Format::U2f, ..Factory::new() };
        let app = demanding(db, &factory, these(AAGUID));
        let session = member(&app).await;
        let mut soft = made_by(&factory);
        let factor = enrol(&app, &session, KeyKind::SecurityKey, &mut soft).await.unwrap();
        assert_eq!(factor.evidence, Evidence::VerifiedUnlisted, "it names no model");
    })
    .await;
}

#[tokio::test]
async fn a_maker_that_is_taken_off_the_list_gives_no_more() {
    both(async |db| {
        let factory = Factory::new();
        let mut app = demanding(db, &factory, Models::Every);
        let session = member(&app).await;
        let mut soft = made_by(&factory);
        enrol(&app, &session, KeyKind::Passkey, &mut soft).await.unwrap();
        assert_eq!(alone(&app, &mut soft).await, Level::High);
        let server = &app.config.server;
        let others = Maker::from_pem(Factory::new().pem().as_bytes(), &Models::Every).unwrap();
        app.keys = crate::factors::security_key::Keys::new(
            &server.rp_id,
            &server.origin,
            &server.name,
            Demand::Listed(others),
            std::time::Duration::from_secs(300),
        )
        .unwrap();
        assert_eq!(alone(&app, &mut soft).await, Level::Substantial);
    })
    .await;
}

#[tokio::test]
async fn a_synced_passkey_stays_substantial_whoever_made_it() {
    both(async |db| {
        let factory = Factory::new();
        let mut soft = SoftKey { synced: true, ..made_by(&factory) };
        let (evidence, level) = seen(db, &factory, Models::Every, &mut soft).await;
        assert_eq!((evidence, level), (Evidence::VerifiedSynced, Level::Substantial));
    })
    .await;
}

#[tokio::test]
async fn where_nothing_is_demanded_no_key_is_asked_who_made_it() {
    both(async |db| {
        let app = testing::app(db);
        let session = member(&app).await;
        for kind in [KeyKind::Passkey, KeyKind::SecurityKey] {
            let options = enrolment::run::key_options(&app, &session, kind).await.unwrap();
            assert!(matches!(options["attestation"].as_str(), None | Some("none")), "{options}");
        }
    })
    .await;
}

#[test]
fn a_file_of_roots_holds_roots() {
    let factory = Factory::new();
    let read = |pem: &str| Maker::from_pem(pem.as_bytes(), &Models::Every);
    let two = read(&format!("{}{}", factory.pem(), Factory::new().pem())).unwrap();
    assert_eq!(two.len(), 2);
    assert!(two[0].subject().contains("Test Key Root"), "{}", two[0].subject());
    assert_eq!(two[0].end().to_string(), "2120-01-01T00:00:00Z");
    assert!(matches!(read(""), Err(Error::Empty)));
    assert!(matches!(read("no certificate"), Err(Error::Empty | Error::Broken(_))));
    assert!(matches!(read(&factory.leaf_pem()), Err(Error::NoAuthority(_))));
    let broken = factory.pem().replace("MII", "AAA");
    assert!(matches!(read(&broken), Err(Error::Broken(_))));
}

proptest::proptest! {
    #[test]
    fn no_file_breaks_the_reader(text in "\\PC{0,200}", at in 0_usize..2000, byte: u8) {
        let _ = Maker::from_pem(text.as_bytes(), &Models::Every);
        let mut pem = Factory::new().pem().into_bytes();
        let length = pem.len();
        pem[at % length] = byte;
        let _ = Maker::from_pem(&pem, &Models::Every);
    }
}
