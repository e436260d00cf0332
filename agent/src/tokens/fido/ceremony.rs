//! A registration or a log-in with one key, from the server's options to its answer.
//!
//! Spec: WebAuthn Level 3, sections on creating a credential and on making an assertion.

use sha2::{Digest, Sha256};
use wire::cbor::Map;
use wire::ctap2::auth_data::{AuthData, Flags};
use wire::ctap2::client_pin::permission;
use wire::ctap2::entity::{
    Algorithm, Descriptor as Named, Options, PUBLIC_KEY, RelyingParty, User,
};
use wire::ctap2::{cose, get_assertion, make_credential};

use super::ctap2::{Key, Verification};
use super::error::Error;
use super::link::{Link, Person, Protocols};
pub use super::pin::{Random, SystemRandom};
use super::u2f;
use crate::origin::Origin;
use crate::webauthn::{
    AssertionResponse, AttestationResponse, AuthenticationResponse, Bytes, ClientData,
    CreationOptions, CreationResults, CredProps, Descriptor, Empty, RegistrationResponse,
    RequestOptions, Wish,
};

/// The longest credential id that WebAuthn takes, in bytes.
const LONGEST_ID: usize = 1023;
/// The shortest challenge of a server, in bytes.
const SHORTEST_CHALLENGE: usize = 16;
/// Everything of an ES256 SubjectPublicKeyInfo before the point. Spec: RFC 5480.
const P256_SPKI: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE";

/// One key, the person who holds it, and random bytes.
pub struct Ceremony<'a> {
    /// The way to the key.
    pub link: &'a mut dyn Link,
    /// Who holds it.
    pub person: &'a mut dyn Person,
    /// For keys and initial vectors.
    pub random: &'a mut dyn Random,
}

