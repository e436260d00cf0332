//! What an authority issues, and in which of the two worlds.

use const_oid::ObjectIdentifier;
use wire::uzi::Kind;

/// Where cards of a trust set come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// Cards of persons that do not exist.
    Test,
    /// Real cards.
    Production,
}

/// What an issuing authority puts on the cards it signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issue {
    /// The card type: Z, N, M or S.
    pub kind: Kind,
    /// The OID at the start of the UZI field.
    pub san_oid: ObjectIdentifier,
    /// The policy of its authenticity certificates.
    pub policy_oid: ObjectIdentifier,
}
