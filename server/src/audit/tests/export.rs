//! Exports: what a stranger can verify without the database.

use super::*;
use crate::audit::lines::{self, Chosen, Line, Verdict};
use proptest::prelude::*;
use std::path::PathBuf;

async fn exported(db: &Db, chosen: Option<Chosen>) -> String {
    let mut out = vec![];
    let made = (signer().public(), Time::from_millis(500));
    inspect::export(db, made, chosen, &mut out).await.unwrap();
    String::from_utf8(out).unwrap()
}

/// A file with an export, somebody's.
struct Kept {
    folder: tempfile::TempDir,
}

impl Kept {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("export.jsonl")
    }

    fn verify(&self, text: &str, kept: Option<&Checkpoint>) -> Verdict {
        std::fs::write(self.path(), text).unwrap();
        lines::verify(&self.path(), &[signer().public()], kept).unwrap()
    }

    fn outcome(&self, text: &str) -> Result<Report, Fault> {
        self.verify(text, None).outcome
    }
}

/// Thirty events, the n-th at moment n, signed after each ten.
async fn thirty(db: &Db) {
    for ten in [1..=10, 11..=20, 21..=30] {
        events(db, ten).await;
        chain_all(db, 100).await;
    }
}

fn kinds(text: &str) -> Vec<(String, i64)> {
    text.lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            (line["kind"].as_str().unwrap().to_owned(), line["seq"].as_i64().unwrap_or(0))
        })
        .collect()
}

#[tokio::test]
async fn an_export_is_verified_without_the_database() {
    both(async |db| {
        thirty(&db).await;
        events(&db, [31]).await;
        let text = exported(&db, None).await;
        assert_eq!(text.lines().count(), 1 + 30 + 3 + 1);
        let file = Kept::new();
        let last = inspect::last_checkpoint(&db).await.unwrap();
        let Verdict { key, chosen, outcome } = file.verify(&text, last.as_ref());
        assert_eq!((key, chosen), (Some(signer().public()), None));
        let report =
            Report { events: 30, last: last.clone(), kept: Some(true), ..Report::default() };
        assert_eq!(outcome, Ok(report));
        // By the key of the kept checkpoint, and by the one that it names itself.
        for kept in [last.as_ref(), None] {
            assert!(lines::verify(&file.path(), &[], kept).unwrap().outcome.is_ok());
        }
        let other = Signer::new(&Secret::new([9; 32])).public();
        let stranger = lines::verify(&file.path(), &[other], None).unwrap().outcome.unwrap_err();
        assert_eq!((stranger.seq, stranger.what), (Some(10), Wrong::OtherKey(signer().public())));
        let nothing = Kept::new();
        assert!(lines::verify(&nothing.path(), &[], None).is_err(), "there is no file");
    })
    .await;
}

