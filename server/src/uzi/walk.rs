//! Every chain of signatures from a card up to an anchor, whatever its dates and constraints. Which of
//! them may be built on is decided on each by itself, in `path.rs`.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::algorithm;
use super::certificate::Certificate;
use super::chain::CardPath;
use super::trust::Trust;

/// As many authorities as the library takes into one path, and the anchor.
const LONGEST: usize = 7;

/// How many signatures are verified, and how many steps upwards are taken, at most: a pool of
/// look-alikes must not cost more.
const SIGNATURES: usize = 100;
const STEPS: usize = 1000;

/// Shows `judge` each chain of signatures from `card` up to an anchor, until it breaks off.
pub(super) fn each<'t, F>(card: &'t Certificate, trust: &'t Trust, judge: F) -> ControlFlow<()>
where
    F: FnMut(CardPath<'t>) -> ControlFlow<()>,
{
    let above = Vec::new();
    let mut walk = Walk { card, trust, judge, above, verified: HashMap::new(), steps: STEPS };
    walk.climb(card)
}

/// Whether names alone lead from `card` to an anchor: then somebody signed in another's name.
pub(super) fn is_named(card: &Certificate, trust: &Trust) -> bool {
    let mut names = vec![card.issuer()];
    let mut next = 0;
    while let Some(name) = names.get(next).copied() {
        next += 1;
        if trust.anchors().iter().any(|anchor| anchor.subject() == name) {
            return true;
        }
        for issuer in trust.pool().iter().filter(|one| one.is_authority() && one.subject() == name)
        {
            if !names.contains(&issuer.issuer()) {
                names.push(issuer.issuer());
            }
        }
    }
    false
}

struct Walk<'t, F> {
    card: &'t Certificate,
    trust: &'t Trust,
    judge: F,
    above: Vec<&'t Certificate>,
    /// Whether the key (by its hash) signed the certificate: many authorities share one key.
    verified: HashMap<(&'t [u8], [u8; 32]), bool>,
    steps: usize,
}

impl<'t, F: FnMut(CardPath<'t>) -> ControlFlow<()>> Walk<'t, F> {
    fn climb(&mut self, below: &'t Certificate) -> ControlFlow<()> {
        let trust = self.trust;
        for anchor in trust.anchors().iter().filter(|one| one.subject() == below.issuer()) {
            if self.signed(below, anchor) {
                let (card, intermediates) = (self.card, self.above.clone());
                (self.judge)(CardPath { card, intermediates, anchor })?;
            }
        }
        let Some(left) = self.steps.checked_sub(1) else { return ControlFlow::Continue(()) };
        self.steps = left;
        if self.above.len() + 1 >= LONGEST {
            return ControlFlow::Continue(());
        }
        for authority in trust.pool().iter().filter(|one| one.subject() == below.issuer()) {
            let seen = self.above.iter().any(|one| one.der() == authority.der());
            if authority.is_authority() && !seen && self.signed(below, authority) {
                self.above.push(authority);
                self.climb(authority)?;
                self.above.pop();
            }
        }
        ControlFlow::Continue(())
    }

    fn signed(&mut self, below: &'t Certificate, by: &Certificate) -> bool {
        let link = (below.der().as_ref(), by.spki_sha256());
        if let Some(known) = self.verified.get(&link) {
            return *known;
        }
        if self.verified.len() >= SIGNATURES {
            return false;
        }
        let signed = algorithm::signed_by(below, by);
        self.verified.insert(link, signed);
        signed
    }
}