impl Ceremony<'_> {
    /// Makes a credential for `origin`.
    ///
    /// Errors: the options are not for this origin or not usable; the key's and the person's.
    pub fn register(
        self,
        options: &CreationOptions,
        origin: &Origin,
    ) -> Result<RegistrationResponse, Error> {
        let rp_id = rp_id(options.rp.id.as_deref(), origin)?;
        check_challenge(&options.challenge)?;
        if options.user.id.0.is_empty() || options.user.id.0.len() > 64 {
            return Err(Error::Request("the user handle has not 1 to 64 bytes".to_owned()));
        }
        let client_data = ClientData::create(&options.challenge, origin);
        let transport = self.link.transport();
        let (made, is_passkey) = match self.link.protocols() {
            Protocols::Ctap2 | Protocols::Both => self.register_ctap2(options, rp_id, &client_data),
            Protocols::U2f => self.register_u2f(options, rp_id, &client_data),
        }?;
        let read = AuthData::read(&made.auth_data).map_err(Error::malformed)?;
        check(&read, rp_id, options.authenticator_selection.user_verification)?;
        let attested = read.attested.ok_or_else(|| Error::malformed("no credential was made"))?;
        if attested.credential_id.is_empty() || attested.credential_id.len() > LONGEST_ID {
            return Err(Error::malformed("a credential id of an impossible length"));
        }
        let algorithm = attested.public_key.algorithm();
        let algorithm = algorithm
            .filter(|made| options.pub_key_cred_params.iter().any(|asked| asked.alg == *made))
            .ok_or_else(|| Error::malformed("a credential of an algorithm not asked for"))?;
        let made = conveyed(made, options.attestation.as_deref());
        let cred_props =
            options.extensions.cred_props.then_some(CredProps { rk: is_passkey == Passkey::Yes });
        let id = Bytes(attested.credential_id);
        Ok(RegistrationResponse {
            id: id.clone(),
            raw_id: id,
            response: AttestationResponse {
                client_data_json: client_data.into(),
                attestation_object: Bytes(made.attestation_object()),
                authenticator_data: Bytes(made.auth_data),
                transports: vec![transport.name().to_owned()],
                public_key_algorithm: algorithm,
                public_key: spki(&attested.public_key),
            },
            authenticator_attachment: "cross-platform",
            client_extension_results: CreationResults { cred_props },
            kind: PUBLIC_KEY,
        })
    }

    /// Signs for `origin` with a credential on the key.
    ///
    /// Errors: the options are not for this origin or not usable; the key's and the person's.
    pub fn authenticate(
        self,
        options: &RequestOptions,
        origin: &Origin,
    ) -> Result<AuthenticationResponse, Error> {
        let rp_id = rp_id(options.rp_id.as_deref(), origin)?;
        check_challenge(&options.challenge)?;
        let asked = ids(&options.allow_credentials);
        let is_passkey_wanted = options.allow_credentials.is_empty();
        if asked.is_empty() && !is_passkey_wanted {
            // A list of which nothing is known asks for something else than a passkey.
            return Err(Error::NoCredentials);
        }
        let client_data = ClientData::get(&options.challenge, origin);
        let signed = match self.link.protocols() {
            Protocols::Ctap2 | Protocols::Both => {
                self.authenticate_ctap2(options, rp_id, &client_data)
            }
            Protocols::U2f => self.authenticate_u2f(options, rp_id, &client_data),
        };
        let signed = signed.map_err(|error| {
            let is_none = is_passkey_wanted && matches!(error, Error::NoCredentials);
            if is_none { Error::NoPasskey } else { error }
        })?;
        let read = AuthData::read(&signed.auth_data).map_err(Error::malformed)?;
        check(&read, rp_id, options.user_verification)?;
        let id = match signed.credential {
            Some(credential) => credential.id,
            // A key may leave the id out where it had no choice.
            None => match asked.as_slice() {
                [only] => only.clone(),
                _ => return Err(Error::malformed("no credential id")),
            },
        };
        if !asked.is_empty() && !asked.contains(&id) {
            return Err(Error::malformed("a credential that was not asked for"));
        }
        if asked.is_empty() && signed.user.is_none() {
            return Err(Error::malformed("a passkey without its account"));
        }
        Ok(AuthenticationResponse {
            id: Bytes(id.clone()),
            raw_id: Bytes(id),
            response: AssertionResponse {
                client_data_json: client_data.into(),
                authenticator_data: Bytes(signed.auth_data),
                signature: Bytes(signed.signature),
                user_handle: signed.user.map(|user| Bytes(user.id)),
            },
            authenticator_attachment: "cross-platform",
            client_extension_results: Empty {},
            kind: PUBLIC_KEY,
        })
    }

    fn register_ctap2(
        self,
        options: &CreationOptions,
        rp_id: &str,
        client_data: &ClientData,
    ) -> Result<(make_credential::Response, Passkey), Error> {
        let mut key = Key::open(self.link, self.person, self.random)?;
        let selection = &options.authenticator_selection;
        let passkey = match (selection.passkey(), key.is_on("rk")) {
            (Wish::Required, true) => Passkey::Yes,
            (Wish::Required, false) => return Err(Error::PasskeyImpossible),
            // Only what verifies its owner logs in alone; the key's room is scarce.
            (Wish::Preferred, true) if key.is_on("clientPin") || key.is_on("uv") => Passkey::Yes,
            (Wish::Preferred | Wish::Discouraged, _) => Passkey::No,
        };
        // A key with a PIN asks for it unless it says that it does not for such a credential.
        let needed =
            key.is_on("clientPin") && !(key.is_on("makeCredUvNotRqd") && passkey == Passkey::No);
        let enrolled = named(&options.exclude_credentials);
        let whole = key.whole(&enrolled, rp_id);
        let probing = if whole.is_none() { permission::GET_ASSERTION } else { 0 };
        let permissions = permission::MAKE_CREDENTIAL | probing;
        let verified = key.verify(selection.user_verification, needed, permissions, rp_id)?;
        let exclude = match whole {
            Some(list) => list,
            None => key.present(rp_id, &enrolled, verified.token())?.into_iter().collect(),
        };
        let hash = client_data.hash();
        let mut request = creation(&key, options, rp_id, passkey)?;
        (request.client_data_hash, request.exclude) = (hash, exclude);
        let made = key.proven(&verified, |key, verified| {
            request.options.uv = verified.option();
            request.pin_uv_auth_param = verified.proof(&hash);
            request.pin_uv_auth_protocol = verified.protocol();
            key.make(&request)
        })?;
        Ok((made, passkey))
    }

    fn register_u2f(
        self,
        options: &CreationOptions,
        rp_id: &str,
        client_data: &ClientData,
    ) -> Result<(make_credential::Response, Passkey), Error> {
        let selection = &options.authenticator_selection;
        if selection.user_verification == Wish::Required {
            return Err(Error::VerificationImpossible);
        }
        if selection.passkey() == Wish::Required {
            return Err(Error::PasskeyImpossible);
        }
        if !algorithms(options)?.iter().any(|asked| asked.cose == cose::ES256) {
            return Err(Error::Algorithm);
        }
        let exclude = ids(&options.exclude_credentials);
        let (application, challenge) = (hash(rp_id), client_data.hash());
        let made = u2f::register(self.link, self.person, application, challenge, &exclude)?;
        Ok((made, Passkey::No))
    }

    fn authenticate_ctap2(
        self,
        options: &RequestOptions,
        rp_id: &str,
        client_data: &ClientData,
    ) -> Result<get_assertion::Response, Error> {
        let mut key = Key::open(self.link, self.person, self.random)?;
        let asked = named(&options.allow_credentials);
        if asked.is_empty() && !key.is_on("rk") {
            return Err(Error::NoCredentials);
        }
        let wish = options.user_verification;
        let verified = key.verify(wish, false, permission::GET_ASSERTION, rp_id)?;
        let allow = match (asked.is_empty(), key.whole(&asked, rp_id)) {
            (true, _) => None,
            // No id that is left could be this key's; an empty list would ask for a passkey.
            (false, Some(list)) if list.is_empty() => return Err(Error::NoCredentials),
            (false, Some(list)) => Some(list),
            (false, None) => {
                let found = key.present(rp_id, &asked, verified.token())?;
                Some(vec![found.ok_or(Error::NoCredentials)?])
            }
        };
        let only = allow.as_ref().and_then(|list| match list.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        });
        let mut signed = key.proven(&verified, |key, verified| {
            key.chosen(&assertion(rp_id, client_data, allow.clone(), verified))
        })?;
        signed.credential = signed.credential.or(only);
        Ok(signed)
    }

    fn authenticate_u2f(
        self,
        options: &RequestOptions,
        rp_id: &str,
        client_data: &ClientData,
    ) -> Result<get_assertion::Response, Error> {
        if options.user_verification == Wish::Required {
            return Err(Error::VerificationImpossible);
        }
        let allow = ids(&options.allow_credentials);
        let (application, challenge) = (hash(rp_id), client_data.hash());
        let signed = u2f::authenticate(self.link, self.person, application, challenge, &allow)?;
        Ok(get_assertion::Response {
            credential: Some(Named::new(signed.key_handle)),
            auth_data: signed.auth_data,
            signature: signed.signature,
            user: None,
            number_of_credentials: None,
            user_selected: None,
            large_blob_key: None,
        })
    }
}

