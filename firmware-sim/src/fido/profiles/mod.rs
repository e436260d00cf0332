//! What a simulated key is: its transports, protocols, limits, and how it leaves the factory.
//!
//! Each profile is a TOML file beside this one. It states only what the key really does. The
//! AAGUIDs are invented and read as text (`sleutelbos-test…`), so that no one takes one for a
//! product's.

use std::str::FromStr;

use serde::Deserialize;

use super::pin;

const ALL: [(&str, &str); 7] = [
    ("fido2", include_str!("fido2.toml")),
    ("fido2-pin", include_str!("fido2-pin.toml")),
    ("fido2.1", include_str!("fido2.1.toml")),
    ("bio", include_str!("bio.toml")),
    ("nfc", include_str!("nfc.toml")),
    ("nfc-pin", include_str!("nfc-pin.toml")),
    ("u2f", include_str!("u2f.toml")),
];

/// How many parties a key of CTAP 2.1 may tell its shortest PIN.
const MIN_PIN_RP_IDS: usize = 4;
/// The longest credBlob of a key of CTAP 2.1, in bytes.
const CRED_BLOB: usize = 32;

/// A way to reach a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// HID reports.
    Usb,
    /// APDUs in the field of a reader.
    Nfc,
}

impl Transport {
    /// The name in getInfo and credential descriptors.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Usb => "usb",
            Self::Nfc => "nfc",
        }
    }
}

/// What a key is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    product: String,
    transports: Vec<Transport>,
    /// The key speaks U2F.
    u2f: bool,
    ctap2: Option<Ctap2>,
}

/// The newest CTAP2 that a key claims. What it has of a version it has of the later ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
enum Version {
    /// CTAP 2.0.
    #[serde(rename = "FIDO_2_0")]
    Fido20,
    /// CTAP 2.1: accounts are managed, and one of several keys is selected.
    #[serde(rename = "FIDO_2_1")]
    Fido21,
    /// CTAP 2.3: accounts are read with a token that stays.
    #[serde(rename = "FIDO_2_3")]
    Fido23,
}

/// A sensor for fingers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sensor {
    /// How many fingers it can learn.
    pub(crate) fingers: u8,
    /// How many good samples one takes.
    pub(crate) samples: u8,
    /// Wrong fingers until the PIN is wanted.
    pub(crate) retries: u8,
}

/// The CTAP2 side of a key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ctap2 {
    version: Version,
    /// Sixteen characters.
    aaguid: String,
    /// Accounts that fit on the key.
    pub(crate) accounts: usize,
    /// The longest request, in bytes.
    pub(crate) max_message: usize,
    /// Credential ids in one allow or exclude list.
    pub(crate) max_list: usize,
    /// The shortest PIN, in characters.
    pub(crate) min_pin: usize,
    /// A non-resident credential is made without the PIN even where one is set: a matter of
    /// FIDO_2_1.
    pub(crate) make_without_pin: bool,
    /// The PIN set in the factory.
    pub(crate) pin: Option<String>,
    /// The longest array of large blobs, in bytes; without any where there is none.
    #[serde(default)]
    pub(crate) large_blobs: usize,
    /// Nothing is signed without verification until an administrator changes that.
    #[serde(default)]
    pub(crate) always_uv: bool,
    /// The parties for which the vendor lets the key attest itself alone; absent where it never
    /// does so.
    pub(crate) enterprise: Option<Vec<String>>,
    pub(crate) sensor: Option<Sensor>,
}

/// A profile's name or PIN that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no such profile.
    #[error("there is no key profile {name:?}; choose one of {}", names().collect::<Vec<_>>().join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// The profile has no PIN, because it has no CTAP2.
    #[error("a key that speaks U2F only has no PIN; leave it out or choose another profile")]
    NoPin,
    /// The PIN is too short or too long.
    #[error("the PIN given cannot be set: {0}")]
    Pin(#[from] pin::Refused),
}

/// The names of all profiles.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|(name, _)| *name)
}

impl FromStr for Profile {
    type Err = Error;

    /// Reads `NAME` or `NAME:PIN`.
    ///
    /// Errors: [`Error`] names the remedy.
    fn from_str(text: &str) -> Result<Self, Error> {
        let (name, pin) = match text.split_once(':') {
            Some((name, pin)) => (name, Some(pin)),
            None => (text, None),
        };
        let (_, toml) = ALL
            .iter()
            .find(|(known, _)| *known == name)
            .ok_or_else(|| Error::Unknown { name: name.to_owned() })?;
        let profile: Self = toml::from_str(toml).expect("the profiles are tested");
        match pin {
            Some(pin) => profile.with_pin(pin),
            None => Ok(profile),
        }
    }
}

impl Profile {
    /// The same key with another PIN set in the factory.
    ///
    /// Errors: [`Error::NoPin`], [`Error::Pin`].
    pub fn with_pin(mut self, pin: &str) -> Result<Self, Error> {
        let ctap2 = self.ctap2.as_mut().ok_or(Error::NoPin)?;
        pin::Pin::unset().set(pin.as_bytes(), ctap2.min_pin)?;
        ctap2.pin = Some(pin.to_owned());
        Ok(self)
    }

