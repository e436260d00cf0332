//! Where revocation lists come from: files and addresses the operator names, kept while they count.
//!
//! Nothing is ever fetched because a certificate asks for it. A list is taken when an authority of
//! the trust set signed it and it is not older than the one at hand; what is at hand stays when a
//! fetch fails, until its own end, which [`super::revocation`] enforces. A file is read again when
//! it changed. An address is asked again by [`Lists::refresh`], which the server calls every few
//! minutes; a log-in waits for an address only where there is no list in force at all.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::issue::Environment;
use super::revocation::{self, Lapse, RevocationList};
use super::trust::{self, Trust};

/// A list is fetched anew after so long: its issuer makes one each hour.
const RENEWAL: SignedDuration = SignedDuration::from_hours(1);
/// After a fetch, also one that failed, a place is left alone for so long.
const REST: SignedDuration = SignedDuration::from_secs(60);
/// How long one fetch may take.
const FETCH: Duration = Duration::from_secs(20);

/// A place where a revocation list lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file, kept fresh by somebody else.
    File(PathBuf),
    /// An address. Plain http is usual: the list itself is signed.
    Address(Url),
}

/// A text that names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no place of a revocation list: write the path of a file, or an http address")]
pub struct NoPlace(String);

impl Place {
    /// Reads `http://…`, `https://…`, or a path.
    pub fn parse(text: &str) -> Result<Self, NoPlace> {
        let wrong = || NoPlace(text.to_owned());
        if text.is_empty() {
            return Err(wrong());
        }
        if !text.contains("://") {
            return Ok(Self::File(PathBuf::from(text)));
        }
        let url = Url::parse(text).map_err(|_| wrong())?;
        let plain = url.username().is_empty() && url.password().is_none() && url.has_host();
        let fits = ["http", "https"].contains(&url.scheme()) && plain;
        if fits { Ok(Self::Address(url)) } else { Err(wrong()) }
    }

    /// Where the published authorities of one environment publish their lists.
    pub fn published(environment: Environment) -> Vec<Self> {
        let addresses: &[&str] = match environment {
            Environment::Test => &TEST,
            Environment::Production => &PRODUCTION,
        };
        addresses.iter().filter_map(|address| Self::parse(address).ok()).collect()
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Address(url) => url.fmt(f),
        }
    }
}

