//! Web eID: native messages between browser extension and agent, and the authentication token.
//!
//! Source: web-eid-app 2.9.0, web-eid.js and web-eid-authtoken-validation-java 3.2.2, as read for
//! this project; the signature rule has its own vector, checked with openssl.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256, Sha384, Sha512};

/// The longest native message, in bytes of JSON.
pub const MAX_MESSAGE: usize = 8192;
/// The longest origin, in characters.
pub const MAX_ORIGIN: usize = 255;
/// The bounds of a challenge nonce, in characters of base64 text: 256 bits take 44.
pub const NONCE: std::ops::RangeInclusive<usize> = 44..=128;
/// The least that a challenge nonce decodes to, in bytes.
pub const NONCE_BYTES: usize = 32;
/// The token format that this project writes and accepts.
pub const FORMAT: &str = "web-eid:1.0";

/// A request of the extension; another member is an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", content = "arguments", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// Log in.
    Authenticate(Authenticate),
    /// Give the signing certificate; this project always refuses.
    GetSigningCertificate(serde_json::Value),
    /// Sign a hash; this project always refuses.
    Sign(serde_json::Value),
    /// End.
    Quit(serde_json::Value),
}

/// The arguments of [`Command::Authenticate`]; another member is an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Authenticate {
    /// Base64 text, signed as text; length in [`NONCE`], at least [`NONCE_BYTES`] in it.
    pub challenge_nonce: String,
    /// The page's origin, filled in by the extension.
    pub origin: String,
    /// `nl`, `en`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
}

/// The authentication token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// The certificate, base64 DER.
    pub unverified_certificate: String,
    /// The name of a [`Algorithm`].
    pub algorithm: String,
    /// Base64; ECDSA as raw R‖S.
    pub signature: String,
    /// `web-eid:1.0`.
    pub format: String,
    /// Which application made the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
}

/// A signature algorithm of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of RFC 7518")]
pub enum Algorithm {
    Es256,
    Es384,
    Es512,
    Ps256,
    Ps384,
    Ps512,
    Rs256,
    Rs384,
    Rs512,
}

impl Algorithm {
    /// Every algorithm that a token may name.
    pub const ALL: [Self; 9] = [
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
    ];

    /// The name in the token.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
        }
    }

    /// From the name, upper and lower case apart.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

/// What the signature covers: hash(origin) ‖ hash(nonce), which the algorithm hashes once more.
/// Origin and nonce are taken as UTF-8 text; the nonce stays base64 text.
#[must_use]
pub fn signed(algorithm: Algorithm, origin: &str, nonce: &str) -> Vec<u8> {
    fn both<D: Digest>(origin: &str, nonce: &str) -> Vec<u8> {
        [D::digest(origin), D::digest(nonce)].concat()
    }
    match algorithm {
        Algorithm::Es256 | Algorithm::Ps256 | Algorithm::Rs256 => both::<Sha256>(origin, nonce),
        Algorithm::Es384 | Algorithm::Ps384 | Algorithm::Rs384 => both::<Sha384>(origin, nonce),
        Algorithm::Es512 | Algorithm::Ps512 | Algorithm::Rs512 => both::<Sha512>(origin, nonce),
    }
}

/// A failure, as the native application reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// One of the `ERR_WEBEID_` codes.
    pub code: String,
    /// A sentence for people who develop.
    pub message: String,
}

/// `ERR_WEBEID_` codes that web-eid.js knows.
pub mod code {
    #![expect(missing_docs, reason = "the names are those of web-eid.js")]
    pub const ACTION_TIMEOUT: &str = "ERR_WEBEID_ACTION_TIMEOUT";
    pub const USER_TIMEOUT: &str = "ERR_WEBEID_USER_TIMEOUT";
    pub const VERSION_MISMATCH: &str = "ERR_WEBEID_VERSION_MISMATCH";
    pub const VERSION_INVALID: &str = "ERR_WEBEID_VERSION_INVALID";
    pub const EXTENSION_UNAVAILABLE: &str = "ERR_WEBEID_EXTENSION_UNAVAILABLE";
    pub const NATIVE_UNAVAILABLE: &str = "ERR_WEBEID_NATIVE_UNAVAILABLE";
    pub const UNKNOWN_ERROR: &str = "ERR_WEBEID_UNKNOWN_ERROR";
    pub const CONTEXT_INSECURE: &str = "ERR_WEBEID_CONTEXT_INSECURE";
    pub const USER_CANCELLED: &str = "ERR_WEBEID_USER_CANCELLED";
    pub const NATIVE_INVALID_ARGUMENT: &str = "ERR_WEBEID_NATIVE_INVALID_ARGUMENT";
    pub const NATIVE_FATAL: &str = "ERR_WEBEID_NATIVE_FATAL";
    pub const ACTION_PENDING: &str = "ERR_WEBEID_ACTION_PENDING";
    pub const MISSING_PARAMETER: &str = "ERR_WEBEID_MISSING_PARAMETER";
}

