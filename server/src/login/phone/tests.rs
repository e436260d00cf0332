//! Log-ins with a phone, on both engines.

use super::super::tests::{
    NAME, PASSWORD, begin_with, done, enrol, events, full_events, tap, try_password,
};
use super::*;
use crate::accounts::Account;
use crate::app::testing;
use crate::delivery::phone::gateways::{Provider, Way as Gateway};
use crate::delivery::phone::testing::posted;
use crate::delivery::phone::{Answer, Event as Heard, Reply, Seen, Ticket};
use crate::enrolment::heard::ear;
use crate::enrolment::phone::{self as enrolment, Begun, Proven};
use crate::factors::phone::Country;
use crate::factors::security_key::KeyKind;
use crate::factors::testing::SoftKey;
use crate::factors::{self, Factor, Kind, Level};
use crate::lockout::codes::Barred;
use crate::login::PasswordAnswer;
use crate::login::run::{Offer, offer, step_up};
use crate::organisations::Setting;
use crate::sessions::{self, Way};
use crate::storage::Db;
use crate::storage::testing::{both, rows};
use std::sync::Arc;
use std::time::Duration;

mod told;

/// An application that sends codes, with one account that has only a password.
async fn begin(db: Db) -> (Arc<App>, Account) {
    let app = testing::with(db, |config, folder| {
        config.delivery.phone.sms = Gateway::Folder(folder.join("codes"));
        config.delivery.phone.calls = Gateway::Folder(folder.join("codes"));
    });
    begin_with(app).await
}

const MOBILE: &str = "06 12345678";

fn session(granted: Granted) -> Session {
    match granted {
        Granted::Session { session, .. } => session,
        Granted::Code { .. } | Granted::Kept => panic!("a page gets a session"),
    }
}

/// A visit that a password alone gives.
async fn visit(app: &App) -> Session {
    let (_, answer) = try_password(app, NAME, PASSWORD).await;
    let PasswordAnswer::EnrolOnly(granted) = answer else { panic!("{answer:?}") };
    session(granted)
}

/// The code of the text that was posted last, as a person types it.
async fn texted(app: &App) -> Code {
    let (sending, _) = posted(app).await.pop().expect("something was posted");
    let Channel::Sms { code } = sending.channel else { panic!("{sending:?}") };
    Code::parse(code.expose()).expect("six digits")
}

/// The ticket of the call that was posted last.
async fn ticket(app: &App) -> Ticket {
    let (sending, ticket) = posted(app).await.pop().expect("something was posted");
    assert!(matches!(sending.channel, Channel::Call), "{sending:?}");
    ticket
}

async fn hear(app: &App, ticket: &Ticket, events: &[Heard]) -> Option<Answer> {
    line::run::hear(app, (Provider::Plain, ticket), events, ear).await.unwrap()
}

/// What the voice says to these keys, which answer its next question.
async fn press(app: &App, ticket: &Ticket, keys: &str) -> Reply {
    let step = hear(app, ticket, &[]).await.unwrap().line.step;
    let event = Heard { seen: Seen::of_keys(keys).unwrap(), step };
    hear(app, ticket, &[event]).await.unwrap().reply.unwrap()
}

async fn report(app: &App, ticket: &Ticket, seen: Seen) {
    let event = Heard { seen, step: 0 };
    let _ = hear(app, ticket, &[event]).await.unwrap();
}

/// Enrols a number in this session.
async fn add(app: &App, session: &Session, medium: Medium, number: &str) -> Factor {
    app.clock.advance(Duration::from_secs(1));
    let begun = enrolment::begin(app, session, (medium, number), Language::Dutch).await.unwrap();
    assert_eq!(begun, Begun::Sent);
    let proven = match medium {
        Medium::Sms => enrolment::check(app, session, &texted(app).await).await.unwrap(),
        Medium::Call => {
            let shown = enrolment::shown(app, session, medium).await.unwrap().unwrap();
            let code = shown.code.unwrap();
            assert_eq!(press(app, &ticket(app).await, code.expose()).await, Reply::Right);
            enrolment::finish(app, session).await.unwrap()
        }
    };
    // Shares of sendings are not what these tests are about.
    app.clock.advance(Duration::from_secs(24 * 60 * 60));
    let Proven::Enrolled { factor, .. } = proven else { panic!("{proven:?}") };
    factor
}

