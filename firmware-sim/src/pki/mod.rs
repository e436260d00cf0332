//! The test hierarchy: G3-like UZI certificates, revocation lists and faulty certificates.
//!
//! Everything is plainly fake: authorities are named "FAKE …", holders "Test …", the object
//! identifiers are the published TEST ones, and addresses end in `.invalid`. One seed gives the same
//! keys and serial numbers; dates count from the time given.
//!
//! [`Pki::write`] makes this folder:
//!
//! | file | content |
//! |---|---|
//! | `trust/*.pem` | the root (self-signed: the anchor) and the other authorities (the pool) |
//! | `trust/trust.toml` | issuing authority's key -> type, SAN OID, policy; explained in its header |
//! | `crl/*.crl` | revocation lists, DER, named as in the certificates' distribution points |
//! | `cards/{z,n,m,g4}/{authenticiteit,handtekening,vertrouwelijkheid}.pem` | the certificates of a card; type M has no `handtekening` |
//! | `cards/{z,n,m,g4}/….key.pem` | their private keys, PKCS#8 |
//! | `cards/{z,n,m,g4}/chain.pem` | the authorities on the card: issuing, level 2, root |
//! | `negative/NAME.pem` | a certificate with one fault, see [`CASES`]; all else is in order |
//! | `negative/NAME.key.pem`, `negative/NAME.chain.pem` | its private key; the authorities above it |
//!
//! One trust folder and one set of CRLs serves the whole negative set: some authorities in it exist
//! only so that what they issue fails for one reason (revoked authority, stale CRL, type S), and the
//! "missing" one is in `trust.toml` and has a CRL, but its certificate is left out.

use std::path::{Path, PathBuf};

use der::{Encode, EncodePem, pem::LineEnding};
use jiff::Timestamp;
use x509_cert::certificate::Certificate;
use x509_cert::crl::CertificateList;

use crate::env::Seed;

use authority::Authority;
use folder::{Access, File};
use hierarchy::Hierarchy;
use keys::{Key, Ring};
use leaf::{ARTS, BALIE, Draft, MEDEWERKER};
use negative::By;

pub use keys::KeyBits;
pub use leaf::{Holder, Named, Pass, Purpose};
pub use negative::{CASES, Case};
pub use order::{Issued, IssuedObject, Order, issue};

mod authority;
mod folder;
mod hierarchy;
mod keys;
mod leaf;
mod negative;
mod oids;
mod order;
mod qualified;
mod trust;
mod x509;

