//! fido2-token manages a simulated key: accounts, large blobs, settings, fingers.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tests::program::Output;
use tests::world::World;

use super::fido2_tools::{HASH, RELYING_PARTY, at_a_terminal, device, tool};

const PIN: &str = "123456";

/// A world with one key, and how libfido2 names that.
struct Desk {
    world: World,
    device: String,
}

impl Desk {
    fn with(profile: &str) -> Self {
        let world = World::start(&["--key", profile]);
        let device = device(&world);
        Self { world, device }
    }

    /// fido2-token with these arguments and the device, typing the PIN when asked.
    fn token(&self, arguments: &[&str]) -> Output {
        let asked = at_a_terminal(&[PIN], "fido2-token").args(arguments).arg(&self.device);
        self.world.run(asked)
    }

    fn info(&self) -> String {
        self.world.run(tool("fido2-token").arg("-I").arg(&self.device)).good()
    }

    /// Makes an account of this user: its id.
    fn account(&self, user: u8, more: &[&str]) -> String {
        let (hash, user) = (STANDARD.encode(HASH), STANDARD.encode([user; 32]));
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (asked, made) = (folder.path().join("asked"), folder.path().join("made"));
        let text = format!("{hash}\n{RELYING_PARTY}\nTest Arts\n{user}\n");
        fs::write(&asked, text).expect("it can be written");
        let make = at_a_terminal(&[PIN], "fido2-cred").args(["-M", "-r"]).args(more);
        let make = make.arg("-i").arg(&asked).arg("-o").arg(&made).arg(&self.device);
        let _ = self.world.run(make).good();
        let made = fs::read_to_string(&made).expect("what was made");
        let verify = tool("fido2-cred").arg("-V").input(made.clone());
        let _ = self.world.run(verify).good();
        made.lines().nth(4).expect("the id is the fifth line").to_owned()
    }
}

#[test]
fn accounts_are_listed_renamed_and_removed() {
    let desk = Desk::with("fido2.1:123456");
    let id = desk.account(7, &[]);
    let other = desk.account(8, &[]);
    let parties = desk.token(&["-L", "-r"]).good();
    assert!(parties.contains(RELYING_PARTY), "{parties}");
    let listed = desk.token(&["-L", "-k", RELYING_PARTY]).good();
    assert!(listed.contains(&id) && listed.contains(&other), "{listed}");
    let user = STANDARD.encode([7; 32]);
    let names = ["-S", "-c", "-i", &id, "-k", &user, "-n", "nieuw", "-p", "Test Nieuw"];
    let _ = desk.token(&names).good();
    let listed = desk.token(&["-L", "-k", RELYING_PARTY]).good();
    assert!(listed.contains("Test Nieuw"), "{listed}");
    let _ = desk.token(&["-D", "-i", &id]).good();
    let listed = desk.token(&["-L", "-k", RELYING_PARTY]).good();
    assert!(!listed.contains(&id) && listed.contains(&other), "{listed}");
    assert!(desk.info().contains("remaining rk(s): 99"));
}

#[test]
fn a_large_blob_is_kept_with_an_account_and_given_back() {
    let desk = Desk::with("fido2.1:123456");
    let id = desk.account(7, &["-b"]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (given, taken) = (path("given"), path("taken"));
    let blob: Vec<u8> = (0..3000_u32).map(|n| u8::try_from(n % 251).unwrap_or(0)).collect();
    fs::write(&given, &blob).expect("it can be written");
    let of = |way, path: &str| {
        let at = ["-b", "-i", &id, "-n", RELYING_PARTY, path].map(str::to_owned);
        let arguments: Vec<&str> = [way].into_iter().chain(at.iter().map(String::as_str)).collect();
        desk.token(&arguments)
    };
    let _ = of("-S", &given).good();
    let _ = of("-G", &taken).good();
    assert_eq!(fs::read(&taken).expect("the blob"), blob);
    let listed = desk.token(&["-L", "-b"]).good();
    assert!(listed.lines().any(|line| line.starts_with("00: ")), "{listed}");
    let _ = desk.token(&["-D", "-b", "-i", &id, "-n", RELYING_PARTY]).good();
    assert_ne!(of("-G", &taken).code, 0);
}

#[test]
fn settings_are_changed() {
    let desk = Desk::with("fido2.1:123456");
    assert!(desk.info().contains("noalwaysUv"));
    let _ = desk.token(&["-S", "-u"]).good();
    assert!(!desk.info().contains("noalwaysUv"));
    let _ = desk.token(&["-D", "-u"]).good();
    assert!(desk.info().contains("noalwaysUv"));
    assert!(desk.info().contains("noep"));
    let _ = desk.token(&["-S", "-a"]).good();
    assert!(!desk.info().contains("noep"));
    let _ = desk.token(&["-S", "-m", RELYING_PARTY]).good();
    let _ = desk.token(&["-S", "-l", "6"]).good();
    assert!(desk.info().contains("minpinlen: 6"));
    let _ = desk.token(&["-S", "-f"]).good();
    assert!(desk.info().contains("pin change required: true"));
}

#[test]
fn a_finger_is_taught_named_and_forgotten() {
    let desk = Desk::with("bio:123456");
    assert!(desk.info().contains("nobioEnroll"));
    let _ = desk.token(&["-S", "-e"]).good();
    assert!(!desk.info().contains("nobioEnroll"));
    let listed = desk.token(&["-L", "-e"]).good();
    let line = listed.lines().find_map(|line| line.strip_prefix("00: ")).expect("one finger");
    let id = line.split(' ').next().expect("an id").to_owned();
    let _ = desk.token(&["-S", "-e", "-i", &id, "-n", "duim"]).good();
    assert!(desk.token(&["-L", "-e"]).good().contains("duim"));
    let _ = desk.token(&["-D", "-e", "-i", &id]).good();
    assert!(desk.info().contains("nobioEnroll"));
}
