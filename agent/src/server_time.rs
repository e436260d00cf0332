//! The server's time, to hold this computer's against.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use ureq::http::StatusCode;
use ureq::http::header::CONTENT_TYPE;

use crate::origin::Origin;
use crate::web::{self, Limits};

/// Why the server's time is not known.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its certificate does not hold at the time of this computer, which may be the one that is wrong.
    #[error("the certificate does not hold at this computer's time")]
    Certificate,
    /// No connection, or none that can be trusted.
    #[error("{0}")]
    Unreachable(#[source] ureq::Error),
    /// What answers is no server of ours.
    #[error("no Sleutelbos answers there")]
    Stranger,
    /// The answer has no date, or none that can be read.
    #[error("the server tells no time")]
    NoDate,
}

/// The time by the server at `origin`, to the second, where it is one of ours.
///
/// Errors: [`Error`].
pub fn ask(origin: &Origin) -> Result<Timestamp, Error> {
    let agent = web::client(origin, Limits { connect: LIMIT, whole: LIMIT });
    let answer = agent.get(format!("{origin}{WHO}")).call();
    let answer = answer.map_err(|error| {
        if is_of_time(&error) { Error::Certificate } else { Error::Unreachable(error) }
    })?;
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let says_log_in_first = answer.status() == StatusCode::UNAUTHORIZED
        && kind.is_some_and(|kind| kind.starts_with("application/problem+json"));
    if !says_log_in_first {
        return Err(Error::Stranger);
    }
    let date = answer.headers().get("date").and_then(|date| date.to_str().ok());
    date.and_then(read).ok_or(Error::NoDate)
}

/// Whether the server's certificate was refused for its dates alone.
fn is_of_time(error: &ureq::Error) -> bool {
    let refused = if let ureq::Error::Rustls(refused) = error {
        Some(refused)
    } else if let ureq::Error::Io(error) = error {
        error.get_ref().and_then(|error| error.downcast_ref())
    } else {
        None
    };
    use rustls::CertificateError as Of;
    matches!(
        refused,
        Some(rustls::Error::InvalidCertificate(
            Of::Expired
                | Of::ExpiredContext { .. }
                | Of::NotValidYet
                | Of::NotValidYetContext { .. }
        ))
    )
}

/// Reads a `Date` header. Spec: RFC 9110 section 5.6.7, the form every server sends today.
fn read(date: &str) -> Option<Timestamp> {
    rfc2822::parse(date).ok().map(|date| date.timestamp())
}

const LIMIT: Duration = Duration::from_secs(5);
/// Where a server of ours says to who is not logged in that they must be.
const WHO: &str = "/api/v1/me";

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

    #[test]
    fn a_certificate_that_is_not_valid_now_is_told_from_one_that_never_is() {
        use rustls::{CertificateError as Of, Error as Tls};
        let now = || rustls::pki_types::UnixTime::since_unix_epoch(Duration::from_secs(1));
        let yet = Of::NotValidYetContext { time: now(), not_before: now() };
        for (reason, of_time) in
            [(Of::Expired, true), (Of::NotValidYet, true), (yet, true), (Of::UnknownIssuer, false)]
        {
            let tls = || Tls::InvalidCertificate(reason.clone());
            assert_eq!(is_of_time(&ureq::Error::Rustls(tls())), of_time, "{reason:?}");
            let inside = ureq::Error::Io(std::io::Error::other(tls()));
            assert_eq!(is_of_time(&inside), of_time, "{reason:?}");
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_the_reader_panic(date in "\\PC{0,40}") {
            let _ = read(&date);
        }
    }
}
