//! Worlds as a user sees them: real programs in them, signals from outside, several at once.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use firmware_sim::control::Request;
use firmware_sim::control::client::Client;
use firmware_sim::world::Device;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, geteuid, pidfd_open};
use tempfile::TempDir;

#[derive(Clone, Copy)]
enum User {
    Same,
    /// Without any privilege, where this test has some to give up.
    Nobody,
}

/// A temporary folder for worlds, and the program.
struct Ground {
    folder: TempDir,
    user: User,
    sim: PathBuf,
}

impl Ground {
    fn new(user: User) -> Self {
        let folder = tempfile::Builder::new().prefix("w").tempdir_in("/tmp").expect("a folder");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o1777)).expect("our own folder");
        let built = Path::new(env!("CARGO_BIN_EXE_firmware-sim"));
        let sim = match user {
            User::Same => built.to_path_buf(),
            User::Nobody => folder.path().join("firmware-sim"),
        };
        if sim != built {
            // by another process: a file that this one had open for writing could not be run
            assert!(Command::new("cp").args([built, &sim]).status().expect("cp").success());
        }
        Self { folder, user, sim }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// `firmware-sim exec ARGUMENTS -- PROGRAM`, where `$SIM` is firmware-sim.
    fn exec(&self, arguments: &str, program: &[&str]) -> Command {
        let mut command = match self.user {
            User::Nobody if geteuid().is_root() => {
                let mut command = Command::new("setpriv");
                command
                    .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
                    .arg(&self.sim);
                command
            }
            User::Nobody | User::Same => Command::new(&self.sim),
        };
        command.env("TMPDIR", self.path()).env("SIM", &self.sim).current_dir("/");
        command.arg("exec").args(arguments.split_whitespace()).arg("--").args(program);
        command
    }

    /// Runs a script and gives its exit code, output and errors.
    fn run(&self, arguments: &str, script: &str) -> (i32, String, String) {
        text(&self.exec(arguments, &["sh", "-c", script]).output().expect("firmware-sim runs"))
    }

    /// The folders of worlds that are left.
    fn worlds(&self) -> Vec<PathBuf> {
        let entries =
            fs::read_dir(self.path()).expect("our own folder").flatten().map(|entry| entry.path());
        entries
            .filter(|base| {
                base.file_name().is_some_and(|name| name.as_bytes().starts_with(b"firmware-sim-"))
            })
            .flat_map(|base| {
                fs::read_dir(base).expect("a folder for worlds").flatten().map(|entry| entry.path())
            })
            .collect()
    }
}

fn text(output: &Output) -> (i32, String, String) {
    let utf8 = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (output.status.code().expect("an exit code"), utf8(&output.stdout), utf8(&output.stderr))
}

/// A world whose program waits, as does a process in a session of its own that nobody waits for.
struct Running {
    exec: Child,
    output: BufReader<ChildStdout>,
    mark: String,
}

impl Running {
    fn start(ground: &Ground, seconds: u32, prelude: &str) -> Self {
        let mark = format!("{seconds}.{}", std::process::id());
        // A trap interrupts `wait`; it would wait for a `sleep` in the foreground.
        let script =
            format!("{prelude} setsid sleep {mark} & echo up; sleep {mark} & wait; sleep {mark}");
        let mut exec = ground
            .exec("--nfc nfc", &["sh", "-c", &script])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("firmware-sim runs");
        let mut output = BufReader::new(exec.stdout.take().expect("a pipe"));
        let mut line = String::new();
        output.read_line(&mut line).expect("a line");
        assert_eq!(line, "up\n");
        Self { exec, output, mark }
    }

    fn children(process: u32) -> Vec<u32> {
        let list = fs::read_to_string(format!("/proc/{process}/task/{process}/children"))
            .expect("a process");
        list.split_whitespace().map(|child| child.parse().expect("a number")).collect()
    }

    /// The process that holds the devices.
    fn devices(&self) -> u32 {
        *Self::children(self.exec.id()).first().expect("the world")
    }

    /// Waits until no process of the program holds its output any more.
    fn wait_for_silence(&mut self) {
        self.output.read_to_end(&mut Vec::new()).expect("the end");
    }

    /// Command lines of processes that have to do with this world.
    fn left(&self, ground: &Ground) -> Vec<String> {
        let here = ground.path().to_str().expect("ASCII");
        commands(|line| line.contains(here) || line.contains(&self.mark))
    }

    /// Those that the program started.
    fn left_by_program(&self) -> Vec<String> {
        commands(|line| line.contains(&self.mark))
    }
}

