//! Gebruikersbeheer and Instellingen: what a contact person does there, and who may not.

use super::*;
use crate::accounts::number::UserNumber;
use crate::accounts::{self, Account, Role, Username};
use crate::audit;
use crate::id::AccountId;
use crate::password;
use crate::secret::Secret;

/// Somebody else of the organisation of [`NAME`], with the same password.
async fn colleague(server: &Server, username: &str, name: &str, role: Role) -> Account {
    let app = &server.app;
    let mut tx = app.db.read().await.unwrap();
    let contact = Username::parse(NAME).unwrap();
    let contact = accounts::store::named(&mut tx, &contact).await.unwrap().remove(0);
    drop(tx);
    add(server, Account { role, name: name.to_owned(), ..contact }, username).await
}

async fn add(server: &Server, like: Account, username: &str) -> Account {
    let app = &server.app;
    let account = Account {
        id: AccountId::random(app.random),
        number: UserNumber::random(app.random),
        username: Username::parse(username).unwrap(),
        ..like
    };
    let hash = app.passwords.admit().unwrap();
    let hash = hash.hash(Secret::new(PASSWORD.to_owned())).await;
    let now = app.clock.now();
    let mut tx = app.db.write().await.unwrap();
    accounts::store::insert(&mut tx, &account, now).await.unwrap();
    password::testing::keep(&mut tx, &account.id, &hash, now).await;
    tx.commit().await.unwrap();
    account
}

async fn log_in(browser: &mut Browser, username: &str, password: &str) -> Answer {
    browser.submit("/login", "/login", &[("username", username), ("password", password)]).await
}

/// Logs in with a passkey of one's own.
async fn with_passkey(server: &Server, username: &str) -> (Browser, SoftKey) {
    let (mut browser, mut key) = (server.browser(), SoftKey::new());
    log_in(&mut browser, username, PASSWORD).await;
    browser.enrol("/enrol/passkey", "passkey", &mut key).await;
    let done = browser.touch("/login/passkey", "alone", &mut key).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    (browser, key)
}

async fn living(server: &Server, id: &AccountId) -> Option<Account> {
    let mut tx = server.app.db.read().await.unwrap();
    accounts::store::find(&mut tx, id).await.unwrap()
}

/// What the audit says of somebody, or of nobody: names of events.
async fn events(server: &Server, account: Option<&AccountId>) -> Vec<String> {
    crate::login::tests::events(&server.app, account).await
}

fn code(answer: &Answer) -> &str {
    each(&answer.body, "data-code=\"").first().copied().unwrap_or_default()
}

const OTHER: &str = "test.assistent@voorbeeld.nl";

#[tokio::test]
async fn a10_whose_account_is_ended_is_out_at_once_and_the_address_is_free() {
    let server = Server::new().await;
    let (mut contact, _) = logged_in(&server).await;
    let leaves = colleague(&server, OTHER, "Test Assistent", Role::Colleague).await;
    let (mut browser, mut key) = with_passkey(&server, OTHER).await;
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    let path = format!("/people/{}/end", leaves.id);
    let page = contact.get(&path).await.body;
    assert!(page.contains("Test Assistent") && page.contains("niet ongedaan"), "{page}");
    let done = contact.submit(&path, &path, &[("value", "")]).await;
    assert_eq!(done.location(), "/people?notice=account-ended");
    assert_eq!(browser.get("/account").await.location(), "/login");
    let answer = server.browser().touch("/login/passkey", "alone", &mut key).await;
    assert_eq!(answer.json()["code"], "not_recognised");
    let answer = log_in(&mut server.browser(), OTHER, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "as a name that nobody has");
    assert_eq!(contact.get(&format!("/people/{}", leaves.id)).await.status, StatusCode::NOT_FOUND);
    assert!(!contact.get("/people").await.body.contains(OTHER));
    let seen = events(&server, Some(&leaves.id)).await;
    for name in ["factor_removed", "session_ended", "account_ended"] {
        assert!(seen.iter().any(|event| event == name), "{name}: {seen:?}");
    }
    let next = add(&server, leaves.clone(), OTHER).await;
    assert_eq!(log_in(&mut server.browser(), OTHER, PASSWORD).await.location(), "/enrol");
    assert!(next.number != leaves.number && next.id != leaves.id, "numbers are never reused");
}

