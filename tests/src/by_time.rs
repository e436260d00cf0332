//! Names told apart by time: samples of how long answers take, and whether the medians or a rank test tell one
//! kind of name from another.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use url::form_urlencoded::Serializer;

use crate::client::{Answer, Client};
use crate::program::trail;

/// A rank test says that two kinds differ, wrongly, as rarely as this.
const RARE: f64 = 0.01;

/// When nothing is told.
#[derive(Debug)]
pub struct Terms {
    /// Samples before the server is said to tell.
    pub samples: u32,
    /// Tries at each kind of name in a sample.
    pub tries: usize,
    /// Medians are as good as equal within this.
    near: f64,
    /// Whether medians and rank test must both say so, or one of them.
    both: bool,
    /// Samples that tell nothing, of all.
    silent: u32,
}

/// Where no password is hashed.
pub const PLAIN: Terms = Terms { samples: 5, tries: 500, near: 0.02, both: true, silent: 3 };
/// Where a hash costs next to nothing, so that what is left takes two thousandths of a second. A known name takes up
/// to a fortieth longer than one that nobody has, as a statement would; a commit more takes a seventh. Other work on
/// the machine moves medians by a tenth and not the ranks.
pub const CHEAP: Terms = Terms { near: 0.05, both: false, ..PLAIN };
/// Where each try costs a hash, which on a shared machine takes a tenth more or less from one second to the
/// next, at any name. The lock-out of these houses is above the tries.
pub const HASHED: Terms = Terms { samples: 5, tries: 80, near: 0.04, both: false, silent: 1 };

/// A form of a page, as a browser has it.
#[derive(Debug)]
pub struct Form {
    csrf: String,
    cookie: String,
}

impl Form {
    /// The form of this page.
    ///
    /// # Panics
    /// Where it has none.
    #[must_use]
    pub fn of(page: &Answer) -> Self {
        let (_, after) = page.body.split_once("name=\"csrf\" value=\"").expect("a form");
        let csrf = after.split('"').next().expect("a token").to_owned();
        Self { csrf, cookie: page.cookies().join("; ") }
    }

    /// Sends it with a PIN that is wrong.
    #[must_use]
    pub fn send(&self, client: Client, number: &str) -> (u16, Duration) {
        let fields = [
            ("number", number),
            ("pin", "AaDdEeFf"),
            ("password", "een nieuw wachtwoord voor mij"),
            ("again", "een nieuw wachtwoord voor mij"),
        ];
        self.post(client, "/activate", &fields)
    }

    /// Sends these fields: the status, and how long it took.
    ///
    /// # Panics
    /// Where no answer comes.
    #[must_use]
    pub fn post(&self, client: Client, path: &str, fields: &[(&str, &str)]) -> (u16, Duration) {
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
///
/// # Panics
/// Where too many do.
pub fn same_time(terms: &Terms, sample: impl Fn(u32) -> Vec<Vec<f64>>) {
    let (mut told, mut silent) = (Vec::new(), 0);
    for number in 0..terms.samples {
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

/// How long each try at each kind of name takes, in milliseconds; the kinds take turns, in turning order. `wrong`
/// is told how many turns there were before.
///
/// # Panics
/// Where an answer has another status.
pub fn measure<K: Debug>(
    kinds: &[K],
    (terms, status): (&Terms, u16),
    wrong: impl Fn(&K, usize) -> (u16, Duration),
) -> Vec<Vec<f64>> {
    let mut times = vec![Vec::new(); kinds.len()];
    for round in 0..terms.tries {
        let mut turns: Vec<_> = kinds.iter().zip(&mut times).collect();
        turns.rotate_left(round % kinds.len());
        for (kind, times) in turns {
            let (answer, time) = wrong(kind, round);
            assert_eq!(answer, status, "{kind:?}");
            times.push(time.as_secs_f64() * 1_000.0);
        }
    }
    times
}

/// A wrong password in a log-in that begins with it: the status, and how long it took.
///
/// # Panics
/// Where no answer comes.
#[must_use]
pub fn wrong(client: Client, name: &str) -> (u16, Duration) {
    let attempt = client.attempt().expect("an answer");
    let begun = Instant::now();
    let answer = client.password(&attempt, name, "mis mis mis mis").expect("an answer");
    (answer.status, begun.elapsed())
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().expect("there are times")
}

/// The two-sided p of the rank test of Mann and Whitney, by its normal approximation.
#[must_use]
pub fn rank(one: &[f64], other: &[f64]) -> f64 {
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
#[must_use]
pub fn complement(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592];
    series.iter().fold(0.0, |sum, factor| (sum + factor) * t) * (-x * x).exp()
}