/// The command lines of all processes that `wanted` takes.
fn commands(wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("/proc").flatten();
    processes
        .filter_map(|process| fs::read(process.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| wanted(line))
        .collect()
}

fn send(signal: &str, process: u32) {
    assert!(sent(signal, process), "process {process} is gone");
}

/// Whether the process was there to get it.
fn sent(signal: &str, process: u32) -> bool {
    let kill = Command::new("kill").args([signal, &process.to_string()]).output();
    kill.expect("kill").status.success()
}

/// Waits for a process that is not a child of this one.
fn wait_for_end(process: u32) {
    let pid = i32::try_from(process).ok().and_then(Pid::from_raw).expect("a process id");
    let Ok(fd) = pidfd_open(pid, PidfdFlags::empty()) else { return };
    let limit = Timespec { tv_sec: 10, tv_nsec: 0 };
    let ended = poll(&mut [PollFd::new(&fd, PollFlags::IN)], Some(&limit)).expect("poll");
    assert_eq!(ended, 1, "process {process} lives on");
}

const NOTHING: Vec<PathBuf> = Vec::new();
const NOBODY: Vec<String> = Vec::new();

#[test]
fn the_programs_exit_code_streams_and_temporary_folder_are_its_own() {
    let ground = Ground::new(User::Same);
    let (code, out, error) = ground.run("", "echo $TMPDIR; echo e >&2; exit 42");
    assert_eq!((code, out.trim(), error.as_str()), (42, ground.path().to_str().unwrap(), "e\n"));
    assert_eq!(ground.run("", "kill -KILL $$").0, 128 + 9);
}

#[test]
fn a_program_that_cannot_be_run_gives_the_codes_of_a_shell() {
    let ground = Ground::new(User::Same);
    for (program, wanted) in [("/nonexistent", 127), ("/etc/passwd", 126)] {
        let (code, _, error) = text(&ground.exec("", &[program]).output().unwrap());
        assert_eq!(code, wanted);
        assert!(error.contains(&format!("cannot run {program}")), "{error}");
    }
    assert_eq!(ground.worlds(), NOTHING);
}

#[test]
fn an_unprivileged_program_sees_the_card_come_and_go() {
    let ground = Ground::new(User::Nobody);
    let select = "opensc-tool -r 0 -s 00A4040008A0000006472F0001";
    let script = format!(
        "set -e; opensc-tool -l; $SIM ctl nfc remove; opensc-tool -l; $SIM ctl status; \
         $SIM ctl nfc insert; opensc-tool -l; {select}"
    );
    let (code, out, error) = ground.run("--nfc nfc", &script);
    assert_eq!(code, 0, "{out}{error}");
    let seen = out.lines().filter(|line| line.ends_with("Sleutelbos NFC 00 00"));
    let cards: Vec<&str> = seen.filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(cards, ["Yes", "No", "Yes"], "{out}");
    assert!(out.contains("\"present\": false"), "{out}");
    assert!(out.contains("(SW1=0x90, SW2=0x00)"), "{out}");
    assert_eq!(ground.worlds(), NOTHING);
}

#[test]
fn a_card_removed_at_an_apdu_leaves_half_way_and_comes_back() {
    let ground = Ground::new(User::Same);
    // opensc-tool sends a few commands of its own first
    let select = "-s 00A4040008A0000006472F0001";
    let script = format!(
        "$SIM ctl nfc remove --at-apdu 5; opensc-tool -r 0 {select} {select} {select} {select}; \
         echo again; $SIM ctl nfc insert && opensc-tool -r 0 {select}"
    );
    let (code, out, error) = ground.run("--nfc nfc", &script);
    assert_eq!(code, 0, "{out}{error}");
    let (before, after) = out.split_once("again").expect("both parts");
    let answers = |text: &str| text.matches("(SW1=0x90, SW2=0x00)").count();
    assert!(answers(before) < 4, "{before}");
    assert!(error.contains("APDU transmit failed"), "{error}");
    assert_eq!(answers(after), 1, "{after}");
}

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
fn two_worlds_at_once_do_not_meet() {
    let ground = Ground::new(User::Same);
    let mut other = Running::start(&ground, 981, "");
    let control = ground.worlds()[0].join("control");
    let (code, out, error) = ground.run("--nfc nfc", "$SIM ctl nfc remove && opensc-tool -l");
    assert_eq!(code, 0, "{out}{error}");
    let readers: Vec<&str> = out.lines().filter(|line| line.contains("Sleutelbos")).collect();
    assert_eq!(readers.len(), 2, "{out}");
    assert!(readers.iter().all(|reader| reader.contains("No")), "{out}");
    let mut client = Client::connect(&control).unwrap();
    let status = client.ask(&Request::Status).unwrap().unwrap();
    assert!(status.nfc.unwrap().present);
    send("-TERM", other.exec.id());
    other.exec.wait().unwrap();
}

#[test]
fn a_world_listens_nowhere_outside() {
    let ground = Ground::new(User::Same);
    let script = "awk '$4 == \"0A\" { print $2 }' /proc/net/tcp /proc/net/tcp6; opensc-tool -l";
    let (code, out, error) = ground.run("--nfc nfc", script);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("Sleutelbos NFC"), "{out}");
    let ports =
        out.lines().filter_map(|line| u16::from_str_radix(line.split_once(':')?.1, 16).ok());
    // the ports of the virtual readers start at 35963
    assert_eq!(ports.filter(|port| (35963..36000).contains(port)).count(), 0, "{out}");
}

