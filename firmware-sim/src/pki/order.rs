//! Cards that somebody describes, issued by the authorities of a hierarchy that was written before.

use std::fs;
use std::path::Path;

use der::Encode;
use jiff::Timestamp;
use rsa::RsaPrivateKey;
use x509_cert::certificate::Certificate;
use x509_cert::serial_number::SerialNumber;

use super::authority::Authority;
use super::keys::{KeyBits, Ring};
use super::leaf::{Draft, Holder, Purpose};
use super::negative::{By, Case};
use super::{Error, x509};
use crate::env::Seed;

/// A card that is to be made.
#[derive(Debug)]
pub struct Order<'a> {
    /// Who holds it.
    pub holder: &'a Holder,
    /// How long its keys are.
    pub bits: KeyBits,
    /// The card of the hierarchy whose authorities issue it: the name of its folder in `cards`.
    pub like: &'a str,
    /// What is wrong with its authenticity certificate.
    pub case: Option<&'static Case>,
}

/// What was made.
#[derive(Debug)]
pub struct Issued {
    /// What is on the card, in the order of [`Purpose::ALL`].
    pub objects: Vec<IssuedObject>,
    /// The authorities above its authenticity certificate, DER: issuing, level 2, root.
    pub chain: Vec<Vec<u8>>,
}

/// A certificate and its key.
#[derive(Debug)]
pub struct IssuedObject {
    /// What they are for.
    pub purpose: Purpose,
    /// The certificate, DER.
    pub certificate: Vec<u8>,
    /// Its serial number, big-endian.
    pub serial: Vec<u8>,
    /// The private key. Public test data.
    pub key: RsaPrivateKey,
}

/// Issues the certificates of a card, with dates around `now`, by the authorities in `dir`, a folder
/// that [`super::Pki::write`] made. One seed gives one holder the same keys and serial numbers.
///
/// Errors: [`Error::Read`] and [`Error::Malformed`] for a folder of something else,
/// [`Error::Stranger`] for one whose authorities have keys that are not the simulator's.
pub fn issue(dir: &Path, order: &Order<'_>, seed: Seed, now: Timestamp) -> Result<Issued, Error> {
    let proper = chain(&dir.join("cards").join(order.like).join("chain.pem"))?;
    let negative = |name: &str| dir.join("negative").join(name);
    let upper = match order.case {
        None => proper.clone(),
        Some(case) => chain(&negative(&format!("{}.chain.pem", case.name)))?,
    };
    let issuer = |chain: &[Certificate]| {
        Authority::known(chain.first().expect("a chain that was read is not empty").clone())
    };
    let (others, first) = (issuer(&proper)?, issuer(&upper)?);
    let ring = Ring::new(seed.child(&format!("holder {}", order.holder.number)));
    let mut objects = Vec::new();
    for (number, purpose) in order.holder.pass.purposes().iter().enumerate() {
        let key = ring.own(number, order.bits);
        let case = order.case.filter(|_| *purpose == Purpose::Authenticity);
        let issuer = if case.is_some() { &first } else { &others };
        let mut draft = Draft::by(issuer, order.holder, *purpose, now)?;
        let label = format!("own {} {} {}", order.like, order.holder.number, purpose.label());
        let mut serial = x509::serial(seed, &label)?;
        if let Some(case) = case {
            (case.spoil)(&mut draft, order.holder, now)?;
            if case.by == By::ProperThenRevoked {
                // The list in the folder knows one number, and any certificate may bear it.
                serial = serial_of(&negative(&format!("{}.pem", case.name)))?;
            }
        }
        objects.push(IssuedObject {
            purpose: *purpose,
            serial: serial.as_bytes().to_vec(),
            certificate: draft.sign(issuer, &key, serial)?.to_der()?,
            key: key.private,
        });
    }
    let chain = upper.iter().map(Encode::to_der).collect::<Result<_, _>>()?;
    Ok(Issued { objects, chain })
}

fn serial_of(path: &Path) -> Result<SerialNumber, Error> {
    let found = chain(path)?;
    let first = found.first().expect("a chain that was read is not empty");
    Ok(first.tbs_certificate().serial_number().clone())
}

