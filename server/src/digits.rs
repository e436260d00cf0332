//! Codes of digits that people read from paper or a screen and type: drawn, shown in groups of four, and
//! read again with spaces and dashes where people like.

use crate::random::Random;
use crate::secret::Secret;

/// So many digits, each as likely as every other.
pub(crate) fn random(number: usize, random: Random) -> Secret<String> {
    let mut text = String::with_capacity(number);
    while text.len() < number {
        // Ten divides 250: each digit is as likely as every other.
        text.extend(
            random
                .bytes::<32>()
                .into_iter()
                .filter(|byte| *byte < 250)
                .map(|byte| char::from(b'0' + byte % 10))
                .take(number - text.len()),
        );
    }
    Secret::new(text)
}

/// The digits of what somebody typed; nothing where there are more than `most`, or anything else.
pub(crate) fn read(typed: &str, most: usize) -> Option<Secret<String>> {
    let mut text = String::with_capacity(most);
    for c in typed.chars() {
        match c {
            '0'..='9' if text.len() < most => text.push(c),
            c if c.is_whitespace() || DASHES.contains(&c) => {}
            _ => return None,
        }
    }
    Some(Secret::new(text))
}

/// The digits in groups of four.
pub(crate) fn grouped(digits: &Secret<String>) -> Secret<String> {
    let digits = digits.expose();
    let mut text = String::with_capacity(digits.len() + digits.len() / 4);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            text.push('-');
        }
        text.push(digit);
    }
    Secret::new(text)
}

/// What people and word processors write between groups.
const DASHES: [char; 4] = ['-', '\u{2010}', '\u{2011}', '\u{2013}'];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_shown_in_groups_is_read_again(number in 1_usize..40) {
            let digits = random(number, Random::system());
            prop_assert_eq!(digits.expose().len(), number);
            let shown = grouped(&digits);
            let read = read(shown.expose(), number).expect("it was just shown");
            prop_assert_eq!(read.expose(), digits.expose());
        }

        #[test]
        fn nothing_that_is_typed_makes_it_panic(typed in "\\PC{0,60}", most in 0_usize..30) {
            if let Some(digits) = read(&typed, most) {
                prop_assert!(digits.expose().len() <= most);
                prop_assert!(digits.expose().bytes().all(|byte| byte.is_ascii_digit()));
            }
        }
    }
}
