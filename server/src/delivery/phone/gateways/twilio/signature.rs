//! X-Twilio-Signature: HMAC-SHA1 over the address and the sorted fields, with the account's token.

use crate::secret::Secret;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;
use url::Url;

/// Whether this is the signature of a POST with these fields to `path`, query included, at `origin`.
///
/// The address is the one that was given to Twilio, whatever a proxy makes of it. With https it may have
/// been signed with or without the port.
pub(super) fn fits(
    token: &Secret<String>,
    origin: &Url,
    path: &str,
    fields: &[(String, String)],
    signature: &str,
) -> bool {
    let Ok(signature) = BASE64_STANDARD.decode(signature.trim()) else { return false };
    // ring keeps SHA-1 for old protocols like this one: as an HMAC it is not broken.
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.expose().as_bytes());
    let fields = written(fields);
    let fits = |address: String| {
        hmac::verify(&key, format!("{address}{path}{fields}").as_bytes(), &signature).is_ok()
    };
    // All are tried, in the same time whichever fits.
    addresses(origin).map(fits).into_iter().fold(false, |any, fits| any | fits)
}

/// The ways in which the origin may have been written: as it is, without a port, and with one.
fn addresses(origin: &Url) -> [String; 3] {
    let (scheme, host) = (origin.scheme(), origin.host_str().unwrap_or_default());
    let port = origin.port_or_known_default().unwrap_or_default();
    [
        origin.origin().ascii_serialization(),
        format!("{scheme}://{host}"),
        format!("{scheme}://{host}:{port}"),
    ]
}

/// Name and value of each field, sorted by both, each pair once.
fn written(fields: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort();
    sorted.dedup();
    sorted.into_iter().flat_map(|(name, value)| [name.as_str(), value]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The example of twilio-python's test of its RequestValidator.
    const PATH: &str = "/myapp.php?foo=1&bar=2";

    fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn example() -> Vec<(String, String)> {
        fields(&[
            ("CallSid", "CA1234567890ABCDE"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
            ("Caller", "+14158675309"),
        ])
    }

    fn is_right(origin: &str, fields: &[(String, String)], signature: &str) -> bool {
        let token = Secret::new("12345".to_owned());
        fits(&token, &Url::parse(origin).unwrap(), PATH, fields, signature)
    }

    #[test]
    fn the_published_examples_fit_with_and_without_a_port() {
        let https = "https://mycompany.com/";
        assert!(is_right(https, &example(), "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
        assert!(is_right(
            "https://mycompany.com:1234/",
            &example(),
            "RSOYDt4T1cUTdK1PDd93/VVr8B8="
        ));
        assert!(is_right(https, &example(), "kvajT1Ptam85bY51eRf/AJRuM3w="));
        let http = "http://mycompany.com";
        assert!(is_right(&format!("{http}:1234"), &example(), "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="));
        assert!(is_right(http, &example(), "0ZXoZLH/DfblKGATFgpif+LLRf4="));
        let twice = fields(&[
            ("Sid", "CA123"),
            ("SidAccount", "AC123"),
            ("Digits", "5678"),
            ("Digits", "1234"),
        ]);
        assert!(is_right(https, &twice, "IK+Dwps556ElfBT0I3Rgjkr1wJU="));
    }

    #[test]
    fn any_other_field_address_or_signature_does_not_fit() {
        let (https, signature) = ("https://mycompany.com/", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
        let mut other = example();
        other[1].1 = "1235".to_owned();
        assert!(!is_right(https, &other, signature));
        assert!(!is_right(https, &example()[1..], signature));
        assert!(!is_right("https://mycompany.org/", &example(), signature));
        assert!(!is_right("http://mycompany.com/", &example(), signature));
        for signature in ["", "=", "RSOYDt4T1cUTdK1PDd93/VVr8B9=", "RSOYDt4T1cUTdK1PDd93", "x y"] {
            assert!(!is_right(https, &example(), signature), "{signature}");
        }
    }

    proptest! {
        #[test]
        fn no_chance_text_is_a_signature(text in "\\PC{0,40}|[A-Za-z0-9+/]{27}=") {
            prop_assert!(!is_right("https://mycompany.com/", &example(), &text));
        }
    }
}
