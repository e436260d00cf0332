//! The card's PIN and PUK: tries, the verified state, and whether the PIN was given just now.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// How PIN and PUK are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// How many bytes a code is filled up to, at most.
    pub(super) stored: usize,
    /// What fills it up.
    pub(super) filler: u8,
}

/// A code as the personaliser sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code {
    /// The code itself: letters and digits, [`SHORTEST`] to [`LONGEST`] of them.
    pub(super) value: Zeroizing<String>,
    /// How often a wrong one may be given.
    pub(super) tries: u8,
    /// How many of these tries are left.
    pub(super) left: u8,
}

impl Code {
    /// A code that has all its tries.
    pub(super) fn new(value: &str, tries: u8) -> Self {
        Self { value: Zeroizing::new(value.to_owned()), tries, left: tries }
    }
}

/// Whether the holder has set a PIN of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// Not yet: with the PIN of the letter one can choose another, and nothing else.
    Letter,
    /// Yes.
    Activated,
}

/// Which of the two codes a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Pin,
    Puk,
}

/// The PIN, and the PUK that gives it back.
pub(super) struct Pins {
    shape: Shape,
    pin: Counted,
    puk: Counted,
    life: Life,
    login: Login,
}

/// A code and its counter.
struct Counted {
    value: Zeroizing<Vec<u8>>,
    tries: u8,
    left: u8,
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

/// What became of a code that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Right,
    Wrong { tries_left: u8 },
    Blocked,
}

impl Pins {
    pub(super) fn new(shape: Shape, pin: &Code, puk: &Code, life: Life) -> Self {
        let (pin, puk) = (Counted::new(pin), Counted::new(puk));
        Self { shape, pin, puk, life, login: Login::Out }
    }

    /// Compares a code, which may be filled up. A wrong one costs a try, a wrong PIN the verified
    /// state too; the right one gives all tries back.
    pub(super) fn verify(&mut self, which: Which, given: &[u8]) -> Verdict {
        let given = self.shape.unfilled(given);
        match which {
            Which::Puk => self.puk.compare(given),
            Which::Pin => {
                let verdict = self.pin.compare(given);
                let right = verdict == Verdict::Right;
                self.login = if right { Login::Fresh } else { Login::Out };
                verdict
            }
        }
    }

    /// Puts another code in the place of the one before it, which is compared as by
    /// [`Pins::verify`]: both filled up, or neither, as OpenSC sends them. A PIN that its holder
    /// chose activates the card.
    ///
    /// Errors: [`Unfit`] for the new one after the right old one.
    pub(super) fn change(&mut self, which: Which, given: &[u8]) -> Result<Verdict, Unfit> {
        let (old, new) = self.shape.halves(given, self.code(which).value.len());
        let verdict = self.verify(which, old);
        if verdict == Verdict::Right {
            let new = fit(self.shape.unfilled(new))?;
            match which {
                Which::Puk => self.puk.value = new,
                Which::Pin => {
                    self.pin.value = new;
                    self.life = Life::Activated;
                }
            }
        }
        Ok(verdict)
    }

    /// Gives the tries of the PIN back to who knows the PUK, with a new PIN.
    ///
    /// Errors: [`Unfit`] for the new PIN after the right PUK.
    pub(super) fn unblock(&mut self, given: &[u8]) -> Result<Verdict, Unfit> {
        let (puk, new) = self.shape.halves(given, self.puk.value.len());
        let verdict = self.verify(Which::Puk, puk);
        if verdict == Verdict::Right {
            self.pin.value = fit(self.shape.unfilled(new))?;
            self.pin.left = self.pin.tries;
            self.life = Life::Activated;
            self.login = Login::Out;
        }
        Ok(verdict)
    }

    /// The same without a new PIN: the one before it is good again.
    pub(super) fn give_back(&mut self, puk: &[u8]) -> Verdict {
        let verdict = self.verify(Which::Puk, puk);
        if verdict == Verdict::Right {
            self.pin.left = self.pin.tries;
        }
        verdict
    }

    /// What [`Pins::verify`] would need, without a try.
    pub(super) fn state(&self, which: Which) -> Verdict {
        match (which, self.login, self.code(which).left) {
            (Which::Pin, Login::In | Login::Fresh, _) => Verdict::Right,
            (Which::Pin | Which::Puk, _, 0) => Verdict::Blocked,
            (Which::Pin | Which::Puk, _, tries_left) => Verdict::Wrong { tries_left },
        }
    }

