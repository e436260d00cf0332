//! The time: this computer's, and the server's to hold it against.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use ureq::tls::{RootCerts, TlsConfig};

use crate::origin::Origin;

/// The time by this computer.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Why the server's time is not known.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection, or none that can be trusted.
    #[error("{0}")]
    Unreachable(#[from] ureq::Error),
    /// The answer has no date, or none that can be read.
    #[error("the server tells no time")]
    NoDate,
}

/// The time by the server at `origin`, to the second.
///
/// Errors: [`Error`].
pub fn ask(origin: &Origin) -> Result<Timestamp, Error> {
    let mut config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .https_only(origin.as_str().starts_with("https:"))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(LIMIT))
        .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build());
    if origin.host() == "localhost" {
        config = config.proxy(None);
    }
    let agent: ureq::Agent = config.build().into();
    let answer = agent.head(origin.as_str()).call()?;
    let date = answer.headers().get("date").and_then(|date| date.to_str().ok());
    date.and_then(read).ok_or(Error::NoDate)
}

/// Reads a `Date` header. Spec: RFC 9110 section 5.6.7, the form every server sends today.
fn read(date: &str) -> Option<Timestamp> {
    rfc2822::parse(date).ok().map(|date| date.timestamp())
}

const LIMIT: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_header_of_the_specification_is_read() {
        let date = read("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(date.to_string(), "1994-11-06T08:49:37Z");
        assert_eq!(read("yesterday"), None);
    }

    proptest! {
        #[test]
        fn no_header_makes_the_reader_panic(date in "\\PC{0,40}") {
            let _ = read(&date);
        }
    }
}
