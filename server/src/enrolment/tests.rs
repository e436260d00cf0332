//! Changes of factors from beginning to end, on both engines.

use super::card::{decide, vouch};
use super::policy::{Denied, FirstName, Intent, Unfit};
use super::run::testing::remove_by_operator;
use super::run::{factors_of, key, key_options, remove, upgrade_options};
use super::*;
use crate::accounts::{Account, Username};
use crate::app::App;
use crate::app::testing::app;
use crate::factors::security_key::KeyKind;
use crate::factors::testing::{Quirks, SoftKey, revoked_card, verified_card};
use crate::factors::{Factor, Kind, Level};
use crate::id::FactorId;
use crate::login::card::CardAnswer;
use crate::login::{FactorAnswer, Granted};
use crate::operator::Operator;
use crate::organisations::{self, Organisation, Setting, Subscriber};
use crate::secret::{Carrier, Token};
use crate::sessions::{self, Login, Scope, Session, Way};
use crate::storage::Db;
use crate::storage::testing::{account, both, waits_for_another};
use crate::text::Language;
use crate::uzi::sighting::Standing;
use crate::{accounts, audit, factors, login};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};

const NAME: &str = "test.arts@voorbeeld.nl";

fn operator() -> Operator {
    Operator::parse("Test Beheer").unwrap()
}

async fn open(app: &App, account: &Account, scope: Scope, level: Level) -> (Token, Session) {
    let now = app.clock.now();
    let way = match scope {
        Scope::EnrolOnly => Way::Password,
        Scope::Full => Way::Key,
    };
    let login =
        Login { account: account.id.clone(), scope, level, proof: level, way, proven_at: now };
    let mut tx = app.db.write().await.unwrap();
    let opened =
        sessions::open(&mut tx, login, ("test", Carrier::Cookie), app.random, now).await.unwrap();
    tx.commit().await.unwrap();
    opened
}

async fn begin(db: Db) -> (App, Account, Session) {
    let app = app(db);
    let account = account(&app.db, NAME).await;
    let (_, visit) = open(&app, &account, Scope::EnrolOnly, Level::Low).await;
    (app, account, visit)
}

/// Logs in with this key alone: it proves itself.
async fn use_alone(app: &App, soft: &mut SoftKey) -> Session {
    let attempt = login::run::start(app, None, "test").await.unwrap();
    let options = login::key::options(app, &attempt).await.unwrap();
    match login::key::finish(app, &attempt, &soft.get(&options)).await.unwrap() {
        FactorAnswer::Done(Granted::Session { session, .. }) => session,
        FactorAnswer::Done(granted @ (Granted::Code { .. } | Granted::Kept)) => {
            panic!("{granted:?}")
        }
        FactorAnswer::Refused(refusal) => panic!("{refusal:?}"),
    }
}

