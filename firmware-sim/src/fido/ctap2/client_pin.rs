//! authenticatorClientPIN (06). Spec: CTAP 2.1 section 6.5.5.

use wire::{
    cbor::Value,
    ctap2::{
        Status,
        client_pin::{Request, Response, Subcommand, permission},
        cose,
    },
};
use zeroize::Zeroizing;

use crate::{
    device::Time,
    fido::{
        authenticator::Authenticator,
        pin::{
            State, Verdict,
            protocol::{Protocol, Shared, platform_key},
            token::{self, Token},
        },
        profiles::Ctap2,
    },
};

/// A new PIN travels padded with zero bytes to this length.
const PADDED: usize = 64;
/// What a token may be permitted by some key; what this one has not is refused.
const ASSIGNED: u64 = token::LEGACY
    | permission::CREDENTIAL_MANAGEMENT
    | permission::BIO_ENROLLMENT
    | permission::LARGE_BLOB_WRITE
    | permission::AUTHENTICATOR_CONFIG
    | permission::PERSISTENT_READ_ONLY;

impl Authenticator {
    pub(super) fn client_pin(&mut self, cbor: &[u8], now: Time) -> Result<Option<Value>, Status> {
        let request = Request::read(cbor).map_err(|error| error.status())?;
        let subcommand =
            Subcommand::from_code(request.subcommand).ok_or(Status::INVALID_SUBCOMMAND)?;
        match subcommand {
            Subcommand::GetPinRetries => Ok(Some(self.pin_retries().write())),
            Subcommand::GetKeyAgreement => {
                let key_agreement = Some(self.agreement.public(protocol(&request)?));
                Ok(Some(Response { key_agreement, ..Response::default() }.write()))
            }
            Subcommand::SetPin => self.set_pin(&request).map(|()| None),
            Subcommand::ChangePin => self.change_pin(&request).map(|()| None),
            Subcommand::GetPinToken => {
                if request.permissions.is_some() || request.rp_id.is_some() {
                    return Err(Status::INVALID_PARAMETER);
                }
                self.pin_token(&request, token::LEGACY, now).map(Some)
            }
            Subcommand::GetPinUvAuthTokenUsingPinWithPermissions => {
                let permissions = self.permissions(&request)?;
                self.pin_token(&request, permissions, now).map(Some)
            }
            Subcommand::GetPinUvAuthTokenUsingUvWithPermissions => {
                self.finger_token(&request).map(Some)
            }
            Subcommand::GetUvRetries => {
                let fingers = self.fingers.as_ref().ok_or(Status::INVALID_SUBCOMMAND)?;
                let uv_retries = Some(u64::from(fingers.retries()));
                Ok(Some(Response { uv_retries, ..Response::default() }.write()))
            }
        }
    }

    /// What the token that is asked for may be used for. Making and using a credential is for one party.
    fn permissions(&self, request: &Request) -> Result<u64, Status> {
        let asked = request.permissions.ok_or(Status::MISSING_PARAMETER)?;
        let permitted = self.profile.ctap2().map_or(0, permitted);
        if asked & ASSIGNED & !permitted != 0 {
            return Err(Status::UNAUTHORIZED_PERMISSION);
        }
        match asked & permitted {
            0 => Err(Status::INVALID_PARAMETER),
            granted if granted & token::LEGACY != 0 && request.rp_id.is_none() => {
                Err(Status::MISSING_PARAMETER)
            }
            granted => Ok(granted),
        }
    }

    fn pin_retries(&self) -> Response {
        Response {
            pin_retries: Some(u64::from(self.pin.retries())),
            power_cycle: Some(self.pin.state() == State::BlockedUntilPowerCycle),
            ..Response::default()
        }
    }

    fn set_pin(&mut self, request: &Request) -> Result<(), Status> {
        let key = must(request.key_agreement.as_ref())?;
        let new_pin = must(request.new_pin_enc.as_deref())?;
        let tag = must(request.pin_uv_auth_param.as_deref())?;
        let protocol = protocol(request)?;
        if self.pin.is_set() {
            return Err(Status::PIN_AUTH_INVALID);
        }
        let shared = self.shared(protocol, key)?;
        if !shared.authenticates(new_pin, tag) {
            return Err(Status::PIN_AUTH_INVALID);
        }
        self.accept_pin(&shared, new_pin)
    }

    fn change_pin(&mut self, request: &Request) -> Result<(), Status> {
        let key = must(request.key_agreement.as_ref())?;
        let new_pin = must(request.new_pin_enc.as_deref())?;
        let pin_hash = must(request.pin_hash_enc.as_deref())?;
        let tag = must(request.pin_uv_auth_param.as_deref())?;
        let protocol = protocol(request)?;
        self.may_try_pin()?;
        let shared = self.shared(protocol, key)?;
        if !shared.authenticates(&[new_pin, pin_hash].concat(), tag) {
            return Err(Status::PIN_AUTH_INVALID);
        }
        self.check_pin(&shared, pin_hash)?;
        self.accept_pin(&shared, new_pin)?;
        self.token = None;
        Ok(())
    }

