use super::*;
use crate::app::testing::app;
use crate::storage::testing::{account, both};
use proptest::prelude::*;

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

fn one(text: &str) -> Authorisation {
    let words = Words::parse((text, text), LONGEST_NAME).unwrap();
    Authorisation { id: id(text), name: words.clone(), sentence: words }
}

pub(crate) fn catalogue(ids: &[&str]) -> Catalogue {
    Catalogue::new(ids.iter().map(|id| one(id)).collect()).unwrap()
}

pub(crate) fn set(ids: &[&str]) -> BTreeSet<Id> {
    ids.iter().map(|text| id(text)).collect()
}

#[test]
fn only_what_is_configured_changes_and_only_as_it_was_seen() {
    let known = catalogue(&["declareren", "recepten", "inzien"]);
    let kept = set(&["recepten", "vervallen"]);
    let changed = change(&known, &kept, (&set(&["recepten"]), &set(&["declareren", "inzien"])));
    let given = vec![id("declareren"), id("inzien")];
    assert_eq!(changed, Some(Change { given, taken: vec![id("recepten")] }));
    let same = change(&known, &kept, (&set(&["recepten"]), &set(&["recepten"])));
    assert!(same.is_some_and(|change| change.is_none()), "what is not configured stays");
    let stale = change(&known, &kept, (&set(&[]), &set(&["declareren"])));
    assert_eq!(stale, None, "somebody gave another one meanwhile");
}

#[test]
fn an_id_stands_there_once_and_forms_name_what_is_configured() {
    let twice = Catalogue::new(vec![one("a"), one("a")]).unwrap_err();
    assert_eq!(twice, Unfit::Twice("a".to_owned()));
    let many = (0..=MOST).map(|number| one(&format!("a{number}"))).collect();
    assert_eq!(Catalogue::new(many).unwrap_err(), Unfit::TooMany);
    let known = catalogue(&["a", "b"]);
    assert_eq!(known.read(["b", "b"]), Ok(set(&["b"])));
    for strange in ["c", "", "a ", "A", "a,b"] {
        assert_eq!(known.read(["a", strange]), Err(Unknown), "{strange}");
    }
}

#[tokio::test]
async fn ids_are_kept_of_an_account_and_one_that_is_not_configured_counts_for_nothing() {
    both(async |db| {
        let person = account(&db, "test.arts@voorbeeld.nl").await.id;
        let app = app(db);
        let mut tx = app.db.write().await.unwrap();
        for text in ["b", "a", "a", "weg"] {
            store::give(&mut tx, &person, &id(text)).await.unwrap();
        }
        store::take(&mut tx, &person, &id("b")).await.unwrap();
        assert_eq!(store::of_account(&mut tx, &person).await.unwrap(), set(&["a", "weg"]));
        tx.commit().await.unwrap();
        let unknown = run::unknown(&app.db, &catalogue(&["a", "b"])).await.unwrap();
        assert_eq!(unknown, [("weg".to_owned(), 1)]);
        assert_eq!(run::of(&app, &person).await.unwrap(), [], "none is configured");
        let mut tx = app.db.write().await.unwrap();
        store::end(&mut tx, &person).await.unwrap();
        assert_eq!(store::of_account(&mut tx, &person).await.unwrap(), set(&[]));
    })
    .await;
}

proptest! {
    #[test]
    fn an_id_is_small_letters_digits_and_dashes(text in "[a-z0-9-]{0,44}|\\PC{0,20}") {
        if let Some(id) = Id::parse(&text) {
            prop_assert_eq!(id.as_str(), &text);
            prop_assert!((1..=40).contains(&text.len()) && text.is_ascii());
            prop_assert!(!text.contains(|c: char| c.is_ascii_uppercase() || c.is_whitespace()));
        }
    }
}