/// Whether a credential is found without its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passkey {
    Yes,
    No,
}

fn assertion(
    rp_id: &str,
    client_data: &ClientData,
    allow: Option<Vec<Named>>,
    verified: &Verification,
) -> get_assertion::Request {
    let hash = client_data.hash();
    get_assertion::Request {
        rp_id: rp_id.to_owned(),
        client_data_hash: hash,
        allow,
        extensions: None,
        options: Options { rk: None, up: None, uv: verified.option() },
        pin_uv_auth_param: verified.proof(&hash),
        pin_uv_auth_protocol: verified.protocol(),
    }
}

/// What is asked of the key for a registration; what it signs, whom it refuses and how its user
/// is verified come later.
fn creation(
    key: &Key<'_>,
    options: &CreationOptions,
    rp_id: &str,
    passkey: Passkey,
) -> Result<make_credential::Request, Error> {
    let CreationOptions { rp, user, extensions, .. } = options;
    let enforced = extensions.enforce_credential_protection_policy;
    Ok(make_credential::Request {
        client_data_hash: [0; 32],
        rp: RelyingParty { id: rp_id.to_owned(), name: Some(rp.name.clone()) },
        user: User {
            id: user.id.0.clone(),
            name: Some(user.name.clone()),
            display_name: Some(user.display_name.clone()),
        },
        algorithms: algorithms(options)?,
        exclude: Vec::new(),
        extensions: key.protection(extensions.protection(), enforced)?,
        options: Options { rk: (passkey == Passkey::Yes).then_some(true), up: None, uv: None },
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
        enterprise_attestation: None,
        formats: Vec::new(),
    })
}

