//! `firmware-sim exec`: runs a program in a world with simulated keys and cards.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf, absolute};
use std::process::ExitCode;

use firmware_sim::clock;
use firmware_sim::env::Seed;
use firmware_sim::fido::Presence;
use firmware_sim::fido::profiles::Profile;
use firmware_sim::pki::Pki;
use firmware_sim::uzi::{self, Description, Material};
use firmware_sim::world::guard::{self, Place, Usb};
use firmware_sim::world::walls::Processes;
use firmware_sim::world::{self, Devices, Program, UsbKey, inside, parts};

use super::Error;
use super::key::{Named, make_key, nfc_key, seed, usb_key};

/// What the world could not do; a program's own exit code is passed on.
const FAILED: u8 = 125;

const EXAMPLES: &str = "Examples:
  firmware-sim exec --key fido2 -- fido2-token -L
  firmware-sim exec --key fido2:123456 --nfc nfc -- opensc-tool --list-readers
  firmware-sim exec --card z:revoked -- pkcs15-tool --dump
  firmware-sim exec --card z -- sh -c 'firmware-sim ctl card remove; opensc-tool --list-readers'";

/// Run a command in a world of its own, with simulated keys and cards.
///
/// The command sees a security key on USB (--key), one on an NFC reader (--nfc) and a smartcard in
/// a reader (--card) through the system's own libraries, as any user, several worlds at once.
/// `firmware-sim ctl` inside it takes them away and puts them back. Everything ends with the
/// command, whose exit code is passed on; 125 says that the world could not be made, 126 and 127
/// that the command could not be run or found.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Leave the command among the machine's processes, with the machine's users and groups. A
    /// SIGKILL of the whole world then leaves what the command had started, until the next start
    #[arg(long)]
    shared_processes: bool,
    #[command(flatten)]
    plan: Plan,
}

/// What the user asks for; handed as it is to the process that holds the devices.
#[derive(clap::Args)]
struct Plan {
    /// A security key on USB: fido2, fido2-pin, fido2.1, bio, u2f, …, or NAME:PIN to set its PIN; without it the command sees the machine's own
    #[arg(long, value_name = "PROFILE", value_parser = usb_key)]
    key: Option<Named<Profile>>,
    /// A security key on an NFC reader: nfc or nfc-pin, or NAME:PIN to set its PIN
    #[arg(long, value_name = "PROFILE", value_parser = nfc_key)]
    nfc: Option<Named<Profile>>,
    /// What a person does when a key asks to be touched: auto, deny, delay:MILLISECONDS or never
    #[arg(long, value_name = "HOW", default_value_t = Presence::Auto)]
    presence: Presence,
    /// A smartcard in a contact reader: z, n, m, g4, z:FAULT (revoked, expired, …), or a FILE.toml that says how it differs from one of these
    #[arg(long, value_name = "CARD", value_parser = card)]
    card: Option<Named<Description>>,
    /// A folder made by `firmware-sim pki`; without it, --card makes a fresh one. The command finds
    /// it in FIRMWARE_SIM_PKI
    #[arg(long, value_name = "DIR")]
    pki: Option<PathBuf>,
    /// The same seed gives the same keys and ids
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = seed)]
    seed: u64,
    /// The program to run, and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// The process that holds the devices; started by `exec` alone.
#[derive(clap::Args)]
pub(super) struct WorldArgs {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    plan: Plan,
}

pub(super) fn run(args: Args) -> ExitCode {
    let plan = args.plan;
    let usb = if plan.key.is_some() { Usb::Simulated } else { Usb::Real };
    let processes = if args.shared_processes { Processes::Shared } else { Processes::Own };
    code(guard::run(usb, processes, |place| plan.arguments(place)).map_err(Error::from))
}

pub(super) fn run_world(args: WorldArgs) -> ExitCode {
    let WorldArgs { place, plan } = args;
    code(inside::run(&place, |folder| plan.carry_out(folder)))
}

