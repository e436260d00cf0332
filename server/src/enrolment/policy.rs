//! Who may change which factors, pure.
//!
//! * A first factor is enrolled in an enrol-only visit, while no factor has proven itself, and bound
//!   at the level at which the account was vouched for: the password alone says too little. It takes
//!   the place of what was enrolled so before. It is a key: a card is linked
//!   only by who proved another factor, for it would let in whoever knows the password and has it. Where the
//!   password was given a while ago it is asked again before one is begun: a screen that was left open enrols
//!   nobody else's. What was begun in time is finished.
//! * Who sets up anew enrols in the same kind of visit, bound at the level of the way back and for as long as
//!   that is open.
//! * A further one asks for a strong factor proven in the last five minutes, and is bound at the
//!   level of that proof. A code is not strong: it can be asked for on a false page. It suffices only for
//!   who has nothing strong, who else could never get it.
//! * Removing asks for the same. The last one goes only when the person says so in so many words;
//!   what is enrolled after that is bound at `low`, so a new one is better added first.

use crate::accounts::Account;
use crate::accounts::grace::{self, Grace};
use crate::clock::Time;
use crate::factors::{self, Factor, Level};
use crate::organisations::{self, Organisation};
use crate::password::policy::Opens;
use crate::reset::Reset;
use crate::sessions::{self, Scope, Session};
use wire::uzi::{Identity, Kind, Subject};

use super::names;

/// Why a session may not change factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The last strong proof is too long ago: prove a factor again.
    #[error("this needs a key or card that was used in the last minutes: use it again")]
    NotFresh,
    /// There is only a password, and it was given too long ago to begin something new.
    #[error("the password was given too long ago to begin this: log in again")]
    PasswordAgain,
    /// A visit with only a password enrols a first factor, and one has proven itself.
    #[error("there is a factor already: log in with it to change anything")]
    OnlyFirst,
    /// A visit with only a password may enrol a key, and links no card.
    #[error("a card is linked after a log-in with a key or passkey: enrol one of those first")]
    CardTooEarly,
    /// The wizard that sets up anew was open for its time.
    #[error("the time to set up anew is over: ask the contact person for help")]
    TooLate,
    /// Nobody may put off the second factor now, or this person may not.
    #[error("a second factor is required: enrol one first")]
    Forced,
    /// The organisation does not let its people enrol a factor of this kind.
    #[error("the organisation does not allow this kind: choose another one")]
    Kind,
    /// The organisation allows no back-up e-mail address, or the person manages colleagues.
    #[error("no back-up e-mail address is used here: keep the recovery code")]
    NoBackUp,
    /// It is the last factor, and the person did not say that it may go.
    #[error("this is the last factor: add another first, or say that it may go")]
    LastFactor,
}

/// Why a card does not fit an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Cards of types M and S log nobody in.
    #[error("only cards of types Z and N are linked")]
    Type,
    /// The organisation has no subscriber number to compare.
    #[error(
        "the organisation has no UZI subscriber number (URA): an operator records it with 'sleutelbos account ura'"
    )]
    NoSubscriber,
    /// The card names another organisation.
    #[error("the card names another subscriber number (URA) than the organisation's")]
    OtherSubscriber,
    /// The card names another person.
    #[error(
        "the surname on the card is not in the name of the account: use the holder's own card, or \
         correct the name with 'sleutelbos account rename'"
    )]
    OtherName,
    /// The card names another member of the family.
    #[error(
        "the first name on the card is not that of the account: use the holder's own card, or, when \
         you know that it is, link it with --other-first-name"
    )]
    OtherFirstName,
    /// The account has a card of another person: a UZI number is one person's, on each new card too.
    #[error(
        "the account has a card with another UZI number: remove that one first, if this one is \
         really the same person's"
    )]
    OtherNumber,
    /// The name that the card fits is new.
    #[error(
        "the name of this account was changed a short while ago, and no card is linked by a new name at once: its \
         owner links the card after a log-in with a key or passkey, or it is linked later ([times] anchor)"
    )]
    NewName,
}

/// What was shown of the account beside the card that is to be linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// A strong factor of its own, lately.
    Strong,
    /// Less: a password, a code, a PIN, or nothing.
    Less,
}

/// Whether the first name on a card is compared with the account's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstName {
    /// It must be able to be the same.
    Compared,
    /// An operator, who saw card and holder, knows that the person is known by another.
    Vouched,
}

/// Whether the last factor may go too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Not if it is the last.
    KeepLast,
    /// The person said that the last one may go.
    LastToo,
}

/// What must have been proven lately before factors change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// What resists phishing.
    Strong,
    /// Any second factor: there is nothing strong.
    Any,
}

impl Asked {
    /// What is asked of the account with these factors.
    pub fn of(factors: &[Factor]) -> Self {
        if factors::any_strong(factors) { Self::Strong } else { Self::Any }
    }

