//! What `doctor` finds of cards and keys.

use std::path::PathBuf;

use jiff::Timestamp;
use wire::uzi::Kind;

use super::super::keys::describe;
use crate::config::{Config, PinPad};
use crate::desk::card as desk;
use crate::lang::doctor::Finding;
use crate::sound::is_sound;
use crate::tokens::card::inserted::{Inserted, Means, Via, find};
use crate::tokens::card::pkcs11::modules;
use crate::tokens::card::reader::{self, Connection, Presence, Slot};
use crate::tokens::card::uzi::{Certificate, Validity};
use crate::tokens::card::{Activation, Error};
use crate::tokens::fido::hid;
use crate::tokens::fido::nfc::Nfc;

/// Cards and keys. Who has a key needs no card, so a missing one is no problem then.
pub(super) fn findings(config: Option<&Config>, now: Timestamp) -> Vec<Finding> {
    let mut found: Vec<_> = config.map(modules_of).unwrap_or_default();
    let mut cards = card(config, now);
    let mut keys = keys();
    if matches!(cards.first(), Some(Finding::Card(_))) {
        let (on_readers, others) = keys_on_readers();
        if !on_readers.is_empty() {
            keys.retain(|finding| !matches!(finding, Finding::NoKey));
            keys.extend(on_readers);
            // A key is no card that somebody failed to read.
            if others == 0 {
                cards = vec![Finding::Card(Error::NoCard)];
            }
        }
    }
    let has_key =
        |finding: &Finding| matches!(finding, Finding::Key { .. } | Finding::KeyOnReader { .. });
    if keys.iter().any(has_key) {
        cards = cards.into_iter().map(beside_key).collect();
    }
    found.extend(cards);
    found.extend(keys);
    found
}

/// The modules of the configuration that are not used.
fn modules_of(config: &Config) -> Vec<Finding> {
    let unused = config.card.modules.iter().filter(|path| !is_sound(path));
    let told = |path: &PathBuf| {
        let shown = path.display().to_string();
        if path.is_file() {
            Finding::ModuleUnsound { path: shown }
        } else {
            Finding::ModuleMissing { path: shown }
        }
    };
    unused.map(told).collect()
}

/// What the lack of a card is to somebody who has a key.
fn beside_key(finding: Finding) -> Finding {
    use Error as E;
    let Finding::Card(error) = finding else { return finding };
    let is_lack = matches!(
        error,
        E::NoService
            | E::NoReader
            | E::NoCard
            | E::NotUzi
            | E::Unknown
            | E::NoModule
            | E::NoSafeSign
    );
    if is_lack { Finding::CardBesideKey(error) } else { Finding::Card(error) }
}

/// The security keys on readers, and how many readers hold something else. Selecting the FIDO
/// application spends nothing on any card.
fn keys_on_readers() -> (Vec<Finding>, usize) {
    let Ok(service) = reader::service() else { return (Vec::new(), 0) };
    let mut slots = reader::slots(&service).unwrap_or_default();
    slots.retain(|slot| slot.card != Presence::Empty);
    let is_key = |slot: &Slot| {
        matches!(slot.card, Presence::Card { .. })
            && Connection::open(&service, &slot.reader).is_ok_and(|card| Nfc::open(card).is_ok())
    };
    let (keys, others): (Vec<_>, Vec<_>) = slots.into_iter().partition(is_key);
    let name = |slot: Slot| slot.reader.to_string_lossy().into_owned();
    let found = keys.into_iter().map(|slot| Finding::KeyOnReader { reader: name(slot) });
    (found.collect(), others.len())
}

/// The service, the readers, and the card in them.
fn card(config: Option<&Config>, now: Timestamp) -> Vec<Finding> {
    let configured = config.map_or(&[][..], |config| &config.card.modules);
    let modules = modules::present(configured);
    let pad = config.map_or(PinPad::default(), |config| config.card.pin_pad);
    let means =
        Means { via: Via::Auto, modules: &modules, pad: desk::pad(pad), worker: &desk::worker };
    let found = reader::service().and_then(|service| find(&service, &means));
    match found {
        Err(error) => vec![Finding::Card(error)],
        Ok(inserted) => of_card(&inserted, now),
    }
}

