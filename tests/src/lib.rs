//! What journeys, judges and the demo share: built programs, strangers' programs, simulated
//! worlds, a server, a browser.
//!
//! Everything a test starts ends with the test. A missing program is a failure that names the
//! package, never a skip.

pub mod browser;
pub mod by_time;
pub mod client;
pub mod exchange;
pub mod forms;
pub mod household;
pub mod journeys;
pub mod mails;
pub mod native;
pub mod phone;
pub mod pinentry;
pub mod print;
pub mod program;
pub mod soft_card;
pub mod soft_key;
pub mod stage;
pub mod terminal;
pub mod world;
