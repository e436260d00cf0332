//! The host's half of the PIN/UV auth protocols, written apart from the key's.

use aes::Aes256;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::NoPadding};
use hmac::{Hmac, KeyInit, Mac};
use p256::{SecretKey, elliptic_curve::sec1::ToSec1Point};
use sha2::{Digest, Sha256};
use wire::{
    cbor::Value,
    ctap2::{
        Command, Status,
        client_pin::{Request, Response, Subcommand, permission},
        cose, make_credential,
    },
};

use super::host::{Host, RP_ID};
use crate::fido::pin::protocol::platform_key;

/// What host and key agreed on, from the host's side.
pub(super) struct Agreed {
    pub(super) protocol: u64,
    pub(super) key: cose::Key,
    mac: [u8; 32],
    cipher: [u8; 32],
}

impl Agreed {
    pub(super) fn encrypt(&self, text: &[u8]) -> Vec<u8> {
        let iv = if self.protocol == 1 { [0; 16] } else { [0x77; 16] };
        let mut bytes = text.to_vec();
        cbc::Encryptor::<Aes256>::new(&self.cipher.into(), &iv.into())
            .encrypt_padded::<NoPadding>(&mut bytes, text.len())
            .unwrap();
        if self.protocol == 1 { bytes } else { [&iv[..], &bytes].concat() }
    }

    pub(super) fn decrypt(&self, bytes: &[u8]) -> Vec<u8> {
        let (iv, cipher) =
            if self.protocol == 1 { (&[0; 16][..], bytes) } else { bytes.split_at(16) };
        let iv: [u8; 16] = iv.try_into().unwrap();
        let mut text = cipher.to_vec();
        cbc::Decryptor::<Aes256>::new(&self.cipher.into(), &iv.into())
            .decrypt_padded::<NoPadding>(&mut text)
            .unwrap();
        text
    }

    pub(super) fn authenticate(&self, message: &[u8]) -> Vec<u8> {
        authenticate(self.protocol, &self.mac, message)
    }

    fn hashed(&self, pin: &str) -> Vec<u8> {
        self.encrypt(&Sha256::digest(pin)[..16])
    }

    fn padded(&self, pin: &str) -> Vec<u8> {
        let mut padded = pin.as_bytes().to_vec();
        padded.resize(64, 0);
        self.encrypt(&padded)
    }
}

pub(super) fn authenticate(protocol: u64, key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    let tag = mac.finalize().into_bytes();
    tag[..if protocol == 1 { 16 } else { 32 }].to_vec()
}

fn hkdf(z: &[u8], info: &str) -> [u8; 32] {
    let mut key = [0; 32];
    hkdf::Hkdf::<Sha256>::new(Some(&[0; 32]), z).expand(info.as_bytes(), &mut key).unwrap();
    key
}

impl Host {
    pub(super) fn pin(&mut self, request: &Request) -> Result<Response, Status> {
        let members = self.ctap2(Command::ClientPin, Some(&request.write()))?;
        let none = Value::Map(Vec::new());
        Ok(Response::read(members.as_ref().unwrap_or(&none)).unwrap())
    }

    pub(super) fn agree(&mut self, protocol: u64) -> Agreed {
        let request = Request::new(protocol, Subcommand::GetKeyAgreement);
        let key = self.pin(&request).unwrap().key_agreement.unwrap();
        assert_eq!(key.algorithm(), Some(cose::ECDH_ES_HKDF_256));
        let own = SecretKey::from_slice(&[0x11; 32]).unwrap();
        let z = *own.diffie_hellman(&platform_key(&key).unwrap()).raw_secret_bytes();
        let (mac, cipher) = if protocol == 1 {
            let hash: [u8; 32] = Sha256::digest(z).into();
            (hash, hash)
        } else {
            (hkdf(&z, "CTAP2 HMAC key"), hkdf(&z, "CTAP2 AES key"))
        };
        let point = own.public_key().to_sec1_point(false);
        let (x, y) = point.as_bytes()[1..].split_at(32);
        let (x, y) = (x.try_into().unwrap(), y.try_into().unwrap());
        let key = cose::Key::P256 { algorithm: cose::ECDH_ES_HKDF_256, x, y };
        Agreed { protocol, key, mac, cipher }
    }

