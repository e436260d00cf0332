//! argon2id behind admission control: so many at once and no more, on threads of their own.

use crate::secret::Secret;
use argon2::password_hash::phc::{Ident, Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use std::fmt;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::desks::Desks;
use super::memory::Memory;
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
    /// Where they are checked: each desk holds [`Cost::memory`].
    desks: Desks,
    /// What a name nobody has is checked against.
    dummy: Hash,
    /// How many were computed.
    #[cfg(test)]
    pub(crate) computed: Arc<std::sync::atomic::AtomicUsize>,
    /// How many times a desk was asked for.
    #[cfg(test)]
    pub(crate) asked: Arc<std::sync::atomic::AtomicUsize>,
}

/// Room to check one password: a place among those who wait for a desk. Each is taken when there is
/// something to hash, so that none stands empty while a try is counted.
#[derive(Debug)]
pub struct Admitted {
    hasher: Hasher,
    _place: OwnedSemaphorePermit,
}

impl Hasher {
    /// A hasher for `at_once` passwords at a time and `waiting` more that wait.
    pub fn new(cost: Cost, at_once: usize, waiting: usize, random: Random) -> Self {
        let mut hasher = Self {
            cost,
            random,
            places: Arc::new(Semaphore::new(at_once + waiting)),
            desks: Desks::new(at_once),
            dummy: Hash(String::new()),
            #[cfg(test)]
            computed: Arc::default(),
            #[cfg(test)]
            asked: Arc::default(),
        };
        let nobodys = random.bytes::<32>().iter().map(|b| format!("{b:02x}")).collect::<String>();
        hasher.dummy = hasher.compute(&nobodys, &mut Memory::default());
        hasher
    }

    /// A place among those whose password is checked or waits for it.
    ///
    /// Errors: [`Busy`] when too many wait already.
    pub fn admit(&self) -> Result<Admitted, Busy> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Busy)?;
        Ok(Admitted { hasher: self.clone(), _place: place })
    }

    /// Keeps a desk busy until what this gives is dropped.
    #[cfg(test)]
    pub(crate) async fn occupy(&self) -> std::sync::mpsc::Sender<()> {
        let (release, released) = std::sync::mpsc::channel();
        let (begun, beginning) = tokio::sync::oneshot::channel();
        let desks = self.desks.clone();
        let work = move |_: &mut Memory| {
            let _ = begun.send(());
            let _ = released.recv();
        };
        tokio::spawn(async move { desks.work(work).await });
        beginning.await.expect("the work begins");
        release
    }

    fn params(&self) -> Params {
        Params::new(self.cost.memory, self.cost.passes, 1, None)
            .expect("the configuration checked the cost")
    }

    fn compute(&self, password: &str, memory: &mut Memory) -> Hash {
        let salt = Salt::new(&self.random.bytes::<16>()).expect("16 bytes are a salt");
        Looking { hasher: self, password, memory, made: Vec::new() }.hash(salt)
    }

    /// A password against each of these, with one computation for all that have one salt and cost, and one
    /// where there is none. What is right and was made more cheaply, or with another salt than the first
    /// one's, is made anew.
    fn check(&self, password: &str, stored: &[Hash], memory: &mut Memory) -> Vec<Checked> {
        let mut looking = Looking { hasher: self, password, memory, made: Vec::new() };
        let stored: Vec<_> = stored.iter().map(Parts::of).collect();
        let leading = stored.iter().flatten().map(|parts| parts.salt).next();
        let checked = stored.iter().map(|parts| match (parts, leading) {
            (Some(parts), Some(leading)) => looking.check(parts, leading),
            (_, _) => Checked::Wrong,
        });
        let checked = checked.collect();
        if looking.made.is_empty()
            && let Some(dummy) = Parts::of(&self.dummy)
        {
            looking.output(&dummy.salt, &dummy.params, dummy.output.len());
        }
        checked
    }

    /// What argon2id makes of a password, in memory that is used again.
    fn output(
        &self,
        password: &str,
        (salt, params): (&Salt, &Params),
        length: usize,
        memory: &mut Memory,
    ) -> Option<Output> {
        #[cfg(test)]
        self.computed.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let mut output = vec![0; length];
        let password = password.as_bytes();
        let blocks = memory.of(params.block_count());
        let done = argon2.hash_password_into_with_memory(password, salt, &mut output, blocks);
        // With two passes what is left there tells as little as the hash: to try a word against it costs
        // as much. With one it would tell more, and is wiped.
        if params.t_cost() < 2 {
            memory.wipe();
        }
        done.ok().and_then(|()| Output::new(&output).ok())
    }
}

