//! What a contact person may do for whom, pure. Who is one now, `management` says.
//!
//! * Nobody lifts a block of the own account, or makes a PIN for it.
//! * Nobody changes or ends the own account here, and nobody the main contact person's: that one is the
//!   organisation's anchor, and only the operator replaces it.
//! * An organisation has a contact person at all times, and three at most.

use crate::accounts::{Account, MOST_CONTACTS, Role};
use crate::id::AccountId;

/// Why somebody may not do this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Nobody does this for themselves.
    #[error("nobody does this for themselves: ask another contact person")]
    Oneself,
    /// The main contact person is replaced by the operator alone.
    #[error("the main contact person is replaced by the operator only")]
    MainContact,
    /// It is the only contact person.
    #[error("this is the only contact person: appoint another first")]
    LastContact,
    /// There are as many contact persons as there may be.
    #[error("there are three contact persons: let one of them go first")]
    EnoughContacts,
}

/// The contact persons of an organisation.
#[derive(Clone, Debug)]
pub(super) struct Contacts {
    /// The main one.
    pub(super) main: Option<AccountId>,
    /// All of them.
    pub(super) all: usize,
}

/// Whether `by` may open a way back in for `whom`: lift a block, make a PIN.
///
/// Errors: [`Denied::Oneself`].
pub(super) fn may_help(by: &AccountId, whom: &Account) -> Result<(), Denied> {
    if *by == whom.id { Err(Denied::Oneself) } else { Ok(()) }
}

/// Whether `by` may end the account of `whom`.
///
/// Errors: [`Denied::Oneself`], [`Denied::MainContact`], [`Denied::LastContact`].
pub(super) fn may_end(by: &AccountId, whom: &Account, contacts: &Contacts) -> Result<(), Denied> {
    if *by == whom.id {
        return Err(Denied::Oneself);
    }
    if contacts.main.as_ref() == Some(&whom.id) {
        return Err(Denied::MainContact);
    }
    match whom.role {
        Role::ContactPerson if contacts.all <= 1 => Err(Denied::LastContact),
        Role::ContactPerson | Role::Colleague => Ok(()),
    }
}

/// Whether `by` may give `whom` this role.
///
/// Errors: as [`may_end`]; [`Denied::EnoughContacts`].
pub(super) fn may_appoint(
    by: &AccountId,
    whom: &Account,
    role: Role,
    contacts: &Contacts,
) -> Result<(), Denied> {
    if *by == whom.id {
        return Err(Denied::Oneself);
    }
    if role == whom.role {
        return Ok(());
    }
    match role {
        Role::Colleague => may_end(by, whom, contacts),
        Role::ContactPerson if contacts.all >= MOST_CONTACTS => Err(Denied::EnoughContacts),
        Role::ContactPerson => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Username;
    use crate::accounts::number::UserNumber;
    use crate::factors::Level;
    use crate::id::OrganisationId;
    use crate::random::Random;

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

    #[test]
    fn neither_the_main_nor_the_last_contact_person_nor_oneself_is_ended_or_demoted() {
        let (by, main) = (account(Role::ContactPerson), account(Role::ContactPerson));
        let (third, colleague) = (account(Role::ContactPerson), account(Role::Colleague));
        let contacts = Contacts { main: Some(main.id.clone()), all: 3 };
        for (whom, verdict) in [
            (&by, Err(Denied::Oneself)),
            (&main, Err(Denied::MainContact)),
            (&third, Ok(())),
            (&colleague, Ok(())),
        ] {
            assert_eq!(may_end(&by.id, whom, &contacts), verdict);
            assert_eq!(may_appoint(&by.id, whom, Role::Colleague, &contacts), verdict);
        }
        let alone = Contacts { main: None, all: 1 };
        assert_eq!(may_end(&by.id, &third, &alone), Err(Denied::LastContact));
    }

    #[test]
    fn there_are_three_contact_persons_at_most() {
        let (by, colleague) = (account(Role::ContactPerson), account(Role::Colleague));
        let appoint = |all| {
            let contacts = Contacts { main: Some(by.id.clone()), all };
            may_appoint(&by.id, &colleague, Role::ContactPerson, &contacts)
        };
        assert_eq!([1, 2, 3].map(appoint), [Ok(()), Ok(()), Err(Denied::EnoughContacts)]);
        let other = account(Role::ContactPerson);
        let contacts = Contacts { main: Some(by.id.clone()), all: 3 };
        assert_eq!(may_appoint(&by.id, &other, Role::ContactPerson, &contacts), Ok(()), "has it");
    }
}
