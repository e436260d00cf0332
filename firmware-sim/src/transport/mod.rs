//! Carries reports and APDUs between a simulated device and the software that drives it.
//!
//! A security key on HID is held by a [`hub`], which gives each host its answers; the [`pump`] moves
//! reports between it and any number of [`line`](mod@line)s: a mocked [`hidraw`] node, a pair of [`pipe`]s,
//! a [`listener`] on a Unix or TCP socket for [`reports`] or [`usbip`], [`udp`], the kernel's [`uhid`].

pub mod hidraw;
pub mod hub;
pub mod line;
pub mod listener;
pub mod pipe;
pub mod pump;
pub mod reader;
pub mod reports;
pub mod shared;
pub mod stream;
pub mod udp;
pub mod uhid;
pub mod usb;
pub mod usbip;
pub mod vpcd;
