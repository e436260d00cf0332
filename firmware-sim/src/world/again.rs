//! This program, started again: the smaller parts of a world, and what each needs to know.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::{Mode, OFlags, open};

use super::Error;
use super::walls::Walls;

/// The first argument of a process that plays a part.
const PART: &str = "firmware-sim-part";

/// A part, and what it needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Stands outside of the walls and starts the world inside them, with these arguments.
    Door { world: Vec<OsString> },
    /// Sees whether the walls can be built, from inside.
    Probe { walls: Walls },
    /// Becomes pcscd.
    Readers { config: PathBuf, count: usize },
    /// Becomes the command.
    Program { world: i32, command: Vec<OsString> },
}

impl Part {
    /// The arguments with which this program plays the part.
    pub(super) fn arguments(self) -> Vec<OsString> {
        let mut arguments = vec![OsString::from(PART)];
        match self {
            Self::Door { world } => {
                arguments.push("door".into());
                arguments.extend(world);
            }
            Self::Probe { walls: Walls::Privileged } => arguments.push("probe".into()),
            Self::Probe { walls: Walls::Users } => arguments.push("probe-users".into()),
            Self::Readers { config, count } => {
                arguments.extend(["readers".into(), count.to_string().into(), config.into()]);
            }
            Self::Program { world, command } => {
                arguments.extend(["program".into(), world.to_string().into()]);
                arguments.extend(command);
            }
        }
        arguments
    }

    /// Reads what [`Part::arguments`] wrote; `None` for the arguments of no part.
    pub(super) fn read(arguments: &[OsString]) -> Option<Self> {
        let [first, kind, rest @ ..] = arguments else { return None };
        if first != PART {
            return None;
        }
        match (kind.to_str()?, rest) {
            ("door", world) => Some(Self::Door { world: world.to_vec() }),
            ("probe", []) => Some(Self::Probe { walls: Walls::Privileged }),
            ("probe-users", []) => Some(Self::Probe { walls: Walls::Users }),
            ("readers", [count, config]) => {
                Some(Self::Readers { config: config.into(), count: number(count)? })
            }
            ("program", [world, command @ ..]) => {
                Some(Self::Program { world: number(world)?, command: command.to_vec() })
            }
            _ => None,
        }
    }
}

fn number<T: std::str::FromStr>(text: &OsStr) -> Option<T> {
    text.to_str()?.parse().ok()
}

/// Whether this process plays a part, so that it must not start a world.
pub(super) fn is_played() -> bool {
    env::args_os().nth(1).is_some_and(|first| first == PART)
}

/// This program, to be started again by this process.
pub(super) fn command() -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.arg0("firmware-sim");
    command
}

/// This program as it was when it started, also when its file was replaced or removed since: open
/// in this process and in those that it starts, by a path that they can run.
pub(super) struct Myself(File);

impl Myself {
    pub(super) fn open() -> Result<Self, Error> {
        // without CLOEXEC: for a program between this one and the next
        let file = open("/proc/self/exe", OFlags::PATH, Mode::empty());
        Ok(Self(file.map_err(Error::at("finding this program"))?.into()))
    }

    pub(super) fn path(&self) -> PathBuf {
        Path::new("/proc/self/fd").join(self.0.as_raw_fd().to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use proptest::prelude::*;

    use super::*;

    fn words() -> impl Strategy<Value = Vec<OsString>> {
        proptest::collection::vec(any::<Vec<u8>>().prop_map(OsString::from_vec), 0..4)
    }

    fn parts() -> impl Strategy<Value = Part> {
        prop_oneof![
            words().prop_map(|world| Part::Door { world }),
            Just(Part::Probe { walls: Walls::Privileged }),
            Just(Part::Probe { walls: Walls::Users }),
            (any::<Vec<u8>>(), any::<usize>()).prop_map(|(config, count)| Part::Readers {
                config: OsString::from_vec(config).into(),
                count
            }),
            (any::<i32>(), words()).prop_map(|(world, command)| Part::Program { world, command }),
        ]
    }

    proptest! {
        #[test]
        fn a_part_is_read_as_it_was_written(part in parts()) {
            prop_assert_eq!(Part::read(&part.clone().arguments()), Some(part));
        }

        #[test]
        fn other_arguments_are_no_part(arguments in words()) {
            prop_assert_eq!(Part::read(&arguments), None);
        }

        #[test]
        fn odd_arguments_of_a_part_are_none(kind in "door|probe(-users)?|readers|program|", rest in words()) {
            let mut arguments = vec![OsString::from(PART), kind.into()];
            arguments.extend(rest);
            if let Some(part) = Part::read(&arguments) {
                prop_assert_eq!(Part::read(&part.clone().arguments()), Some(part));
            }
        }
    }
}
