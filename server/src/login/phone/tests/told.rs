//! What the audit keeps of what is not sent, and what numbers are told of changes; on both engines.

use super::*;
use crate::delivery::phone::Told;
use crate::enrolment::policy::Intent;
use crate::enrolment::run::remove;
use crate::enrolment::run::testing::remove_by_operator;
use crate::factors::sent::Policy;

const OTHER: &str = "06 12345699";
const FIXED: &str = "030 1234567";

/// What was told by text since this was asked last: to which number, and what.
async fn told(app: &App, heard: &mut usize) -> Vec<(String, Told)> {
    let posted = posted(app).await.into_iter().filter_map(|(sending, _)| match sending.channel {
        Channel::Notice(told) => Some((sending.to.to_string(), told)),
        Channel::Sms { .. } | Channel::Call => None,
    });
    let told: Vec<_> = posted.skip(*heard).collect();
    *heard += told.len();
    app.clock.advance(Duration::from_secs(1)); // what is posted has an order
    told
}

/// A session of whoever gave the password and a code that was sent to a mobile number.
async fn inside(app: &App) -> Session {
    let token = sent(app, Medium::Sms).await;
    let answer = looked(check(app, &token, &texted(app).await).await.unwrap());
    let CodeAnswer::Done(granted) = answer else { panic!("{answer:?}") };
    session(granted)
}

/// What the audit says of what was not sent.
async fn refused(app: &App, account: &Account) -> Vec<(String, String)> {
    let seen = full_events(app, Some(&account.id)).await;
    let seen = seen.iter().filter(|event| event["event"] == "send_refused");
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    seen.map(|event| (text(&event["code"]), text(&event["why"]))).collect()
}