/// Why a native message is malformed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Longer than [`MAX_MESSAGE`], or empty.
    #[error("a message has 1 to {MAX_MESSAGE} bytes, not {0}")]
    Length(usize),
    /// Not the JSON of a command.
    #[error("no command of Web eID with its arguments: line {}, column {}", .0.line(), .0.column())]
    Json(#[from] serde_json::Error),
    /// The nonce has a wrong length or is not base64 of enough bytes.
    #[error("the challenge nonce is not 44 to 128 characters of base64 with at least 32 bytes")]
    Nonce,
    /// The origin is too long or no origin.
    #[error("the origin is not scheme://host[:port] of at most {MAX_ORIGIN} characters")]
    Origin,
}

impl Command {
    /// Reads the JSON of one native message, without its length.
    ///
    /// Errors: length, JSON, nonce and the form of the origin. Which origins may ask is the
    /// agent's decision.
    pub fn read(json: &[u8]) -> Result<Self, Error> {
        if json.is_empty() || json.len() > MAX_MESSAGE {
            return Err(Error::Length(json.len()));
        }
        let command: Self = serde_json::from_slice(json)?;
        if let Self::Authenticate(arguments) = &command {
            arguments.check()?;
        }
        Ok(command)
    }
}

/// Checks the text of a challenge nonce, wherever it comes from: its length is in [`NONCE`] and at
/// least [`NONCE_BYTES`] are in it.
///
/// Errors: [`Error::Nonce`].
pub fn check_nonce(text: &str) -> Result<(), Error> {
    let nonce = BASE64.decode(text).map_err(|_| Error::Nonce)?;
    let fits = NONCE.contains(&text.len()) && nonce.len() >= NONCE_BYTES;
    if fits { Ok(()) } else { Err(Error::Nonce) }
}

impl Authenticate {
    fn check(&self) -> Result<(), Error> {
        check_nonce(&self.challenge_nonce)?;
        let Some((scheme, host)) = self.origin.split_once("://") else {
            return Err(Error::Origin);
        };
        let bare = |b: u8| b.is_ascii_graphic() && !matches!(b, b'/' | b'?' | b'#' | b'@' | b'\\');
        let fits = self.origin.chars().count() <= MAX_ORIGIN
            && !scheme.is_empty()
            && scheme.bytes().all(|b| b.is_ascii_lowercase())
            && !host.is_empty()
            && host.bytes().all(bare);
        if fits { Ok(()) } else { Err(Error::Origin) }
    }
}

/// With or without padding: the nonce is signed as the text it is, so nothing is repaired.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Why bytes are not a token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Outside 100 to 10 000 bytes.
    #[error("a token has 100 to 10000 bytes, not {0}")]
    Length(usize),
    /// Not the JSON of a token.
    #[error("not a token: {0}")]
    Json(#[from] serde_json::Error),
}

