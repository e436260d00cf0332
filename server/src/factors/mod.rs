//! Second factors: their kinds, what a proof of one is worth, and the level a log-in gets from it.

pub mod attestation;
pub mod card;
pub mod email;
pub mod phone;
pub mod security_key;
pub mod sent;
pub(crate) mod store;
#[cfg(test)]
pub(crate) mod testing;
pub mod totp;

use crate::clock::Time;
use crate::id::{AccountId, FactorId};
use crate::random::Random;
use crate::uzi::sighting::Sighting;
use serde::{Deserialize, Serialize};

/// How sure a log-in is. The order is by strength.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A password alone.
    Low,
    /// Two factors.
    Substantial,
    /// A card, or a key that cannot be copied and that verified its user.
    High,
}

impl Level {
    const ALL: [Self; 3] = [Self::Low, Self::Substantial, Self::High];

    /// `low`, `substantial` or `high`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Substantial => "substantial",
            Self::High => "high",
        }
    }

    /// Reads what [`Level::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }
}

/// What a second factor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A security key, U2F keys too: used after the password, or alone where it keeps the
    /// credential and verified its user (ADR 0023).
    SecurityKey,
    /// A discoverable credential that verifies its user: it logs in alone.
    Passkey,
    /// An UZI card: it logs in alone.
    Card,
    /// An authenticator app, whose codes are typed after the password.
    App,
    /// A phone number that gets codes in text messages.
    Sms,
    /// A phone number that is called, on which the code of the screen is keyed in.
    Call,
}

impl Kind {
    /// Every kind, strongest first.
    pub const ALL: [Self; 6] =
        [Self::Card, Self::Passkey, Self::SecurityKey, Self::App, Self::Sms, Self::Call];

    /// `security_key`, `passkey`, `card`, `app`, `sms` or `call`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SecurityKey => "security_key",
            Self::Passkey => "passkey",
            Self::Card => "card",
            Self::App => "app",
            Self::Sms => "sms",
            Self::Call => "call",
        }
    }

    /// Whether it is phishing-resistant: a code is given to whoever asks for it well enough.
    pub const fn is_strong(self) -> bool {
        match self {
            Self::SecurityKey | Self::Passkey | Self::Card => true,
            Self::App | Self::Sms | Self::Call => false,
        }
    }

    /// Whether a code is sent for it, which others may get at on its way.
    pub const fn is_sent(self) -> bool {
        match self {
            Self::Sms | Self::Call => true,
            Self::SecurityKey | Self::Passkey | Self::Card | Self::App => false,
        }
    }

    /// Reads what [`Kind::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A factor of an account, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// Its id.
    pub id: FactorId,
    /// Whose it is.
    pub account: AccountId,
    /// What it is.
    pub kind: Kind,
    /// What its owner calls it.
    pub name: String,
    /// The level of the log-in in which it was enrolled: it never gives more.
    pub bound_at: Level,
    /// What it showed when it last proved itself, or was enrolled.
    pub evidence: Evidence,
    /// Whether a key is known to keep its credential, so that it needs no user name.
    pub discoverable: bool,
    /// When it was enrolled.
    pub created_at: Time,
    /// When it first proved itself; until then it counts for nothing.
    pub proven_at: Option<Time>,
    /// When it last proved something.
    pub used_at: Option<Time>,
    /// Since when it is known to be copied: it opens nothing any more.
    pub cloned_at: Option<Time>,
    /// Since when it opens nothing, because its owner sets the second factor up anew.
    pub suspended_at: Option<Time>,
}

impl Factor {
    /// One of this account that nothing was proven with yet; it has no name.
    pub(crate) fn fresh(
        random: Random,
        account: &AccountId,
        (kind, evidence): (Kind, Evidence),
        bound_at: Level,
        now: Time,
    ) -> Self {
        Self {
            id: FactorId::random(random),
            account: account.clone(),
            kind,
            name: String::new(),
            bound_at,
            evidence,
            discoverable: false,
            created_at: now,
            proven_at: None,
            used_at: None,
            cloned_at: None,
            suspended_at: None,
        }
    }

    /// Whether it may still log somebody in.
    pub const fn is_usable(&self) -> bool {
        self.cloned_at.is_none() && !self.is_suspended()
    }