#[tokio::test]
async fn a_number_that_is_not_let_in_is_recorded_and_nothing_of_it() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let visit = visit(&app).await;
        for (medium, number) in [
            (Medium::Sms, "0900 1234"),
            (Medium::Call, "+32 470 12 34 56"),
            (Medium::Sms, FIXED),
            (Medium::Sms, "mijn mobiel"),
            (Medium::Call, "06 1234"),
        ] {
            let begun = enrolment::begin(&app, &visit, (medium, number), Language::Dutch).await;
            assert!(matches!(begun, Ok(Begun::Unfit(_))), "{number}: {begun:?}");
        }
        let mut seen = refused(&app, &account).await;
        seen.sort(); // they are of one moment
        let seen: Vec<_> = seen.iter().map(|(code, why)| (code.as_str(), why.as_str())).collect();
        assert_eq!(seen, [("call", "country"), ("sms", "costly"), ("sms", "no_text")]);
        for event in full_events(&app, Some(&account.id)).await {
            for digits in ["9001234", "470123456", "301234567"] {
                assert!(!event.to_string().contains(digits), "{event}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_share_or_budget_that_is_used_up_is_recorded() {
    both(async |db| {
        let app = testing::with(db, |config, folder| {
            config.delivery.phone.sms = Gateway::Folder(folder.join("codes"));
            config.phone.sends = Policy { organisation: 4, ..Policy::default() };
        });
        let (app, account) = begin_with(app).await;
        let visit = visit(&app).await;
        let begun = enrolment::begin(&app, &visit, (Medium::Sms, MOBILE), Language::Dutch).await;
        assert_eq!(begun.unwrap(), Begun::Sent);
        let proven = enrolment::check(&app, &visit, &texted(&app).await).await.unwrap();
        assert!(matches!(proven, Proven::Enrolled { .. }), "{proven:?}");
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let ask = async || send(&app, &token, Medium::Sms, None, Language::Dutch).await.unwrap();
        for _ in 0..2 {
            assert_eq!(ask().await, Ok(()));
        }
        assert!(matches!(ask().await, Err(Unsent::Held(Held::Person { .. }))));
        app.clock.advance(factors::sent::rules::SHORT);
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let ask = async || send(&app, &token, Medium::Sms, None, Language::Dutch).await.unwrap();
        assert_eq!(ask().await, Ok(()));
        assert!(matches!(ask().await, Err(Unsent::Held(Held::Organisation { .. }))));
        let seen = refused(&app, &account).await;
        let whys: Vec<_> = seen.iter().map(|(code, why)| (code.as_str(), why.as_str())).collect();
        assert_eq!(whys, [("sms", "share"), ("sms", "budget")]);
        let seen = full_events(&app, Some(&account.id)).await;
        let factor = seen.iter().filter(|event| event["event"] == "send_refused");
        assert!(factor.map(|event| &event["factor"]).all(serde_json::Value::is_string));
    })
    .await;
}

#[tokio::test]
async fn old_numbers_are_told_by_text_what_is_added_removed_and_named_first() {
    both(async |db| {
        let mut heard = 0;
        let (app, _) = with_number(db, Medium::Sms).await;
        assert_eq!(told(&app, &mut heard).await, [], "there was none before it");
        let session = inside(&app).await;
        let fixed = add(&app, &session, Medium::Call, FIXED).await;
        assert_eq!(told(&app, &mut heard).await, [("+31612345678".to_owned(), Told::Added)]);
        let session = inside(&app).await;
        let second = add(&app, &session, Medium::Sms, OTHER).await;
        assert_eq!(
            told(&app, &mut heard).await,
            [("+31612345678".to_owned(), Told::Added)],
            "a fixed number takes no texts"
        );
        let own = inside(&app).await;
        let beside = inside(&app).await;
        enrolment::set_main(&app, &own, &second.id).await.unwrap();
        enrolment::set_main(&app, &own, &second.id).await.unwrap();
        assert_eq!(told(&app, &mut heard).await, [("+31612345678".to_owned(), Told::NotMain)]);
        let over = enrolment::set_main(&app, &beside, &second.id).await;
        assert!(matches!(over, Err(crate::enrolment::Error::SessionOver)), "others end: {over:?}");
        remove(&app, &own, &fixed.id, Intent::KeepLast).await.unwrap();
        assert_eq!(told(&app, &mut heard).await, []);
        remove(&app, &own, &second.id, Intent::KeepLast).await.unwrap();
        assert_eq!(told(&app, &mut heard).await, [("+31612345699".to_owned(), Told::Removed)]);
    })
    .await;
}

/// One number with two entries stays while one of them does.
#[tokio::test]
async fn a_number_is_told_that_it_left_when_its_last_entry_does() {
    both(async |db| {
        let mut heard = 0;
        let (app, account) = with_number(db, Medium::Sms).await;
        let session = inside(&app).await;
        add(&app, &session, Medium::Call, MOBILE).await;
        assert_eq!(told(&app, &mut heard).await, [], "it is the same number");
        let username = crate::accounts::Username::parse(NAME).unwrap();
        let mut tx = app.db.read().await.unwrap();
        let factors = factors::store::list(&mut tx, &account.id).await.unwrap();
        drop(tx);
        for (factor, expected) in factors.iter().zip([false, true]) {
            remove_by_operator(&app, &username, &factor.id, Level::Low).await.unwrap();
            assert_eq!(told(&app, &mut heard).await.len(), usize::from(expected));
        }
    })
    .await;
}

/// Attack: notices as a weapon, and codes that use up what would tell of a change.
#[tokio::test]
async fn a_number_hears_each_kind_of_change_once_a_day_whatever_codes_were_sent() {
    both(async |db| {
        let mut heard = 0;
        let (app, _) = with_number(db, Medium::Sms).await;
        let session = inside(&app).await;
        let second = add(&app, &session, Medium::Sms, OTHER).await;
        let _ = told(&app, &mut heard).await;
        let own = inside(&app).await;
        let first = {
            let mut tx = app.db.read().await.unwrap();
            let numbers = phones::of_account(&mut tx, &own.login.account).await.unwrap();
            numbers.first().unwrap().factor.clone()
        };
        // The share is used up before anything is changed.
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let sent = async || send(&app, &token, Medium::Sms, None, Language::Dutch).await.unwrap();
        while sent().await.is_ok() {}
        let mut all = Vec::new();
        for _ in 0..5 {
            for factor in [&second.id, &first] {
                enrolment::set_main(&app, &own, factor).await.unwrap();
                all.extend(told(&app, &mut heard).await);
            }
        }
        let numbers = ["+31612345678", "+31612345699"].map(|n| (n.to_owned(), Told::NotMain));
        assert_eq!(all, numbers, "each number once, and not held by the share of codes");
        remove(&app, &own, &second.id, Intent::KeepLast).await.unwrap();
        assert_eq!(told(&app, &mut heard).await, [("+31612345699".to_owned(), Told::Removed)]);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_told_by_text_where_texts_go_nowhere() {
    both(async |db| {
        let mut heard = 0;
        let app = testing::with(db, |config, folder| {
            config.delivery.phone.sms = Gateway::Nowhere;
            config.delivery.phone.calls = Gateway::Folder(folder.join("codes"));
        });
        let (app, _) = begin_with(app).await;
        let factor = add(&app, &visit(&app).await, Medium::Call, MOBILE).await;
        let username = crate::accounts::Username::parse(NAME).unwrap();
        remove_by_operator(&app, &username, &factor.id, Level::Low).await.unwrap();
        assert_eq!(told(&app, &mut heard).await, []);
    })
    .await;
}