    /// The name of the product, as USB shows it beside the manufacturer, Sleutelbos.
    #[must_use]
    pub fn product(&self) -> &str {
        &self.product
    }

    /// How the key can be reached.
    #[must_use]
    pub fn transports(&self) -> &[Transport] {
        &self.transports
    }

    /// The PIN set in the factory, for a test that types it.
    #[must_use]
    pub fn pin(&self) -> Option<&str> {
        self.ctap2.as_ref()?.pin.as_deref()
    }

    /// The AAGUID, where the key speaks CTAP2.
    #[must_use]
    pub fn aaguid(&self) -> Option<[u8; 16]> {
        self.ctap2.as_ref().map(Ctap2::aaguid)
    }

    pub(crate) fn ctap2(&self) -> Option<&Ctap2> {
        self.ctap2.as_ref()
    }

    /// The same key that makes non-resident credentials without the PIN.
    #[cfg(test)]
    pub(crate) fn making_without_pin(mut self) -> Self {
        if let Some(ctap2) = &mut self.ctap2 {
            ctap2.make_without_pin = true;
        }
        self
    }

    pub(crate) fn speaks_u2f(&self) -> bool {
        self.u2f
    }
}

impl Ctap2 {
    /// Whether it claims CTAP 2.1.
    pub(crate) fn is_2_1(&self) -> bool {
        self.version >= Version::Fido21
    }

    /// Whether it claims CTAP 2.3.
    pub(crate) fn is_2_3(&self) -> bool {
        self.version >= Version::Fido23
    }

    /// How many parties may be told the shortest PIN.
    pub(crate) fn most_min_pin_rp_ids(&self) -> usize {
        if self.is_2_1() { MIN_PIN_RP_IDS } else { 0 }
    }

    /// The longest credBlob, in bytes.
    pub(crate) fn longest_cred_blob(&self) -> usize {
        if self.is_2_1() { CRED_BLOB } else { 0 }
    }

    pub(crate) fn aaguid(&self) -> [u8; 16] {
        self.aaguid.as_bytes().try_into().expect("the profiles are tested")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_profile_is_whole() {
        for name in names() {
            let profile: Profile = name.parse().unwrap();
            assert!(profile.u2f || profile.ctap2.is_some(), "{name}");
            assert!(!profile.transports.is_empty(), "{name}");
            assert!(profile.aaguid().is_none_or(|a| a.starts_with(b"sleutelbos-test")), "{name}");
            if let Some(pin) = profile.pin() {
                assert_eq!(profile.clone().with_pin(pin).as_ref(), Ok(&profile), "{name}");
            }
        }
    }

    #[test]
    fn no_two_profiles_share_an_aaguid() {
        let mut aaguids: Vec<_> =
            names().filter_map(|n| n.parse::<Profile>().unwrap().aaguid()).collect();
        let count = aaguids.len();
        aaguids.sort_unstable();
        aaguids.dedup();
        assert_eq!(aaguids.len(), count);
    }

    #[test]
    fn a_pin_can_be_given_with_the_name() {
        assert_eq!("fido2-pin".parse::<Profile>().unwrap().pin(), Some("123456"));
        assert_eq!("fido2:4711".parse::<Profile>().unwrap().pin(), Some("4711"));
        assert_eq!("fido2".parse::<Profile>().unwrap().pin(), None);
    }

    #[test]
    fn what_cannot_be_is_refused_with_a_remedy() {
        let error = |text: &str| text.parse::<Profile>().unwrap_err();
        assert!(error("fido3").to_string().contains("choose one of fido2, fido2-pin"));
        assert_eq!(error("u2f:1234"), Error::NoPin);
        assert_eq!(error("fido2:123"), Error::Pin(pin::Refused::TooShort(4)));
    }

    proptest! {
        #[test]
        fn any_text_is_a_profile_with_its_pin_or_an_error_that_says_what_is_allowed(
            name in "(fido2|fido2-pin|nfc|nfc-pin|u2f|[a-z0-9-]{0,9})",
            pin in proptest::option::of("[ -~é]{0,66}"),
        ) {
            let text = pin.iter().fold(name.clone(), |text, pin| format!("{text}:{pin}"));
            match text.parse::<Profile>() {
                Ok(profile) => {
                    prop_assert!(names().any(|known| known == name));
                    if pin.is_some() {
                        prop_assert_eq!(profile.pin(), pin.as_deref());
                    }
                }
                Err(error @ Error::Unknown { .. }) => {
                    prop_assert!(!names().any(|known| known == name));
                    prop_assert!(names().all(|known| error.to_string().contains(known)));
                }
                Err(Error::NoPin) => prop_assert_eq!((&name[..], pin.is_some()), ("u2f", true)),
                Err(Error::Pin(_)) => {
                    let pin = pin.unwrap_or_default();
                    prop_assert!(pin.chars().count() < 4 || pin.len() > 63, "{}", pin);
                }
            }
        }
    }
}
