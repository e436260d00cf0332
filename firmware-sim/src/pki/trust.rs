//! `trust.toml`: which issuing authority issues which type of pass.

use super::leaf::{Pass, Purpose};
use super::{Error, authority::Authority};
use const_oid::ObjectIdentifier;

/// An issuing authority and what it may issue.
pub(super) struct Issuer {
    pub(super) authority: Authority,
    /// Type of pass: Z, N, M or S.
    pub(super) pass: char,
    /// The "OID CA" of the UZI name.
    pub(super) san_oid: &'static str,
    /// The policy of its authenticity certificates.
    pub(super) policy: ObjectIdentifier,
}

impl Issuer {
    /// The proper issuer of a type.
    pub(super) fn of(authority: Authority, pass: Pass) -> Self {
        let policy = pass.policy(Purpose::Authenticity);
        Self { authority, pass: pass.letter(), san_oid: pass.oid(), policy }
    }
}

/// The file for these issuers.
pub(super) fn file(issuers: &[&Issuer]) -> Result<String, Error> {
    let mut text = HEADER.to_owned();
    for issuer in issuers {
        let name = &issuer.authority.common_name;
        let (pass, san_oid, policy) = (issuer.pass, issuer.san_oid, issuer.policy);
        let fingerprint = issuer.authority.fingerprint()?;
        text += &format!(
            "\n# {name}\n[[issuer]]\nspki_sha256 = \"{fingerprint}\"\ntype = \"{pass}\"\n\
             san_oid = \"{san_oid}\"\npolicy_oid = \"{policy}\"\n"
        );
    }
    Ok(text)
}

const HEADER: &str = "\
# Which issuing authority issues which type of pass. TEST ONLY.
#
# In this folder every self-signed certificate is an anchor and the others are the pool from which
# a chain is built. One [[issuer]] table for each issuing authority:
#   spki_sha256  SHA-256 of the authority's SubjectPublicKeyInfo (DER), 64 hexadecimal digits
#   type         the type of pass it issues: Z (zorgverlener), N (medewerker op naam),
#                M (medewerker niet op naam) or S (server)
#   san_oid      the \"OID CA\" that opens the UZI name (otherName 2.5.5.5) of what it issues
#   policy_oid   the policy its authenticity certificates must hold
";