impl Token {
    /// Reads a token. Unknown members are ignored, as every validator does; a member that stands
    /// there twice is an error.
    ///
    /// Errors: length and JSON. What the members say is the verifier's business.
    pub fn read(json: &[u8]) -> Result<Self, TokenError> {
        if !(100..=10_000).contains(&json.len()) {
            return Err(TokenError::Length(json.len()));
        }
        Ok(serde_json::from_slice(json)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NONCE_TEXT: &str = "5HjEnloLD+TreMRn96Aa/ReoXif/lQkrQFWHZMRxT+Y=";

    fn ask(nonce: &str, origin: &str) -> Result<Command, Error> {
        let json = serde_json::json!({
            "command": "authenticate",
            "arguments": {"challengeNonce": nonce, "origin": origin},
        });
        Command::read(json.to_string().as_bytes())
    }

    #[test]
    fn the_signed_bytes_of_the_vector_come_out() {
        let text = include_str!("../../tests/vectors/web-eid-token.json");
        let json: serde_json::Value = serde_json::from_str(text).unwrap();
        let field = |name: &str| json[name].as_str().expect("text").to_owned();
        let bytes = signed(Algorithm::Rs256, &field("origin"), &field("challengeNonce"));
        assert_eq!(hex::encode(&bytes), field("signed_data"));
        assert_eq!(hex::encode(Sha256::digest(&bytes)), field("digest"));
        assert_eq!(signed(Algorithm::Es384, "a", "b").len(), 96);
        assert_eq!(signed(Algorithm::Ps512, "a", "b").len(), 128);
    }

    #[test]
    fn the_four_commands_are_read() {
        assert!(matches!(ask(NONCE_TEXT, "https://zorg.example"), Ok(Command::Authenticate(_))));
        for (name, arguments) in
            [("quit", "{}"), ("sign", r#"{"hash":"x"}"#), ("get-signing-certificate", "{}")]
        {
            let json = format!(r#"{{"command":"{name}","arguments":{arguments}}}"#);
            assert!(Command::read(json.as_bytes()).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_command_with_a_wrong_argument_set_is_refused() {
        for json in [
            r#"{"command":"authenticate","arguments":{"origin":"https://a.example"}}"#,
            r#"{"command":"dance","arguments":{}}"#,
            r#"{"command":"authenticate"}"#,
            r#"{"command":"quit","arguments":{},"pin":"123456"}"#,
            r#"{"version":1,"command":"quit","arguments":{}}"#,
            r#"{"command":"quit","command":"quit","arguments":{}}"#,
            "{",
            "[]",
        ] {
            let refused = Command::read(json.as_bytes()).unwrap_err();
            assert!(matches!(refused, Error::Json(_)), "{json}");
            let text = refused.to_string();
            assert!(!text.contains("enum") && !text.contains("adjacently"), "{text}");
        }
        let extra = format!(
            r#"{{"command":"authenticate","arguments":{{"challengeNonce":"{NONCE_TEXT}","origin":"https://a.example","pin":"123456"}}}}"#
        );
        assert!(matches!(Command::read(extra.as_bytes()), Err(Error::Json(_))));
        assert!(matches!(Command::read(&[b' '; 8193]), Err(Error::Length(8193))));
        assert!(matches!(Command::read(&[]), Err(Error::Length(0))));
    }

    #[test]
    fn a_nonce_is_44_to_128_characters_of_base64_with_32_bytes() {
        for (nonce, fits) in [
            ("A".repeat(43), false),
            ("A".repeat(44), true),
            ("A".repeat(128), true),
            ("A".repeat(129), false),
            (format!("{}-", "A".repeat(44)), false),
            ("=".repeat(44), false),
            (format!("{}==", "A".repeat(42)), false),
            (format!("{}=", "A".repeat(43)), true),
            (format!("{}=A", "A".repeat(46)), false),
            ("A".repeat(46), true),
            ("A".repeat(45), false),
        ] {
            assert_eq!(ask(&nonce, "https://zorg.example").is_ok(), fits, "{nonce}");
            assert_eq!(check_nonce(&nonce).is_ok(), fits, "{nonce}");
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port_alone() {
        for (origin, fits) in [
            ("https://zorg.example", true),
            ("http://localhost:8080", true),
            ("https://zorg.example/", false),
            ("https://zorg.example/pad", false),
            ("https://zorg.example?x", false),
            ("https://a@zorg.example", false),
            ("zorg.example", false),
            ("https://", false),
            ("https://zorg .example", false),
        ] {
            assert_eq!(ask(NONCE_TEXT, origin).is_ok(), fits, "{origin}");
        }
        assert!(ask(NONCE_TEXT, &format!("https://{}", "a".repeat(247))).is_ok());
        assert!(ask(NONCE_TEXT, &format!("https://{}", "a".repeat(248))).is_err());
    }

    #[test]
    fn a_token_survives_the_round_trip_and_a_double_member_is_refused() {
        let token = Token {
            unverified_certificate: "MII".repeat(40),
            algorithm: "RS256".into(),
            signature: "AAAA".into(),
            format: FORMAT.into(),
            app_version: Some("2.0.0".into()),
        };
        let json = serde_json::to_string(&token).unwrap();
        assert!(json.contains("unverifiedCertificate") && json.contains("appVersion"));
        assert_eq!(Token::read(json.as_bytes()).unwrap(), token);
        let double = json.replacen('{', r#"{"algorithm":"ES256","#, 1);
        assert!(matches!(Token::read(double.as_bytes()), Err(TokenError::Json(_))));
        assert!(matches!(Token::read(b"{}"), Err(TokenError::Length(2))));
    }

    #[test]
    fn every_algorithm_is_found_by_its_name() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
        }
        assert_eq!(Algorithm::from_name("none"), None);
        assert_eq!(Algorithm::from_name("rs256"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_readers_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = Command::read(&bytes);
            let _ = Token::read(&bytes);
        }

        #[test]
        fn what_is_written_is_read_again(nonce in "([A-Za-z0-9+/]{4}){11,32}", host in "[a-z]{1,20}", lang: Option<String>) {
            let origin = format!("https://{host}.example");
            let command = Command::Authenticate(Authenticate { challenge_nonce: nonce, origin, lang });
            let json = serde_json::to_vec(&command).unwrap();
            prop_assert_eq!(Command::read(&json).unwrap(), command);
        }
    }
}
