//! The child process in which a PKCS#11 module is loaded: questions on standard input, marked
//! answers on standard output, one line each. It ends when its parent goes away, also while the
//! module is at work.

use std::io::{BufRead, Write};
use std::sync::mpsc::{Receiver, channel};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as Cryptoki, RvError};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::AuthPin;
use rustix::process::{Signal, getpid, kill_process};
use zeroize::Zeroizing;

use super::{Activation, Answer, Counter, Entry, Greeting, Listed, Request, Scheme, Typed};
use crate::tokens::card::pkcs15::SHA256_INFO;

/// Serves one parent, to the end of standard input; then the process ends at once.
///
/// Errors: those of standard output.
pub fn run() -> std::io::Result<()> {
    let lines = listen();
    let Ok(line) = lines.recv() else { return Ok(()) };
    let Ok(greeting) = serde_json::from_str::<Greeting>(&line) else { return Ok(()) };
    let mut module = None;
    while let Ok(line) = lines.recv() {
        let answer = match serde_json::from_str(&line) {
            Ok(request) => answer(&mut module, &greeting, request),
            Err(_) => Answer::Failed("the request cannot be read".to_owned()),
        };
        let text = serde_json::to_string(&answer).unwrap_or_default();
        let mut output = std::io::stdout().lock();
        // What the module printed without ending its line must not hide the mark.
        write!(output, "\n{} {text}\n", greeting.mark)?;
        output.flush()?;
    }
    Ok(())
}

/// The lines of standard input, read beside the module so that its end is seen while one hangs.
fn listen() -> Receiver<Zeroizing<String>> {
    let (send, lines) = channel();
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        loop {
            let mut line = Zeroizing::new(String::new());
            match input.read_line(&mut line) {
                Ok(1..) if send.send(line).is_ok() => {}
                Ok(_) | Err(_) => break,
            }
        }
        // What a module does on leaving could hang as well, so it is not given the time.
        let _ = kill_process(getpid(), Signal::KILL);
    });
    lines
}

fn answer(module: &mut Option<Pkcs11>, greeting: &Greeting, request: Request) -> Answer {
    let loaded = match module.take().map_or_else(|| load(greeting), Ok) {
        Ok(loaded) => loaded,
        Err(error) => return failed(&error),
    };
    let answer = match request {
        Request::List => list(&loaded),
        Request::Sign { certificate, scheme, digest, pin } => {
            sign(&loaded, &certificate, scheme, &digest, &pin)
        }
    };
    *module = Some(loaded);
    answer.unwrap_or_else(|error| failed(&error))
}

fn load(greeting: &Greeting) -> Result<Pkcs11, Cryptoki> {
    let module = Pkcs11::new(&greeting.module)?;
    module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
    Ok(module)
}

fn list(module: &Pkcs11) -> Result<Answer, Cryptoki> {
    let cards = module.get_slots_with_token()?.into_iter().map(|slot| on_card(module, slot));
    together(cards).map(Answer::Listed)
}

/// What one card bears; nothing where the module does not know the card.
fn on_card(module: &Pkcs11, slot: Slot) -> Result<Vec<Listed>, Cryptoki> {
    let Ok(info) = module.get_token_info(slot) else { return Ok(Vec::new()) };
    let Ok(session) = module.open_ro_session(slot) else { return Ok(Vec::new()) };
    let reader = module.get_slot_info(slot)?.slot_description().trim_end().to_owned();
    let listed = |(_, certificate)| {
        let (reader, counter, entry) = (reader.clone(), counter(&info), entry(&info));
        Listed { certificate, reader, entry, activation: activation(&info), counter }
    };
    Ok(certificates(&session)?.into_iter().map(listed).collect())
}