/// An application with an account that has one number.
async fn with_number(db: Db, medium: Medium) -> (Arc<App>, Account) {
    let (app, account) = begin(db).await;
    add(&app, &visit(&app).await, medium, MOBILE).await;
    (app, account)
}

/// Gives the password, and has a code sent.
async fn sent(app: &App, medium: Medium) -> Token {
    let (token, answer) = try_password(app, NAME, PASSWORD).await;
    assert!(matches!(answer, PasswordAnswer::Factor(_)), "{answer:?}");
    again(app, &token, medium).await;
    token
}

/// Has a code sent in this attempt, a second later: what is posted has an order.
async fn again(app: &App, token: &Token, medium: Medium) {
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(send(app, token, medium, None, Language::Dutch).await.unwrap(), Ok(()));
}

async fn code_of_screen(app: &App, token: &Token) -> String {
    let shown = shown(app, token, Medium::Call).await.unwrap();
    shown.sent.unwrap().code.unwrap().expose().to_owned()
}

/// Another code than this.
fn other(code: &str) -> String {
    let digit = if code.starts_with('9') { '0' } else { '9' };
    format!("{digit}{}", &code[1..])
}

fn looked(typed: Typed) -> CodeAnswer {
    match typed {
        Typed::Looked(answer) => answer,
        Typed::Gone => panic!("a code lives"),
    }
}

#[tokio::test]
async fn a_password_and_a_code_in_a_text_let_in_at_substantial_once() {
    both(async |db| {
        let (app, account) = with_number(db, Medium::Sms).await;
        let (token, answer) = try_password(&app, NAME, PASSWORD).await;
        let PasswordAnswer::Factor(Offer { ways, first }) = answer else { panic!("{answer:?}") };
        assert_eq!((ways, first), (vec![Kind::Sms], false));
        let choices = shown(&app, &token, Medium::Sms).await.unwrap().choices;
        assert_eq!(choices.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["•• 78"]);
        assert!(matches!(
            check(&app, &token, &Code::parse("123456").unwrap()).await,
            Ok(Typed::Gone)
        ));
        let token = sent(&app, Medium::Sms).await;
        let code = texted(&app).await;
        let CodeAnswer::Done(granted) = looked(check(&app, &token, &code).await.unwrap()) else {
            panic!("the code is right")
        };
        let session = session(granted);
        assert_eq!(
            (session.login.level, session.login.way),
            (Level::Substantial, Way::PasswordAndSms)
        );
        assert!(!session.is_fresh(app.clock.now(), &app.config.sessions), "a code is not strong");
        assert!(session.is_recent(app.clock.now(), &app.config.sessions));
        let again = check(&app, &token, &code).await;
        assert!(matches!(again, Err(Error::AttemptOver)), "{again:?}");
        let seen = events(&app, Some(&account.id)).await;
        let count = |name: &str| seen.iter().filter(|event| *event == name).count();
        assert_eq!((count("code_made"), count("code_right"), count("factor_proven")), (2, 2, 1));
    })
    .await;
}

/// Chain 4 of the threats: a code that is read out is worth nothing in another browser.
#[tokio::test]
async fn a_code_counts_in_its_own_attempt_alone_and_the_one_before_is_dead() {
    both(async |db| {
        let (app, _) = with_number(db, Medium::Sms).await;
        let mine = sent(&app, Medium::Sms).await;
        let first = texted(&app).await;
        let theirs = sent(&app, Medium::Sms).await;
        let second = texted(&app).await;
        assert_ne!(first.digits(), second.digits());
        let stolen = looked(check(&app, &theirs, &first).await.unwrap());
        assert!(matches!(stolen, CodeAnswer::Wrong { left: 4 }), "{stolen:?}");
        again(&app, &mine, Medium::Sms).await;
        let old = looked(check(&app, &mine, &first).await.unwrap());
        assert!(matches!(old, CodeAnswer::Wrong { .. }), "{old:?}");
        let new = texted(&app).await;
        let done = looked(check(&app, &mine, &new).await.unwrap());
        assert!(matches!(done, CodeAnswer::Done(_)), "{done:?}");
    })
    .await;
}

