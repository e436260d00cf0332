//! The program that is measured, and what the system knows of its process.

use std::io::{Error, Result};
use std::path::Path;
use std::time::{Duration, Instant};

use tests::program::{Background, Program, built};

use crate::visitor::Visitor;

/// A running `sleutelbos serve`; it ends when this goes.
pub(crate) struct Server {
    background: Background,
    /// Of the loopback address.
    pub(crate) port: u16,
    /// From the start of the process until it said where it listens.
    pub(crate) started_in: Duration,
}

impl Server {
    /// Starts it with this configuration.
    pub(crate) fn start(config: &Path) -> Result<Self> {
        let log = config.with_file_name("server.log");
        let begun = Instant::now();
        let program = Program::ours("sleutelbos").arg("serve").arg("--config").arg(config);
        let (background, port) = program.log(log).start(|line| {
            let address = line.strip_prefix("http://localhost:")?;
            address.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
        });
        Ok(Self { background, port, started_in: begun.elapsed() })
    }

    /// Somebody looks at one page, so that what is read at first use was read.
    pub(crate) async fn settle(&self) -> Result<()> {
        Visitor::new(self.port).open("/login").await.map(drop)
    }

    /// Bytes of the program's file.
    pub(crate) fn size() -> Result<u64> {
        Ok(std::fs::metadata(built("sleutelbos"))?.len())
    }

    /// Bytes that the process has in memory now.
    pub(crate) fn resident(&self) -> Result<u64> {
        let status = std::fs::read_to_string(self.proc("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kib.map(|kib| kib * 1024).ok_or_else(|| Error::other("/proc tells no VmRSS"))
    }

    /// How long processors have worked for it, all its threads together.
    pub(crate) fn worked(&self) -> Result<Duration> {
        let stat = std::fs::read_to_string(self.proc("stat"))?;
        // The name stands in parentheses and may hold spaces; utime and stime are fields 14 and 15.
        let after = stat.rsplit_once(") ").map(|(_, rest)| rest).unwrap_or_default();
        let ticks: Vec<u64> = after.split(' ').skip(11).take(2).flat_map(str::parse).collect();
        if ticks.len() != 2 {
            return Err(Error::other("/proc tells no times"));
        }
        let seconds =
            ticks.iter().sum::<u64>() as f64 / rustix::param::clock_ticks_per_second() as f64;
        Ok(Duration::from_secs_f64(seconds))
    }

    fn proc(&self, file: &str) -> String {
        format!("/proc/{}/{file}", self.background.id())
    }
}