    /// Whether it waits to be removed, or kept, by who sets the second factor up anew.
    pub const fn is_suspended(&self) -> bool {
        self.suspended_at.is_some()
    }

    /// Whether it is known to log in without a password.
    pub const fn works_alone(&self) -> bool {
        match self.kind {
            Kind::Card => true,
            Kind::Passkey => self.discoverable,
            Kind::SecurityKey => self.discoverable && self.evidence.suffices_alone(),
            Kind::App | Kind::Sms | Kind::Call => false,
        }
    }

    /// Whether its owner can count on it: it proved itself once, and is usable still.
    pub const fn is_relied_on(&self) -> bool {
        self.proven_at.is_some() && self.is_usable()
    }

    /// Whether a password alone enrols nothing beside it. A key does when it has proven itself, and
    /// goes on to when it is found to be copied; a card at once, because nobody links one by a
    /// password. What is suspended says nothing: who set up anew decides.
    pub const fn closes_enrolment(&self) -> bool {
        let counts = match self.kind {
            Kind::Card => true,
            Kind::SecurityKey | Kind::Passkey | Kind::App | Kind::Sms | Kind::Call => {
                self.proven_at.is_some()
            }
        };
        counts && !self.is_suspended()
    }

    /// The level a log-in gets from it, if it shows again what it showed last.
    pub fn level(&self) -> Level {
        self.evidence.level().min(self.bound_at)
    }
}

/// Whether one of these stands between the password and the wizard: also one that was suspended, to be set
/// up anew.
pub(crate) fn stand_in_the_way(factors: &[Factor]) -> bool {
    factors.iter().any(|factor| factor.closes_enrolment() || factor.is_suspended())
}

/// Whether one of these is phishing-resistant and counted on.
pub fn any_strong(factors: &[Factor]) -> bool {
    factors.iter().any(|factor| factor.is_relied_on() && factor.kind.is_strong())
}

/// Which of an account's factors are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Those that let their owner in.
    LogIn,
    /// Those that are suspended, and may be kept.
    Keep,
}

impl Use {
    /// Whether a factor that is suspended, or not, is one of them.
    pub(crate) const fn is_of(self, suspended: bool) -> bool {
        match self {
            Self::LogIn => !suspended,
            Self::Keep => suspended,
        }
    }
}

/// The kinds among these factors that log in: what was used last first, then what was enrolled last, and then the
/// strongest.
pub fn ways(factors: &[Factor]) -> Vec<Kind> {
    let last = |kind| {
        let usable = factors.iter().filter(|factor| factor.kind == kind && factor.is_usable());
        usable.map(|factor| (factor.used_at, factor.created_at)).max()
    };
    let mut ways: Vec<_> =
        Kind::ALL.into_iter().filter_map(|kind| last(kind).map(|used| (used, kind))).collect();
    ways.sort_by_key(|(used, _)| std::cmp::Reverse(*used));
    ways.into_iter().map(|(_, kind)| kind).collect()
}

/// Whether what gives this level by a factor of this kind is weaker than usual: than the strongest that the account
/// used after `since`, or else than what it used last. So one weak log-in does not make the next one usual.
pub(crate) fn is_weaker(factors: &[Factor], (kind, level): (Kind, Level), since: Time) -> bool {
    let strength = |factor: &Factor| (factor.kind.is_strong(), factor.level());
    let used = || {
        let usable = factors.iter().filter(|factor| factor.is_usable());
        usable.filter_map(|factor| factor.used_at.map(|at| (at, factor)))
    };
    let of_late = used().filter(|(at, _)| *at > since);
    let usual = of_late.map(|(_, factor)| strength(factor)).max();
    let last = || used().max_by_key(|(at, _)| *at).map(|(_, factor)| strength(factor));
    usual.or_else(last).is_some_and(|usual| (kind.is_strong(), level) < usual)
}

/// What was seen when a factor proved itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A key was touched; it did not ask who touched it.
    Touch,
    /// A key that may be copied to other devices verified its user.
    VerifiedSynced,
    /// A key bound to its device verified its user; the operator demands attestation, and its is
    /// not on the list.
    VerifiedUnlisted,
    /// A key bound to its device verified its user, and is what the operator demands.
    VerifiedDevice,
    /// An UZI card signed after its PIN.
    CardPin,
    /// A code was typed that an app made of a seed and the time, or that was sent to a phone; or one was
    /// keyed in there.
    Code,
}

