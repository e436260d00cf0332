//! Twilio's own Python library plays Twilio towards a server: it signs what it reports, and writes what
//! the voice says once more.

use tests::exchange::{Exchange, Provider, TOKEN};
use tests::program::{Program, workspace};
use tests::stage::free_port;

#[test]
fn twilios_library_signs_and_reads_as_we_do() {
    let exchange = Exchange::open();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("token"), TOKEN).expect("a token");
    let port = free_port();
    let config = format!(
        "data = \"data\"\n[server]\nlisten = \"127.0.0.1:{port}\"\norigin = \"http://localhost:{port}\"\n{}",
        exchange.config(Provider::Twilio)
    );
    std::fs::write(file("sleutelbos.toml"), config).expect("a configuration");
    let sleutelbos = |command: &[&str]| {
        Program::ours("sleutelbos").args(command).arg("--config").arg(file("sleutelbos.toml"))
    };
    let serve = sleutelbos(&["serve"]).log(file("server.log"));
    let (_server, ()) = serve.start(|line| line.starts_with("http://").then_some(()));
    let tries = sleutelbos(&["phone", "call", "--wait", "0", "+31612345678"]);
    let tries = std::thread::spawn(move || tries.run());
    let call = exchange.call();
    let _ = tries.join().expect("the command ends").good();
    let script = workspace().join("tests/tests/judges/twilios_library.py");
    let judge = Program::python().arg(script).args([TOKEN, call.answered_at()]).run();
    let log = std::fs::read_to_string(file("server.log")).expect("a log");
    assert_eq!(judge.stdout.trim(), "judged", "{}\n{log}", judge.stderr);
}
