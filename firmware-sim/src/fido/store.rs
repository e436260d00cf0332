//! Credentials: made, opened from their ids, kept on the key, and thrown away by a reset.
//!
//! A credential id is `version ‖ properties ‖ nonce ‖ HMAC`. The private key is derived from the
//! id, the party and the master secret, so a non-resident credential takes no room on the key and
//! an id that this key did not make, or made for another party, does not open. A reset draws a
//! new master secret. U2F key handles are such ids too, so both protocols see both.

use hmac::{Hmac, KeyInit, Mac};
use p256::{
    PublicKey, SecretKey,
    ecdsa::{DerSignature, SigningKey, signature::Signer},
    elliptic_curve::{Generate, sec1::ToSec1Point},
};
use sha2::Sha256;
use wire::ctap2::{
    auth_data::Flags,
    cose,
    entity::{RelyingParty, User},
};

use crate::{
    env::{Seed, Stream},
    secret::Secret,
};

/// Bytes of a credential id.
pub(crate) const ID: usize = HEAD + TAG;

const HEAD: usize = 2 + NONCE;
const NONCE: usize = 30;
const TAG: usize = 32;
const VERSION: u8 = 1;

/// SHA-256 of an rpId, or the application parameter of U2F.
pub(crate) type RpIdHash = [u8; 32];
/// What a credential id looks like.
pub(crate) type Id = [u8; ID];

/// How a credential is protected. Spec: CTAP 2.1 section 12.1, credProtect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Protection {
    /// Usable without verification.
    Optional = 1,
    /// Without verification only where its id is given.
    OptionalWithId = 2,
    /// Only with verification.
    Required = 3,
}

impl Protection {
    /// True where a credential so protected may be used, or its existence shown, for an id that
    /// the host gave.
    pub(crate) fn allows(self, person: Person) -> bool {
        self < Self::Required || person == Person::Verified
    }

    /// The same where the host gave no id.
    pub(crate) fn allows_discovery(self, person: Person) -> bool {
        self == Self::Optional || person == Person::Verified
    }

    pub(crate) fn from_level(level: u64) -> Option<Self> {
        match level {
            1 => Some(Self::Optional),
            2 => Some(Self::OptionalWithId),
            3 => Some(Self::Required),
            _ => None,
        }
    }
}

/// Where a credential lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Home {
    /// On the key: it can be found without its id.
    Key,
    /// In its id.
    Id,
}

/// Whether the person proved to know the PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Person {
    Verified,
    Unverified,
}

impl Person {
    /// The flag of the authenticator data.
    pub(crate) fn flag(self) -> u8 {
        match self {
            Self::Verified => Flags::UV,
            Self::Unverified => 0,
        }
    }
}

/// What is fixed when a credential is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Properties {
    pub(crate) protection: Protection,
    pub(crate) home: Home,
    /// The extension hmac-secret was asked for.
    pub(crate) hmac_secret: bool,
    /// The extension thirdPartyPayment was asked for.
    pub(crate) payment: bool,
}

impl Properties {
    /// Of a credential made by U2F.
    pub(crate) const U2F: Self = Self {
        protection: Protection::Optional,
        home: Home::Id,
        hmac_secret: false,
        payment: false,
    };
    const ON_KEY: u8 = 0x80;
    const HMAC_SECRET: u8 = 0x40;
    const PAYMENT: u8 = 0x20;

    fn byte(self) -> u8 {
        let home = match self.home {
            Home::Key => Self::ON_KEY,
            Home::Id => 0,
        };
        let hmac_secret = if self.hmac_secret { Self::HMAC_SECRET } else { 0 };
        let payment = if self.payment { Self::PAYMENT } else { 0 };
        self.protection as u8 | home | hmac_secret | payment
    }

    fn from_byte(byte: u8) -> Option<Self> {
        let level = byte & !(Self::ON_KEY | Self::HMAC_SECRET | Self::PAYMENT);
        Some(Self {
            protection: Protection::from_level(u64::from(level))?,
            home: if byte & Self::ON_KEY == 0 { Home::Id } else { Home::Key },
            hmac_secret: byte & Self::HMAC_SECRET != 0,
            payment: byte & Self::PAYMENT != 0,
        })
    }
}

/// A credential, ready to sign.
#[derive(Debug, Clone)]
pub(crate) struct Credential {
    pub(crate) id: Id,
    pub(crate) rp_id_hash: RpIdHash,
    pub(crate) properties: Properties,
    key: SigningKey,
}

impl Credential {
    /// The private key.
    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The public key as U2F writes it.
    pub(crate) fn point(&self) -> Point {
        point(&PublicKey::from(self.key.verifying_key()))
    }

    /// The public key as CTAP2 writes it.
    pub(crate) fn public_key(&self) -> cose::Key {
        cose_key(&self.point(), cose::ES256)
    }
}

/// An account that lives on the key.
#[derive(Debug, Clone)]
pub(crate) struct Resident {
    pub(crate) id: Id,
    pub(crate) rp_id_hash: RpIdHash,
    pub(crate) properties: Properties,
    pub(crate) rp: RelyingParty,
    pub(crate) user: User,
    /// What its party keeps here by the extension credBlob.
    pub(crate) cred_blob: Option<Vec<u8>>,
    /// The extension largeBlobKey was asked for.
    pub(crate) large_blob_key: bool,
}