/// As if each of these had been used once.
async fn proven(app: &App, factors: &[&Factor]) {
    let mut tx = app.db.write().await.unwrap();
    for factor in factors {
        factors::store::prove(&mut tx, &factor.id, app.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn enrol(app: &App, session: &Session, soft: &mut SoftKey) -> Result<Factor, Error> {
    let options = key_options(app, session, KeyKind::Passkey).await?;
    key(app, session, &soft.create(&options), "  mijn\u{7} sleutel ").await
}

/// What the audit says of an account, or of nobody known, in events of this name.
async fn events(app: &App, account: Option<&Account>, name: &str) -> Vec<Value> {
    let mut tx = app.db.read().await.unwrap();
    let all = audit::of_account(&mut tx, account.map(|account| &account.id)).await.unwrap();
    let all = all.iter().map(|text| serde_json::from_str::<Value>(text).unwrap());
    all.filter(|event| event["event"] == name).collect()
}

/// An account in an organisation with a subscriber number.
async fn with_subscriber(app: &App, name: &str, subscriber: &str) -> Account {
    let mut account = account(&app.db, &format!("vorige.{name}")).await;
    let organisation = Organisation {
        id: crate::id::OrganisationId::random(app.random),
        name: "Praktijk Voorbeeld".to_owned(),
        agb: None,
        kvk: None,
        subscriber: Some(Subscriber::parse(subscriber).unwrap()),
    };
    account.id = crate::id::AccountId::random(app.random);
    account.number = accounts::number::UserNumber::random(app.random);
    account.organisation = organisation.id.clone();
    account.username = Username::parse(name).unwrap();
    let now = app.clock.now();
    let mut tx = app.db.write().await.unwrap();
    organisations::store::insert(&mut tx, &organisation, now).await.unwrap();
    accounts::store::insert(&mut tx, &account, now).await.unwrap();
    tx.commit().await.unwrap();
    account
}

#[tokio::test]
async fn a_first_factor_uses_up_the_visit_and_the_vouching_when_it_proves_itself() {
    both(async |db| {
        let (app, account, visit) = begin(db).await;
        let vouched = async || {
            let mut tx = app.db.read().await.unwrap();
            accounts::store::find(&mut tx, &account.id).await.unwrap().unwrap().vouched
        };
        let mut soft = SoftKey::new();
        let factor = enrol(&app, &visit, &mut soft).await.unwrap();
        assert_eq!((factor.kind, factor.bound_at), (Kind::Passkey, Level::High));
        assert_eq!((factor.level(), factor.proven_at), (Level::High, None));
        assert_eq!(factor.name, "mijn sleutel");
        assert_eq!(vouched().await, Level::High);
        use_alone(&app, &mut soft).await;
        assert_eq!(vouched().await, Level::Low);
        let second = enrol(&app, &visit, &mut SoftKey::new()).await;
        assert!(matches!(second, Err(Error::Denied(Denied::OnlyFirst))), "{second:?}");
    })
    .await;
}

#[tokio::test]
async fn what_never_proved_itself_is_replaced_also_by_the_same_key_and_leaves_nothing() {
    both(async |db| {
        let (app, account, visit) = begin(db).await;
        let mut soft = SoftKey::new();
        let lost = enrol(&app, &visit, &mut soft).await.unwrap();
        let options = key_options(&app, &visit, KeyKind::Passkey).await.unwrap();
        let excluded = options["excludeCredentials"].as_array().map_or(0, Vec::len);
        assert_eq!(excluded, 0, "the same key may be enrolled again");
        let mut other = SoftKey::new();
        let kept = enrol(&app, &visit, &mut other).await.unwrap();
        assert_eq!(kept.bound_at, Level::High, "nobody used up the vouching");
        let mut tx = app.db.read().await.unwrap();
        let left = factors::store::list(&mut tx, &account.id).await.unwrap();
        assert_eq!(left.iter().map(|f| &f.id).collect::<Vec<_>>(), [&kept.id]);
        drop(tx);
        assert_ne!(lost.id, kept.id);
        let attempt = login::run::start(&app, None, "test").await.unwrap();
        let options = login::key::options(&app, &attempt).await.unwrap();
        let gone = login::key::finish(&app, &attempt, &soft.get(&options)).await.unwrap();
        assert!(matches!(gone, FactorAnswer::Refused(Refusal::NotRecognised)), "{gone:?}");
        use_alone(&app, &mut other).await;
    })
    .await;
}

/// Somebody with the password plants a key; the operator then links the owner's card.
#[tokio::test]
async fn a_card_of_the_operator_closes_the_road_of_the_password_and_drops_what_took_it() {
    both(async |db| {
        let app = app(db);
        let account = with_subscriber(&app, NAME, "90000123").await;
        let (_, visit) = open(&app, &account, Scope::EnrolOnly, Level::Low).await;
        let planted = enrol(&app, &visit, &mut SoftKey::new()).await.unwrap();
        let card = Ok(verified_card("900000001", "90000123", "Arts"));
        let (linked, _) =
            vouch(&app, &account.username, card, (FirstName::Vouched, &operator())).await.unwrap();
        assert_eq!(linked.proven_at, None, "only its certificate was seen");
        let mut tx = app.db.read().await.unwrap();
        let left = factors::store::list(&mut tx, &account.id).await.unwrap();
        drop(tx);
        assert_eq!(left.iter().map(|f| f.kind).collect::<Vec<_>>(), [Kind::Card], "{planted:?}");
        let (_, visit) = open(&app, &account, Scope::EnrolOnly, Level::Low).await;
        let again = enrol(&app, &visit, &mut SoftKey::new()).await;
        assert!(matches!(again, Err(Error::Denied(Denied::OnlyFirst))), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn what_never_proved_itself_is_not_the_last_factor_to_keep() {
    both(async |db| {
        let (app, _, visit) = begin(db).await;
        let mut soft = SoftKey::new();
        let first = enrol(&app, &visit, &mut soft).await.unwrap();
        let session = use_alone(&app, &mut soft).await;
        let mut spare = SoftKey::new();
        enrol(&app, &session, &mut spare).await.unwrap();
        let kept = remove(&app, &session, &first.id, Intent::KeepLast).await;
        assert!(matches!(kept, Err(Error::Denied(Denied::LastFactor))), "{kept:?}");
        use_alone(&app, &mut spare).await;
        remove(&app, &session, &first.id, Intent::KeepLast).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_factor_never_gives_more_than_the_log_in_it_was_enrolled_in() {
    both(async |db| {
        let (app, account, visit) = begin(db).await;
        enrol(&app, &visit, &mut SoftKey::new()).await.unwrap();
        let (_, weak) = open(&app, &account, Scope::Full, Level::Substantial).await;
        let mut soft = SoftKey::new();
        let factor = enrol(&app, &weak, &mut soft).await.unwrap();
        assert_eq!(factor.level(), Level::Substantial);
        let attempt = login::run::start(&app, None, "test").await.unwrap();
        let options = login::key::options(&app, &attempt).await.unwrap();
        let answer = login::key::finish(&app, &attempt, &soft.get(&options)).await.unwrap();
        let FactorAnswer::Done(Granted::Session { session, .. }) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(session.login.level, Level::Substantial);
    })
    .await;
}

#[tokio::test]
async fn a_stale_session_enrols_nothing() {
    both(async |db| {
        let (app, account, _) = begin(db).await;
        let (_, session) = open(&app, &account, Scope::Full, Level::High).await;
        app.clock.advance(app.config.sessions.fresh);
        let denied = enrol(&app, &session, &mut SoftKey::new()).await;
        assert!(matches!(denied, Err(Error::Denied(Denied::NotFresh))), "{denied:?}");
    })
    .await;
}

/// Attack: a colleague at a screen that was left open, in a visit that a password began a while ago.
#[tokio::test]
async fn a_visit_by_the_password_begins_nothing_new_after_some_minutes() {
    both(async |db| {
        let (app, account, visit) = begin(db).await;
        let (_, other) = open(&app, &account, Scope::EnrolOnly, Level::Low).await;
        let shown = super::app::seed(&app, &visit).await.unwrap();
        let mut soft = SoftKey::new();
        app.clock.advance(app.config.sessions.fresh - std::time::Duration::from_millis(1));
        let options = key_options(&app, &visit, KeyKind::Passkey).await.unwrap();
        assert!(!run::asks_password(&app, &visit).await.unwrap());
        app.clock.advance(std::time::Duration::from_secs(60));
        assert!(run::asks_password(&app, &visit).await.unwrap());
        let again = |denied: &Result<(), Error>| {
            assert!(matches!(denied, Err(Error::Denied(Denied::PasswordAgain))), "{denied:?}");
        };
        let medium = factors::phone::Medium::Sms;
        let number = (medium, "06 12345678");
        again(&key_options(&app, &other, KeyKind::SecurityKey).await.map(drop));
        again(&super::app::seed(&app, &other).await.map(drop));
        again(&phone::begin(&app, &other, number, Language::Dutch).await.map(drop));
        // What was begun in time goes on.
        let same = super::app::seed(&app, &visit).await.unwrap();
        assert_eq!(same.bytes(), shown.bytes());
        let enrolled = key(&app, &visit, &soft.create(&options), "").await.unwrap();
        assert_eq!(enrolled.bound_at, account.vouched);
        // Another is a new beginning.
        again(&key_options(&app, &visit, KeyKind::Passkey).await.map(drop));
    })
    .await;
}

#[tokio::test]
async fn a_passkey_that_does_not_verify_its_user_is_told_so() {
    both(async |db| {
        let (app, _, visit) = begin(db).await;
        let mut soft = SoftKey { verifies: false, ..SoftKey::new() };
        let refused = enrol(&app, &visit, &mut soft).await;
        assert!(
            matches!(refused, Err(Error::Refused(Refusal::UserVerificationMissing))),
            "{refused:?}"
        );
        let options = key_options(&app, &visit, KeyKind::SecurityKey).await.unwrap();
        let factor = key(&app, &visit, &soft.create(&options), "").await.unwrap();
        assert_eq!(factor.level(), Level::Substantial, "a touch after a password");
    })
    .await;
}

#[tokio::test]
async fn an_enrolment_counts_once_and_a_credential_is_enrolled_once() {
    both(async |db| {
        let (app, account, _) = begin(db).await;
        let (_, session) = open(&app, &account, Scope::Full, Level::High).await;
        let mut soft = SoftKey::new();
        let options = key_options(&app, &session, KeyKind::Passkey).await.unwrap();
        let answer = soft.create(&options);
        key(&app, &session, &answer, "").await.unwrap();
        let again = key(&app, &session, &answer, "").await;
        assert!(matches!(again, Err(Error::Refused(Refusal::ChallengeGone))), "{again:?}");
        let same = enrol(&app, &session, &mut soft).await;
        assert!(
            matches!(same, Err(Error::Refused(Refusal::AlreadyEnrolled | Refusal::NotRecognised))),
            "{same:?}"
        );
        let other = account_of_another(&app).await;
        let (_, theirs) = open(&app, &other, Scope::EnrolOnly, Level::Low).await;
        let stolen = enrol(&app, &theirs, &mut soft).await;
        assert!(matches!(stolen, Err(Error::Refused(Refusal::AlreadyEnrolled))), "{stolen:?}");
    })
    .await;
}

async fn account_of_another(app: &App) -> Account {
    account(&app.db, "test.ander@voorbeeld.nl").await
}

#[tokio::test]
async fn a_change_of_factors_ends_the_other_sessions() {
    both(async |db| {
        let (app, account, _) = begin(db).await;
        let (other, _) = open(&app, &account, Scope::Full, Level::High).await;
        let (token, session) = open(&app, &account, Scope::Full, Level::High).await;
        let is_open =
            async |token: &Token| sessions::run::current(&app, token).await.unwrap().is_some();
        let factor = enrol(&app, &session, &mut SoftKey::new()).await.unwrap();
        assert!(is_open(&token).await && !is_open(&other).await);
        let (third, _) = open(&app, &account, Scope::Full, Level::High).await;
        remove(&app, &session, &factor.id, Intent::LastToo).await.unwrap();
        assert!(is_open(&token).await && !is_open(&third).await);
    })
    .await;
}

/// What is waiting to be told, oldest first.
async fn told(app: &App) -> Vec<String> {
    let entries = crate::delivery::run::list(app).await.unwrap();
    entries.into_iter().map(|entry| entry.kind).collect()
}

/// Flow D5: every change of a factor is told, in the transaction that makes it.
#[tokio::test]
async fn d5_each_change_of_a_factor_is_told_and_none_that_was_refused() {
    both(async |db| {
        let (app, session, soft, old) = with_security_key(db).await;
        let mut expected = vec!["factor_added"];
        assert_eq!(told(&app).await, expected);
        app.clock.advance(std::time::Duration::from_millis(1));
        let options = upgrade_options(&app, &session, &old.id).await.unwrap();
        let mut passkey = again(&soft, json!(["usb", "nfc"]));
        let answer = passkey.create(&options);
        let new = key(&app, &session, &answer, "sleutel").await.unwrap();
        expected.push("factor_added");
        assert_eq!(told(&app).await, expected);
        let refused = key(&app, &session, &answer, "sleutel").await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        assert_eq!(told(&app).await, expected);
        app.clock.advance(std::time::Duration::from_millis(1));
        let session = use_alone(&app, &mut passkey).await;
        expected.push("factor_replaced");
        assert_eq!(told(&app).await, expected);
        app.clock.advance(std::time::Duration::from_millis(1));
        let last = remove(&app, &session, &new.id, Intent::KeepLast).await;
        assert!(matches!(last, Err(Error::Denied(Denied::LastFactor))), "{last:?}");
        assert_eq!(told(&app).await, expected);
        remove(&app, &session, &new.id, Intent::LastToo).await.unwrap();
        expected.push("factor_removed");
        assert_eq!(told(&app).await, expected);
    })
    .await;
}

/// A page is open in one browser while the session is ended in another.
#[tokio::test]
async fn a_session_that_ended_meanwhile_changes_no_factor() {
    both(async |db| {
        let app = app(db);
        let account = with_subscriber(&app, NAME, "90000123").await;
        let (_, session) = open(&app, &account, Scope::Full, Level::High).await;
        let factor = enrol(&app, &session, &mut SoftKey::new()).await.unwrap();
        let options = key_options(&app, &session, KeyKind::Passkey).await.unwrap();
        let answer = SoftKey::new().create(&options);
        let (_, other) = open(&app, &account, Scope::Full, Level::High).await;
        assert!(sessions::run::end(&app, &other, &session.id).await.unwrap());

        let asked = key_options(&app, &session, KeyKind::Passkey).await;
        assert!(matches!(asked, Err(Error::SessionOver)), "{asked:?}");
        let enrolled = key(&app, &session, &answer, "").await;
        assert!(matches!(enrolled, Err(Error::SessionOver)), "{enrolled:?}");
        let removed = remove(&app, &session, &factor.id, Intent::LastToo).await;
        assert!(matches!(removed, Err(Error::SessionOver)), "{removed:?}");
        let card = Ok(verified_card("900000001", "90000123", "Arts"));
        let linked = decide(&app, &session, card, "").await;
        assert!(matches!(linked, Err(Error::SessionOver)), "{linked:?}");
        let nonce = super::card::nonce(&app, &session).await;
        assert!(matches!(nonce, Err(Error::SessionOver)), "{nonce:?}");

        let kept = accounts::run::factors(&app, &other).await.unwrap();
        assert_eq!(kept.iter().map(|kept| &kept.id).collect::<Vec<_>>(), [&factor.id]);
        let refused = events(&app, Some(&account), "factor_refused").await;
        assert_eq!(refused.len(), 1, "{refused:?}");
        assert_eq!(refused[0]["reason"], "session_over", "the card that was shown");
    })
    .await;
}

/// What idled away is no session either, whatever was read before.
#[tokio::test]
async fn a_session_that_fell_meanwhile_enrols_at_what_it_fell_to() {
    both(async |db| {
        let mut app = app(db);
        app.config.sessions.fresh = app.config.sessions.idle;
        let account = account(&app.db, NAME).await;
        let (_, session) = open(&app, &account, Scope::Full, Level::High).await;
        app.clock.advance(app.config.sessions.falls);
        let factor = enrol(&app, &session, &mut SoftKey::new()).await.unwrap();
        assert_eq!(factor.bound_at, Level::Substantial);
        app.clock.advance(app.config.sessions.idle);
        let late = enrol(&app, &session, &mut SoftKey::new()).await;
        assert!(matches!(late, Err(Error::SessionOver)), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn a_refused_key_is_recorded_as_what_was_asked_for() {
    both(async |db| {
        let (app, account, visit) = begin(db).await;
        for kind in [KeyKind::Passkey, KeyKind::SecurityKey] {
            let options = key_options(&app, &visit, kind).await.unwrap();
            let mut soft = SoftKey { origin: "http://elders.localhost:8080", ..SoftKey::new() };
            key(&app, &visit, &soft.create(&options), "").await.unwrap_err();
        }
        key(&app, &visit, &json!({}), "").await.unwrap_err();
        let refused = events(&app, Some(&account), "factor_refused").await;
        let mut kinds: Vec<_> = refused
            .iter()
            .map(|event| (event["reason"].as_str().unwrap(), event.get("kind").cloned()))
            .collect();
        kinds.sort_by_key(|(reason, kind)| (*reason, kind.clone().map(|kind| kind.to_string())));
        let at = "other_address";
        assert_eq!(
            kinds,
            [
                ("challenge_gone", None),
                (at, Some(json!("passkey"))),
                (at, Some(json!("security_key")))
            ]
        );
    })
    .await;
}

/// Two people cannot have one key, but a browser can send one answer from two accounts.
#[tokio::test]
async fn of_two_enrolments_of_one_credential_at_once_one_is_told_that_it_is_known() {
    both(async |db| {
        let (app, account, visit) = begin(db).await;
        let other = account_of_another(&app).await;
        let (_, theirs) = open(&app, &other, Scope::EnrolOnly, Level::Low).await;
        let mut soft = SoftKey::new();
        let options = key_options(&app, &theirs, KeyKind::Passkey).await.unwrap();
        let answer = soft.create(&options);

        // The first has written, and not committed yet.
        let mut first = app.db.write().await.unwrap();
        let owned = super::run::factor(
            &app,
            &account.id,
            (Kind::Passkey, factors::Evidence::VerifiedDevice),
            ("", Level::High),
            app.clock.now(),
        );
        factors::store::insert(&mut first, &owned).await.unwrap();
        let id = answer["id"].as_str().unwrap();
        factors::store::insert_credential(&mut first, &owned, id, (5, "{}"), 0, None)
            .await
            .unwrap();
        let commit = async {
            waits_for_another(&app.db).await;
            first.commit().await.unwrap();
        };
        let (second, ()) = tokio::join!(key(&app, &theirs, &answer, ""), commit);
        assert!(matches!(second, Err(Error::Refused(Refusal::AlreadyEnrolled))), "{second:?}");
        let refused = events(&app, Some(&other), "factor_refused").await;
        assert_eq!(refused.len(), 1, "{refused:?}");
        assert_eq!(refused[0]["reason"], "already_enrolled");
        let again = key(&app, &theirs, &answer, "").await;
        assert!(matches!(again, Err(Error::Refused(Refusal::ChallengeGone))), "{again:?}");
        assert!(sessions::run::end(&app, &visit, &visit.id).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn the_last_factor_goes_only_when_that_is_said() {
    both(async |db| {
        let (app, account, _) = begin(db).await;
        let (_, session) = open(&app, &account, Scope::Full, Level::High).await;
        let first = enrol(&app, &session, &mut SoftKey::new()).await.unwrap();
        let second = enrol(&app, &session, &mut SoftKey::new()).await.unwrap();
        proven(&app, &[&first, &second]).await;
        let stranger = account_of_another(&app).await;
        let (_, theirs) = open(&app, &stranger, Scope::Full, Level::High).await;
        let not_theirs = remove(&app, &theirs, &first.id, Intent::LastToo).await;
        assert!(matches!(not_theirs, Err(Error::Unknown)), "{not_theirs:?}");
        remove(&app, &session, &first.id, Intent::KeepLast).await.unwrap();
        let last = remove(&app, &session, &second.id, Intent::KeepLast).await;
        assert!(matches!(last, Err(Error::Denied(Denied::LastFactor))), "{last:?}");
        app.clock.advance(app.config.sessions.fresh);
        let stale = remove(&app, &session, &second.id, Intent::LastToo).await;
        assert!(matches!(stale, Err(Error::Denied(Denied::NotFresh))), "{stale:?}");
        let (_, fresh) = open(&app, &account, Scope::Full, Level::High).await;
        remove(&app, &fresh, &second.id, Intent::LastToo).await.unwrap();
        let seen = accounts::run::overview(&app, &fresh).await.unwrap();
        assert!(seen.factors.is_empty());
        assert_eq!(seen.account.vouched, Level::Low);
        assert_eq!(seen.sessions.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn of_two_that_remove_at_once_one_factor_stays() {
    both(async |db| {
        let (app, account, _) = begin(db).await;
        let (_, session) = open(&app, &account, Scope::Full, Level::High).await;
        let first = enrol(&app, &session, &mut SoftKey::new()).await.unwrap();
        let second = enrol(&app, &session, &mut SoftKey::new()).await.unwrap();
        proven(&app, &[&first, &second]).await;
        let (one, other) = tokio::join!(
            remove(&app, &session, &first.id, Intent::KeepLast),
            remove(&app, &session, &second.id, Intent::KeepLast),
        );
        assert_eq!(u8::from(one.is_ok()) + u8::from(other.is_ok()), 1, "{one:?} {other:?}");
    })
    .await;
}

#[tokio::test]
async fn a_linked_card_logs_in_at_the_level_it_was_bound_at() {
    both(async |db| {
        let app = app(db);
        let account = with_subscriber(&app, NAME, "90000123").await;
        let (_, session) = open(&app, &account, Scope::Full, Level::Substantial).await;
        let mine = verified_card("900000001", "90000123", "Arts");
        let linked = decide(&app, &session, Ok(mine.clone()), "mijn pas").await;
        let factor = linked.unwrap();
        let added = events(&app, Some(&account), "factor_added").await;
        assert_eq!(added[0]["actor"], json!({"who": "owner", "session": session.id}));
        assert_eq!(added[0]["card"]["uzi_number"], "900000001");
        assert_eq!((factor.kind, factor.level()), (Kind::Card, Level::Substantial));
        let attempt = login::run::start(&app, None, "test").await.unwrap();
        let answer = login::card::decide(&app, &attempt, Ok(mine)).await.unwrap();
        let CardAnswer::Done(Granted::Session { session, .. }) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(session.login.account, account.id);
        assert_eq!((session.login.way, session.login.level), (Way::Card, Level::Substantial));
    })
    .await;
}

#[tokio::test]
async fn a_card_that_does_not_fit_is_refused_and_linked_once_per_organisation() {
    both(async |db| {
        let app = app(db);
        let account = with_subscriber(&app, NAME, "90000123").await;
        let (_, session) = open(&app, &account, Scope::Full, Level::High).await;
        let link = async |number, subscriber, surname| {
            decide(&app, &session, Ok(verified_card(number, subscriber, surname)), "").await
        };
        let other = link("900000001", "90000124", "Arts").await;
        assert!(matches!(other, Err(Error::Unfit(Unfit::OtherSubscriber))), "{other:?}");
        let other = link("900000001", "90000123", "Anders").await;
        assert!(matches!(other, Err(Error::Unfit(Unfit::OtherName))), "{other:?}");
        link("900000001", "90000123", "Arts").await.unwrap();
        let taken = link("900000001", "90000123", "Arts").await;
        assert!(matches!(taken, Err(Error::CardTaken)), "{taken:?}");
        let seen = accounts::run::overview(&app, &session).await.unwrap();
        assert_eq!(seen.factors.len(), 1, "a refused card leaves nothing behind");
        let revoked = revoked_card("900000001", "90000123", Standing::Held);
        let refused = decide(&app, &session, Err(revoked), "").await;
        assert!(matches!(refused, Err(Error::Card(_))), "{refused:?}");
        app.clock.advance(app.config.sessions.fresh);
        let late = link("900000002", "90000123", "Arts").await;
        assert!(matches!(late, Err(Error::Denied(Denied::NotFresh))), "{late:?}");
        let events = events(&app, Some(&account), "factor_refused").await;
        let mut reasons: Vec<_> = events.iter().map(|event| event["reason"].clone()).collect();
        reasons.sort_by_key(Value::to_string);
        let expected =
            ["card_revoked", "card_taken", "not_fresh", "other_name", "other_subscriber"];
        assert_eq!(reasons, expected);
        for event in events {
            assert_eq!(event["card"]["serial"], "2a", "{event}");
            assert_eq!(event["actor"]["session"], json!(session.id), "{event}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_account_has_the_cards_of_one_person_only() {
    both(async |db| {
        let app = app(db);
        let account = with_subscriber(&app, NAME, "90000123").await;
        let (_, session) = open(&app, &account, Scope::Full, Level::High).await;
        let name = Username::parse(NAME).unwrap();
        let link = async |number| {
            decide(&app, &session, Ok(verified_card(number, "90000123", "Arts")), "").await
        };
        let first = link("900000001").await.unwrap();
        let other = link("900000002").await;
        assert!(matches!(other, Err(Error::Unfit(Unfit::OtherNumber))), "{other:?}");
        let other = Ok(verified_card("900000002", "90000123", "Arts"));
        let other = vouch(&app, &name, other, (FirstName::Vouched, &operator())).await;
        assert!(matches!(other, Err(Error::Unfit(Unfit::OtherNumber))), "{other:?}");
        let refused = events(&app, Some(&account), "factor_refused").await;
        assert_eq!(refused.len(), 2);
        assert!(refused.iter().all(|event| event["reason"] == "other_number"), "{refused:?}");
        // A changed number: the old card goes first.
        remove(&app, &session, &first.id, Intent::LastToo).await.unwrap();
        link("900000002").await.unwrap();
    })
    .await;
}

/// Attack: a new name, and a session that showed no more than a code.
#[tokio::test]
async fn by_a_new_name_a_card_is_linked_by_who_shows_a_key_and_by_nobody_else() {
    both(async |db| {
        let app = app(db);
        let account = with_subscriber(&app, NAME, "90000123").await;
        let (_, session) = open(&app, &account, Scope::Full, Level::High).await;
        let now = app.clock.now();
        let mut tx = app.db.write().await.unwrap();
        accounts::store::rename(&mut tx, &account.id, "Test Anders", now).await.unwrap();
        let login = Login { way: Way::PasswordAndApp, ..session.login.clone() };
        let opened = sessions::open(&mut tx, login, ("", Carrier::Cookie), app.random, now).await;
        tx.commit().await.unwrap();
        let (_, by_code) = opened.unwrap();
        let card = || Ok(verified_card("900000001", "90000123", "Anders"));
        let refused = decide(&app, &by_code, card(), "").await;
        assert!(matches!(refused, Err(Error::Unfit(Unfit::NewName))), "{refused:?}");
        let name = Username::parse(NAME).unwrap();
        let refused = vouch(&app, &name, card(), (FirstName::Compared, &operator())).await;
        assert!(matches!(refused, Err(Error::Unfit(Unfit::NewName))), "{refused:?}");
        let linked = decide(&app, &session, card(), "mijn pas").await;
        assert_eq!(linked.unwrap().kind, Kind::Card);
    })
    .await;
}

#[tokio::test]
async fn of_two_cards_that_are_linked_at_once_one_is() {
    both(async |db| {
        let app = app(db);
        let account = with_subscriber(&app, NAME, "90000123").await;
        let (_, session) = open(&app, &account, Scope::Full, Level::High).await;
        let card = |number| Ok(verified_card(number, "90000123", "Arts"));
        let name = Username::parse(NAME).unwrap();
        let operator = operator();
        let (one, other) = tokio::join!(
            decide(&app, &session, card("900000001"), ""),
            vouch(&app, &name, card("900000002"), (FirstName::Compared, &operator)),
        );
        assert_eq!(u8::from(one.is_ok()) + u8::from(other.is_ok()), 1, "{one:?} {other:?}");
        let seen = accounts::run::overview(&app, &session).await.unwrap();
        assert_eq!(seen.factors.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_relatives_card_is_refused_unless_the_operator_knows_better() {
    both(async |db| {
        let app = app(db);
        let mut account = with_subscriber(&app, "vorige@voorbeeld.nl", "90000123").await;
        account.id = crate::id::AccountId::random(app.random);
        account.number = accounts::number::UserNumber::random(app.random);
        account.username = Username::parse(NAME).unwrap();
        account.name = "Testa van Test".to_owned();
        let mut tx = app.db.write().await.unwrap();
        accounts::store::insert(&mut tx, &account, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let (_, session) = open(&app, &account, Scope::Full, Level::High).await;
        let card = |first_name: &str| {
            let mut card = verified_card("900000001", "90000123", "van Test");
            card.card.subject.given_name = Some(first_name.to_owned());
            Ok(card)
        };
        let name = &account.username;
        let relative = decide(&app, &session, card("Piet"), "").await;
        assert!(matches!(relative, Err(Error::Unfit(Unfit::OtherFirstName))), "{relative:?}");
        let relative = vouch(&app, name, card("Piet"), (FirstName::Compared, &operator())).await;
        assert!(matches!(relative, Err(Error::Unfit(Unfit::OtherFirstName))), "{relative:?}");
        let linked = decide(&app, &session, card("Testa Maria"), "").await.unwrap();
        remove(&app, &session, &linked.id, Intent::LastToo).await.unwrap();
        vouch(&app, name, card("Piet"), (FirstName::Vouched, &operator())).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_operator_links_a_card_at_the_full_level_and_ends_what_was_begun() {
    both(async |db| {
        let app = app(db);
        let account = with_subscriber(&app, NAME, "90000123").await;
        let (token, session) = open(&app, &account, Scope::Full, Level::Substantial).await;
        let raising = login::run::step_up(&app, &session).await.unwrap();
        let name = Username::parse(NAME).unwrap();
        let card = || Ok(verified_card("900000001", "90000123", "Arts"));
        let (factor, _) =
            vouch(&app, &name, card(), (FirstName::Compared, &operator())).await.unwrap();
        assert_eq!(factor.level(), Level::High);
        assert!(sessions::run::current(&app, &token).await.unwrap().is_none());
        let over = login::key::options(&app, &raising).await;
        assert!(matches!(over, Err(login::Error::AttemptOver)), "{over:?}");
        let operator = json!({"who": "operator"});
        for name in ["factor_added", "session_ended"] {
            let events = events(&app, Some(&account), name).await;
            assert_eq!((events.len(), &events[0]["actor"]), (1, &operator), "{name}");
        }
        let added = events(&app, Some(&account), "factor_added").await;
        assert_eq!(added[0]["card"]["revocation_list"], "07");
    })
    .await;
}

#[tokio::test]
async fn only_the_kinds_that_the_organisation_allows_are_enrolled() {
    both(async |db| {
        let app = app(db);
        let account = with_subscriber(&app, NAME, "90000123").await;
        let (_, session) = open(&app, &account, Scope::Full, Level::High).await;
        let allow = async |kinds: &str| {
            let mut tx = app.db.write().await.unwrap();
            let (organisation, setting) = (&account.organisation, Setting::Kinds);
            organisations::store::decide(&mut tx, organisation, setting, kinds).await.unwrap();
            tx.commit().await.unwrap();
        };
        let denied = |refused: &Error| matches!(refused, Error::Denied(Denied::Kind));
        let had = enrol(&app, &session, &mut SoftKey::new()).await.unwrap();
        allow("security_key").await;
        for kind in [KeyKind::Passkey, KeyKind::SecurityKey] {
            let asked = key_options(&app, &session, kind).await;
            assert_eq!(asked.as_ref().err().is_some_and(denied), kind == KeyKind::Passkey);
        }
        let mut soft = SoftKey::new();
        let options = key_options(&app, &session, KeyKind::SecurityKey).await.unwrap();
        allow("passkey").await;
        let late = key(&app, &session, &soft.create(&options), "").await;
        assert!(late.as_ref().is_err_and(denied), "decided meanwhile: {late:?}");
        let upgraded = upgrade_options(&app, &session, &had.id).await;
        assert!(matches!(upgraded, Err(Error::Unknown)), "{upgraded:?}");
        let nonce = super::card::nonce(&app, &session).await;
        assert!(nonce.as_ref().is_err_and(denied), "{nonce:?}");
        let card = || Ok(verified_card("900000001", "90000123", "Arts"));
        let linked = decide(&app, &session, card(), "").await;
        assert!(linked.as_ref().is_err_and(denied), "{linked:?}");
        let linked =
            vouch(&app, &account.username, card(), (FirstName::Compared, &operator())).await;
        assert!(linked.as_ref().is_err_and(denied), "by the operator: {linked:?}");
        let reasons = events(&app, Some(&account), "factor_refused").await;
        assert_eq!(reasons.len(), 2, "{reasons:?}");
        assert!(reasons.iter().all(|event| event["reason"] == "kind_not_allowed"), "{reasons:?}");
        allow("passkey,card").await;
        decide(&app, &session, card(), "").await.unwrap();
        let mut tx = app.db.read().await.unwrap();
        let kept = factors::store::list(&mut tx, &account.id).await.unwrap();
        assert_eq!(kept.len(), 2, "what somebody has stays: {kept:?}");
    })
    .await;
}

#[tokio::test]
async fn a_card_is_linked_only_where_its_organisation_lets_its_type_and_role_in() {
    both(async |db| {
        let app = app(db);
        let account = with_subscriber(&app, NAME, "90000123").await;
        let (_, session) = open(&app, &account, Scope::Full, Level::High).await;
        let mut tx = app.db.write().await.unwrap();
        let organisation = &account.organisation;
        organisations::store::decide(&mut tx, organisation, Setting::CardTypes, "N").await.unwrap();
        tx.commit().await.unwrap();
        let card = Ok(verified_card("900000001", "90000123", "Arts"));
        let refused = decide(&app, &session, card, "").await;
        let Err(Error::Card(refusal)) = refused else { panic!("{refused:?}") };
        assert_eq!(refusal.code(), "card_type_refused");
    })
    .await;
}

/// What an operator does for somebody whose only key was switched off, and what that opens.
#[tokio::test]
async fn an_operator_removes_a_key_that_was_switched_off() {
    both(async |db| {
        let (app, account, visit) = begin(db).await;
        let name = Username::parse(NAME).unwrap();
        let copied = enrol(&app, &visit, &mut SoftKey::new()).await.unwrap();
        proven(&app, &[&copied]).await;
        let (token, _) = open(&app, &account, Scope::Full, Level::High).await;
        let mut tx = app.db.write().await.unwrap();
        factors::store::flag_cloned(&mut tx, &copied.id, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let shut = key_options(&app, &visit, KeyKind::Passkey).await;
        assert!(matches!(shut, Err(Error::Denied(Denied::OnlyFirst))), "{shut:?}");

        let seen = factors_of(&app, &name).await.unwrap();
        assert_eq!(
            seen.iter().map(|f| (&f.id, f.is_usable())).collect::<Vec<_>>(),
            [(&copied.id, false)]
        );
        let (removed, left) =
            remove_by_operator(&app, &name, &copied.id, Level::Substantial).await.unwrap();
        assert_eq!((removed.id, left), (copied.id.clone(), Some(Level::Substantial)));
        assert!(sessions::run::current(&app, &token).await.unwrap().is_none());
        let events = events(&app, Some(&account), "factor_removed").await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["actor"], json!({"who": "operator"}));
        let again = remove_by_operator(&app, &name, &copied.id, Level::High).await;
        assert!(matches!(again, Err(Error::Unknown)), "{again:?}");
        let nobody = Username::parse("test.niemand@voorbeeld.nl").unwrap();
        let unknown = remove_by_operator(&app, &nobody, &copied.id, Level::High).await;
        assert!(matches!(unknown, Err(Error::NotOne(_))), "{unknown:?}");
        assert!(matches!(factors_of(&app, &nobody).await, Err(Error::NotOne(_))));

        let (_, visit) = open(&app, &account, Scope::EnrolOnly, Level::Low).await;
        let new = enrol(&app, &visit, &mut SoftKey::new()).await.unwrap();
        assert_eq!(new.bound_at, Level::Substantial);
    })
    .await;
}

/// A session with a security key that was enrolled and used once, and that key.
async fn with_security_key(db: Db) -> (App, Session, SoftKey, Factor) {
    let (app, account, visit) = begin(db).await;
    let mut soft = SoftKey::new();
    let options = key_options(&app, &visit, KeyKind::SecurityKey).await.unwrap();
    assert_eq!(options["extensions"]["credProps"], true);
    let old = key(&app, &visit, &soft.create(&options), "sleutel").await.unwrap();
    proven(&app, &[&old]).await;
    let (_, session) = open(&app, &account, Scope::Full, Level::High).await;
    (app, session, soft, old)
}

/// The same key with another credential, reached in these ways.
fn again(soft: &SoftKey, transports: Value) -> SoftKey {
    let quirks = Quirks { transports, ..Quirks::default() };
    SoftKey { user: soft.user.clone(), quirks, ..SoftKey::new() }
}

async fn ids(app: &App, session: &Session) -> Vec<(FactorId, bool)> {
    let factors = accounts::run::factors(app, session).await.unwrap();
    factors.into_iter().map(|factor| (factor.id.clone(), factor.works_alone())).collect()
}

#[tokio::test]
async fn a_security_key_that_becomes_a_passkey_is_replaced_when_that_has_proven_itself() {
    both(async |db| {
        let (app, session, soft, old) = with_security_key(db).await;
        assert_eq!(ids(&app, &session).await, [(old.id.clone(), false)]);
        let mut other = SoftKey::new();
        let spare = enrol(&app, &session, &mut other).await.unwrap();

        let options = upgrade_options(&app, &session, &old.id).await.unwrap();
        let selection = &options["authenticatorSelection"];
        assert_eq!(selection["residentKey"], "required");
        assert_eq!(selection["userVerification"], "required");
        assert_eq!(selection["authenticatorAttachment"], "cross-platform");
        let excluded = options["excludeCredentials"].as_array().unwrap();
        assert_eq!(excluded.len(), 1, "all keys but the one that is meant: {options}");
        assert_ne!(excluded[0]["id"], BASE64.encode(&soft.id));

        let mut passkey = again(&soft, json!(["usb", "nfc"]));
        let new = key(&app, &session, &passkey.create(&options), "sleutel").await.unwrap();
        assert_eq!((new.kind, new.proven_at), (Kind::Passkey, None));
        let beside = [(old.id.clone(), false), (spare.id.clone(), true), (new.id.clone(), true)];
        let mut seen = ids(&app, &session).await;
        seen.sort_by_key(|(id, _)| beside.iter().position(|(known, _)| known == id));
        assert_eq!(seen, beside, "until it has proven itself the old one stays");
        use_alone(&app, &mut passkey).await;
        let mut seen = ids(&app, &session).await;
        seen.sort_by_key(|(id, _)| *id != spare.id);
        assert_eq!(seen, [(spare.id.clone(), true), (new.id.clone(), true)]);
        let account = accounts::run::overview(&app, &session).await.unwrap().account;
        let removed = events(&app, Some(&account), "factor_removed").await;
        assert_eq!(removed.len(), 1);
        assert_eq!(removed[0]["factor"], json!(old.id));

        for no_key in [&spare.id, &new.id, &old.id] {
            let refused = upgrade_options(&app, &session, no_key).await;
            assert!(matches!(refused, Err(Error::Unknown)), "{refused:?}");
        }
    })
    .await;
}

/// Somebody takes a phone for it: then the key that is meant stays beside it.
#[tokio::test]
async fn a_passkey_of_another_device_takes_the_place_of_no_key() {
    both(async |db| {
        let (app, session, soft, old) = with_security_key(db).await;
        let options = upgrade_options(&app, &session, &old.id).await.unwrap();
        let mut phone = again(&soft, json!(["hybrid", "internal"]));
        let new = key(&app, &session, &phone.create(&options), "telefoon").await.unwrap();
        use_alone(&app, &mut phone).await;
        let mut seen = ids(&app, &session).await;
        seen.sort_by_key(|(id, _)| *id != old.id);
        assert_eq!(seen, [(old.id.clone(), false), (new.id.clone(), true)]);
    })
    .await;
}

#[tokio::test]
async fn a_key_becomes_a_passkey_only_in_a_fresh_session_of_its_owner() {
    both(async |db| {
        let (app, session, _, old) = with_security_key(db).await;
        let stranger = account_of_another(&app).await;
        let (_, theirs) = open(&app, &stranger, Scope::Full, Level::High).await;
        let refused = upgrade_options(&app, &theirs, &old.id).await;
        assert!(matches!(refused, Err(Error::Unknown)), "{refused:?}");
        app.clock.advance(app.config.sessions.fresh);
        let late = upgrade_options(&app, &session, &old.id).await;
        assert!(matches!(late, Err(Error::Denied(Denied::NotFresh))), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn whether_a_key_logs_in_alone_is_what_the_browser_says_and_what_was_seen() {
    both(async |db| {
        let (app, account, _) = begin(db).await;
        let (_, session) = open(&app, &account, Scope::Full, Level::High).await;
        let enrolled = async |results: Value, verifies: bool| {
            let quirks = Quirks { results, ..Quirks::default() };
            let mut soft = SoftKey { quirks, verifies, ..SoftKey::new() };
            let options = key_options(&app, &session, KeyKind::SecurityKey).await.unwrap();
            let factor = key(&app, &session, &soft.create(&options), "").await.unwrap();
            (soft, factor)
        };
        let says = |rk: bool| json!({"credProps": {"rk": rk}});
        assert!(enrolled(says(true), true).await.1.works_alone());
        assert!(!enrolled(says(true), false).await.1.works_alone(), "it verifies nobody");
        assert!(!enrolled(says(false), true).await.1.works_alone());
        let (mut soft, factor) = enrolled(json!({}), true).await;
        assert!(!factor.works_alone(), "nobody knows");
        use_alone(&app, &mut soft).await;
        let seen = ids(&app, &session).await;
        assert!(seen.contains(&(factor.id, true)), "it did once");
    })
    .await;
}

#[tokio::test]
async fn where_a_factor_stays_an_operator_vouches_for_nothing() {
    both(async |db| {
        let (app, account, visit) = begin(db).await;
        let name = Username::parse(NAME).unwrap();
        let first = enrol(&app, &visit, &mut SoftKey::new()).await.unwrap();
        let (_, session) = open(&app, &account, Scope::Full, Level::High).await;
        let second = enrol(&app, &session, &mut SoftKey::new()).await.unwrap();
        proven(&app, &[&first, &second]).await;
        let removed = remove_by_operator(&app, &name, &first.id, Level::High).await.unwrap();
        assert_eq!(removed.1, None);
        let mut tx = app.db.read().await.unwrap();
        let kept = accounts::store::find(&mut tx, &account.id).await.unwrap().unwrap();
        assert_eq!(kept.vouched, Level::Low);
    })
    .await;
}

#[tokio::test]
async fn a_card_the_operator_may_not_link_is_recorded() {
    both(async |db| {
        let app = app(db);
        let account = with_subscriber(&app, NAME, "90000123").await;
        let name = Username::parse(NAME).unwrap();
        let card = || Ok(verified_card("900000001", "90000124", "Arts"));
        let unfit = vouch(&app, &name, card(), (FirstName::Compared, &operator())).await;
        assert!(matches!(unfit, Err(Error::Unfit(Unfit::OtherSubscriber))), "{unfit:?}");
        let revoked = revoked_card("900000001", "90000123", Standing::Issued);
        let refused = vouch(&app, &name, Err(revoked), (FirstName::Compared, &operator())).await;
        assert!(matches!(refused, Err(Error::Card(_))), "{refused:?}");
        let events_of = async |account| {
            let mut events = events(&app, account, "factor_refused").await;
            events.sort_by_key(|event| event["reason"].to_string());
            events
                .into_iter()
                .map(|event| {
                    assert_eq!(event["actor"], json!({"who": "operator"}), "{event}");
                    (event["reason"].clone(), event["card"]["standing"].clone())
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(
            events_of(Some(&account)).await,
            [(json!("card_revoked"), json!("issued")), (json!("other_subscriber"), json!("held"))]
        );
        let nobody = Username::parse("test.niemand@voorbeeld.nl").unwrap();
        let unknown = vouch(&app, &nobody, card(), (FirstName::Compared, &operator())).await;
        assert!(matches!(unknown, Err(Error::NotOne(_))), "{unknown:?}");
        assert_eq!(events_of(None).await, [(json!("no_account"), json!("held"))]);
    })
    .await;
}
