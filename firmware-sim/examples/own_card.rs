//! A world for a card of your own: `own_card -- opensc-tool --reader 0 --send-apdu 00A40000`.

use std::error::Error;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use firmware_sim::device::{Card, Time};
use firmware_sim::world::guard::{self, Place, Usb};
use firmware_sim::world::walls::Processes;
use firmware_sim::world::{self, Devices, Program, inside, parts};

/// Answers every command with its own instruction byte.
struct Echo;

impl Card for Echo {
    fn atr(&self) -> Vec<u8> {
        vec![0x3B, 0x80, 0x80, 0x01, 0x01]
    }

    fn transmit(&mut self, command: &[u8], _now: Time) -> Vec<u8> {
        match command {
            [_, instruction, ..] => vec![*instruction, 0x90, 0x00],
            _ => vec![0x67, 0x00],
        }
    }

    fn reset(&mut self, _now: Time) {}
}

#[derive(Parser)]
struct Arguments {
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// What the guard starts: this program again, in its place.
#[derive(Parser)]
struct World {
    #[command(flatten)]
    place: Place,
    #[arg(last = true)]
    command: Vec<OsString>,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    // first of all: most processes of a world are this program, started again
    if let Some(played) = parts::play() {
        return Ok(played?.into());
    }
    let world = std::env::args_os().nth(1).is_some_and(|first| first == "world");
    let code = if world { hold_devices()? } else { start()? };
    Ok(code.into())
}

fn start() -> Result<u8, world::Error> {
    let Arguments { command } = Arguments::parse();
    guard::run(Usb::Real, Processes::Own, |place| {
        let words = [vec!["world".into()], place.arguments(), vec!["--".into()], command];
        words.concat()
    })
}

fn hold_devices() -> Result<u8, world::Error> {
    let World { place, command } = World::parse_from(std::env::args_os().skip(1));
    inside::run(&place, |_folder| {
        let devices = Devices { card: Some(Box::new(Echo)), ..Devices::default() };
        Ok((devices, Program { command, variables: Vec::new() }))
    })
}