fn of_card(card: &Inserted, now: Timestamp) -> Vec<Finding> {
    let mut findings = of_certificate(&card.certificate, now);
    match card.activation {
        Activation::Done => findings.insert(1, Finding::Tries(card.tries)),
        missing @ (Activation::NoPin | Activation::ChangePin) => {
            findings.insert(1, Finding::NotActivated(missing));
        }
    }
    findings
}

fn of_certificate(certificate: &Certificate, now: Timestamp) -> Vec<Finding> {
    let validity = certificate.validity(now);
    let kind = certificate.identity.kind;
    let is_named = kind == Kind::CareProvider || kind == Kind::NamedEmployee;
    let holds = matches!(validity, Validity::Holds | Validity::NearEnd { .. });
    let mut findings = vec![Finding::Holder {
        kind,
        name: certificate.holder.clone(),
        organisation: certificate.organisation.clone(),
        until: certificate.not_after,
        holds: holds && is_named,
    }];
    findings.extend((!is_named).then_some(Finding::Unnamed));
    match validity {
        Validity::Expired => findings.push(Finding::Expired(certificate.not_after)),
        Validity::NotYet => findings.push(Finding::NotYet(certificate.not_before)),
        Validity::NearEnd { days } => findings.push(Finding::NearEnd { days }),
        Validity::Holds => {}
    }
    findings
}

/// The security keys, and whether this person may use them.
fn keys() -> Vec<Finding> {
    let found = match hid::list() {
        Err(error) => return vec![Finding::KeysUnlisted(error.to_string())],
        Ok(found) if found.is_empty() => return vec![Finding::NoKey],
        Ok(found) => found,
    };
    found
        .into_iter()
        .map(|key| {
            let path = key.path.to_string_lossy().into_owned();
            match std::fs::File::options().read(true).write(true).open(&path) {
                Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => {
                    Finding::KeyForbidden { path }
                }
                Err(error) => Finding::KeyUnopened { path, why: error.to_string() },
                // One that is dead or at odds with the protocol can be opened all the same.
                Ok(_) => match describe(&key) {
                    Ok(_) => Finding::Key { product: key.product },
                    Err(_) => Finding::KeySilent { product: key.product },
                },
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::doctor::State;

    fn certificate() -> Certificate {
        let path = "/../tests/uzi/samples/real-test/z_huisarts_2024_authenticiteit.pem";
        let pem = std::fs::read(env!("CARGO_MANIFEST_DIR").to_owned() + path).unwrap();
        Certificate::read(&x509_cert::der::pem::decode_vec(&pem).unwrap().1).unwrap()
    }

    fn codes(certificate: &Certificate, now: Timestamp) -> Vec<&'static str> {
        of_certificate(certificate, now).iter().map(Finding::code).collect()
    }

    #[test]
    fn a_card_that_bears_no_name_is_no_card_to_log_in_with() {
        let named = certificate();
        assert_eq!(codes(&named, named.not_before), ["card"]);
        let identity =
            wire::uzi::Identity { kind: Kind::UnnamedEmployee, ..named.identity.clone() };
        let unnamed = Certificate { identity, ..named };
        assert_eq!(codes(&unnamed, unnamed.not_before), ["card", "card_unnamed"]);
        let found = of_certificate(&unnamed, unnamed.not_before);
        let states: Vec<_> = found.iter().map(Finding::state).collect();
        assert_eq!(states, [State::Note, State::Problem]);
    }

    #[test]
    fn a_certificate_is_told_before_between_near_and_after_its_dates() {
        let card = certificate();
        let at = |from: Timestamp, days: i64| {
            codes(&card, Timestamp::from_second(from.as_second() + days * 86_400).unwrap())
        };
        assert_eq!(at(card.not_before, -1), ["card", "card_not_yet_valid"]);
        assert_eq!(at(card.not_before, 1), ["card"]);
        assert_eq!(at(card.not_after, -30), ["card", "card_near_end"]);
        assert_eq!(at(card.not_after, 1), ["card", "card_expired"]);
    }

    #[test]
    fn who_has_a_key_misses_no_card_but_still_hears_of_a_broken_one() {
        for error in [Error::NoService, Error::NoReader, Error::NotUzi, Error::NoSafeSign] {
            assert_eq!(beside_key(Finding::Card(error)).state(), State::Note);
        }
        let broken = Finding::Card(Error::Mute { reader: "reader".to_owned() });
        assert_eq!(beside_key(broken).state(), State::Problem);
    }
}
