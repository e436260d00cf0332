//! What programs in a world see, and what nobody outside sees.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use firmware_sim::control::client::Client;
use firmware_sim::control::{Device, Request};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::ground::{Ground, NOTHING, Running, User, text};

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
fn two_worlds_at_once_do_not_meet() {
    let ground = Ground::new(User::Same);
    let other = Running::start(&ground, "--nfc nfc", "");
    let control = ground.worlds()[0].join("control");
    let (code, out, error) = ground.run("--nfc nfc", "$SIM ctl nfc remove && opensc-tool -l");
    assert_eq!(code, 0, "{out}{error}");
    let readers: Vec<&str> = out.lines().filter(|line| line.contains("Sleutelbos")).collect();
    assert_eq!(readers.len(), 2, "{out}");
    assert!(readers.iter().all(|reader| reader.contains("No")), "{out}");
    let mut client = Client::connect(&control).unwrap();
    let status = client.ask(&Request::Status).unwrap().unwrap();
    assert!(status.nfc.unwrap().present);
    other.end();
}

#[test]
fn a_world_listens_nowhere_outside() {
    let ground = Ground::new(User::Same);
    let world = Running::start(&ground, "--key fido2 --nfc nfc --card z", "");
    let folder = ground.path().to_str().unwrap();
    let held: BTreeSet<u64> = world.tree.iter().flat_map(|process| sockets(process.id)).collect();
    assert!(held.len() >= 4, "pcscd, control, the guard's and umockdev's: {held:?}");
    // a socket of this test is found, and so would be one of the world
    let mine = TcpListener::bind("127.0.0.1:0").unwrap();
    assert_eq!(rows("tcp", &BTreeSet::from_iter(sockets(std::process::id()))).len(), 1);
    drop(mine);
    // this test stands outside: these are the tables of the machine
    for table in ["tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6", "packet"] {
        let open = rows(table, &held);
        assert!(open.is_empty(), "{table}: {open:?}");
    }
    let (own, others): (Vec<String>, Vec<String>) =
        rows("unix", &held).into_iter().filter(|row| is_listening(row)).partition(|row| {
            row.split_whitespace().nth(7).is_some_and(|path| path.starts_with(folder))
        });
    assert!(own.iter().any(|row| row.ends_with("/pcscd.comm")), "{own:?}");
    assert_eq!(others, Vec::<String>::new());
    world.end();
}

#[test]
fn the_private_pcscd_has_no_driver_for_the_machines_readers() {
    let ground = Ground::new(User::Same);
    let world = Running::start(&ground, "--nfc nfc", "");
    let drivers = "/usr/lib/pcsc/drivers";
    let there = fs::read_dir(format!("/proc/{}/root{drivers}", world.find("pcscd").id));
    assert_eq!(there.unwrap().count(), 0);
    assert_ne!(fs::read_dir(drivers).unwrap().count(), 0);
    world.end();
}

#[test]
fn chromium_in_its_own_sandbox_registers_with_the_key() {
    let ground = Ground::new(User::Nobody);
    let script = ground.path().join("sandboxed_chromium.py");
    fs::write(&script, include_str!("sandboxed_chromium.py")).unwrap();
    let python = format!("HOME=$TMPDIR python3 {}", script.display());
    for kind in ["", "--shared-processes"] {
        let (code, out, error) = ground.run(&format!("--key fido2 {kind}"), &python);
        assert_eq!((code, out.trim()), (0, "registered 64"), "{error}");
    }
}

#[test]
fn a_program_with_threads_forks_beside_the_mocked_key() {
    let ground = Ground::new(User::Same);
    let script = ground.path().join("forks.py");
    fs::write(&script, include_str!("forks.py")).unwrap();
    // a child that hangs takes no signal but the one that nobody can mask
    let python = format!("timeout --signal=KILL 30 python3 {}", script.display());
    let (code, out, error) = ground.run("--key fido2", &python);
    assert_eq!((code, out.trim()), (0, "the child ended with 7"), "{error}");
}

#[test]
fn another_program_makes_a_world_for_a_card_of_its_own() {
    let ground = Ground::new(User::Same);
    let example = ground.sim.with_file_name("examples").join("own_card");
    assert!(example.exists(), "cargo builds the examples with the tests");
    let mut command = Command::new(example);
    command.args(["--", "opensc-tool", "--reader", "0", "--send-apdu", "00A40000"]);
    let (code, out, error) = text(&command.env("TMPDIR", ground.path()).output().unwrap());
    assert_eq!(code, 0, "{out}{error}");
    assert!(out.contains("Received (SW1=0x90, SW2=0x00):\nA4 "), "{out}");
    assert_eq!(ground.worlds(), NOTHING);
}

/// The inodes of the sockets that a process holds.
fn sockets(process: u32) -> Vec<u64> {
    let open = fs::read_dir(format!("/proc/{process}/fd")).expect("our own process").flatten();
    let links = open.filter_map(|entry| fs::read_link(entry.path()).ok());
    let links = links.filter_map(|link| link.to_str().map(str::to_owned));
    links
        .filter_map(|link| link.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok())
        .collect()
}

/// The rows of a table of sockets that are about these inodes.
fn rows(table: &str, inodes: &BTreeSet<u64>) -> Vec<String> {
    // a machine without a protocol has no table for it
    let text = fs::read_to_string(format!("/proc/self/net/{table}")).unwrap_or_default();
    let column = match table {
        "unix" => 6,
        "packet" => 8,
        _ => 9,
    };
    let inode = |line: &str| line.split_whitespace().nth(column)?.parse().ok();
    let lines = text.lines().skip(1);
    lines
        .filter(|line| inode(line).is_some_and(|inode| inodes.contains(&inode)))
        .map(str::to_owned)
        .collect()
}

/// Whether a Unix socket takes connections: __SO_ACCEPTCON among its flags.
fn is_listening(row: &str) -> bool {
    let flags = row.split_whitespace().nth(3).and_then(|flags| u32::from_str_radix(flags, 16).ok());
    flags.is_some_and(|flags| flags & 0x0001_0000 != 0)
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
        let name = "devices::udev_and_an_open_node_tell_when_the_key_goes_and_comes";
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
        let name = "devices::a_card_removed_at_an_apdu_answers_all_before_and_not_that_one";
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
fn a_reset_by_one_client_logs_the_other_out() {
    if !inside() {
        let name = "devices::a_reset_by_one_client_logs_the_other_out";
        return again_in_a_world("--card z", name);
    }
    let context = pcsc::Context::establish(pcsc::Scope::User).unwrap();
    let (shared, any) = (pcsc::ShareMode::Shared, pcsc::Protocols::ANY);
    let connect = || context.connect(c"Sleutelbos card 00 00", shared, any).unwrap();
    let (mut one, mut other) = (connect(), connect());
    let mut buffer = [0; 258];
    let verify = b"\x00\x20\x00\x01\x06123456";
    assert_eq!(one.transmit(verify, &mut buffer).unwrap(), [0x90, 0x00]);
    let tries = &verify[..4];
    assert_eq!(other.transmit(tries, &mut buffer).unwrap(), [0x90, 0x00]);
    other.reconnect(shared, any, pcsc::Disposition::ResetCard).unwrap();
    assert_eq!(one.transmit(tries, &mut buffer), Err(pcsc::Error::ResetCard));
    one.reconnect(shared, any, pcsc::Disposition::LeaveCard).unwrap();
    assert_eq!(one.transmit(tries, &mut buffer).unwrap(), [0x63, 0xC3]);
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
