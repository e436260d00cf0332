//! What `check` says of letters with a PIN.

use super::Finding;
use crate::cli::language::Language;
use crate::clock::Time;
use crate::letters::Settings;
use std::time::Duration;

/// Who prints letters, and how many wait since when. `queue` is what the database says, where it could be
/// read; a letter lapses after `lapse`.
pub(super) fn letters(
    language: Language,
    settings: &Settings,
    (waiting, oldest): (i64, Option<Time>),
    (lapse, now): (Duration, Time),
) -> Finding {
    let Some(key) = &settings.key else {
        return Finding::Mind(
            language
                .pick(
                    "geen drukker: zet zijn openbare sleutel in [letters] key, anders krijgt geen \
                     contactpersoon een pincode per post",
                    "no print service: put its public key in [letters] key, or no contact person gets a \
                     PIN by post",
                )
                .to_owned(),
        );
    };
    let Some(oldest) = oldest else {
        return Finding::Well(
            language.pick(format!("{key}; er wacht niets"), format!("{key}; nothing waits")),
        );
    };
    let days = now.since(oldest).as_secs() / DAY;
    let queue = language.pick(
        format!("{key}; wachtend: {waiting}, de oudste {days} dagen"),
        format!("{key}; waiting: {waiting}, the oldest for {days} days"),
    );
    if now.since(oldest) < LONG {
        return Finding::Well(queue);
    }
    let lapse = lapse.as_secs() / DAY;
    Finding::Mind(language.pick(
        format!("{queue}: geef 'sleutelbos letters export'; na {lapse} dagen vervallen ze"),
        format!("{queue}: run 'sleutelbos letters export'; after {lapse} days they lapse"),
    ))
}

const DAY: u64 = 24 * 60 * 60;
/// A letter that waits for so long was forgotten.
const LONG: Duration = Duration::from_secs(3 * DAY);
