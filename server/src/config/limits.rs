//! Table `[limits]`: how many requests of people who have proven nothing are answered.

use crate::budget::{Allowance, LOG_IN, Policy, ThisMachine};
use ipnet::IpNet;
use serde::Deserialize;
use std::net::IpAddr;
use url::Url;

#[derive(Default, Deserialize)]
#[serde(try_from = "Keys")]
pub(super) struct Table(Policy);

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Keys {
    /// Requests that one address may make at once, after a time of quiet. Default: 1000.
    source_at_once: u32,
    /// Requests that one address may make a minute, without end. Default: 120.
    source_per_minute: u32,
    /// Requests that all may make at once. Default: 6000.
    all_at_once: u32,
    /// Requests that all may make a minute. Default: 6000.
    all_per_minute: u32,
    /// Addresses, or networks such as `10.0.0.0/8`, of the proxies in front. Default: none.
    proxies: Vec<Proxy>,
}

#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
struct Proxy(IpNet);

#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error("each of source_at_once and all_at_once is from {LOG_IN}, one log-in, to 1000000")]
    AtOnce,
    #[error("each of source_per_minute and all_per_minute is from 1 to 1000000")]
    PerMinute,
    #[error("a proxy is an address or a network such as 10.0.0.0/8")]
    Proxy,
}

impl TryFrom<String> for Proxy {
    type Error = Unfit;

    fn try_from(text: String) -> Result<Self, Unfit> {
        let address = |text: &str| text.parse::<IpAddr>().ok().map(IpNet::from);
        text.parse().ok().or_else(|| address(&text)).map(Self).ok_or(Unfit::Proxy)
    }
}

impl Default for Keys {
    fn default() -> Self {
        let Policy { source, all, proxies, .. } = Policy::default();
        Self {
            source_at_once: source.at_once,
            source_per_minute: source.per_minute,
            all_at_once: all.at_once,
            all_per_minute: all.per_minute,
            proxies: proxies.into_iter().map(Proxy).collect(),
        }
    }
}

impl TryFrom<Keys> for Table {
    type Error = Unfit;

    fn try_from(keys: Keys) -> Result<Self, Unfit> {
        const MOST: u32 = 1_000_000;
        let source = Allowance { at_once: keys.source_at_once, per_minute: keys.source_per_minute };
        let all = Allowance { at_once: keys.all_at_once, per_minute: keys.all_per_minute };
        for Allowance { at_once, per_minute } in [source, all] {
            if !(LOG_IN..=MOST).contains(&at_once) {
                return Err(Unfit::AtOnce);
            }
            if !(1..=MOST).contains(&per_minute) {
                return Err(Unfit::PerMinute);
            }
        }
        let proxies = keys.proxies.into_iter().map(|proxy| proxy.0).collect();
        Ok(Self(Policy { source, all, this_machine: ThisMachine::Own, proxies }))
    }
}

impl Table {
    /// The same for a server at `origin`: https needs a proxy in front, which may be on this machine.
    pub(super) fn at(self, origin: &Url) -> Policy {
        let this_machine = match origin.scheme() {
            "https" => ThisMachine::Counted,
            _ => ThisMachine::Own,
        };
        Policy { this_machine, ..self.0 }
    }
}
