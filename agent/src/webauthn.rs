//! WebAuthn's JSON forms: what a server asks and what it is answered.
//!
//! Spec: WebAuthn Level 3, `PublicKeyCredentialCreationOptionsJSON`,
//! `PublicKeyCredentialRequestOptionsJSON`, `RegistrationResponseJSON`,
//! `AuthenticationResponseJSON`; client data.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::origin::Origin;

/// Bytes that travel as base64url without padding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bytes(pub Vec<u8>);

impl Bytes {
    /// The text form.
    #[must_use]
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0)
    }
}

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        URL_SAFE_NO_PAD
            .decode(text.trim_end_matches('='))
            .map(Self)
            .map_err(|_| serde::de::Error::custom("bytes are base64url without padding"))
    }
}

/// What is asked for a new credential. Members the agent has no use for are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreationOptions {
    /// Who asks.
    pub rp: RelyingParty,
    /// For whom.
    pub user: User,
    /// The server's random bytes.
    pub challenge: Bytes,
    /// Algorithms, preferred first.
    pub pub_key_cred_params: Vec<Parameter>,
    /// Credentials the account has already.
    #[serde(default, deserialize_with = "or_default")]
    pub exclude_credentials: Vec<Descriptor>,
    /// What the key must be able to do.
    #[serde(default, deserialize_with = "or_default")]
    pub authenticator_selection: Selection,
    /// `none`, `indirect`, `direct` or `enterprise`.
    #[serde(default, deserialize_with = "or_default")]
    pub attestation: Option<String>,
    /// Extension inputs.
    #[serde(default, deserialize_with = "or_default")]
    pub extensions: CreationExtensions,
}

/// A relying party.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RelyingParty {
    /// The rpId; absent stands for the origin's host.
    #[serde(default, deserialize_with = "or_default")]
    pub id: Option<String>,
    /// A name for people.
    pub name: String,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The user handle, 1 to 64 bytes.
    pub id: Bytes,
    /// What the person logs in with.
    pub name: String,
    /// What the person is called.
    pub display_name: String,
}

/// An algorithm the server takes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Parameter {
    /// `public-key`; others are passed over.
    #[serde(rename = "type")]
    pub kind: String,
    /// The COSE algorithm.
    pub alg: i64,
}

/// Names a credential.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Descriptor {
    /// `public-key`; others are passed over.
    #[serde(rename = "type")]
    pub kind: String,
    /// The credential id.
    pub id: Bytes,
}

/// What the key must be able to do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Selection {
    /// Whether the credential is to be found without its id. An unknown value is as good as none.
    #[serde(deserialize_with = "known_wish")]
    pub resident_key: Option<Wish>,
    /// The same as it was said before level 2.
    #[serde(deserialize_with = "or_default")]
    pub require_resident_key: bool,
    /// Whether the person is to be verified.
    #[serde(deserialize_with = "or_default")]
    pub user_verification: Wish,
}

impl Selection {
    /// Whether the credential is to be found without its id.
    #[must_use]
    pub fn passkey(&self) -> Wish {
        match (self.resident_key, self.require_resident_key) {
            (Some(wish), _) => wish,
            (None, true) => Wish::Required,
            (None, false) => Wish::Discouraged,
        }
    }
}

/// How much a server wants something. An unknown value counts as [`Wish::Preferred`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wish {
    /// It must be.
    Required,
    /// It should be.
    #[default]
    Preferred,
    /// It should not be.
    Discouraged,
}

impl<'de> Deserialize<'de> for Wish {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self::of(&String::deserialize(from)?).unwrap_or_default())
    }
}

impl Wish {
    fn of(text: &str) -> Option<Self> {
        match text {
            "required" => Some(Self::Required),
            "preferred" => Some(Self::Preferred),
            "discouraged" => Some(Self::Discouraged),
            _ => None,
        }
    }
}

/// Extension inputs of a registration that the agent passes on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CreationExtensions {
    /// `userVerificationOptional`, …
    pub credential_protection_policy: Option<String>,
    /// A key without credProtect is refused.
    #[serde(deserialize_with = "or_default")]
    pub enforce_credential_protection_policy: bool,
    /// Whether the credential became a passkey is to be told.
    #[serde(deserialize_with = "or_default")]
    pub cred_props: bool,
}

impl CreationExtensions {
    /// The level of credProtect, 1 to 3, where a known policy is asked.
    #[must_use]
    pub fn protection(&self) -> Option<u64> {
        match self.credential_protection_policy.as_deref()? {
            "userVerificationOptional" => Some(1),
            "userVerificationOptionalWithCredentialIDList" => Some(2),
            "userVerificationRequired" => Some(3),
            _ => None,
        }
    }
}

