//! Attacks on the built programs: a server that is killed at any write, names told apart by time,
//! secrets in what is written down, providers who lie. The Python reads databases and needs nothing but its own library.

mod crash;
mod crash_choices;
mod crash_deeds;
mod crash_factors;
mod crash_operator;
mod crash_recovery;
mod crash_roads;
mod gateways;
mod house;
mod leaks;
mod leaks_roads;
mod letters;
mod practice;
mod recorder;
mod timing;
