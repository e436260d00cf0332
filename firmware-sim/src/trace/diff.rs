//! The first difference of two traces, as a person reads it: which message, command, status, member.
//!
//! Messages are compared, not reports, and not their times; a keep-alive that repeats the one before
//! it on its channel is passed over, since how many there are is a matter of time.

use std::collections::BTreeMap;
use std::fmt;

use wire::cbor::{self, Order, Value};
use wire::ctap2::{self, Status};
use wire::ctaphid::{Assembly, Channel, Command, Packet, Progress, Report};

use super::{Entry, Kind, Trace};
use crate::device::Time;

/// Where two traces part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The number of the message, from 1.
    pub message: usize,
    /// What the first trace has there.
    pub first: String,
    /// What the second has.
    pub second: String,
    /// What differs within it.
    pub detail: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "message {} differs: {}", self.message, self.detail)?;
        writeln!(f, "  first:  {}", self.first)?;
        write!(f, "  second: {}", self.second)
    }
}

/// The first message in which two traces differ; `None` where they are equal.
#[must_use]
pub fn diff(first: &Trace, second: &Trace) -> Option<Difference> {
    let (first, second) = (messages(first), messages(second));
    let end = || "the end of the trace".to_owned();
    for at in 0..first.len().max(second.len()) {
        let (one, two) = (first.get(at), second.get(at));
        let differs = match (one, two) {
            (Some(one), Some(two)) if one.said == two.said => continue,
            (Some(one), Some(two)) => detail(&one.said, &two.said),
            (_, None) => "the second ends before it".to_owned(),
            (None, _) => "the first ends before it".to_owned(),
        };
        return Some(Difference {
            message: at + 1,
            first: one.map_or_else(end, ToString::to_string),
            second: two.map_or_else(end, ToString::to_string),
            detail: differs,
        });
    }
    None
}

/// A message and when it was whole.
struct Message {
    at: Time,
    said: Said,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    /// A message on a channel; in a CBOR one the command that it is, or answers.
    Hid { by: Kind, channel: Channel, command: Command, about: Option<u8>, payload: Vec<u8> },
    /// A report that belongs to no message.
    Stray { by: Kind, report: Vec<u8> },
    /// An APDU.
    Apdu { by: Kind, bytes: Vec<u8> },
    /// Power or a reset.
    Event(Kind),
}

/// What is under way on each channel in each direction, and what was asked there last.
#[derive(Default)]
struct Reading {
    under_way: BTreeMap<(bool, Channel), Assembly>,
    asked: BTreeMap<Channel, u8>,
    alive: BTreeMap<Channel, Vec<u8>>,
}

fn messages(trace: &Trace) -> Vec<Message> {
    let mut reading = Reading::default();
    let read = |entry: &Entry| Some(Message { at: entry.at, said: reading.take(entry)? });
    trace.entries.iter().filter_map(read).collect()
}

impl Reading {
    fn take(&mut self, entry: &Entry) -> Option<Said> {
        let by = entry.kind;
        match by {
            Kind::Tick => None,
            Kind::Power | Kind::Reset => Some(Said::Event(by)),
            Kind::Command | Kind::Response => Some(Said::Apdu { by, bytes: entry.bytes.clone() }),
            Kind::Report | Kind::Answer => {
                let report: &Report = entry.bytes.as_slice().try_into().ok()?;
                self.report(by, report)
            }
        }
    }

    fn report(&mut self, by: Kind, report: &Report) -> Option<Said> {
        let packet = Packet::read(report);
        let place = (by == Kind::Answer, packet.channel());
        let progress = match (&packet, self.under_way.remove(&place)) {
            (Packet::Continuation { .. }, Some(assembly)) => assembly.push(&packet),
            (Packet::Continuation { .. }, None) | (Packet::Init { .. }, _) => {
                Assembly::start(&packet)
            }
        };
        let message = match progress {
            Ok(Progress::Complete(message)) => message,
            Ok(Progress::Partial(assembly)) => {
                self.under_way.insert(place, assembly);
                return None;
            }
            Err(_) => return Some(Said::Stray { by, report: report.to_vec() }),
        };
        let wire::ctaphid::Message { channel, command, payload } = message;
        if command == Command::Keepalive {
            let before = self.alive.insert(channel, payload.clone());
            if before.as_ref() == Some(&payload) {
                return None;
            }
        } else {
            self.alive.remove(&channel);
        }
        if let (Kind::Report, Command::Cbor, Some(asked)) = (by, command, payload.first()) {
            self.asked.insert(channel, *asked);
        }
        let about = self.asked.get(&channel).copied().filter(|_| command == Command::Cbor);
        Some(Said::Hid { by, channel, command, about, payload })
    }
}