    /// Whether `session` has proven it lately.
    pub fn is_met(self, session: &Session, now: Time, policy: &sessions::Policy) -> bool {
        match self {
            Self::Strong => session.is_fresh(now, policy),
            Self::Any => session.is_recent(now, policy),
        }
    }
}

/// The level at which a factor of this kind is bound that is added in `session` to an account with
/// these factors.
///
/// Errors: [`Denied::OnlyFirst`], [`Denied::CardTooEarly`], [`Denied::TooLate`], [`Denied::NotFresh`].
pub(crate) fn may_add(
    session: &Session,
    account: &Account,
    kind: factors::Kind,
    (factors, reset): (&[Factor], Option<&Reset>),
    now: Time,
    policy: &sessions::Policy,
) -> Result<Level, Denied> {
    match session.login.by_password_alone() {
        true => match (kind, reset) {
            (factors::Kind::Card, _) => Err(Denied::CardTooEarly),
            // Beside what was kept, too.
            (_, Some(reset)) if reset.is_open(now) => Ok(reset.bound_at),
            (_, Some(_)) => Err(Denied::TooLate),
            (_, None) if factors.iter().any(Factor::closes_enrolment) => Err(Denied::OnlyFirst),
            (_, None) => Ok(account.vouched),
        },
        false if Asked::of(factors).is_met(session, now, policy) => {
            Ok(session.login.level.min(session.login.proof))
        }
        false => Err(Denied::NotFresh),
    }
}

/// Whether something may be begun in `session` that its owner is to log in with: what a password alone opened is
/// good for that while the password is fresh. Setting up anew is open for a short while by itself.
///
/// Errors: [`Denied::PasswordAgain`].
pub(crate) fn may_begin(
    session: &Session,
    reset: Option<&Reset>,
    now: Time,
    policy: &sessions::Policy,
) -> Result<(), Denied> {
    match session.login.by_password_alone() && reset.is_none() && !session.is_young(now, policy) {
        true => Err(Denied::PasswordAgain),
        false => Ok(()),
    }
}

/// Until when somebody with only a password may go on without a second factor, if so: where the organisation
/// forces nobody for now, or in the days of grace of the account. Contact persons are always forced, and
/// so is whose password is too short to let in alone.
pub fn may_skip(
    session: &Session,
    account: &Account,
    (decided, grace, password): (&organisations::Policy, Option<Grace>, Opens),
    now: Time,
) -> Option<Time> {
    let days = grace.and_then(|grace| grace.at(now).end(decided.grace_days));
    let until = grace::spared((account.role, password), [decided.unforced(now), days]);
    until.filter(|_| session.login.by_password_alone())
}

/// Whether one of these factors may be removed in `session`, which leaves `left` others that proved
/// themselves.
///
/// Errors: [`Denied::NotFresh`], [`Denied::LastFactor`].
pub fn may_remove(
    session: &Session,
    (factors, left): (&[Factor], usize),
    intent: Intent,
    now: Time,
    policy: &sessions::Policy,
) -> Result<(), Denied> {
    let asked = Asked::of(factors);
    if session.login.scope != Scope::Full || !asked.is_met(session, now, policy) {
        return Err(Denied::NotFresh);
    }
    match intent {
        Intent::KeepLast if left == 0 => Err(Denied::LastFactor),
        Intent::KeepLast | Intent::LastToo => Ok(()),
    }
}