impl Admitted {
    /// Hashes a password that is to be kept.
    pub async fn hash(self, password: Secret<String>) -> Hash {
        self.hash_beside(password, None).await
    }

    /// The same, with the salt of another account of the same address: what is typed is then looked at
    /// for both with one hash (ADR 0048).
    pub async fn hash_beside(self, password: Secret<String>, sibling: Option<Hash>) -> Hash {
        self.work(move |hasher, memory| match sibling.as_ref().and_then(Parts::of) {
            Some(Parts { salt, .. }) => {
                let password = password.expose();
                Looking { hasher, password, memory, made: Vec::new() }.hash(salt)
            }
            None => hasher.compute(password.expose(), memory),
        })
        .await
        .0
    }

    /// Checks a password against what is kept; against nothing, in the same time, where the name
    /// is nobody's. One that is longer than any password is wrong without being hashed.
    pub async fn check(self, password: Secret<String>, stored: Option<Hash>) -> Checked {
        self.look(password, stored).await.0
    }

    /// As [`Admitted::check`], and keeps the room for what follows.
    pub async fn look(self, password: Secret<String>, stored: Option<Hash>) -> (Checked, Self) {
        let stored = stored.into_iter().collect();
        let (mut checked, room) = self.look_at_each(password, stored).await;
        (checked.pop().unwrap_or(Checked::Wrong), room)
    }

    /// Checks a password against what is kept of it in several accounts of one person, in the time of one
    /// while these have the salt of the first.
    pub async fn check_each(self, password: Secret<String>, stored: Vec<Hash>) -> Vec<Checked> {
        self.look_at_each(password, stored).await.0
    }

    async fn look_at_each(
        self,
        password: Secret<String>,
        stored: Vec<Hash>,
    ) -> (Vec<Checked>, Self) {
        if password.expose().chars().nth(MAX).is_some() {
            return (stored.iter().map(|_| Checked::Wrong).collect(), self);
        }
        self.work(move |hasher, memory| hasher.check(password.expose(), &stored, memory)).await
    }

    /// Works at a desk. The room is left when that is done: whoever asked may have gone away long before.
    async fn work<T: Send + 'static>(
        self,
        work: impl FnOnce(&Hasher, &mut Memory) -> T + Send + 'static,
    ) -> (T, Self) {
        let desks = self.hasher.desks.clone();
        #[cfg(test)]
        self.hasher.asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        desks.work(move |memory| (work(&self.hasher, memory), self)).await
    }
}

/// What a hash of ours consists of.
struct Parts {
    salt: Salt,
    params: Params,
    output: Output,
}

impl Parts {
    /// Nothing of what another program made, or what was damaged.
    fn of(hash: &Hash) -> Option<Self> {
        let PasswordHash { algorithm, version, params, salt, hash: output } =
            PasswordHash::new(hash.as_str()).ok()?;
        let ours = (Ident::from(Algorithm::Argon2id), Some(Version::V0x13.into()));
        let (params, salt, output) = (Params::try_from(&params).ok()?, salt?, output?);
        ((algorithm, version) == ours).then_some(Self { salt, params, output })
    }
}

