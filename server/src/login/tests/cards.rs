//! Cards, as what a verified one leads to.

use super::*;

#[tokio::test]
async fn a_colleagues_card_is_refused_after_a_password() {
    both(async |db| {
        let (app, account) = begin(db).await;
        enrol(&app, &mut SoftKey::new(), KeyKind::SecurityKey).await;
        let other = crate::storage::testing::account(&app.db, "test.ander@voorbeeld.nl").await;
        let factor = crate::factors::Factor {
            account: other.id.clone(),
            kind: Kind::Card,
            evidence: crate::factors::Evidence::CardPin,
            ..own_factor(&app, &account.id).await
        };
        let factor =
            crate::factors::Factor { id: crate::id::FactorId::random(app.random), ..factor };
        let (number, subscriber) = ("900000001", "90000123");
        let mut tx = app.db.write().await.unwrap();
        crate::factors::store::insert(&mut tx, &factor).await.unwrap();
        let organisation = &other.organisation;
        crate::factors::store::link_card(&mut tx, &factor.id, organisation, number, subscriber)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let card = verified_card(number, subscriber, "Arts");
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let refused = decide(&app, &token, Ok(card.clone())).await.unwrap();
        assert!(matches!(refused, CardAnswer::Refused(card::Refusal::Stranger)), "{refused:?}");
        let alone = attempt(&app).await;
        let answer = decide(&app, &alone, Ok(card)).await.unwrap();
        assert!(matches!(answer, CardAnswer::Done(_)), "{answer:?}");
        let seen = full_events(&app, Some(&other.id)).await;
        let find = |name: &str| seen.iter().find(|event| event["event"] == name).unwrap();
        assert_eq!(find("factor_refused")["reason"], "stranger");
        for (name, card) in [("factor_refused", number), ("factor_proven", number)] {
            assert_eq!(find(name)["card"]["uzi_number"], card);
            assert_eq!(find(name)["card"]["standing"], "held");
            assert_eq!(find(name)["actor"]["who"], "visitor");
        }
        let [refused, proven] =
            ["factor_refused", "factor_proven"].map(|name| &find(name)["actor"]);
        assert_ne!(refused["attempt"], proven["attempt"]);
        assert_eq!(find("session_opened")["actor"], *proven);

        let revoked = revoked_card(number, subscriber, Standing::Held);
        decide(&app, &attempt(&app).await, Err(revoked)).await.unwrap();
        let forged = revoked_card(number, subscriber, Standing::Claimed);
        decide(&app, &attempt(&app).await, Err(forged.clone())).await.unwrap();
        let count = async |account| {
            let seen = full_events(&app, account).await;
            seen.iter().filter(|event| event["reason"] == "card_revoked").count()
        };
        assert_eq!(count(Some(&other.id)).await, 1, "who shows it has the card");
        assert_eq!(count(None).await, 1, "anybody can write a certificate");
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        decide(&app, &token, Err(forged)).await.unwrap();
        assert_eq!(count(Some(&account.id)).await, 1, "whoever gave this account's password");
    })
    .await;
}

#[tokio::test]
async fn a_card_nobody_linked_lets_nobody_in() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let token = attempt(&app).await;
        let card = verified_card("900000001", "90000123", "Arts");
        let refused = decide(&app, &token, Ok(card)).await.unwrap();
        assert!(matches!(refused, CardAnswer::Refused(card::Refusal::NotLinked)), "{refused:?}");
        let unread = card::Refusal::Token("JSON".to_owned());
        decide(&app, &token, Err(unread.into())).await.unwrap();
        let seen = full_events(&app, None).await;
        let reasons: Vec<_> = seen.iter().map(|event| event["reason"].as_str().unwrap()).collect();
        assert_eq!(reasons, ["card_not_linked", "card_token"]);
        assert_eq!(seen[1].get("card"), None);
    })
    .await;
}

#[tokio::test]
async fn a_card_nonce_is_forty_four_characters_and_counts_once() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let token = attempt(&app).await;
        let nonce = crate::login::card::nonce(&app, &token).await.unwrap();
        assert_eq!(nonce.len(), 44);
        let spent = crate::login::card::spend_nonce(&app, &token).await.unwrap();
        assert_eq!(spent.as_deref(), Some(nonce.as_str()));
        assert_eq!(crate::login::card::spend_nonce(&app, &token).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_card_logs_in_only_where_its_organisation_lets_its_type_and_role_in() {
    both(async |db| {
        let (app, account) = begin(db).await;
        enrol(&app, &mut SoftKey::new(), KeyKind::SecurityKey).await;
        let factor = crate::factors::Factor {
            id: crate::id::FactorId::random(app.random),
            kind: Kind::Card,
            evidence: crate::factors::Evidence::CardPin,
            ..own_factor(&app, &account.id).await
        };
        let (number, subscriber) = ("900000001", "90000123");
        let organisation = &account.organisation;
        let mut tx = app.db.write().await.unwrap();
        crate::factors::store::insert(&mut tx, &factor).await.unwrap();
        crate::factors::store::link_card(&mut tx, &factor.id, organisation, number, subscriber)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let tap = async |setting, value: &str| {
            let mut tx = app.db.write().await.unwrap();
            organisations::store::decide(&mut tx, organisation, setting, value).await.unwrap();
            tx.commit().await.unwrap();
            let card = verified_card(number, subscriber, "Arts"); // Z, 01.015
            match decide(&app, &attempt(&app).await, Ok(card)).await.unwrap() {
                CardAnswer::Done(_) => "in".to_owned(),
                CardAnswer::Refused(refusal) => refusal.code().to_owned(),
                CardAnswer::Choose(_) => "several".to_owned(),
            }
        };
        assert_eq!(tap(Setting::CardTypes, "N").await, "card_type_refused");
        assert_eq!(tap(Setting::CardTypes, "Z").await, "in");
        assert_eq!(tap(Setting::CardRoles, "30.*").await, "card_role_refused");
        assert_eq!(tap(Setting::CardRoles, "30.*,01.015").await, "in");
        let seen = full_events(&app, Some(&account.id)).await;
        let refused = seen.iter().filter(|event| event["reason"] == "card_role_refused");
        assert_eq!(refused.count(), 1, "of the account whose card it is: {seen:?}");
    })
    .await;
}

/// Flow B4: a block of the password is no weapon against who has a card.
#[tokio::test]
async fn b4_a_card_lets_in_while_the_password_is_blocked() {
    both(async |db| {
        let (app, account) = begin(db).await;
        enrol(&app, &mut SoftKey::new(), KeyKind::SecurityKey).await;
        let factor = crate::factors::Factor {
            id: crate::id::FactorId::random(app.random),
            kind: Kind::Card,
            evidence: crate::factors::Evidence::CardPin,
            ..own_factor(&app, &account.id).await
        };
        let (number, subscriber) = ("900000001", "90000123");
        let mut tx = app.db.write().await.unwrap();
        crate::factors::store::insert(&mut tx, &factor).await.unwrap();
        let organisation = &account.organisation;
        crate::factors::store::link_card(&mut tx, &factor.id, organisation, number, subscriber)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        for _ in 0..5 {
            try_password(&app, NAME, "mis mis mis mis").await;
        }
        let (_, blocked) = try_password(&app, NAME, PASSWORD).await;
        assert!(matches!(blocked, PasswordAnswer::Blocked { .. }), "{blocked:?}");
        let card = verified_card(number, subscriber, "Arts");
        let answer = decide(&app, &attempt(&app).await, Ok(card)).await.unwrap();
        let CardAnswer::Done(Granted::Session { session, .. }) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(session.login.account, account.id);
    })
    .await;
}
