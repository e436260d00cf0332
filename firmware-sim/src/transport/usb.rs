//! What a key says of itself on USB.

/// The vendor's number: pid.codes, for free hardware.
pub const VENDOR: u16 = 0x1209;
/// The product's number.
pub const PRODUCT: u16 = 0x5AFE;
/// The maker's name.
pub const MAKER: &str = "Sleutelbos";

/// One report each way of 64 bytes, usage page F1D0. Spec: CTAP 2.1 section 11.2.8.
pub const REPORTS: [u8; 34] = [
    0x06, 0xD0, 0xF1, 0x09, 0x01, 0xA1, 0x01, 0x09, 0x20, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08,
    0x95, 0x40, 0x81, 0x02, 0x09, 0x21, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x40, 0x91,
    0x02, 0xC0,
];

/// The address of the endpoint that gives reports, and of the one that takes them.
pub const ENDPOINTS: [u8; 2] = [0x81, 0x01];

/// The value of the one configuration.
pub const CONFIGURATION: u8 = 1;

/// The type of a descriptor.
pub mod descriptor {
    /// Of the device.
    pub const DEVICE: u8 = 1;
    /// Of a configuration, with all that belongs to it.
    pub const CONFIGURATION: u8 = 2;
    /// Of a text.
    pub const STRING: u8 = 3;
    /// Of an interface's HID.
    pub const HID: u8 = 0x21;
    /// Of its reports.
    pub const REPORT: u8 = 0x22;
}

/// The descriptors of a key of full speed. Spec: USB 2.0 section 9.6, HID 1.11 section 6.2.
#[derive(Debug, Clone)]
pub struct Descriptors {
    /// The product's name.
    pub product: String,
    /// How often its endpoints are asked, in milliseconds.
    pub interval: u8,
}

impl Descriptors {
    /// The descriptor of this type and number; `None` where a device like this has none.
    #[must_use]
    pub fn find(&self, kind: u8, number: u8) -> Option<Vec<u8>> {
        match (kind, number) {
            (descriptor::DEVICE, 0) => Some(device().to_vec()),
            (descriptor::CONFIGURATION, 0) => Some(self.configuration()),
            // English of the United States
            (descriptor::STRING, 0) => Some(vec![4, descriptor::STRING, 0x09, 0x04]),
            (descriptor::STRING, 1) => Some(string(MAKER)),
            (descriptor::STRING, 2) => Some(string(&self.product)),
            (descriptor::HID, 0) => Some(hid().to_vec()),
            (descriptor::REPORT, 0) => Some(REPORTS.to_vec()),
            _ => None,
        }
    }

    fn configuration(&self) -> Vec<u8> {
        // bus-powered, 100 mA
        let head = [9, descriptor::CONFIGURATION, 41, 0, 1, CONFIGURATION, 0, 0x80, 50];
        // HID, neither keyboard nor mouse
        let interface = [9, 4, 0, 0, 2, 3, 0, 0, 0];
        let endpoints = ENDPOINTS.map(|address| [7, 5, address, 3, 64, 0, self.interval]);
        [&head[..], &interface, &hid(), endpoints.as_flattened()].concat()
    }
}

fn device() -> [u8; 18] {
    let ([v0, v1], [p0, p1]) = (VENDOR.to_le_bytes(), PRODUCT.to_le_bytes());
    [18, descriptor::DEVICE, 0, 2, 0, 0, 0, 64, v0, v1, p0, p1, 0, 1, 1, 2, 0, 1]
}

fn hid() -> [u8; 9] {
    let [low, high] = u16::try_from(REPORTS.len()).unwrap_or(0).to_le_bytes();
    [9, descriptor::HID, 0x11, 0x01, 0, 1, descriptor::REPORT, low, high]
}

/// A text of 126 units at most, in UTF-16.
fn string(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().take(126).flat_map(u16::to_le_bytes).collect();
    let length = u8::try_from(units.len() + 2).unwrap_or(u8::MAX);
    [&[length, descriptor::STRING][..], &units].concat()
}

/// A request on the control endpoint. Spec: USB 2.0 section 9.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// Direction, kind and recipient.
    pub kind: u8,
    /// What is asked.
    pub request: u8,
    /// What it is about.
    pub value: u16,
    /// Which interface, endpoint or language.
    pub index: u16,
    /// How many bytes follow, or are wanted.
    pub length: u16,
}

impl From<[u8; 8]> for Setup {
    fn from(bytes: [u8; 8]) -> Self {
        let [kind, request, v0, v1, i0, i1, l0, l1] = bytes;
        Self {
            kind,
            request,
            value: u16::from_le_bytes([v0, v1]),
            index: u16::from_le_bytes([i0, i1]),
            length: u16::from_le_bytes([l0, l1]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_is_as_long_as_it_says() {
        let descriptors = Descriptors { product: "Key".to_owned(), interval: 5 };
        let whole = descriptors.find(descriptor::CONFIGURATION, 0).unwrap();
        assert_eq!(usize::from(u16::from_le_bytes([whole[2], whole[3]])), whole.len());
        // each part begins with its length
        let mut rest = &whole[..];
        let mut kinds = Vec::new();
        while let [length, kind, ..] = rest {
            kinds.push(*kind);
            rest = &rest[usize::from(*length)..];
        }
        assert_eq!(kinds, [2, 4, 0x21, 5, 5]);
        assert_eq!(descriptors.find(descriptor::STRING, 2).unwrap(), b"\x08\x03K\0e\0y\0");
        assert_eq!(descriptors.find(descriptor::STRING, 3), None);
        assert_eq!(descriptors.find(6, 0), None, "a device of full speed has no qualifier");
    }
}
