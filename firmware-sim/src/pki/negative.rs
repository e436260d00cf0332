//! The negative set: certificates with one fault each.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use x509_cert::ext::pkix::{KeyUsage, KeyUsages};

use super::authority;
use super::leaf::{ARTS, Draft, Holder, UziName, uzi_name};
use super::{Error, oids};

/// A fault, and the certificate that has it.
pub struct Case {
    /// The stem of its file name, and its name after `z:` in the card option.
    pub name: &'static str,
    /// What is wrong with it, in a few words.
    pub fault: &'static str,
    pub(super) by: By,
    pub(super) spoil: fn(&mut Draft, Timestamp) -> Result<(), Error>,
}

/// Who signs a certificate of the negative set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// The proper authority.
    Proper,
    /// The proper authority, which then revokes it.
    ProperThenRevoked,
    /// An authority that is revoked itself.
    Revoked,
    /// An authority whose revocation list is out of date.
    Stale,
    /// An authority whose certificate nobody has.
    Missing,
    /// An authority of the same name under another root of the same name.
    Other,
    /// The authority for servers.
    Server,
}

/// Every certificate of the negative set.
pub const CASES: &[Case] = &[
    Case {
        name: "expired",
        fault: "ended yesterday",
        by: By::Proper,
        spoil: |draft, now| {
            draft.not_after = now - DAY;
            draft.not_before = authority::years(draft.not_after, -3)?;
            Ok(())
        },
    },
    Case {
        name: "not-yet-valid",
        fault: "begins tomorrow",
        by: By::Proper,
        spoil: |draft, now| {
            draft.not_before = now + DAY;
            draft.not_after = authority::years(draft.not_before, 3)?;
            Ok(())
        },
    },
    Case {
        name: "revoked",
        fault: "is on the revocation list of its issuer",
        by: By::ProperThenRevoked,
        spoil: nothing,
    },
    Case {
        name: "revoked-issuer",
        fault: "the authority that issued it is on the revocation list of level 2",
        by: By::Revoked,
        spoil: nothing,
    },
    Case {
        name: "stale-crl",
        fault: "the revocation list of its issuer is past nextUpdate",
        by: By::Stale,
        spoil: nothing,
    },
    Case {
        name: "missing-intermediate",
        fault: "the certificate of its issuer is not in the pool",
        by: By::Missing,
        spoil: nothing,
    },
    Case {
        name: "other-root",
        fault: "chains to another root, all names equal",
        by: By::Other,
        spoil: nothing,
    },
    Case {
        name: "wrong-eku",
        fault: "its extended key usage lacks clientAuth",
        by: By::Proper,
        spoil: |draft, _| {
            draft.extended_usage = vec![oids::EMAIL_PROTECTION, oids::DOCUMENT_SIGNING];
            Ok(())
        },
    },
    Case {
        name: "wrong-key-usage",
        fault: "extended key usage clientAuth, but key usage nonRepudiation",
        by: By::Proper,
        spoil: |draft, _| {
            draft.usage = KeyUsage(KeyUsages::NonRepudiation.into());
            Ok(())
        },
    },
    Case {
        name: "missing-policy",
        fault: "has no certificate policies",
        by: By::Proper,
        spoil: |draft, _| {
            draft.policies.clear();
            Ok(())
        },
    },
    Case {
        name: "unknown-policy",
        fault: "has another policy than its type needs",
        by: By::Proper,
        spoil: |draft, _| {
            draft.policies = vec![oids::POLICY_UNKNOWN];
            Ok(())
        },
    },
    Case {
        name: "critical-policy",
        fault: "its certificate policies are critical",
        by: By::Proper,
        spoil: |draft, _| {
            draft.policies_critical = true;
            Ok(())
        },
    },
    Case {
        name: "san-oid-mismatch",
        fault: "the OID CA in its UZI name is that of another issuer",
        by: By::Proper,
        spoil: |draft, _| named(draft, &Holder { oid: oids::CA_N, ..ARTS }),
    },
    Case {
        name: "type-n-from-z-issuer",
        fault: "type N, issued by the authority for type Z",
        by: By::Proper,
        spoil: |draft, _| {
            draft.title = None;
            named(draft, &Holder { pass: 'N', role: "00.000", ..ARTS })
        },
    },
    Case {
        name: "type-s",
        fault: "type S, a server's, which no person logs in with",
        by: By::Server,
        spoil: |draft, _| {
            draft.title = None;
            named(draft, &Holder { pass: 'S', oid: oids::CA_S, role: "00.000", ..ARTS })
        },
    },
    Case {
        name: "san-utf8",
        fault: "its UZI name is a UTF8String",
        by: By::Proper,
        spoil: |draft, _| {
            draft.uzi_names = vec![UziName::Utf8(uzi_name(&ARTS))];
            Ok(())
        },
    },
    Case {
        name: "two-uzi-names",
        fault: "has two UZI names",
        by: By::Proper,
        spoil: |draft, _| {
            let second = uzi_name(&Holder { number: OTHER_NUMBER, ..ARTS });
            draft.uzi_names.push(UziName::Ia5(second));
            Ok(())
        },
    },
    Case {
        name: "six-fields",
        fault: "its UZI name has six fields",
        by: By::Proper,
        spoil: |draft, _| {
            let text = uzi_name(&ARTS);
            let six = text.rsplit_once('-').map(|(six, _)| six).unwrap_or_default();
            draft.uzi_names = vec![UziName::Ia5(six.to_owned())];
            Ok(())
        },
    },
    Case {
        name: "eight-fields",
        fault: "its UZI name has eight fields",
        by: By::Proper,
        spoil: |draft, _| {
            draft.uzi_names = vec![UziName::Ia5(format!("{}-0", uzi_name(&ARTS)))];
            Ok(())
        },
    },
    Case {
        name: "short-uzi-number",
        fault: "its UZI number has eight digits",
        by: By::Proper,
        spoil: |draft, _| {
            let holder = Holder { number: "90000010", ..ARTS };
            draft.serial_number = holder.number.to_owned();
            draft.upn = Some(format!("{}@{}", holder.number, holder.subscriber));
            named(draft, &holder)
        },
    },
    Case {
        name: "version-2",
        fault: "its UZI name has version 2",
        by: By::Proper,
        spoil: |draft, _| {
            let text = uzi_name(&ARTS).replacen("-1-", "-2-", 1);
            draft.uzi_names = vec![UziName::Ia5(text)];
            Ok(())
        },
    },
    Case {
        name: "serial-number-mismatch",
        fault: "the serial number of its subject differs from its UZI number",
        by: By::Proper,
        spoil: |draft, _| {
            draft.serial_number = OTHER_NUMBER.to_owned();
            Ok(())
        },
    },
    Case {
        name: "upn-mismatch",
        fault: "its principal name differs from its UZI number",
        by: By::Proper,
        spoil: |draft, _| {
            draft.upn = Some(format!("{OTHER_NUMBER}@{}", ARTS.subscriber));
            Ok(())
        },
    },
    Case {
        name: "unknown-role",
        fault: "its role is on no list",
        by: By::Proper,
        spoil: |draft, _| named(draft, &Holder { role: "77.000", ..ARTS }),
    },
];

impl PartialEq for Case {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Case {}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Case({})", self.name)
    }
}

impl Case {
    /// The case of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        CASES.iter().find(|case| case.name == name)
    }
}

fn nothing(_: &mut Draft, _: Timestamp) -> Result<(), Error> {
    Ok(())
}

fn named(draft: &mut Draft, holder: &Holder) -> Result<(), Error> {
    draft.uzi_names = vec![UziName::Ia5(uzi_name(holder))];
    Ok(())
}

const OTHER_NUMBER: &str = "900000102";
const DAY: SignedDuration = SignedDuration::from_hours(24);
