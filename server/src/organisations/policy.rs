//! What an organisation decides for its people, pure: the settings, their defaults and their limits.

use crate::clock::Time;
use crate::factors::{self, Factor, Kind};
use crate::lockout;
use crate::uzi::refusal::Refusal;
use crate::uzi::roles::Pattern;
use std::collections::BTreeSet;
use std::time::Duration;
use wire::uzi::{self, Identity};

/// What an organisation decides for its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Until when who has no second factor may do without one. Default: always forced.
    pub not_forced_until: Option<Time>,
    /// For how many days a new account may do without one. Default: 14.
    pub grace_days: u32,
    /// The kinds that may be enrolled; who has another keeps it. Default: all.
    pub kinds: BTreeSet<Kind>,
    /// How long a block after wrong passwords lasts; zero: it never ends by itself. Default: as the
    /// server is configured.
    pub password_block: Option<Duration>,
    /// Whether a back-up e-mail address may be given. Default: yes.
    pub backup_email: bool,
    /// The types of UZI cards that are let in. Default: Z and N.
    pub card_types: BTreeSet<CardType>,
    /// The roles on cards of type Z that are let in; empty: every one that the server lets in. Default:
    /// empty.
    pub card_roles: Vec<Pattern>,
    /// Whether who has a strong factor may use codes too. Default: no.
    pub codes_beside_strong: bool,
}

/// A type of UZI card that a person can have an account with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CardType {
    /// Z, of a care provider.
    CareProvider,
    /// N, of an employee by name.
    NamedEmployee,
}

impl CardType {
    /// Both.
    pub const ALL: [Self; 2] = [Self::CareProvider, Self::NamedEmployee];

    /// `Z` or `N`.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::CareProvider => "Z",
            Self::NamedEmployee => "N",
        }
    }

    /// Reads what [`CardType::letter`] gives.
    pub fn parse(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.letter() == letter)
    }

    const fn kind(self) -> uzi::Kind {
        match self {
            Self::CareProvider => uzi::Kind::CareProvider,
            Self::NamedEmployee => uzi::Kind::NamedEmployee,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            not_forced_until: None,
            grace_days: 14,
            kinds: Kind::ALL.into(),
            password_block: None,
            backup_email: true,
            card_types: CardType::ALL.into(),
            card_roles: Vec::new(),
            codes_beside_strong: false,
        }
    }
}

impl Policy {
    /// Whether who has no second factor must enrol one before anything else.
    pub fn forces(&self, now: Time) -> bool {
        self.not_forced_until.is_none_or(|end| end <= now)
    }

    /// Until when nobody is forced, where that is so now.
    pub fn unforced(&self, now: Time) -> Option<Time> {
        self.not_forced_until.filter(|_| !self.forces(now))
    }

    /// The kinds among these factors that log in here, what was used last first. Who has something that
    /// resists phishing is sent no code beside it, unless the organisation allows that.
    pub fn ways(&self, factors: &[Factor]) -> Vec<Kind> {
        let codes = self.codes_beside_strong || !factors::any_strong(factors);
        factors::ways(factors).into_iter().filter(|kind| codes || !kind.is_sent()).collect()
    }

    /// Whether an organisation has a say in how one logs in with these factors: where it has none, all of
    /// [`Policy::ways`] are those of [`factors::ways`].
    pub(crate) fn decides_of(factors: &[Factor]) -> bool {
        factors::any_strong(factors) && factors.iter().any(|factor| factor.kind.is_sent())
    }

    /// How strict lock-out of passwords is here, on a server that is as strict as `server`.
    pub fn lockout(&self, server: &lockout::Policy) -> lockout::Policy {
        lockout::Policy { block: self.password_block.unwrap_or(server.block), ..server.clone() }
    }

