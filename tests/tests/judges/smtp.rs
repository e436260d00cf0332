//! A real mail server, aiosmtpd, takes the messages of a server: plain, by STARTTLS, and over TLS from
//! the first byte.

use std::path::Path;

use tests::program::{Program, workspace};
use tests::stage::free_port;

const USERNAME: &str = "test.arts@voorbeeld.nl";

/// A server whose `[delivery]` is this, and the judge with a mail server on that port.
fn judge(mode: &str, delivery: &str, smtp: u16) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str| folder.path().join(name);
    certificates(folder.path());
    std::fs::write(file("word"), "een goed bewaard woord\n").expect("a password");
    let port = free_port();
    let config = format!(
        "data = \"data\"\n[server]\nlisten = \"127.0.0.1:{port}\"\n\
         origin = \"http://localhost:{port}\"\n[delivery]\nfrom = \"inloggen@praktijk.example\"\n{delivery}"
    );
    std::fs::write(file("sleutelbos.toml"), config).expect("a configuration");
    let sleutelbos = |command: &[&str]| {
        Program::ours("sleutelbos").args(command).arg("--config").arg(file("sleutelbos.toml"))
    };
    let create =
        sleutelbos(&["account", "create", "--password", "--organisation", "FAKE Testpraktijk"]);
    let create = create.args(["--username", USERNAME, "--name", "Test Arts"]);
    let _ = create.input("ochtenddienst om half acht\n").run().good();
    let serve = sleutelbos(&["serve"]).log(file("server.log"));
    let (_server, ()) = serve.start(|line| line.starts_with("http://").then_some(()));
    let script = workspace().join("tests/tests/judges/smtp.py");
    let origin = format!("http://localhost:{port}");
    let judge = Program::python().arg(script).args([mode, &smtp.to_string(), &origin, USERNAME]);
    let output = judge.arg(folder.path()).run();
    let log = std::fs::read_to_string(file("server.log")).expect("a log");
    assert_eq!(output.stdout.trim(), format!("judged {mode}"), "{}\n{log}", output.stderr);
    assert!(!log.contains(USERNAME) && !log.contains("goed bewaard"), "{log}");
}

/// An authority in `ca.pem`, and a certificate of it for localhost.
fn certificates(folder: &Path) {
    let openssl = |arguments: &str| {
        let mut program = Program::stranger("openssl", "openssl");
        for word in arguments.split(' ') {
            program = match word.strip_prefix('@') {
                Some(name) => program.arg(folder.join(name)),
                None => program.arg(word),
            };
        }
        let _ = program.run().good();
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    openssl(&format!(
        "req -x509 {key} -keyout @ca.key -out @ca.pem -days 2 -subj /CN=TEST-authority"
    ));
    openssl(&format!(
        "req -x509 {key} -keyout @key.pem -out @cert.pem -days 2 -subj /CN=localhost -CA @ca.pem \
         -CAkey @ca.key -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE"
    ));
}

const LOGIN: &str = "user = \"sleutelbos\"\npassword = \"word\"\nauthorities = \"ca.pem\"\n";

#[test]
fn a_mail_server_on_this_machine_takes_a_message() {
    let smtp = free_port();
    judge("plain", &format!("mail = \"plain://localhost:{smtp}\"\n"), smtp);
}

#[test]
fn a_mail_server_takes_a_message_by_starttls() {
    let smtp = free_port();
    judge("starttls", &format!("mail = \"smtp://localhost:{smtp}\"\n{LOGIN}"), smtp);
}

#[test]
fn a_mail_server_takes_a_message_over_tls() {
    let smtp = free_port();
    judge("implicit", &format!("mail = \"smtps://localhost:{smtp}\"\n{LOGIN}"), smtp);
}