#[tokio::test]
async fn a_code_lives_for_ten_minutes_and_its_attempt_as_long() {
    both(async |db| {
        let (app, _) = with_number(db, Medium::Sms).await;
        let token = sent(&app, Medium::Sms).await;
        let code = texted(&app).await;
        app.clock.advance(app.config.times.sent_code - Duration::from_millis(1));
        let late = looked(
            check(&app, &token, &Code::parse(&other(code.digits())).unwrap()).await.unwrap(),
        );
        assert!(matches!(late, CodeAnswer::Wrong { .. }), "{late:?}");
        app.clock.advance(Duration::from_millis(1));
        let dead = check(&app, &token, &code).await;
        assert!(matches!(dead, Err(Error::AttemptOver)), "{dead:?}");
    })
    .await;
}

/// Attack: races. 64 uses of one code at once: one wins.
#[tokio::test]
async fn of_sixty_four_uses_of_one_code_one_gets_in() {
    both(async |db| {
        let (app, account) = with_number(db, Medium::Sms).await;
        let token = sent(&app, Medium::Sms).await;
        let code = texted(&app).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (app, token, code) = (Arc::clone(&app), token.clone(), code.clone());
            tasks.spawn(async move {
                matches!(check(&app, &token, &code).await, Ok(Typed::Looked(CodeAnswer::Done(_))))
            });
        }
        let won = tasks.join_all().await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 1);
        let seen = events(&app, Some(&account.id)).await;
        assert_eq!(seen.iter().filter(|event| *event == "factor_proven").count(), 1);
    })
    .await;
}