    /// The settings by which this lets in more than `old` does, where the server blocks for `block`: a kind, a type
    /// or a role of card more, a way that was closed, a shorter block. Not those that say for how long somebody
    /// may do without a second factor.
    pub(crate) fn looser(&self, old: &Self, block: Duration) -> Vec<Setting> {
        let time = |policy: &Self| match policy.password_block.unwrap_or(block) {
            Duration::ZERO => Duration::MAX,
            time => time,
        };
        // None named is all that the server lets in.
        let more_roles = !old.card_roles.is_empty()
            && (self.card_roles.is_empty()
                || self.card_roles.iter().any(|role| !old.card_roles.contains(role)));
        let is = |setting: &Setting| match setting {
            Setting::Kinds => !self.kinds.is_subset(&old.kinds),
            Setting::PasswordBlock => time(self) < time(old),
            Setting::BackupEmail => self.backup_email && !old.backup_email,
            Setting::CardTypes => !self.card_types.is_subset(&old.card_types),
            Setting::CardRoles => more_roles,
            Setting::CodesBesideStrong => self.codes_beside_strong && !old.codes_beside_strong,
            Setting::NotForcedUntil | Setting::GraceDays => false,
        };
        Setting::ALL.into_iter().filter(is).collect()
    }

    /// Whether a card that the server lets in is let in here too.
    ///
    /// Errors: the refusal of its type or role.
    pub fn admits(&self, card: &Identity) -> Result<(), Refusal> {
        if !self.card_types.iter().any(|kind| kind.kind() == card.kind) {
            return Err(Refusal::Type(card.kind));
        }
        let role = card.role.to_string();
        let named = self.card_roles.iter().any(|pattern| pattern.fits(&role));
        match card.kind {
            uzi::Kind::CareProvider if !named && !self.card_roles.is_empty() => {
                Err(Refusal::Role(role))
            }
            uzi::Kind::CareProvider
            | uzi::Kind::NamedEmployee
            | uzi::Kind::UnnamedEmployee
            | uzi::Kind::Server => Ok(()),
        }
    }

    /// Why nobody could live with this policy, if that is so.
    ///
    /// Errors: the first reason.
    pub fn check(&self) -> Result<(), Unfit> {
        if !self.kinds.iter().any(|kind| kind.is_strong()) {
            return Err(Unfit::NothingStrong);
        }
        if self.card_types.is_empty() {
            return Err(Unfit::NoCardType);
        }
        if self.grace_days > LONGEST_GRACE {
            return Err(Unfit::Grace);
        }
        if self.password_block.is_some_and(|block| block > LONGEST_BLOCK) {
            return Err(Unfit::Block);
        }
        if self.card_roles.len() > MOST_ROLES {
            return Err(Unfit::Roles);
        }
        Ok(())
    }

    /// This setting as it is kept and recorded.
    pub(crate) fn value(&self, setting: Setting) -> String {
        let yes = |set: bool| if set { "yes" } else { "no" }.to_owned();
        let list = |words: Vec<&str>| words.join(",");
        match setting {
            Setting::NotForcedUntil => {
                self.not_forced_until.map(|end| end.millis().to_string()).unwrap_or_default()
            }
            Setting::GraceDays => self.grace_days.to_string(),
            Setting::Kinds => list(self.kinds.iter().map(|kind| kind.as_str()).collect()),
            Setting::PasswordBlock => {
                self.password_block.map(|block| block.as_secs().to_string()).unwrap_or_default()
            }
            Setting::BackupEmail => yes(self.backup_email),
            Setting::CardTypes => list(self.card_types.iter().map(|kind| kind.letter()).collect()),
            Setting::CardRoles => {
                self.card_roles.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
            }
            Setting::CodesBesideStrong => yes(self.codes_beside_strong),
        }
    }

    /// Takes over what was kept of one setting; nothing where it is not understood.
    pub(crate) fn with(mut self, setting: Setting, value: &str) -> Option<Self> {
        let words = || value.split(',').filter(|word| !word.is_empty());
        let yes = || match value {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        match setting {
            Setting::NotForcedUntil => {
                self.not_forced_until = Some(Time::from_millis(value.parse().ok()?));
            }
            Setting::GraceDays => self.grace_days = value.parse().ok()?,
            Setting::Kinds => self.kinds = words().map(Kind::parse).collect::<Option<_>>()?,
            Setting::PasswordBlock => {
                self.password_block = Some(Duration::from_secs(value.parse().ok()?));
            }
            Setting::BackupEmail => self.backup_email = yes()?,
            Setting::CardTypes => {
                self.card_types = words().map(CardType::parse).collect::<Option<_>>()?;
            }
            Setting::CardRoles => {
                self.card_roles = words().map(Pattern::parse).collect::<Result<_, _>>().ok()?;
            }
            Setting::CodesBesideStrong => self.codes_beside_strong = yes()?,
        }
        Some(self)
    }
}

/// Why a policy cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// No contact person could manage anybody.
    #[error("allow security keys, passkeys or cards: contact persons manage with one of them")]
    NothingStrong,
    /// No card would be let in.
    #[error(
        "allow one type of UZI card at least; to have no more cards linked, do not allow cards"
    )]
    NoCardType,
    /// A new account would do without a second factor for too long.
    #[error("a new account may do without a second factor for {LONGEST_GRACE} days at most")]
    Grace,
    /// A block would last too long.
    #[error("a block lasts 30 days at most; 0 never ends by itself")]
    Block,
    /// Too many roles are named.
    #[error("name 100 roles at most")]
    Roles,
}

