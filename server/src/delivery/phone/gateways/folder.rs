//! Codes and calls into a folder, for development: one file each, with the address where the keys of a
//! call, or whatever else a phone would do, can be reported.

use super::{Errand, Fault, Say, plain};
use crate::delivery::folder;
use serde_json::json;
use std::path::Path;
use url::Url;

/// Writes what is to be said into a file of `folder`.
pub(super) async fn put(folder: &Path, errand: &Errand<'_>, origin: &Url) -> Result<(), Fault> {
    let (kind, said) = match &errand.say {
        Say::Sms(text) => ("sms", text.expose()),
        Say::Call(script) => ("call", &script.ask),
    };
    let content = json!({
        "to": errand.to.as_str(),
        kind: said,
        "report": plain::address(origin, errand.ticket),
    });
    let name = format!("{}-{kind}.json", errand.id);
    folder::put(folder, name, format!("{content:#}\n").into_bytes()).await.map_err(|error| {
        tracing::warn!(%error, "a code could not be written into its folder");
        Fault::Folder
    })
}
