//! What `check` says of the keys that seal secrets.

use super::{Finding, not_yet};
use crate::cli::language::Language;
use crate::cli::start;
use crate::sealed::{Error, Ring, Standing, Use};
use crate::storage::{self, Exposure};
use std::path::Path;

/// Whether every key is there that something is sealed with, whole and for this user only. `standing`
/// is what the database names, where it could be read.
pub(super) fn keys(language: Language, data: &Path, standing: &Standing) -> Finding {
    match look(language, data, standing) {
        Ok(finding) => finding,
        Err(error) => {
            let told = start::sealing(&error, language);
            Finding::Bad(told.unwrap_or_else(|| crate::causes::causes(&error)))
        }
    }
}

fn look(language: Language, data: &Path, standing: &Standing) -> Result<Finding, Error> {
    let ring = Ring::look(data)?;
    if let Some(path) = ring.missing(standing).next() {
        return Err(Error::Lost { path });
    }
    let Some(newest) = ring.sealing() else {
        return Ok(Finding::Well(not_yet(language)));
    };
    let open = ring.files().iter().find(|found| {
        storage::exposure(&found.path).is_ok_and(|exposure| exposure != Exposure::Own)
    });
    if let Some(found) = open {
        let shown = found.path.display();
        return Ok(Finding::Mind(language.pick(
            format!("{shown} is open voor anderen; bij de start wordt het 0600"),
            format!("{shown} is open to others; it becomes 0600 at start"),
        )));
    }
    if let Some((old, values)) = standing.iter().find(|(id, _)| **id != newest) {
        return Ok(Finding::Mind(language.pick(
            format!(
                "{values} waarden zijn nog verzegeld met {old}: geef 'sleutelbos sealing rotate'"
            ),
            format!("{values} values are sealed with {old} still: run 'sleutelbos sealing rotate'"),
        )));
    }
    let prepared = ring.files().iter().filter(|found| found.role == Use::Prepared).count();
    let count = ring.files().len();
    Ok(Finding::Well(match prepared {
        0 => language.pick(
            format!("{newest} verzegelt; sleutels: {count}"),
            format!("{newest} seals; keys: {count}"),
        ),
        _ => language.pick(
            format!("{newest} verzegelt; sleutels: {count}, klaargezet: {prepared}"),
            format!("{newest} seals; keys: {count}, prepared: {prepared}"),
        ),
    }))
}