/// Attack: races. 64 finishes of one call at once: one wins.
#[tokio::test]
async fn of_sixty_four_finishes_of_one_call_one_gets_in() {
    both(async |db| {
        let (app, _) = with_number(db, Medium::Call).await;
        let token = sent(&app, Medium::Call).await;
        let code = code_of_screen(&app, &token).await;
        assert_eq!(press(&app, &ticket(&app).await, &code).await, Reply::Right);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (app, token) = (Arc::clone(&app), token.clone());
            tasks.spawn(async move { matches!(finish(&app, &token).await, Ok(Called::Done(_))) });
        }
        assert_eq!(tasks.join_all().await.into_iter().filter(|won| *won).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_call_lets_in_when_the_code_of_the_screen_was_keyed_in() {
    both(async |db| {
        let (app, _) = with_number(db, Medium::Call).await;
        let token = sent(&app, Medium::Call).await;
        let (code, ticket) = (code_of_screen(&app, &token).await, ticket(&app).await);
        let state = async || progress(&app, &token).await.unwrap();
        assert_eq!(state().await, Some(Progress::Waiting));
        assert!(matches!(finish(&app, &token).await, Ok(Called::NotYet)));
        for (seen, is) in [
            (Seen::Ringing, Progress::Ringing),
            (Seen::Accepted, Progress::Ringing),
            (Seen::Answered, Progress::Answered),
            (Seen::Ringing, Progress::Answered),
        ] {
            report(&app, &ticket, seen).await;
            assert_eq!(state().await, Some(is));
        }
        assert_eq!(press(&app, &ticket, &other(&code)).await, Reply::Wrong);
        assert!(matches!(finish(&app, &token).await, Ok(Called::NotYet)));
        assert_eq!(press(&app, &ticket, &code).await, Reply::Right);
        report(&app, &ticket, Seen::HungUp).await;
        assert_eq!(state().await, Some(Progress::Right), "what was keyed in counts");
        let Ok(Called::Done(granted)) = finish(&app, &token).await else { panic!("it was right") };
        let session = session(granted);
        assert_eq!(
            (session.login.level, session.login.way),
            (Level::Substantial, Way::PasswordAndCall)
        );
        assert_eq!(state().await, None, "the stream of an attempt that is over ends");
        assert_eq!(press(&app, &ticket, &code).await, Reply::Over, "a late report changes nothing");
    })
    .await;
}

/// Attack: lying reports. What comes of another call, of a call that was replaced, or twice.
#[tokio::test]
async fn reports_of_other_and_older_calls_and_repeated_ones_change_nothing() {
    both(async |db| {
        let (app, _) = with_number(db, Medium::Call).await;
        let token = sent(&app, Medium::Call).await;
        let (old, first) = (code_of_screen(&app, &token).await, ticket(&app).await);
        again(&app, &token, Medium::Call).await;
        let (code, second) = (code_of_screen(&app, &token).await, ticket(&app).await);
        for keys in [&old, &code] {
            assert_eq!(press(&app, &first, keys).await, Reply::Over, "the older call is nobody's");
        }
        let wrong = Heard { seen: Seen::of_keys(&other(&code)).unwrap(), step: 1 };
        for _ in 0..10 {
            let answer = hear(&app, &second, std::slice::from_ref(&wrong)).await.unwrap();
            assert_eq!(answer.reply, Some(Reply::Wrong), "the same report is one try");
        }
        assert_eq!(press(&app, &second, &code).await, Reply::Right);
        let unknown = Ticket::parse(&"0".repeat(32)).unwrap();
        assert!(hear(&app, &unknown, &[wrong]).await.is_none());
    })
    .await;
}

/// Attack: brute force of a call.
#[tokio::test]
async fn the_fifth_wrong_code_that_is_keyed_in_ends_the_log_in() {
    both(async |db| {
        let (app, _) = with_number(db, Medium::Call).await;
        let token = sent(&app, Medium::Call).await;
        let (code, ticket) = (code_of_screen(&app, &token).await, ticket(&app).await);
        for _ in 0..4 {
            assert_eq!(press(&app, &ticket, &other(&code)).await, Reply::Wrong);
        }
        assert_eq!(press(&app, &ticket, "*").await, Reply::Over);
        assert_eq!(press(&app, &ticket, &code).await, Reply::Over);
        assert!(matches!(finish(&app, &token).await, Err(Error::AttemptOver)));
        assert_eq!(rows(&app.db, "sent_code").await, 0);
    })
    .await;
}

#[tokio::test]
async fn who_reports_fraud_ends_the_log_in_and_is_believed_once() {
    both(async |db| {
        let (app, account) = with_number(db, Medium::Call).await;
        let before = rows(&app.db, "outbox").await;
        let token = sent(&app, Medium::Call).await;
        let (code, ticket) = (code_of_screen(&app, &token).await, ticket(&app).await);
        assert_eq!(press(&app, &ticket, "12#").await, Reply::Fraud);
        assert!(matches!(finish(&app, &token).await, Err(Error::AttemptOver)));
        assert_eq!(progress(&app, &token).await.unwrap(), None);
        assert_eq!(press(&app, &ticket, &code).await, Reply::Over);
        assert_eq!(press(&app, &ticket, "#").await, Reply::Fraud);
        let seen = events(&app, Some(&account.id)).await;
        assert_eq!(seen.iter().filter(|event| *event == "fraud_reported").count(), 1);
        assert_eq!(rows(&app.db, "outbox").await, before + 2, "the call, and one notice");
    })
    .await;
}

/// A call that raises a session: whoever is called and knows nothing of it ends that session too.
/// How often fraud was believed of what this account was called for.
async fn frauds(app: &App, account: &Account) -> usize {
    let seen = events(app, Some(&account.id)).await;
    seen.iter().filter(|event| *event == "fraud_reported").count()
}

/// Attack: a victim who is called twice, so that the first call is nobody's.
#[tokio::test]
async fn a_hash_in_a_call_that_was_replaced_ends_the_log_in_too() {
    both(async |db| {
        let (app, account) = with_number(db, Medium::Call).await;
        let token = sent(&app, Medium::Call).await;
        let first = ticket(&app).await;
        again(&app, &token, Medium::Call).await;
        let (code, second) = (code_of_screen(&app, &token).await, ticket(&app).await);
        let before = rows(&app.db, "outbox").await;
        assert_eq!(press(&app, &first, "#").await, Reply::Fraud);
        assert_eq!(progress(&app, &token).await.unwrap(), None);
        assert_eq!(press(&app, &second, &code).await, Reply::Over);
        assert!(matches!(finish(&app, &token).await, Err(Error::AttemptOver)));
        assert_eq!(frauds(&app, &account).await, 1);
        assert_eq!(rows(&app.db, "outbox").await, before + 1, "it is told");
    })
    .await;
}

/// Attack: somebody is talked into keying the code in, and reports it a moment later.
#[tokio::test]
async fn a_hash_after_the_log_in_ends_what_began_since_and_nothing_older() {
    both(async |db| {
        let (app, account) = with_number(db, Medium::Call).await;
        let log_in = async || {
            let token = sent(&app, Medium::Call).await;
            let (code, call) = (code_of_screen(&app, &token).await, ticket(&app).await);
            assert_eq!(press(&app, &call, &code).await, Reply::Right);
            let Ok(Called::Done(Granted::Session { token, .. })) = finish(&app, &token).await
            else {
                panic!("it was right")
            };
            (token, call)
        };
        let (own, _) = log_in().await;
        app.clock.advance(Duration::from_secs(60));
        let (theirs, call) = log_in().await;
        report(&app, &call, Seen::HungUp).await;
        assert_eq!(press(&app, &call, "#").await, Reply::Fraud);
        let look = async |token| sessions::run::look(&app, token).await.unwrap().is_some();
        assert_eq!((look(&own).await, look(&theirs).await), (true, false));
        assert_eq!(frauds(&app, &account).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_hash_is_heard_when_the_log_in_is_barred_or_its_code_is_dead() {
    both(async |db| {
        let (app, account) = with_number(db, Medium::Call).await;
        let token = sent(&app, Medium::Call).await;
        let (code, barred) = (code_of_screen(&app, &token).await, ticket(&app).await);
        for _ in 0..5 {
            press(&app, &barred, &other(&code)).await;
        }
        assert!(matches!(finish(&app, &token).await, Err(Error::AttemptOver)));
        assert_eq!(press(&app, &barred, "#").await, Reply::Fraud);
        let _ = sent(&app, Medium::Call).await;
        let dead = ticket(&app).await;
        app.clock.advance(app.config.times.sent_code);
        assert_eq!(press(&app, &dead, "#").await, Reply::Fraud);
        assert_eq!(frauds(&app, &account).await, 2);
    })
    .await;
}

#[tokio::test]
async fn fraud_while_a_session_is_raised_ends_that_session() {
    both(async |db| {
        let (app, _) = with_number(db, Medium::Call).await;
        let token = sent(&app, Medium::Call).await;
        let code = code_of_screen(&app, &token).await;
        press(&app, &ticket(&app).await, &code).await;
        let Ok(Called::Done(Granted::Session { token, session })) = finish(&app, &token).await
        else {
            panic!("it was right")
        };
        let raising = step_up(&app, &session).await.unwrap();
        again(&app, &raising, Medium::Call).await;
        assert!(sessions::run::look(&app, &token).await.unwrap().is_some());
        assert_eq!(press(&app, &ticket(&app).await, "#").await, Reply::Fraud);
        assert!(sessions::run::look(&app, &token).await.unwrap().is_none());
    })
    .await;
}

/// Attack: same factor twice. Text and call to one number are one factor each time, and never add up.
#[tokio::test]
async fn a_text_and_a_call_to_one_number_give_no_more_than_one_of_them() {
    both(async |db| {
        let (app, _) = with_number(db, Medium::Sms).await;
        let token = sent(&app, Medium::Sms).await;
        let answer = looked(check(&app, &token, &texted(&app).await).await.unwrap());
        let CodeAnswer::Done(granted) = answer else { panic!("{answer:?}") };
        let first = session(granted);
        add(&app, &first, Medium::Call, MOBILE).await;
        let token = sent(&app, Medium::Sms).await;
        let answer = looked(check(&app, &token, &texted(&app).await).await.unwrap());
        let CodeAnswer::Done(granted) = answer else { panic!("{answer:?}") };
        let first = session(granted);
        let raising = step_up(&app, &first).await.unwrap();
        again(&app, &raising, Medium::Call).await;
        let code = code_of_screen(&app, &raising).await;
        press(&app, &ticket(&app).await, &code).await;
        let Ok(Called::Done(granted)) = finish(&app, &raising).await else {
            panic!("it was right")
        };
        let raised = session(granted);
        assert_eq!(raised.login.level, Level::Substantial);
        assert!(!raised.is_fresh(app.clock.now(), &app.config.sessions));
        // Nor is the code of the one an answer to the other.
        let token = sent(&app, Medium::Call).await;
        let code = Code::parse(&code_of_screen(&app, &token).await).unwrap();
        assert!(matches!(check(&app, &token, &code).await, Ok(Typed::Gone)));
    })
    .await;
}

/// Attack: brute force across factors; chain 12: a weaker way beside a stronger one.
#[tokio::test]
async fn who_has_something_strong_is_sent_nothing_unless_the_practice_allows_it() {
    both(async |db| {
        let (app, account) = with_number(db, Medium::Sms).await;
        let mut soft = SoftKey::new();
        let token = sent(&app, Medium::Sms).await;
        let answer = looked(check(&app, &token, &texted(&app).await).await.unwrap());
        let CodeAnswer::Done(granted) = answer else { panic!("{answer:?}") };
        let session = session(granted);
        let options = crate::enrolment::run::key_options(&app, &session, KeyKind::SecurityKey);
        let answer = soft.create(&options.await.unwrap());
        crate::enrolment::run::key(&app, &session, &answer, "sleutel").await.unwrap();
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let ways = offer(&app, &token).await.unwrap().unwrap().ways;
        assert_eq!(ways, [Kind::Sms, Kind::SecurityKey], "the key never proved itself");
        done(tap(&app, &token, &mut soft).await);
        let (token, answer) = try_password(&app, NAME, PASSWORD).await;
        let PasswordAnswer::Factor(Offer { ways, .. }) = answer else { panic!("{answer:?}") };
        assert_eq!(ways, [Kind::SecurityKey]);
        let refused = send(&app, &token, Medium::Sms, None, Language::Dutch).await;
        assert!(matches!(refused, Err(Error::NotOffered)), "{refused:?}");
        let mut tx = app.db.write().await.unwrap();
        let decided = (Setting::CodesBesideStrong, "yes");
        let organisation = &account.organisation;
        organisations::store::decide(&mut tx, organisation, decided.0, decided.1).await.unwrap();
        tx.commit().await.unwrap();
        let (_, answer) = try_password(&app, NAME, PASSWORD).await;
        let PasswordAnswer::Factor(Offer { ways, .. }) = answer else { panic!("{answer:?}") };
        assert_eq!(ways, [Kind::SecurityKey, Kind::Sms]);
    })
    .await;
}

/// Chain 10 of the threats: a new number in an open session, and later the key is 'lost'.
#[tokio::test]
async fn a_number_that_is_added_beside_a_key_opens_nothing_for_a_week() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::SecurityKey).await;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let session = done(tap(&app, &token, &mut soft).await);
        let begun = enrolment::begin(&app, &session, (Medium::Sms, MOBILE), Language::Dutch).await;
        assert_eq!(begun.unwrap(), Begun::Sent);
        let proven = enrolment::check(&app, &session, &texted(&app).await).await.unwrap();
        assert!(matches!(proven, Proven::Enrolled { .. }), "{proven:?}");
        // The operator believes that the key is lost, and removes it.
        let username = crate::accounts::Username::parse(NAME).unwrap();
        let factors = crate::enrolment::run::factors_of(&app, &username).await.unwrap();
        let key = factors.iter().find(|factor| factor.kind == Kind::SecurityKey).unwrap();
        crate::enrolment::run::testing::remove_by_operator(&app, &username, &key.id, Level::Low)
            .await
            .unwrap();
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        assert!(matches!(offer(&app, &token).await, Err(Error::NoWay)));
        let refused = send(&app, &token, Medium::Sms, None, Language::Dutch).await;
        assert!(matches!(refused, Err(Error::NoWay)), "{refused:?}");
        app.clock.advance(app.config.times.anchor);
        let _ = sent(&app, Medium::Sms).await;
        let told = events(&app, Some(&account.id)).await;
        assert!(told.iter().any(|event| event == "factor_added"));
    })
    .await;
}

/// Attack: brute force across factors. Wrong texts, calls and recovery codes count together.
#[tokio::test]
async fn wrong_codes_of_texts_and_calls_count_together() {
    both(async |db| {
        let (app, _) = with_number(db, Medium::Sms).await;
        let mut now = 0;
        let mut last = None;
        for round in 0..4 {
            let token = sent(&app, Medium::Sms).await;
            let wrong = Code::parse(&other(texted(&app).await.digits())).unwrap();
            for _ in 0..5 {
                last = Some(looked(check(&app, &token, &wrong).await.unwrap()));
            }
            let Some(CodeAnswer::Barred(barred)) = &last else { panic!("{last:?}") };
            match (round, barred) {
                (0 | 2, Barred::AttemptOver) | (3, Barred::Stopped { .. }) => {}
                (1, Barred::Paused { .. }) => {
                    app.clock.advance(Duration::from_secs(30 * 60));
                    now += 30;
                }
                _ => panic!("{round}: {barred:?}"),
            }
            app.clock.advance(Duration::from_secs(11 * 60));
        }
        assert!(now == 30);
        let token = sent(&app, Medium::Sms).await;
        let code = texted(&app).await;
        let stopped = looked(check(&app, &token, &code).await.unwrap());
        assert!(matches!(stopped, CodeAnswer::Barred(Barred::Stopped { .. })), "{stopped:?}");
    })
    .await;
}

#[tokio::test]
async fn nothing_is_sent_without_a_password_and_no_more_than_a_person_may_get() {
    both(async |db| {
        let (app, _) = with_number(db, Medium::Sms).await;
        let begun = super::super::tests::attempt(&app).await;
        let refused = send(&app, &begun, Medium::Sms, None, Language::Dutch).await;
        assert!(matches!(refused, Err(Error::AttemptOver)), "{refused:?}");
        let posted_before = rows(&app.db, "sending").await;
        for _ in 0..3 {
            sent(&app, Medium::Sms).await;
        }
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let until = app.clock.now().after(Duration::from_secs(600 - 2));
        let held = send(&app, &token, Medium::Sms, None, Language::Dutch).await.unwrap();
        assert_eq!(held, Err(Unsent::Held(Held::Person { until })));
        assert_eq!(rows(&app.db, "sending").await, posted_before + 3);
    })
    .await;
}

/// C5b: countries that are not listed, also where a number was let in before the list was shortened.
#[tokio::test]
async fn a_number_of_a_country_that_is_listed_no_more_is_sent_nothing() {
    both(async |db| {
        let (mut app, account) = begin(db).await;
        let countries = |all: &[&str]| all.iter().filter_map(|one| Country::parse(one)).collect();
        Arc::get_mut(&mut app).unwrap().config.phone.countries = countries(&["NL", "BE"]);
        add(&app, &visit(&app).await, Medium::Sms, "+32 470 12 34 56").await;
        let _ = sent(&app, Medium::Sms).await;
        let before = rows(&app.db, "sending").await;
        Arc::get_mut(&mut app).unwrap().config.phone.countries = countries(&["NL"]);
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let unsent = send(&app, &token, Medium::Sms, None, Language::Dutch).await.unwrap();
        assert_eq!(unsent, Err(Unsent::Unfit(Unfit::Country)));
        assert_eq!(rows(&app.db, "sending").await, before);
        let seen = full_events(&app, Some(&account.id)).await;
        let refused = seen.iter().find(|event| event["event"] == "send_refused");
        assert_eq!(refused.map(|event| &event["why"]), Some(&"country".into()));
    })
    .await;
}

/// Half enrolment: a number of which no code was proven is nothing.
#[tokio::test]
async fn half_enrolment_counts_for_nothing_and_another_session_cannot_finish_it() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let (mine, theirs) = (visit(&app).await, visit(&app).await);
        for medium in Medium::ALL {
            let begun = enrolment::begin(&app, &mine, (medium, MOBILE), Language::Dutch).await;
            assert_eq!(begun.unwrap(), Begun::Sent);
        }
        assert!(matches!(enrolment::finish(&app, &mine).await.unwrap(), Proven::NotYet));
        assert!(matches!(enrolment::finish(&app, &theirs).await.unwrap(), Proven::Gone));
        assert_eq!(rows(&app.db, "factor").await, 0);
        assert!(matches!(try_password(&app, NAME, PASSWORD).await.1, PasswordAnswer::EnrolOnly(_)));
        app.clock.advance(app.config.times.sent_code);
        crate::login::run::forget(&app).await.unwrap();
        assert_eq!(rows(&app.db, "phone_draft").await, 0);
        assert_eq!(rows(&app.db, "sent_code").await, 0);
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_while_enrolling_count_and_a_call_there_may_be_reported() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let visit = visit(&app).await;
        let begun = enrolment::begin(&app, &visit, (Medium::Sms, MOBILE), Language::Dutch).await;
        assert_eq!(begun.unwrap(), Begun::Sent);
        let wrong = Code::parse(&other(texted(&app).await.digits())).unwrap();
        for left in (1..5).rev() {
            let proven = enrolment::check(&app, &visit, &wrong).await.unwrap();
            assert!(matches!(proven, Proven::Wrong { left: l } if l == left), "{proven:?}");
        }
        let proven = enrolment::check(&app, &visit, &wrong).await.unwrap();
        assert!(matches!(proven, Proven::Barred(Barred::AttemptOver)), "{proven:?}");
        app.clock.advance(Duration::from_secs(1));
        let begun = enrolment::begin(&app, &visit, (Medium::Call, MOBILE), Language::Dutch).await;
        assert_eq!(begun.unwrap(), Begun::Sent);
        assert_eq!(press(&app, &ticket(&app).await, "#").await, Reply::Fraud);
        let over = enrolment::finish(&app, &visit).await;
        assert!(matches!(over, Err(crate::enrolment::Error::SessionOver)), "{over:?}");
        assert_eq!(rows(&app.db, "phone_draft").await, 0);
        let seen = full_events(&app, Some(&account.id)).await;
        assert!(seen.iter().any(|event| event["event"] == "fraud_reported"));
    })
    .await;
}

