//! Text that must not be seen: PINs, passwords, bearer tokens.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use serde::Serialize;
use zeroize::Zeroizing;

/// Keeps the memory of this process, in which secrets lie for a moment, out of core dumps and away
/// from debuggers of the same user. It holds for this process; the limit also for its children.
///
/// Errors: the system refuses.
pub fn keep_in_memory() -> std::io::Result<()> {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    setrlimit(Resource::Core, none)?;
    // A collector of dumps that the system hands them to does not look at the limit.
    Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}

/// A secret text. It prints as `[secret]` and is overwritten when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself; whoever calls this passes it on to where it belongs and nowhere else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

impl<'de> serde::Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::new)
    }
}

/// The JSON of `value`, which may hold a secret, and room for a line end: no copy of it is left
/// behind.
///
/// Errors: it has no JSON form.
pub fn json(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
    let mut length = Length(0);
    serde_json::to_writer(&mut length, value)?;
    let mut text = Zeroizing::new(Vec::with_capacity(length.0 + 1));
    serde_json::to_writer(&mut *text, value)?;
    Ok(text)
}

/// Counts what is written, so that the text itself is written where it stays.
struct Length(usize);

impl std::io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_secrets_is_not_dumped() {
        keep_in_memory().unwrap();
        let dumpable = rustix::process::dumpable_behavior().unwrap();
        assert_eq!(dumpable, DumpableBehavior::NotDumpable);
        assert_eq!(rustix::process::getrlimit(Resource::Core).maximum, Some(0));
    }

    #[test]
    fn a_secret_is_written_in_one_place_with_room_for_a_line_end() {
        let text = json(&["12\u{e9}\"45", "6"]).unwrap();
        assert_eq!(text.as_slice(), "[\"12\u{e9}\\\"45\",\"6\"]".as_bytes());
        assert!(text.capacity() > text.len());
    }

    #[test]
    fn a_secret_does_not_print() {
        assert_eq!(format!("{:?}", Some(Secret::new("1234"))), "Some([secret])");
    }
}