impl Evidence {
    const ALL: [Self; 6] = [
        Self::Touch,
        Self::VerifiedSynced,
        Self::VerifiedUnlisted,
        Self::VerifiedDevice,
        Self::CardPin,
        Self::Code,
    ];

    /// The evidence as a stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Touch => "touch",
            Self::VerifiedSynced => "verified_synced",
            Self::VerifiedUnlisted => "verified_unlisted",
            Self::VerifiedDevice => "verified_device",
            Self::CardPin => "card_pin",
            Self::Code => "code",
        }
    }

    /// Reads what [`Evidence::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|evidence| evidence.as_str() == text)
    }

    /// The most this evidence can give, whatever it was bound at.
    pub const fn level(self) -> Level {
        match self {
            Self::Touch | Self::VerifiedSynced | Self::VerifiedUnlisted | Self::Code => {
                Level::Substantial
            }
            Self::VerifiedDevice | Self::CardPin => Level::High,
        }
    }

    /// Whether it is two factors in itself, so that no password is needed beside it.
    pub const fn suffices_alone(self) -> bool {
        match self {
            Self::Touch | Self::Code => false,
            Self::VerifiedSynced
            | Self::VerifiedUnlisted
            | Self::VerifiedDevice
            | Self::CardPin => true,
        }
    }
}

/// A factor that has just proven itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Which factor.
    pub factor: FactorId,
    /// Whose it is.
    pub account: AccountId,
    /// What it is.
    pub kind: Kind,
    /// What was seen.
    pub evidence: Evidence,
    /// The level of the log-in in which it was enrolled.
    pub bound_at: Level,
    /// Whether it is suspended: it lets nobody in, and may be kept.
    pub suspended: bool,
    /// What is kept of the card, if it is one.
    pub card: Option<Box<Sighting>>,
}

impl Proof {
    /// The level a log-in gets from it: the lower of what was seen and of what it was bound at.
    pub fn level(&self) -> Level {
        self.evidence.level().min(self.bound_at)
    }
}

/// Why a factor was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Nobody's, or not answering what was asked.
    NotRecognised,
    /// It holds, but it is somebody else's than whose is asked.
    Stranger,
    /// The challenge was used, replaced or too old: ask again.
    ChallengeGone,
    /// The key did not verify its user, and has to here: it needs a PIN or fingerprint.
    UserVerificationMissing,
    /// The key's counter went back: there may be a copy of it.
    PossiblyCloned,
    /// The answer was made inside a page of another site.
    CrossOrigin,
    /// The answer is not the JSON that the WebAuthn specification describes.
    Malformed,
    /// What the key itself wrote is not what the WebAuthn specification describes.
    Unsound,
    /// Nobody touched the key.
    UserPresenceMissing,
    /// The key answered for another site.
    OtherSite,
    /// The browser asked the key at another address than ours.
    OtherAddress,
    /// The key says that a copy of it exists, and that it cannot be copied.
    BackupFlags,
    /// Whether the key can be copied is not what it was, in a way that cannot be.
    BackupChanged,
    /// The signature is not that of this key.
    BadSignature,
    /// This credential is enrolled already.
    AlreadyEnrolled,
    /// Its owner is setting the second factor up anew: it lets nobody in.
    Suspended,
}

impl Refusal {
    /// The refusal as a stable name for logs and programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotRecognised => "not_recognised",
            Self::Stranger => "stranger",
            Self::ChallengeGone => "challenge_gone",
            Self::UserVerificationMissing => "user_verification_missing",
            Self::PossiblyCloned => "possibly_cloned",
            Self::CrossOrigin => "cross_origin",
            Self::Malformed => "malformed",
            Self::Unsound => "unsound",
            Self::UserPresenceMissing => "user_presence_missing",
            Self::OtherSite => "other_site",
            Self::OtherAddress => "other_address",
            Self::BackupFlags => "backup_flags",
            Self::BackupChanged => "backup_changed",
            Self::BadSignature => "bad_signature",
            Self::AlreadyEnrolled => "already_enrolled",
            Self::Suspended => "suspended",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn level(evidence: Evidence, bound_at: Level) -> Level {
        Proof {
            factor: FactorId::random(Random::system()),
            account: AccountId::random(Random::system()),
            kind: Kind::Passkey,
            evidence,
            bound_at,
            suspended: false,
            card: None,
        }
        .level()
    }

