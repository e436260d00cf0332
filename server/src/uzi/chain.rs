//! A card's certificate and the authorities above it.

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
}