/// What is asked for a log-in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestOptions {
    /// The server's random bytes.
    pub challenge: Bytes,
    /// The rpId; absent stands for the origin's host.
    #[serde(default, deserialize_with = "or_default")]
    pub rp_id: Option<String>,
    /// The credentials that may answer; none asks for a passkey.
    #[serde(default, deserialize_with = "or_default")]
    pub allow_credentials: Vec<Descriptor>,
    /// Whether the person is to be verified.
    #[serde(default, deserialize_with = "or_default")]
    pub user_verification: Wish,
}

/// A wish that is none where its value is unknown. Spec: WebAuthn Level 3, `residentKey`.
fn known_wish<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Wish>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    Ok(text.as_deref().and_then(Wish::of))
}

/// `null` is the same as absent: some servers write it.
fn or_default<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::<T>::deserialize(from).map(Option::unwrap_or_default)
}

/// What the browser would do: `clientDataJSON`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientData(Vec<u8>);

impl ClientData {
    /// For a registration.
    #[must_use]
    pub fn create(challenge: &Bytes, origin: &Origin) -> Self {
        Self::new("webauthn.create", challenge, origin)
    }

    /// For a log-in.
    #[must_use]
    pub fn get(challenge: &Bytes, origin: &Origin) -> Self {
        Self::new("webauthn.get", challenge, origin)
    }

    /// What the key signs in its place.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }

    /// In the order of members that the specification's limited verification expects.
    fn new(kind: &str, challenge: &Bytes, origin: &Origin) -> Self {
        // Neither base64url nor an origin has a character that JSON escapes.
        let (challenge, origin) = (challenge.text(), origin.as_str());
        Self(
            format!(
                r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}","crossOrigin":false}}"#
            )
            .into_bytes(),
        )
    }
}

impl From<ClientData> for Bytes {
    fn from(data: ClientData) -> Self {
        Self(data.0)
    }
}

/// The answer to [`CreationOptions`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationResponse {
    /// The credential id.
    pub id: Bytes,
    /// The credential id again.
    pub raw_id: Bytes,
    /// What the key said.
    pub response: AttestationResponse,
    /// Always `cross-platform`.
    pub authenticator_attachment: &'static str,
    /// Extension outputs.
    pub client_extension_results: CreationResults,
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// What a key said at registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttestationResponse {
    /// The client data.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: Bytes,
    /// The attestation object.
    pub attestation_object: Bytes,
    /// The authenticator data inside it.
    pub authenticator_data: Bytes,
    /// How the key is reached.
    pub transports: Vec<String>,
    /// The COSE algorithm.
    pub public_key_algorithm: i64,
    /// The public key as SubjectPublicKeyInfo, for ES256.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<Bytes>,
}

/// Extension outputs of a registration.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreationResults {
    /// Whether it became a passkey.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cred_props: Option<CredProps>,
}

/// Whether a credential became a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CredProps {
    /// It did.
    pub rk: bool,
}

/// The answer to [`RequestOptions`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationResponse {
    /// The credential id.
    pub id: Bytes,
    /// The credential id again.
    pub raw_id: Bytes,
    /// What the key said.
    pub response: AssertionResponse,
    /// Always `cross-platform`.
    pub authenticator_attachment: &'static str,
    /// Extension outputs: none.
    pub client_extension_results: Empty,
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// An empty object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Empty {}

