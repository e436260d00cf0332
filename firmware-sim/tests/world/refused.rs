//! What a world refuses, and what it says then.

use std::fs;
use std::process::Command;

use crate::ground::{Ground, NOTHING, User, text};

#[test]
fn a_device_that_the_world_does_not_have_is_refused_by_name() {
    let ground = Ground::new(User::Same);
    let (code, _, error) = ground.run("", "$SIM ctl card insert");
    assert_eq!(code, 1);
    assert!(error.contains("this world has no card: start it with --card"), "{error}");
}

#[test]
fn ctl_outside_of_a_world_says_where_it_belongs() {
    let mut ctl = Command::new(env!("CARGO_BIN_EXE_firmware-sim"));
    ctl.args(["ctl", "status"]).env_remove(firmware_sim::control::SOCKET);
    let (code, _, error) = text(&ctl.output().unwrap());
    assert_eq!(code, 1);
    assert!(error.contains("run this inside `firmware-sim exec"), "{error}");
}

#[test]
fn a_folder_of_certificates_is_used_as_it_is() {
    let ground = Ground::new(User::Same);
    let pki = ground.path().join("pki");
    let made = Command::new(&ground.sim).arg("pki").arg(&pki).status().unwrap();
    assert!(made.success());
    let arguments = format!("--card z:revoked --pki {}", pki.display());
    let script = "echo $FIRMWARE_SIM_PKI; pkcs15-tool --read-certificate 45";
    let (code, out, error) = ground.run(&arguments, script);
    assert_eq!(code, 0, "{out}{error}");
    assert!(out.starts_with(pki.to_str().unwrap()), "{out}");
    let certificate = fs::read_to_string(pki.join("negative/revoked.pem")).unwrap();
    assert!(out.contains(certificate.trim()), "{out}");
}

#[test]
fn a_folder_without_certificates_is_refused_also_where_no_card_needs_it() {
    let ground = Ground::new(User::Same);
    for arguments in ["--pki /nonexistent", "--card z --pki /etc"] {
        let (code, _, error) = ground.run(arguments, "exit 9");
        assert_eq!(code, 125, "{error}");
        assert!(error.contains("'firmware-sim pki DIR' makes one"), "{error}");
    }
}

#[test]
fn the_roots_of_the_keys_are_there_to_trust() {
    let ground = Ground::new(User::Same);
    let script = "grep -c BEGIN $FIRMWARE_SIM_ATTESTATION_ROOT; \
                  openssl verify -CAfile $FIRMWARE_SIM_ATTESTATION_ROOT \
                  $FIRMWARE_SIM_ATTESTATION_ROOT; cat $FIRMWARE_SIM_ATTESTATION_ROOT";
    let (code, out, error) = ground.run("--key fido2 --nfc nfc", script);
    assert_eq!(code, 0, "{error}");
    let mut lines = out.lines();
    assert_eq!(lines.next(), Some("2"));
    assert!(lines.next().is_some_and(|line| line.ends_with(": OK")), "{out}");
    let usb = ground.run("--key fido2", "cat $FIRMWARE_SIM_ATTESTATION_ROOT").1;
    assert!(out.contains(&usb), "the same seed, the same root: {out}{usb}");
    assert_eq!(ground.run("", "echo ${FIRMWARE_SIM_ATTESTATION_ROOT-none}").1, "none\n");
}

#[test]
fn a_key_that_cannot_be_had_on_the_transport_is_a_mistake_in_the_arguments() {
    let ground = Ground::new(User::Same);
    for (arguments, words) in [
        ("--nfc u2f", "this key has no nfc; choose one of fido2.1, nfc, nfc-pin"),
        ("--key passkey", "choose one of fido2, fido2-pin, fido2.1, bio, nfc, nfc-pin, u2f"),
        ("--card x", "no card is named \"x\"; known are: z, n, m, g4, z:expired, "),
        ("--card /nowhere/card.toml", "/nowhere/card.toml could not be read: No such file"),
        ("--key fido2:123", "a PIN has at least 4 characters"),
        ("--key u2f:1234", "a key that speaks U2F only has no PIN"),
    ] {
        let (code, _, error) = ground.run(arguments, "exit 9");
        assert_eq!(code, 2);
        assert!(error.contains(words), "{error}");
    }
}