/// Whether a verified card is this person's of this organisation. The cards of the account have the
/// UZI numbers `linked`.
///
/// Errors: the first reason why not.
pub fn fits(
    (identity, subject): (&Identity, &Subject),
    account: &Account,
    organisation: &Organisation,
    linked: &[String],
    first_name: FirstName,
) -> Result<(), Unfit> {
    match identity.kind {
        Kind::CareProvider | Kind::NamedEmployee => {}
        Kind::UnnamedEmployee | Kind::Server => return Err(Unfit::Type),
    }
    let Some(subscriber) = &organisation.subscriber else { return Err(Unfit::NoSubscriber) };
    if subscriber.as_str() != identity.subscriber.as_str() {
        return Err(Unfit::OtherSubscriber);
    }
    let surname = subject.surname.as_deref().unwrap_or_default();
    if !names::surname_fits(surname, &account.name) {
        return Err(Unfit::OtherName);
    }
    let first_names = subject.given_name.as_deref().unwrap_or_default();
    if first_name == FirstName::Compared
        && !names::first_name_fits(first_names, surname, &account.name)
    {
        return Err(Unfit::OtherFirstName);
    }
    if linked.iter().any(|number| number != identity.number.as_str()) {
        return Err(Unfit::OtherNumber);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::number::UserNumber;
    use crate::accounts::{Role, Username};
    use crate::id::{AccountId, OrganisationId, SessionId};
    use crate::organisations::Subscriber;
    use crate::random::Random;
    use crate::sessions::{Login, Policy, Way};
    use std::time::Duration;

    const NOW: Time = Time::from_millis(1_000_000);

    fn account(vouched: Level) -> Account {
        Account {
            id: AccountId::random(Random::system()),
            organisation: OrganisationId::random(Random::system()),
            number: UserNumber::random(Random::system()),
            username: Username::parse("test.arts@voorbeeld.nl").unwrap(),
            name: "Jan Test-Arts van Düren".to_owned(),
            role: Role::ContactPerson,
            vouched,
        }
    }

    fn session(scope: Scope, way: Way, level: Level) -> Session {
        Session {
            id: SessionId::random(Random::system()),
            login: Login {
                account: AccountId::random(Random::system()),
                scope,
                level,
                proof: level,
                way,
                proven_at: NOW,
            },
            client: String::new(),
            created_at: NOW,
            seen_at: NOW,
        }
    }

    fn has(kinds: &[factors::Kind]) -> Vec<Factor> {
        let account = AccountId::from_bytes([1; 16]);
        let factor = |kind: &factors::Kind| {
            let touched = (*kind, factors::Evidence::Touch);
            let fresh = factors::testing::factor(&account, touched, NOW);
            Factor { proven_at: Some(NOW), used_at: Some(NOW), ..fresh }
        };
        kinds.iter().map(factor).collect()
    }

    fn add(session: &Session, factors: usize, now: Time) -> Result<Level, Denied> {
        let factors = has(&vec![factors::Kind::Passkey; factors]);
        add_to(session, &factors, now)
    }

    fn add_to(session: &Session, factors: &[Factor], now: Time) -> Result<Level, Denied> {
        let kind = factors::Kind::Passkey;
        may_add(
            session,
            &account(Level::Substantial),
            kind,
            (factors, None),
            now,
            &Policy::default(),
        )
    }

    fn remove(session: &Session, left: usize, intent: Intent) -> Result<(), Denied> {
        let factors = has(&[factors::Kind::Passkey]);
        may_remove(session, (&factors, left), intent, NOW, &Policy::default())
    }

    #[test]
    fn a_code_changes_factors_only_where_nothing_strong_is_there() {
        use factors::Kind::{App, Passkey};
        let code = session(Scope::Full, Way::PasswordAndApp, Level::Substantial);
        assert_eq!(add_to(&code, &has(&[App]), NOW), Ok(Level::Substantial));
        assert_eq!(add_to(&code, &has(&[App, Passkey]), NOW), Err(Denied::NotFresh));
        let mut copied = has(&[App, Passkey]);
        copied[1].cloned_at = Some(NOW);
        assert_eq!(add_to(&code, &copied, NOW), Ok(Level::Substantial), "it works no more");
        let late = NOW.after(Duration::from_secs(5 * 60));
        assert_eq!(add_to(&code, &has(&[App]), late), Err(Denied::NotFresh));
        let remove = |factors: &[Factor]| {
            may_remove(&code, (factors, 1), Intent::KeepLast, NOW, &Policy::default())
        };
        assert_eq!(remove(&has(&[App, App])), Ok(()));
        assert_eq!(remove(&has(&[App, Passkey])), Err(Denied::NotFresh));
        let key = session(Scope::Full, Way::PasswordAndKey, Level::High);
        assert_eq!(add_to(&key, &has(&[App, Passkey]), NOW), Ok(Level::High));
        let visit = session(Scope::EnrolOnly, Way::Password, Level::Low);
        assert_eq!(add_to(&visit, &has(&[App]), NOW), Err(Denied::OnlyFirst));
    }

    #[test]
    fn a_first_factor_is_bound_as_the_account_was_vouched_for() {
        let visit = session(Scope::EnrolOnly, Way::Password, Level::Low);
        assert_eq!(add(&visit, 0, NOW), Ok(Level::Substantial));
        assert_eq!(add(&visit, 1, NOW), Err(Denied::OnlyFirst));
    }

    #[test]
    fn what_a_password_alone_opened_begins_something_while_the_password_is_fresh() {
        let begin = |session: &Session, reset: Option<&Reset>, minutes: u64| {
            let now = NOW.after(Duration::from_secs(minutes * 60));
            may_begin(session, reset, now, &Policy::default())
        };
        for scope in [Scope::EnrolOnly, Scope::Full] {
            let visit = session(scope, Way::Password, Level::Low);
            assert_eq!(begin(&visit, None, 4), Ok(()));
            assert_eq!(begin(&visit, None, 5), Err(Denied::PasswordAgain));
            let reset = Reset {
                browser: crate::secret::Token::random(Random::system()).hash(),
                bound_at: Level::Substantial,
                expires_at: NOW.after(Duration::from_secs(15 * 60)),
            };
            assert_eq!(begin(&visit, Some(&reset), 6), Ok(()), "it has a time of its own");
        }
        let key = session(Scope::Full, Way::PasswordAndKey, Level::High);
        assert_eq!(begin(&key, None, 6), Ok(()), "of it a factor is asked, and no password");
    }

    #[test]
    fn a_password_alone_links_no_card() {
        let add = |session: &Session| {
            let account = account(Level::High);
            may_add(session, &account, factors::Kind::Card, (&[], None), NOW, &Policy::default())
        };
        let visit = session(Scope::EnrolOnly, Way::Password, Level::Low);
        assert_eq!(add(&visit), Err(Denied::CardTooEarly));
        assert_eq!(add(&session(Scope::Full, Way::Key, Level::High)), Ok(Level::High));
    }

    #[test]
    fn a_further_factor_is_bound_at_the_level_of_a_fresh_log_in() {
        for level in [Level::Substantial, Level::High] {
            let session = session(Scope::Full, Way::Key, level);
            assert_eq!(add(&session, 1, NOW), Ok(level));
        }
        let mut touched = session(Scope::Full, Way::Key, Level::High);
        touched.login.proof = Level::Substantial;
        assert_eq!(add(&touched, 1, NOW), Ok(Level::Substantial), "by what was just proven");
        let session = session(Scope::Full, Way::Key, Level::High);
        let late = NOW.after(Duration::from_secs(5 * 60));
        assert_eq!(add(&session, 1, late), Err(Denied::NotFresh));
    }

    #[test]
    fn the_last_factor_does_not_go_by_accident() {
        let session = session(Scope::Full, Way::Card, Level::High);
        assert_eq!(remove(&session, 1, Intent::KeepLast), Ok(()));
        assert_eq!(remove(&session, 0, Intent::KeepLast), Err(Denied::LastFactor));
        assert_eq!(remove(&session, 0, Intent::LastToo), Ok(()));
    }

    #[test]
    fn only_a_fresh_strong_proof_removes() {
        let visit = session(Scope::EnrolOnly, Way::Password, Level::Low);
        assert_eq!(remove(&visit, 2, Intent::LastToo), Err(Denied::NotFresh));
        let mut old = session(Scope::Full, Way::Key, Level::High);
        old.login.proven_at = Time::from_millis(0);
        assert_eq!(remove(&old, 2, Intent::KeepLast), Err(Denied::NotFresh));
    }

    fn fit(
        kind: Kind,
        subscriber: &str,
        surname: Option<&str>,
        ours: Option<&str>,
    ) -> Result<(), Unfit> {
        let organisation = Organisation {
            id: OrganisationId::random(Random::system()),
            name: "Praktijk Voorbeeld".to_owned(),
            agb: None,
            kvk: None,
            subscriber: ours.map(|ours| Subscriber::parse(ours).unwrap()),
        };
        let role = if kind == Kind::CareProvider { "01.015" } else { "00.000" };
        let letter = kind.letter();
        let san =
            format!("2.16.528.1.1003.1.3.5.5.2-1-900000001-{letter}-{subscriber}-{role}-00000000");
        let identity: Identity = san.parse().unwrap();
        let subject = Subject { surname: surname.map(str::to_owned), ..Subject::default() };
        let account = account(Level::High);
        fits((&identity, &subject), &account, &organisation, &[], FirstName::Compared)
    }

    #[test]
    fn a_card_fits_by_type_organisation_and_surname() {
        let z = Kind::CareProvider;
        let ours = Some("90000123");
        for surname in ["Test-Arts", "van Duren", "TEST-ARTS VAN DÜREN", "Düren"] {
            assert_eq!(fit(z, "90000123", Some(surname), ours), Ok(()), "{surname}");
        }
        assert_eq!(fit(Kind::NamedEmployee, "90000123", Some("Düren"), ours), Ok(()));
        assert_eq!(fit(Kind::UnnamedEmployee, "90000123", Some("Düren"), ours), Err(Unfit::Type));
        assert_eq!(fit(Kind::Server, "90000123", Some("Düren"), ours), Err(Unfit::Type));
        assert_eq!(fit(z, "90000123", Some("Düren"), None), Err(Unfit::NoSubscriber));
        assert_eq!(fit(z, "90000124", Some("Düren"), ours), Err(Unfit::OtherSubscriber));
        assert_eq!(fit(z, "90000123", Some("Anders"), ours), Err(Unfit::OtherName));
        assert_eq!(fit(z, "90000123", Some(" "), ours), Err(Unfit::OtherName));
        assert_eq!(fit(z, "90000123", None, ours), Err(Unfit::OtherName));
    }
}