/// Where one password is looked at: what was made of it is not made twice.
struct Looking<'a> {
    hasher: &'a Hasher,
    password: &'a str,
    memory: &'a mut Memory,
    made: Vec<(Salt, Params, Output)>,
}

impl Looking<'_> {
    fn check(&mut self, stored: &Parts, leading: Salt) -> Checked {
        let Parts { salt, params, output } = stored;
        // `Output` is compared in constant time.
        if self.output(salt, params, output.len()).as_ref() != Some(output) {
            return Checked::Wrong;
        }
        let cost = self.hasher.cost;
        let current = params.m_cost() == cost.memory && params.t_cost() == cost.passes;
        let renewed = (!current || *salt != leading).then(|| self.hash(leading));
        Checked::Right { renewed }
    }

    /// A hash of the password at the cost of now.
    fn hash(&mut self, salt: Salt) -> Hash {
        let params = self.hasher.params();
        let output = self.output(&salt, &params, Params::DEFAULT_OUTPUT_LEN);
        let hash = PasswordHash {
            algorithm: Ident::from(Algorithm::Argon2id),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params).expect("a cost is two small numbers"),
            salt: Some(salt),
            hash: Some(output.expect("argon2 takes any password and a salt of 16 bytes")),
        };
        Hash(hash.to_string())
    }

    fn output(&mut self, salt: &Salt, params: &Params, length: usize) -> Option<Output> {
        let made = self.made.iter().find(|(with, at, made)| {
            let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
            with == salt && costs(at) == costs(params) && made.len() == length
        });
        if let Some((_, _, made)) = made {
            return Some(*made);
        }
        let made = self.hasher.output(self.password, (salt, params), length, self.memory)?;
        self.made.push((*salt, params.clone(), made));
        Some(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::Sender;
    use std::task::Poll;

    const CHEAP: Cost = Cost { memory: 64, passes: 1 };

    fn hasher(cost: Cost, at_once: usize, waiting: usize) -> Hasher {
        Hasher::new(cost, at_once, waiting, Random::system())
    }

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    async fn check(hasher: &Hasher, password: &str, stored: Option<Hash>) -> Checked {
        hasher.admit().expect("there is room").check(secret(password), stored).await
    }

    #[tokio::test]
    async fn a_password_is_right_against_its_own_hash_only() {
        let hasher = hasher(CHEAP, 1, 1);
        let hash = hasher.admit().unwrap().hash(secret("groen paard eet soep")).await;
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
        let old = hasher(CHEAP, 1, 1).admit().unwrap().hash(secret("woord")).await;
        let dearer = hasher(Cost { memory: 128, passes: 1 }, 1, 1);
        let Checked::Right { renewed: Some(renewed) } = check(&dearer, "woord", Some(old)).await
        else {
            panic!("the password is right and its hash old");
        };
        let again = check(&dearer, "woord", Some(renewed)).await;
        assert!(matches!(again, Checked::Right { renewed: None }));
    }

    /// Somebody at the only desk, who stays until told to go; when this comes back, the work began.
    async fn at_the_desk(hasher: &Hasher) -> (impl Future<Output = ((), Admitted)>, Sender<()>) {
        let room = hasher.admit().expect("there is room");
        let (begun, beginning) = tokio::sync::oneshot::channel();
        let (finish, finished) = std::sync::mpsc::channel::<()>();
        let mut work = Box::pin(room.work(move |_, _| {
            begun.send(()).expect("the test waits");
            finished.recv().expect("the test says when");
        }));
        assert!(std::future::poll_fn(|c| Poll::Ready(work.as_mut().poll(c).is_pending())).await);
        beginning.await.expect("the work begins");
        (work, finish)
    }

    #[tokio::test]
    async fn one_computation_serves_all_that_have_one_salt() {
        let hasher = hasher(CHEAP, 1, 1);
        let room = async || hasher.admit().unwrap();
        let computed = || hasher.computed.load(std::sync::atomic::Ordering::SeqCst);
        let first = room().await.hash(secret("groen")).await;
        let [same, other] = ["groen", "blauw"].map(|word| {
            let (room, first) = (room(), first.clone());
            async move { room.await.hash_beside(secret(word), Some(first)).await }
        });
        let (same, other, apart) =
            (same.await, other.await, room().await.hash(secret("blauw")).await);
        let look = async |word: &str, stored: &[&Hash]| {
            let before = computed();
            let stored = stored.iter().copied().cloned().collect();
            let checked = room().await.check_each(secret(word), stored).await;
            let renewed = checked.into_iter().map(|checked| match checked {
                Checked::Right { renewed } => Some(renewed),
                Checked::Wrong => None,
            });
            (renewed.collect::<Vec<_>>(), computed() - before)
        };
        let (found, cost) = look("groen", &[&first, &same, &other]).await;
        assert!(
            matches!(found.as_slice(), [Some(None), Some(None), None]) && cost == 1,
            "{found:?}"
        );
        let (found, cost) = look("blauw", &[&first, &apart]).await;
        let [None, Some(Some(renewed))] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(cost, 2, "and none for what is made anew");
        assert_eq!(renewed.as_str(), other.as_str(), "with the salt of the first");
        let (found, cost) = look("blauw", &[]).await;
        assert!(found.is_empty() && cost == 1, "nobody's name costs as much");
    }

    #[tokio::test]
    async fn who_finds_no_room_is_told_at_once() {
        let hasher = hasher(CHEAP, 1, 1);
        let (first, finish) = at_the_desk(&hasher).await;
        let waiting = hasher.admit().expect("one may wait");
        assert_eq!(hasher.admit().map(drop), Err(Busy));
        finish.send(()).expect("the work waits");
        drop(first.await);
        assert!(hasher.admit().is_ok(), "whoever left made room");
        assert!(matches!(waiting.check(secret("woord"), None).await, Checked::Wrong));
    }

    #[tokio::test]
    async fn who_goes_away_leaves_the_room_taken_until_the_work_is_done() {
        let hasher = hasher(CHEAP, 1, 0);
        let (asked, finish) = at_the_desk(&hasher).await;
        drop(asked);
        assert_eq!(hasher.admit().map(drop), Err(Busy));
        finish.send(()).expect("the work waits");
        drop(hasher.places.acquire().await.expect("the room is left"));
    }

    #[tokio::test]
    async fn a_hash_of_another_make_opens_nothing() {
        let hasher = hasher(CHEAP, 1, 1);
        let hash = hasher.admit().unwrap().hash(secret("woord")).await;
        for (ours, other) in
            [("argon2id", "argon2i"), ("v=19", "v=16"), ("t=1", "t=2"), ("m=64", "m=8")]
        {
            let changed = Hash(hash.as_str().replacen(ours, other, 1));
            assert_ne!(changed.as_str(), hash.as_str());
            let checked = check(&hasher, "woord", Some(changed)).await;
            assert!(matches!(checked, Checked::Wrong), "{other}");
        }
        let (rest, _) = hash.as_str().rsplit_once('$').unwrap();
        let cut = Hash(rest.to_owned());
        assert!(matches!(check(&hasher, "woord", Some(cut)).await, Checked::Wrong));
    }

    #[test]
    fn a_hash_is_what_argon2_itself_makes_of_it() {
        use argon2::PasswordVerifier as _;
        let hash = hasher(CHEAP, 1, 0).compute("groen paard eet soep", &mut Memory::default());
        let theirs = Argon2::default();
        assert!(theirs.verify_password(b"groen paard eet soep", hash.as_str()).is_ok());
        assert!(theirs.verify_password(b"groen paard eet sop", hash.as_str()).is_err());
    }

    #[tokio::test]
    async fn the_least_cost_is_nineteen_mebibytes_and_two_passes() {
        let hasher = hasher(Cost::default(), 1, 0);
        let hash = hasher.admit().unwrap().hash(secret("x")).await;
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
    }
}