#[test]
fn after_sigterm_everything_is_gone() {
    let ground = Ground::new(User::Same);
    let mut world = Running::start(&ground, 982, "");
    send("-TERM", world.exec.id());
    assert_eq!(world.exec.wait().unwrap().code(), Some(128 + 15));
    assert_eq!((world.left(&ground), ground.worlds()), (NOBODY, NOTHING));
}

#[test]
fn a_program_that_ignores_sigterm_is_killed() {
    let ground = Ground::new(User::Same);
    let mut world = Running::start(&ground, 983, "trap '' TERM;");
    send("-TERM", world.exec.id());
    assert_eq!(world.exec.wait().unwrap().code(), Some(128 + 15));
    assert_eq!((world.left(&ground), ground.worlds()), (NOBODY, NOTHING));
}

#[test]
fn sigint_is_the_programs_to_handle() {
    let ground = Ground::new(User::Same);
    let mut world = Running::start(&ground, 987, "trap 'exit 3' INT;");
    send("-INT", world.exec.id());
    assert_eq!(world.exec.wait().unwrap().code(), Some(3));
    assert_eq!((world.left(&ground), ground.worlds()), (NOBODY, NOTHING));
}

#[test]
fn after_sigkill_of_exec_no_process_survives() {
    let ground = Ground::new(User::Same);
    let mut world = Running::start(&ground, 984, "");
    let devices = world.devices();
    send("-KILL", world.exec.id());
    assert_eq!(world.exec.wait().unwrap().signal(), Some(9));
    world.wait_for_silence();
    wait_for_end(devices);
    assert_eq!((world.left(&ground), ground.worlds()), (NOBODY, NOTHING));
}

#[test]
fn when_the_devices_die_exec_ends_everything() {
    let ground = Ground::new(User::Same);
    let mut world = Running::start(&ground, 985, "");
    send("-KILL", world.devices());
    assert_eq!(world.exec.wait().unwrap().code(), Some(128 + 9));
    assert_eq!((world.left(&ground), ground.worlds()), (NOBODY, NOTHING));
}

#[test]
fn the_next_start_ends_and_removes_what_a_killed_world_left() {
    let ground = Ground::new(User::Same);
    let mut world = Running::start(&ground, 986, "");
    let devices = world.devices();
    let theirs = Running::children(devices);
    // stopped, the one that would clean up after the other cannot
    send("-STOP", world.exec.id());
    send("-KILL", devices);
    send("-KILL", world.exec.id());
    world.exec.wait().unwrap();
    // pcscd and the program follow all the same; what the program left behind is nobody's child
    theirs.into_iter().for_each(wait_for_end);
    assert_eq!(ground.worlds().len(), 1);
    assert_ne!(world.left(&ground), NOBODY);
    let mut other = Running::start(&ground, 988, "");
    assert_eq!(ground.run("", "exit 3").0, 3);
    assert_eq!(world.left_by_program(), NOBODY);
    assert_ne!(other.left_by_program(), NOBODY, "a living world is left alone");
    send("-TERM", other.exec.id());
    other.exec.wait().unwrap();
    assert_eq!((world.left(&ground), ground.worlds()), (NOBODY, NOTHING));
}

/// Runs the test `name` again as the program of a world, where `inside` says so.
fn again_in_a_world(arguments: &str, name: &str) {
    let ground = Ground::new(User::Same);
    let myself = std::env::current_exe().expect("this program");
    let mut exec =
        ground.exec(arguments, &[myself.to_str().expect("ASCII"), "--exact", name, "--nocapture"]);
    let (code, out, error) = text(&exec.output().expect("firmware-sim runs"));
    assert_eq!(code, 0, "{out}{error}");
    assert!(out.contains("1 passed"), "{out}");
    assert_eq!(ground.worlds(), NOTHING);
}

fn inside() -> bool {
    std::env::var_os(firmware_sim::control::SOCKET).is_some()
}

fn readable(fd: &impl std::os::fd::AsFd) -> bool {
    let limit = Timespec { tv_sec: 10, tv_nsec: 0 };
    poll(&mut [PollFd::new(fd, PollFlags::IN)], Some(&limit)).expect("poll") == 1
}