    #[test]
    fn a_level_is_the_lower_of_evidence_and_binding() {
        assert_eq!(level(Evidence::CardPin, Level::High), Level::High);
        assert_eq!(level(Evidence::VerifiedDevice, Level::High), Level::High);
        assert_eq!(level(Evidence::VerifiedSynced, Level::High), Level::Substantial);
        assert_eq!(level(Evidence::VerifiedUnlisted, Level::High), Level::Substantial);
        assert_eq!(level(Evidence::Touch, Level::High), Level::Substantial);
        assert_eq!(level(Evidence::CardPin, Level::Substantial), Level::Substantial);
        assert_eq!(level(Evidence::VerifiedDevice, Level::Low), Level::Low);
    }

    #[test]
    fn a_touch_alone_logs_nobody_in() {
        assert!(!Evidence::Touch.suffices_alone());
        assert!(!Evidence::Code.suffices_alone());
        assert!(Evidence::VerifiedSynced.suffices_alone());
    }

    fn factor(kind: Kind, used: i64) -> Factor {
        let evidence = match kind {
            Kind::Card => Evidence::CardPin,
            Kind::Passkey | Kind::SecurityKey => Evidence::Touch,
            Kind::App | Kind::Sms | Kind::Call => Evidence::Code,
        };
        let (account, first) = (AccountId::from_bytes([1; 16]), Time::from_millis(0));
        Factor {
            proven_at: Some(first),
            used_at: Some(Time::from_millis(used)),
            ..testing::factor(&account, (kind, evidence), first)
        }
    }

    #[test]
    fn what_was_used_last_is_asked_first_and_a_code_gives_no_more_than_substantial() {
        assert_eq!(level(Evidence::Code, Level::High), Level::Substantial);
        let all = [factor(Kind::App, 9), factor(Kind::SecurityKey, 3), factor(Kind::Card, 1)];
        assert_eq!(ways(&all), [Kind::App, Kind::SecurityKey, Kind::Card]);
        assert_eq!(ways(&all[1..]), [Kind::SecurityKey, Kind::Card]);
        let mut new = factor(Kind::Passkey, 0);
        (new.created_at, new.used_at) = (Time::from_millis(10), None);
        let just_enrolled = [factor(Kind::App, 9), new];
        assert_eq!(
            ways(&just_enrolled),
            [Kind::App, Kind::Passkey],
            "used last, not enrolled last"
        );
        let mut copied = factor(Kind::Card, 9);
        copied.cloned_at = Some(Time::from_millis(9));
        assert_eq!(ways(&[copied, factor(Kind::App, 1)]), [Kind::App]);
    }

    #[test]
    fn weaker_is_what_gives_less_or_resists_no_phishing_where_something_of_late_did() {
        let (high, substantial) = (Level::High, Level::Substantial);
        let long_ago = Time::from_millis(0);
        let card = [factor(Kind::Card, 2), factor(Kind::SecurityKey, 1)];
        assert!(!is_weaker(&card, (Kind::Passkey, high), long_ago));
        assert!(is_weaker(&card, (Kind::SecurityKey, substantial), long_ago));
        let key = [factor(Kind::Card, 1), factor(Kind::SecurityKey, 2)];
        assert!(
            is_weaker(&key, (Kind::SecurityKey, substantial), long_ago),
            "once makes nothing usual"
        );
        let after = Time::from_millis(1);
        assert!(!is_weaker(&key, (Kind::SecurityKey, substantial), after), "the card was long ago");
        let long_after = Time::from_millis(2);
        assert!(is_weaker(&key, (Kind::App, substantial), long_after), "of one level, and no key");
        assert!(!is_weaker(&[factor(Kind::App, 1)], (Kind::App, substantial), long_ago));
        assert!(!is_weaker(&[], (Kind::App, Level::Low), long_ago), "nothing is usual yet");
    }

    #[test]
    fn names_are_read_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
        for level in Level::ALL {
            assert_eq!(Level::parse(level.as_str()), Some(level));
        }
        for evidence in Evidence::ALL {
            assert_eq!(Evidence::parse(evidence.as_str()), Some(evidence));
        }
        assert_eq!(Kind::parse("totp"), None);
    }
}
