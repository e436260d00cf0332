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

use std::path::{Path, PathBuf};

use der::{Encode, EncodePem, pem::LineEnding};
use jiff::{SignedDuration, Timestamp};
use x509_cert::certificate::Certificate;
use x509_cert::crl::CertificateList;
use x509_cert::serial_number::SerialNumber;

use authority::{Authority, Place, Plan};
use folder::{Access, File};
use keys::Ring;
use trust::Issuer;

mod authority;
mod folder;
mod keys;
mod oids;
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
    root: Authority,
    level2: Authority,
    issuers: Vec<Issuer>,
    crls: Vec<(String, CertificateList)>,
}

impl Pki {
    /// Makes the hierarchy that belongs to `seed`, with dates around `now`.
    ///
    /// Errors: [`Error::Date`] where `now` is not between 1980 and 2035.
    pub fn mint(seed: u64, now: Timestamp) -> Result<Self, Error> {
        let ring = Ring::new(seed);
        let authority = |number, common_name, place| {
            let key = ring.authority(number);
            Authority::mint(Plan { seed, generation: "1", common_name, place, key, now })
        };
        let root = authority(0, "FAKE Zorg CSP Root CA G3", Place::Root)?;
        let level2 = authority(1, "FAKE Zorg CSP Level 2 Persoon CA G3", Place::Level2(&root))?;
        let issuing = |number, common_name, pass, san_oid| {
            let authority = authority(number, common_name, Place::Issuing(&level2))?;
            Ok::<_, Error>(Issuer { authority, pass, san_oid, policy: oids::POLICY_AUTHENTICITY })
        };
        let issuers = vec![
            issuing(2, "FAKE UZI-register Zorgverlener CA G3", 'Z', oids::CA_Z)?,
            issuing(3, "FAKE UZI-register Medewerker op naam CA G3", 'N', oids::CA_N)?,
        ];
        let mut pki = Self { root, level2, issuers, crls: Vec::new() };
        pki.crls = pki.publish(now)?;
        Ok(pki)
    }

    /// Writes the hierarchy to `dir`: everything, or nothing at all.
    ///
    /// Errors: [`Error::NotEmpty`], [`Error::Write`].
    pub fn write(&self, dir: &Path) -> Result<(), Error> {
        folder::write(dir, &self.files()?)
    }

    /// The revocation lists of all authorities.
    fn publish(&self, now: Timestamp) -> Result<Vec<(String, CertificateList)>, Error> {
        let upper = (now - HOUR, now + UPPER_CRL_LIFE);
        let lower = (now - HOUR, now + ISSUING_CRL_LIFE - HOUR);
        let issuing = self.issuers.iter().map(|issuer| (&issuer.authority, lower));
        let all = [(&self.root, upper), (&self.level2, upper)].into_iter().chain(issuing);
        all.map(|(authority, dates)| {
            let revoked: Vec<(SerialNumber, Timestamp)> = Vec::new();
            let signer = &authority.key.private;
            let list = x509::crl(&authority.certificate, signer, dates, &revoked)?;
            Ok((authority.file.clone(), list))
        })
        .collect()
    }

    fn files(&self) -> Result<Vec<File>, Error> {
        let issuing = self.issuers.iter().map(|issuer| &issuer.authority);
        let authorities = [&self.root, &self.level2].into_iter().chain(issuing);
        let mut files = vec![open("trust/trust.toml", trust::file(self.issuers.iter())?)];
        for authority in authorities {
            files
                .push(open(&format!("trust/{}.pem", authority.file), pem(&authority.certificate)?));
        }
        for (name, list) in &self.crls {
            files.push(open(&format!("crl/{name}.crl"), list.to_der()?));
        }
        Ok(files)
    }
}

fn open(path: &str, content: impl Into<Vec<u8>>) -> File {
    File { path: path.to_owned(), content: content.into(), access: Access::Everybody }
}

fn pem(certificate: &Certificate) -> Result<String, Error> {
    Ok(certificate.to_pem(LineEnding::LF)?)
}

/// The host of every address in a certificate: a name that never resolves.
const HOST: &str = "uzi-register.fake.invalid";
/// The address of the practice statement.
const CPS: &str = "https://uzi-register.fake.invalid/cps/uzi-register.html";

const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// How long a list of an issuing authority is good (reference/uzi.md, section 3).
const ISSUING_CRL_LIFE: SignedDuration = SignedDuration::from_hours(48);
/// How long a list of the root or level 2 is good.
const UPPER_CRL_LIFE: SignedDuration = SignedDuration::from_hours(24 * 180);
