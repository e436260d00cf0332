//! ctap-hid-fido2 as a judge of the simulated key, in a program of its own: a simulated world is
//! seen only by programs that start inside it.
//!
//! Usage: `ctap_hid_fido2_judge [PIN]`. With a PIN it sets and changes it first. The library's own
//! verifier checks attestation and assertion; the last line says `judged`.

use std::error::Error;
use std::io::Write as _;

use ctap_hid_fido2::fidokey::credential_management::credential_management_params::CredentialProtectionPolicy;
use ctap_hid_fido2::fidokey::get_assertion::Extension as Asked;
use ctap_hid_fido2::fidokey::make_credential::Extension as Made;
use ctap_hid_fido2::fidokey::{FidoKeyHid, GetAssertionArgsBuilder, MakeCredentialArgsBuilder};
use ctap_hid_fido2::public_key_credential_user_entity::PublicKeyCredentialUserEntity;
use ctap_hid_fido2::{Cfg, FidoKeyHidFactory, verifier};

const RP_ID: &str = "zorg.example";

fn main() -> Result<(), Box<dyn Error>> {
    let pin = std::env::args().nth(1);
    let key = FidoKeyHidFactory::create(&Cfg::init())?;
    let info = key.get_info()?;
    ensure(info.versions.iter().any(|version| version == "FIDO_2_0"), "getInfo names FIDO_2_0")?;
    if let Some(pin) = &pin {
        key.set_new_pin("first-1234")?;
        ensure(key.change_pin("wrong-1234", pin).is_err(), "a wrong PIN changes nothing")?;
        ensure(key.get_pin_retries()? == 7, "a wrong PIN costs a try")?;
        key.change_pin("first-1234", pin)?;
        ensure(key.get_pin_retries()? == 8, "a right PIN gives the tries back")?;
    }
    for home in [Home::Id, Home::Key] {
        judge(&key, pin.as_deref(), home)?;
    }
    writeln!(std::io::stdout(), "judged")?;
    Ok(())
}

/// Where the credential lives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Home {
    Id,
    Key,
}

fn judge(key: &FidoKeyHid, pin: Option<&str>, home: Home) -> Result<(), Box<dyn Error>> {
    let challenge = verifier::create_challenge();
    let user = PublicKeyCredentialUserEntity::new(Some(b"1111"), Some("arts"), Some("Test Arts"));
    let extensions = [
        Made::CredProtect(Some(CredentialProtectionPolicy::UserVerificationOptional)),
        Made::HmacSecret(Some(true)),
    ];
    let mut making = MakeCredentialArgsBuilder::new(RP_ID, &challenge)
        .user_entity(&user)
        .extensions(&extensions);
    if home == Home::Key {
        making = making.resident_key();
    }
    let making = match pin {
        Some(pin) => making.pin(pin),
        None => making.without_pin_and_uv(),
    };
    let attestation = key.make_credential_with_args(&making.build())?;
    let made = verifier::verify_attestation(RP_ID, &challenge, &attestation);
    ensure(made.is_success, "the attestation verifies")?;
    ensure(attestation.flags.user_verified_result == pin.is_some(), "UV tells of the PIN")?;

    let challenge = verifier::create_challenge();
    let mut asking = GetAssertionArgsBuilder::new(RP_ID, &challenge)
        .extensions(&[Asked::HmacSecret(Some([7; 32]))]);
    if home == Home::Id {
        asking = asking.credential_id(&made.credential_id);
    }
    let asking = match pin {
        Some(pin) => asking.pin(pin),
        None => asking.without_pin_and_uv(),
    };
    let assertions = key.get_assertion_with_args(&asking.build())?;
    let [assertion] = &assertions[..] else { return Err("one account, one assertion".into()) };
    let public = &made.credential_public_key;
    ensure(verifier::verify_assertion(RP_ID, public, &challenge, assertion), "it verifies")?;
    let other = verifier::create_challenge();
    ensure(!verifier::verify_assertion(RP_ID, public, &other, assertion), "the judge can say no")?;
    ensure(assertion.extensions.len() == 1, "hmac-secret answers")?;
    let handle: &[u8] = if home == Home::Key { b"1111" } else { b"" };
    ensure(assertion.user.id == handle, "an account on the key gives its handle")
}

fn ensure(holds: bool, what: &str) -> Result<(), Box<dyn Error>> {
    if holds { Ok(()) } else { Err(format!("does not hold: {what}").into()) }
}