/// What the cards give together: one that fails must not hide another, so its error is told only
/// where no card gave anything.
fn together<T, E>(cards: impl Iterator<Item = Result<Vec<T>, E>>) -> Result<Vec<T>, E> {
    let (mut all, mut failed) = (Vec::new(), None);
    for card in cards {
        match card {
            Ok(given) => all.extend(given),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    match failed {
        Some(error) if all.is_empty() => Err(error),
        _ => Ok(all),
    }
}

fn sign(
    module: &Pkcs11,
    certificate: &[u8],
    scheme: Scheme,
    digest: &[u8; 32],
    pin: &Typed,
) -> Result<Answer, Cryptoki> {
    let Some((slot, session, object)) = find(module, certificate)? else {
        return Ok(Answer::Removed);
    };
    if let Some(refused) = login(module, slot, &session, pin)? {
        return Ok(refused);
    }
    let signed = key(&session, object).and_then(|key| match key {
        Some(key) => Ok(Answer::Signed(raw(&session, key, scheme, digest)?)),
        None => Ok(Answer::Failed("no private key has the id of the certificate".to_owned())),
    });
    // The PIN opens the key for this one signature.
    let _ = session.logout();
    signed
}

/// Gives the PIN once, or has the reader ask for it; an answer where it was not right.
///
/// Spec: PKCS#11 2.40, `C_Login`: no PIN where the token has a protected authentication path.
fn login(
    module: &Pkcs11,
    slot: Slot,
    session: &Session,
    pin: &Typed,
) -> Result<Option<Answer>, Cryptoki> {
    let info = module.get_token_info(slot)?;
    let (min, max) = (info.min_pin_length(), info.max_pin_length());
    let unfit = Answer::UnfitPin { min, max };
    let pin = match pin {
        Typed::Window(pin) if pin.len() < min || pin.len() > max => return Ok(Some(unfit)),
        Typed::Window(pin) => Some(AuthPin::new(pin.as_str().to_owned().into())),
        // A token that lost its keys meanwhile must not be given an empty PIN.
        Typed::Pad if entry(&info) == Entry::Window => {
            return Ok(Some(Answer::Failed("the reader has no keys any more".to_owned())));
        }
        Typed::Pad => None,
    };
    let mut result = session.login(UserType::User, pin.as_ref());
    // The log-in before was never ended: this PIN has not been looked at.
    if let Err(Cryptoki::Pkcs11(RvError::UserAlreadyLoggedIn, _)) = result {
        session.logout()?;
        result = session.login(UserType::User, pin.as_ref());
    }
    Ok(match result {
        Ok(()) => None,
        Err(Cryptoki::Pkcs11(RvError::PinIncorrect, _)) => {
            Some(Answer::WrongPin(counter(&module.get_token_info(slot)?)))
        }
        Err(Cryptoki::Pkcs11(RvError::PinLocked, _)) => Some(Answer::BlockedPin),
        Err(Cryptoki::Pkcs11(RvError::FunctionCanceled | RvError::FunctionRejected, _)) => {
            Some(Answer::DeclinedPin)
        }
        Err(Cryptoki::Pkcs11(RvError::PinLenRange | RvError::PinInvalid, _)) => Some(unfit),
        Err(error) => return Err(error),
    })
}

/// The card that bears `certificate`: chosen by content, never by label or slot.
fn find(
    module: &Pkcs11,
    certificate: &[u8],
) -> Result<Option<(Slot, Session, ObjectHandle)>, Cryptoki> {
    let on_card = |slot| -> Result<Vec<_>, Cryptoki> {
        let Ok(session) = module.open_ro_session(slot) else { return Ok(Vec::new()) };
        let mut found = certificates(&session)?.into_iter();
        let found = found.find(|(_, value)| value == certificate);
        Ok(found.map(|(object, _)| (slot, session, object)).into_iter().collect())
    };
    let found = together(module.get_slots_with_token()?.into_iter().map(on_card))?;
    Ok(found.into_iter().next())
}

fn certificates(session: &Session) -> Result<Vec<(ObjectHandle, Vec<u8>)>, Cryptoki> {
    let objects = session.find_objects(&[Attribute::Class(ObjectClass::CERTIFICATE)])?;
    let mut certificates = Vec::new();
    for object in objects {
        if let Some(value) = attribute(session, object, AttributeType::Value)? {
            certificates.push((object, value));
        }
    }
    Ok(certificates)
}

/// The private key that has the id of `certificate`.
fn key(session: &Session, certificate: ObjectHandle) -> Result<Option<ObjectHandle>, Cryptoki> {
    let Some(id) = attribute(session, certificate, AttributeType::Id)? else { return Ok(None) };
    let wanted = [Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::Id(id)];
    Ok(session.find_objects(&wanted)?.first().copied())
}

fn attribute(
    session: &Session,
    object: ObjectHandle,
    kind: AttributeType,
) -> Result<Option<Vec<u8>>, Cryptoki> {
    let attributes = session.get_attributes(object, &[kind])?;
    // Other attributes were not asked for.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "cryptoki's errors grow; only these mean something here"
    )]
    let value = attributes.into_iter().find_map(|attribute| match attribute {
        Attribute::Value(bytes) | Attribute::Id(bytes) => Some(bytes),
        _ => None,
    });
    Ok(value)
}

