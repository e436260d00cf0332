//! CTAP2 commands to one key: what it is, its PIN, credentials, assertions.
//!
//! Spec: CTAP 2.1 sections 6.1 to 6.5.

use wire::cbor::{Map, Value};
use wire::ctap2::client_pin::{Request as PinRequest, Response as PinResponse, Subcommand};
use wire::ctap2::entity::{Descriptor, Options};
use wire::ctap2::get_info::{DEFAULT_MAX_MESSAGE, Info};
use wire::ctap2::{self, Command, Status, get_assertion, make_credential};

use super::error::Error;
use super::link::{Link, Mistake, Person, PinAsk};
use super::pin::{self, Protocol, Random, Shared, Token};
use crate::webauthn::Wish;

/// Most assertions taken from one key for one request.
const MOST_ASSERTIONS: u64 = 64;
/// How often a fingerprint is asked again before the PIN is asked.
const FINGERPRINTS: u32 = 3;
/// How often a PIN is asked for: a key takes no more wrong ones. Spec: CTAP 2.1 section 6.5.
const MOST_PINS: usize = 8;
/// How many of the PINs may be such as no key has.
const MOST_UNFIT: usize = 3;

/// A key that speaks CTAP2, for one ceremony.
pub(super) struct Key<'a> {
    link: &'a mut dyn Link,
    person: &'a mut dyn Person,
    random: &'a mut dyn Random,
    pub(super) info: Info,
}

/// How a key verifies its user for a request.
pub(super) enum Verification {
    /// Not at all.
    None,
    /// By a token that was got before.
    Token(Token),
    /// By itself, when it is asked with `uv`.
    BuiltIn,
}

impl<'a> Key<'a> {
    /// Asks the key what it is.
    ///
    /// Errors: the link's, a refusal, a malformed answer.
    pub(super) fn open(
        link: &'a mut dyn Link,
        person: &'a mut dyn Person,
        random: &'a mut dyn Random,
    ) -> Result<Self, Error> {
        let answer = link.ctap2(&ctap2::request(Command::GetInfo, None), person)?;
        let info = Info::read(&members(&answer)?)?;
        Ok(Self { link, person, random, info })
    }

    /// True where the option is there and on.
    pub(super) fn is_on(&self, option: &str) -> bool {
        self.info.option(option) == Some(true)
    }

    /// Verifies the user as far as the server wishes and the key can.
    ///
    /// `needed` says that the key itself insists. Errors: verification is required and not set
    /// up, or not possible; the PIN's.
    pub(super) fn verify(
        &mut self,
        wish: Wish,
        needed: bool,
        permissions: u64,
        rp_id: &str,
    ) -> Result<Verification, Error> {
        if wish == Wish::Discouraged && !needed && !self.is_on("alwaysUv") {
            return Ok(Verification::None);
        }
        let by_token = self.is_on("pinUvAuthToken");
        if self.is_on("uv") && !by_token {
            return Ok(Verification::BuiltIn);
        }
        if self.is_on("uv")
            && let Some(token) = self.fingerprint_token(permissions, rp_id)?
        {
            return Ok(Verification::Token(token));
        }
        if self.takes_pin() {
            let bound = by_token.then_some((permissions, rp_id));
            return self.pin_token(bound).map(Verification::Token);
        }
        let can = self.info.option("clientPin").is_some() || self.info.option("uv").is_some();
        match (wish, can) {
            (Wish::Required, true) => Err(Error::PinNotSet),
            (Wish::Required, false) => Err(Error::VerificationImpossible),
            (Wish::Preferred | Wish::Discouraged, _) => Ok(Verification::None),
        }
    }

    fn takes_pin(&self) -> bool {
        self.is_on("clientPin") && !self.is_on("noMcGaPermissionsWithClientPin")
    }