/// The exit code of a part of a world that this process was started for; `None` for commands.
pub(super) fn play() -> Option<ExitCode> {
    Some(code(parts::play()?.map_err(Error::from)))
}

/// The exit code; `env`, `timeout` and shells use the same numbers for their own failures.
fn code(outcome: Result<u8, Error>) -> ExitCode {
    ExitCode::from(outcome.unwrap_or_else(|error| {
        super::explain(&error);
        let Error::World(world::Error::Program { source, .. }) = &error else { return FAILED };
        if source.kind() == io::ErrorKind::NotFound { 127 } else { 126 }
    }))
}

impl Plan {
    /// The command line for the process that holds the devices.
    fn arguments(self, place: &Place) -> Vec<OsString> {
        let given = |name: &str, value: Option<OsString>| {
            value.map(|value| [OsString::from(name), value]).into_iter().flatten()
        };
        let mut arguments: Vec<OsString> = vec!["world".into()];
        arguments.extend(place.arguments());
        arguments.extend(given("--key", self.key.map(|key| key.text.into())));
        arguments.extend(given("--nfc", self.nfc.map(|nfc| nfc.text.into())));
        arguments.extend(given("--presence", Some(self.presence.to_string().into())));
        arguments.extend(given("--card", self.card.map(|card| card.text.into())));
        arguments.extend(given("--pki", self.pki.map(Into::into)));
        arguments.extend(given("--seed", Some(self.seed.to_string().into())));
        arguments.push("--".into());
        arguments.extend(self.command);
        arguments
    }

    /// Makes the devices, and names the program.
    fn carry_out(self, folder: &Path) -> Result<(Devices, Program), Error> {
        let seed = Seed::from(self.seed);
        let mut devices = Devices::default();
        let mut roots = Vec::new();
        if let Some(Named { value: profile, .. }) = self.key {
            let product = profile.product().to_owned();
            let key = make_key(profile, seed.child("usb"), self.presence)?;
            roots.push(key.attestation_root_pem());
            devices.key = Some(UsbKey { device: Box::new(key), product });
        }
        if let Some(Named { value: profile, .. }) = self.nfc {
            let key = make_key(profile, seed.child("nfc"), self.presence)?;
            roots.push(key.attestation_root_pem());
            devices.nfc = Some(Box::new(key));
        }
        let fresh = || make_pki(&folder.join("pki"), seed);
        let pki = match (self.pki, &self.card) {
            (Some(given), _) => Some(hierarchy(given)?),
            (None, Some(_)) => Some(fresh()?),
            (None, None) => None,
        };
        if let (Some(Named { value: card, .. }), Some(pki)) = (self.card, &pki) {
            let material = Material::of(pki, &card, seed, clock::now())?;
            devices.card = Some(Box::new(uzi::Card::with(&material, &card.settings, seed)));
        }
        let mut variables: Vec<(OsString, OsString)> = Vec::new();
        variables.extend(pki.map(|pki| ("FIRMWARE_SIM_PKI".into(), pki.into())));
        if !roots.is_empty() {
            let path = folder.join("attestation-root.pem");
            fs::write(&path, roots.concat())
                .map_err(|source| Error::Write { path: path.clone(), source })?;
            variables.push(("FIRMWARE_SIM_ATTESTATION_ROOT".into(), path.into()));
        }
        Ok((devices, Program { command: self.command, variables }))
    }
}

/// A folder that `firmware-sim pki` made, as an absolute path.
fn hierarchy(given: PathBuf) -> Result<PathBuf, Error> {
    let path = absolute(given).map_err(Error::Folder)?;
    if path.join("trust/trust.toml").is_file() { Ok(path) } else { Err(Error::NoHierarchy(path)) }
}

fn card(text: &str) -> Result<Named<Description>, uzi::DescriptionError> {
    Ok(Named { text: text.to_owned(), value: Description::find(text)? })
}

fn make_pki(folder: &Path, seed: Seed) -> Result<PathBuf, Error> {
    Pki::mint(seed, clock::now())?.write(folder)?;
    Ok(folder.to_path_buf())
}