#[test]
fn udev_and_an_open_node_tell_when_the_key_goes_and_comes() {
    if !inside() {
        let name = "udev_and_an_open_node_tell_when_the_key_goes_and_comes";
        return again_in_a_world("--key fido2", name);
    }
    let monitor = udev::MonitorBuilder::new().unwrap();
    let monitor = monitor.match_subsystem("hidraw").unwrap().listen().unwrap();
    let next = || {
        assert!(readable(&monitor), "no event");
        let event = monitor.iter().next().unwrap();
        let node = event.devnode().unwrap().to_path_buf();
        (event.event_type(), node)
    };
    let node = Path::new("/dev/hidraw0");
    let mut open = fs::File::options().read(true).write(true).open(node).unwrap();
    let mut client = Client::from_environment().unwrap();

    client.ask(&Request::Remove { device: Device::Key, at_apdu: None }).unwrap();
    assert!(matches!(open.read(&mut [0; 64]), Ok(0) | Err(_)));
    assert!(!node.exists());
    assert_eq!(next(), (udev::EventType::Remove, node.to_path_buf()));

    client.ask(&Request::Insert { device: Device::Key }).unwrap();
    assert!(node.exists());
    assert_eq!(next(), (udev::EventType::Add, node.to_path_buf()));
}

#[test]
fn a_card_removed_at_an_apdu_answers_all_before_and_not_that_one() {
    if !inside() {
        let name = "a_card_removed_at_an_apdu_answers_all_before_and_not_that_one";
        return again_in_a_world("--nfc nfc", name);
    }
    let select = [0x00, 0xA4, 0x04, 0x00, 0x08, 0xA0, 0x00, 0x00, 0x06, 0x47, 0x2F, 0x00, 0x01];
    let context = pcsc::Context::establish(pcsc::Scope::User).unwrap();
    let connect = || {
        let reader = c"Sleutelbos NFC 00 00";
        context.connect(reader, pcsc::ShareMode::Shared, pcsc::Protocols::ANY).unwrap()
    };
    let mut client = Client::from_environment().unwrap();
    let card = connect();
    let third = std::num::NonZeroU32::new(3);
    client.ask(&Request::Remove { device: Device::Nfc, at_apdu: third }).unwrap();
    let mut buffer = [0; 258];
    assert!(card.transmit(&select, &mut buffer).is_ok());
    assert!(card.transmit(&select, &mut buffer).is_ok());
    // the driver gives an empty answer where a real one gives an error
    let third = card.transmit(&select, &mut buffer);
    assert!(matches!(third, Err(_) | Ok([])), "{third:?}");
    drop(card);
    client.ask(&Request::Insert { device: Device::Nfc }).unwrap();
    assert!(connect().transmit(&select, &mut buffer).is_ok());
}

#[test]
fn libfido2_speaks_with_the_key_as_nobody_and_after_another_plug() {
    let ground = Ground::new(User::Nobody);
    let script = "set -e; fido2-token -I /dev/hidraw0; $SIM ctl key remove; fido2-token -L; \
                  echo none; $SIM ctl key insert; fido2-token -L; fido2-token -I /dev/hidraw0";
    let (code, out, error) = ground.run("--key fido2", script);
    assert_eq!(code, 0, "{out}{error}");
    assert_eq!(out.matches("version strings: U2F_V2, FIDO_2_0").count(), 2, "{out}");
    let (before, after) = out.split_once("none").expect("both parts");
    assert!(!before.contains("/dev/hidraw0: vendor"), "{before}");
    assert!(after.contains("/dev/hidraw0: vendor=0x1209, product=0x5afe"), "{after}");
}

#[test]
fn one_seed_gives_the_same_card_and_key() {
    let ground = Ground::new(User::Same);
    let script = "pkcs15-tool --dump | grep -E 'Encoded serial|ID  '; fido2-token -I /dev/hidraw0; \
                  cat $FIRMWARE_SIM_PKI/cards/z/authenticiteit.key.pem";
    let run = |seed: &str| {
        let (code, out, error) = ground.run(&format!("--key fido2 --card z --seed {seed}"), script);
        assert_eq!(code, 0, "{out}{error}");
        out
    };
    let first = run("7");
    assert!(first.contains("BEGIN PRIVATE KEY"), "{first}");
    assert_eq!(first, run("7"));
    assert_ne!(first, run("8"));
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
        ("--nfc u2f", "this key has no nfc"),
        ("--key passkey", "no key profile"),
        ("--card x", "no card is named"),
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
fn where_user_namespaces_are_forbidden_a_sentence_says_so_and_keys_on_usb_still_work() {
    let forbid = "echo 0 > /proc/sys/user/max_user_namespaces";
    let (code, error) = without(forbid, "--nfc nfc");
    assert_eq!(code, 125);
    assert!(error.contains("this system forbids user namespaces"), "{error}");
    assert_eq!(without(forbid, "--key fido2"), (0, String::new()));
}
