//! A card's certificate and the authorities above it.

use std::time::Duration;

use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, UnixTime};
use webpki::{ExtendedKeyUsageValidator, KeyPurposeIdIter, RevocationOptions};

use super::algorithm;
use super::certificate::Certificate;
use super::refusal::Element;

/// A card's certificate and the authorities that vouch for it, up to an anchor.
#[derive(Debug, Clone)]
pub struct CardPath<'t> {
    /// The card's certificate.
    pub card: &'t Certificate,
    /// From the issuing authority upwards; empty where the anchor itself issued.
    pub intermediates: Vec<&'t Certificate>,
    /// The anchor.
    pub anchor: &'t Certificate,
}

impl<'t> CardPath<'t> {
    /// The authority that signed the card's certificate.
    pub fn issuer(&self) -> &'t Certificate {
        self.intermediates.first().copied().unwrap_or(self.anchor)
    }

    /// Each certificate below the anchor, from the card upwards, with the one that signed it.
    pub fn links(&self) -> impl Iterator<Item = (Element, &'t Certificate, &'t Certificate)> {
        let authorities = self.authorities();
        let mut below: Vec<_> =
            std::iter::once(self.card).chain(self.intermediates.clone()).collect();
        below.truncate(authorities.len());
        below.into_iter().zip(authorities).enumerate().map(|(index, (one, issuer))| {
            let element =
                if index == 0 { Element::Card } else { Element::Authority(one.subject_name()) };
            (element, one, issuer)
        })
    }

    pub(super) fn authorities(&self) -> Vec<&'t Certificate> {
        self.intermediates.iter().copied().chain([self.anchor]).collect()
    }

    pub(super) fn elements(&self) -> Vec<(Element, &'t Certificate)> {
        let mut elements: Vec<_> = self.links().map(|(element, one, _)| (element, one)).collect();
        elements.push((Element::Root(self.anchor.subject_name()), self.anchor));
        elements
    }
    /// Lets the library judge this very path at one moment, and withdrawal where it is given lists.
    ///
    /// It judges no path that ends in an authority; step 5 refuses every one.
    pub(super) fn judge(
        &self,
        at: Timestamp,
        revocation: Option<RevocationOptions<'_>>,
    ) -> Result<(), webpki::Error> {
        let pool: Vec<CertificateDer<'static>> =
            self.intermediates.iter().map(|one| one.der().clone()).collect();
        let anchors = [webpki::anchor_from_trusted_cert(self.anchor.der())?];
        let card = webpki::EndEntityCert::try_from(self.card.der())?;
        let answer = card.verify_for_usage(
            algorithm::ALLOWED,
            &anchors,
            &pool,
            unix_time(at),
            AnyPurpose,
            revocation,
            None,
        );
        match answer {
            Ok(_) | Err(webpki::Error::CaUsedAsEndEntity) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Seconds since 1970 as the library counts them, never below zero.
fn unix_time(at: Timestamp) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(at.as_second()).unwrap_or(0)))
}

/// Purposes of authorities are checked in `path.rs`, those of the card in step 5, so that each has its
/// own refusal.
struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        for purpose in purposes {
            purpose?;
        }
        Ok(())
    }
}
