//! Canonical CBOR as CTAP2 writes it: definite lengths, shortest forms, sorted keys, no tags.
//!
//! Spec: CTAP 2.1 section 8, message encoding (canonical CBOR).

/// One CBOR data item of the subset that CTAP2 uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Major type 0.
    Unsigned(u64),
    /// Major type 1; holds `n` of the number `-1 - n`.
    Negative(u64),
    /// Major type 2.
    Bytes(Vec<u8>),
    /// Major type 3.
    Text(String),
    /// Major type 4.
    Array(Vec<Value>),
    /// Major type 5; the encoder sorts the entries.
    Map(Vec<(Value, Value)>),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
}

/// How strictly the order of map keys is read. Duplicate keys are an error in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Keys stand in canonical order, as the specification asks of both sides.
    Canonical,
    /// Any order: for answers of keys in the field that sort differently.
    Any,
}

/// Why bytes are not canonical CBOR.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The input ends inside an item.
    #[error("the input ends inside an item")]
    Truncated,
    /// Bytes follow the one item that was expected.
    #[error("{0} bytes follow the item")]
    Trailing(usize),
    /// An integer or a length is longer than needed.
    #[error("a number is not in its shortest form")]
    NotShortest,
    /// Indefinite lengths, tags, floats and unassigned simple values.
    #[error("initial byte {0:#04x} is not used in this format")]
    Unsupported(u8),
    /// A text string is not UTF-8.
    #[error("a text is not UTF-8")]
    Utf8,
    /// Map keys are out of order.
    #[error("map keys are not sorted")]
    Unsorted,
    /// A map has one key twice.
    #[error("a map key occurs twice")]
    Duplicate,
    /// Arrays and maps are nested deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
}

/// The deepest nesting of arrays and maps. Spec: CTAP 2.1 section 8.
pub const MAX_DEPTH: usize = 4;

impl Value {
    /// The integer `n`, negative or not.
    #[must_use]
    pub fn int(n: i64) -> Self {
        u64::try_from(n).map_or_else(|_| Self::Negative(n.unsigned_abs() - 1), Self::Unsigned)
    }

    /// A text string.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A byte string.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bytes(bytes.into())
    }

    /// The integer, where it is one and fits.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Unsigned(n) => i64::try_from(*n).ok(),
            Self::Negative(n) => i64::try_from(*n).ok().map(|n| -1 - n),
            Self::Bytes(_)
            | Self::Text(_)
            | Self::Array(_)
            | Self::Map(_)
            | Self::Bool(_)
            | Self::Null => None,
        }
    }

    /// The bytes, where it is a byte string.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    /// The text, where it is a text string.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The truth value, where it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(b) = self { Some(*b) } else { None }
    }

    /// The items, where it is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Value]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// The entries, where it is a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&[(Value, Value)]> {
        if let Self::Map(entries) = self { Some(entries) } else { None }
    }

    /// The value under `key`, where this is a map that has it.
    #[must_use]
    pub fn entry(&self, key: &Value) -> Option<&Value> {
        self.as_map()?.iter().find(|(k, _)| k == key).map(|(_, v)| v)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::int(n)
    }
}

impl From<u64> for Value {
    fn from(n: u64) -> Self {
        Self::Unsigned(n)
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}

/// A map under construction; absent members stay away.
#[derive(Debug, Default)]
pub struct Map(Vec<(Value, Value)>);

impl Map {
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry.
    #[must_use]
    pub fn put(mut self, key: impl Into<Value>, value: impl Into<Value>) -> Self {
        self.0.push((key.into(), value.into()));
        self
    }

    /// Adds an entry where there is a value.
    #[must_use]
    pub fn put_some(self, key: impl Into<Value>, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.put(key, value),
            None => self,
        }
    }

    /// True while nothing was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Self::Map(map.0)
    }
}

/// Encodes `value` canonically: shortest forms, map keys sorted.
#[must_use]
pub fn encode(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, &mut out);
    out
}

/// Decodes exactly one item.
///
/// Errors: anything that is not canonical CBOR, and bytes after the item.
pub fn decode(bytes: &[u8], order: Order) -> Result<Value, Error> {
    let (value, rest) = decode_prefix(bytes, order)?;
    if rest.is_empty() { Ok(value) } else { Err(Error::Trailing(rest.len())) }
}

