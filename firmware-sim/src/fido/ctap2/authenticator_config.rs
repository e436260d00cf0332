//! authenticatorConfig (0D). Spec: CTAP 2.1 section 6.11.

use wire::ctap2::{
    Status,
    authenticator_config::{Parameters, Request, Subcommand},
    client_pin::permission,
};

use crate::{
    device::Time,
    fido::{authenticator::Authenticator, pin, profiles::Ctap2},
};

impl Authenticator {
    pub(super) fn authenticator_config(&mut self, cbor: &[u8], now: Time) -> Result<(), Status> {
        let request = Request::read(cbor).map_err(|error| error.status())?;
        let subcommand = Subcommand::from_code(request.subcommand)
            .filter(|subcommand| self.config_commands().contains(subcommand))
            .ok_or(Status::INVALID_PARAMETER)?;
        if self.is_protected() || self.settings.always_uv {
            // A key that nobody can be verified at would keep alwaysUv for ever.
            let freed = !self.is_protected() && subcommand == Subcommand::ToggleAlwaysUv;
            if !freed {
                let tag = request.pin_uv_auth_param.as_deref();
                let permission = permission::AUTHENTICATOR_CONFIG;
                self.administer(tag, request.protocol, &request.message(), permission, now)?;
            }
        }
        match subcommand {
            Subcommand::EnableEnterpriseAttestation => self.settings.enterprise = true,
            Subcommand::ToggleAlwaysUv => self.settings.always_uv = !self.settings.always_uv,
            Subcommand::SetMinPinLength => {
                let parameters = request.parameters.as_ref().ok_or(Status::MISSING_PARAMETER)?;
                self.set_min_pin(parameters)?;
            }
            Subcommand::EnableLongTouchForReset => self.settings.long_touch = true,
        }
        Ok(())
    }

    /// The subcommands that this key has.
    pub(super) fn config_commands(&self) -> Vec<Subcommand> {
        let Some(ctap2) = self.profile.ctap2().filter(|ctap2| ctap2.is_2_1()) else {
            return Vec::new();
        };
        let enterprise =
            ctap2.enterprise.is_some().then_some(Subcommand::EnableEnterpriseAttestation);
        let always = [Subcommand::ToggleAlwaysUv, Subcommand::SetMinPinLength];
        let long_touch = ctap2.is_2_3().then_some(Subcommand::EnableLongTouchForReset);
        enterprise.into_iter().chain(always).chain(long_touch).collect()
    }

    fn set_min_pin(&mut self, parameters: &Parameters) -> Result<(), Status> {
        let current = self.settings.min_pin;
        let wanted = parameters.new_min_pin_length.map(usize::try_from);
        let minimum = wanted.unwrap_or(Ok(current)).map_err(|_| Status::PIN_POLICY_VIOLATION)?;
        if minimum < current || minimum > pin::LONGEST {
            return Err(Status::PIN_POLICY_VIOLATION);
        }
        let force = parameters.force_change == Some(true);
        if force && !self.pin.is_set() {
            return Err(Status::PIN_NOT_SET);
        }
        let room = self.profile.ctap2().map_or(0, Ctap2::most_min_pin_rp_ids);
        if parameters.rp_ids.as_ref().is_some_and(|rp_ids| rp_ids.len() > room) {
            return Err(Status::KEY_STORE_FULL);
        }
        let complexity = parameters.complexity == Some(true);
        let too_short = self.pin.length().is_some_and(|length| length < minimum);
        if force || too_short {
            self.settings.force_pin_change = true;
            self.token = None;
        }
        if let Some(rp_ids) = &parameters.rp_ids {
            self.settings.min_pin_rp_ids.clone_from(rp_ids);
        }
        self.settings.min_pin = minimum;
        self.settings.complexity |= complexity;
        Ok(())
    }
}