/// What a server asks is signed only where nobody could have guessed it.
///
/// Spec: WebAuthn Level 3, section on cryptographic challenges: at least 16 bytes.
fn check_challenge(challenge: &Bytes) -> Result<(), Error> {
    if challenge.0.len() < SHORTEST_CHALLENGE {
        return Err(Error::Request("the challenge has fewer than 16 bytes".to_owned()));
    }
    Ok(())
}

/// The rpId asked for, checked against who asks.
pub(super) fn rp_id<'a>(asked: Option<&'a str>, origin: &'a Origin) -> Result<&'a str, Error> {
    let rp_id = asked.unwrap_or(origin.host());
    origin.check_rp_id(rp_id).map_err(|error| Error::Request(error.to_string()))?;
    Ok(rp_id)
}

/// What every answer must hold: the right rpId, a touch, verification where it is required.
fn check(read: &AuthData, rp_id: &str, verification: Wish) -> Result<(), Error> {
    if read.rp_id_hash != hash(rp_id) {
        return Err(Error::malformed("an answer for another relying party"));
    }
    if !read.flags.has(Flags::UP) {
        return Err(Error::malformed("an answer without a touch"));
    }
    if verification == Wish::Required && !read.flags.has(Flags::UV) {
        return Err(Error::malformed("an answer without verification"));
    }
    Ok(())
}

/// Removes the attestation where the server does not want one.
fn conveyed(made: make_credential::Response, wish: Option<&str>) -> make_credential::Response {
    match wish {
        Some("direct" | "indirect" | "enterprise") => made,
        Some(_) | None => make_credential::Response {
            format: "none".to_owned(),
            statement: Map::new().into(),
            ..made
        },
    }
}

fn algorithms(options: &CreationOptions) -> Result<Vec<Algorithm>, Error> {
    let known: Vec<_> = options
        .pub_key_cred_params
        .iter()
        .filter(|asked| asked.kind == PUBLIC_KEY)
        .map(|asked| Algorithm::new(asked.alg))
        .collect();
    if known.is_empty() { Err(Error::Algorithm) } else { Ok(known) }
}

pub(super) fn ids(list: &[Descriptor]) -> Vec<Vec<u8>> {
    list.iter().filter(|one| one.kind == PUBLIC_KEY).map(|one| one.id.0.clone()).collect()
}

pub(super) fn named(list: &[Descriptor]) -> Vec<Named> {
    ids(list).into_iter().map(Named::new).collect()
}

pub(super) fn hash(rp_id: &str) -> [u8; 32] {
    Sha256::digest(rp_id).into()
}

fn spki(key: &cose::Key) -> Option<Bytes> {
    use base64::Engine;
    let cose::Key::P256 { algorithm: cose::ES256, x, y } = key else {
        return None;
    };
    let head = base64::engine::general_purpose::STANDARD.decode(P256_SPKI);
    let head = head.expect("a constant in base64");
    Some(Bytes([head.as_slice(), x, y].concat()))
}

#[cfg(test)]
mod tests;
