//! Who asks: the proof that a request carries, the finger on the sensor, the touch.
//!
//! Spec: CTAP 2.1 sections 6.1.2, 6.2.2 and 6.5.3.

use wire::ctap2::Status;

use crate::{
    device::Time,
    fido::{
        authenticator::Authenticator,
        fingers::Fingers,
        pin::{
            protocol::Protocol,
            token::{Bound, Proof},
        },
        store::Person,
    },
};

/// How a request has the person verified.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way<'a> {
    /// By a token that the host has.
    Token(Proof<'a>),
    /// By a finger on the sensor.
    Finger,
    /// Not at all.
    None,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verified {
    pub(super) person: Person,
    /// Whether that was a touch too.
    touched: bool,
}

/// What a token is needed for.
pub(super) struct Purpose<'a> {
    pub(super) permission: u64,
    pub(super) rp_id: &'a str,
    pub(super) now: Time,
}

impl Authenticator {
    /// Whether anybody can be verified here: there is a PIN, or a finger is known.
    pub(super) fn is_protected(&self) -> bool {
        self.pin.is_set() || self.knows_fingers()
    }

    pub(super) fn knows_fingers(&self) -> bool {
        self.fingers.as_ref().is_some_and(Fingers::are_known)
    }

    /// The pinUvAuthParam of a request with its protocol, where there is one. An empty one is no
    /// proof: it asks which key is touched, and whether it has a PIN.
    pub(super) fn proof<'a>(
        &mut self,
        tag: Option<&'a [u8]>,
        protocol: Option<u64>,
        message: &'a [u8],
    ) -> Result<Option<Proof<'a>>, Status> {
        let Some(tag) = tag else { return Ok(None) };
        if tag.is_empty() {
            self.holder.touch()?;
            return Err(if self.pin.is_set() { Status::PIN_INVALID } else { Status::PIN_NOT_SET });
        }
        proof(protocol, message, tag).map(Some)
    }

    /// How the person is verified; `signs` is false where a key only looks whether it knows a
    /// credential, which alwaysUv leaves alone. A proof makes the option `uv` moot.
    pub(super) fn way<'a>(
        &self,
        proof: Option<Proof<'a>>,
        uv: Option<bool>,
        signs: bool,
    ) -> Result<Way<'a>, Status> {
        match (proof, uv) {
            (Some(proof), _) => Ok(Way::Token(proof)),
            (None, Some(true)) if self.knows_fingers() => Ok(Way::Finger),
            (None, Some(true)) => Err(Status::INVALID_OPTION),
            (None, Some(false) | None) if !(self.settings.always_uv && signs) => Ok(Way::None),
            (None, Some(false) | None) if self.knows_fingers() => Ok(Way::Finger),
            (None, Some(false) | None) => Err(Status::PUAT_REQUIRED),
        }
    }

    /// Whether the proof or the finger holds.
    pub(super) fn verify(
        &mut self,
        way: Way<'_>,
        purpose: &Purpose<'_>,
    ) -> Result<Verified, Status> {
        match way {
            Way::None => Ok(Verified { person: Person::Unverified, touched: false }),
            Way::Token(proof) => {
                let token = self.token.as_mut().ok_or(Status::PIN_AUTH_INVALID)?;
                if !token.proves(&proof, purpose.permission, purpose.rp_id, purpose.now) {
                    return Err(Status::PIN_AUTH_INVALID);
                }
                let touched = token.is_present(purpose.now);
                Ok(Verified { person: Person::Verified, touched })
            }
            Way::Finger => {
                self.read_finger().map_err(|refused| match refused {
                    Status::UV_INVALID | Status::UV_BLOCKED if self.pin.is_set() => {
                        Status::PUAT_REQUIRED
                    }
                    Status::UV_INVALID | Status::UV_BLOCKED => Status::OPERATION_DENIED,
                    other => other,
                })?;
                Ok(Verified { person: Person::Verified, touched: true })
            }
        }
    }

    /// Asks for a finger. Errors: UV_BLOCKED, UV_INVALID, and those of a touch.
    pub(super) fn read_finger(&mut self) -> Result<(), Status> {
        let fingers = self.fingers.as_mut().ok_or(Status::UV_INVALID)?;
        if fingers.retries() == 0 {
            return Err(Status::UV_BLOCKED);
        }
        match self.holder.finger() {
            Ok(()) => {
                fingers.forgive();
                fingers.since_pin += 1;
                Ok(())
            }
            Err(Status::OPERATION_DENIED) => {
                fingers.miss();
                let blocked = fingers.retries() == 0;
                Err(if blocked { Status::UV_BLOCKED } else { Status::UV_INVALID })
            }
            Err(status) => Err(status),
        }
    }

    /// The touch that a credential command needs, where there was none yet; it uses the token up.
    pub(super) fn spend_touch(&mut self, verified: Verified) -> Result<(), Status> {
        if !verified.touched {
            self.holder.touch()?;
        }
        if let Some(token) = &mut self.token {
            token.spend();
        }
        Ok(())
    }

    /// Whether a request that concerns no party proves that its token permits it.
    pub(super) fn administer(
        &mut self,
        tag: Option<&[u8]>,
        protocol: Option<u64>,
        message: &[u8],
        permission: u64,
        now: Time,
    ) -> Result<(), Status> {
        let proof = self::proof(protocol, message, tag.ok_or(Status::PUAT_REQUIRED)?)?;
        let token = self.token.as_mut().ok_or(Status::PIN_AUTH_INVALID)?;
        match token.manages(&proof, permission, Bound::Anywhere, now) {
            true => Ok(()),
            false => Err(Status::PIN_AUTH_INVALID),
        }
    }
}

/// The proof of a request that names this protocol.
pub(super) fn proof<'a>(
    protocol: Option<u64>,
    message: &'a [u8],
    tag: &'a [u8],
) -> Result<Proof<'a>, Status> {
    let number = protocol.ok_or(Status::MISSING_PARAMETER)?;
    let protocol = Protocol::from_number(number).ok_or(Status::INVALID_PARAMETER)?;
    Ok(Proof { protocol, message, tag })
}