    pub(super) fn is_verified(&self) -> bool {
        self.login != Login::Out
    }

    pub(super) fn life(&self) -> Life {
        self.life
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

    /// How many bytes one code may come in.
    pub(super) fn stored(&self) -> usize {
        self.shape.stored
    }

    fn code(&self, which: Which) -> &Counted {
        match which {
            Which::Pin => &self.pin,
            Which::Puk => &self.puk,
        }
    }
}

impl Counted {
    fn new(code: &Code) -> Self {
        let value = Zeroizing::new(code.value.as_bytes().to_vec());
        Self { value, tries: code.tries, left: code.left.min(code.tries) }
    }

    fn compare(&mut self, given: &[u8]) -> Verdict {
        if self.left == 0 {
            return Verdict::Blocked;
        }
        if bool::from(given.ct_eq(&self.value)) {
            self.left = self.tries;
            return Verdict::Right;
        }
        self.left -= 1;
        Verdict::Wrong { tries_left: self.left }
    }
}

impl Shape {
    /// A code without what fills it up.
    fn unfilled(self, given: &[u8]) -> &[u8] {
        let filling = given.iter().rev().take_while(|byte| **byte == self.filler).count();
        given.get(..given.len() - filling).unwrap_or_default()
    }

    /// Two codes that were sent as one: both filled up, or the first of this length.
    fn halves(self, given: &[u8], first: usize) -> (&[u8], &[u8]) {
        let filled = given.len() == 2 * self.stored;
        given.split_at_checked(if filled { self.stored } else { first }).unwrap_or((given, &[]))
    }
}

/// A new code that has another length, or other signs than letters and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unfit;

/// Whether a text can be a code.
pub(super) fn fits(code: &[u8]) -> bool {
    (SHORTEST..=LONGEST).contains(&code.len()) && code.iter().all(u8::is_ascii_alphanumeric)
}

fn fit(code: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unfit> {
    if fits(code) { Ok(Zeroizing::new(code.to_vec())) } else { Err(Unfit) }
}

/// How often a wrong code may be given, on an ordinary card.
pub(super) const TRIES: u8 = 3;
/// The most tries a code can have: 63Cx has room for one hexadecimal digit.
pub(super) const MOST_TRIES: u8 = 15;
/// How many signs a code has.
pub(super) const SHORTEST: usize = 6;
pub(super) const LONGEST: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    const SHAPE: Shape = Shape { stored: 8, filler: 0xFF };

    fn pins(life: Life) -> Pins {
        Pins::new(SHAPE, &Code::new("123456", 3), &Code::new("12345678", 3), life)
    }

    /// Runs a script: `state`, `puk`, `forget`, `spend`, `change OLD+NEW`, `unblock PUK+NEW`,
    /// `back PUK`, or a PIN, each in hexadecimal.
    fn check(pins: &mut Pins, script: &str, expected: &Expect) {
        let bytes = |text: &str| hex::decode(text).unwrap();
        let outcome = script.split("; ").map(|step| match step.split_once(' ') {
            None if step == "state" => format!("{:?}", pins.state(Which::Pin)),
            None if step == "puk" => format!("{:?}", pins.state(Which::Puk)),
            None if step == "spend" => format!("{}", pins.spend()),
            None if step == "forget" => {
                pins.forget();
                "-".to_owned()
            }
            None => format!("{:?}", pins.verify(Which::Pin, &bytes(step))),
            Some(("change", codes)) => format!("{:?}", pins.change(Which::Pin, &bytes(codes))),
            Some(("unblock", codes)) => format!("{:?}", pins.unblock(&bytes(codes))),
            Some(("back", puk)) => format!("{:?}", pins.give_back(&bytes(puk))),
            Some((other, _)) => panic!("no step {other}"),
        });
        expected.assert_eq(&outcome.collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn the_right_pin_counts_with_and_without_filling() {
        let expected = expect![[r#"
            Right
            Right"#]];
        check(&mut pins(Life::Activated), "313233343536; 313233343536FFFF", &expected);
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
        let script = "state; 31; FFFFFFFF; 313233343537; 313233343536; state";
        check(&mut pins(Life::Activated), script, &expected);
    }

    #[test]
    fn the_right_pin_gives_the_tries_back_and_a_wrong_one_logs_out() {
        let expected = expect![[r#"
            Wrong { tries_left: 2 }
            Right
            Right
            Wrong { tries_left: 2 }
            Wrong { tries_left: 2 }"#]];
        let script = "00; 313233343536; state; 00; state";
        check(&mut pins(Life::Activated), script, &expected);
        let expected = expect![[r#"
            Right
            -
            Wrong { tries_left: 3 }"#]];
        check(&mut pins(Life::Activated), "313233343536; forget; state", &expected);
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
        let script = "spend; 313233343536; spend; spend; state; 00; spend";
        check(&mut pins(Life::Activated), script, &expected);
    }

    #[test]
    fn the_puk_gives_a_blocked_pin_back_and_dies_after_three_wrong_ones() {
        let expected = expect![[r#"
            Wrong { tries_left: 2 }
            Wrong { tries_left: 1 }
            Wrong { tries_left: 0 }
            Ok(Wrong { tries_left: 2 })
            Blocked
            Ok(Right)
            Wrong { tries_left: 3 }
            Right
            Wrong { tries_left: 3 }
            Wrong { tries_left: 2 }
            Right
            Right"#]];
        let script = "00; 00; 00; unblock 3132333435363739363534333231FFFF; state; \
                      unblock 3132333435363738363534333231FFFF; state; 363534333231; puk; 00; \
                      back 3132333435363738; 363534333231";
        check(&mut pins(Life::Activated), script, &expected);
        let expected = expect![[r#"
            Wrong { tries_left: 2 }
            Wrong { tries_left: 1 }
            Wrong { tries_left: 0 }
            Ok(Blocked)
            Blocked"#]];
        let script = "back 00; back 01; back 02; \
                      unblock 3132333435363738363534333231FFFF; puk";
        check(&mut pins(Life::Activated), script, &expected);
    }

    #[test]
    fn an_unfit_new_pin_leaves_the_old_one() {
        let expected = expect![[r#"
            Err(Unfit)
            Ok(Wrong { tries_left: 2 })
            Err(Unfit)
            Wrong { tries_left: 3 }
            Right"#]];
        let script = "unblock 313233343536373831323334FFFFFFFF; unblock 00; \
                      unblock 3132333435363738; state; 313233343536";
        check(&mut pins(Life::Activated), script, &expected);
    }

    #[test]
    fn choosing_a_pin_activates_the_card_and_nothing_else_does() {
        let check = |how: fn(&mut Pins), expected| {
            let mut pins = pins(Life::Letter);
            how(&mut pins);
            assert_eq!(pins.life(), expected);
        };
        check(|pins| _ = pins.verify(Which::Pin, b"123456"), Life::Letter);
        check(|pins| _ = pins.change(Which::Pin, b"123456 12345"), Life::Letter);
        check(|pins| _ = pins.change(Which::Pin, b"000000654321"), Life::Letter);
        check(|pins| _ = pins.change(Which::Puk, b"1234567887654321"), Life::Letter);
        check(|pins| _ = pins.give_back(b"12345678"), Life::Letter);
        check(|pins| _ = pins.change(Which::Pin, b"123456654321"), Life::Activated);
        check(|pins| _ = pins.unblock(b"12345678654321"), Life::Activated);
    }

    proptest::proptest! {
        /// Whatever is given, tries rise by the right PIN or PUK alone.
        #[test]
        fn no_wrong_code_gives_tries_back(
            given in proptest::collection::vec((0..5_u8, "[0-9]{5,9}", "[0-9]{5,9}"), 0..20)
        ) {
            let mut pins = pins(Life::Activated);
            let left = |pins: &Pins| (pins.pin.left, pins.puk.left);
            let mut before = left(&pins);
            for (how, first, second) in given {
                proptest::prop_assume!(!first.starts_with("123456"));
                let codes = format!("{first}{second}");
                match how {
                    0 => _ = pins.verify(Which::Pin, first.as_bytes()),
                    1 => _ = pins.change(Which::Pin, codes.as_bytes()),
                    2 => _ = pins.unblock(codes.as_bytes()),
                    3 => _ = pins.change(Which::Puk, codes.as_bytes()),
                    _ => _ = pins.give_back(first.as_bytes()),
                }
                let now = left(&pins);
                proptest::prop_assert!(now.0 <= before.0 && now.1 <= before.1);
                proptest::prop_assert!(!pins.is_verified());
                before = now;
            }
        }
    }
}
