//! Walking up from a card by names and signatures alone, to say what is wrong where the library
//! finds no path: it needs one moment at which all is valid, and takes no authority as an end.

use super::algorithm;
use super::certificate::Certificate;
use super::chain::CardPath;
use super::trust::Trust;

/// As many authorities as the library puts into one path, and the anchor.
pub(super) const LONGEST: usize = 7;

/// How many signatures are verified at most: a pool of look-alikes must not cost more.
const SIGNATURES: usize = 100;

/// Every chain of signatures from `card` up to an anchor, whatever its dates and constraints.
pub(super) fn signed_chains<'t>(card: &'t Certificate, trust: &'t Trust) -> Vec<CardPath<'t>> {
    let mut walk = Walk { card, trust, signatures: SIGNATURES, above: Vec::new(), found: vec![] };
    walk.climb(card);
    walk.found
}

struct Walk<'t> {
    card: &'t Certificate,
    trust: &'t Trust,
    signatures: usize,
    above: Vec<&'t Certificate>,
    found: Vec<CardPath<'t>>,
}

impl<'t> Walk<'t> {
    fn climb(&mut self, below: &'t Certificate) {
        for anchor in self.trust.anchors() {
            if anchor.subject() == below.issuer() && self.signed(below, anchor) {
                let intermediates = self.above.clone();
                self.found.push(CardPath { card: self.card, intermediates, anchor });
            }
        }
        if self.above.len() + 1 >= LONGEST {
            return;
        }
        for authority in self.trust.pool() {
            let names = authority.is_authority() && authority.subject() == below.issuer();
            let seen = self.above.iter().any(|one| one.der() == authority.der());
            if names && !seen && self.signed(below, authority) {
                self.above.push(authority);
                self.climb(authority);
                self.above.pop();
            }
        }
    }

    fn signed(&mut self, below: &Certificate, by: &Certificate) -> bool {
        let Some(left) = self.signatures.checked_sub(1) else { return false };
        self.signatures = left;
        algorithm::signed_by(below, by)
    }
}
