//! The card's PIN: tries, the verified state, and whether it was given just now.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// How often a wrong PIN may be given.
pub(super) const TRIES: u8 = 3;

/// A PIN with its counter.
pub(super) struct Pin {
    value: Zeroizing<Vec<u8>>,
    tries: u8,
    login: Login,
}

/// What the last PIN that was given is still good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Login {
    /// None was given, or a wrong one.
    Out,
    /// The keys that take the PIN once.
    In,
    /// These, and one use of a key that asks for the PIN each time.
    Fresh,
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
        Self { value, tries: TRIES, login: Login::Out }
    }

    /// Compares a PIN, which may be filled up with FF bytes. A wrong one costs a try and the
    /// verified state; the right one gives all tries back.
    pub(super) fn verify(&mut self, given: &[u8]) -> Verdict {
        if self.tries == 0 {
            return Verdict::Blocked;
        }
        if bool::from(unfilled(given).ct_eq(&self.value)) {
            self.tries = TRIES;
            self.login = Login::Fresh;
            return Verdict::Right;
        }
        self.tries -= 1;
        self.login = Login::Out;
        Verdict::Wrong { tries_left: self.tries }
    }

    /// Puts another PIN in the place of the one before it, which is compared as by
    /// [`Pin::verify`]: both filled up to the longest, or neither, as OpenSC sends them.
    ///
    /// Errors: [`Unfit`] for the new one after the right old one.
    pub(super) fn change(&mut self, given: &[u8]) -> Result<Verdict, Unfit> {
        let filled = given.len() == 2 * LONGEST;
        let old = if filled { LONGEST } else { self.value.len() };
        let (old, new) = given.split_at_checked(old).unwrap_or((given, &[]));
        let verdict = self.verify(old);
        if verdict != Verdict::Right {
            return Ok(verdict);
        }
        let new = unfilled(new);
        if !(SHORTEST..=LONGEST).contains(&new.len()) || !new.iter().all(u8::is_ascii_alphanumeric)
        {
            return Err(Unfit);
        }
        self.value = Zeroizing::new(new.to_vec());
        Ok(verdict)
    }

    /// What [`Pin::verify`] would need, without a try.
    pub(super) fn state(&self) -> Verdict {
        match (self.login, self.tries) {
            (Login::In | Login::Fresh, _) => Verdict::Right,
            (Login::Out, 0) => Verdict::Blocked,
            (Login::Out, tries_left) => Verdict::Wrong { tries_left },
        }
    }

    pub(super) fn is_verified(&self) -> bool {
        self.login != Login::Out
    }

    /// Whether the PIN was given since this was last asked. The card stays logged in.
    pub(super) fn spend(&mut self) -> bool {
        let fresh = self.login == Login::Fresh;
        if fresh {
            self.login = Login::In;
        }
        fresh
    }

    /// Drops the verified state.
    pub(super) fn forget(&mut self) {
        self.login = Login::Out;
    }
}

/// A new PIN that has another length, or other signs than letters and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unfit;

/// A PIN without what fills it up.
fn unfilled(given: &[u8]) -> &[u8] {
    let filling = given.iter().rev().take_while(|byte| **byte == FILLER).count();
    given.get(..given.len() - filling).unwrap_or_default()
}

/// OpenSC fills PINs up to eight bytes with this.
const FILLER: u8 = 0xFF;
/// How many signs a PIN has.
const SHORTEST: usize = 6;
pub(super) const LONGEST: usize = 8;

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
            "spend" => format!("{}", pin.spend()),
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

    #[test]
    fn one_pin_is_spent_once_and_leaves_the_card_logged_in() {
        let expected = expect![[r#"
            false
            Right
            true
            false
            Right
            Wrong { tries_left: 2 }
            false"#]];
        check("spend; 313233343536; spend; spend; state; 00; spend", &expected);
    }
}