impl Resident {
    /// The account of a credential that lives on the key.
    pub(crate) fn new(credential: &Credential, rp: RelyingParty, user: User) -> Self {
        let Credential { id, rp_id_hash, properties, .. } = *credential;
        let (cred_blob, large_blob_key) = (None, false);
        Self { id, rp_id_hash, properties, rp, user, cred_blob, large_blob_key }
    }
}

/// There is no room for a further account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key holds as many accounts as it can")]
pub(crate) struct Full;

/// All credentials of a key.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    secrets: Stream,
    nonces: Stream,
    master: Secret<32>,
    /// Oldest first.
    residents: Vec<Resident>,
    capacity: usize,
}

impl Store {
    /// An empty store with room for `capacity` accounts.
    pub(crate) fn new(seed: &Seed, capacity: usize) -> Self {
        let mut secrets = seed.stream("fido master secret");
        let master = secrets.bytes().into();
        let nonces = seed.stream("fido credential nonce");
        Self { secrets, nonces, master, residents: Vec::new(), capacity }
    }

    /// Throws every credential away, those in ids included.
    pub(crate) fn reset(&mut self) {
        self.master = self.secrets.bytes().into();
        self.residents.clear();
    }

    /// Makes a credential for `user`; one that lives on the key still has to be kept.
    ///
    /// The user handle goes into the id: a key that begins anew with its seed, as at each start of a
    /// world, gives two people of one party two credentials. U2F names nobody.
    pub(crate) fn create(
        &mut self,
        rp_id_hash: RpIdHash,
        user: &[u8],
        properties: Properties,
    ) -> Credential {
        let drawn: [u8; NONCE] = self.nonces.bytes();
        let seeded = [&drawn[..], user].concat();
        let nonce = self.mac("credential nonce", &seeded, &rp_id_hash).finalize().into_bytes();
        let nonce = nonce.into_iter().take(NONCE);
        let head: Vec<u8> = [VERSION, properties.byte()].into_iter().chain(nonce).collect();
        let tag = self.mac("credential id", &head, &rp_id_hash).finalize().into_bytes();
        let id = [head, tag.to_vec()].concat().try_into().expect("head and tag make an id");
        self.derive(id, rp_id_hash, properties)
    }

    /// The credential with this id, where this key made it for this party and still has it.
    pub(crate) fn open(&self, id: &[u8], rp_id_hash: &RpIdHash) -> Option<Credential> {
        let id: Id = id.try_into().ok()?;
        let (head, tag) = id.split_at(HEAD);
        let [VERSION, properties, ..] = *head else { return None };
        self.mac("credential id", head, rp_id_hash).verify_slice(tag).ok()?;
        let properties = Properties::from_byte(properties)?;
        let kept = || self.residents.iter().any(|r| r.id == id);
        let lives = properties.home == Home::Id || kept();
        lives.then(|| self.derive(id, *rp_id_hash, properties))
    }

    /// The accounts of a party, newest first.
    pub(crate) fn residents(&self, rp_id_hash: &RpIdHash) -> impl Iterator<Item = &Resident> {
        self.residents.iter().rev().filter(move |r| r.rp_id_hash == *rp_id_hash)
    }

    /// The account with this id, or what a host takes for one.
    pub(crate) fn resident(&self, id: &[u8]) -> Option<&Resident> {
        self.residents.iter().find(|r| r.id == *id)
    }

    /// The same, to be changed.
    pub(crate) fn resident_mut(&mut self, id: &Id) -> Option<&mut Resident> {
        self.residents.iter_mut().find(|r| r.id == *id)
    }

    /// The parties that have accounts on the key, newest account first.
    pub(crate) fn parties(&self) -> Vec<RpIdHash> {
        let mut parties = Vec::new();
        for account in self.residents.iter().rev() {
            if !parties.contains(&account.rp_id_hash) {
                parties.push(account.rp_id_hash);
            }
        }
        parties
    }

    /// Removes an account, and with it the credential.
    pub(crate) fn remove(&mut self, id: &Id) {
        self.residents.retain(|r| r.id != *id);
    }

    /// How many accounts there are.
    pub(crate) fn count(&self) -> usize {
        self.residents.len()
    }

    /// How many further accounts fit.
    pub(crate) fn room(&self) -> usize {
        self.capacity.saturating_sub(self.residents.len())
    }

    /// Keeps an account, in place of an older one of the same user at the same party.
    pub(crate) fn keep(&mut self, resident: Resident) -> Result<(), Full> {
        let same =
            |r: &Resident| r.rp_id_hash == resident.rp_id_hash && r.user.id == resident.user.id;
        let older = self.residents.iter().position(same);
        if older.is_none() && self.room() == 0 {
            return Err(Full);
        }
        if let Some(older) = older {
            self.residents.remove(older);
        }
        self.residents.push(resident);
        Ok(())
    }

