//! Table `[keep]`: how long what is over is kept.

use super::bounded::bounded;

bounded! {
    /// How long what is over is kept: no longer than somebody needs it, and no shorter than somebody who is away.
    Keep;
    /// A message in the Berichtenbox, read or not; its secret goes sooner. Default: 365 days.
    messages = 365, 90 to 3650 Days;
    /// A message or call that could not be delivered, for the operator. Default: 30 days.
    undelivered = 30, 7 to 365 Days;
    /// A support case after it was opened, whatever became of it. Default: 90 days.
    support_cases = 90, 30 to 3650 Days;
}
