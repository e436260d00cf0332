//! What an administrator sets on a key. Spec: CTAP 2.1 section 6.11.

use super::profiles::Ctap2;

/// The settings; a reset brings back those of the factory.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    /// Nothing is signed without verification.
    pub(super) always_uv: bool,
    /// Credentials may be attested by a certificate that tells this key from others.
    pub(super) enterprise: bool,
    /// The shortest PIN, in characters.
    pub(super) min_pin: usize,
    /// The parties that may know it.
    pub(super) min_pin_rp_ids: Vec<String>,
    /// The PIN must be changed before it is used again.
    pub(super) force_pin_change: bool,
    /// Simple PINs are refused.
    pub(super) complexity: bool,
    /// A reset takes a long touch.
    pub(super) long_touch: bool,
}

impl Settings {
    /// As the key leaves the factory.
    pub(super) fn of(ctap2: Option<&Ctap2>) -> Self {
        let Some(ctap2) = ctap2 else { return Self::default() };
        Self { min_pin: ctap2.min_pin, always_uv: ctap2.always_uv, ..Self::default() }
    }
}