fn raw(
    session: &Session,
    key: ObjectHandle,
    scheme: Scheme,
    digest: &[u8; 32],
) -> Result<Vec<u8>, Cryptoki> {
    match scheme {
        Scheme::Pkcs1 => {
            let input = [&SHA256_INFO[..], &digest[..]].concat();
            session.sign(&Mechanism::RsaPkcs, key, &input)
        }
        Scheme::Pss => {
            let parameters = PkcsPssParams {
                hash_alg: MechanismType::SHA256,
                mgf: PkcsMgfType::MGF1_SHA256,
                s_len: 32.into(),
            };
            session.sign(&Mechanism::RsaPkcsPss(parameters), key, digest)
        }
        Scheme::Ecdsa => session.sign(&Mechanism::Ecdsa, key, digest),
    }
}

fn entry(info: &TokenInfo) -> Entry {
    if info.protected_authentication_path() { Entry::Pad } else { Entry::Window }
}

fn activation(info: &TokenInfo) -> Activation {
    if info.user_pin_to_be_changed() {
        Activation::ChangePin
    } else if info.login_required() && !info.user_pin_initialized() {
        Activation::NoPin
    } else {
        Activation::Done
    }
}

fn counter(info: &TokenInfo) -> Counter {
    if info.user_pin_locked() {
        Counter::Locked
    } else if info.user_pin_final_try() {
        Counter::Final
    } else if info.user_pin_count_low() {
        Counter::Low
    } else {
        Counter::Full
    }
}

/// An answer that names the code and function, and nothing a person typed.
fn failed(error: &Cryptoki) -> Answer {
    // PKCS#11 has a hundred codes; those not named here are passed on in words.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "cryptoki's errors grow; only these mean something here"
    )]
    match error {
        Cryptoki::Pkcs11(RvError::DeviceRemoved | RvError::SessionHandleInvalid, _) => {
            Answer::Removed
        }
        Cryptoki::Pkcs11(RvError::TokenNotPresent, _) => Answer::NoCard,
        Cryptoki::Pkcs11(RvError::UserPinNotInitialized | RvError::PinExpired, _) => {
            Answer::NotActivated
        }
        Cryptoki::Pkcs11(RvError::MechanismInvalid, _) => Answer::Unsupported,
        other => Answer::Failed(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::together;

    fn check(cards: &[Result<&[u8], &'static str>]) -> Result<Vec<u8>, &'static str> {
        together(cards.iter().map(|card| card.map(<[u8]>::to_vec)))
    }

    #[test]
    fn a_card_that_fails_does_not_hide_another() {
        assert_eq!(check(&[Err("broken"), Ok(&[1]), Err("dirty")]), Ok(vec![1]));
        assert_eq!(check(&[Ok(&[]), Err("broken"), Err("dirty")]), Err("broken"));
        assert_eq!(check(&[Ok(&[1]), Ok(&[2, 3])]), Ok(vec![1, 2, 3]));
        assert_eq!(check(&[]), Ok(Vec::new()));
    }
}