    fn pin_token(
        &mut self,
        request: &Request,
        permissions: u64,
        now: Time,
    ) -> Result<Value, Status> {
        let key = must(request.key_agreement.as_ref())?;
        let pin_hash = must(request.pin_hash_enc.as_deref())?;
        let protocol = protocol(request)?;
        self.may_try_pin()?;
        let shared = self.shared(protocol, key)?;
        self.check_pin(&shared, pin_hash)?;
        if self.settings.force_pin_change {
            return Err(Status::PIN_INVALID);
        }
        let value = self.tokens.bytes();
        self.token = Some(Token::issue(protocol, value, permissions, request.rp_id.clone(), now));
        Ok(self.given(&shared, &value))
    }

    /// A token for a finger on the sensor.
    fn finger_token(&mut self, request: &Request) -> Result<Value, Status> {
        let sensor = self.profile.ctap2().is_some_and(|ctap2| ctap2.sensor.is_some());
        if !sensor {
            return Err(Status::INVALID_SUBCOMMAND);
        }
        let permissions = self.permissions(request)?;
        let key = must(request.key_agreement.as_ref())?;
        let protocol = protocol(request)?;
        if !self.knows_fingers() {
            return Err(Status::NOT_ALLOWED);
        }
        let shared = self.shared(protocol, key)?;
        self.read_finger()?;
        let value = self.tokens.bytes();
        let rp_id = request.rp_id.clone();
        let token = Token::issue(protocol, value, permissions, rp_id, self.holder.now());
        self.token = Some(token.with_presence());
        Ok(self.given(&shared, &value))
    }

    fn given(&mut self, shared: &Shared, token: &[u8; 32]) -> Value {
        let encrypted =
            shared.encrypt(token, &mut self.ivs).expect("a token of 32 bytes is whole blocks");
        Response { token: Some(encrypted), ..Response::default() }.write()
    }

    fn shared(&self, protocol: Protocol, key: &cose::Key) -> Result<Shared, Status> {
        let peer = platform_key(key).ok_or(Status::INVALID_PARAMETER)?;
        Ok(Shared::agree(protocol, self.agreement.key(protocol), &peer))
    }

    fn may_try_pin(&self) -> Result<(), Status> {
        match self.pin.state() {
            State::Open => Ok(()),
            State::Unset => Err(Status::PIN_NOT_SET),
            State::BlockedUntilPowerCycle => Err(Status::PIN_AUTH_BLOCKED),
            State::Blocked => Err(Status::PIN_BLOCKED),
        }
    }

    /// Compares the PIN; what does not decrypt counts as a wrong one.
    fn check_pin(&mut self, shared: &Shared, encrypted: &[u8]) -> Result<(), Status> {
        let offered = shared.decrypt(encrypted).unwrap_or_default();
        let status = match self.pin.check(&offered) {
            Verdict::Right => {
                if let Some(fingers) = &mut self.fingers {
                    fingers.forgive();
                    fingers.since_pin = 0;
                }
                return Ok(());
            }
            Verdict::Wrong => Status::PIN_INVALID,
            Verdict::BlockedUntilPowerCycle => Status::PIN_AUTH_BLOCKED,
            Verdict::Blocked => Status::PIN_BLOCKED,
        };
        self.agreement.renew();
        Err(status)
    }

    fn accept_pin(&mut self, shared: &Shared, encrypted: &[u8]) -> Result<(), Status> {
        let padded: Zeroizing<Vec<u8>> =
            shared.decrypt(encrypted).map_err(|_| Status::INVALID_PARAMETER)?;
        if padded.len() != PADDED {
            return Err(Status::INVALID_PARAMETER);
        }
        let length = padded.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let pin = padded.get(..length).unwrap_or_default();
        let unchanged = self.settings.force_pin_change && self.pin.is(pin);
        if unchanged || (self.settings.complexity && is_simple(pin)) {
            return Err(Status::PIN_POLICY_VIOLATION);
        }
        let minimum = self.settings.min_pin;
        self.pin.set(pin, minimum).map_err(|_| Status::PIN_POLICY_VIOLATION)?;
        self.settings.force_pin_change = false;
        Ok(())
    }
}

/// Whether each character is the one before it, or the next or last one in order.
fn is_simple(pin: &[u8]) -> bool {
    let text = String::from_utf8_lossy(pin);
    let codes: Vec<i64> = text.chars().map(|character| u32::from(character).into()).collect();
    let steps = codes.iter().zip(codes.iter().skip(1)).map(|(one, next)| next - one);
    [-1, 0, 1].iter().any(|step| steps.clone().all(|taken| taken == *step))
}

/// What a token of this key may be used for.
fn permitted(ctap2: &Ctap2) -> u64 {
    let bits = [
        (token::LEGACY, true),
        (permission::CREDENTIAL_MANAGEMENT | permission::AUTHENTICATOR_CONFIG, ctap2.is_2_1()),
        (permission::LARGE_BLOB_WRITE, ctap2.large_blobs > 0),
        (permission::BIO_ENROLLMENT, ctap2.sensor.is_some()),
    ];
    bits.iter().filter(|(_, has)| *has).fold(0, |all, (bit, _)| all | bit)
}

fn protocol(request: &Request) -> Result<Protocol, Status> {
    let number = request.protocol.ok_or(Status::MISSING_PARAMETER)?;
    Protocol::from_number(number).ok_or(Status::INVALID_PARAMETER)
}

fn must<T: ?Sized>(member: Option<&T>) -> Result<&T, Status> {
    member.ok_or(Status::MISSING_PARAMETER)
}
