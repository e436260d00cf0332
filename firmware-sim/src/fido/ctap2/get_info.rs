//! authenticatorGetInfo (04). Spec: CTAP 2.1 section 6.4.

use wire::ctap2::{Status, cose, entity::Algorithm, get_info::Info};

use super::extensions;
use crate::fido::{
    authenticator::Authenticator,
    pin,
    profiles::{Ctap2, Transport},
    store,
};

/// Firmware 1.0.0, as in the answer to INIT.
const FIRMWARE: u64 = 0x0001_0000;

/// uvModality: presence, and a PIN that comes from outside.
const PIN_AND_TOUCH: u64 = 0x0000_0001 | 0x0000_0800;
/// uvModality: a finger.
const FINGERPRINT: u64 = 0x0000_0002;

impl Authenticator {
    /// What the key says of itself: its version, and of later ones the members that hold.
    pub(super) fn info(&self) -> Result<Info, Status> {
        let ctap2 = self.profile.ctap2().ok_or(Status::INVALID_COMMAND)?;
        let first = Info {
            versions: self.versions(ctap2),
            extensions: extensions::names(ctap2).map(str::to_owned).collect(),
            aaguid: ctap2.aaguid(),
            options: self.options(ctap2),
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
            min_pin_length: u64::try_from(self.settings.min_pin).ok(),
            firmware_version: Some(FIRMWARE),
            remaining_discoverable: u64::try_from(self.store.room()).ok(),
            ..Info::default()
        };
        Ok(if ctap2.is_2_1() { self.later(ctap2, first) } else { first })
    }

    fn versions(&self, ctap2: &Ctap2) -> Vec<String> {
        let u2f = self.takes_u2f().then_some("U2F_V2");
        let later = if ctap2.is_2_1() { &["FIDO_2_1_PRE", "FIDO_2_1"][..] } else { &[] };
        let latest = ctap2.is_2_3().then_some("FIDO_2_3");
        let all = u2f.into_iter().chain(["FIDO_2_0"]).chain(later.iter().copied()).chain(latest);
        all.map(str::to_owned).collect()
    }

    fn options(&self, ctap2: &Ctap2) -> Vec<(String, bool)> {
        let managed = ctap2.is_2_1().then_some(true);
        let sensor = ctap2.sensor.map(|_| self.knows_fingers());
        let enterprise = ctap2.enterprise.as_ref().map(|_| self.settings.enterprise);
        let optional = ctap2.make_without_pin && !self.settings.always_uv;
        let options = [
            ("rk", Some(true)),
            ("up", Some(true)),
            ("plat", Some(false)),
            ("clientPin", Some(self.pin.is_set())),
            ("pinUvAuthToken", Some(true)),
            ("makeCredUvNotRqd", Some(optional)),
            ("credMgmt", managed),
            ("credentialMgmtPreview", managed),
            ("authnrCfg", managed),
            ("setMinPINLength", managed),
            ("alwaysUv", managed.map(|_| self.settings.always_uv)),
            ("largeBlobs", (ctap2.large_blobs > 0).then_some(true)),
            ("ep", enterprise),
            ("uv", sensor),
            ("bioEnroll", sensor),
            ("userVerificationMgmtPreview", sensor),
            ("uvBioEnroll", sensor.map(|_| true)),
            ("uvAcfg", sensor.map(|_| true)),
            ("perCredMgmtRO", ctap2.is_2_3().then_some(true)),
        ];
        let named = |(name, value): (&str, Option<bool>)| Some((name.to_owned(), value?));
        options.into_iter().filter_map(named).collect()
    }

    /// The members that CTAP 2.1 and later ones add.
    fn later(&self, ctap2: &Ctap2, first: Info) -> Info {
        let blobs = Some(ctap2.large_blobs).filter(|capacity| *capacity > 0);
        let sensor = ctap2.sensor.map(|sensor| u64::from(sensor.retries));
        let finger = sensor.map_or(0, |_| FINGERPRINT);
        let info = Info {
            max_large_blob_array: blobs.and_then(|capacity| u64::try_from(capacity).ok()),
            force_pin_change: Some(self.settings.force_pin_change),
            max_cred_blob: u64::try_from(ctap2.longest_cred_blob()).ok(),
            max_min_pin_rp_ids: u64::try_from(ctap2.most_min_pin_rp_ids()).ok(),
            preferred_uv_attempts: sensor,
            uv_modality: Some(PIN_AND_TOUCH | finger),
            ..first
        };
        if ctap2.is_2_3() { self.latest(info) } else { info }
    }

    /// The members that CTAP 2.2 and 2.3 add.
    fn latest(&self, info: Info) -> Info {
        let commands = self.config_commands().into_iter();
        Info {
            attestation_formats: ["packed", "none"].map(str::to_owned).to_vec(),
            uv_count: self.fingers.as_ref().map(|fingers| fingers.since_pin),
            long_touch_for_reset: Some(self.settings.long_touch),
            pin_complexity_policy: Some(self.settings.complexity),
            max_pin_length: u64::try_from(pin::LONGEST).ok(),
            config_commands: commands.map(|command| command as u64).collect(),
            ..info
        }
    }
}
