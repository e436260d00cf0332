//! Several employers: for which organisations a proof holds, and the choice of one.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use super::{Attempt, Client, Done, Error};
use crate::secret::Secret;

/// Where somebody works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its id on the server.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its AGB code, where it has one.
    #[serde(default)]
    pub agb: Option<String>,
}

/// Where a right password leads.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AfterPassword {
    /// A second factor is due.
    Factor {
        /// `security_key`, `passkey`, `card`.
        ways: Vec<String>,
    },
    /// There is no second factor yet: the visit can only enrol one.
    EnrolOnly {
        /// To redeem for the visit's session.
        code: Secret,
    },
    /// Nothing more is due: the contact person lets the person in with the password alone for some days.
    Done(Done),
    /// The password is right at several organisations, of which the person chooses one.
    Choose {
        /// Those, by name.
        #[serde(deserialize_with = "some")]
        organisations: Vec<Organisation>,
    },
}

/// Where the signature of a card leads.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AfterCard {
    /// The log-in is done.
    Done(Done),
    /// The card is linked at several organisations, of which the person chooses one.
    Choose {
        /// Those, by name.
        #[serde(deserialize_with = "some")]
        organisations: Vec<Organisation>,
    },
}

impl Client {
    /// Goes on at `organisation` with a password that was right there too.
    ///
    /// Errors: [`Error`]; there is one choice, so an answer that asks for another is malformed.
    pub fn choose_by_password(
        &self,
        attempt: &Attempt,
        organisation: &Organisation,
    ) -> Result<AfterPassword, Error> {
        let body = json!({ "organisation": organisation.id });
        match self.post(CHOICE, Some(&attempt.0), &body)? {
            AfterPassword::Choose { .. } => Err(again()),
            after @ (AfterPassword::Factor { .. }
            | AfterPassword::EnrolOnly { .. }
            | AfterPassword::Done(_)) => Ok(after),
        }
    }

    /// Logs in at `organisation` with a card that is linked there too.
    ///
    /// Errors: as for [`Client::choose_by_password`].
    pub fn choose_by_card(
        &self,
        attempt: &Attempt,
        organisation: &Organisation,
    ) -> Result<Done, Error> {
        let body = json!({ "organisation": organisation.id });
        match self.post(CHOICE, Some(&attempt.0), &body)? {
            AfterCard::Done(done) => Ok(done),
            AfterCard::Choose { .. } => Err(again()),
        }
    }
}

const CHOICE: &str = "login/organisation";

fn again() -> Error {
    Error::Malformed(format!("{CHOICE}, a choice after the choice"))
}

/// A question needs something to choose.
fn some<'de, D: Deserializer<'de>>(answer: D) -> Result<Vec<Organisation>, D::Error> {
    let organisations = Vec::deserialize(answer)?;
    if organisations.is_empty() {
        return Err(D::Error::invalid_length(0, &"an organisation at least"));
    }
    Ok(organisations)
}

#[cfg(test)]
mod tests;
