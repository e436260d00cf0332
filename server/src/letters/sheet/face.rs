//! Typefaces: which letters one has, and how wide they are.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};
use std::sync::LazyLock;

/// A typeface that is part of the program (`server/fonts`).
pub(super) struct Face {
    bytes: &'static [u8],
    read: FontRef<'static>,
}

pub(super) static PLAIN: LazyLock<Face> =
    LazyLock::new(|| Face::new(include_bytes!("../../../fonts/OpenSans-Regular.ttf")));
pub(super) static BOLD: LazyLock<Face> =
    LazyLock::new(|| Face::new(include_bytes!("../../../fonts/OpenSans-Bold.ttf")));
/// Every letter as wide as every other, and like no other.
pub(super) static CODE: LazyLock<Face> =
    LazyLock::new(|| Face::new(include_bytes!("../../../fonts/DejaVuSansMono-Bold.ttf")));

impl Face {
    fn new(bytes: &'static [u8]) -> Self {
        let read = FontRef::new(bytes).expect("the program's own typeface is whole");
        Self { bytes, read }
    }

    /// For a document.
    pub(super) fn font(&self) -> Font {
        Font::new(self.bytes.into(), 0).expect("the program's own typeface is whole")
    }

    /// Whether it has every letter of `text`.
    pub(super) fn has(&self, text: &str) -> bool {
        let letters = self.read.charmap();
        text.chars().all(|letter| letters.map(letter).is_some_and(|glyph| glyph.to_u32() != 0))
    }

    /// How wide `text` is, in points, where it is `size` points high.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        self.set(text).iter().map(|glyph| glyph.x_advance * size).sum()
    }

    /// `text`, letter by letter.
    pub(super) fn set(&self, text: &str) -> Vec<KrillaGlyph> {
        let letters = self.read.charmap();
        // At a size of one, so that widths are parts of it.
        let metrics = self.read.glyph_metrics(Size::new(1.0), LocationRef::default());
        let set = |(at, letter): (usize, char)| {
            let glyph = letters.map(letter).unwrap_or_default();
            let width = metrics.advance_width(glyph).unwrap_or_default();
            let range = at..at + letter.len_utf8();
            KrillaGlyph::new(GlyphId::new(glyph.to_u32()), width, 0.0, 0.0, 0.0, range, None)
        };
        text.char_indices().map(set).collect()
    }

    /// `text` in lines that are no wider than this; a hard space holds words together.
    pub(super) fn wrap(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        if self.width(text, size) <= width {
            return vec![text.to_owned()];
        }
        let mut lines = vec![String::new()];
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let mut rest = word;
            while !rest.is_empty() {
                let (part, more) = self.split(rest, size, width);
                rest = more;
                let fits = |line: &String| {
                    line.is_empty() || self.width(&format!("{line} {part}"), size) <= width
                };
                match lines.last_mut().filter(|line| fits(line)) {
                    Some(line) if line.is_empty() => line.push_str(part),
                    Some(line) => {
                        line.push(' ');
                        line.push_str(part);
                    }
                    None => lines.push(part.to_owned()),
                }
            }
        }
        lines
    }

    /// The part of a word that fits on a line, one letter at least, and what is left.
    fn split<'a>(&self, word: &'a str, size: f32, width: f32) -> (&'a str, &'a str) {
        let mut used = 0.0;
        for glyph in self.set(word) {
            used += glyph.x_advance * size;
            if used > width && glyph.text_range.start > 0 {
                return word.split_at(glyph.text_range.start);
            }
        }
        (word, "")
    }
}
