//! The card itself: a [`device::Card`] made of material and a seed.

use super::applets::myeid::{ATR, MyEid};
use super::content;
use super::dispatch::Dispatch;
use super::keys::Key;
use super::material::Material;
use super::pin::Pin;
use crate::device::{self, Time};
use crate::env::Seed;

/// A simulated UZI card. Its PIN is [`Card::PIN`]; the third wrong one blocks it.
pub struct Card {
    dispatch: Dispatch,
    applet: MyEid,
}

impl Card {
    /// The PIN of every card of the test hierarchy.
    pub const PIN: &str = "123456";

    /// A new card with this content. The seed decides the end of its serial number
    /// and its random bytes.
    #[must_use]
    pub fn new(material: &Material, seed: Seed) -> Self {
        let key = |object: &super::material::Object| {
            Key::new(object.purpose, content::key_file(object.purpose), object.key.clone())
        };
        let keys: Vec<Key> = material.objects.iter().map(key).collect();
        let tree = content::tree(material, &keys, &material.serial(seed));
        let applet = MyEid::new(tree, keys, Pin::new(Self::PIN), seed.stream("card challenge"));
        Self { dispatch: Dispatch::default(), applet }
    }
}

impl device::Card for Card {
    fn atr(&self) -> Vec<u8> {
        ATR.to_vec()
    }

    fn transmit(&mut self, command: &[u8], _: Time) -> Vec<u8> {
        self.dispatch.transmit(command, &mut self.applet)
    }

    fn reset(&mut self, _: Time) {
        self.dispatch.clear();
        self.applet.reset();
    }
}

#[cfg(test)]
mod tests;
