//! Names told apart by time: nobody learns from how long an answer takes whether a name is known.
//!
//! Wrong passwords at every kind of name, in turn, over real HTTP. A sample in which a rank test or
//! the medians tell two kinds apart is taken again with fresh names; a server that does the same work
//! for each passes one of five, and one that skips the hash for a name nobody has passes none.

use std::time::{Duration, Instant};

use serde_json::json;
use sleutelbos_server::accounts::number::UserNumber;
use sleutelbos_server::random::Random;
use tests::print::PrintService;
use tests::program::{Program, trail};
use url::form_urlencoded::Serializer;

use crate::house::{House, PASSWORD};
use crate::letters::{exports, founds};
use tests::client::{Answer, Client};
use tests::soft_key::SoftKey;

/// Samples before the server is said to tell.
const SAMPLES: u32 = 5;
/// A rank test says that two kinds differ, wrongly, as rarely as this.
const RARE: f64 = 0.01;

/// When nothing is told.
struct Terms {
    /// Tries at each name in a sample.
    tries: usize,
    /// Medians are as good as equal within this.
    near: f64,
    /// Whether medians and rank test must both say so, or one of them.
    both: bool,
    /// Samples that tell nothing, of all.
    silent: u32,
}

/// Where no password is hashed.
const PLAIN: Terms = Terms { tries: 500, near: 0.02, both: true, silent: 3 };
/// Where each try costs a hash, which on a shared machine takes a tenth more or less from one second to the
/// next, at any name. The lock-out of these houses is above the tries.
const HASHED: Terms = Terms { tries: 80, near: 0.04, both: false, silent: 1 };

#[test]
fn known_and_unknown_names_are_not_told_apart_by_time() {
    let house = House::new("[lockout]\ntries = 100\nclose_after = 100\n");
    let names = |sample: u32| {
        let kinds = ["twice", "key", "bare", "ended", "nobody"];
        kinds.map(|kind| format!("{kind}{sample}@praktijk.example"))
    };
    for sample in 0..SAMPLES {
        let [twice, key, bare, ended, _] = names(sample);
        for name in [&twice, &twice, &key, &bare, &ended] {
            house.account(name);
        }
        end(&house, &ended);
    }
    let server = house.start();
    for sample in 0..SAMPLES {
        let [_, key, ..] = names(sample);
        enrol(&house, &key, sample);
    }
    same_time(&HASHED, |sample| {
        measure(&names(sample), (&HASHED, 401), |name| wrong(house.client(), name))
    });
    drop(server);
}

#[test]
fn blocked_names_are_not_told_apart_by_time() {
    let house = House::new("");
    let names = |sample: u32| {
        ["known", "ended", "nobody"].map(|kind| format!("{kind}{sample}@praktijk.example"))
    };
    for sample in 0..SAMPLES {
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
        measure(&names(sample), (&PLAIN, 403), |name| wrong(house.client(), name))
    });
    drop(server);
}

#[test]
fn known_and_unknown_user_numbers_are_not_told_apart_by_time() {
    let service = PrintService::new();
    let strict = "[lockout]\ntries = 100\nclose_after = 100\n";
    let house = House::new(&format!("{strict}{}", service.table()));
    let samples = SAMPLES as usize;
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
    let unknown: Vec<_> = (0..SAMPLES).map(|_| UserNumber::random(Random::system())).collect();
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
        measure(&numbers, (&HASHED, 401), |number| form.send(house.client(), number))
    });
    drop(server);
}

#[test]
fn known_and_unknown_names_that_ask_for_a_pin_are_not_told_apart_by_time() {
    let house = House::new("");
    let names = |sample: u32| {
        ["known", "ended", "nobody"].map(|kind| format!("{kind}{sample}@praktijk.example"))
    };
    for sample in 0..SAMPLES {
        let [known, ended, _] = names(sample);
        house.account(&known);
        house.account(&ended);
        end(&house, &ended);
    }
    let server = house.start();
    let page = house.client().ask("GET", "/activate/pin", "", "").expect("the form");
    let form = Form::of(&page);
    same_time(&PLAIN, |sample| {
        measure(&names(sample), (&PLAIN, 303), |name| {
            form.post(house.client(), "/activate/pin", &[("who", name)])
        })
    });
    drop(server);
}

