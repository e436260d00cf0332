//! A closed loop: so many at once, each going on when its answer came; and what the server did for it.

use std::io::Result;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use tokio::task::JoinSet;

use crate::bare;
use crate::server::Server;

/// What came of it.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    /// How many went well.
    pub(crate) count: usize,
    /// How long they took together.
    pub(crate) wall: Duration,
    /// How long processors worked in the server meanwhile.
    pub(crate) worked: Duration,
    /// How long each took, from the shortest to the longest.
    pub(crate) each: Vec<Duration>,
}

/// What came of it where everybody was served once.
#[derive(Debug, Clone)]
pub(crate) struct Once {
    /// All of it.
    pub(crate) done: Done,
    /// How many a second while as many as were asked for at once were under way: without the beginning
    /// and the end, where processors wait.
    pub(crate) steady: f64,
    /// The share of the processors that those who asked took themselves.
    pub(crate) asking: f64,
}

impl Done {
    /// So many a second.
    pub(crate) fn rate(&self) -> f64 {
        self.count as f64 / self.wall.as_secs_f64()
    }

    /// So many for a second of one processor.
    pub(crate) fn a_core(&self) -> f64 {
        self.count as f64 / self.worked.as_secs_f64()
    }

    /// The time within which 95 of 100 were done.
    pub(crate) fn p95(&self) -> Duration {
        let place = self.each.len() * 95 / 100;
        self.each.get(place).or(self.each.last()).copied().unwrap_or_default()
    }
}

/// Has `work` done for everybody in `people`, `at_once` of them at a time; they come back with what it
/// made of them.
///
/// Errors: the first of `work`.
pub(crate) async fn each<T, U, W, F>(
    server: &Server,
    people: Vec<T>,
    at_once: usize,
    work: W,
) -> Result<(Vec<U>, Once)>
where
    T: Send + 'static,
    U: Send + 'static,
    W: Fn(T) -> F,
    F: Future<Output = Result<U>> + Send + 'static,
{
    let (begun, before, asked) = (Instant::now(), server.worked()?, own());
    let (mut waiting, mut under_way) = (people.into_iter(), JoinSet::new());
    let (mut back, mut each, mut full) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        while under_way.len() < at_once {
            let Some(person) = waiting.next() else { break };
            let (one, work) = (Instant::now(), work(person));
            under_way.spawn(async move { work.await.map(|made| (made, one.elapsed())) });
        }
        let Some(done) = under_way.join_next().await else { break };
        let (made, took) = done.map_err(std::io::Error::other)??;
        if waiting.len() > 0 {
            full.push(begun.elapsed());
        }
        back.push(made);
        each.push(took);
    }
    let (wall, worked) = (begun.elapsed(), server.worked()? - before);
    let asking = (own() - asked).div_duration_f64(wall) / bare::permits() as f64;
    each.sort_unstable();
    let done = Done { count: each.len(), wall, worked, each };
    Ok((back, Once { done, steady: steady(&full), asking }))
}

/// Has everybody in `people` do `work` again and again for `time`, and think for `pause` before each;
/// that counts as no part of it.
///
/// Errors: the first of `work`.
pub(crate) async fn again<T, W, F>(
    server: &Server,
    people: Vec<T>,
    (time, pause): (Duration, Duration),
    work: W,
) -> Result<(Vec<T>, Done)>
where
    T: Send + 'static,
    W: Fn(T) -> F + Clone + Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let (begun, before) = (Instant::now(), server.worked()?);
    let mut under_way = JoinSet::new();
    for mut person in people {
        let work = work.clone();
        under_way.spawn(async move {
            let mut each = Vec::new();
            while begun.elapsed() < time {
                if !pause.is_zero() {
                    tokio::time::sleep(pause).await;
                }
                let one = Instant::now();
                person = work(person).await?;
                each.push(one.elapsed());
            }
            Ok::<_, std::io::Error>((person, each))
        });
    }
    let (mut back, mut each) = (Vec::new(), Vec::new());
    while let Some(done) = under_way.join_next().await {
        let (person, took) = done.map_err(std::io::Error::other)??;
        back.push(person);
        each.extend(took);
    }
    let (wall, worked) = (begun.elapsed(), server.worked()? - before);
    each.sort_unstable();
    Ok((back, Done { count: each.len(), wall, worked, each }))
}

/// How long processors worked for this program, which is who asks.
fn own() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().unwrap_or_default()
}

/// From the first of these moments to the last, so many a second.
fn steady(full: &[Duration]) -> f64 {
    match full {
        [first, .., last] => (full.len() - 1) as f64 / (*last - *first).as_secs_f64(),
        [] | [_] => 0.0,
    }
}
