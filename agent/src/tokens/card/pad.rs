//! Readers on which a PIN is typed: what they are asked through PC/SC, and what they answer.
//!
//! Spec: PC/SC part 10, as pcsc-lite's `reader.h` and its documentation of `SCardControl` give the
//! structures. No reader with keys was at hand: the bytes are those that OpenSC sends in the field.

use wire::apdu::Status;

use super::{Entry, Error, Tries, Verdict};

/// Whether the keys of readers are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Use {
    /// Never: a PIN is typed in a window.
    Never,
    /// Where the PKCS#11 module of a card says that its reader asks for the PIN.
    #[default]
    Module,
    /// Also where the agent itself has to tell the reader how, which no real reader has judged.
    Always,
}

impl Use {
    /// Where the PIN is typed for a card whose module says `said` of `reader`.
    #[must_use]
    pub fn through_module(self, said: Entry, reader: &str) -> Entry {
        if self == Self::Never || pretends(reader) { Entry::Window } else { said }
    }

    /// Whether `reader` itself is asked for its keys.
    #[must_use]
    pub fn asks_reader(self, reader: &str) -> bool {
        self == Self::Always && !pretends(reader)
    }
}

/// Readers that claim to have keys and have none.
///
/// Source: issue 313 of web-eid-app, for HID OMNIKEY 3x21 and 6121.
fn pretends(reader: &str) -> bool {
    let reader = reader.to_ascii_uppercase();
    reader.contains("OMNIKEY") && ["3X21", "6121"].iter().any(|model| reader.contains(model))
}

/// The control code that asks a reader for its features, before the system's own form of it.
pub(super) const FEATURES: u32 = 3400;

/// The control code by which a reader takes [`question`], where its features name one.
///
/// Each feature is a tag, a length and a value; the value of a code is four bytes, the high first.
pub(super) fn control_code(features: &[u8]) -> Option<u32> {
    let mut rest = features;
    while let [tag, length, after @ ..] = rest {
        let (value, next) = after.split_at_checked((*length).into())?;
        if *tag == VERIFY_PIN_DIRECT {
            return value.try_into().ok().map(u32::from_be_bytes);
        }
        rest = next;
    }
    None
}

/// What a PIN must look like that a reader asks for: digits, so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digits {
    /// The fewest.
    pub(super) min: u8,
    /// The most.
    pub(super) max: u8,
}

/// Asks a reader to take a PIN and to give it to the card behind `header`: class, instruction,
/// parameters. The reader adds length and digits, as many as were typed.
///
/// The structure is `PIN_VERIFY_STRUCTURE`, low byte first, as it stands in a CCID message.
pub(super) fn question(header: [u8; 4], digits: Digits) -> Vec<u8> {
    let mut question = vec![
        SECONDS,
        SECONDS,
        ASCII_FROM_THE_LEFT,
        NO_LENGTH_IN_BLOCK,
        NO_LENGTH_IN_APDU,
        digits.max,
        digits.min,
        ENDS_WITH_A_KEY,
        NO_MESSAGE,
    ];
    question.extend(NO_LANGUAGE);
    question.push(FIRST_MESSAGE);
    question.extend(NO_PROLOGUE);
    question.extend(LENGTH.to_le_bytes());
    question.extend(header);
    question
}

/// What a reader's answer means for a PIN.
///
/// Errors: [`Error::Refused`] for a status that says nothing about the PIN, [`Error::Malformed`]
/// for an answer that is no status.
pub(super) fn verdict(answer: &[u8], digits: Digits) -> Result<Verdict<()>, Error> {
    let [high, low] = answer else { return Err(Error::Malformed("the reader's answer")) };
    let status = Status(u16::from_be_bytes([*high, *low]));
    match (status, status.tries()) {
        (Status::OK, _) => Ok(Verdict::Right(())),
        (Status::BLOCKED, _) | (_, Some(0)) => Ok(Verdict::Blocked),
        (_, Some(left)) => Ok(Verdict::Wrong(Tries::Left(left))),
        (TIMED_OUT, None) => Ok(Verdict::TimedOut),
        (STOPPED, None) => Ok(Verdict::Declined),
        (WRONG_NUMBER, None) => {
            Ok(Verdict::Unfit { min: digits.min.into(), max: digits.max.into() })
        }
        (status, None) => Err(Error::Refused { what: "the PIN typed on the reader", status }),
    }
}

