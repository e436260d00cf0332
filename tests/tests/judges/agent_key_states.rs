//! What the agent says where a key cannot serve, and that it serves again once that is mended.

use tests::pinentry::{Answer, Script};
use tests::program::Output;
use tests::stage::Stage;
use tests::world::World;

const PIN: &str = "123456";

fn secret(text: &str) -> Answer {
    Answer::Secret(text.to_owned())
}

/// What comes of a log-in with a passkey while these PINs are typed, and what was shown.
fn log_in(stage: &Stage, world: &World, place: &[&str], answers: &[Answer]) -> (Output, String) {
    let script = Script::new(answers);
    let agent = stage.agent(&script).args(["--json", "login", "--wait", "5"]).args(place);
    (world.run(agent), script.shown())
}

/// Fails where the log-in did not end with `code`, or a person is not told one of `words`.
fn assert_told(output: &Output, code: &str, words: &[&str]) {
    assert_eq!(output.code, 1, "{}", output.all());
    let code = format!("\"code\":\"{code}\"");
    for word in [code.as_str()].iter().chain(words) {
        assert!(output.all().contains(word), "{word}: {}", output.all());
    }
}

/// The walk from a wrong PIN to a blocked one, on a key that is plugged in and one on a reader.
#[test]
fn a_key_whose_pin_is_wrong_says_at_each_step_what_helps() {
    for (option, device, place) in
        [("--key", "fido2", &[][..]), ("--nfc", "nfc-pin", &["--nfc"][..])]
    {
        let stage = Stage::new();
        let person = stage.person("Test Arts", None);
        let ctl = option.trim_start_matches("--");
        let world = World::start(&[option, &format!("{device}:{PIN}"), "--seed", "11"]);
        let script = Script::new(&[secret(&person.password), secret(PIN)]);
        let enrol = stage.agent(&script).args(["enrol", "--passkey", "--user", &person.username]);
        let _ = world.run(enrol.args(place)).good();
        let wrong = || secret("0000");

        let (soft, shown) = log_in(&stage, &world, place, &[wrong(), wrong(), wrong()]);
        assert_told(&soft, "pin_wait", &["drie keer", "lezer"]);
        assert!(shown.contains("Nog 8 pogingen") && shown.contains("Nog 6 pogingen"), "{shown}");
        let (still, shown) = log_in(&stage, &world, place, &[secret(PIN)]);
        assert_told(&still, "pin_wait", &[]);
        assert!(!shown.contains("GETPIN"), "no PIN is asked that cannot be taken: {shown}");

        let again = || {
            let _ = world.ctl(&[ctl, "remove"]);
            let _ = world.ctl(&[ctl, "insert"]);
        };
        again();
        let (right, _) = log_in(&stage, &world, place, &[secret(PIN)]);
        assert!(right.good().contains("\"level\":\"high\""));

        for _ in 0..2 {
            let (soft, _) = log_in(&stage, &world, place, &[wrong(), wrong(), wrong()]);
            assert_told(&soft, "pin_wait", &[]);
            again();
        }
        let (refused, shown) = log_in(&stage, &world, place, &[wrong(), Answer::Cancel]);
        assert_told(&refused, "cancelled", &[]);
        for words in ["localhost vraagt", "niet de pincode", "dit is de laatste", "CONFIRM"] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        let (blocked, _) = log_in(&stage, &world, place, &[Answer::Yes, wrong()]);
        assert_told(&blocked, "pin_blocked", &["wissen"]);
        again();
        let (blocked, shown) = log_in(&stage, &world, place, &[]);
        assert_told(&blocked, "pin_blocked", &["wissen"]);
        assert_eq!(shown, "", "nobody is asked for a PIN that is blocked");
    }
}

#[test]
fn a_key_that_cannot_serve_says_why() {
    let stage = Stage::new();
    for (key, answers, code, words) in [
        ("fido2", &[][..], "key_without_pin", "Stel er een in"),
        ("u2f", &[], "key_cannot_verify", "FIDO2"),
        ("fido2:123456", &[secret(PIN)], "no_passkey", "geen passkey voor deze site"),
    ] {
        let world = World::start(&["--key", key, "--seed", "12"]);
        let (refused, _) = log_in(&stage, &world, &[], answers);
        assert_told(&refused, code, &[words]);
    }
}
