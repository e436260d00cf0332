//! Bodies: JSON, each member once.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use axum::response::IntoResponse as _;
use serde::de::{DeserializeOwned, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use serde_json::{Map, Value};

use crate::http::error::{Code, Error};

/// A JSON body of this shape; what it is not, the refusal says, and never what it holds.
pub(super) struct Body<T>(pub(super) T);

impl<S, T> FromRequest<S> for Body<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(is_json) {
            return Err(Error::new(Code::BadRequest).reason("the Content-Type is application/json"));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            let large = rejection.into_response().status() == Code::TooLarge.status();
            Error::new(if large { Code::TooLarge } else { Code::BadRequest })
        })?;
        let body = read(&bytes);
        body.map(Self).map_err(|reason| Error::new(Code::BadRequest).reason(reason))
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    // To serde a list does for a struct, with its members in their order.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        let json = serde_json::from_slice::<IgnoredAny>(bytes);
        return Err(
            json.map_or_else(|error| reason(&error), |_| "an object is expected".to_owned())
        );
    }
    serde_json::from_slice(bytes).map_err(|error| reason(&error))
}

fn is_json(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// What is wrong with a body, and where, without anything that stands in it: a password may stand
/// where a number was expected, and the parser would quote it.
fn reason(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let place = format!("at line {line} column {column}");
    match error.classify() {
        Category::Data => {
            let said = error.to_string();
            let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
            // These name what this server asks for, and no more.
            let named = ["missing field `", "duplicate field `", TWICE];
            if named.iter().any(|begin| said.starts_with(begin)) {
                return format!("{said} {place}");
            }
            // What was found comes first, in the asker's words; what was expected is in ours.
            match said.rsplit_once(", expected ") {
                Some((_, expected)) => format!("expected {expected} {place}"),
                None => format!("a member of another kind {place}"),
            }
        }
        Category::Syntax | Category::Eof | Category::Io => format!("no JSON {place}"),
    }
}

/// What is said of a member that stands in an object twice.
const TWICE: &str = "a member stands there twice";

/// A JSON object that is handed on as bytes; a member that stands in it twice is an error.
pub(in crate::http) struct Object(Map<String, Value>);

impl Object {
    /// The object as JSON.
    pub(in crate::http) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(&self.0).expect("a JSON object has a JSON form")
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Object;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Object, A::Error> {
        let mut object = Map::new();
        while let Some((name, value)) = members.next_entry::<String, Value>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom(TWICE));
            }
            object.insert(name, value);
        }
        Ok(Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_member_that_stands_there_twice_is_refused() {
        let read = |text: &str| serde_json::from_str::<Object>(text);
        assert!(read(r#"{"a":1,"b":{"c":2}}"#).is_ok());
        assert!(read(r#"{"a":1,"a":1}"#).is_err());
        assert!(read("[]").is_err());
        assert!(read("\"text\"").is_err());
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its shape is asked for")]
    struct Credentials {
        username: String,
        password: String,
        kind: Option<Kind>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        SecurityKey,
    }

    fn refused(text: &str) -> String {
        read::<Credentials>(text.as_bytes()).expect_err(text)
    }

    #[test]
    fn a_reason_says_what_was_expected_and_where() {
        let name = r#"{"username":"a","password":"b""#;
        for (text, said) in [
            (r#"{"username":"a"}"#.to_owned(), "missing field `password` at line 1 column 16"),
            (
                format!("{name},\"username\":\"c\"}}"),
                "duplicate field `username` at line 1 column 41",
            ),
            (r#"{"username":7}"#.to_owned(), "expected a string at line 1 column 13"),
            (
                format!("{name},\"kind\":\"geheim\"}}"),
                "expected `security_key` at line 1 column 46",
            ),
            (name.to_owned(), "no JSON at line 1 column 30"),
            ("[".to_owned(), "no JSON at line 1 column 1"),
        ] {
            assert_eq!(refused(&text), said, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_reason_never_holds_what_was_sent(secret in "[a-zA-Z0-9 ,`\"\\\\]{0,20}QZJX[a-zA-Z0-9 ,`]{0,20}") {
            let secret = Value::from(format!("{secret}, expected {secret}"));
            for text in [
                format!("{{\"username\":[{secret}]}}"),
                format!("{{\"username\":{{{secret}:1}}}}"),
                format!("{{\"kind\":{secret}}}"),
                format!("{{{secret}:1}}"),
                format!("{secret}"),
                format!("{{\"password\":{secret}"),
            ] {
                prop_assert!(!refused(&text).contains("QZJX"), "{text}: {}", refused(&text));
            }
        }

        #[test]
        fn a_reason_never_names_our_own_types(text in "(\\{\"(username|password|kind)\":)?(\\[|\\{|\"a\"|7|null|true|\\[\"a\",\"b\"\\]|\\{\"a\":1\\}|1e400)\\}?") {
            let Err(reason) = read::<Credentials>(text.as_bytes()) else { return Ok(()) };
            for ours in ["struct", "enum", "Credentials", "Kind", "variant"] {
                prop_assert!(!reason.contains(ours), "{text}: {reason}");
            }
        }

        #[test]
        fn an_object_is_handed_on_as_it_came(names in prop::collection::btree_set("[a-z]{1,6}", 0..5)) {
            let text = Value::from_iter(names.iter().map(|name| (name.clone(), name.len()))).to_string();
            let object: Object = serde_json::from_str(&text).expect("an object");
            let back: Value = serde_json::from_slice(&object.to_bytes()).expect("JSON");
            prop_assert_eq!(back.to_string(), text);
        }
    }
}