const VERIFY_PIN_DIRECT: u8 = 0x06;
/// How long a reader waits for the first key, and for the others.
const SECONDS: u8 = 30;
/// `bmFormatString`: digits as ASCII, from the left, positions in bits.
const ASCII_FROM_THE_LEFT: u8 = 0x02;
/// `bmPINBlockString`: no field for the length, a block as long as the PIN.
const NO_LENGTH_IN_BLOCK: u8 = 0;
/// `bmPINLengthFormat`.
const NO_LENGTH_IN_APDU: u8 = 0;
/// `bEntryValidationCondition`: the key that confirms.
const ENDS_WITH_A_KEY: u8 = 0x02;
/// `bNumberMessage`: what to do stands in the agent's window.
const NO_MESSAGE: u8 = 0;
const NO_LANGUAGE: [u8; 2] = [0, 0];
const FIRST_MESSAGE: u8 = 0;
/// `bTeoPrologue`.
const NO_PROLOGUE: [u8; 3] = [0, 0, 0];
/// `ulDataLength`: of the header.
const LENGTH: u32 = 4;
/// Nobody typed.
const TIMED_OUT: Status = Status(0x6400);
/// The key that stops was pressed.
const STOPPED: Status = Status(0x6401);
/// Too few digits or too many.
const WRONG_NUMBER: Status = Status(0x6403);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DIGITS: Digits = Digits { min: 6, max: 8 };

    /// Source: OpenSC, issue 309 and pull request 317: the block for a PIN of six to fifteen
    /// digits with reference 81, and without the byte Lc that some readers then leave alone.
    #[test]
    fn the_question_has_the_bytes_that_opensc_sends() {
        let question = question([0x00, 0x20, 0x00, 0x81], Digits { min: 6, max: 15 });
        assert_eq!(hex::encode(question), "1e1e0200000f0602000000000000000400000000200081");
    }

    /// Source: a log of pcscd with a Gemalto pinpad, in "How to know the PIN sizes supported by a
    /// pinpad reader?" (blog.apdu.fr, May 2010): the code, and timeouts, format, order of the
    /// numbers 4 and 16, condition.
    #[test]
    fn code_and_fields_are_those_of_a_log_of_pcscd() {
        let features = hex::decode("06044233000607044233000708044233000c").unwrap();
        assert_eq!(control_code(&features), Some(0x4233_0006));
        let question = question([0x00, 0x20, 0x00, 0x01], Digits { min: 4, max: 16 });
        let logged = hex::decode("1e1e02100010040200000000000000").unwrap();
        for at in (0..logged.len()).filter(|at| *at != 3) {
            // Byte 3 had the block's size of that card, which pads its PINs.
            assert_eq!(question[at], logged[at], "{at}");
        }
    }

    #[test]
    fn a_reader_without_keys_has_no_code() {
        assert_eq!(control_code(&[]), None);
        assert_eq!(control_code(&hex::decode("0a044233000a").unwrap()), None);
        assert_eq!(control_code(&hex::decode("0a0442330006").unwrap()), None);
        assert_eq!(control_code(&hex::decode("0604423300").unwrap()), None, "cut off");
        assert_eq!(control_code(&hex::decode("060342330006").unwrap()), None, "three bytes");
    }

    /// Source of 64xx: reference manual of ACS APG8201-B2, section 9.3.2.
    #[test]
    fn each_status_has_its_meaning() {
        let of = |answer: &str| verdict(&hex::decode(answer).unwrap(), DIGITS);
        assert_eq!(of("9000"), Ok(Verdict::Right(())));
        assert_eq!(of("63c2"), Ok(Verdict::Wrong(Tries::Left(2))));
        assert_eq!(of("63c0"), Ok(Verdict::Blocked));
        assert_eq!(of("6983"), Ok(Verdict::Blocked));
        assert_eq!(of("6400"), Ok(Verdict::TimedOut));
        assert_eq!(of("6401"), Ok(Verdict::Declined));
        assert_eq!(of("6403"), Ok(Verdict::Unfit { min: 6, max: 8 }));
        assert!(matches!(of("6b80"), Err(Error::Refused { .. })));
        assert!(matches!(of("90"), Err(Error::Malformed(_))));
        assert!(matches!(of("009000"), Err(Error::Malformed(_))));
    }

    #[test]
    fn a_reader_that_pretends_is_not_believed() {
        let omnikey = "HID Global OMNIKEY 3x21 Smart Card Reader 00 00";
        for r#use in [Use::Never, Use::Module, Use::Always] {
            assert_eq!(r#use.through_module(Entry::Pad, omnikey), Entry::Window);
            assert!(!r#use.asks_reader(omnikey));
            assert_eq!(r#use.through_module(Entry::Window, "Gemalto PC Pinpad"), Entry::Window);
        }
        assert_eq!(Use::Never.through_module(Entry::Pad, "Gemalto PC Pinpad"), Entry::Window);
        assert_eq!(Use::Module.through_module(Entry::Pad, "Gemalto PC Pinpad"), Entry::Pad);
        let asks = |r#use: Use| r#use.asks_reader("Gemalto PC Pinpad");
        assert_eq!(
            [Use::Never, Use::Module, Use::Always].map(asks),
            [false, false, true],
            "off unless it is asked for"
        );
    }

    proptest! {
        #[test]
        fn a_code_is_found_behind_any_other_features(
            others in prop::collection::vec((7_u8.., prop::collection::vec(any::<u8>(), 0..9)), 0..6),
            code: u32,
        ) {
            let mut features: Vec<u8> = Vec::new();
            for (tag, value) in &others {
                features.extend([*tag, u8::try_from(value.len()).unwrap()]);
                features.extend(value);
            }
            prop_assert_eq!(control_code(&features), None);
            features.extend([6, 4]);
            features.extend(code.to_be_bytes());
            prop_assert_eq!(control_code(&features), Some(code));
            features.pop();
            prop_assert_eq!(control_code(&features), None);
        }

        #[test]
        fn a_pin_is_right_only_where_the_answer_is_9000(answer in prop::collection::vec(any::<u8>(), 0..4)) {
            let right = verdict(&answer, DIGITS) == Ok(Verdict::Right(()));
            prop_assert_eq!(right, answer == [0x90, 0x00]);
        }
    }
}
