//! Whom a server trusts: anchors, the pool of intermediates, and what each issuing authority issues.
//!
//! A trust set belongs to one environment: TEST authorities and production authorities never stand
//! in one set. Nothing is ever fetched; what is not in the set does not exist.

use std::path::{Path, PathBuf};

use super::algorithm;
use super::certificate::{self, Certificate};
use super::issue::{Environment, Issue};
use super::published;
use super::trust_file::{self, Mapping};

/// Anchors, pool and mapping of one environment.
#[derive(Debug)]
pub struct Trust {
    environment: Environment,
    anchors: Vec<Certificate>,
    pool: Vec<Certificate>,
    issuers: Vec<Issuer>,
}

#[derive(Debug)]
struct Issuer {
    subject: Vec<u8>,
    spki_sha256: [u8; 32],
    issue: Issue,
}

/// Why a folder is no trust set.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder or a file in it cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file with the name of a certificate that is none.
    #[error("{path} holds no usable certificate: {source}")]
    Certificate {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: certificate::Error,
    },
    /// `trust.toml` is wrong.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: trust_file::Error,
    },
    /// More files than anybody needs.
    #[error("{path} holds more than {limit} certificates")]
    TooMany {
        /// Which folder.
        path: PathBuf,
        /// How many it may hold.
        limit: usize,
    },
    /// Not one self-signed authority: nothing to trust.
    #[error(
        "no self-signed certificate of an authority in it, so there is nothing to trust (files named \
         *.pem, *.crt, *.cer and *.der count)"
    )]
    NoAnchor,
    /// The library cannot use an anchor.
    #[error("the anchor {name} cannot be used: {fault}")]
    Anchor {
        /// Its common name.
        name: String,
        /// Why.
        fault: String,
    },
    /// TEST and production authorities side by side.
    #[error("TEST and production authorities in one trust set: {test} and {production}")]
    Mixed {
        /// One of TEST.
        test: String,
        /// One of production.
        production: String,
    },
    /// `trust.toml` gives a published authority another meaning.
    #[error("trust.toml contradicts what is published about {name}")]
    Contradiction {
        /// Its common name.
        name: String,
    },
}

impl Trust {
    /// The published authorities of cards in one environment.
    pub fn published(environment: Environment) -> Self {
        Self::assemble(published::certificates(environment), &[])
            .expect("the published certificates are a trust set (tested)")
    }

    /// Reads a folder: self-signed authorities become anchors, other certificates the pool, and
    /// `trust.toml`, where there is one, says what further issuing authorities issue.
    ///
    /// Files named `*.pem`, `*.crt`, `*.cer` and `*.der` count; folders inside it do not, but for
    /// one: a folder with `trust/trust.toml` in it stands for its `trust`.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let inner = folder.join("trust");
        let whole =
            inner.join(trust_file::NAME).is_file() && !folder.join(trust_file::NAME).exists();
        let folder = if whole { inner.as_path() } else { folder };
        let mut certificates = Vec::new();
        for path in certificate_files(folder)? {
            let content = read(&path, certificate::LARGEST_FILE)?;
            let mut found = Certificate::all_from_file_content(&content)
                .map_err(|source| Error::Certificate { path: path.clone(), source })?;
            certificates.append(&mut found);
            if certificates.len() > MOST_CERTIFICATES {
                let path = folder.to_path_buf();
                return Err(Error::TooMany { path, limit: MOST_CERTIFICATES });
            }
        }
        let path = folder.join(trust_file::NAME);
        let mappings = if path.exists() {
            let content = read(&path, trust_file::LARGEST)?;
            trust_file::parse(&content).map_err(|source| Error::File { path, source })?
        } else {
            Vec::new()
        };
        Self::assemble(certificates, &mappings)
    }

    /// Builds a trust set from certificates and the mappings of a `trust.toml`.
    ///
    /// The newest stands first and none stands twice, so that the names of files decide nothing.
    pub fn assemble(
        mut certificates: Vec<Certificate>,
        mappings: &[Mapping],
    ) -> Result<Self, Error> {
        certificates.sort_by(|one, other| {
            let newest = other.not_before().cmp(&one.not_before());
            newest.then_with(|| one.der().as_ref().cmp(other.der().as_ref()))
        });
        certificates.dedup_by(|one, other| one.der() == other.der());
        let environment = environment_of(&certificates, mappings)?;
        let issuers = issuers(&certificates, mappings)?;
        let (anchors, pool): (Vec<_>, Vec<_>) = certificates.into_iter().partition(is_anchor);
        if anchors.is_empty() {
            return Err(Error::NoAnchor);
        }
        anchors.iter().try_for_each(check_anchor)?;
        Ok(Self { environment, anchors, pool, issuers })
    }

    /// The environment all its authorities belong to.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// The roots.
    pub fn anchors(&self) -> &[Certificate] {
        &self.anchors
    }

    /// The certificates between root and card.
    pub fn pool(&self) -> &[Certificate] {
        &self.pool
    }

    /// What the holder of this name **and** this key issues, if it issues cards.
    pub fn issue_of(&self, authority: &Certificate) -> Option<Issue> {
        let same = |issuer: &&Issuer| {
            issuer.subject == authority.subject() && issuer.spki_sha256 == authority.spki_sha256()
        };
        self.issuers.iter().find(same).map(|issuer| issuer.issue)
    }

    /// Every authority, anchors included, with this name in DER.
    pub fn named<'t>(&'t self, subject: &'t [u8]) -> impl Iterator<Item = &'t Certificate> {
        let authorities = self.anchors.iter().chain(&self.pool);
        authorities.filter(move |one| one.subject() == subject && one.is_authority())
    }
}

