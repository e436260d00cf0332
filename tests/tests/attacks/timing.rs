//! Names told apart by time: nobody learns from how long an answer takes whether a name is known.
//!
//! Wrong passwords at every kind of name, in turn, over real HTTP. A sample in which a rank test or
//! the medians tell two kinds apart is taken again with fresh names; a server that does the same work
//! for each passes one of five, and one that skips the hash for a name nobody has passes none.

use serde_json::json;
use sleutelbos_server::accounts::number::UserNumber;
use sleutelbos_server::random::Random;
use tests::by_time::{Form, HASHED, PLAIN, complement, measure, rank, same_time, wrong};
use tests::print::PrintService;
use tests::program::Program;
use tests::soft_key::SoftKey;

use crate::house::{House, PASSWORD};
use crate::letters::{exports, founds};

#[test]
fn known_and_unknown_names_are_not_told_apart_by_time() {
    let house = House::new("[lockout]\ntries = 100\nclose_after = 100\n");
    let names = |sample: u32| {
        let kinds = ["twice", "key", "bare", "ended", "nobody"];
        kinds.map(|kind| format!("{kind}{sample}@praktijk.example"))
    };
    for sample in 0..HASHED.samples {
        let [twice, key, bare, ended, _] = names(sample);
        for name in [&twice, &twice, &key, &bare, &ended] {
            house.account(name);
        }
        end(&house, &ended);
    }
    let server = house.start();
    for sample in 0..HASHED.samples {
        let [_, key, ..] = names(sample);
        enrol(&house, &key, sample);
    }
    same_time(&HASHED, |sample| {
        measure(&names(sample), (&HASHED, 401), |name, _| wrong(house.client(), name))
    });
    drop(server);
}

#[test]
fn blocked_names_are_not_told_apart_by_time() {
    let house = House::new("");
    let names = |sample: u32| {
        ["known", "ended", "nobody"].map(|kind| format!("{kind}{sample}@praktijk.example"))
    };
    for sample in 0..PLAIN.samples {
        let [known, ended, _] = names(sample);
        house.account(&known);
        house.account(&ended);
        end(&house, &ended);
    }
    let server = house.start();
    same_time(&PLAIN, |sample| {
        for name in &names(sample) {
            for _ in 0..5 {
                let _ = wrong(house.client(), name);
            }
        }
        measure(&names(sample), (&PLAIN, 403), |name, _| wrong(house.client(), name))
    });
    drop(server);
}

#[test]
fn known_and_unknown_user_numbers_are_not_told_apart_by_time() {
    let service = PrintService::new();
    let strict = "[lockout]\ntries = 100\nclose_after = 100\n";
    let house = House::new(&format!("{strict}{}", service.table()));
    let samples = HASHED.samples as usize;
    // A PIN that works, one whose letter nobody exported, none, and an account that was ended.
    (0..samples).for_each(|number| founds(&house, number));
    exports(&house, &house.file("post"));
    (samples..2 * samples).for_each(|number| founds(&house, number));
    for number in 0..samples {
        house.account(&format!("known{number}@praktijk.example"));
        house.account(&format!("ended{number}@praktijk.example"));
        end(&house, &format!("ended{number}@praktijk.example"));
    }
    let rows = house.rows();
    let accounts = rows["account"].as_array().expect("accounts");
    let number = |name: String| {
        let account = accounts.iter().find(|account| account["username"] == name.as_str());
        account.and_then(|account| account["number"].as_str()).expect("its number").to_owned()
    };
    let unknown: Vec<_> =
        (0..HASHED.samples).map(|_| UserNumber::random(Random::system())).collect();
    let server = house.start();
    let page = house.client().ask("GET", "/activate", "", "").expect("the form");
    let form = Form::of(&page);
    same_time(&HASHED, |sample| {
        let sample = sample as usize;
        let founded = |at: usize| number(format!("test.{at}@praktijk.example"));
        let numbers = [
            founded(sample),
            founded(samples + sample),
            number(format!("known{sample}@praktijk.example")),
            number(format!("ended{sample}@praktijk.example")),
            unknown[sample].as_str().to_owned(),
        ];
        measure(&numbers, (&HASHED, 401), |number, _| form.send(house.client(), number))
    });
    drop(server);
}

#[test]
fn known_and_unknown_names_that_ask_for_a_pin_are_not_told_apart_by_time() {
    let house = House::new("");
    let names = |sample: u32| {
        ["known", "ended", "nobody"].map(|kind| format!("{kind}{sample}@praktijk.example"))
    };
    for sample in 0..PLAIN.samples {
        let [known, ended, _] = names(sample);
        house.account(&known);
        house.account(&ended);
        end(&house, &ended);
    }
    let server = house.start();
    let page = house.client().ask("GET", "/activate/pin", "", "").expect("the form");
    let form = Form::of(&page);
    same_time(&PLAIN, |sample| {
        measure(&names(sample), (&PLAIN, 303), |name, _| {
            form.post(house.client(), "/activate/pin", &[("who", name)])
        })
    });
    drop(server);
}

/// Ends this account, as it is kept when a contact person did.
fn end(house: &House, name: &str) {
    let end = "import sqlite3, sys\n\
        db = sqlite3.connect(sys.argv[1])\n\
        whose = 'account_id = (SELECT id FROM account WHERE username = ?)'\n\
        db.execute('DELETE FROM password WHERE ' + whose, [sys.argv[2]])\n\
        ended = db.execute('UPDATE account SET ended_at = 1 WHERE username = ?', [sys.argv[2]])\n\
        assert ended.rowcount == 1\n\
        db.commit()";
    let python = Program::stranger("python3", "python3").args(["-c", end]);
    let _ = python.arg(house.file("data/sleutelbos.sqlite")).arg(name).run().good();
}

/// Gives this account a key.
fn enrol(house: &House, name: &str, number: u32) {
    let client = house.client();
    let attempt = client.attempt().expect("an answer");
    let code = client.password(&attempt, name, PASSWORD).expect("an answer").text("code");
    let session = client.redeem(&code).expect("an answer").text("session");
    let ask = json!({"kind": "passkey"});
    let asked = client.post("enrolment/webauthn/options", &session, &ask).expect("an answer");
    let credential = SoftKey::new(number, &house.origin()).create(&asked.options());
    let body = json!({"credential": credential, "name": "sleutel"});
    let _ = client.post("enrolment/webauthn", &session, &body).expect("an answer").good();
}

#[test]
fn the_rank_test_tells_what_differs_and_only_that() {
    // The values of the function are those of its tables.
    let base: Vec<f64> = (0..30).map(|n| f64::from(n % 10)).collect();
    let slower: Vec<f64> = base.iter().map(|time| time + 6.0).collect();
    assert!((rank(&base, &base) - 1.0).abs() < 1e-6);
    assert!(rank(&base, &slower) < 1e-6);
    assert!((complement(1.0) - 0.157_299_2).abs() < 1e-6);
    assert!((complement(0.5) - 0.479_500_1).abs() < 1e-6);
}