/// What a key said at a log-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssertionResponse {
    /// The client data.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: Bytes,
    /// Authenticator data.
    pub authenticator_data: Bytes,
    /// Over the authenticator data and the client data's hash.
    pub signature: Bytes,
    /// The account of a passkey.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_handle: Option<Bytes>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::Development;
    use proptest::prelude::*;

    #[test]
    fn the_client_data_are_those_of_a_browser() {
        let origin = Origin::parse("https://login.example.nl", Development::Off).unwrap();
        let data = ClientData::get(&Bytes(vec![0xFB, 0xFF, 0]), &origin);
        let text = r#"{"type":"webauthn.get","challenge":"-_8A","origin":"https://login.example.nl","crossOrigin":false}"#;
        assert_eq!(Bytes::from(data), Bytes(text.as_bytes().to_vec()));
    }

    #[test]
    fn options_of_a_server_are_read() {
        let options: CreationOptions = serde_json::from_str(
            r#"{"rp":{"name":"Test","id":"localhost"},"user":{"id":"AQI","name":"arts","displayName":"Test Arts"},
                "challenge":"AAAA","pubKeyCredParams":[{"type":"public-key","alg":-7}],"timeout":60000,
                "attestation":"direct","excludeCredentials":[{"type":"public-key","id":"AwQ","transports":["usb"]}],
                "authenticatorSelection":{"residentKey":"discouraged","requireResidentKey":false,"userVerification":"required"},
                "hints":["security-key"],"extensions":{"credProps":true,"uvm":true,"credentialProtectionPolicy":"userVerificationRequired"}}"#,
        )
        .unwrap();
        assert_eq!(options.user.id, Bytes(vec![1, 2]));
        assert_eq!(options.exclude_credentials[0].id, Bytes(vec![3, 4]));
        assert_eq!(options.authenticator_selection.user_verification, Wish::Required);
        assert_eq!(options.authenticator_selection.passkey(), Wish::Discouraged);
        assert_eq!(options.extensions.protection(), Some(3));
        let nulls: CreationOptions = serde_json::from_str(
            r#"{"rp":{"name":"Test","id":null},"user":{"id":"AQI","name":"arts","displayName":"Test Arts"},
                "challenge":"AAAA","pubKeyCredParams":[],"attestation":null,"excludeCredentials":null,
                "authenticatorSelection":{"residentKey":null,"requireResidentKey":null,"userVerification":null},
                "extensions":{"credProps":null,"credentialProtectionPolicy":null,"enforceCredentialProtectionPolicy":null}}"#,
        )
        .unwrap();
        assert_eq!(nulls.authenticator_selection, Selection::default());
        let options: RequestOptions = serde_json::from_str(r#"{"challenge":"AA"}"#).unwrap();
        assert_eq!(options.user_verification, Wish::Preferred);
        assert_eq!(options.allow_credentials, []);
    }

    #[test]
    fn an_unknown_wish_for_a_passkey_leaves_it_to_the_older_member() {
        let of = |text: &str| serde_json::from_str::<Selection>(text).unwrap();
        let older = |required: bool| {
            of(&format!(r#"{{"residentKey":"always","requireResidentKey":{required}}}"#)).passkey()
        };
        assert_eq!(older(true), Wish::Required);
        assert_eq!(older(false), Wish::Discouraged);
        let known = of(r#"{"residentKey":"preferred","requireResidentKey":true}"#);
        assert_eq!(known.passkey(), Wish::Preferred);
        assert_eq!(of(r#"{"userVerification":"always"}"#).user_verification, Wish::Preferred);
    }

    proptest! {
        #[test]
        fn bytes_are_read_as_they_were_written(bytes: Vec<u8>) {
            let text = serde_json::to_string(&Bytes(bytes.clone())).unwrap();
            prop_assert_eq!(serde_json::from_str::<Bytes>(&text).unwrap(), Bytes(bytes));
        }

        #[test]
        fn ids_and_challenge_come_through_whatever_stands_beside_them(
            challenge: Vec<u8>, ids in prop::collection::vec(any::<Vec<u8>>(), 0..4),
            stray in "[a-z]{12,20}", padded: bool,
        ) {
            let text = |bytes: &Vec<u8>| {
                let text = Bytes(bytes.clone()).text();
                let missing = if padded { (4 - text.len() % 4) % 4 } else { 0 };
                text + &"=".repeat(missing)
            };
            let allow: Vec<_> = ids
                .iter()
                .map(|id| serde_json::json!({"type": "public-key", "id": text(id), &stray: [1]}))
                .collect();
            let options = serde_json::json!({
                "challenge": text(&challenge), "allowCredentials": allow, "rpId": null, &stray: {},
            });
            let read: RequestOptions = serde_json::from_value(options.clone()).unwrap();
            prop_assert_eq!(read.challenge.0, challenge);
            let read: Vec<_> = read.allow_credentials.into_iter().map(|one| one.id.0).collect();
            prop_assert_eq!(read, ids);
            let mut wrong = options;
            wrong["challenge"] = "a+/b".into(); // the other alphabet
            prop_assert!(serde_json::from_value::<RequestOptions>(wrong).is_err());
        }

        #[test]
        fn no_text_makes_the_readers_panic(text in "\\PC{0,60}") {
            let _ = serde_json::from_str::<CreationOptions>(&text);
            let _ = serde_json::from_value::<Bytes>(serde_json::Value::String(text));
        }
    }
}