/// What differs between two messages.
fn detail(one: &Said, two: &Said) -> String {
    match (one, two) {
        (
            Said::Hid { by: a, channel: c, command: m, payload: p, .. },
            Said::Hid { by: b, channel: d, command: n, payload: q, .. },
        ) => {
            if a != b {
                "the direction".to_owned()
            } else if m != n {
                format!("command {m:?} against {n:?}")
            } else if c != d {
                format!("channel {:08x} against {:08x}", c.0, d.0)
            } else if *m == Command::Cbor {
                of_ctap2(*a, p, q)
            } else if *m == Command::Msg && *a == Kind::Answer {
                of_apdus(p, q)
            } else {
                of_bytes(p, q)
            }
        }
        (
            Said::Apdu { by: Kind::Response, bytes: p },
            Said::Apdu { by: Kind::Response, bytes: q },
        ) => of_apdus(p, q),
        (Said::Apdu { by: a, bytes: p }, Said::Apdu { by: b, bytes: q }) if a == b => {
            of_bytes(p, q)
        }
        (Said::Stray { report: p, .. }, Said::Stray { report: q, .. }) => of_bytes(p, q),
        _ => "the kind of message".to_owned(),
    }
}

fn of_ctap2(by: Kind, one: &[u8], two: &[u8]) -> String {
    let (Some((a, one)), Some((b, two))) = (one.split_first(), two.split_first()) else {
        return of_bytes(one, two);
    };
    if a != b {
        let name = if by == Kind::Answer { status } else { command };
        let kind = if by == Kind::Answer { "status" } else { "command" };
        return format!("{kind} {} against {}", name(*a), name(*b));
    }
    match (cbor::decode(one, Order::Any), cbor::decode(two, Order::Any)) {
        (Ok(one), Ok(two)) => {
            member(&one, &two, "member").unwrap_or_else(|| "how its members are written".to_owned())
        }
        (Err(_), _) | (_, Err(_)) => of_bytes(one, two),
    }
}

/// The first member of a map, at any depth, that differs.
fn member(one: &Value, two: &Value, path: &str) -> Option<String> {
    let (Value::Map(a), Value::Map(b)) = (one, two) else {
        return (one != two).then(|| format!("{path}: {} against {}", brief(one), brief(two)));
    };
    let mut keys = a.iter().chain(b).map(|(key, _)| key);
    keys.find_map(|key| {
        let path = format!("{path} {}", brief(key));
        match (one.entry(key), two.entry(key)) {
            (Some(one), Some(two)) => member(one, two, &path),
            (Some(_), None) => Some(format!("{path} is in the first alone")),
            (None, _) => Some(format!("{path} is in the second alone")),
        }
    })
}

fn brief(value: &Value) -> String {
    match value {
        Value::Unsigned(_) | Value::Negative(_) => {
            value.as_int().map_or_else(|| "a large number".to_owned(), |number| number.to_string())
        }
        Value::Bytes(bytes) => format!("h'{}'", shortened(bytes)),
        Value::Text(text) => format!("{text:?}"),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(brief).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(members) => format!("{{{} members}}", members.len()),
        Value::Bool(flag) => flag.to_string(),
        Value::Null => "null".to_owned(),
    }
}

/// Up to 40 bytes in hex.
fn shortened(bytes: &[u8]) -> String {
    let shown = hex::encode(bytes.get(..40).unwrap_or(bytes));
    if bytes.len() > 40 { format!("{shown}… ({} bytes)", bytes.len()) } else { shown }
}

fn of_apdus(one: &[u8], two: &[u8]) -> String {
    match (one.last_chunk::<2>(), two.last_chunk::<2>()) {
        (Some(a), Some(b)) if a != b => {
            format!("status {} against {}", hex::encode_upper(a), hex::encode_upper(b))
        }
        _ => of_bytes(one, two),
    }
}

fn of_bytes(one: &[u8], two: &[u8]) -> String {
    let equal = one.iter().zip(two).take_while(|(a, b)| a == b).count();
    let byte = |bytes: &[u8]| {
        bytes.get(equal).map_or_else(|| "its end".to_owned(), |byte| format!("{byte:02x}"))
    };
    format!("byte {equal}: {} against {}", byte(one), byte(two))
}

fn status(code: u8) -> String {
    let name = Status(code).name().unwrap_or("unknown");
    format!("{name} ({code:02x})")
}

fn command(code: u8) -> String {
    ctap2::Command::from_code(code)
        .map_or_else(|| format!("{code:02x}"), |command| format!("{command:?}"))
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6} s, {}", self.at.as_secs_f64(), self.said)
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hid { by, channel, command: kind, about, payload } => {
                let side = if *by == Kind::Answer { "key" } else { "host" };
                write!(f, "{side}, channel {:08x}: {kind:?}", channel.0)?;
                if let Some(about) = about {
                    write!(f, " {}", command(*about))?;
                }
                match payload.first() {
                    Some(code) if *by == Kind::Answer && *kind == Command::Cbor => {
                        write!(f, ", status {}", status(*code))?;
                    }
                    Some(_) | None => {}
                }
                write!(f, ", {} bytes {}", payload.len(), shortened(payload))
            }
            Self::Stray { by, report } => {
                let side = if *by == Kind::Answer { "key" } else { "host" };
                write!(f, "{side}: a report of no message {}", shortened(report))
            }
            Self::Apdu { by, bytes } => {
                let side = if *by == Kind::Response { "card" } else { "reader" };
                write!(f, "{side}: APDU, {} bytes {}", bytes.len(), shortened(bytes))
            }
            Self::Event(Kind::Power) => f.write_str("power"),
            Self::Event(_) => f.write_str("reset"),
        }
    }
}
