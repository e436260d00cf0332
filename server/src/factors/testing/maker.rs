//! A maker of keys in software: a root, and attestation under it, as a real maker's or forged.

use std::str::FromStr as _;
use std::time::Duration;

use const_oid::ObjectIdentifier;
use der::asn1::OctetString;
use der::{Encode as _, EncodePem as _};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder as _, CertificateBuilder};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, KeyUsages};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::Validity;
use x509_cert::{Certificate, TbsCertificate};

use super::key;

/// The models that the test makers make.
pub(crate) const AAGUID: [u8; 16] = *b"a model of tests";

/// id-fido-gen-ce-aaguid. Spec: WebAuthn Level 3, packed attestation certificates.
const AAGUID_EXTENSION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.4");

/// Which statement a key gives about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `packed`, with a chain.
    Packed,
    /// `fido-u2f`.
    U2f,
}

/// Makes keys.
#[derive(Clone)]
pub(crate) struct Maker {
    pub(crate) root: Certificate,
    pub(crate) leaf: Vec<u8>,
    /// What signs a key's statement: the leaf's key, unless a test takes another.
    pub(crate) signer: SigningKey,
    pub(crate) format: Format,
    /// The model that the key says it is.
    pub(crate) aaguid: [u8; 16],
}

impl Maker {
    /// A maker with a root of its own, whose keys are of the model [`AAGUID`].
    pub(crate) fn new() -> Self {
        let (authority, signer) = (key(), key());
        let root = "CN=Test Key Root,O=Sleutelbos Test,C=NL";
        let leaf = "CN=Test Key,OU=Authenticator Attestation,O=Sleutelbos Test,C=NL";
        let inner = OctetString::new(AAGUID).and_then(|id| id.to_der()).expect("sixteen bytes");
        let model = extension(AAGUID_EXTENSION, false, inner);
        let certificate = issue((root, &authority), (leaf, &signer), vec![basic(false), model]);
        Self {
            root: issue((root, &authority), (root, &authority), vec![basic(true), signs()]),
            leaf: certificate.to_der().expect("a certificate"),
            signer,
            format: Format::Packed,
            aaguid: AAGUID,
        }
    }

    /// The root certificate, for a list.
    pub(crate) fn pem(&self) -> String {
        self.root.to_pem(der::pem::LineEnding::LF).expect("a certificate")
    }

    /// The certificate of the keys, which is no root.
    pub(crate) fn leaf_pem(&self) -> String {
        let leaf: Certificate = der::Decode::from_der(&self.leaf).expect("a certificate");
        leaf.to_pem(der::pem::LineEnding::LF).expect("a certificate")
    }

    /// `fmt` and `attStmt` of an attestation object, in the order of canonical CBOR.
    pub(super) fn statement(
        &self,
        data: &[u8],
        client_data: &[u8],
        credential: (&[u8], &VerifyingKey),
    ) -> Vec<u8> {
        let hash = Sha256::digest(client_data);
        let point = credential.1.to_sec1_point(false);
        let signed = match self.format {
            Format::Packed => [data, &hash].concat(),
            Format::U2f => {
                let relying_party = data.get(..32).expect("the hash of the rpId");
                [&[0], relying_party, &hash, credential.0, point.as_bytes()].concat()
            }
        };
        let signature: DerSignature = self.signer.sign(&signed);
        let mut cbor = match self.format {
            Format::Packed => b"\x63fmt\x66packed\x67attStmt\xa3\x63alg\x26\x63sig".to_vec(),
            Format::U2f => b"\x63fmt\x68fido-u2f\x67attStmt\xa2\x63sig".to_vec(),
        };
        bytes(&mut cbor, signature.as_bytes());
        cbor.extend(b"\x63x5c\x81");
        bytes(&mut cbor, &self.leaf);
        cbor
    }
}

/// A CBOR byte string.
fn bytes(cbor: &mut Vec<u8>, content: &[u8]) {
    cbor.extend(wire::cbor::encode(&wire::cbor::Value::bytes(content)));
}

fn basic(ca: bool) -> Extension {
    let value = BasicConstraints { ca, path_len_constraint: None };
    let oid = <BasicConstraints as const_oid::AssociatedOid>::OID;
    extension(oid, true, value.to_der().expect("constraints"))
}

fn signs() -> Extension {
    let value = KeyUsage(KeyUsages::KeyCertSign.into());
    let oid = <KeyUsage as const_oid::AssociatedOid>::OID;
    extension(oid, true, value.to_der().expect("a usage"))
}

fn extension(extn_id: ObjectIdentifier, critical: bool, value: Vec<u8>) -> Extension {
    Extension { extn_id, critical, extn_value: OctetString::new(value).expect("a short value") }
}

fn issue(
    (issuer, authority): (&str, &SigningKey),
    (subject, subject_key): (&str, &SigningKey),
    extensions: Vec<Extension>,
) -> Certificate {
    let name = |text| Name::from_str(text).expect("a name");
    let profile = Names { issuer: name(issuer), subject: name(subject), extensions };
    let day = |seconds| {
        der::DateTime::from_unix_duration(Duration::from_secs(seconds))
            .map(x509_cert::time::Time::from)
            .expect("a date")
    };
    // From 2020, for a hundred years.
    let validity = Validity::new(day(1_577_836_800), day(4_733_510_400));
    let public = spki::SubjectPublicKeyInfoOwned::from_key(&VerifyingKey::from(subject_key));
    let serial = SerialNumber::new(&[1]).expect("a number");
    let builder = CertificateBuilder::new(profile, serial, validity, public.expect("a key"));
    builder.expect("a certificate").build::<_, DerSignature>(authority).expect("a signature")
}

struct Names {
    issuer: Name,
    subject: Name,
    extensions: Vec<Extension>,
}

impl BuilderProfile for Names {
    fn get_issuer(&self, _: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _: spki::SubjectPublicKeyInfoRef<'_>,
        _: spki::SubjectPublicKeyInfoRef<'_>,
        _: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        Ok(self.extensions.clone())
    }
}