    /// Makes `attempt` with what verifies, and once more with the PIN where the key verified by
    /// itself, has blocked that and has a PIN as well.
    ///
    /// Errors: those of `attempt` where there is no such way; the PIN's.
    pub(super) fn proven<T>(
        &mut self,
        verified: &Verification,
        mut attempt: impl FnMut(&mut Self, &Verification) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match (attempt(self, verified), verified) {
            // Such a key has no permissions to bind a token to.
            (Err(Error::Refused(Status::UV_BLOCKED)), Verification::BuiltIn)
                if self.takes_pin() =>
            {
                let token = self.pin_token(None)?;
                attempt(self, &Verification::Token(token))
            }
            (done, _) => done,
        }
    }

    /// A token for a PIN that the person types; asked again while it is wrong and tries are left.
    fn pin_token(&mut self, bound: Option<(u64, &str)>) -> Result<Token, Error> {
        let protocol = Protocol::preferred(&self.info.pin_uv_auth_protocols)?;
        let (mut mistake, mut unfit, mut most) = (None, 0, u8::MAX);
        for _ in 0..MOST_PINS {
            let tries_left = self.pin_tries(protocol)?;
            if tries_left > most {
                return Err(Error::malformed("a wrong PIN that took no try"));
            }
            let typed = self.person.pin(PinAsk { tries_left, mistake }).ok_or(Error::Cancelled)?;
            let hash = match pin::digest(&typed) {
                Ok(hash) => hash,
                Err(wrong) => {
                    mistake = Some(wrong);
                    unfit += 1;
                    if unfit == MOST_UNFIT {
                        return Err(Error::PinUnfit);
                    }
                    continue;
                }
            };
            match self.token_for(protocol, &hash, bound) {
                Err(Error::Refused(Status::PIN_INVALID)) => {
                    (mistake, most) = (Some(Mistake::Wrong), tries_left - 1);
                }
                other => return other,
            }
        }
        Err(Error::malformed("more tries for a PIN than a key has"))
    }

    /// How often the key still takes a wrong PIN; at least once.
    fn pin_tries(&mut self, protocol: Protocol) -> Result<u8, Error> {
        let request = PinRequest::new(protocol.number(), Subcommand::GetPinRetries);
        let retries = self.client_pin(&request)?;
        let left = retries.pin_retries.ok_or_else(|| Error::malformed("no number of PIN tries"))?;
        match (left, retries.power_cycle) {
            (0, _) => Err(Error::PinBlocked),
            (_, Some(true)) => Err(Error::PowerCycle),
            (left, _) => Ok(u8::try_from(left).unwrap_or(u8::MAX)),
        }
    }

    /// A token for the PIN behind `hash`.
    fn token_for(
        &mut self,
        protocol: Protocol,
        hash: &[u8; 16],
        bound: Option<(u64, &str)>,
    ) -> Result<Token, Error> {
        let shared = self.agree(protocol)?;
        let subcommand = match bound {
            Some(_) => Subcommand::GetPinUvAuthTokenUsingPinWithPermissions,
            None => Subcommand::GetPinToken,
        };
        let mut request = PinRequest::new(protocol.number(), subcommand);
        request.pin_hash_enc = Some(shared.encrypt(hash, self.random)?);
        request.permissions = bound.map(|(permissions, _)| permissions);
        request.rp_id = bound.map(|(_, rp_id)| rp_id.to_owned());
        self.token(&shared, request)
    }

    /// A token by the key's own verification; `None` where the PIN must be asked instead.
    fn fingerprint_token(&mut self, permissions: u64, rp_id: &str) -> Result<Option<Token>, Error> {
        let protocol = Protocol::preferred(&self.info.pin_uv_auth_protocols)?;
        for _ in 0..FINGERPRINTS {
            let shared = self.agree(protocol)?;
            let subcommand = Subcommand::GetPinUvAuthTokenUsingUvWithPermissions;
            let mut request = PinRequest::new(protocol.number(), subcommand);
            request.permissions = Some(permissions);
            request.rp_id = Some(rp_id.to_owned());
            match self.token(&shared, request) {
                Err(Error::Refused(Status::UV_INVALID)) => {}
                Err(Error::Refused(Status::UV_BLOCKED)) => return Ok(None),
                other => return other.map(Some),
            }
        }
        Ok(None)
    }

