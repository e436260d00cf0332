//! The authenticator app: a seed that person and server share, and the codes that follow from it and
//! the time (RFC 6238: SHA-1, six digits, 30 seconds).

pub(crate) mod store;
#[cfg(test)]
mod tests;

use crate::clock::Time;
use crate::random::Random;
use crate::secret::Secret;
use totp_rs::{Builder, Totp};

/// Bytes of a seed: as many as SHA-1 gives, which every app takes.
const LENGTH: usize = 20;
/// How long a step lasts.
const STEP: u64 = 30;
/// Steps before and after the present one whose codes are accepted too.
const EITHER_SIDE: u64 = 1;

/// What an app makes its codes from.
#[derive(Clone, Debug)]
pub struct Seed(Secret<[u8; LENGTH]>);

/// Six digits that a person typed.
#[derive(Clone, Debug)]
pub struct Code(Secret<String>);

impl Code {
    /// Reads what was typed: six digits, with spaces and dashes wherever the person likes.
    pub fn parse(text: &str) -> Option<Self> {
        let dashes = ['-', '\u{2010}', '\u{2011}', '\u{2013}', '\u{2014}'];
        let kept = |c: &char| !c.is_whitespace() && !dashes.contains(c);
        // One more than a code has tells the two apart; a whole novel is not kept.
        let digits = Secret::new(text.chars().filter(kept).take(7).collect::<String>());
        let right =
            digits.expose().len() == 6 && digits.expose().bytes().all(|b| b.is_ascii_digit());
        right.then_some(Self(digits))
    }

    /// The digits, for who compares them with what was sent.
    pub(crate) fn digits(&self) -> &str {
        self.0.expose()
    }
}

impl Seed {
    /// A fresh one.
    pub(crate) fn random(random: Random) -> Self {
        Self(Secret::new(random.bytes()))
    }

    /// The seed with these bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Secret::new(bytes.try_into().ok()?)))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.expose()
    }

    /// The step after `last` of which `code` is, among the present one and its neighbours.
    pub(crate) fn step(&self, code: &Code, now: Time, last: i64) -> Option<i64> {
        let present = u64::try_from(now.millis()).ok()? / 1000 / STEP;
        let totp = self.totp("", "");
        let mut steps = present.saturating_sub(EITHER_SIDE)..=present + EITHER_SIDE;
        let step = steps.find(|step| {
            let later = i64::try_from(*step).is_ok_and(|step| step > last);
            later && totp.check(code.0.expose(), step * STEP).is_some()
        });
        step.and_then(|step| i64::try_from(step).ok())
    }

    /// The seed as an app that cannot scan takes it: base32, in groups of four.
    pub fn groups(&self) -> Secret<String> {
        let text = Secret::new(self.totp("", "").secret().to_base32());
        let mut grouped = String::new();
        for (place, letter) in text.expose().chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                grouped.push(' ');
            }
            grouped.push(letter);
        }
        Secret::new(grouped)
    }

    /// The address that hands the seed to an app: who gave it, and for whom it is.
    pub fn address(&self, issuer: &str, account: &str) -> Secret<String> {
        let address = self.totp(issuer, account).to_url();
        Secret::new(address.expect("neither name has a colon, and the account has one"))
    }

    /// The code that an app with this seed shows.
    #[cfg(test)]
    pub(crate) fn shown(&self, now: Time) -> Code {
        let seconds = u64::try_from(now.millis()).expect("after 1970") / 1000;
        let code = self.totp("", "").generate(seconds).to_string();
        Code::parse(&code).expect("an app shows codes")
    }

    fn totp(&self, issuer: &str, account: &str) -> Totp {
        // A colon stands between the two names.
        let plain = |name: &str| name.replace(':', " ");
        let issuer = (!issuer.is_empty()).then(|| plain(issuer));
        Builder::new()
            .with_secret(self.0.expose().to_vec())
            .with_skew(0)
            .with_step_duration(STEP)
            .with_issuer(issuer)
            .with_account_name(plain(account))
            .build()
            .expect("a seed of 20 bytes and six digits are what the RFC asks")
    }
}
