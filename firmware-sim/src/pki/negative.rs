//! The negative set: certificates with one fault each.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use x509_cert::ext::pkix::{KeyUsage, KeyUsages};

use super::authority;
use super::leaf::{Draft, Holder, UziName, uzi_name, uzi_name_as};
use super::{Error, oids};

/// A fault, and the certificate that has it.
pub struct Case {
    /// The stem of its file name, and its name after `z:` in the card option.
    pub name: &'static str,
    /// What is wrong with it, in a few words.
    pub fault: &'static str,
    pub(super) by: By,
    pub(super) spoil: fn(&mut Draft, &Holder, Timestamp) -> Result<(), Error>,
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
        spoil: |draft, _, now| {
            draft.not_after = now - DAY;
            draft.not_before = authority::years(draft.not_after, -3)?;
            Ok(())
        },
    },
    Case {
        name: "not-yet-valid",
        fault: "begins tomorrow",
        by: By::Proper,
        spoil: |draft, _, now| {
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
        spoil: |draft, _, _| {
            draft.extended_usage = vec![oids::EMAIL_PROTECTION, oids::DOCUMENT_SIGNING];
            Ok(())
        },
    },
    Case {
        name: "wrong-key-usage",
        fault: "extended key usage clientAuth, but key usage nonRepudiation",
        by: By::Proper,
        spoil: |draft, _, _| {
            draft.usage = KeyUsage(KeyUsages::NonRepudiation.into());
            Ok(())
        },
    },
    Case {
        name: "missing-policy",
        fault: "has no certificate policies",
        by: By::Proper,
        spoil: |draft, _, _| {
            draft.policies.clear();
            Ok(())
        },
    },
    Case {
        name: "unknown-policy",
        fault: "has another policy than its type needs",
        by: By::Proper,
        spoil: |draft, _, _| {
            draft.policies = vec![oids::POLICY_UNKNOWN];
            Ok(())
        },
    },
    Case {
        name: "critical-policy",
        fault: "its certificate policies are critical",
        by: By::Proper,
        spoil: |draft, _, _| {
            draft.policies_critical = true;
            Ok(())
        },
    },
    Case {
        name: "san-oid-mismatch",
        fault: "the OID CA in its UZI name is that of another issuer",
        by: By::Proper,
        spoil: |draft, holder, _| named(draft, uzi_name_as(holder, oids::CA_N, 'Z')),
    },
    Case {
        name: "type-n-from-z-issuer",
        fault: "type N, issued by the authority for type Z",
        by: By::Proper,
        spoil: |draft, holder, _| {
            draft.title = None;
            let holder = Holder { role: "00.000".into(), ..holder.clone() };
            named(draft, uzi_name_as(&holder, oids::CA_Z, 'N'))
        },
    },
    Case {
        name: "type-s",
        fault: "type S, a server's, which no person logs in with",
        by: By::Server,
        spoil: |draft, holder, _| {
            draft.title = None;
            let holder = Holder { role: "00.000".into(), ..holder.clone() };
            named(draft, uzi_name_as(&holder, oids::CA_S, 'S'))
        },
    },
    Case {
        name: "san-utf8",
        fault: "its UZI name is a UTF8String",
        by: By::Proper,
        spoil: |draft, holder, _| {
            draft.uzi_names = vec![UziName::Utf8(uzi_name(holder))];
            Ok(())
        },
    },
    Case {
        name: "two-uzi-names",
        fault: "has two UZI names",
        by: By::Proper,
        spoil: |draft, holder, _| {
            let second = Holder { number: other_number(holder).into(), ..holder.clone() };
            let second = uzi_name(&second);
            draft.uzi_names.push(UziName::Ia5(second));
            Ok(())
        },
    },
    Case {
        name: "six-fields",
        fault: "its UZI name has six fields",
        by: By::Proper,
        spoil: |draft, holder, _| {
            let text = uzi_name(holder);
            let six = text.rsplit_once('-').map(|(six, _)| six).unwrap_or_default();
            draft.uzi_names = vec![UziName::Ia5(six.to_owned())];
            Ok(())
        },
    },
    Case {
        name: "eight-fields",
        fault: "its UZI name has eight fields",
        by: By::Proper,
        spoil: |draft, holder, _| {
            draft.uzi_names = vec![UziName::Ia5(format!("{}-0", uzi_name(holder)))];
            Ok(())
        },
    },
    Case {
        name: "short-uzi-number",
        fault: "its UZI number has eight digits",
        by: By::Proper,
        spoil: |draft, holder, _| {
            let number: String = holder.number.chars().take(8).collect();
            draft.serial_number.clone_from(&number);
            draft.upn = Some(format!("{number}@{}", holder.subscriber));
            named(draft, uzi_name(&Holder { number: number.into(), ..holder.clone() }))
        },
    },
    Case {
        name: "version-2",
        fault: "its UZI name has version 2",
        by: By::Proper,
        spoil: |draft, holder, _| {
            let text = uzi_name(holder).replacen("-1-", "-2-", 1);
            draft.uzi_names = vec![UziName::Ia5(text)];
            Ok(())
        },
    },
    Case {
        name: "serial-number-mismatch",
        fault: "the serial number of its subject differs from its UZI number",
        by: By::Proper,
        spoil: |draft, holder, _| {
            draft.serial_number = other_number(holder);
            Ok(())
        },
    },
    Case {
        name: "upn-mismatch",
        fault: "its principal name differs from its UZI number",
        by: By::Proper,
        spoil: |draft, holder, _| {
            draft.upn = Some(format!("{}@{}", other_number(holder), holder.subscriber));
            Ok(())
        },
    },
    Case {
        name: "unknown-role",
        fault: "its role is on no list",
        by: By::Proper,
        spoil: |draft, holder, _| {
            named(draft, uzi_name(&Holder { role: "77.000".into(), ..holder.clone() }))
        },
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

fn nothing(_: &mut Draft, _: &Holder, _: Timestamp) -> Result<(), Error> {
    Ok(())
}

fn named(draft: &mut Draft, name: String) -> Result<(), Error> {
    draft.uzi_names = vec![UziName::Ia5(name)];
    Ok(())
}

/// The UZI number of somebody else: the last digit is the next one.
fn other_number(holder: &Holder) -> String {
    let mut digits: Vec<char> = holder.number.chars().collect();
    if let Some(last) = digits.last_mut() {
        *last = last
            .to_digit(10)
            .and_then(|digit| char::from_digit((digit + 1) % 10, 10))
            .unwrap_or('0');
    }
    digits.into_iter().collect()
}

const DAY: SignedDuration = SignedDuration::from_hours(24);
