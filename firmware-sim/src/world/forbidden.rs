//! Why a system lets a user make no namespaces, and what would let it.

use std::fmt;
use std::fs;

use super::walls::may_make_namespaces;

/// What the system said, and which of its settings says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbidden {
    detail: String,
    cause: Cause,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// Ubuntu since 23.10.
    AppArmor,
    /// Debian's kernels up to 10.
    Unprivileged,
    /// The number of them is limited to none.
    None,
    /// Containers mostly.
    SystemCalls,
    Unknown,
}

/// What is known of the system.
#[derive(Debug, Clone, Copy, Default)]
struct Settings {
    privileged: bool,
    apparmor_restricts: bool,
    unprivileged_may: Option<bool>,
    most: Option<u64>,
    system_calls_filtered: bool,
}

impl Forbidden {
    /// Looks for the cause now.
    pub(super) fn now(detail: &str) -> Self {
        Self { detail: detail.to_owned(), cause: Settings::read().cause() }
    }
}

impl Settings {
    fn read() -> Self {
        let number = |file: &str| fs::read_to_string(file).ok()?.trim().parse::<u64>().ok();
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let seccomp = status.lines().find_map(|line| line.strip_prefix("Seccomp:"));
        Self {
            privileged: may_make_namespaces(),
            apparmor_restricts: number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
                == Some(1),
            unprivileged_may: number("/proc/sys/kernel/unprivileged_userns_clone")
                .map(|allowed| allowed != 0),
            most: number("/proc/sys/user/max_user_namespaces"),
            system_calls_filtered: seccomp.is_some_and(|mode| mode.trim() == "2"),
        }
    }

    fn cause(self) -> Cause {
        match self {
            Self { most: Some(0), .. } => Cause::None,
            Self { privileged: false, apparmor_restricts: true, .. } => Cause::AppArmor,
            Self { privileged: false, unprivileged_may: Some(false), .. } => Cause::Unprivileged,
            Self { system_calls_filtered: true, .. } => Cause::SystemCalls,
            Self { .. } => Cause::Unknown,
        }
    }
}

impl Cause {
    fn remedy(self) -> &'static str {
        match self {
            Self::AppArmor => {
                "AppArmor keeps them from ordinary users: allow them with `sudo sysctl -w \
                 kernel.apparmor_restrict_unprivileged_userns=0`, or run firmware-sim with sudo"
            }
            Self::Unprivileged => {
                "the kernel keeps them from ordinary users: allow them with `sudo sysctl -w \
                 kernel.unprivileged_userns_clone=1`"
            }
            Self::None => "allow them with `sudo sysctl -w user.max_user_namespaces=10000`",
            Self::SystemCalls => {
                "a filter of system calls refuses them, as in a container: start it with \
                 `--security-opt seccomp=unconfined --security-opt apparmor=unconfined \
                 --security-opt systempaths=unconfined`"
            }
            Self::Unknown => "allow this user to make them",
        }
    }
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (detail, remedy) = (&self.detail, self.cause.remedy());
        write!(
            f,
            "this system forbids user namespaces ({detail}), and the private pcscd must not listen \
             outside of one: {remedy}; or leave out --nfc and --card"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_that_forbids_is_named() {
        let free = Settings { most: Some(9), unprivileged_may: Some(true), ..Settings::default() };
        for (settings, wanted) in [
            (free, Cause::Unknown),
            (Settings { most: None, ..free }, Cause::Unknown),
            (Settings { most: Some(0), apparmor_restricts: true, ..free }, Cause::None),
            (Settings { apparmor_restricts: true, ..free }, Cause::AppArmor),
            (Settings { apparmor_restricts: true, privileged: true, ..free }, Cause::Unknown),
            (Settings { unprivileged_may: Some(false), ..free }, Cause::Unprivileged),
            (Settings { system_calls_filtered: true, ..free }, Cause::SystemCalls),
        ] {
            assert_eq!(settings.cause(), wanted, "{settings:?}");
        }
    }
}