/// Why a list could not be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] trust::Error),
    /// The address gives no list.
    #[error("the address gave no list")]
    Address(#[source] Box<ureq::Error>),
    /// What was read is no list.
    #[error("no usable list")]
    List(#[from] revocation::Error),
    /// No authority of the trust set signed it.
    #[error("no trusted authority signed it")]
    Stranger,
    /// It is older than the list at hand.
    #[error("older than the list at hand, of {0}")]
    Older(Timestamp),
    /// It is not in force yet, and one that is, is at hand.
    #[error("not in force before {0}: check the clock of this machine and of who made the list")]
    Early(Timestamp),
}

/// The lists of a trust set, fetched when due.
pub struct Lists {
    trust: Arc<Trust>,
    kept: RwLock<Vec<Kept>>,
    fetching: tokio::sync::Mutex<()>,
    fetch: Fetch,
}

type Fetch = Arc<dyn Fn(&Place) -> Result<Vec<u8>, Error> + Send + Sync>;

#[derive(Clone)]
struct Kept {
    place: Place,
    list: Option<Arc<RevocationList>>,
    fetched: Option<Timestamp>,
    tried: Option<Timestamp>,
    /// Of a file: when it was changed and how long it was, as last read.
    stamp: Option<Stamp>,
    /// Whether the log says already that the list at hand is not in force.
    told: bool,
}

type Stamp = (std::time::SystemTime, u64);

impl Kept {
    /// Whether the place is to be asked again.
    fn due(&self, now: Timestamp) -> bool {
        let renewed = self.fetched.is_some_and(|at| within(at, now, RENEWAL));
        match &self.place {
            Place::File(_) => self.lacks(now),
            Place::Address(_) => self.lacks(now) || (!renewed && !self.rests(now)),
        }
    }

    /// Whether a log-in has to wait for the place: it changed, or nothing of it is in force.
    fn lacks(&self, now: Timestamp) -> bool {
        let changed = match &self.place {
            Place::File(path) => stamp(path).is_some_and(|found| self.stamp != Some(found)),
            Place::Address(_) => false,
        };
        let ended = self.list.as_ref().is_none_or(|list| now >= list.next_update());
        changed || (ended && !self.rests(now))
    }

    fn rests(&self, now: Timestamp) -> bool {
        self.tried.is_some_and(|at| within(at, now, REST))
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let found = std::fs::metadata(path).ok()?;
    Some((found.modified().ok()?, found.len()))
}

impl Lists {
    /// Lists at these places, for the authorities of `trust`. Nothing is fetched yet.
    pub fn new(places: Vec<Place>, trust: Arc<Trust>) -> Self {
        Self::fetching_by(places, trust, Arc::new(fetch))
    }

    fn fetching_by(places: Vec<Place>, trust: Arc<Trust>, fetch: Fetch) -> Self {
        let empty = |place| Kept {
            place,
            list: None,
            fetched: None,
            tried: None,
            stamp: None,
            told: false,
        };
        let kept = RwLock::new(places.into_iter().map(empty).collect());
        Self { trust, kept, fetching: tokio::sync::Mutex::new(()), fetch }
    }

    /// The lists that count at `now`. Where one lacks it is fetched first, one caller for all.
    pub async fn current(&self, now: Timestamp) -> Vec<Arc<RevocationList>> {
        self.fetch_where(|kept| kept.lacks(now), now).await;
        self.snapshot().into_iter().filter_map(|kept| kept.list).collect()
    }

    /// Fetches every list that is due, so that no log-in has to wait for one.
    pub async fn refresh(&self, now: Timestamp) {
        self.fetch_where(|kept| kept.due(now), now).await;
    }

    async fn fetch_where(&self, wanted: impl Fn(&Kept) -> bool, now: Timestamp) {
        if !self.snapshot().iter().any(&wanted) {
            return;
        }
        let _one_at_a_time = self.fetching.lock().await;
        let mut fetches = tokio::task::JoinSet::new();
        for (index, kept) in self.snapshot().into_iter().enumerate() {
            if wanted(&kept) {
                let (fetch, trust) = (self.fetch.clone(), self.trust.clone());
                fetches.spawn_blocking(move || {
                    let stamp = match &kept.place {
                        Place::File(path) => stamp(path),
                        Place::Address(_) => None,
                    };
                    // A list may have megabytes, each of which is read and hashed.
                    let list = fetch(&kept.place).and_then(|content| read(&content, &trust));
                    (index, stamp, list)
                });
            }
        }
        while let Some(fetched) = fetches.join_next().await {
            match fetched {
                Ok((index, stamp, list)) => self.keep(index, stamp, list, now),
                Err(error) => tracing::error!(%error, "fetching a revocation list broke off"),
            }
        }
    }

    fn snapshot(&self) -> Vec<Kept> {
        // A panic while writing leaves at worst an older list, which its own end judges.
        self.kept.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(
        &self,
        index: usize,
        stamp: Option<Stamp>,
        list: Result<RevocationList, Error>,
        now: Timestamp,
    ) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        let Some(kept) = kept.get_mut(index) else { return };
        kept.tried = Some(now);
        kept.stamp = stamp;
        let place = kept.place.clone();
        let at_hand = kept.list.as_ref().map(|list| list.this_update());
        let judged =
            list.and_then(|list| succeeds(list.this_update(), at_hand, now).map(|()| list));
        match judged {
            Ok(list) => {
                let (same, lapse) = (at_hand == Some(list.this_update()), list.lapse(now));
                if !(kept.told && same && lapse.is_some()) {
                    tell(&place, &list, lapse);
                }
                kept.told = lapse.is_some();
                kept.list = Some(Arc::new(list));
                kept.fetched = Some(now);
            }
            Err(error) => {
                let cause = std::error::Error::source(&error).map(tracing::field::display);
                let end = kept.list.as_ref().map(|list| list.next_update());
                match end {
                    Some(end) if now < end => {
                        tracing::warn!(%place, %error, cause, "revocation list not read, the one at hand counts until {end}");
                    }
                    Some(_) | None => {
                        tracing::warn!(%place, %error, cause, "revocation list not read, and none is in force: cards of its authority are not let in");
                    }
                }
            }
        }
    }
}

impl std::fmt::Debug for Lists {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let places: Vec<_> = self.snapshot().into_iter().map(|kept| kept.place).collect();
        f.debug_struct("Lists").field("places", &places).finish_non_exhaustive()
    }
}

/// Says that a list was read, and whether it is in force.
fn tell(place: &Place, list: &RevocationList, lapse: Option<Lapse>) {
    match lapse {
        None => {
            tracing::info!(%place, next_update = %list.next_update(), "revocation list read");
        }
        Some(Lapse::Ended(end)) => {
            tracing::warn!(%place, next_update = %end, "revocation list not in force since {end}: cards of its authority are not let in until there is a newer one");
        }
        Some(Lapse::Early(begin)) => {
            tracing::warn!(%place, this_update = %begin, "revocation list not in force before {begin}: check the clock of this machine and of who made the list");
        }
    }
}

/// The list in `content`, which an authority of `trust` signed.
fn read(content: &[u8], trust: &Trust) -> Result<RevocationList, Error> {
    let list = RevocationList::from_content(content)?;
    if list.is_of(trust) { Ok(list) } else { Err(Error::Stranger) }
}

/// Whether a list that was made at `made` takes the place of the one at hand. One from the future
/// takes none that is in force, and keeps none out.
fn succeeds(made: Timestamp, at_hand: Option<Timestamp>, now: Timestamp) -> Result<(), Error> {
    match at_hand.filter(|at_hand| revocation::has_begun(*at_hand, now)) {
        Some(_) if !revocation::has_begun(made, now) => Err(Error::Early(made)),
        Some(at_hand) if made < at_hand => Err(Error::Older(at_hand)),
        Some(_) | None => Ok(()),
    }
}

/// Whether `now` is at most `span` after `at`; a clock set back makes everything due.
fn within(at: Timestamp, now: Timestamp, span: SignedDuration) -> bool {
    let age = now.duration_since(at);
    !age.is_negative() && age < span
}

fn fetch(place: &Place) -> Result<Vec<u8>, Error> {
    match place {
        Place::File(path) => Ok(trust::read(path, revocation::LARGEST)?),
        Place::Address(url) => {
            let failed = |error| Error::Address(Box::new(error));
            let config = ureq::Agent::config_builder()
                .timeout_global(Some(FETCH))
                .max_redirects(0)
                .proxy(None)
                .build();
            let mut answer = config.new_agent().get(url.as_str()).call().map_err(failed)?;
            let limit = u64::try_from(revocation::LARGEST).unwrap_or(u64::MAX);
            answer.body_mut().with_config().limit(limit).read_to_vec().map_err(failed)
        }
    }
}

/// Named in the certificates of the published TEST hierarchy and in reference lists of the register.
const TEST: [&str; 4] = [
    "http://www.uzi-register-test.nl/cdp/test_uzi-register_zorgverlener_ca_g3.crl",
    "http://www.uzi-register-test.nl/cdp/test_uzi-register_medewerker_op_naam_ca_g3.crl",
    "http://www.uzi-register-test.nl/cdp/test_zorg_csp_level_2_persoon_ca_g3.crl",
    "http://www.uzi-register-test.nl/cdp/test_zorg_csp_root_ca_g3.crl",
];

const PRODUCTION: [&str; 4] = [
    "http://www.csp.uzi-register.nl/cdp/uzi-register_zorgverlener_ca_g3.crl",
    "http://www.csp.uzi-register.nl/cdp/uzi-register_medewerker_op_naam_ca_g3.crl",
    "http://crl.pkioverheid.nl/DomOrganisatiePersoonLatestCRL-G3.crl",
    "http://crl.pkioverheid.nl/RootLatestCRL-G3.crl",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::{Read, Write};
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    /// Lists whose fetch always fails, and how often it was tried.
    fn failing() -> (Lists, Arc<AtomicUsize>) {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = count.clone();
        let fetch: Fetch = Arc::new(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            Err(Error::Stranger)
        });
        let trust = Arc::new(Trust::published(Environment::Test));
        let places = vec![Place::File("nowhere.crl".into())];
        (Lists::fetching_by(places, trust, fetch), count)
    }

    #[tokio::test]
    async fn a_place_that_fails_is_tried_once_a_minute() {
        let (lists, count) = failing();
        let begin = at("2025-01-01T00:00:00Z");
        for (seconds, tries) in [(0, 1), (1, 1), (59, 1), (60, 2), (61, 2), (120, 3)] {
            let now = begin + SignedDuration::from_secs(seconds);
            assert!(lists.current(now).await.is_empty());
            assert_eq!(count.load(Ordering::SeqCst), tries, "after {seconds} s");
        }
        // A clock that was set back does not stop fetching.
        lists.current(begin - SignedDuration::from_hours(5)).await;
        assert_eq!(count.load(Ordering::SeqCst), 4);
    }

    #[tokio::test]
    async fn a_file_is_read_again_as_soon_as_it_changed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("list.crl");
        let count = Arc::new(AtomicUsize::new(0));
        let counted = count.clone();
        let fetch: Fetch = Arc::new(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            Err(Error::Stranger)
        });
        let trust = Arc::new(Trust::published(Environment::Test));
        let lists = Lists::fetching_by(vec![Place::File(path.clone())], trust, fetch);
        let now = at("2025-01-01T00:00:00Z");
        for (content, tries) in [(None, 1), (Some("a"), 2), (None, 2), (Some("bc"), 3), (None, 3)] {
            if let Some(content) = content {
                std::fs::write(&path, content).expect("a file");
            }
            lists.current(now).await;
            assert_eq!(count.load(Ordering::SeqCst), tries, "{content:?}");
        }
    }

    #[test]
    fn a_list_from_the_future_takes_no_place_and_keeps_none_out() {
        let now = at("2025-01-02T12:00:00Z");
        let (old, new) = (at("2025-01-02T10:00:00Z"), at("2025-01-02T11:00:00Z"));
        let (soon, future) = (at("2025-01-02T12:04:00Z"), at("2025-01-03T12:00:00Z"));
        for (made, at_hand, taken) in [
            (old, None, true),
            (new, Some(old), true),
            (new, Some(new), true),
            (old, Some(new), false),
            (soon, Some(new), true),
            (future, Some(new), false),
            (future, None, true),
            (new, Some(future), true),
        ] {
            let verdict = succeeds(made, at_hand, now);
            assert_eq!(verdict.is_ok(), taken, "{made} after {at_hand:?}: {verdict:?}");
        }
    }

    #[tokio::test]
    async fn many_callers_cause_one_fetch() {
        let (lists, count) = failing();
        let lists = Arc::new(lists);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let lists = lists.clone();
            tasks.spawn(async move { lists.current(at("2025-01-01T00:00:00Z")).await.len() });
        }
        assert!(tasks.join_all().await.iter().all(|found| *found == 0));
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }

    /// A server on loopback that answers once with these bytes.
    fn serve(answer: Vec<u8>) -> Place {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut request = [0u8; 1024];
            let _ = stream.read(&mut request).expect("a request");
            stream.write_all(&answer).expect("an answer is taken");
        });
        Place::parse(&format!("http://127.0.0.1:{port}/list.crl")).expect("an address")
    }

    #[test]
    fn an_address_gives_its_body_and_no_redirect_is_followed() {
        let body = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlist";
        assert_eq!(fetch(&serve(body.to_vec())).expect("a body"), b"list");
        let elsewhere = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\
                          Content-Length: 0\r\nConnection: close\r\n\r\n";
        let answer = fetch(&serve(elsewhere.to_vec()));
        assert!(answer.is_err() || answer.is_ok_and(|body| body.is_empty()));
        let missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        assert!(matches!(fetch(&serve(missing.to_vec())), Err(Error::Address(_))));
    }

    #[test]
    fn places_are_paths_and_web_addresses() {
        assert_eq!(Place::parse("/srv/a.crl"), Ok(Place::File("/srv/a.crl".into())));
        assert!(matches!(Place::parse("http://crl.example/a.crl"), Ok(Place::Address(_))));
        for wrong in ["", "ftp://crl.example/a", "http://", "http://a:b@crl.example/", "file:///x"]
        {
            assert!(Place::parse(wrong).is_err(), "{wrong}");
        }
        for environment in [Environment::Test, Environment::Production] {
            assert_eq!(Place::published(environment).len(), 4);
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,60}") {
            let _ = Place::parse(&text);
        }
    }
}