/// A self-signed authority. A signature in an algorithm outside the list cannot be checked here;
/// such a root stays an anchor, so that the path can be refused for that very reason.
fn is_anchor(certificate: &Certificate) -> bool {
    certificate.is_authority()
        && certificate.subject() == certificate.issuer()
        && (algorithm::of(certificate).is_none() || algorithm::signed_by(certificate, certificate))
}

fn check_anchor(certificate: &Certificate) -> Result<(), Error> {
    let usable = webpki::anchor_from_trusted_cert(certificate.der());
    usable.map(|_| ()).map_err(|fault| Error::Anchor {
        name: certificate.subject_name(),
        fault: fault.to_string(),
    })
}

fn issuers(certificates: &[Certificate], mappings: &[Mapping]) -> Result<Vec<Issuer>, Error> {
    let mut issuers = Vec::new();
    for certificate in certificates.iter().filter(|one| one.is_authority()) {
        let spki_sha256 = certificate.spki_sha256();
        let configured = mappings.iter().find(|mapping| mapping.spki_sha256 == spki_sha256);
        let configured = configured.map(|mapping| mapping.issue);
        let issue = match (published::issue(certificate), configured) {
            (Some(published), Some(configured)) if published != configured => {
                return Err(Error::Contradiction { name: certificate.subject_name() });
            }
            (published, configured) => published.or(configured),
        };
        if let Some(issue) = issue {
            issuers.push(Issuer { subject: certificate.subject().to_vec(), spki_sha256, issue });
        }
    }
    Ok(issuers)
}

/// A set without any sign of production is one of TEST: a freshly minted hierarchy, for example.
fn environment_of(
    certificates: &[Certificate],
    mappings: &[Mapping],
) -> Result<Environment, Error> {
    let mut test = None;
    let mut production = None;
    let mut note = |environment, name: String| match environment {
        Environment::Test => test = Some(name),
        Environment::Production => production = Some(name),
    };
    for certificate in certificates {
        if let Some(environment) = published::environment(certificate) {
            note(environment, certificate.subject_name());
        }
    }
    for mapping in mappings {
        note(trust_file::environment(&mapping.issue), mapping.issue.san_oid.to_string());
    }
    match (test, production) {
        (Some(test), Some(production)) => Err(Error::Mixed { test, production }),
        (_, None) => Ok(Environment::Test),
        (None, Some(_)) => Ok(Environment::Production),
    }
}

fn certificate_files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::Read { path: folder.to_path_buf(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let extension = path.extension().and_then(|text| text.to_str()).unwrap_or_default();
        let counts = ["pem", "crt", "cer", "der"]
            .iter()
            .any(|counting| extension.eq_ignore_ascii_case(counting));
        // A link to nowhere counts: reading it fails, and the file that should be there is named.
        let file = std::fs::metadata(&path).map_or(true, |found| found.is_file());
        if counts && file {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Reads a file, at most `limit` bytes and one more, so that the reader of it can say "too large".
pub(crate) fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Error> {
    use std::io::Read;
    let failed = |source| Error::Read { path: path.to_path_buf(), source };
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut content = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut content).map_err(failed)?;
    Ok(content)
}

/// The most certificates a trust folder may hold.
const MOST_CERTIFICATES: usize = 500;
