//! Carries reports and APDUs between a simulated device and the software that drives it.

pub mod hidraw;
pub mod vpcd;
