//! Where an organisation is reached, pure: its registered e-mail address and its postal address.

use crate::factors::phone::{Country, Medium, Number};
use crate::label::{self, is_invisible};

/// Where an organisation is reached. The operator records it, against the trade register: what goes
/// there is for whoever answers for the organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registered {
    /// Its registered e-mail address.
    pub email: Option<Mailbox>,
    /// Its postal address.
    pub address: Option<PostalAddress>,
}

/// An e-mail address that mail can be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox(String);

/// A text that is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an e-mail address is like praktijk@voorbeeld.example: letters without accents, one @, no spaces"
)]
pub struct NotAMailbox;

impl Mailbox {
    /// Reads an address; spaces around it are dropped, and capitals of the domain folded.
    ///
    /// Errors: [`NotAMailbox`].
    pub fn parse(text: &str) -> Result<Self, NotAMailbox> {
        let (local, domain) = text.trim().split_once('@').ok_or(NotAMailbox)?;
        let domain = domain.to_ascii_lowercase();
        let fits = is_local(local) && is_domain(&domain) && local.len() + domain.len() < 254;
        fits.then(|| Self(format!("{local}@{domain}"))).ok_or(NotAMailbox)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether this may stand before the @: the dot-atom of RFC 5321, which every server takes.
fn is_local(local: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b))
    };
    local.len() <= 64 && local.split('.').all(part)
}

/// Whether this is the name of a host.
fn is_domain(domain: &str) -> bool {
    let part = |part: &str| {
        (1..=63).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    domain.len() <= 253 && domain.split('.').all(part)
}

/// A telephone number in the Netherlands at which an organisation is called back, in the form of E.164.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telephone(String);

/// A text that is no telephone number of an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a telephone number is like '030 123 45 67' or +31301234567: in the Netherlands, and no number that costs \
     more than a call"
)]
pub struct NotATelephone;

impl Telephone {
    /// Reads a number as people type it.
    ///
    /// Errors: [`NotATelephone`].
    pub fn parse(text: &str) -> Result<Self, NotATelephone> {
        let read = Number::parse(text, Medium::Call, &[Country::DEFAULT]);
        read.map(|(number, _)| Self(number.e164().to_owned())).map_err(|_| NotATelephone)
    }

    /// As it was kept; nothing where that is no number.
    pub(crate) fn stored(text: String) -> Option<Self> {
        let digits = text.strip_prefix('+')?;
        let fits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        fits.then_some(Self(text))
    }

    /// The number, with the country's code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An address in the Netherlands, as it stands on an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostalAddress {
    /// Street and number, or a P.O. box.
    pub street: String,
    /// Four digits and two letters, with a space between.
    pub postcode: String,
    /// The town.
    pub town: String,
}

/// A text that is no postal address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an address is like 'Dorpsstraat 1, 1234 AB Voorbeelddorp': street and number, comma, postcode, town"
)]
pub struct NotAnAddress;

impl PostalAddress {
    /// Reads an address on one line: street and number, a comma, postcode and town.
    ///
    /// Errors: [`NotAnAddress`].
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let (street, place) = text.rsplit_once(',').ok_or(NotAnAddress)?;
        let place: String = place.chars().filter(|c| !is_invisible(*c)).collect();
        let place = place.trim();
        let digits = place.get(..4).ok_or(NotAnAddress)?;
        let rest = place.get(4..).unwrap_or_default().trim_start();
        let letters = rest.get(..2).ok_or(NotAnAddress)?;
        let town = rest.get(2..).unwrap_or_default();
        let apart = town.starts_with(char::is_whitespace);
        let postcode = postcode(digits, letters).filter(|_| apart).ok_or(NotAnAddress)?;
        Self::from_parts(street, &postcode, town)
    }

    /// Reads an address from its parts.
    ///
    /// Errors: [`NotAnAddress`].
    pub fn from_parts(street: &str, code: &str, town: &str) -> Result<Self, NotAnAddress> {
        let named = |text: &str| {
            let text = label::parse(text, LONGEST_LINE)?;
            text.chars().any(char::is_alphabetic).then_some(text)
        };
        let street = named(street).filter(|street| street.chars().any(|c| c.is_ascii_digit()));
        let code = code.split_once(' ').and_then(|(digits, letters)| postcode(digits, letters));
        let town = named(town).filter(|town| !town.contains(','));
        match (street, code, town) {
            (Some(street), Some(postcode), Some(town)) => Ok(Self { street, postcode, town }),
            _ => Err(NotAnAddress),
        }
    }
}

impl std::fmt::Display for PostalAddress {
    /// On one line, as [`PostalAddress::parse`] reads it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, {} {}", self.street, self.postcode, self.town)
    }
}