    /// The secret behind the extension hmac-secret: one for verified people, one for others.
    pub(crate) fn cred_random(&self, credential: &Credential, person: Person) -> Secret<32> {
        let label = match person {
            Person::Verified => "hmac-secret with verification",
            Person::Unverified => "hmac-secret without verification",
        };
        let mac = self.mac(label, &credential.id, &credential.rp_id_hash);
        Secret::from(<[u8; 32]>::from(mac.finalize().into_bytes()))
    }

    /// The key of the extension largeBlobKey.
    pub(crate) fn large_blob_key(&self, account: &Resident) -> Option<Vec<u8>> {
        let mac = self.mac("large blob key", &account.id, &account.rp_id_hash);
        account.large_blob_key.then(|| mac.finalize().into_bytes().to_vec())
    }

    fn derive(&self, id: Id, rp_id_hash: RpIdHash, properties: Properties) -> Credential {
        let bytes: [u8; 32] =
            self.mac("credential key", &id, &rp_id_hash).finalize().into_bytes().into();
        let secret = SecretKey::generate_from_rng(Seed::from(bytes).stream("p256").rng());
        Credential { id, rp_id_hash, properties, key: SigningKey::from(&secret) }
    }

    fn mac(&self, label: &str, bytes: &[u8], rp_id_hash: &RpIdHash) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.master.expose())
            .expect("HMAC takes any key length");
        mac.update(label.as_bytes());
        mac.update(bytes);
        mac.update(rp_id_hash);
        mac
    }
}

/// An uncompressed point of P-256: 04, x, y.
pub(crate) type Point = [u8; 65];

pub(crate) fn point(key: &PublicKey) -> Point {
    key.to_sec1_point(false).as_bytes().try_into().expect("an uncompressed point has 65 bytes")
}

pub(crate) fn cose_key(point: &Point, algorithm: i64) -> cose::Key {
    let (x, y) = point[1..].split_at(32);
    let coordinate = |bytes: &[u8]| bytes.try_into().expect("a coordinate has 32 bytes");
    cose::Key::P256 { algorithm, x: coordinate(x), y: coordinate(y) }
}

/// Signs as every signature of a key is made: ECDSA on P-256 with SHA-256 and the nonce of
/// RFC 6979, so that the same message gives the same bytes. DER.
pub(crate) fn sign(key: &SigningKey, message: &[u8]) -> Vec<u8> {
    let signature: DerSignature = key.sign(message);
    signature.as_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use proptest::prelude::*;

    const USER: &[u8] = b"user";
    const PARTY: RpIdHash = [0xAB; 32];

    fn store() -> Store {
        Store::new(&Seed::from(1), 2)
    }

    fn properties(home: Home) -> Properties {
        Properties {
            protection: Protection::OptionalWithId,
            home,
            hmac_secret: true,
            payment: false,
        }
    }

    /// A user may have enrolled the key of a seed: its ids stay what they are.
    #[test]
    fn a_key_that_begins_anew_gives_another_person_another_credential() {
        let made = |user: &[u8]| store().create(PARTY, user, properties(Home::Id));
        let [first, other, again] = [&b"alice"[..], b"bob", b"alice"].map(made);
        assert_ne!(first.id, other.id);
        assert_ne!(first.public_key(), other.public_key());
        assert_eq!(first.id, again.id);
    }

    #[test]
    fn a_seed_gives_the_same_ids_in_every_release() {
        let credential = store().create(PARTY, USER, properties(Home::Id));
        expect!["0142d06802393427f8586a878247693626b447170265d0cee00351749aa521965c14f688358b0932f857020087f16801d544850b2d52b5bc0816ffb3ea8a3b35"].assert_eq(&hex::encode(credential.id));
        expect!["045d6544ec2fefb448e72bd4fad411386d85e987eae75da73758a473a9d3800d29db5b15bd67935bbb00d45d47b01562b388362e1b5180da430af2eb62ed11f3d6"].assert_eq(&hex::encode(credential.point()));
    }

    #[test]
    fn an_id_opens_to_what_was_made() {
        let mut store = store();
        let made = store.create(PARTY, USER, properties(Home::Id));
        let opened = store.open(&made.id, &PARTY).unwrap();
        assert_eq!(opened.properties, properties(Home::Id));
        assert_eq!(opened.point(), made.point());
        assert!(store.open(&made.id, &[0xAC; 32]).is_none(), "another party");
        store.reset();
        assert!(store.open(&made.id, &PARTY).is_none(), "after a reset");
    }

    #[test]
    fn an_account_that_was_not_kept_does_not_open() {
        let mut store = store();
        let made = store.create(PARTY, USER, properties(Home::Key));
        assert!(store.open(&made.id, &PARTY).is_none());
    }

    proptest! {
        #[test]
        fn a_changed_id_does_not_open(bit in 0usize..8 * ID) {
            let mut store = store();
            let mut id = store.create(PARTY, USER, properties(Home::Id)).id;
            id[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(store.open(&id, &PARTY).is_none());
        }

        #[test]
        fn no_bytes_are_taken_for_an_id(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            prop_assert!(store().open(&bytes, &PARTY).is_none());
        }
    }
}
