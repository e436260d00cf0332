//! Bodies: JSON, each member once.

use axum::extract::{FromRequest, Request};
use axum::response::IntoResponse as _;
use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::http::error::{Code, Error};

/// A JSON body. What is no JSON of this shape is refused alike, whatever is wrong with it.
pub(super) struct Body<T>(pub(super) T);

impl<S, T> FromRequest<S> for Body<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        match axum::Json::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(rejection) => {
                let status = rejection.into_response().status();
                let large = status == Code::TooLarge.status();
                Err(if large { Code::TooLarge } else { Code::BadRequest }.into())
            }
        }
    }
}

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
                return Err(A::Error::custom(format_args!("member {name:?} stands there twice")));
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

    proptest! {
        #[test]
        fn an_object_is_handed_on_as_it_came(names in prop::collection::btree_set("[a-z]{1,6}", 0..5)) {
            let text = Value::from_iter(names.iter().map(|name| (name.clone(), name.len()))).to_string();
            let object: Object = serde_json::from_str(&text).expect("an object");
            let back: Value = serde_json::from_slice(&object.to_bytes()).expect("JSON");
            prop_assert_eq!(back.to_string(), text);
        }
    }
}
