//! What changes, pure: only what is configured, and only where whoever decides saw how it was.

use super::{Catalogue, Id};
use std::collections::BTreeSet;

/// What an account gets and loses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) given: Vec<Id>,
    pub(crate) taken: Vec<Id>,
}

impl Change {
    /// Whether nothing changes.
    pub(crate) const fn is_none(&self) -> bool {
        self.given.is_empty() && self.taken.is_empty()
    }
}

/// What changes where an account has `kept` and is to have `wanted` of what is configured, in the order of
/// the configuration. Nothing where it is not as whoever decided saw it: `shown`.
pub(crate) fn change(
    catalogue: &Catalogue,
    kept: &BTreeSet<Id>,
    (shown, wanted): (&BTreeSet<Id>, &BTreeSet<Id>),
) -> Option<Change> {
    let all = || catalogue.all().iter().map(|one| &one.id);
    let stale = all().any(|id| kept.contains(id) != shown.contains(id));
    let pick = |fits: &dyn Fn(&Id) -> bool| all().filter(|id| fits(id)).cloned().collect();
    (!stale).then(|| Change {
        given: pick(&|id| wanted.contains(id) && !kept.contains(id)),
        taken: pick(&|id| !wanted.contains(id) && kept.contains(id)),
    })
}
