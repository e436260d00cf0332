//! Administration: what a contact person decides for the organisation and does for its people.

pub mod access;
pub mod authorisations;
pub mod colleagues;
pub mod people;
mod rules; // pure
pub mod settings;
mod store; // SQL
#[cfg(test)]
mod tests;
pub mod waiver;

pub use rules::Denied;

use crate::accounts::Account;
use crate::activation::appointed;
use crate::app::App;
use crate::management;
use crate::organisations::Unfit;
use crate::password::Busy;
use crate::sessions::Session;
use crate::storage;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Who it is about does not allow it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Who asks manages nobody now, or not this one.
    #[error(transparent)]
    Management(#[from] management::Error),
    /// The name is empty or too long.
    #[error("a name has 1 to 200 characters that can be seen")]
    Name,
    /// The colleague is given no access code.
    #[error(transparent)]
    Access(#[from] crate::access::Denied),
    /// Too many passwords and codes are being hashed.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The colleague is given no waiver.
    #[error(transparent)]
    Waiver(#[from] crate::waiver::Denied),
    /// A waiver has no reason, or a long one.
    #[error("a reason has 1 to 200 characters that can be seen")]
    Reason,
    /// What was to be changed is not as it was when that was decided.
    #[error("this was changed by somebody else meanwhile: look at it and decide again")]
    ChangedMeanwhile,
    /// Nobody could live with these settings.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The PIN of who becomes a contact person goes by post, and no letter can be written.
    #[error(transparent)]
    Letter(#[from] crate::letters::run::Error),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

type Result<T, E = Error> = std::result::Result<T, E>;

impl From<appointed::Error> for Error {
    fn from(error: appointed::Error) -> Self {
        match error {
            appointed::Error::Management(error) => Self::Management(error),
            appointed::Error::Letter(error) => Self::Letter(error),
            appointed::Error::Busy(error) => Self::Busy(error),
            appointed::Error::Storage(error) => Self::Storage(error),
        }
    }
}

/// Whether whoever has `session` may look at what contact persons see.
///
/// Errors: [`Error::Management`].
fn may_look(app: &App, account: &Account, session: &Session) -> Result<()> {
    Ok(management::may_manage(account, session, app.clock.now(), &app.config.sessions)?)
}
