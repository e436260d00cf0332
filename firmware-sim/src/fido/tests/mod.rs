//! The whole key, driven as a host drives it: over HID reports and over APDUs.

mod administration;
mod blobs;
mod credentials;
mod extensions;
mod fingers;
mod framing;
mod host;
mod hostile;
mod management;
mod pin_host;
mod pins;
mod reader;
mod statuses;
mod u2f;
mod vectors;
mod waiting;
