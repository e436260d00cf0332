//! Who gives a command: the name that was typed, and as whom the machine knows who typed it.

use crate::operator::{Nameless, Operator, User};

/// The operator of this name, who runs the program.
///
/// Errors: [`Nameless`].
pub(super) fn named(text: &str) -> Result<Operator, Nameless> {
    Operator::parse(text).map(|operator| operator.running_as(user()))
}

/// As whom who runs the program logged in to the machine, where it knows that; else the user of the program.
fn user() -> Option<User> {
    #[cfg(unix)]
    {
        let logged_in = std::fs::read_to_string("/proc/self/loginuid").ok();
        let before_sudo = std::env::var("SUDO_UID").ok();
        let own = rustix::process::getuid().as_raw();
        let id = first([logged_in, before_sudo], own);
        let list = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        Some(User { id, name: name(&list, id) })
    }
    #[cfg(not(unix))]
    None
}

/// The first number that says somebody, or else the user's own. The log-in comes first: no `sudo` and no `su`
/// changes it, and a variable is what whoever runs the program says.
#[cfg(unix)]
fn first(told: [Option<String>; 2], own: u32) -> u32 {
    let mut ids = told.into_iter().flatten().filter_map(|text| text.trim().parse().ok());
    ids.find(|id| *id != NOBODY).unwrap_or(own)
}

/// The name of a user, in the machine's own list.
#[cfg(unix)]
fn name(list: &str, id: u32) -> Option<String> {
    let id = id.to_string();
    let mut users = list.lines().map(|line| line.split(':'));
    users.find_map(|mut user| {
        let name = user.next()?;
        (user.nth(1)? == id && name.chars().all(plain)).then(|| name.to_owned())
    })
}

/// What names of users consist of.
#[cfg(unix)]
fn plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '$')
}

/// The number of who did not log in, as a service.
#[cfg(unix)]
const NOBODY: u32 = u32::MAX;

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn who_logged_in_counts_before_what_a_variable_says_and_that_before_the_programs_user() {
        let told = |login: &str, sudo: Option<&str>| {
            first([Some(login.to_owned()), sudo.map(str::to_owned)], 0)
        };
        assert_eq!(told("1000\n", Some("1001")), 1000);
        assert_eq!(told("4294967295", Some("1001")), 1001);
        assert_eq!(told("4294967295", None), 0);
        assert_eq!(told("", Some("root")), 0);
        assert_eq!(first([None, None], 7), 7);
    }

    #[test]
    fn a_user_has_the_name_of_the_machines_list() {
        let list = "root:x:0:0:root:/root:/bin/sh\nbroken\ntest:x:1000:1000::/home/test:/bin/sh\n";
        assert_eq!(name(list, 1000).as_deref(), Some("test"));
        assert_eq!(name(list, 0).as_deref(), Some("root"));
        assert_eq!(name(list, 1001), None);
    }
}
