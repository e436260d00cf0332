//! Attestation: whether a key was made by a maker, and is a model, that the operator listed.
//!
//! The chain that a key gave at its registration is kept with its credential and looked at anew each
//! time it is used: a maker that is taken off the list gives no more from that moment on.

use std::collections::BTreeSet;

use der::EncodePem as _;
use der::pem::LineEnding;
use webauthn_rs::prelude::{AttestationCaList, AttestationMetadata, Credential, Uuid};
use x509_cert::Certificate;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};

/// What the operator demands of a key before it gives `high`.
#[derive(Clone, Debug, Default)]
pub enum Demand {
    /// Nothing: keys are not asked who made them.
    #[default]
    Nothing,
    /// That its chain ends in one of these.
    Listed(Vec<Maker>),
}

/// A maker's root certificate, and which of its models are meant.
#[derive(Clone, Debug)]
pub struct Maker {
    root: AttestationCaList,
    models: Models,
    subject: String,
    end: jiff::Timestamp,
}

/// Which models of a maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Models {
    /// Every one, U2F keys too.
    Every,
    /// Those with these AAGUIDs.
    These(BTreeSet<Uuid>),
}

/// Why a file of root certificates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It holds no certificate.
    #[error("holds no certificate: it must be the maker's root certificates as PEM")]
    Empty,
    /// One of its certificates is broken.
    #[error("holds a certificate that cannot be read")]
    Broken(#[source] der::Error),
    /// One of its certificates cannot sign others: it lacks CA or the key usage for it.
    #[error("holds the certificate of {0:?}, which may not sign others: give the maker's root")]
    NoAuthority(String),
    /// The library does not take one of its certificates.
    #[error("holds the certificate of {0:?}, which cannot be used")]
    Unusable(String),
}

impl Maker {
    /// The makers of a PEM file's certificates, each with these models.
    ///
    /// Errors: the first certificate that cannot be used.
    pub fn from_pem(pem: &[u8], models: &Models) -> Result<Vec<Self>, Error> {
        let certificates = Certificate::load_pem_chain(pem).map_err(Error::Broken)?;
        if certificates.is_empty() {
            return Err(Error::Empty);
        }
        certificates.iter().map(|root| Self::new(root, models)).collect()
    }

    fn new(root: &Certificate, models: &Models) -> Result<Self, Error> {
        let body = root.tbs_certificate();
        let subject = body.subject().to_string();
        let basic = body.get_extension::<BasicConstraints>();
        let usage = body.get_extension::<KeyUsage>();
        // The library believes no chain whose root does not say that it signs certificates.
        if !matches!(basic, Ok(Some((_, constraints))) if constraints.ca)
            || !matches!(usage, Ok(Some((_, usage))) if usage.key_cert_sign())
        {
            return Err(Error::NoAuthority(subject));
        }
        let pem = root.to_pem(LineEnding::LF).map_err(Error::Broken)?;
        let end = body.validity().not_after.to_unix_duration();
        let end = jiff::SignedDuration::try_from(end)
            .ok()
            .and_then(|end| jiff::Timestamp::from_duration(end).ok());
        let end = end.ok_or_else(|| Error::Unusable(subject.clone()))?;
        match AttestationCaList::try_from(pem.as_bytes()) {
            Ok(root) => Ok(Self { root, models: models.clone(), subject, end }),
            Err(_) => Err(Error::Unusable(subject)),
        }
    }

    /// Who the root certificate names.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Until when the root certificate is valid.
    pub const fn end(&self) -> jiff::Timestamp {
        self.end
    }

    fn made(&self, credential: &Credential) -> bool {
        let model = match &self.models {
            Models::Every => true,
            Models::These(models) => model(credential).is_some_and(|model| models.contains(&model)),
        };
        model && matches!(credential.verify_attestation(&self.root), Ok(Some(_)))
    }
}

impl Demand {
    /// Whether keys are asked for their attestation.
    pub(super) const fn asks(&self) -> bool {
        matches!(self, Self::Listed(_))
    }

    /// Whether this credential's key is what is demanded.
    pub(super) fn is_met_by(&self, credential: &Credential) -> bool {
        match self {
            Self::Nothing => true,
            Self::Listed(makers) => makers.iter().any(|maker| maker.made(credential)),
        }
    }
}

/// The AAGUID that the attestation vouches for.
fn model(credential: &Credential) -> Option<Uuid> {
    match &credential.attestation.metadata {
        AttestationMetadata::Packed { aaguid } | AttestationMetadata::Tpm { aaguid, .. } => {
            Some(*aaguid)
        }
        AttestationMetadata::None
        | AttestationMetadata::AndroidKey { .. }
        | AttestationMetadata::AndroidSafetyNet { .. } => None,
    }
}

#[cfg(test)]
mod tests;
