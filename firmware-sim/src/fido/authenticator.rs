//! The key behind its framings: everything that CTAP2 and U2F share.

use std::time::Duration;

use p256::{SecretKey, elliptic_curve::Generate};
use wire::ctap2::cose;

use super::{
    attestation::{self, Attestation},
    blobs::Blobs,
    fingers::Fingers,
    holder::Holder,
    pending::Pending,
    pin::{Pin, protocol::Protocol, token::Token},
    profiles::{Profile, Transport},
    settings::Settings,
    store::{self, Store},
};
use crate::{
    device::Time,
    env::{Seed, Stream},
};

/// All state of a key above the framing.
#[derive(Debug, Clone)]
pub(crate) struct Authenticator {
    pub(super) profile: Profile,
    pub(super) store: Store,
    pub(super) counter: Counter,
    pub(super) pin: Pin,
    pub(super) agreement: Agreement,
    pub(super) token: Option<Token>,
    pub(super) pending: Option<Pending>,
    pub(super) attestation: Attestation,
    pub(super) holder: Holder,
    pub(super) settings: Settings,
    pub(super) blobs: Blobs,
    pub(super) fingers: Option<Fingers>,
    pub(super) tokens: Stream,
    pub(super) ivs: Stream,
    powered: Time,
}

impl Authenticator {
    pub(crate) fn new(
        profile: Profile,
        seed: &Seed,
        now: Duration,
    ) -> Result<Self, attestation::Error> {
        let accounts = profile.ctap2().map_or(0, |ctap2| ctap2.accounts);
        let sensor = profile.ctap2().and_then(|ctap2| ctap2.sensor);
        let mut pin = Pin::unset();
        if let (Some(text), Some(ctap2)) = (profile.pin(), profile.ctap2()) {
            pin.set(text.as_bytes(), ctap2.min_pin).expect("a profile's PIN was checked");
        }
        Ok(Self {
            store: Store::new(seed, accounts),
            counter: Counter::of_a_key_at(now),
            pin,
            agreement: Agreement::new(seed),
            token: None,
            pending: None,
            attestation: Attestation::new(&profile, seed, now.as_secs())?,
            holder: Holder::default(),
            settings: Settings::of(profile.ctap2()),
            blobs: Blobs::new(profile.ctap2().map_or(0, |ctap2| ctap2.large_blobs)),
            fingers: sensor.map(|sensor| Fingers::new(sensor, seed)),
            tokens: seed.stream("fido pin token"),
            ivs: seed.stream("fido pin iv"),
            powered: Time::ZERO,
            profile,
        })
    }

    /// Power was cut and came back.
    pub(crate) fn power_cycle(&mut self, now: Time) {
        self.token = None;
        self.pending = None;
        self.pin.power_cycle();
        self.blobs.power_cycle();
        if let Some(fingers) = &mut self.fingers {
            fingers.cancel();
        }
        self.agreement.renew();
        self.powered = now;
    }

    /// How long the key has had power.
    pub(super) fn uptime(&self, now: Time) -> Duration {
        now.saturating_sub(self.powered)
    }

    /// Everything goes back to the state of a key that was never used, except the signature counter;
    /// a PIN that the profile had set goes too.
    pub(super) fn wipe(&mut self) {
        self.store.reset();
        self.pin = Pin::unset();
        self.token = None;
        self.settings = Settings::of(self.profile.ctap2());
        self.blobs.reset();
        if let Some(fingers) = &mut self.fingers {
            fingers.reset();
        }
        self.agreement.renew();
    }
}

/// Where a request came in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival {
    pub(crate) transport: Transport,
    pub(crate) now: Time,
}

/// The signature counter, one for all credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counter {
    /// The last value given out.
    At(u32),
    /// It overflowed and says 0 for ever.
    Spent,
}

/// When the counters of all keys stood at 0, since 1970: 2026-01-01.
const COUNTERS_BEGAN: Duration = Duration::from_secs(1_767_225_600);
/// How fast the counter of a key grows from world to world: faster than one can sign. In return it
/// begins anew after 194 days, when a server that remembers the key must forget it.
const STEPS_A_SECOND: u128 = 256;
/// What a world begins below, so that there is room to count in it.
const LAST_START: u128 = 0xFF00_0000;

impl Counter {
    /// The counter of a key that was used elsewhere until `now`, the time since 1970.
    ///
    /// One seed is one key, in one world after another. A counter that began anew each time would
    /// make that key look copied to a server that remembers it.
    fn of_a_key_at(now: Duration) -> Self {
        let steps = now.saturating_sub(COUNTERS_BEGAN).as_millis() * STEPS_A_SECOND / 1000;
        Self::At(u32::try_from(steps % LAST_START).unwrap_or(0))
    }

    pub(crate) fn advance(&mut self) -> u32 {
        *self = match *self {
            Self::At(last) => last.checked_add(1).map_or(Self::Spent, Self::At),
            Self::Spent => Self::Spent,
        };
        match *self {
            Self::At(value) => value,
            Self::Spent => 0,
        }
    }
}

/// The key agreement keys of the two PIN/UV auth protocols.
#[derive(Debug, Clone)]
pub(crate) struct Agreement {
    keys: Stream,
    one: SecretKey,
    two: SecretKey,
}

impl Agreement {
    fn new(seed: &Seed) -> Self {
        let mut keys = seed.stream("fido pin key agreement");
        let one = SecretKey::generate_from_rng(keys.rng());
        let two = SecretKey::generate_from_rng(keys.rng());
        Self { keys, one, two }
    }

    /// What a host needs of the key.
    pub(crate) fn public(&self, protocol: Protocol) -> cose::Key {
        let point = store::point(&self.key(protocol).public_key());
        store::cose_key(&point, cose::ECDH_ES_HKDF_256)
    }

    pub(crate) fn key(&self, protocol: Protocol) -> &SecretKey {
        match protocol {
            Protocol::One => &self.one,
            Protocol::Two => &self.two,
        }
    }

    /// New keys for both protocols.
    pub(crate) fn renew(&mut self) {
        self.one = SecretKey::generate_from_rng(self.keys.rng());
        self.two = SecretKey::generate_from_rng(self.keys.rng());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_a_later_world_counts_on() {
        for (millis, uses) in [(1000, STEPS_A_SECOND), (100, 25), (10, 2)] {
            let start = COUNTERS_BEGAN + Duration::from_secs(60);
            let mut before = Counter::of_a_key_at(start);
            let mut after = Counter::of_a_key_at(start + Duration::from_millis(millis));
            let used = (0..uses).map(|_| before.advance()).max();
            assert!(used < Some(after.advance()), "{uses} in {millis} ms");
        }
        assert_eq!(Counter::of_a_key_at(Duration::ZERO).advance(), 1);
    }

    #[test]
    fn a_counter_has_room_in_every_world_for_ever() {
        for years in 0..200 {
            let mut counter = Counter::of_a_key_at(Duration::from_secs(years * 31_556_952));
            let (first, second) = (counter.advance(), counter.advance());
            assert!(0 < first && first < second, "{years} years after 1970");
        }
    }

    #[test]
    fn the_counter_stays_at_zero_after_its_last_value() {
        let mut counter = Counter::At(u32::MAX - 1);
        assert_eq!([counter.advance(), counter.advance(), counter.advance()], [u32::MAX, 0, 0]);
    }
}
