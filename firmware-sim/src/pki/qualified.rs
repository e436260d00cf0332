//! qcStatements, which signature certificates carry: compliance, device, type and disclosure.

use const_oid::ObjectIdentifier;
use der::asn1::{Any, Ia5String, PrintableString};
use der::{Encode, Sequence};
use x509_cert::ext::Extension;

use super::{Error, HOST, x509};

#[derive(Sequence)]
struct Statement {
    id: ObjectIdentifier,
    info: Option<Any>,
}

#[derive(Sequence)]
struct Location {
    url: Ia5String,
    language: PrintableString,
}

/// The extension, as the register's practice statement lists it (structure: ETSI EN 319 412-5).
pub(super) fn statements() -> Result<Extension, Error> {
    let location = Location {
        url: Ia5String::new(&format!("https://{HOST}/pds"))?,
        language: PrintableString::new("nl")?,
    };
    let list = vec![
        Statement { id: COMPLIANCE, info: None },
        Statement { id: DEVICE, info: None },
        Statement { id: TYPE, info: Some(any(&vec![TYPE_SIGNATURE])?) },
        Statement { id: DISCLOSURE, info: Some(any(&vec![location])?) },
    ];
    x509::raw_extension(STATEMENTS, &list)
}

fn any(value: &impl Encode) -> Result<Any, Error> {
    Ok(<Any as der::Decode>::from_der(&value.to_der()?)?)
}

const STATEMENTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.3");
const COMPLIANCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.1862.1.1");
const DEVICE: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.1862.1.4");
const DISCLOSURE: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.1862.1.5");
const TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.1862.1.6");
const TYPE_SIGNATURE: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.1862.1.6.1");