#[tokio::test]
async fn b3_a_contact_person_lifts_a_block_at_once_and_b4_the_total_stays() {
    let server = Server::new().await;
    let (mut contact, _) = logged_in(&server).await;
    let blocked = colleague(&server, OTHER, "Test Assistent", Role::Colleague).await;
    let path = format!("/people/{}", blocked.id);
    assert!(!contact.get(&path).await.body.contains("id=\"unblock-form\""));
    for _ in 0..5 {
        log_in(&mut server.browser(), OTHER, "verkeerd wachtwoord").await;
    }
    let answer = log_in(&mut server.browser(), OTHER, PASSWORD).await;
    assert_eq!(code(&answer), "password_blocked");
    let page = contact.get(&path).await.body;
    assert!(page.contains("eindigt de blokkade vanzelf"), "{page}");
    let unblock = format!("{path}/unblock");
    let done = contact.submit(&path, &unblock, &[]).await;
    assert_eq!(done.location(), format!("{path}?notice=unblocked"));
    assert!(contact.get(done.location()).await.body.contains("De blokkade is opgeheven"));
    let again = contact.submit(&path, &unblock, &[]).await;
    assert_eq!(again.location(), format!("{path}?notice=not-blocked"));
    let seen = events(&server, Some(&blocked.id)).await;
    assert_eq!(seen.iter().filter(|event| *event == "password_unblocked").count(), 1, "{seen:?}");
    // The total stays: the next block lasts twice as long.
    for _ in 0..5 {
        log_in(&mut server.browser(), OTHER, "verkeerd wachtwoord").await;
    }
    server.app.clock.advance(Duration::from_secs(59 * 60));
    let answer = log_in(&mut server.browser(), OTHER, PASSWORD).await;
    assert_eq!(code(&answer), "password_blocked");
    server.app.clock.advance(Duration::from_secs(60));
    assert_eq!(log_in(&mut server.browser(), OTHER, PASSWORD).await.location(), "/enrol");
}

#[tokio::test]
async fn a11_administration_needs_a_strong_factor_of_the_last_five_minutes() {
    let server = Server::new().await;
    let (mut contact, mut key) = logged_in(&server).await;
    let other = colleague(&server, OTHER, "Test Assistent", Role::Colleague).await;
    let person = format!("/people/{}", other.id);
    let unblock = format!("{person}/unblock");
    assert!(contact.get("/account").await.body.contains("id=\"to-people\" href=\"/people\""));
    for page in ["/people", "/settings", "/settings/second-factor", &person] {
        assert_eq!(contact.get(page).await.status, StatusCode::OK, "{page}");
    }
    server.app.clock.advance(Duration::from_secs(5 * 60));
    for page in ["/people", "/settings", "/settings/second-factor", &person] {
        assert_eq!(contact.get(page).await.location(), format!("/confirm?then={page}"));
    }
    let confirm = contact.get("/confirm?then=/people").await.body;
    assert!(confirm.contains("U opent het beheer van uw organisatie"), "{confirm}");
    let refused = contact.submit("/account", &unblock, &[]).await;
    assert_eq!((refused.status, code(&refused)), (StatusCode::FORBIDDEN, "not_fresh"));
    assert!(refused.body.contains(&format!("/confirm?then={person}")), "{}", refused.body);
    contact.touch("/confirm?then=/people", "confirm", &mut key).await;
    assert_eq!(contact.get("/people").await.status, StatusCode::OK);
    let done = contact.submit(&person, &unblock, &[]).await;
    assert_eq!(done.location(), format!("{person}?notice=not-blocked"));
}