/// A Dutch postcode. SA, SD and SS are never given out.
fn postcode(digits: &str, letters: &str) -> Option<String> {
    let number =
        digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    let letters = letters.to_ascii_uppercase();
    let word = letters.len() == 2 && letters.bytes().all(|b| b.is_ascii_uppercase());
    let given = !["SA", "SD", "SS"].contains(&letters.as_str());
    (number && word && given).then(|| format!("{digits} {letters}"))
}

/// Characters on one line of an envelope, at most.
const LONGEST_LINE: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_of_mail_is_read_as_servers_take_it() {
        let read = |text| Mailbox::parse(text).map(|mailbox| mailbox.0);
        assert_eq!(read(" Praktijk@Voorbeeld.EXAMPLE "), Ok("Praktijk@voorbeeld.example".into()));
        assert_eq!(read("o'neill+zorg@a-b.example"), Ok("o'neill+zorg@a-b.example".into()));
        for wrong in [
            "",
            "a",
            "@b",
            "a@",
            "a@b@c",
            "a b@c",
            "a..b@c",
            ".a@c",
            "a@-b",
            "a@b..c",
            "\"a\"@b",
            "a@b\r\nBcc: c@d",
            "a@[127.0.0.1]",
            "a,b@c",
            "<a@b>",
            "é@b",
            "a@é.nl",
        ] {
            assert_eq!(read(wrong), Err(NotAMailbox), "{wrong:?}");
        }
        assert!(Mailbox::parse(&format!("{}@b", "x".repeat(65))).is_err());
    }

    #[test]
    fn a_postal_address_has_street_postcode_and_town() {
        let read = |text| {
            PostalAddress::parse(text).map(|a| format!("{}|{}|{}", a.street, a.postcode, a.town))
        };
        let dorp = Ok("Dorpsstraat 1|1234 AB|Voorbeelddorp".to_owned());
        assert_eq!(read("Dorpsstraat 1, 1234 AB Voorbeelddorp"), dorp);
        assert_eq!(read(" Dorpsstraat  1 ,1234ab  Voorbeelddorp "), dorp);
        assert_eq!(
            read("Plein '40-'45 12, bus b, 9999 ZZ 's-Voorbeeld"),
            Ok("Plein '40-'45 12, bus b|9999 ZZ|'s-Voorbeeld".to_owned())
        );
        for wrong in [
            "",
            "Dorpsstraat 1",
            "Dorpsstraat, 1234 AB Dorp",
            "1, 1234 AB Dorp",
            "Dorp 1, 1234 Dorp",
            "Dorp 1, 0234 AB Dorp",
            "Dorp 1, 1234 SS Dorp",
            "Dorp 1, 1234 AB",
            "Dorp 1, 1234 ABDorp",
            "Dorp 1, 12é4 AB Dorp",
            "Dorp 1, 1234 AB 12",
        ] {
            assert_eq!(read(wrong), Err(NotAnAddress), "{wrong:?}");
        }
    }

    #[test]
    fn a_telephone_number_is_one_that_can_be_called() {
        let read = |text| Telephone::parse(text).map(|number| number.0);
        assert_eq!(read("030 253 11 11"), Ok("+31302531111".to_owned()));
        assert_eq!(read("+31 (0)30-2531111"), Ok("+31302531111".to_owned()));
        for wrong in ["", "112", "0900 1234", "+44 20 7946 0000", "030", "bel mij"] {
            assert_eq!(read(wrong), Err(NotATelephone), "{wrong}");
        }
        assert_eq!(Telephone::stored("030".to_owned()), None);
    }

    proptest! {
        #[test]
        fn a_number_is_read_again(text in "0[0-9 -]{8,12}|\\PC{0,15}") {
            if let Ok(number) = Telephone::parse(&text) {
                prop_assert_eq!(Telephone::stored(number.0.clone()), Some(number.clone()));
                prop_assert_eq!(Telephone::parse(number.as_str()), Ok(number));
            }
        }

        #[test]
        fn a_mailbox_is_read_again_and_holds_no_second_line(text in "\\PC{0,30}|[a-z.]{1,9}@[a-z.]{1,9}|.{0,9}@.{0,9}") {
            if let Ok(mailbox) = Mailbox::parse(&text) {
                prop_assert!(mailbox.as_str().bytes().all(|b| b.is_ascii_graphic()));
                prop_assert_eq!(Mailbox::parse(mailbox.as_str()), Ok(mailbox));
            }
        }

        #[test]
        fn an_address_is_read_again(text in ".{0,40}|[a-z]{1,8} [0-9]{1,3}, ?[0-9]{4} ?[a-zA-Z]{2} [a-z]{1,9}") {
            if let Ok(address) = PostalAddress::parse(&text) {
                let PostalAddress { street, postcode, town } = &address;
                let again = PostalAddress::from_parts(street, postcode, town);
                prop_assert_eq!(again.as_ref(), Ok(&address));
                prop_assert_eq!(PostalAddress::parse(&address.to_string()), Ok(address.clone()));
            }
        }
    }
}