#[tokio::test]
async fn a_chosen_part_shows_nothing_of_others_and_is_verified_too() {
    both(async |db| {
        thirty(&db).await;
        let file = Kept::new();
        let time = Time::from_millis;
        let chosen = |since: Option<i64>, until: Option<i64>, account| Chosen {
            since: since.map(time),
            until: until.map(time),
            account,
        };
        let nobody = AccountId::parse(&"a".repeat(32)).unwrap();
        // What is chosen, and then how many are shown, left out, and lines of places.
        for (chosen, events, left_out, places) in [
            (chosen(Some(13), Some(15), None), 2, 18, 8),
            (chosen(Some(10), Some(12), None), 2, 18, 18),
            (chosen(None, Some(1), None), 0, 0, 0),
            (chosen(Some(21), None, Some(arts())), 4, 26, 6),
            (chosen(None, None, Some(arts())), 10, 20, 20),
            (chosen(None, None, Some(nobody)), 0, 0, 0),
        ] {
            let text = exported(&db, Some(chosen.clone())).await;
            let Verdict { chosen: said, outcome, .. } = file.verify(&text, None);
            let report = outcome.unwrap_or_else(|fault| panic!("{chosen:?}: {fault:?}\n{text}"));
            assert_eq!((report.events, report.left_out), (events, left_out), "{chosen:?}");
            let found = kinds(&text).iter().filter(|(kind, _)| kind == "place").count();
            assert_eq!(found, places, "{chosen:?}");
            let about = text.matches(arts().as_str()).count();
            if chosen.account.as_ref() == Some(&arts()) {
                assert_eq!(about, 1 + usize::try_from(events).unwrap(), "{chosen:?}");
            }
            assert_eq!(said, Some(chosen));
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_erased_is_told_by_an_export_too() {
    both(async |db| {
        thirty(&db).await;
        let file = Kept::new();
        let of = async |what, at| {
            let which = (what, Time::from_millis(at));
            erase::by_operator(&db, &signer(), now(200), which).await
        };
        of(Erased::Personal, 13).await.unwrap();
        of(Erased::Event, 5).await.unwrap();
        let text = exported(&db, None).await;
        let report = file.outcome(&text).unwrap();
        assert_eq!((report.events, report.erased_personal, report.erased_events), (28, 4, 4));
        let chosen = Chosen { since: None, until: None, account: Some(arts()) };
        let report = file.outcome(&exported(&db, Some(chosen)).await).unwrap();
        assert_eq!((report.events, report.erased_personal, report.erased_events), (11, 2, 4));
        // Without the event that says so it is tampering.
        let line = text.lines().find(|line| line.contains("audit_erased")).unwrap();
        let fault = file.outcome(&text.replace(&format!("{line}\n"), "")).unwrap_err();
        assert_eq!((fault.seq, fault.what), (Some(6), Wrong::PersonalGone));
    })
    .await;
}

/// The thirty events as an export, and the same lines with one of them changed so.
async fn with_lines(change: impl AsyncFn(Vec<String>, &Kept)) {
    both(async |db| {
        thirty(&db).await;
        let file = Kept::new();
        let text = exported(&db, None).await;
        change(text.lines().map(|line| format!("{line}\n")).collect(), &file).await;
    })
    .await;
}

#[tokio::test]
async fn lines_that_are_gone_moved_or_added_are_told() {
    with_lines(async |lines, file| {
        let told = |change: &dyn Fn(&mut Vec<String>)| {
            let mut lines = lines.clone();
            change(&mut lines);
            let fault = file.outcome(&lines.concat()).unwrap_err();
            (fault.seq, fault.what)
        };
        let missing = |next| Wrong::Missing { next };
        assert_eq!(told(&|lines| drop(lines.remove(1))), (Some(1), missing(Some(2))));
        assert_eq!(told(&|lines| drop(lines.remove(16))), (Some(15), missing(Some(16))));
        assert_eq!(told(&|lines| drop(lines.remove(lines.len() - 3))), (Some(30), missing(None)));
        assert_eq!(told(&|lines| lines.swap(5, 7)), (Some(5), missing(Some(7))));
        assert_eq!(told(&|lines| lines.insert(5, lines[4].clone())), (Some(5), missing(Some(4))));
        assert_eq!(told(&|lines| drop(lines.pop())), (None, Wrong::Short));
        assert_eq!(told(&|lines| lines.truncate(12)), (None, Wrong::Short));
        assert_eq!(told(&|lines| lines.truncate(0)), (None, Wrong::Line(1)));
        let end = |lines: &Vec<String>| lines.last().cloned().unwrap();
        assert_eq!(told(&|lines| lines.push(end(lines))), (None, Wrong::Line(36)));
        assert_eq!(told(&|lines| lines.insert(12, end(lines))), (None, Wrong::Line(13)));
        assert_eq!(told(&|lines| drop(lines.drain(23..34))), (None, Wrong::Line(24)));
        assert_eq!(told(&|lines| lines.insert(3, lines[0].clone())), (None, Wrong::Line(4)));
        assert_eq!(told(&|lines| lines.insert(3, "\n".to_owned())), (None, Wrong::Line(4)));
        // A checkpoint may be left out, but not the one before the end.
        let mut without = lines.clone();
        without.remove(11);
        assert!(file.outcome(&without.concat()).is_ok());
        assert_eq!(told(&|lines| drop(lines.remove(lines.len() - 2))), (Some(30), Wrong::Unsealed));
        assert_eq!(told(&|lines| lines.swap(11, 22)), (Some(11), missing(None)));
        // A part that says to be the whole is none.
        let whole = lines[0].clone();
        assert_eq!(told(&|lines| drop(lines.splice(1..11, []))), (Some(1), missing(None)));
        let part = whole.replace("\"chosen\":null", "\"chosen\":{}");
        assert!(
            told(&|lines| lines[0] = part.replace(":{}", ":{\"more\":1}"))
                == (None, Wrong::Line(1))
        );
        let mut chosen = lines.clone();
        chosen[0] = part;
        chosen.drain(1..11);
        assert_eq!(
            file.outcome(&chosen.concat()).unwrap_err().what,
            Wrong::Line(25),
            "the end counts"
        );
    })
    .await;
}

/// Any byte of a line that is hashed or signed: it is told, or says the same as before.
#[tokio::test]
async fn a_changed_byte_is_told() {
    with_lines(async |lines, file| {
        for (at, line) in lines.iter().enumerate().skip(1) {
            for place in (at % 17..line.len()).step_by(17) {
                let mut bytes = line.clone().into_bytes();
                bytes[place] = match bytes[place] {
                    b'0' => b'1',
                    b'"' => b' ',
                    b'a' => b'b',
                    b'\n' => continue,
                    _ => b'0',
                };
                if Line::read(&bytes[..bytes.len() - 1]) == Line::read(line.trim_end().as_bytes()) {
                    continue;
                }
                let mut changed = lines.clone();
                changed[at] = String::from_utf8(bytes).unwrap();
                let outcome = file.outcome(&changed.concat());
                assert!(outcome.is_err(), "{}", changed[at]);
            }
        }
    })
    .await;
}

proptest! {
    #[test]
    fn no_text_is_read_that_is_not_written_the_same(line in "\\PC{0,80}|\\{\"kind\":\"end\",\"seq\":[0-9]{1,3},\"events\":[0-9]{1,3}\\}") {
        if let Some(read) = Line::read(line.as_bytes()) {
            let mut written = vec![];
            read.write(&mut written).unwrap();
            prop_assert_eq!(Line::read(written.trim_ascii_end()), Some(read));
        }
    }

    #[test]
    fn any_event_survives_its_line(
        id in "[0-9a-f]{32}",
        at: i64,
        account in proptest::option::of("\\PC{0,40}"),
        event: String,
        personal in proptest::option::of((any::<String>(), any::<String>())),
    ) {
        let personal = personal.map(|(salt, content)| entry::Personal { salt, content });
        let row = entry::Row { id, at, account, event, personal };
        let chain = crate::id::ChainId::parse(&"0".repeat(32)).unwrap();
        let link = entry::Link::after((6, &entry::beginning(&chain)), &row);
        let line = Line::of(walk::Entry::Event(link, Some(row)));
        let mut written = vec![];
        line.write(&mut written).unwrap();
        prop_assert_eq!(written.iter().filter(|byte| **byte == b'\n').count(), 1);
        prop_assert_eq!(Line::read(written.trim_ascii_end()), Some(line));
    }

    #[test]
    fn no_file_makes_the_reader_panic(lines in proptest::collection::vec("\\PC{0,60}", 0..5)) {
        let file = Kept::new();
        let header = format!(
            "{{\"kind\":\"export\",\"version\":1,\"chain\":\"{}\",\"key\":\"{}\",\"at\":1,\"chosen\":null}}\n",
            "0".repeat(32),
            signer().public()
        );
        let text = format!("{header}{}", lines.join("\n"));
        prop_assert!(file.outcome(&text).is_err());
    }

    /// Two events with the same leaf are one event: nothing of one can be moved into its neighbour.
    #[test]
    fn a_leaf_is_that_of_one_event(
        one in ("[0-9a-f]{0,3}", 0..20_i64, "[0-9a-f]{0,3}", "[0-9a-f]{0,3}"),
        other in ("[0-9a-f]{0,3}", 0..20_i64, "[0-9a-f]{0,3}", "[0-9a-f]{0,3}"),
    ) {
        let row = |(id, at, account, event): (String, i64, String, String)| entry::Row {
            id, at, account: Some(account), event, personal: None,
        };
        let same = one == other;
        prop_assert_eq!(row(one).leaf() == row(other).leaf(), same);
    }
}
