//! What the personaliser puts on a card, read from the folder of a test hierarchy.

use std::fs;
use std::path::{Path, PathBuf};

use der::Encode;
use jiff::Timestamp;
use rsa::RsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use sha2::{Digest, Sha256};
use spki::SubjectPublicKeyInfoOwned;
use wire::uzi;
use x509_cert::certificate::Certificate;
use zeroize::Zeroizing;

use super::{Choice, Description};
use crate::env::Seed;
use crate::pki::{self, IssuedObject, Order, Purpose};

/// Why a card could not be made from a folder.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file is missing or cannot be read.
    #[error("{path} could not be read; 'firmware-sim pki DIR' makes such a folder")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file does not hold what its name says.
    #[error("{path} does not hold {what} in PEM form")]
    Malformed {
        /// Which.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
    },
    /// No card could be issued from the folder.
    #[error("no card could be issued")]
    Issue(#[from] pki::Error),
    /// The key file beside a certificate is another's.
    #[error("{path} is not the private key of the certificate beside it")]
    ForeignKey {
        /// The key file.
        path: PathBuf,
    },
}

/// What goes on a card.
#[derive(Clone)]
pub struct Material {
    /// One for each [`Purpose`], in its order.
    pub(super) objects: Vec<Object>,
    /// Certificates of the authorities: issuing, level 2, root. DER.
    pub(super) chain: Vec<Vec<u8>>,
    /// The holder's UZI number.
    number: String,
}

/// A key and its certificate.
#[derive(Clone)]
pub(super) struct Object {
    pub(super) purpose: Purpose,
    /// DER.
    pub(super) certificate: Vec<u8>,
    /// The certificate's serial number.
    serial: Vec<u8>,
    pub(super) key: RsaPrivateKey,
}

impl Material {
    /// Reads the card `choice` from a folder that [`crate::pki::Pki::write`] made.
    ///
    /// Errors: [`Error`], always with the file it is about.
    pub fn read(dir: &Path, choice: Choice) -> Result<Self, Error> {
        let card = dir.join("cards").join(choice.folder());
        let mut chain = card.join("chain.pem");
        let mut objects = Vec::new();
        for purpose in choice.pass().purposes() {
            let mut stem = card.join(purpose.label().to_lowercase());
            if let (Some(case), Purpose::Authenticity) = (choice.case(), *purpose) {
                stem = dir.join("negative").join(case.name);
                chain = stem.with_extension("chain.pem");
            }
            objects.push(Object::read(*purpose, &stem)?);
        }
        let chain = certificates(&chain)?.iter().map(der).collect();
        // The last certificate of a card has no fault.
        let number = number(&card.join("vertrouwelijkheid.pem"))?;
        Ok(Self { objects, chain, number })
    }

    /// Has the authorities in such a folder issue what goes on a card of this description.
    ///
    /// Errors: [`Error`], always with the file it is about; [`Error::Issue`].
    pub fn of(dir: &Path, card: &Description, seed: Seed, now: Timestamp) -> Result<Self, Error> {
        let Some(own) = &card.own else { return Self::read(dir, card.choice) };
        let (like, case) = (card.choice.folder(), card.choice.case());
        let order = Order { holder: &own.holder, bits: own.bits, like, case };
        let issued = pki::issue(dir, &order, seed, now)?;
        let objects = issued.objects.into_iter().map(|object| {
            let IssuedObject { purpose, certificate, serial, key } = object;
            Object { purpose, certificate, serial, key }
        });
        Ok(Self {
            objects: objects.collect(),
            chain: issued.chain,
            number: own.holder.number.to_string(),
        })
    }

    /// Twelve digits that tell this card from others, two in a byte: the number of its holder,
    /// and three digits that the seed and the serial numbers of the certificates decide. Dates do
    /// not count: the same seed is the same card tomorrow.
    pub(super) fn serial(&self, seed: Seed) -> Vec<u8> {
        let serials = self.objects.iter().map(|object| &object.serial);
        let hash = serials.fold(Sha256::new(), |hash, serial| hash.chain_update(serial));
        let label = format!("card {}", hex::encode(hash.finalize()));
        let copy = u16::from_be_bytes(seed.stream(&label).bytes()) % 1000;
        let digits = format!("{}{copy:03}", self.number);
        let pack = |pair: &[u8; 2]| pair.iter().fold(0, |byte, digit| byte << 4 | digit & 0x0F);
        digits.as_bytes().as_chunks::<2>().0.iter().map(pack).collect()
    }
}

