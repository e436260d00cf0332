//! Security keys over USB HID, found and opened through hidapi.

use std::ffi::CString;

use hidapi::HidApi;

/// The usage page and the usage of a FIDO key. Spec: CTAP 2.1, USB HID, interface descriptor.
const FIDO_USAGE: (u16, u16) = (0xF1D0, 0x01);

/// A security key that is plugged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where the system has it, such as `/dev/hidraw0`.
    pub path: CString,
    /// What it calls itself.
    pub product: String,
    /// USB vendor id.
    pub vendor_id: u16,
    /// USB product id.
    pub product_id: u16,
}

/// Why keys cannot be listed.
#[derive(Debug, thiserror::Error)]
#[error("list the USB keys")]
pub struct ListError(#[from] hidapi::HidError);

/// The security keys that are plugged in now, each once.
///
/// Errors: the system's HID devices cannot be listed.
pub fn list() -> Result<Vec<Found>, ListError> {
    let api = HidApi::new()?;
    let mut found: Vec<Found> = api
        .device_list()
        .filter(|device| (device.usage_page(), device.usage()) == FIDO_USAGE)
        .map(|device| Found {
            path: device.path().to_owned(),
            product: device.product_string().unwrap_or_default().to_owned(),
            vendor_id: device.vendor_id(),
            product_id: device.product_id(),
        })
        .collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|a, b| a.path == b.path);
    Ok(found)
}