/// Runs `firmware-sim exec` after `hide`, in a user and mount namespace where that is harmless.
fn without(hide: &str, arguments: &str) -> (i32, String) {
    let ground = Ground::new(User::Same);
    let script = format!("{hide} && exec $SIM exec {arguments} -- true");
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]);
    unshare.env("SIM", &ground.sim).env("TMPDIR", ground.path());
    let (code, _, error) = text(&unshare.output().expect("unshare"));
    assert_eq!(ground.worlds(), NOTHING);
    (code, error)
}

#[test]
fn what_is_missing_is_named_with_its_package() {
    let libraries = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    for (file, arguments, package) in [
        ("/usr/sbin/pcscd".to_owned(), "--nfc nfc", "pcscd"),
        ("/usr/lib/pcsc/drivers/serial/libifdvpcd.so".to_owned(), "--nfc nfc", "vsmartcard-vpcd"),
        (format!("{libraries}/libumockdev-preload.so.0"), "--key fido2", "umockdev"),
        (format!("{libraries}/libumockdev.so.0"), "--key fido2", "libumockdev0"),
    ] {
        let (code, error) = without(&format!("mount --bind /dev/null {file}"), arguments);
        assert_eq!(code, 125, "{error}");
        assert!(error.contains(&format!("is missing: install the package {package}\n")), "{error}");
    }
}

#[test]
fn where_no_service_has_made_a_folder_for_pcscd_a_reader_works_all_the_same() {
    // as on a system that runs no services: nobody but root could make one in /run
    assert_eq!(without("mount -t tmpfs -o ro none /run", "--nfc nfc"), (0, String::new()));
    let within = "mount -t tmpfs none /run && mkdir /run/user && mount -t tmpfs none /run/user && \
                  mount -o remount,ro none /run && export TMPDIR=/run/user";
    assert_eq!(without(within, "--nfc nfc"), (0, String::new()));
}

#[test]
fn where_user_namespaces_are_forbidden_a_sentence_says_so_and_keys_on_usb_still_work() {
    let forbid = "echo 0 > /proc/sys/user/max_user_namespaces";
    let (code, error) = without(forbid, "--nfc nfc");
    assert_eq!(code, 125);
    assert!(error.contains("this system forbids user namespaces (unshare failed: "), "{error}");
    assert!(error.contains("sudo sysctl -w user.max_user_namespaces=10000"), "{error}");
    assert_eq!(without(forbid, "--key fido2"), (0, String::new()));
}

#[test]
fn where_a_world_can_have_no_processes_of_its_own_it_shares_the_machines() {
    // as in containers: no such namespaces, or a /proc with parts hidden, which allows no other one
    let forbid = "echo 0 > /proc/sys/user/max_pid_namespaces";
    let hide =
        "mount --bind /dev/null /proc/version && exec unshare --user --map-root-user --mount";
    let shared = "sh -c 'test $PPID != 1 && opensc-tool -l | grep Sleutelbos'";
    for prelude in [format!("{forbid} &&"), hide.to_owned()] {
        let ground = Ground::new(User::Same);
        let script = format!("{prelude} $SIM exec --nfc nfc --key fido2 -- {shared}");
        let mut unshare = Command::new("unshare");
        unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]);
        unshare.env("SIM", &ground.sim).env("TMPDIR", ground.path());
        let (code, out, error) = text(&unshare.output().expect("unshare"));
        assert_eq!(code, 0, "{prelude}: {out}{error}");
        assert_eq!(ground.worlds(), NOTHING);
    }
}