/// Decodes one item at the start of `bytes` and gives what follows it.
///
/// Errors: anything that is not canonical CBOR.
pub fn decode_prefix(bytes: &[u8], order: Order) -> Result<(Value, &[u8]), Error> {
    let mut reader = Reader { rest: bytes, order };
    let value = reader.item(0)?;
    Ok((value, reader.rest))
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Unsigned(n) => head(0, *n, out),
        Value::Negative(n) => head(1, *n, out),
        Value::Bytes(bytes) => {
            head(2, bytes.len() as u64, out);
            out.extend_from_slice(bytes);
        }
        Value::Text(text) => {
            head(3, text.len() as u64, out);
            out.extend_from_slice(text.as_bytes());
        }
        Value::Array(items) => {
            head(4, items.len() as u64, out);
            for item in items {
                write(item, out);
            }
        }
        Value::Map(entries) => {
            head(5, entries.len() as u64, out);
            let mut sorted: Vec<(Vec<u8>, &Value)> =
                entries.iter().map(|(key, value)| (encode(key), value)).collect();
            sorted.sort_by(|(a, _), (b, _)| rank(a).cmp(&rank(b)));
            for (key, value) in sorted {
                out.extend_from_slice(&key);
                write(value, out);
            }
        }
        Value::Bool(false) => out.push(0xF4),
        Value::Bool(true) => out.push(0xF5),
        Value::Null => out.push(0xF6),
    }
}

/// Sort rank of an encoded key: lower major type, then shorter, then bytewise.
fn rank(key: &[u8]) -> (u8, usize, &[u8]) {
    (key.first().map_or(0, |first| first >> 5), key.len(), key)
}

