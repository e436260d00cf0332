//! A flood of passwords: what it takes of memory, and what others notice of it.

use std::io::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::load::{self, Done};
use crate::people;
use crate::report::Report;
use crate::server::Server;
use crate::visitor::Visitor;
use crate::ways::{self, Key};

/// How often the memory is looked at, and how long others think between two pages.
const PAUSE: Duration = Duration::from_millis(20);
/// How many others there are who have a passkey: half of them have logged in already.
pub(crate) const OTHERS: usize = 4;

/// What the flood met.
#[derive(Debug, Default)]
struct Met {
    let_in: AtomicUsize,
    told_to_wait: AtomicUsize,
    most: AtomicU64,
}

/// So many people log in at once with their passwords for so long, and try again when they are told to;
/// meanwhile others open pages and log in with a passkey.
pub(crate) async fn measure(
    server: &Server,
    (apps, keys): (usize, Vec<Key>),
    (crowd, time): (usize, Duration),
    report: &mut Report,
) -> Result<()> {
    let (met, begun) = (Arc::new(Met::default()), Instant::now());
    let mut people = JoinSet::new();
    for number in 0..crowd {
        let username = people::username(ways::KEYS + (number % apps.max(1)) as u64);
        people.spawn(log_in_again(server.port, username, begun + time, Arc::clone(&met)));
    }
    let others = others(server, keys, time, &met).await?;
    while let Some(done) = people.join_next().await {
        done.map_err(std::io::Error::other)??;
    }
    let told = met.told_to_wait.load(Ordering::Relaxed);
    report.flood((crowd, begun.elapsed()), met.let_in.load(Ordering::Relaxed), told);
    report.others(&others);
    report.memory(met.most.load(Ordering::Relaxed), server.resident()?);
    Ok(())
}

async fn log_in_again(port: u16, username: String, end: Instant, met: Arc<Met>) -> Result<()> {
    let mut visitor = Visitor::new(port);
    let _form = visitor.open("/login").await?;
    while Instant::now() < end {
        let answer = ways::password(&mut visitor, &username).await?;
        if answer.status == 503 {
            met.told_to_wait.fetch_add(1, Ordering::Relaxed);
            let wait = Duration::from_secs(answer.retry_after.unwrap_or(1));
            tokio::time::sleep(wait.min(end.saturating_duration_since(Instant::now()))).await;
        } else {
            answer.leads_to("/login/check/app")?;
            met.let_in.fetch_add(1, Ordering::Relaxed);
            visitor.forget();
        }
    }
    Ok(())
}

/// What others do meanwhile, by its name, and how long each took.
async fn others(
    server: &Server,
    keys: Vec<Key>,
    time: Duration,
    met: &Met,
) -> Result<Vec<(&'static str, Done)>> {
    let mut keys = keys.into_iter();
    let mut members: Vec<Visitor> = Vec::new();
    for key in keys.by_ref().take(OTHERS / 2) {
        members.push(ways::log_in_with_key(key).await?.visitor);
    }
    let strangers = vec![Visitor::new(server.port), Visitor::new(server.port)];
    let page = |path: &'static str| {
        move |mut visitor: Visitor| async move { visitor.open(path).await.map(|_| visitor) }
    };
    let watch = async {
        let begun = Instant::now();
        while begun.elapsed() < time {
            met.most.fetch_max(server.resident()?, Ordering::Relaxed);
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    };
    let (login, account, passkey, ()) = tokio::try_join!(
        load::again(server, strangers, (time, PAUSE), page("/login")),
        load::again(server, members, (time, PAUSE), page("/account")),
        load::again(server, keys.collect(), (time, PAUSE), ways::log_in_with_key),
        watch,
    )?;
    Ok(vec![("log-in page", login.1), ("my account", account.1), ("passkey log-in", passkey.1)])
}
