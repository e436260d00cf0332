//! Which keys and signature algorithms may occur in a path, and verifying with them.

use der::asn1::UintRef;
use der::{Decode, Encode, Reader, SliceReader};
use rustls::pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};
use webpki::ring;

use super::certificate::Certificate;

/// The algorithms a certificate or a revocation list may be signed with.
///
/// Step 1 of `docs/uzi-verifier.md`: sha256WithRSA of generation G3; RSASSA-PSS of G4, with
/// the same hash for message and mask and a salt of the hash's length.
pub static ALLOWED: &[&dyn SignatureVerificationAlgorithm] = &[
    ring::RSA_PKCS1_2048_8192_SHA256,
    ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
    &BARE_SHA256,
    &BARE_SHA384,
    &BARE_SHA512,
];

/// RSASSA-PSS whose hash identifiers leave their parameters out where the library's have NULL: two
/// encodings of one algorithm, and issuers use either (RFC 4055).
#[derive(Debug)]
struct Bare {
    full: &'static dyn SignatureVerificationAlgorithm,
    identifier: &'static [u8],
}

static BARE_SHA256: Bare =
    Bare { full: ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY, identifier: &bare(1, 32) };
static BARE_SHA384: Bare =
    Bare { full: ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY, identifier: &bare(2, 48) };
static BARE_SHA512: Bare =
    Bare { full: ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY, identifier: &bare(3, 64) };

impl SignatureVerificationAlgorithm for Bare {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        self.full.verify_signature(public_key, message, signature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.full.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        AlgorithmIdentifier::from_slice(self.identifier)
    }
}

/// id-RSASSA-PSS with the hash that ends in `hash` below 2.16.840.1.101.3.4.2, MGF1 with the same
/// one, and a salt of `salt` bytes; the content of the SEQUENCE.
#[rustfmt::skip]
const fn bare(hash: u8, salt: u8) -> [u8; 61] {
    [
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a, // id-RSASSA-PSS
        0x30, 0x30,
        0xa0, 0x0d, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, hash,
        0xa1, 0x1a, 0x30, 0x18,
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08, // id-mgf1
        0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, hash,
        0xa2, 0x03, 0x02, 0x01, salt,
    ]
}

/// The smallest RSA modulus in bits.
pub const SMALLEST_KEY: usize = 2048;
/// The largest RSA modulus in bits: what the library verifies with.
pub const LARGEST_KEY: usize = 8192;

/// What is wrong with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFault {
    /// Not rsaEncryption.
    NotRsa,
    /// An RSA key of this many bits.
    Size(usize),
}

/// The allowed algorithm a certificate says it is signed with, if it is one.
pub fn of(certificate: &Certificate) -> Option<&'static dyn SignatureVerificationAlgorithm> {
    let identifier = certificate.inner().signature_algorithm().to_der().ok()?;
    by_identifier(&identifier)
}

/// The allowed algorithm with this AlgorithmIdentifier (DER, with its SEQUENCE header).
pub fn by_identifier(identifier: &[u8]) -> Option<&'static dyn SignatureVerificationAlgorithm> {
    // The library names algorithms by the content of the SEQUENCE.
    let content = content_of(identifier)?;
    ALLOWED.iter().find(|one| one.signature_alg_id().as_ref() == content).copied()
}

/// A readable name of the algorithm a certificate says it is signed with.
pub fn name(certificate: &Certificate) -> String {
    let oid = certificate.inner().signature_algorithm().oid;
    const_oid::db::DB.by_oid(&oid).map_or_else(|| oid.to_string(), str::to_owned)
}

/// Checks that a certificate's key is RSA of an allowed size.
pub fn check_key(certificate: &Certificate) -> Result<(), KeyFault> {
    let spki = certificate.inner().tbs_certificate().subject_public_key_info();
    if spki.algorithm.oid != const_oid::db::rfc5912::RSA_ENCRYPTION {
        return Err(KeyFault::NotRsa);
    }
    let bytes = spki.subject_public_key.as_bytes().ok_or(KeyFault::NotRsa)?;
    let bits = modulus_bits(bytes).map_err(|_| KeyFault::NotRsa)?;
    if (SMALLEST_KEY..=LARGEST_KEY).contains(&bits) { Ok(()) } else { Err(KeyFault::Size(bits)) }
}

/// Whether `issuer`'s key made the signature on `certificate`, with an allowed algorithm.
pub fn signed_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    let Some(algorithm) = of(certificate) else { return false };
    let Ok(message) = certificate.inner().tbs_certificate().to_der() else { return false };
    let Some(signature) = certificate.inner().signature().as_bytes() else { return false };
    verifies(issuer, algorithm, &message, signature)
}

/// Whether `signer`'s key made this signature on `message`.
pub(super) fn verifies(
    signer: &Certificate,
    algorithm: &dyn SignatureVerificationAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let key = signer.inner().tbs_certificate().subject_public_key_info();
    let Ok(identifier) = key.algorithm.to_der() else { return false };
    let Some(bytes) = key.subject_public_key.as_bytes() else { return false };
    content_of(&identifier) == Some(algorithm.public_key_alg_id().as_ref())
        && algorithm.verify_signature(bytes, message, signature).is_ok()
}

/// The content of a SEQUENCE in DER, without its header.
pub(super) fn content_of(sequence: &[u8]) -> Option<&[u8]> {
    der::asn1::AnyRef::from_der(sequence).ok().map(|any| any.value())
}

/// The modulus' bits of an RSAPublicKey (RFC 8017, appendix A.1.1).
fn modulus_bits(bytes: &[u8]) -> der::Result<usize> {
    let mut reader = SliceReader::new(bytes)?;
    let bits = reader.sequence(|sequence| {
        let modulus = UintRef::decode(sequence)?;
        UintRef::decode(sequence)?;
        Ok::<usize, der::Error>(bits(modulus.as_bytes()))
    })?;
    reader.finish()?;
    Ok(bits)
}

fn bits(modulus: &[u8]) -> usize {
    let Some(first) = modulus.iter().position(|byte| *byte != 0) else { return 0 };
    let rest = modulus.get(first..).unwrap_or_default();
    let zeros = rest.first().map_or(0, |byte| byte.leading_zeros() as usize);
    rest.len() * 8 - zeros
}
