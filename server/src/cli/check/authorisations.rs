//! What `check` says of authorisations.

use super::Finding;
use crate::authorisations::Catalogue;
use crate::cli::language::Language;

/// How many there are, and which are kept of accounts and not named any more.
pub(super) fn named(
    language: Language,
    catalogue: &Catalogue,
    unnamed: &[(String, i64)],
) -> Finding {
    let count = catalogue.all().len();
    if unnamed.is_empty() {
        return Finding::Well(match count {
            0 => language.pick("geen", "none").to_owned(),
            _ => language.pick(format!("{count} ingesteld"), format!("{count} set")),
        });
    }
    let kept: Vec<_> = unnamed.iter().map(|(id, accounts)| format!("{id} ({accounts})")).collect();
    let kept = kept.join(", ");
    Finding::Mind(language.pick(
        format!("niet meer in [[authorisations]], en zolang zonder werking bij zoveel accounts: {kept}"),
        format!("not in [[authorisations]] any more, and meanwhile of no effect for as many accounts: {kept}"),
    ))
}
