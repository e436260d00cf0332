//! User number, Berichtenbox, and choosing a password with a PIN.

use super::*;
use crate::accounts;

#[tokio::test]
async fn a4_who_is_logged_in_sees_the_user_number_under_the_name() {
    let server = Server::new().await;
    let mut browser = server.browser();
    assert!(!browser.get("/login").await.body.contains("user-number"));
    browser.password(PASSWORD).await;
    let page = browser.get("/enrol").await.body;
    let token = browser.session();
    let (_, account, _) = accounts::run::of_session(&server.app, &token).await.unwrap().unwrap();
    let shown = format!("<strong class=\"name\">{}</strong><br>Gebruikersnummer", account.name);
    assert!(page.contains(&shown), "{page}");
    let number = account.number.to_string();
    assert!(page.contains(&format!("<span id=\"user-number\" class=\"number\">{number}</span>")));
}
