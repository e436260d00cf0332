//! authenticatorBioEnrollment (09). Spec: CTAP 2.1 section 6.7.

use wire::{
    cbor::Value,
    ctap2::{
        Status,
        bio_enrollment::{FINGERPRINT, Request, Response, Sample, Subcommand},
        client_pin::permission,
    },
};

use crate::{
    device::Time,
    fido::{
        authenticator::Authenticator,
        fingers::{self, Fingers},
    },
};

/// fingerprintKind: the sensor is touched, not swiped.
const TOUCHED: u64 = 1;
/// The longest name of a finger, in bytes.
const NAME: usize = 64;

impl Authenticator {
    pub(super) fn bio_enrollment(
        &mut self,
        cbor: &[u8],
        now: Time,
    ) -> Result<Option<Value>, Status> {
        let request = Request::read(cbor).map_err(|error| error.status())?;
        if request.get_modality == Some(true) {
            let modality = Some(FINGERPRINT);
            return Ok(Some(Response { modality, ..Response::default() }.write()));
        }
        let subcommand = request.subcommand.ok_or(Status::MISSING_PARAMETER)?;
        let subcommand = Subcommand::from_code(subcommand).ok_or(Status::INVALID_SUBCOMMAND)?;
        match request.modality.ok_or(Status::MISSING_PARAMETER)? {
            FINGERPRINT => {}
            _ => return Err(Status::INVALID_PARAMETER),
        }
        let response = match subcommand {
            Subcommand::GetFingerprintSensorInfo => self.sensor_info()?,
            Subcommand::CancelCurrentEnrollment => {
                self.fingers()?.cancel();
                return Ok(None);
            }
            Subcommand::EnrollBegin => {
                self.may_teach(&request, now)?;
                self.fingers()?.begin().map_err(|fingers::Full| Status::FP_DATABASE_FULL)?;
                self.capture()?
            }
            Subcommand::EnrollCaptureNextSample => {
                self.may_teach(&request, now)?;
                let id = request.template_id.as_deref().ok_or(Status::MISSING_PARAMETER)?;
                let (taught, _) = self.fingers()?.enrolling().ok_or(Status::NOT_ALLOWED)?;
                if taught != id {
                    return Err(Status::INVALID_PARAMETER);
                }
                self.capture()?
            }
            Subcommand::EnumerateEnrollments => {
                self.may_teach(&request, now)?;
                let templates = self.fingers()?.templates().to_vec();
                if templates.is_empty() {
                    return Err(Status::INVALID_OPTION);
                }
                Response { templates: Some(templates), ..Response::default() }
            }
            Subcommand::SetFriendlyName | Subcommand::RemoveEnrollment => {
                self.may_teach(&request, now)?;
                self.change_finger(subcommand, &request)?;
                return Ok(None);
            }
        };
        Ok(Some(response.write()))
    }

    fn fingers(&mut self) -> Result<&mut Fingers, Status> {
        self.fingers.as_mut().ok_or(Status::INVALID_COMMAND)
    }

    fn may_teach(&mut self, request: &Request, now: Time) -> Result<(), Status> {
        let tag = request.pin_uv_auth_param.as_deref();
        let permission = permission::BIO_ENROLLMENT;
        self.administer(tag, request.protocol, &request.message(), permission, now)
    }

    fn sensor_info(&mut self) -> Result<Response, Status> {
        let samples = self.fingers()?.sensor.samples;
        Ok(Response {
            fingerprint_kind: Some(TOUCHED),
            max_samples: Some(samples.into()),
            max_friendly_name: u64::try_from(NAME).ok(),
            ..Response::default()
        })
    }

    /// Waits for a touch of the sensor; a person who does not come is a sample too.
    fn capture(&mut self) -> Result<Response, Status> {
        let (id, before) = self.fingers()?.enrolling().ok_or(Status::NOT_ALLOWED)?;
        let touched = match self.holder.finger() {
            // Any finger can be taught.
            Ok(()) | Err(Status::OPERATION_DENIED) => true,
            Err(Status::USER_ACTION_TIMEOUT) => false,
            Err(status) => return Err(status),
        };
        let fingers = self.fingers()?;
        let sample = fingers.sample(touched);
        let remaining = match fingers.enrolling() {
            Some((_, remaining)) => remaining,
            None if sample == Sample::Good => 0,
            None => before,
        };
        Ok(Response {
            template_id: Some(id.to_vec()),
            last_sample: Some(sample as u64),
            remaining: Some(remaining.into()),
            ..Response::default()
        })
    }

    fn change_finger(&mut self, subcommand: Subcommand, request: &Request) -> Result<(), Status> {
        let id = request.template_id.as_deref().ok_or(Status::MISSING_PARAMETER)?;
        let known = if subcommand == Subcommand::RemoveEnrollment {
            self.fingers()?.remove(id)
        } else {
            let name = request.friendly_name.clone().ok_or(Status::MISSING_PARAMETER)?;
            if name.len() > NAME {
                return Err(Status::INVALID_LENGTH);
            }
            self.fingers()?.rename(id, name)
        };
        if known { Ok(()) } else { Err(Status::INVALID_OPTION) }
    }
}