/// One thing that an organisation decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    NotForcedUntil,
    GraceDays,
    Kinds,
    PasswordBlock,
    BackupEmail,
    CardTypes,
    CardRoles,
    CodesBesideStrong,
}

impl Setting {
    pub(crate) const ALL: [Self; 8] = [
        Self::NotForcedUntil,
        Self::GraceDays,
        Self::Kinds,
        Self::PasswordBlock,
        Self::BackupEmail,
        Self::CardTypes,
        Self::CardRoles,
        Self::CodesBesideStrong,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::NotForcedUntil => "not_forced_until",
            Self::GraceDays => "grace_days",
            Self::Kinds => "kinds",
            Self::PasswordBlock => "password_block_seconds",
            Self::BackupEmail => "backup_email",
            Self::CardTypes => "card_types",
            Self::CardRoles => "card_roles",
            Self::CodesBesideStrong => "codes_beside_strong",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|setting| setting.as_str() == name)
    }
}

/// How long a block after wrong passwords lasts, at most.
pub const LONGEST_BLOCK: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// For how many days a new account may do without a second factor, at most.
const LONGEST_GRACE: u32 = 90;
/// How many roles an organisation names, at most.
const MOST_ROLES: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Time = Time::from_millis(1_000_000);

    #[test]
    fn what_nobody_decided_is_safe() {
        let policy = Policy::default();
        assert!(policy.forces(NOW) && !policy.codes_beside_strong);
        assert_eq!((policy.grace_days, policy.kinds.len()), (14, Kind::ALL.len()));
        assert_eq!(policy.admits(&card('Z', "77.777")), Ok(()), "the server decides of roles");
        let server = lockout::Policy { block: Duration::from_secs(7), ..Default::default() };
        assert_eq!(policy.lockout(&server), server);
        assert_eq!(policy.check(), Ok(()));
    }

    #[test]
    fn what_lets_in_more_is_looser_and_what_lets_in_less_is_not() {
        let strict = Policy {
            kinds: [Kind::Passkey].into(),
            password_block: Some(Duration::ZERO),
            backup_email: false,
            card_types: [CardType::CareProvider].into(),
            card_roles: vec![Pattern::parse("01.015").expect("a role")],
            ..Policy::default()
        };
        let loose = Policy { codes_beside_strong: true, ..Policy::default() };
        let block = Duration::from_secs(60);
        let more = loose.looser(&strict, block);
        assert_eq!(more.len(), 6, "all but for how long nobody is forced: {more:?}");
        assert_eq!(strict.looser(&loose, block), []);
        assert_eq!(loose.looser(&loose, block), []);
        let other = Policy {
            card_roles: vec![Pattern::parse("17.000").expect("a role")],
            ..strict.clone()
        };
        assert_eq!(other.looser(&strict, block), [Setting::CardRoles], "another is one more");
    }

    fn card(letter: char, role: &str) -> Identity {
        let field =
            format!("2.16.528.1.1003.1.3.5.5.2-1-900000001-{letter}-90000123-{role}-00000000");
        field.parse().expect("a sound UZI field")
    }

    #[test]
    fn cards_are_let_in_by_type_and_role() {
        let mut policy = Policy::default();
        for (letter, role) in [('Z', "01.015"), ('N', "00.000")] {
            assert_eq!(policy.admits(&card(letter, role)), Ok(()));
        }
        let unnamed = uzi::Kind::UnnamedEmployee;
        assert_eq!(policy.admits(&card('M', "00.000")), Err(Refusal::Type(unnamed)));
        policy.card_roles = vec![Pattern::parse("01.*").unwrap()];
        assert_eq!(policy.admits(&card('Z', "01.015")), Ok(()));
        assert_eq!(policy.admits(&card('N', "00.000")), Ok(()), "an employee has no role");
        let other = Err(Refusal::Role("30.000".to_owned()));
        assert_eq!(policy.admits(&card('Z', "30.000")), other);
        policy.card_types = [CardType::NamedEmployee].into();
        assert_eq!(
            policy.admits(&card('Z', "01.015")),
            Err(Refusal::Type(uzi::Kind::CareProvider))
        );
    }

    #[test]
    fn forcing_switches_itself_on_again_at_its_moment() {
        let policy = Policy { not_forced_until: Some(NOW), ..Policy::default() };
        assert!(!policy.forces(Time::from_millis(NOW.millis() - 1)));
        assert!(policy.forces(NOW));
    }

    #[test]
    fn a_policy_with_which_nobody_gets_in_is_refused() {
        let with = |change: fn(&mut Policy)| {
            let mut policy = Policy::default();
            change(&mut policy);
            policy.check()
        };
        let codes = with(|p| p.kinds = [Kind::App, Kind::Sms, Kind::Call].into());
        assert_eq!(codes, Err(Unfit::NothingStrong), "nobody could manage anybody");
        assert_eq!(with(|p| p.kinds.clear()), Err(Unfit::NothingStrong));
        for kind in [Kind::Card, Kind::Passkey, Kind::SecurityKey] {
            let policy = Policy { kinds: [kind].into(), ..Policy::default() };
            assert_eq!(policy.check(), Ok(()), "{kind:?}");
        }
        assert_eq!(with(|p| p.card_types.clear()), Err(Unfit::NoCardType));
        let longer = Some(LONGEST_BLOCK + Duration::from_secs(1));
        let policy = Policy { password_block: longer, ..Policy::default() };
        assert_eq!(policy.check(), Err(Unfit::Block));
        assert_eq!(with(|p| p.grace_days = 91), Err(Unfit::Grace));
        assert_eq!(with(|p| p.grace_days = 0), Ok(()));
        let card_roles = vec![Pattern::Title("01".to_owned()); MOST_ROLES + 1];
        assert_eq!(Policy { card_roles, ..Policy::default() }.check(), Err(Unfit::Roles));
    }

    #[test]
    fn the_block_that_is_set_is_used() {
        let policy = Policy { password_block: Some(Duration::from_secs(60)), ..Policy::default() };
        let server = lockout::Policy::default();
        let block = Duration::from_secs(60);
        assert_eq!(policy.lockout(&server), lockout::Policy { block, ..server });
    }

    fn any_policy() -> impl Strategy<Value = Policy> {
        let kinds = proptest::sample::subsequence(Kind::ALL.to_vec(), 0..=Kind::ALL.len());
        let types = proptest::sample::subsequence(CardType::ALL.to_vec(), 0..=2);
        let role = prop_oneof![
            (1_u8..99, 0_u16..999).prop_map(|(t, s)| format!("{t:02}.{s:03}")),
            (1_u8..99).prop_map(|t| format!("{t:02}.*")),
        ];
        let roles = proptest::collection::vec(role, 0..4);
        let end = proptest::option::of(any::<i64>().prop_map(Time::from_millis));
        let block = proptest::option::of(any::<u64>().prop_map(Duration::from_secs));
        let rest = (any::<u32>(), any::<bool>(), any::<bool>());
        (end, kinds, block, types, roles, rest).prop_map(
            |(not_forced_until, kinds, password_block, types, roles, rest)| Policy {
                not_forced_until,
                grace_days: rest.0,
                kinds: kinds.into_iter().collect(),
                password_block,
                backup_email: rest.1,
                card_types: types.into_iter().collect(),
                card_roles: roles.iter().map(|role| Pattern::parse(role).unwrap()).collect(),
                codes_beside_strong: rest.2,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_kept_is_read_back(policy in any_policy()) {
            let mut read = Policy::default();
            for setting in Setting::ALL {
                let (value, default) = (policy.value(setting), Policy::default().value(setting));
                if value != default {
                    read = read.with(setting, &value).expect("it is understood");
                }
            }
            prop_assert_eq!(read, policy);
        }

        #[test]
        fn no_value_makes_it_panic(value in "\\PC{0,20}|[ZN,]{0,5}|[0-9]{0,20}") {
            for setting in Setting::ALL {
                let _ = Policy::default().with(setting, &value);
            }
        }
    }
}