/// The certificates in a file, at least one.
fn chain(path: &Path) -> Result<Vec<Certificate>, Error> {
    let read = fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let list = Certificate::load_pem_chain(&read).ok().filter(|list| !list.is_empty());
    list.ok_or_else(|| Error::Malformed(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use der::Decode;
    use rsa::traits::PublicKeyParts;

    use super::super::leaf::Pass;
    use super::super::{CASES, Pki};
    use super::*;

    fn now() -> Timestamp {
        "2026-06-01T12:00:00Z".parse().unwrap()
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        Pki::mint(Seed::from(1), now()).unwrap().write(folder.path()).unwrap();
        folder
    }

    /// Every fault can be had by every holder, from a folder of any seed.
    #[test]
    fn every_faulty_card_can_be_issued_and_says_who_holds_it() {
        let folder = folder();
        let holder = Holder { number: "900000777".into(), ..Holder::of(Pass::Z) };
        for case in CASES.iter().map(Some).chain([None]) {
            let order = Order { holder: &holder, bits: KeyBits::B2048, like: "z", case };
            let issued = issue(folder.path(), &order, Seed::from(7), now()).unwrap();
            assert_eq!((issued.objects.len(), issued.chain.len()), (3, 3), "{case:?}");
            let last = Certificate::from_der(&issued.objects.last().unwrap().certificate).unwrap();
            assert!(last.tbs_certificate().subject().to_string().contains("900000777"));
        }
    }

    #[test]
    fn each_object_has_a_key_of_its_own_of_the_length_asked_for() {
        let (folder, holder) = (folder(), Holder::of(Pass::N));
        let mut keys = Vec::new();
        for (bits, bytes) in [(KeyBits::B2048, 256), (KeyBits::B3072, 384)] {
            let order = Order { holder: &holder, bits, like: "n", case: None };
            for object in issue(folder.path(), &order, Seed::from(1), now()).unwrap().objects {
                assert_eq!(object.key.size(), bytes);
                let modulus = object.key.n().to_be_bytes();
                assert!(
                    object.certificate.windows(modulus.len()).any(|window| *window == *modulus)
                );
                assert!(!keys.contains(&modulus));
                keys.push(modulus);
            }
        }
    }

    #[test]
    fn one_seed_gives_one_holder_one_card_and_others_another() {
        let folder = folder();
        let first = |number: &'static str, seed: u64| {
            let holder = Holder { number: number.into(), ..Holder::of(Pass::M) };
            let order = Order { holder: &holder, bits: KeyBits::B3072, like: "m", case: None };
            let issued = issue(folder.path(), &order, Seed::from(seed), now()).unwrap();
            assert_eq!(issued.objects.len(), 2, "type M has no key for signatures");
            let first = issued.objects.into_iter().next().unwrap();
            (first.certificate, first.key.n().to_be_bytes())
        };
        assert_eq!(first("900000301", 1), first("900000301", 1));
        assert_ne!(first("900000301", 1), first("900000301", 2));
        assert_ne!(first("900000301", 1).0, first("900000302", 1).0);
        // The pool is small, so that two holders may share a key; not all do.
        let numbers = ["900000301", "900000302", "900000303", "900000304", "900000305"];
        let keys: BTreeSet<_> = numbers.map(|number| first(number, 1).1).into_iter().collect();
        assert!(keys.len() > 1);
    }

    #[test]
    fn a_folder_of_something_else_is_an_error_that_names_the_file() {
        let holder = Holder::of(Pass::Z);
        let order = Order { holder: &holder, bits: KeyBits::B2048, like: "z", case: None };
        let folder = folder();
        let path = folder.path().join("cards/z/chain.pem");
        let error = || issue(folder.path(), &order, Seed::from(1), now()).unwrap_err().to_string();
        // The certificate of a holder has a key that is in the pool, and not an authority's.
        fs::copy(folder.path().join("cards/z/handtekening.pem"), &path).unwrap();
        assert!(
            error().starts_with("the key of Test Arts is none of the simulator's"),
            "{}",
            error()
        );
        fs::write(&path, "").unwrap();
        assert!(error().ends_with("chain.pem holds no certificates in PEM form"), "{}", error());
        fs::remove_file(&path).unwrap();
        assert!(error().contains("chain.pem could not be read"), "{}", error());
    }
}