#[expect(clippy::cast_possible_truncation, reason = "each arm has checked that the number fits")]
fn head(major: u8, n: u64, out: &mut Vec<u8>) {
    let major = major << 5;
    match n {
        0..=23 => out.push(major | n as u8),
        24..=0xFF => out.extend_from_slice(&[major | 24, n as u8]),
        0x100..=0xFFFF => {
            out.push(major | 25);
            out.extend_from_slice(&(n as u16).to_be_bytes());
        }
        0x1_0000..=0xFFFF_FFFF => {
            out.push(major | 26);
            out.extend_from_slice(&(n as u32).to_be_bytes());
        }
        0x1_0000_0000.. => {
            out.push(major | 27);
            out.extend_from_slice(&n.to_be_bytes());
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    order: Order,
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.rest.split_at_checked(n).ok_or(Error::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Error> {
        let (first, rest) = self.rest.split_first().ok_or(Error::Truncated)?;
        self.rest = rest;
        Ok(*first)
    }

    fn number(&mut self, info: u8, initial: u8) -> Result<u64, Error> {
        let (n, least) = match info {
            0..=23 => return Ok(u64::from(info)),
            24 => (big_endian(self.take(1)?), 24),
            25 => (big_endian(self.take(2)?), 0x100),
            26 => (big_endian(self.take(4)?), 0x1_0000),
            27 => (big_endian(self.take(8)?), 0x1_0000_0000),
            28.. => return Err(Error::Unsupported(initial)),
        };
        if n < least { Err(Error::NotShortest) } else { Ok(n) }
    }

    /// A length of bytes or items that can still be in the input: no item is shorter than a byte.
    fn length(&mut self, info: u8, initial: u8) -> Result<usize, Error> {
        let n = self.number(info, initial)?;
        usize::try_from(n).ok().filter(|n| *n <= self.rest.len()).ok_or(Error::Truncated)
    }

    fn item(&mut self, depth: usize) -> Result<Value, Error> {
        let initial = self.byte()?;
        let info = initial & 0x1F;
        match initial >> 5 {
            0 => Ok(Value::Unsigned(self.number(info, initial)?)),
            1 => Ok(Value::Negative(self.number(info, initial)?)),
            2 => {
                let n = self.length(info, initial)?;
                Ok(Value::Bytes(self.take(n)?.to_vec()))
            }
            3 => {
                let n = self.length(info, initial)?;
                let text = std::str::from_utf8(self.take(n)?).map_err(|_| Error::Utf8)?;
                Ok(Value::text(text))
            }
            4 => {
                let n = self.length(info, initial)?;
                let depth = deeper(depth)?;
                Ok(Value::Array((0..n).map(|_| self.item(depth)).collect::<Result<_, _>>()?))
            }
            5 => {
                let n = self.length(info, initial)?;
                self.map(n, deeper(depth)?)
            }
            _ => match initial {
                0xF4 => Ok(Value::Bool(false)),
                0xF5 => Ok(Value::Bool(true)),
                0xF6 => Ok(Value::Null),
                other => Err(Error::Unsupported(other)),
            },
        }
    }

    fn map(&mut self, n: usize, depth: usize) -> Result<Value, Error> {
        let mut entries = Vec::new();
        let mut keys: Vec<&[u8]> = Vec::new();
        for _ in 0..n {
            let before = self.rest;
            let key = self.item(depth)?;
            let encoded = before.get(..before.len() - self.rest.len()).unwrap_or_default();
            if self.order == Order::Canonical
                && let Some(last) = keys.last()
                && rank(last) > rank(encoded)
            {
                return Err(Error::Unsorted);
            }
            keys.push(encoded);
            entries.push((key, self.item(depth)?));
        }
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(Error::Duplicate);
        }
        Ok(Value::Map(entries))
    }
}

fn deeper(depth: usize) -> Result<usize, Error> {
    if depth < MAX_DEPTH { Ok(depth + 1) } else { Err(Error::TooDeep) }
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(hex: &str, expected: &Result<Value, Error>) {
        let bytes = hex::decode(hex).unwrap();
        assert_eq!(&decode(&bytes, Order::Canonical), expected, "{hex}");
        if let Ok(value) = expected {
            assert_eq!(hex::encode(encode(value)), hex);
        }
    }

    /// RFC 8949 appendix A, the rows within the CTAP2 subset.
    #[test]
    fn examples_of_rfc_8949_read_and_write() {
        for (hex, value) in [
            ("00", Value::int(0)),
            ("17", Value::int(23)),
            ("1818", Value::int(24)),
            ("1903e8", Value::int(1000)),
            ("1a000f4240", Value::int(1_000_000)),
            ("1bffffffffffffffff", Value::Unsigned(u64::MAX)),
            ("3bffffffffffffffff", Value::Negative(u64::MAX)),
            ("20", Value::int(-1)),
            ("3863", Value::int(-100)),
            ("3903e7", Value::int(-1000)),
            ("f4", Value::Bool(false)),
            ("f5", Value::Bool(true)),
            ("f6", Value::Null),
            ("4401020304", Value::bytes([1, 2, 3, 4])),
            ("62c3bc", Value::text("ü")),
            ("83010203", Value::Array(vec![1i64.into(), 2i64.into(), 3i64.into()])),
            ("a201020304", Map::new().put(1i64, 2i64).put(3i64, 4i64).into()),
        ] {
            check(hex, &Ok(value));
        }
    }

    #[test]
    fn other_forms_are_refused_each_for_its_reason() {
        check("1817", &Err(Error::NotShortest));
        check("5803", &Err(Error::NotShortest));
        check("5f4100ff", &Err(Error::Unsupported(0x5F)));
        check("c000", &Err(Error::Unsupported(0xC0)));
        check("f90000", &Err(Error::Unsupported(0xF9)));
        check("a202010102", &Err(Error::Unsorted));
        check("a201010102", &Err(Error::Duplicate));
        check("818181818100", &Err(Error::TooDeep));
        check("9affffffff", &Err(Error::Truncated));
        check("0000", &Err(Error::Trailing(1)));
        check("62c328", &Err(Error::Utf8));
        check("", &Err(Error::Truncated));
    }

    #[test]
    fn option_keys_sort_by_length_first() {
        let map = ["alwaysUv", "plat", "uv", "up", "rk", "ep"]
            .iter()
            .fold(Map::new(), |m, k| m.put(*k, true));
        let sorted = decode(&encode(&map.into()), Order::Canonical).unwrap();
        let keys: Vec<_> =
            sorted.as_map().unwrap().iter().map(|(k, _)| k.as_text().unwrap()).collect();
        assert_eq!(keys, ["ep", "rk", "up", "uv", "plat", "alwaysUv"]);
    }

    #[test]
    fn an_unsorted_map_is_read_where_order_is_free() {
        let bytes = hex::decode("a202010102").unwrap();
        assert!(decode(&bytes, Order::Any).is_ok());
        assert_eq!(decode(&hex::decode("a201010102").unwrap(), Order::Any), Err(Error::Duplicate));
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<u64>().prop_map(Value::Unsigned),
            any::<u64>().prop_map(Value::Negative),
            prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
            ".{0,12}".prop_map(Value::Text),
            any::<bool>().prop_map(Value::Bool),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::vec((any::<i64>().prop_map(Value::int), inner), 0..4).prop_map(
                    |mut entries| {
                        entries.sort_by_key(|(key, _)| encode(key));
                        entries.dedup_by(|(a, _), (b, _)| a == b);
                        Value::Map(entries)
                    }
                ),
            ]
        })
    }

    fn foreign(value: &Value) -> ciborium::Value {
        match value {
            Value::Unsigned(n) => (*n).into(),
            Value::Negative(n) => {
                ciborium::Value::Integer((-1 - i128::from(*n)).try_into().unwrap())
            }
            Value::Bytes(b) => b.clone().into(),
            Value::Text(t) => t.clone().into(),
            Value::Array(items) => ciborium::Value::Array(items.iter().map(foreign).collect()),
            Value::Map(entries) => ciborium::Value::Map(
                entries.iter().map(|(k, v)| (foreign(k), foreign(v))).collect(),
            ),
            Value::Bool(b) => (*b).into(),
            Value::Null => ciborium::Value::Null,
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(value in values()) {
            let bytes = encode(&value);
            let read = decode(&bytes, Order::Canonical).unwrap();
            prop_assert_eq!(encode(&read), bytes);
        }

        #[test]
        fn ciborium_reads_the_same_items(value in values()) {
            let bytes = encode(&value);
            let ours = decode(&bytes, Order::Canonical).unwrap();
            let theirs: ciborium::Value = ciborium::from_reader(&bytes[..]).unwrap();
            prop_assert_eq!(foreign(&ours), theirs);
        }

        #[test]
        fn no_bytes_make_the_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(value) = decode(&bytes, Order::Canonical) {
                prop_assert_eq!(encode(&value), bytes);
            }
        }
    }
}
