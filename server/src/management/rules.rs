//! Who manages, pure: a contact person, for the own organisation, within five minutes after a strong
//! factor was proven.

use super::Error;
use crate::accounts::{Account, Role};
use crate::clock::Time;
use crate::sessions::{self, Scope, Session};

/// Whether somebody with this account and session manages colleagues now.
///
/// Errors: [`Error::NotContact`], [`Error::NotFresh`].
pub(crate) fn may_manage(
    account: &Account,
    session: &Session,
    now: Time,
    policy: &sessions::Policy,
) -> Result<(), Error> {
    match (account.role, session.login.scope) {
        (Role::ContactPerson, Scope::Full) if session.is_fresh(now, policy) => Ok(()),
        (Role::ContactPerson, Scope::Full) => Err(Error::NotFresh),
        (Role::ContactPerson, Scope::EnrolOnly) | (Role::Colleague, _) => Err(Error::NotContact),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Username;
    use crate::accounts::number::UserNumber;
    use crate::factors::Level;
    use crate::id::{AccountId, OrganisationId, SessionId};
    use crate::random::Random;
    use crate::sessions::{Login, Policy, Way};
    use std::time::Duration;

    const NOW: Time = Time::from_millis(1_000_000);

    fn account(role: Role) -> Account {
        Account {
            id: AccountId::random(Random::system()),
            organisation: OrganisationId::random(Random::system()),
            number: UserNumber::random(Random::system()),
            username: Username::parse("test.arts@voorbeeld.nl").unwrap(),
            name: "Test Arts".to_owned(),
            role,
            vouched: Level::Low,
        }
    }

    fn session(scope: Scope, way: Way) -> Session {
        let account = AccountId::random(Random::system());
        let (level, proof) = (Level::High, Level::High);
        Session {
            id: SessionId::random(Random::system()),
            login: Login { account, scope, level, proof, way, proven_at: NOW },
            client: String::new(),
            created_at: NOW,
            seen_at: NOW,
        }
    }

    #[test]
    fn a_contact_person_manages_for_five_minutes_after_a_strong_proof() {
        let may = |role, scope, way, now| {
            let verdict = may_manage(&account(role), &session(scope, way), now, &Policy::default());
            match verdict {
                Ok(()) => "yes",
                Err(Error::NotContact) => "no",
                Err(Error::NotFresh) => "prove again",
                Err(other) => panic!("{other}"),
            }
        };
        let (contact, full) = (Role::ContactPerson, Scope::Full);
        let late = NOW.after(Duration::from_secs(5 * 60));
        for way in [Way::Key, Way::Card, Way::PasswordAndKey] {
            assert_eq!(may(contact, full, way, NOW), "yes");
            assert_eq!(may(contact, full, way, late), "prove again");
            assert_eq!(may(Role::Colleague, full, way, NOW), "no");
        }
        for weak in [Way::Password, Way::PasswordAndApp, Way::PasswordAndRecovery] {
            assert_eq!(may(contact, full, weak, NOW), "prove again");
        }
        assert_eq!(may(contact, Scope::EnrolOnly, Way::Password, NOW), "no");
    }
}
