//! The figures, each beside the floor it is held against.

use std::time::Duration;

use crate::bare;
use crate::load::Done;
use crate::server::Server;

const MIB: f64 = 1024.0 * 1024.0;

/// A bound and its side.
#[derive(Debug, Clone, Copy)]
enum Bar {
    AtLeast(f64),
    AtMost(f64),
    /// It is told only.
    None,
}

#[derive(Debug)]
struct Line {
    what: String,
    figure: f64,
    unit: &'static str,
    bar: Bar,
    /// Whether it is compared between two sizes of the database.
    grows: bool,
    beside: String,
}

/// Passwords a second of the server, and of bare argon2 just before and after.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) ours: f64,
    pub(crate) bare: f64,
    /// The share of the processors that those who asked took from the server; nobody asks bare argon2.
    pub(crate) asking: f64,
}

impl Turn {
    /// The server's rate beside that of bare argon2 on the part of the processors that it had.
    fn ratio(&self) -> f64 {
        self.ours / (self.bare * (1.0 - self.asking))
    }
}

/// What one run found.
#[derive(Debug)]
pub(crate) struct Report {
    accounts: u64,
    lines: Vec<Line>,
}

impl Report {
    /// Nothing measured yet.
    pub(crate) fn new(accounts: u64) -> Self {
        Self { accounts, lines: Vec::new() }
    }

    fn add(
        &mut self,
        what: impl Into<String>,
        (figure, unit): (f64, &'static str),
        bar: Bar,
    ) -> &mut Line {
        let line =
            Line { what: what.into(), figure, unit, bar, grows: false, beside: String::new() };
        self.lines.push(line);
        self.lines.last_mut().expect("one was added")
    }

    /// How the program began.
    pub(crate) fn start(&mut self, server: &Server) -> std::io::Result<()> {
        self.add("program", (Server::size()? as f64 / 1e6, "MB"), Bar::AtMost(30.0));
        let start = server.started_in.as_secs_f64() * 1000.0;
        self.add("cold start", (start, "ms"), Bar::AtMost(300.0)).grows = true;
        Ok(())
    }

    /// What it holds when nobody asks.
    pub(crate) fn idle(&mut self, bytes: u64) {
        self.add("memory, idle", (bytes as f64 / MIB, "MiB"), Bar::AtMost(40.0)).grows = true;
    }

    /// Passwords, by turns with bare hashes. The middle one counts: a machine is no faster or slower in most
    /// turns for what others had it do in some.
    pub(crate) fn passwords(&mut self, turns: &[Turn]) {
        let mut ratios: Vec<f64> = turns.iter().map(Turn::ratio).collect();
        ratios.sort_by(f64::total_cmp);
        let at = |place: usize| ratios.get(place).copied().unwrap_or_default();
        let last = ratios.len().saturating_sub(1);
        let middle = f64::midpoint(at(last / 2), at(last.div_ceil(2)));
        let mean = |figure: fn(&Turn) -> f64| {
            turns.iter().map(figure).sum::<f64>() / turns.len().max(1) as f64
        };
        let (ours, bare) = (mean(|turn| turn.ours), mean(|turn| turn.bare));
        let asking = 100.0 * mean(|turn| turn.asking);
        let line = self.add("password log-ins / bare argon2", (middle, ""), Bar::AtLeast(0.95));
        line.beside = format!(
            "{:.2} to {:.2} by turn; {ours:.1}/s, bare {bare:.1}/s less the {asking:.1} % of who asks",
            at(0),
            at(last)
        );
        line.grows = true;
    }

    /// Codes of an app.
    pub(crate) fn codes(&mut self, done: &Done) {
        self.rate("app codes", done, Bar::AtLeast(500.0), Bar::None);
    }

    /// Log-ins with a passkey.
    pub(crate) fn passkeys(&mut self, done: &Done) {
        self.rate("passkey log-ins", done, Bar::None, Bar::AtLeast(800.0));
    }

    fn rate(&mut self, what: &str, done: &Done, whole: Bar, a_core: Bar) {
        let line = self.add(what, (done.rate(), "/s"), whole);
        line.beside = format!(
            "{} in {:.1} s, p95 {:.1} ms",
            done.count,
            done.wall.as_secs_f64(),
            millis(done.p95())
        );
        line.grows = true;
        self.add(format!("{what}, a core"), (done.a_core(), "/s"), a_core).grows = true;
    }

    /// How many were let in, and told to wait.
    pub(crate) fn flood(&mut self, (crowd, time): (usize, Duration), let_in: usize, told: usize) {
        let rate = let_in as f64 / time.as_secs_f64();
        let line = self.add(format!("{crowd} passwords at once: let in"), (rate, "/s"), Bar::None);
        line.beside = format!("{told} told to come back later");
    }

    /// What others noticed.
    pub(crate) fn others(&mut self, others: &[(&'static str, Done)]) {
        for (what, done) in others {
            let p95 = millis(done.p95());
            let line = self.add(format!("meanwhile {what}, p95"), (p95, "ms"), Bar::AtMost(50.0));
            line.beside = format!("{} times", done.count);
            line.grows = true;
        }
    }

    /// The most it held in the flood, and what it kept.
    pub(crate) fn memory(&mut self, most: u64, after: u64) {
        let bound = 80.0 + (bare::permits() as f64 * bare::memory() as f64) / MIB;
        let line = self.add("memory, most", (most as f64 / MIB, "MiB"), Bar::AtMost(bound));
        line.beside = format!("{:.0} MiB after it", after as f64 / MIB);
        line.grows = true;
    }

    /// Prints it.
    pub(crate) fn print(&self) {
        say(&format!("\nWith {} accounts", self.accounts));
        for line in &self.lines {
            let (bar, holds) = match line.bar {
                Bar::AtLeast(bar) => (format!("at least {bar}"), Some(line.figure >= bar)),
                Bar::AtMost(bar) => (format!("at most {bar:.0}"), Some(line.figure <= bar)),
                Bar::None => (String::new(), None),
            };
            let holds = holds.map_or("", |holds| if holds { "holds" } else { "FALLS SHORT" });
            let Line { what, figure, unit, beside, .. } = line;
            say(&format!("{what:36} {figure:9.2} {unit:4} {bar:14} {holds:12} {beside}"));
        }
    }

    /// Prints how it differs from a run with fewer accounts.
    pub(crate) fn compare(&self, first: &Self) {
        say(&format!(
            "\n{} accounts / {} accounts (from 0.80 to 1.20)",
            self.accounts, first.accounts
        ));
        for line in self.lines.iter().filter(|line| line.grows) {
            let same = first.lines.iter().find(|other| other.what == line.what);
            if let Some(same) = same.filter(|same| same.figure > 0.0) {
                let ratio = line.figure / same.figure;
                let holds = if (0.8..=1.2).contains(&ratio) { "holds" } else { "DIFFERS" };
                say(&format!("{:36} {ratio:9.2} {:19} {holds}", line.what, ""));
            }
        }
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[expect(clippy::print_stdout, reason = "a report is what this program is for")]
fn say(line: &str) {
    println!("{line}");
}
