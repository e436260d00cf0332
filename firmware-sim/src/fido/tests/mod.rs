//! The whole key, driven as a host drives it: over HID reports and over APDUs.

mod credentials;
mod host;
