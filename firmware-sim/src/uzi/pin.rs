//! The card's PIN: tries and the verified state.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// How often a wrong PIN may be given.
pub(super) const TRIES: u8 = 3;

/// A PIN with its counter.
pub(super) struct Pin {
    value: Zeroizing<Vec<u8>>,
    tries: u8,
    verified: bool,
}

/// What became of a PIN that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Right,
    Wrong { tries_left: u8 },
    Blocked,
}

impl Pin {
    pub(super) fn new(value: &str) -> Self {
        let value = Zeroizing::new(value.as_bytes().to_vec());
        Self { value, tries: TRIES, verified: false }
    }

    /// Compares a PIN, which may be filled up with FF bytes. A wrong one costs a try and the
    /// verified state; the right one gives all tries back.
    pub(super) fn verify(&mut self, given: &[u8]) -> Verdict {
        if self.tries == 0 {
            return Verdict::Blocked;
        }
        let filling = given.iter().rev().take_while(|byte| **byte == FILLER).count();
        let given = given.get(..given.len() - filling).unwrap_or_default();
        if bool::from(given.ct_eq(&self.value)) {
            self.tries = TRIES;
            self.verified = true;
            return Verdict::Right;
        }
        self.tries -= 1;
        self.verified = false;
        Verdict::Wrong { tries_left: self.tries }
    }

    /// What [`Pin::verify`] would need, without a try.
    pub(super) fn state(&self) -> Verdict {
        match (self.verified, self.tries) {
            (true, _) => Verdict::Right,
            (false, 0) => Verdict::Blocked,
            (false, tries_left) => Verdict::Wrong { tries_left },
        }
    }

    pub(super) fn is_verified(&self) -> bool {
        self.verified
    }

    /// Drops the verified state.
    pub(super) fn forget(&mut self) {
        self.verified = false;
    }
}

/// OpenSC fills PINs up to eight bytes with this.
const FILLER: u8 = 0xFF;

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(script: &str, expected: &Expect) {
        let mut pin = Pin::new("123456");
        let outcome = script.split("; ").map(|given| match given {
            "state" => format!("{:?}", pin.state()),
            "forget" => {
                pin.forget();
                "-".to_owned()
            }
            given => format!("{:?}", pin.verify(&hex::decode(given).unwrap())),
        });
        expected.assert_eq(&outcome.collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn the_right_pin_counts_with_and_without_filling() {
        let expected = expect![[r#"
            Right
            Right"#]];
        check("313233343536; 313233343536FFFF", &expected);
    }

    #[test]
    fn the_third_wrong_pin_blocks_for_good() {
        let expected = expect![[r#"
            Wrong { tries_left: 3 }
            Wrong { tries_left: 2 }
            Wrong { tries_left: 1 }
            Wrong { tries_left: 0 }
            Blocked
            Blocked"#]];
        check("state; 31; FFFFFFFF; 313233343537; 313233343536; state", &expected);
    }

    #[test]
    fn the_right_pin_gives_the_tries_back_and_a_wrong_one_logs_out() {
        let expected = expect![[r#"
            Wrong { tries_left: 2 }
            Right
            Right
            Wrong { tries_left: 2 }
            Wrong { tries_left: 2 }"#]];
        check("00; 313233343536; state; 00; state", &expected);
        let expected = expect![[r#"
            Right
            -
            Wrong { tries_left: 3 }"#]];
        check("313233343536; forget; state", &expected);
    }
}