#[tokio::test]
async fn several_numbers_have_one_that_is_named_first() {
    both(async |db| {
        let (app, _) = with_number(db, Medium::Sms).await;
        let token = sent(&app, Medium::Sms).await;
        let answer = looked(check(&app, &token, &texted(&app).await).await.unwrap());
        let CodeAnswer::Done(granted) = answer else { panic!("{answer:?}") };
        let own = session(granted);
        let known = enrolment::begin(&app, &own, (Medium::Sms, "+31612345678"), Language::Dutch);
        assert_eq!(known.await.unwrap(), Begun::Known);
        let second = add(&app, &own, Medium::Sms, "06 12345699").await;
        let names = async || {
            let (token, _) = try_password(&app, NAME, PASSWORD).await;
            let choices = shown(&app, &token, Medium::Sms).await.unwrap().choices;
            choices.into_iter().map(|choice| choice.name).collect::<Vec<_>>()
        };
        assert_eq!(names().await, ["•• 78"], "what is added beside something waits for a week");
        app.clock.advance(app.config.times.anchor);
        assert_eq!(names().await, ["•• 78", "•• 99"]);
        let stale = enrolment::set_main(&app, &own, &second.id).await;
        assert!(stale.is_err(), "the proof is too long ago");
        let token = sent(&app, Medium::Sms).await;
        let answer = looked(check(&app, &token, &texted(&app).await).await.unwrap());
        let CodeAnswer::Done(granted) = answer else { panic!("{answer:?}") };
        let own = session(granted);
        enrolment::set_main(&app, &own, &second.id).await.unwrap();
        assert_eq!(names().await, ["•• 99", "•• 78"]);
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        again(&app, &token, Medium::Sms).await;
        let last = posted(&app).await.pop().unwrap().0;
        assert_eq!(last.to.as_str(), "+31612345699");
        let strange = FactorId::random(app.random);
        let refused = send(&app, &token, Medium::Sms, Some(&strange), Language::Dutch).await;
        assert!(matches!(refused, Err(Error::NoKey)), "{refused:?}");
        crate::enrolment::run::remove(
            &app,
            &own,
            &second.id,
            crate::enrolment::policy::Intent::KeepLast,
        )
        .await
        .unwrap();
        assert_eq!(names().await, ["•• 78"]);
        assert_eq!(rows(&app.db, "phone").await, 1);
    })
    .await;
}
