//! argon2id behind admission control: so many at once and no more, on threads of their own.

use crate::secret::Secret;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use std::fmt;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::policy::MAX;
use crate::random::Random;

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// KiB of memory.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for Cost {
    /// 19 MiB and two passes, the least that is allowed.
    fn default() -> Self {
        Self { memory: 19 * 1024, passes: 2 }
    }
}

/// A password as it is kept: an argon2id hash in PHC format.
#[derive(Clone)]
pub struct Hash(String);

impl Hash {
    /// The PHC text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What [`Hash::as_str`] gave.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Too many people are logging in at this moment; in a second there is room again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked at once")]
pub struct Busy;

/// What a check found.
#[derive(Clone, Debug)]
pub enum Checked {
    /// The password is right; with a new hash where the stored one was made more cheaply.
    Right {
        /// To be stored instead of the old one.
        renewed: Option<Hash>,
    },
    /// The password is wrong.
    Wrong,
}

/// Hashes and checks passwords, a bounded number at once. Clones share the bound.
#[derive(Clone, Debug)]
pub struct Hasher {
    cost: Cost,
    random: Random,
    /// Those being checked and those waiting for it.
    places: Arc<Semaphore>,
    /// Those being checked: each holds [`Cost::memory`].
    desks: Arc<Semaphore>,
    /// What a name nobody has is checked against.
    dummy: Hash,
}

/// Room to check one password.
#[derive(Debug)]
pub struct Admitted {
    hasher: Hasher,
    _place: OwnedSemaphorePermit,
    _desk: OwnedSemaphorePermit,
}

impl Hasher {
    /// A hasher for `at_once` passwords at a time and `waiting` more that wait.
    pub fn new(cost: Cost, at_once: usize, waiting: usize, random: Random) -> Self {
        let mut hasher = Self {
            cost,
            random,
            places: Arc::new(Semaphore::new(at_once + waiting)),
            desks: Arc::new(Semaphore::new(at_once)),
            dummy: Hash(String::new()),
        };
        let nobodys = random.bytes::<32>().iter().map(|b| format!("{b:02x}")).collect::<String>();
        hasher.dummy = hasher.compute(&nobodys);
        hasher
    }

    /// Waits for room to check one password.
    ///
    /// Errors: [`Busy`] at once, when too many wait already.
    pub async fn admit(&self) -> Result<Admitted, Busy> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Busy)?;
        let desk = Arc::clone(&self.desks).acquire_owned().await.map_err(|_| Busy)?;
        Ok(Admitted { hasher: self.clone(), _place: place, _desk: desk })
    }

    fn argon2(&self) -> Argon2<'static> {
        let params = Params::new(self.cost.memory, self.cost.passes, 1, None)
            .expect("the configuration checked the cost");
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }

    fn compute(&self, password: &str) -> Hash {
        let salt = self.random.bytes::<16>();
        let hash = self
            .argon2()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .expect("argon2 takes any password and a salt of 16 bytes");
        Hash(hash.to_string())
    }

    fn check(&self, password: &str, stored: &Hash) -> Checked {
        let Ok(parsed) = PasswordHash::new(stored.as_str()) else { return Checked::Wrong };
        if self.argon2().verify_password(password.as_bytes(), &parsed).is_err() {
            return Checked::Wrong;
        }
        let current = Params::try_from(&parsed).is_ok_and(|params| {
            params.m_cost() == self.cost.memory && params.t_cost() == self.cost.passes
        });
        Checked::Right { renewed: (!current).then(|| self.compute(password)) }
    }
}

impl Admitted {
    /// Hashes a password that is to be kept.
    pub async fn hash(self, password: Secret<String>) -> Hash {
        blocking(move || self.hasher.compute(password.expose())).await
    }

    /// Checks a password against what is kept; against nothing, in the same time, where the name
    /// is nobody's. One that is longer than any password is wrong without being hashed.
    pub async fn check(self, password: Secret<String>, stored: Option<Hash>) -> Checked {
        if password.expose().chars().nth(MAX).is_some() {
            return Checked::Wrong;
        }
        blocking(move || match &stored {
            Some(stored) => self.hasher.check(password.expose(), stored),
            None => {
                self.hasher.check(password.expose(), &self.hasher.dummy);
                Checked::Wrong
            }
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("hashing a password does not panic")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory: 64, passes: 1 };

    fn hasher(cost: Cost, at_once: usize, waiting: usize) -> Hasher {
        Hasher::new(cost, at_once, waiting, Random::system())
    }

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    async fn check(hasher: &Hasher, password: &str, stored: Option<Hash>) -> Checked {
        hasher.admit().await.expect("there is room").check(secret(password), stored).await
    }

    #[tokio::test]
    async fn a_password_is_right_against_its_own_hash_only() {
        let hasher = hasher(CHEAP, 1, 1);
        let hash = hasher.admit().await.unwrap().hash(secret("groen paard eet soep")).await;
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{}", hash.as_str());
        let right = check(&hasher, "groen paard eet soep", Some(hash.clone())).await;
        assert!(matches!(right, Checked::Right { renewed: None }));
        for (password, stored) in [
            ("groen paard eet Soep", Some(hash.clone())),
            ("groen paard eet soep", None),
            ("", Some(hash)),
            ("groen paard eet soep", Some(Hash("not a hash".to_owned()))),
        ] {
            assert!(matches!(check(&hasher, password, stored).await, Checked::Wrong));
        }
    }

    #[tokio::test]
    async fn a_hash_made_more_cheaply_is_renewed() {
        let old = hasher(CHEAP, 1, 1).admit().await.unwrap().hash(secret("woord")).await;
        let dearer = hasher(Cost { memory: 128, passes: 1 }, 1, 1);
        let Checked::Right { renewed: Some(renewed) } = check(&dearer, "woord", Some(old)).await
        else {
            panic!("the password is right and its hash old");
        };
        let again = check(&dearer, "woord", Some(renewed)).await;
        assert!(matches!(again, Checked::Right { renewed: None }));
    }

    #[tokio::test]
    async fn who_finds_no_room_is_told_at_once() {
        let hasher = hasher(CHEAP, 1, 1);
        let first = hasher.admit().await.expect("a desk is free");
        let waiting = tokio::spawn({
            let hasher = hasher.clone();
            async move { hasher.admit().await.map(drop) }
        });
        while hasher.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(hasher.admit().await.map(drop), Err(Busy));
        drop(first);
        assert_eq!(waiting.await.expect("it does not panic"), Ok(()));
        assert!(hasher.admit().await.is_ok());
    }

    #[tokio::test]
    async fn the_least_cost_is_nineteen_mebibytes_and_two_passes() {
        let hasher = hasher(Cost::default(), 1, 0);
        let hash = hasher.admit().await.unwrap().hash(secret("x")).await;
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
    }
}
