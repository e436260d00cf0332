//! The client for requests to a server: what is trusted and what is not followed stands once.

use std::time::Duration;

use ureq::tls::{RootCerts, TlsConfig};

use crate::origin::Origin;

/// How long a server may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// To take a connection.
    pub connect: Duration,
    /// For a request as a whole.
    pub whole: Duration,
}

/// A client for the server at `origin`.
///
/// It trusts what the system trusts, follows no redirect, keeps to https where the origin has it,
/// and takes no proxy to this computer itself.
#[must_use]
pub fn client(origin: &Origin, limits: Limits) -> ureq::Agent {
    let mut config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .https_only(origin.as_str().starts_with("https:"))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_connect(Some(limits.connect))
        .timeout_global(Some(limits.whole))
        .user_agent(concat!("sleutelbos-agent/", env!("CARGO_PKG_VERSION")))
        .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build());
    if origin.host() == "localhost" {
        config = config.proxy(None);
    }
    config.build().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::Development;

    #[test]
    fn plain_http_is_for_this_computer_and_redirects_for_nobody() {
        let second = Duration::from_secs(1);
        let of = |origin: &str| {
            let origin = Origin::parse(origin, Development::On).unwrap();
            client(&origin, Limits { connect: second, whole: second }).config().clone()
        };
        let (far, near) = (of("https://login.example.nl"), of("http://localhost:8080"));
        assert!(far.https_only() && !near.https_only());
        assert_eq!((far.max_redirects(), near.max_redirects()), (0, 0));
        assert!(near.proxy().is_none());
        assert_eq!(far.timeouts().global, Some(second));
    }
}
