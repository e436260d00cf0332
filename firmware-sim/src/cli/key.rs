//! The options that name a key, the same in every command.

use std::num::ParseIntError;
use std::time::Duration;

use firmware_sim::clock;
use firmware_sim::env::Seed;
use firmware_sim::fido::profiles::{self, Profile, Transport};
use firmware_sim::fido::{Key, Presence};

use super::Error;

/// A choice and the text that made it.
#[derive(Clone)]
pub(super) struct Named<T> {
    pub(super) text: String,
    pub(super) value: T,
}

/// Why a key cannot be had on the transport asked for.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unfit {
    #[error(transparent)]
    Profile(#[from] profiles::Error),
    #[error("this key has no {}; choose one of {}", .0.name(), fit(*.0))]
    Transport(Transport),
}

/// A text that is no seed.
#[derive(Debug, thiserror::Error)]
#[error("a seed is a whole number from 0 to {}", u64::MAX)]
pub(super) struct BadSeed(#[from] ParseIntError);

/// The names of the profiles that are reached over this transport.
fn fit(transport: Transport) -> String {
    let profiles = profiles::names().filter(|name| {
        name.parse::<Profile>().is_ok_and(|profile| profile.transports().contains(&transport))
    });
    profiles.collect::<Vec<_>>().join(", ")
}

pub(super) fn usb_key(text: &str) -> Result<Named<Profile>, Unfit> {
    reachable(text, Transport::Usb)
}

pub(super) fn nfc_key(text: &str) -> Result<Named<Profile>, Unfit> {
    reachable(text, Transport::Nfc)
}

/// A key, however it is reached.
pub(super) fn any_key(text: &str) -> Result<Named<Profile>, profiles::Error> {
    Ok(Named { text: text.to_owned(), value: text.parse()? })
}

fn reachable(text: &str, transport: Transport) -> Result<Named<Profile>, Unfit> {
    let value: Profile = text.parse()?;
    reaches(&value, transport)?;
    Ok(Named { text: text.to_owned(), value })
}

/// That a key is reached over this transport.
pub(super) fn reaches(profile: &Profile, transport: Transport) -> Result<(), Unfit> {
    let has = profile.transports().contains(&transport);
    if has { Ok(()) } else { Err(Unfit::Transport(transport)) }
}

pub(super) fn seed(text: &str) -> Result<u64, BadSeed> {
    Ok(text.parse()?)
}

/// The time since 1970; a clock before that dates certificates 1970.
pub(super) fn today() -> Duration {
    Duration::from_millis(u64::try_from(clock::now().as_millisecond()).unwrap_or(0))
}

pub(super) fn make_key(profile: Profile, seed: Seed, presence: Presence) -> Result<Key, Error> {
    make_key_at(profile, seed, presence, today())
}

/// A key that is made at this time since 1970.
pub(super) fn make_key_at(
    profile: Profile,
    seed: Seed,
    presence: Presence,
    date: Duration,
) -> Result<Key, Error> {
    let mut key = Key::new(profile, seed, date)?;
    key.set_presence(presence);
    Ok(key)
}
