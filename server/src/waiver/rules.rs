//! When a waiver may be given and how long it holds, pure.

use crate::accounts::Role;
use crate::clock::Time;
use crate::password::policy::Opens;
use std::time::Duration;

/// The last waiver that an account was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// When it was given.
    pub given_at: Time,
    /// From when on it is over.
    pub ends_at: Time,
}

impl Waiver {
    /// Whether it lets an account of this role in at `now`, with a password that is long enough for so much.
    /// Contact persons have none (A11): one that was given before ends with the new role.
    pub(super) fn holds(&self, (role, password): (Role, Opens), now: Time) -> bool {
        match (role, password) {
            (Role::Colleague, Opens::Account) => self.given_at <= now && now < self.ends_at,
            (Role::Colleague, Opens::Nothing) | (Role::ContactPerson, _) => false,
        }
    }

    /// When the next one may be given, where there is none for so long.
    pub fn next(&self, again: Duration) -> Time {
        self.given_at.after(again)
    }
}

/// Why a waiver is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Nobody does this for themselves.
    #[error("nobody does this for themselves: ask another contact person")]
    Oneself,
    /// Contact persons always prove a second factor.
    #[error("a contact person always needs a second factor")]
    ContactPerson,
    /// Everybody of the organisation is forced to have a second factor.
    #[error("a second factor is forced: stop forcing it first, in the settings")]
    Forced,
    /// The password was chosen beside a second factor.
    #[error(
        "this colleague's password is too short to let in alone: give an access code, or have them choose a longer \
         one"
    )]
    ShortPassword,
    /// There is no second factor that could be waived.
    #[error("this colleague has no second factor yet: there is nothing to waive")]
    NoFactor,
    /// The last one was given too short ago.
    #[error("the last waiver was given too short ago")]
    TooSoon {
        /// When the next one may be given.
        next: Time,
    },
    /// It is to last no time, or too long.
    #[error("a waiver lasts from now on, and not as long as that")]
    Length,
}

/// Whose second factor is to be waived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whom {
    pub(crate) oneself: bool,
    pub(crate) role: Role,
    /// Whether a factor stands between the password and the account.
    pub(crate) has_factor: bool,
    /// Whether the organisation forces everybody now.
    pub(crate) forced: bool,
    /// What the account's password is long enough for.
    pub(crate) password: Opens,
    /// The last one the account was given.
    pub(crate) last: Option<Waiver>,
}

/// Whether this colleague may be given a waiver at `now`, `again` after the last one at the earliest.
///
/// Errors: [`Denied`], all but the length.
pub(crate) fn may_give(whom: Whom, again: Duration, now: Time) -> Result<(), Denied> {
    match whom {
        Whom { oneself: true, .. } => Err(Denied::Oneself),
        Whom { role: Role::ContactPerson, .. } => Err(Denied::ContactPerson),
        Whom { has_factor: false, .. } => Err(Denied::NoFactor),
        Whom { forced: true, .. } => Err(Denied::Forced),
        Whom { password: Opens::Nothing, .. } => Err(Denied::ShortPassword),
        Whom { last: Some(last), .. } if now < last.next(again) => {
            Err(Denied::TooSoon { next: last.next(again) })
        }
        Whom { last: Some(_) | None, .. } => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_millis(1_000_000_000);
    const SECOND: Duration = Duration::from_secs(1);
    const AGAIN: Duration = Duration::from_secs(30 * 24 * 60 * 60);

    fn colleague() -> Whom {
        let (role, password) = (Role::Colleague, Opens::Account);
        Whom { oneself: false, role, has_factor: true, forced: false, password, last: None }
    }

    #[test]
    fn a_waiver_holds_until_the_second_in_which_it_ends_and_for_colleagues_only() {
        let waiver = Waiver { given_at: NOW, ends_at: NOW.after(AGAIN) };
        let end = waiver.ends_at;
        for (at, holds) in [
            (NOW.before(SECOND), false),
            (NOW, true),
            (end.before(SECOND), true),
            (end, false),
            (end.after(SECOND), false),
        ] {
            assert_eq!(waiver.holds((Role::Colleague, Opens::Account), at), holds, "{at:?}");
            assert!(!waiver.holds((Role::Colleague, Opens::Nothing), at));
            assert!(!waiver.holds((Role::ContactPerson, Opens::Account), at));
        }
    }

    #[test]
    fn another_is_given_thirty_days_after_the_last() {
        let last = Some(Waiver { given_at: NOW, ends_at: NOW.after(SECOND) });
        let next = NOW.after(AGAIN);
        let at = |now| may_give(Whom { last, ..colleague() }, AGAIN, now);
        assert_eq!(at(next.before(SECOND)), Err(Denied::TooSoon { next }));
        assert_eq!(at(next), Ok(()));
        assert_eq!(at(next.after(SECOND)), Ok(()));
    }

    #[test]
    fn neither_oneself_nor_a_contact_person_nor_who_is_forced_or_has_nothing_gets_one() {
        assert_eq!(may_give(colleague(), AGAIN, NOW), Ok(()));
        for (whom, denied) in [
            (Whom { oneself: true, ..colleague() }, Denied::Oneself),
            (Whom { role: Role::ContactPerson, ..colleague() }, Denied::ContactPerson),
            (Whom { has_factor: false, ..colleague() }, Denied::NoFactor),
            (Whom { forced: true, ..colleague() }, Denied::Forced),
            (Whom { password: Opens::Nothing, ..colleague() }, Denied::ShortPassword),
        ] {
            assert_eq!(may_give(whom, AGAIN, NOW), Err(denied));
        }
    }
}