/// A form of a page, as a browser has it.
struct Form {
    csrf: String,
    cookie: String,
}

impl Form {
    fn of(page: &Answer) -> Self {
        let (_, after) = page.body.split_once("name=\"csrf\" value=\"").expect("a form");
        let csrf = after.split('"').next().expect("a token").to_owned();
        Self { csrf, cookie: page.cookies().join("; ") }
    }

    /// Sends it with a PIN that is wrong.
    fn send(&self, client: Client, number: &str) -> (u16, Duration) {
        let fields = [
            ("number", number),
            ("pin", "AaDdEeFf"),
            ("password", "een nieuw wachtwoord voor mij"),
            ("again", "een nieuw wachtwoord voor mij"),
        ];
        self.post(client, "/activate", &fields)
    }

    /// Sends these fields.
    fn post(&self, client: Client, path: &str, fields: &[(&str, &str)]) -> (u16, Duration) {
        let fields = fields.iter().copied().chain([("csrf", self.csrf.as_str())]);
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let (port, cookie) = (client.port, &self.cookie);
        let head = format!(
            "Origin: http://localhost:{port}\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n"
        );
        let begun = Instant::now();
        let answer = client.ask("POST", path, &head, &body).expect("an answer");
        (answer.status, begun.elapsed())
    }
}

/// Passes once so many samples tell nothing.
fn same_time(terms: &Terms, sample: impl Fn(u32) -> Vec<Vec<f64>>) {
    let (mut told, mut silent) = (Vec::new(), 0);
    for number in 0..SAMPLES {
        let kinds = sample(number);
        let (last, others) = kinds.split_last().expect("there are kinds");
        let pairs = others.iter().map(|kind| (median(kind) / median(last) - 1.0, rank(kind, last)));
        let pairs: Vec<_> = pairs.collect();
        let words = format!(
            "medians in ms {:?}, differing by and p: {pairs:?}",
            kinds.iter().map(|kind| median(kind)).collect::<Vec<_>>()
        );
        trail(&words);
        let equal = |(difference, p): &(f64, f64)| {
            let (near, same) = (difference.abs() < terms.near, *p > RARE);
            if terms.both { near && same } else { near || same }
        };
        if !pairs.iter().all(equal) {
            told.push(words);
            continue;
        }
        silent += 1;
        if silent == terms.silent {
            return;
        }
    }
    panic!("the time tells who is known:\n{}", told.join("\n"));
}

/// How long each try at each name takes, in milliseconds; the names take turns, in turning order.
fn measure(
    names: &[String],
    (terms, status): (&Terms, u16),
    wrong: impl Fn(&str) -> (u16, Duration),
) -> Vec<Vec<f64>> {
    let mut times = vec![Vec::new(); names.len()];
    for round in 0..terms.tries {
        let mut kinds: Vec<_> = names.iter().zip(&mut times).collect();
        kinds.rotate_left(round % names.len());
        for (name, times) in kinds {
            let (answer, time) = wrong(name);
            assert_eq!(answer, status, "{name}");
            times.push(time.as_secs_f64() * 1_000.0);
        }
    }
    times
}

fn wrong(client: Client, name: &str) -> (u16, Duration) {
    let attempt = client.attempt().expect("an answer");
    let begun = Instant::now();
    let answer = client.password(&attempt, name, "mis mis mis mis").expect("an answer");
    (answer.status, begun.elapsed())
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

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().expect("there are times")
}

/// The two-sided p of the rank test of Mann and Whitney, by its normal approximation.
fn rank(one: &[f64], other: &[f64]) -> f64 {
    let wins: f64 = one
        .iter()
        .flat_map(|a| {
            other.iter().map(move |b| {
                if a > b {
                    1.0
                } else if a < b {
                    0.0
                } else {
                    0.5
                }
            })
        })
        .sum();
    let (n, m) = (one.len() as f64, other.len() as f64);
    let z = (wins - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt();
    complement(z.abs() / std::f64::consts::SQRT_2)
}

/// The complementary error function for `x >= 0`: Abramowitz and Stegun, 7.1.26, within 0.0000002.
fn complement(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592];
    series.iter().fold(0.0, |sum, factor| (sum + factor) * t) * (-x * x).exp()
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