impl Object {
    /// Reads `STEM.pem` and `STEM.key.pem`.
    fn read(purpose: Purpose, stem: &Path) -> Result<Self, Error> {
        let path = stem.with_extension("pem");
        let [certificate] = certificates(&path)?.try_into().map_err(|_| {
            let what = "one certificate";
            Error::Malformed { path: path.clone(), what }
        })?;
        let path = stem.with_extension("key.pem");
        let key = RsaPrivateKey::from_pkcs8_pem(&text(&path)?);
        let key = key.map_err(|_| Error::Malformed {
            path: path.clone(),
            what: "a PKCS#8 RSA private key",
        })?;
        let public = SubjectPublicKeyInfoOwned::from_key(&key.to_public_key()).ok();
        if public.as_ref() != Some(certificate.tbs_certificate().subject_public_key_info()) {
            return Err(Error::ForeignKey { path });
        }
        let serial = certificate.tbs_certificate().serial_number().as_bytes().to_vec();
        Ok(Self { purpose, certificate: der(&certificate), serial, key })
    }
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, Error> {
    let list = Certificate::load_pem_chain(text(path)?.as_bytes());
    let list = list.ok().filter(|list| !list.is_empty());
    list.ok_or_else(|| Error::Malformed { path: path.to_owned(), what: "certificates" })
}

/// The UZI number in a certificate.
fn number(path: &Path) -> Result<String, Error> {
    let found = certificates(path)?.first().and_then(|first| uzi::Certificate::of(first).ok());
    let found = found.map(|certificate| certificate.identity.number.to_string());
    found.ok_or_else(|| Error::Malformed { path: path.to_owned(), what: "an UZI certificate" })
}

fn text(path: &Path) -> Result<Zeroizing<String>, Error> {
    let text = fs::read_to_string(path);
    text.map(Zeroizing::new).map_err(|source| Error::Read { path: path.to_owned(), source })
}

fn der(certificate: &Certificate) -> Vec<u8> {
    certificate.to_der().expect("what was decoded can be encoded")
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::OnceLock;

    use proptest::prelude::*;

    use super::*;
    use crate::pki::Pki;
    /// A new test hierarchy; it goes with the folder.
    pub(in crate::uzi) fn folder() -> tempfile::TempDir {
        folder_of("2026-06-01T12:00:00Z")
    }

    fn folder_of(day: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let now = day.parse().unwrap();
        Pki::mint(Seed::from(1), now).unwrap().write(folder.path()).unwrap();
        folder
    }

    #[test]
    fn a_faulty_card_differs_in_its_authenticity_certificate_and_serial_alone() {
        let folder = folder();
        let read = |card: &str| Material::read(folder.path(), card.parse().unwrap()).unwrap();
        let (good, revoked) = (read("z"), read("z:revoked"));
        let same = |position: usize| {
            good.objects[position].certificate == revoked.objects[position].certificate
        };
        assert_eq!([same(0), same(1), same(2)], [false, true, true]);
        assert_eq!(good.chain, revoked.chain);
        assert_ne!(good.serial(Seed::from(1)), revoked.serial(Seed::from(1)));
        assert_ne!(good.serial(Seed::from(1)), good.serial(Seed::from(2)));
        assert_eq!(hex::encode(good.serial(Seed::from(1)))[..9], *"900000101");
        assert_eq!(hex::encode(read("n").serial(Seed::from(1)))[..9], *"900000001");
        assert_eq!(hex::encode(read("m").serial(Seed::from(1)))[..9], *"900000201");
        // The same person's next pass is another card.
        let g4 = read("g4").serial(Seed::from(1));
        assert_eq!(hex::encode(&g4)[..9], *"900000101");
        assert_ne!(g4, good.serial(Seed::from(1)));
    }

    #[test]
    fn a_card_of_one_seed_has_one_serial_whatever_the_day() {
        let serials = ["2026-06-01T12:00:00Z", "2026-06-02T07:30:01Z"].map(|day| {
            let folder = folder_of(day);
            ["z", "n", "z:revoked"].map(|card| {
                let material = Material::read(folder.path(), card.parse().unwrap()).unwrap();
                material.serial(Seed::from(5))
            })
        });
        assert_eq!(serials[0], serials[1]);
    }

    #[test]
    fn every_card_can_be_read() {
        let folder = folder();
        for case in crate::pki::CASES {
            let material = Material::read(folder.path(), Choice::Faulty(case)).unwrap();
            assert_eq!((material.objects.len(), material.chain.len()), (3, 3), "{}", case.name);
        }
    }

    #[test]
    fn each_unreadable_file_is_named() {
        let folder = folder();
        let check = |file: &str, content: Option<&str>, expected: &str| {
            let dir = tempfile::tempdir().unwrap();
            let card = dir.path().join("cards/z");
            fs::create_dir_all(&card).unwrap();
            for entry in fs::read_dir(folder.path().join("cards/z")).unwrap() {
                let path = entry.unwrap().path();
                fs::copy(&path, card.join(path.file_name().unwrap())).unwrap();
            }
            match content {
                None => fs::remove_file(card.join(file)).unwrap(),
                Some(text) => fs::write(card.join(file), text).unwrap(),
            }
            let error = Material::read(dir.path(), Choice::Z).err().unwrap().to_string();
            assert_eq!(error, format!("{}/{expected}", card.display()));
        };
        let missing = "could not be read; 'firmware-sim pki DIR' makes such a folder";
        check("chain.pem", None, &format!("chain.pem {missing}"));
        check("handtekening.pem", None, &format!("handtekening.pem {missing}"));
        let path = "vertrouwelijkheid.pem";
        check(path, Some(""), &format!("{path} does not hold certificates in PEM form"));
        let path = "authenticiteit.key.pem";
        let rsa = "a PKCS#8 RSA private key";
        check(path, Some("-----BEGIN"), &format!("{path} does not hold {rsa} in PEM form"));
        let other = fs::read_to_string(folder.path().join("cards/n").join(path)).unwrap();
        let foreign = "is not the private key of the certificate beside it";
        check(path, Some(&other), &format!("{path} {foreign}"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn any_bytes_in_any_file_are_an_error_that_names_a_file(
            file in "(chain|authenticiteit|handtekening\\.key)",
            begin in "(-----BEGIN (CERTIFICATE|PRIVATE KEY)-----\n)?",
            rest: Vec<u8>,
        ) {
            static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
            let path = FOLDER.get_or_init(folder).path().join("cards/z").join(format!("{file}.pem"));
            let good = fs::read(&path).unwrap();
            fs::write(&path, [begin.as_bytes(), &rest].concat()).unwrap();
            let read = Material::read(FOLDER.get().unwrap().path(), Choice::Z);
            fs::write(&path, good).unwrap();
            let error = read.err().unwrap().to_string();
            prop_assert!(error.contains("cards/z/"), "{}", error);
        }
    }
}
