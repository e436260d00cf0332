//! The simulated UZI card: PKCS#15 with the command set of MyEID cards or of IsoApplet, content as
//! on an UZI card.
//!
//! The command set of real UZI cards is not published, so this card speaks one that unmodified
//! software knows; what a real card shares with it is what PKCS#11 shows. [`Description`] says what
//! is on a card and how it behaves, [`Material`] is what was issued for it, [`Card`] is the two.

mod applets;
mod card;
mod chip;
mod choice;
mod content;
mod description;
mod dispatch;
mod files;
mod keys;
mod material;
mod pin;

pub use card::{Card, Settings};
pub use choice::{Choice, UnknownCard};
pub use description::{Description, Error as DescriptionError, Own, Wrong};
pub use material::{Error, Material};