    pub(super) fn set_pin(&mut self, protocol: u64, pin: &str) -> Result<(), Status> {
        let agreed = self.agree(protocol);
        let new_pin = agreed.padded(pin);
        self.pin(&Request {
            pin_uv_auth_param: Some(agreed.authenticate(&new_pin)),
            new_pin_enc: Some(new_pin),
            key_agreement: Some(agreed.key),
            ..Request::new(protocol, Subcommand::SetPin)
        })
        .map(|_| ())
    }

    pub(super) fn change_pin(&mut self, protocol: u64, old: &str, new: &str) -> Result<(), Status> {
        let agreed = self.agree(protocol);
        let (new_pin, old_pin) = (agreed.padded(new), agreed.hashed(old));
        self.pin(&Request {
            pin_uv_auth_param: Some(agreed.authenticate(&[&new_pin[..], &old_pin].concat())),
            new_pin_enc: Some(new_pin),
            pin_hash_enc: Some(old_pin),
            key_agreement: Some(agreed.key),
            ..Request::new(protocol, Subcommand::ChangePin)
        })
        .map(|_| ())
    }

    /// A token by the legacy subcommand.
    pub(super) fn legacy_token(&mut self, protocol: u64, pin: &str) -> Result<Vec<u8>, Status> {
        self.token_by(pin, Request::new(protocol, Subcommand::GetPinToken))
    }

    /// A token with permissions.
    pub(super) fn token(
        &mut self,
        protocol: u64,
        pin: &str,
        permissions: u64,
        rp_id: &str,
    ) -> Result<Vec<u8>, Status> {
        self.token_at((protocol, pin), permissions, Some(rp_id))
    }

    /// The same, bound to a party or to none.
    pub(super) fn token_at(
        &mut self,
        (protocol, pin): (u64, &str),
        permissions: u64,
        rp_id: Option<&str>,
    ) -> Result<Vec<u8>, Status> {
        let subcommand = Subcommand::GetPinUvAuthTokenUsingPinWithPermissions;
        self.token_by(
            pin,
            Request {
                permissions: Some(permissions),
                rp_id: rp_id.map(str::to_owned),
                ..Request::new(protocol, subcommand)
            },
        )
    }

    /// Makes a credential with the PIN.
    pub(super) fn make_with(
        &mut self,
        pin: &str,
        mut request: make_credential::Request,
    ) -> Result<make_credential::Response, Status> {
        let token = self.token(2, pin, permission::MAKE_CREDENTIAL, RP_ID)?;
        request.pin_uv_auth_param = Some(authenticate(2, &token, &request.client_data_hash));
        request.pin_uv_auth_protocol = Some(2);
        self.make(&request)
    }

    pub(super) fn token_by(&mut self, pin: &str, request: Request) -> Result<Vec<u8>, Status> {
        let agreed = self.agree(request.protocol.unwrap());
        let answer = self.pin(&Request {
            pin_hash_enc: Some(agreed.hashed(pin)),
            key_agreement: Some(agreed.key.clone()),
            ..request
        })?;
        Ok(agreed.decrypt(&answer.token.unwrap()))
    }

    /// A token for a finger on the sensor.
    pub(super) fn finger_token(
        &mut self,
        permissions: u64,
        rp_id: Option<&str>,
    ) -> Result<Vec<u8>, Status> {
        let agreed = self.agree(2);
        let subcommand = Subcommand::GetPinUvAuthTokenUsingUvWithPermissions;
        let answer = self.pin(&Request {
            permissions: Some(permissions),
            rp_id: rp_id.map(str::to_owned),
            key_agreement: Some(agreed.key.clone()),
            ..Request::new(2, subcommand)
        })?;
        Ok(agreed.decrypt(&answer.token.unwrap()))
    }

    pub(super) fn retries(&mut self) -> (u64, bool) {
        let answer = self.pin(&Request::new(1, Subcommand::GetPinRetries)).unwrap();
        (answer.pin_retries.unwrap(), answer.power_cycle.unwrap())
    }
}