#[tokio::test]
async fn c8_forcing_ends_for_a_day_at_most_begins_again_by_itself_and_holds_for_contact_persons() {
    let server = Server::new().await;
    let (mut contact, mut key) = logged_in(&server).await;
    let visits = async |username: &str| {
        let mut browser = server.browser();
        assert_eq!(log_in(&mut browser, username, PASSWORD).await.location(), "/enrol");
        browser
    };
    let other = colleague(&server, OTHER, "Test Assistent", Role::Colleague).await;
    let third = "test.praktijkmanager@voorbeeld.nl";
    colleague(&server, third, "Test Praktijkmanager", Role::ContactPerson).await;
    let mut browser = visits(OTHER).await;
    assert!(!browser.get("/enrol").await.body.contains("skip-form"));
    let refused = browser.submit("/enrol", "/enrol/skip", &[]).await;
    assert_eq!(code(&refused), "enrol_first");
    let path = "/settings/second-factor";
    for hours in ["0", "25", "", "een dag", "-1", "1.5"] {
        let answer = contact.submit(path, path, &[("hours", hours)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{hours}");
        assert!(answer.body.contains(&format!("value=\"{hours}\"")), "what was typed stays");
    }
    let done = contact.submit(path, path, &[("hours", "1")]).await;
    assert_eq!(done.location(), "/settings?notice=unforced");
    assert!(contact.get("/settings").await.body.contains("niet verplicht tot"));
    assert!(!visits(third).await.get("/enrol").await.body.contains("skip-form"), "never they");
    let before = browser.session();
    assert_eq!(browser.submit("/enrol", "/enrol/skip", &[]).await.location(), "/account");
    assert_ne!(browser.session().hash().as_str(), before.hash().as_str(), "a session of its own");
    let page = browser.get("/account").await.body;
    assert!(page.contains("data-level=\"low\"") && !page.contains("to-people"), "{page}");
    assert!(
        browser.get("/enrol/choose").await.body.contains("id=\"choose-card\""),
        "no card by a password"
    );
    assert_eq!(browser.get("/enrol/security-key").await.status, StatusCode::OK, "but a key");
    assert_eq!(browser.get("/confirm?then=/enrol/card").await.location(), "/enrol");
    assert_eq!(code(&browser.get("/people").await), "contact_person_only");
    // Who has a factor is asked for it all the same.
    let mut with_factor = server.browser();
    assert_eq!(log_in(&mut with_factor, NAME, PASSWORD).await.location(), "/login/check");
    let half_an_hour = Duration::from_secs(30 * 60);
    server.app.clock.advance(half_an_hour);
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    server.app.clock.advance(half_an_hour);
    assert_eq!(browser.get("/account").await.location(), "/enrol", "forced by the clock");
    let mut browser = visits(OTHER).await;
    assert_eq!(code(&browser.submit("/enrol", "/enrol/skip", &[]).await), "enrol_first");
    // Switched on again by hand, before its time.
    let mut contact2 = server.browser();
    contact2.touch("/login/passkey", "alone", &mut key).await;
    contact2.submit(path, path, &[("hours", "24")]).await;
    browser.submit("/enrol", "/enrol/skip", &[]).await;
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    let done = contact2.submit("/settings", path, &[]).await;
    assert_eq!(done.location(), "/settings?notice=forced");
    assert_eq!(browser.get("/account").await.location(), "/enrol");
    let seen = events(&server, Some(&other.id)).await;
    assert_eq!(seen.iter().filter(|event| *event == "enrolment_skipped").count(), 2, "{seen:?}");
    let mut tx = server.app.db.read().await.unwrap();
    let mut changed = audit::of_account(&mut tx, None).await.unwrap();
    changed.retain(|event| event.contains("setting_changed"));
    assert_eq!(changed.len(), 3, "{changed:?}");
    assert!(changed.iter().all(|e| e.contains("not_forced_until") && e.contains("contact_person")));
}

/// Each setting that was changed, with what was and is, as the audit has it.
async fn changed_settings(server: &Server) -> Vec<(String, String, String)> {
    let mut tx = server.app.db.read().await.unwrap();
    let events = audit::of_account(&mut tx, None).await.unwrap();
    let changed: Vec<Value> =
        events.iter().map(|event| serde_json::from_str(event).unwrap()).collect();
    let mut changed: Vec<_> = changed
        .iter()
        .filter(|event| event["event"] == "setting_changed")
        .map(|event| {
            let text = |name: &str| event[name].as_str().unwrap().to_owned();
            (text("setting"), text("was"), text("is"))
        })
        .collect();
    changed.sort();
    changed
}

#[tokio::test]
async fn what_is_decided_is_kept_recorded_and_shown_and_a_mistake_loses_nothing() {
    let server = Server::new().await;
    let (mut contact, _) = logged_in(&server).await;
    let page = contact.get("/settings").await.body;
    assert_eq!(page.matches("name=\"kind\"").count(), crate::factors::Kind::ALL.len());
    assert!(page.contains("Leeg: 30 minuten"), "{page}");
    let good = [
        ("kind", "passkey"),
        ("type", "Z"),
        ("type", "N"),
        ("roles", "01.015, 30.*"),
        ("grace", "7"),
        ("block", "45"),
        ("backup", "yes"),
    ];
    for (wrong, field) in [
        (("grace", "een week"), "grace"),
        (("grace", "91"), "grace"),
        (("block", "een uur"), "block"),
        (("block", "43201"), "block"),
        (("roles", "huis<arts>"), "roles"),
        (("kind", "app"), "kinds"),
    ] {
        let fields: Vec<_> = good.iter().map(|f| if f.0 == wrong.0 { wrong } else { *f }).collect();
        let answer = contact.submit("/settings", "/settings", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        assert!(answer.body.contains(&format!("href=\"#{field}\"")), "{wrong:?}");
        assert!(answer.body.contains(&format!("id=\"{field}-error\"")), "{wrong:?}");
        assert!(!answer.body.contains("huis<arts>"), "text, never markup");
        if field != "roles" {
            assert!(answer.body.contains("value=\"01.015, 30.*\""), "what was typed stays");
        }
    }
    assert!(events(&server, None).await.iter().all(|event| event != "setting_changed"));
    let done = contact.submit("/settings", "/settings", &good).await;
    assert_eq!(done.location(), "/settings?notice=settings-saved");
    contact.submit("/settings", "/settings", &good).await;
    let page = contact.get("/settings").await.body;
    assert!(page.contains("value=\"01.015, 30.*\"") && page.contains("value=\"45\""), "{page}");
    let choices = contact.get("/enrol").await.body;
    assert!(choices.contains("choose-passkey") && !choices.contains("choose-security-key"));
    assert_eq!(contact.get("/enrol/security-key").await.location(), "/enrol");
    let changed = changed_settings(&server).await;
    let texts: Vec<_> = changed.iter().map(|(s, _, is)| (s.as_str(), is.as_str())).collect();
    assert_eq!(
        texts,
        [
            ("card_roles", "01.015,30.*"),
            ("grace_days", "7"),
            ("kinds", "passkey"),
            ("password_block_seconds", "2700")
        ],
        "once each"
    );
    assert!(changed.iter().any(|(s, was, _)| s == "kinds" && was.contains("security_key")));
}

#[tokio::test]
async fn roles_change_within_their_bounds() {
    let server = Server::new().await;
    let (mut contact, _) = logged_in(&server).await;
    let main = contact_account(&server, &contact).await.id; // who came first
    let mut others = Vec::new();
    for n in 0..3 {
        let name = format!("test.{n}@voorbeeld.nl");
        others.push(colleague(&server, &name, &format!("Test {n}"), Role::Colleague).await.id);
    }
    let appoint = async |contact: &mut Browser, id: &AccountId, role: &str| {
        let path = format!("/people/{id}/role");
        let answer = contact.submit("/account", &path, &[("value", role)]).await;
        if answer.status == StatusCode::SEE_OTHER {
            "done".to_owned()
        } else {
            code(&answer).to_owned()
        }
    };
    for (id, role, verdict) in [
        (&others[0], "contact_person", "done"),
        (&others[1], "contact_person", "done"),
        (&others[2], "contact_person", "enough_contact_persons"),
        (&others[0], "colleague", "done"),
        (&others[2], "contact_person", "done"),
        (&main, "colleague", "not_for_oneself"),
        (&others[2], "pope", "bad_request"),
    ] {
        assert_eq!(appoint(&mut contact, id, role).await, verdict, "{role}");
    }
    let (mut second, _) = with_passkey(&server, "test.1@voorbeeld.nl").await;
    assert_eq!(appoint(&mut second, &main, "colleague").await, "main_contact_person");
    let end = format!("/people/{main}/end");
    assert_eq!(code(&second.submit("/account", &end, &[]).await), "main_contact_person");
    let page = second.get(&end).await.body;
    assert!(page.contains("id=\"barrier\"") && !page.contains("ask-button"), "{page}");
    assert_eq!(appoint(&mut contact, &others[1], "colleague").await, "done");
    assert_eq!(code(&second.get("/people").await), "contact_person_only", "at once");
    let seen = events(&server, Some(&others[0])).await;
    assert_eq!(seen.iter().filter(|event| *event == "role_changed").count(), 2, "{seen:?}");
}

/// Every POST of a contact person, about the colleague with this id and about the organisation.
fn posts(id: &AccountId) -> [(String, Vec<(&'static str, &'static str)>); 7] {
    [
        (format!("/people/{id}/unblock"), vec![]),
        (format!("/people/{id}/rename"), vec![("name", "Gekaapt")]),
        (format!("/people/{id}/role"), vec![("value", "contact_person")]),
        (format!("/people/{id}/end"), vec![("value", "")]),
        (
            "/settings".to_owned(),
            vec![("kind", "passkey"), ("type", "Z"), ("grace", "7"), ("block", "1")],
        ),
        ("/settings/second-factor".to_owned(), vec![("hours", "24")]),
        ("/settings/second-factor".to_owned(), vec![]),
    ]
}

/// Every POST of a contact person, by everybody who may not, and in every way that may not be: refused,
/// and nothing changes.
#[tokio::test]
async fn administration_is_refused_to_everybody_else() {
    let server = Server::new().await;
    let (mut contact, _) = logged_in(&server).await;
    let target = colleague(&server, OTHER, "Test Assistent", Role::Colleague).await;
    let name = "test.nieuwsgierig@voorbeeld.nl";
    colleague(&server, name, "Test Nieuwsgierig", Role::Colleague).await;
    let (mut curious, _) = with_passkey(&server, name).await;
    let elsewhere = "test.elders@elders.nl";
    let stranger = crate::storage::testing::account(&server.app.db, "tijdelijk@elders.nl").await;
    add(&server, stranger, elsewhere).await;
    let (mut foreign, _) = with_passkey(&server, elsewhere).await;
    let id = &target.id;
    let posts = posts(id);
    for _ in 0..5 {
        log_in(&mut server.browser(), OTHER, "verkeerd wachtwoord").await;
    }
    for (path, fields) in &posts {
        let of_people = path.starts_with("/people");
        let answer = curious.submit("/account", path, fields).await;
        assert_eq!(
            (answer.status, code(&answer)),
            (StatusCode::FORBIDDEN, "contact_person_only"),
            "{path}, by a colleague"
        );
        if of_people {
            let answer = foreign.submit("/account", path, fields).await;
            assert_eq!(
                (answer.status, code(&answer)),
                (StatusCode::NOT_FOUND, "no_such_colleague"),
                "{path}, by another organisation"
            );
            let nobody = path.replace(id.as_str(), "00112233445566778899aabbccddeeff");
            let same = contact.submit("/account", &nobody, fields).await;
            assert_eq!(code(&same), code(&answer), "{path}: as an id that does not exist");
            let page = foreign.get(&format!("/people/{id}")).await;
            assert_eq!((page.status, code(&page)), (StatusCode::NOT_FOUND, "no_such_colleague"));
        }
        let nobody = server.browser().submit("/login", path, fields).await;
        assert_eq!(code(&nobody), "log_in_first", "{path}, by nobody");
        let bare = contact.post(path, "").await;
        assert_eq!((bare.status, code(&bare)), (StatusCode::FORBIDDEN, "stale_form"), "{path}");
        let ours = std::mem::replace(&mut contact.origin, "https://evil.test".to_owned());
        let token = token(&contact.get("/account").await.body);
        let sent = contact.post(path, &format!("csrf={token}")).await;
        assert_eq!(code(&sent), "foreign_origin", "{path}");
        contact.origin = ours;
    }
    server.app.clock.advance(Duration::from_secs(5 * 60));
    for (path, fields) in &posts {
        let stale = contact.submit("/account", path, fields).await;
        assert_eq!((stale.status, code(&stale)), (StatusCode::FORBIDDEN, "not_fresh"), "{path}");
    }
    assert_eq!(living(&server, id).await, Some(target.clone()));
    let mut tx = server.app.db.read().await.unwrap();
    let policy = crate::organisations::store::policy(&mut tx, &target.organisation).await.unwrap();
    assert_eq!(policy, crate::organisations::Policy::default());
    drop(tx);
    let answer = log_in(&mut server.browser(), OTHER, PASSWORD).await;
    assert_eq!(code(&answer), "password_blocked", "nobody lifted it");
}

#[tokio::test]
async fn colleagues_are_listed_page_by_page_and_found_by_the_beginning_of_their_names() {
    let server = Server::new().await;
    let (mut contact, _) = logged_in(&server).await;
    for n in 0..60 {
        let account = Account {
            id: AccountId::random(server.app.random),
            number: UserNumber::random(server.app.random),
            username: Username::parse(&format!("c{n:02}@voorbeeld.nl")).unwrap(),
            name: format!("Collega {n:02} <b>van der Test"),
            role: Role::Colleague,
            ..contact_account(&server, &contact).await
        };
        let mut tx = server.app.db.write().await.unwrap();
        accounts::store::insert(&mut tx, &account, server.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }
    crate::storage::testing::account(&server.app.db, "collega.elders@elders.nl").await;
    let (mut seen, mut path, mut pages) = (Vec::new(), "/people".to_owned(), 0);
    loop {
        let page = contact.get(&path).await.body;
        assert!(!page.contains("<b>van"), "text, never markup");
        seen.extend(each(&page, "data-person=\"").into_iter().map(str::to_owned));
        pages += 1;
        let next = page.split("id=\"next\"").nth(1);
        let Some(next) = next else { break };
        path = each(next, "href=\"")[0].replace("&amp;", "&").replace("&#38;", "&");
    }
    assert_eq!((seen.len(), pages), (61, 3));
    let all = seen.iter().collect::<std::collections::BTreeSet<_>>();
    assert_eq!(all.len(), 61, "each once");
    let back = contact.get(&path).await.body;
    let back = back.split("id=\"previous\"").nth(1).unwrap().to_owned();
    let path = each(&back, "href=\"")[0].replace("&amp;", "&").replace("&#38;", "&");
    let page = contact.get(&path).await.body;
    assert_eq!(
        each(&page, "data-person=\""),
        seen[25..50].iter().map(String::as_str).collect::<Vec<_>>()
    );
    for (search, found) in
        [("collega 07", 1), ("COLL", 25), ("c4", 10), ("test arts", 1), ("elders", 0), ("xyz", 0)]
    {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("search", search)
            .finish();
        let page = contact.get(&format!("/people?{query}")).await.body;
        assert_eq!(each(&page, "data-person=\"").len(), found, "{search}");
    }
    for strange in ["/people?after=x", "/people?before=%00", "/people?search=%27%22%3Cb%3E"] {
        assert_eq!(contact.get(strange).await.status, StatusCode::OK, "{strange}");
    }
}

async fn contact_account(server: &Server, contact: &Browser) -> Account {
    let token = contact.session();
    accounts::run::of_session(&server.app, &token).await.unwrap().unwrap().1
}

#[tokio::test]
async fn a_name_is_changed_and_a_mistake_shows_the_form_again() {
    let server = Server::new().await;
    let (mut contact, _) = logged_in(&server).await;
    let other = colleague(&server, OTHER, "Test Asistent", Role::Colleague).await;
    let path = format!("/people/{}/rename", other.id);
    assert!(contact.get(&path).await.body.contains("value=\"Test Asistent\""));
    for wrong in ["", " \u{200b} ", &"x".repeat(201)] {
        let answer = contact.submit(&path, &path, &[("name", wrong)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("id=\"name-error\""), "{}", answer.body);
    }
    let done = contact.submit(&path, &path, &[("name", " Test  Assistent ")]).await;
    assert_eq!(done.location(), format!("/people/{}?notice=renamed", other.id));
    assert_eq!(living(&server, &other.id).await.unwrap().name, "Test Assistent");
    assert!(contact.get("/people?search=assis").await.body.contains("Test Assistent"));
    assert!(!contact.get("/people?search=asist").await.body.contains(OTHER));
}