    fn agree(&mut self, protocol: Protocol) -> Result<Shared, Error> {
        let request = PinRequest::new(protocol.number(), Subcommand::GetKeyAgreement);
        let peer = self.client_pin(&request)?.key_agreement;
        let peer = peer.ok_or_else(|| Error::malformed("no key agreement key"))?;
        Shared::agree(protocol, &peer, self.random)
    }

    fn token(&mut self, shared: &Shared, mut request: PinRequest) -> Result<Token, Error> {
        request.key_agreement = Some(shared.platform.clone());
        let answer = self.client_pin(&request)?;
        shared.token(&answer.token.ok_or_else(|| Error::malformed("no PIN token"))?)
    }

    fn client_pin(&mut self, request: &PinRequest) -> Result<PinResponse, Error> {
        let members = self.ask(Command::ClientPin, Some(&request.write()))?;
        Ok(PinResponse::read(&members)?)
    }

    /// Those of `list` that are on the key, without a touch, as far as the key tells.
    ///
    /// Spec: CTAP 2.1 section 6.1.2 and 6.2.2, lists longer than maxCredentialCountInList.
    pub(super) fn present(
        &mut self,
        rp_id: &str,
        list: &[Descriptor],
        token: Option<&Token>,
    ) -> Result<Option<Descriptor>, Error> {
        let hash = [0; 32];
        for part in self.parts(list, rp_id) {
            let request = get_assertion::Request {
                rp_id: rp_id.to_owned(),
                client_data_hash: hash,
                allow: Some(part.clone()),
                extensions: None,
                options: Options { rk: None, up: Some(false), uv: None },
                pin_uv_auth_param: token.map(|token| token.authenticate(&hash)),
                pin_uv_auth_protocol: token.map(Token::protocol),
            };
            match self.assertion(&request) {
                Ok(found) => {
                    let id = found.credential.or_else(|| part.first().cloned());
                    return Ok(id.filter(|id| part.iter().any(|asked| asked.id == id.id)));
                }
                Err(Error::NoCredentials) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(None)
    }

    /// The ids of `list` that can be this key's, where they go to it in one request.
    pub(super) fn whole(&self, list: &[Descriptor], rp_id: &str) -> Option<Vec<Descriptor>> {
        let mut parts = self.parts(list, rp_id);
        match parts.len() {
            0 => Some(Vec::new()),
            1 => parts.pop(),
            _ => None,
        }
    }

    /// The list without ids longer than the key's own, in parts that the key takes.
    fn parts(&self, list: &[Descriptor], rp_id: &str) -> Vec<Vec<Descriptor>> {
        let longest = self.info.max_credential_id.unwrap_or(u64::MAX);
        // Room for the rest of the request: hash, proof, names and lengths.
        let overhead = 256 + rp_id.len();
        let room = usize::try_from(self.info.max_message.unwrap_or(DEFAULT_MAX_MESSAGE))
            .unwrap_or(usize::MAX)
            .saturating_sub(overhead);
        let mut parts: Vec<Vec<Descriptor>> = Vec::new();
        let mut left = 0;
        for one in list.iter().filter(|one| one.id.len() as u64 <= longest) {
            // "id", "type", "public-key" and their heads.
            let size = one.id.len() + 32;
            match parts.last_mut() {
                Some(part) if part.len() < self.most_in_list() && size <= left => {
                    part.push(one.clone());
                    left -= size;
                }
                Some(_) | None => {
                    parts.push(vec![one.clone()]);
                    left = room.saturating_sub(size);
                }
            }
        }
        parts
    }

    fn most_in_list(&self) -> usize {
        let most = self.info.max_credentials_in_list.unwrap_or(1);
        usize::try_from(most).unwrap_or(usize::MAX).max(1)
    }

    /// Makes a credential.
    ///
    /// Errors: the key's refusal, a malformed answer.
    pub(super) fn make(
        &mut self,
        request: &make_credential::Request,
    ) -> Result<make_credential::Response, Error> {
        let members = self.ask(Command::MakeCredential, Some(&request.write()))?;
        Ok(make_credential::Response::read(&members)?)
    }

    /// Signs once.
    ///
    /// Errors: the key's refusal, a malformed answer.
    pub(super) fn assertion(
        &mut self,
        request: &get_assertion::Request,
    ) -> Result<get_assertion::Response, Error> {
        let members = self.ask(Command::GetAssertion, Some(&request.write()))?;
        Ok(get_assertion::Response::read(&members)?)
    }

    /// Signs with every credential that fits, one of which the person chooses.
    ///
    /// Errors: the key's refusal, a malformed answer, the person's refusal to choose.
    pub(super) fn chosen(
        &mut self,
        request: &get_assertion::Request,
    ) -> Result<get_assertion::Response, Error> {
        let first = self.assertion(request)?;
        let number = first.number_of_credentials.unwrap_or(1);
        if number <= 1 || request.allow.is_some() || first.user_selected == Some(true) {
            return Ok(first);
        }
        if number > MOST_ASSERTIONS {
            return Err(Error::malformed(format!("{number} accounts on one key")));
        }
        let mut all = vec![first];
        for _ in 1..number {
            let members = self.ask(Command::GetNextAssertion, None)?;
            all.push(get_assertion::Response::read(&members)?);
        }
        let names: Vec<String> = all.iter().map(account).collect();
        let place = self.person.choose(&names).ok_or(Error::Cancelled)?;
        all.into_iter().nth(place).ok_or(Error::Cancelled)
    }

    /// The members of credProtect for a registration, where the key has it.
    ///
    /// Errors: the server enforces it and the key does not have it.
    pub(super) fn protection(
        &self,
        level: Option<u64>,
        enforced: bool,
    ) -> Result<Option<Value>, Error> {
        let has = self.info.extensions.iter().any(|name| name == "credProtect");
        match level {
            Some(level) if has => Ok(Some(Map::new().put("credProtect", level).into())),
            Some(2..) if enforced => Err(Error::VerificationImpossible),
            Some(_) | None => Ok(None),
        }
    }

    fn ask(&mut self, command: Command, parameters: Option<&Value>) -> Result<Value, Error> {
        let request = ctap2::request(command, parameters);
        members(&self.link.ctap2(&request, self.person)?)
    }
}

impl Verification {
    /// The token, where there is one.
    pub(super) fn token(&self) -> Option<&Token> {
        match self {
            Self::Token(token) => Some(token),
            Self::None | Self::BuiltIn => None,
        }
    }

    /// pinUvAuthParam over `message`.
    pub(super) fn proof(&self, message: &[u8]) -> Option<Vec<u8>> {
        self.token().map(|token| token.authenticate(message))
    }

    /// pinUvAuthProtocol.
    pub(super) fn protocol(&self) -> Option<u64> {
        self.token().map(Token::protocol)
    }

    /// The option `uv` of a request.
    pub(super) fn option(&self) -> Option<bool> {
        match self {
            Self::BuiltIn => Some(true),
            Self::None | Self::Token(_) => None,
        }
    }
}

fn members(answer: &[u8]) -> Result<Value, Error> {
    ctap2::read_answer(answer)?.ok_or_else(|| Error::malformed("an answer without members"))
}

fn account(assertion: &get_assertion::Response) -> String {
    let user = assertion.user.as_ref();
    let name = user.and_then(|user| user.display_name.clone().or_else(|| user.name.clone()));
    name.unwrap_or_default().chars().filter(|c| !c.is_control()).take(64).collect()
}
