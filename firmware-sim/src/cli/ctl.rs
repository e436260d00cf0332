//! `firmware-sim ctl`: moves the devices of the world that it runs in.

use std::num::NonZeroU32;
use std::process::ExitCode;

use clap::Subcommand;
use firmware_sim::control::client::Client;
use firmware_sim::control::{Device, Request};

use super::Error;

/// Insert and remove the devices of the world around this command.
///
/// Returns when programs in the world see the change, so a script needs no pause.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The security key on USB
    Key {
        #[command(subcommand)]
        action: Action,
    },
    /// The security key on the NFC reader
    Nfc {
        #[command(subcommand)]
        action: CardAction,
    },
    /// The smartcard in the contact reader
    Card {
        #[command(subcommand)]
        action: CardAction,
    },
    /// Where every device is, as JSON
    Status,
}

#[derive(Clone, Copy, Subcommand)]
enum Action {
    /// Plug it in
    Insert,
    /// Pull it out
    Remove,
}

#[derive(Clone, Copy, Subcommand)]
enum CardAction {
    /// Put it in the reader
    Insert,
    /// Take it out of the reader
    Remove {
        /// Not now, but when the Nth command from now reaches the card, which stays unanswered
        #[arg(long, value_name = "N")]
        at_apdu: Option<NonZeroU32>,
    },
}

impl What {
    fn request(&self) -> Request {
        match self {
            Self::Key { action: Action::Insert } => Request::Insert { device: Device::Key },
            Self::Key { action: Action::Remove } => {
                Request::Remove { device: Device::Key, at_apdu: None }
            }
            Self::Nfc { action } => action.request(Device::Nfc),
            Self::Card { action } => action.request(Device::Card),
            Self::Status => Request::Status,
        }
    }
}

impl CardAction {
    fn request(self, device: Device) -> Request {
        match self {
            Self::Insert => Request::Insert { device },
            Self::Remove { at_apdu } => Request::Remove { device, at_apdu },
        }
    }
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Error> {
    if let Some(status) = Client::from_environment()?.ask(&args.what.request())? {
        print(&serde_json::json!(status));
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::print_stdout, reason = "what the command was asked for")]
fn print(status: &serde_json::Value) {
    println!("{status:#}");
}
