//! The card itself: a [`device::Card`] made of material, settings and a seed.

use super::applets::isoapplet::{self, IsoApplet};
use super::applets::myeid::{self, MyEid};
use super::chip::{Chip, Paddings, Parts};
use super::content;
use super::dispatch::{Applet, Dispatch};
use super::keys::Key;
use super::material::Material;
use super::pin::{Code, Life, Pins, TRIES};
use crate::device::{self, Time};
use crate::env::Seed;

/// A simulated UZI card. Its PIN is [`Card::PIN`] unless its settings say otherwise; the third
/// wrong one blocks it, and [`Card::PUK`] gives it back.
pub struct Card {
    dispatch: Dispatch,
    applet: Box<dyn Applet + Send>,
    atr: Vec<u8>,
}

/// How a card behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub(super) commands: Commands,
    pub(super) paddings: Paddings,
    pub(super) pin: Code,
    pub(super) puk: Code,
    pub(super) life: Life,
    pub(super) health: Health,
}

/// A command set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Commands {
    MyEid,
    IsoApplet,
}

/// Whether the chip works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    Alive,
    /// It answers nothing.
    Dead,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            commands: Commands::MyEid,
            paddings: Paddings::Any,
            pin: Code::new(Card::PIN, TRIES),
            puk: Code::new(Card::PUK, TRIES),
            life: Life::Activated,
            health: Health::Alive,
        }
    }
}

impl Card {
    /// The PIN of every card of the test hierarchy.
    pub const PIN: &str = "123456";
    /// The PUK of every card of the test hierarchy.
    pub const PUK: &str = "12345678";

    /// A new card with this content and the usual settings. The seed decides the end of its serial
    /// number and its random bytes.
    #[must_use]
    pub fn new(material: &Material, seed: Seed) -> Self {
        Self::with(material, &Settings::default(), seed)
    }

    /// The same with other settings.
    #[must_use]
    pub fn with(material: &Material, settings: &Settings, seed: Seed) -> Self {
        let key = |object: &super::material::Object| Key::new(object.purpose, object.key.clone());
        let keys: Vec<Key> = material.objects.iter().map(key).collect();
        let (layout, atr) = match settings.commands {
            Commands::MyEid => (myeid::LAYOUT, myeid::ATR),
            Commands::IsoApplet => (isoapplet::LAYOUT, isoapplet::ATR),
        };
        let chip = Chip::new(Parts {
            tree: content::tree(material, &keys, &material.serial(seed), layout, settings.life),
            keys,
            pins: Pins::new(layout.codes, &settings.pin, &settings.puk, settings.life),
            layout,
            padding: settings.paddings,
            challenges: seed.stream("card challenge"),
        });
        let applet: Box<dyn Applet + Send> = match settings.commands {
            Commands::MyEid => Box::new(MyEid(chip)),
            Commands::IsoApplet => Box::new(IsoApplet::new(chip)),
        };
        let atr = match settings.health {
            Health::Alive => atr.to_vec(),
            Health::Dead => NO_ATR.to_vec(),
        };
        Self { dispatch: Dispatch::default(), applet, atr }
    }
}

impl device::Card for Card {
    fn atr(&self) -> Vec<u8> {
        self.atr.clone()
    }

    fn transmit(&mut self, command: &[u8], _: Time) -> Vec<u8> {
        self.dispatch.transmit(command, self.applet.as_mut())
    }

    fn reset(&mut self, _: Time) {
        self.dispatch.clear();
        self.applet.reset();
    }
}

/// More bytes than an answer to reset can have (ISO 7816-3: 33). A reader that asks whether a card
/// is there would take none for an empty slot; from this it learns that the card is no use.
const NO_ATR: [u8; 34] = [0; 34];

#[cfg(test)]
mod tests;