/// Why a hierarchy could not be made or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A name, number or extension has no DER form.
    #[error("a certificate could not be encoded")]
    Encoding(#[from] der::Error),
    /// A public key has no DER form.
    #[error("a public key could not be encoded")]
    PublicKey(#[from] spki::Error),
    /// A certificate could not be put together.
    #[error("a certificate could not be built")]
    Building(#[from] x509_cert::builder::Error),
    /// A signature could not be made.
    #[error("a signature could not be made")]
    Signature(#[from] signature::Error),
    /// The clock stands where certificates have no dates.
    #[error("certificates cannot be dated around {0}: set the clock to a year from 1980 to 2035")]
    Date(Timestamp),
    /// The folder holds something already.
    #[error("{0} is not empty: name a new folder, or remove it first")]
    NotEmpty(PathBuf),
    /// A file of a hierarchy is missing or cannot be read.
    #[error("{path} could not be read; 'firmware-sim pki DIR' makes such a folder")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file of a hierarchy holds something else.
    #[error("{0} holds no certificates in PEM form")]
    Malformed(PathBuf),
    /// An authority of a hierarchy that the simulator did not make, or not as it is now.
    #[error(
        "the key of {0} is none of the simulator's: make the folder anew with 'firmware-sim pki'"
    )]
    Stranger(String),
    /// A file or folder could not be written.
    #[error("{path} could not be written")]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// The test hierarchy.
pub struct Pki {
    hierarchy: Hierarchy,
    z: Card,
    n: Card,
    m: Card,
    g4: Card,
    negatives: Vec<(&'static Case, Certificate)>,
    crls: Vec<(String, CertificateList)>,
}

/// The certificates and keys of one card, in the order of [`Purpose::ALL`].
struct Card {
    objects: Vec<(Purpose, Certificate, Key)>,
}

impl Pki {
    /// Makes the hierarchy that belongs to `seed`, with dates around `now`.
    ///
    /// Errors: [`Error::Date`] where `now` is not between 1980 and 2035.
    pub fn mint(seed: Seed, now: Timestamp) -> Result<Self, Error> {
        let ring = Ring::new(seed);
        let hierarchy = Hierarchy::mint(seed, &ring, now)?;
        let mint =
            |label: &str, issuer: &Authority, holder: &Holder, key: &dyn Fn(usize) -> Key| {
                let mut objects = Vec::new();
                for (number, purpose) in holder.pass.purposes().iter().enumerate() {
                    let key = key(number);
                    let serial = format!("{label}{} {}", holder.number, purpose.label());
                    let draft = Draft::by(issuer, holder, *purpose, now)?;
                    let certificate = draft.sign(issuer, &key, x509::serial(seed, &serial)?)?;
                    objects.push((*purpose, certificate, key));
                }
                Ok::<_, Error>(Card { objects })
            };
        let z = mint("", &hierarchy.z.authority, &ARTS, &|number| ring.card(number))?;
        let n = mint("", &hierarchy.n.authority, &MEDEWERKER, &|number| ring.card(3 + number))?;
        let m = mint("", &hierarchy.m.authority, &BALIE, &|number| ring.card(6 + number))?;
        // The pass that the same person got after the one before it.
        let g4 = mint("g4 ", &hierarchy.g4.authority, &ARTS, &|number| ring.long(number))?;
        let mut negatives = Vec::new();
        let mut withdrawn = Vec::new();
        let key = ring.card(0);
        for case in CASES {
            let mut draft = Draft::new(&ARTS, Purpose::Authenticity, now)?;
            (case.spoil)(&mut draft, &ARTS, now)?;
            let [issuer, ..] = hierarchy.chain(case.by);
            let certificate = draft.sign(issuer, &key, x509::serial(seed, case.name)?)?;
            if case.by == By::ProperThenRevoked {
                withdrawn.push(certificate.tbs_certificate().serial_number().clone());
            }
            negatives.push((case, certificate));
        }
        let crls = hierarchy.publish(&withdrawn, now)?;
        let crls = crls.into_iter().map(|(by, list)| (by.file.clone(), list)).collect();
        Ok(Self { hierarchy, z, n, m, g4, negatives, crls })
    }

    /// Writes the hierarchy to `dir`: everything, or nothing at all.
    ///
    /// Errors: [`Error::NotEmpty`], [`Error::Write`].
    pub fn write(&self, dir: &Path) -> Result<(), Error> {
        folder::write(dir, &self.files()?)
    }

    fn files(&self) -> Result<Vec<File>, Error> {
        let trusted = self.hierarchy.trusted();
        let mut files = vec![public("trust/trust.toml", trust::file(&self.hierarchy.issuers())?)];
        for authority in trusted {
            let path = format!("trust/{}.pem", authority.file);
            files.push(public(&path, pem(&authority.certificate)?));
        }
        for (name, list) in &self.crls {
            files.push(public(&format!("crl/{name}.crl"), list.to_der()?));
        }
        files.extend(self.z.files("cards/z", &self.hierarchy.above(&self.hierarchy.z))?);
        files.extend(self.n.files("cards/n", &self.hierarchy.above(&self.hierarchy.n))?);
        files.extend(self.m.files("cards/m", &self.hierarchy.above_m())?);
        files.extend(self.g4.files("cards/g4", &self.hierarchy.above_g4())?);
        let (_, _, key) = self.z.objects.first().expect("a card has three keys");
        for (case, certificate) in &self.negatives {
            let path = format!("negative/{}", case.name);
            let above = self.hierarchy.chain(case.by);
            files.push(public(&format!("{path}.pem"), pem(certificate)?));
            files.push(private(&format!("{path}.key.pem"), key));
            files.push(public(&format!("{path}.chain.pem"), chain(&above)?));
        }
        Ok(files)
    }
}

impl Card {
    fn files(&self, folder: &str, above: &[&Authority]) -> Result<Vec<File>, Error> {
        let mut files = vec![public(&format!("{folder}/chain.pem"), chain(above)?)];
        for (purpose, certificate, key) in &self.objects {
            let stem = purpose.label().to_lowercase();
            files.push(public(&format!("{folder}/{stem}.pem"), pem(certificate)?));
            files.push(private(&format!("{folder}/{stem}.key.pem"), key));
        }
        Ok(files)
    }
}

fn public(path: &str, content: impl Into<Vec<u8>>) -> File {
    File { path: path.to_owned(), content: content.into(), access: Access::Everybody }
}

fn private(path: &str, key: &Key) -> File {
    File { path: path.to_owned(), content: key.pem.into(), access: Access::Owner }
}

fn pem(certificate: &Certificate) -> Result<String, Error> {
    Ok(certificate.to_pem(LineEnding::LF)?)
}

fn chain(above: &[&Authority]) -> Result<String, Error> {
    above.iter().map(|authority| pem(&authority.certificate)).collect()
}

/// The host of every address in a certificate: a name that never resolves.
const HOST: &str = "uzi-register.fake.invalid";
/// The address of the practice statement.
const CPS: &str = "https://uzi-register.fake.invalid/cps/uzi-register.html";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_certificates_cannot_follow_is_an_error() {
        let mint = |at: &str| Pki::mint(Seed::from(1), at.parse().unwrap());
        for at in ["1977-12-31T00:00:00Z", "2038-02-01T00:00:00Z", "-009998-01-01T00:00:00Z"] {
            let error = mint(at).err().unwrap();
            assert!(matches!(error, Error::Date(_)), "{at}: {error}");
        }
        for at in [Timestamp::MIN, Timestamp::MAX] {
            assert!(matches!(Pki::mint(Seed::from(1), at), Err(Error::Date(_))), "{at}");
        }
        for at in ["1980-02-29T00:00:00Z", "2035-12-31T23:59:59Z"] {
            assert!(mint(at).is_ok(), "{at}");
        }
    }
}
