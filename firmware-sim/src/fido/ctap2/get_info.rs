//! authenticatorGetInfo (04). Spec: CTAP 2.1 section 6.4.

use wire::ctap2::{Status, cose, entity::Algorithm, get_info::Info};

use super::extensions;
use crate::fido::{authenticator::Authenticator, profiles::Transport, store};

/// Firmware 1.0.0, as in the answer to INIT.
const FIRMWARE: u64 = 0x0001_0000;

impl Authenticator {
    /// What the key says of itself: its version, and of later ones the members that hold.
    pub(super) fn info(&self) -> Result<Info, Status> {
        let ctap2 = self.profile.ctap2().ok_or(Status::INVALID_COMMAND)?;
        let u2f = self.profile.speaks_u2f().then_some("U2F_V2");
        let later = ctap2.is_2_1();
        let versions = u2f.into_iter().chain(["FIDO_2_0"]).chain(later.then_some("FIDO_2_1"));
        let option = |name: &str, value| (name.to_owned(), value);
        let managing = later.then(|| option("credMgmt", true));
        Ok(Info {
            versions: versions.map(str::to_owned).collect(),
            extensions: extensions::NAMES.iter().map(|name| (*name).to_owned()).collect(),
            aaguid: ctap2.aaguid(),
            options: [
                option("rk", true),
                option("up", true),
                option("plat", false),
                option("clientPin", self.pin.is_set()),
                option("pinUvAuthToken", true),
                option("makeCredUvNotRqd", ctap2.make_without_pin),
            ]
            .into_iter()
            .chain(managing)
            .collect(),
            max_message: u64::try_from(ctap2.max_message).ok(),
            pin_uv_auth_protocols: vec![2, 1],
            max_credentials_in_list: u64::try_from(ctap2.max_list).ok(),
            max_credential_id: u64::try_from(store::ID).ok(),
            transports: self
                .profile
                .transports()
                .iter()
                .map(|t| Transport::name(*t).to_owned())
                .collect(),
            algorithms: vec![Algorithm::new(cose::ES256)],
            force_pin_change: None,
            min_pin_length: u64::try_from(ctap2.min_pin).ok(),
            firmware_version: Some(FIRMWARE),
            remaining_discoverable: u64::try_from(self.store.room()).ok(),
        })
    }
}
