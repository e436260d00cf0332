//! A letter on paper: one page A4, for an envelope with a window at the left, as PDF/A.
//!
//! It draws what it is given; what a letter says is in `words`.

mod face;

use super::words::{Lines, Words};
use crate::secret::Secret;
use face::{BOLD, CODE, Face, PLAIN};
use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use zeroize::Zeroizing;

/// Why a letter was not drawn.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A name or address has letters that no typeface of ours has.
    #[error("{0:?} has letters that cannot be printed")]
    Letters(String),
    /// The document does not hold together; our own fault.
    #[error("a letter could not be drawn: {0}")]
    Document(String),
}

/// Whether `text` can be printed.
pub(super) fn has(text: &str) -> bool {
    PLAIN.has(text) && BOLD.has(text)
}

/// The letter of `words` with `pin`, as PDF.
///
/// Errors: [`Error`].
pub(super) fn draw(words: &Words, pin: &Secret<String>) -> Result<Zeroizing<Vec<u8>>, Error> {
    if let Some(text) = words.all().find(|text| !has(text)) {
        return Err(Error::Letters(text.to_owned()));
    }
    let fault = |what: &dyn std::fmt::Debug| Error::Document(format!("{what:?}"));
    let archival = ConfigurationBuilder::new().with_archival_validator(Archival::A2_U);
    let configuration = archival.finish().map_err(|error| fault(&error))?;
    let mut document =
        Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let paper = PageSettings::from_wh(WIDTH, HEIGHT).expect("A4 is a size");
    let mut page = document.start_page_with(paper);
    {
        let mut pen = Pen { surface: page.surface(), y: 0.0 };
        head(&mut pen, words);
        body(&mut pen, words, pin);
        if pen.y > FOOT {
            return Err(Error::Document("it is longer than its page".to_owned()));
        }
        pen.foot(&words.foot);
    }
    page.finish();
    document.set_metadata(metadata(words));
    document.finish().map(Zeroizing::new).map_err(|error| fault(&error))
}

fn metadata(words: &Words) -> Metadata {
    let day = words.day;
    let date = DateTime::new(day.year).month(day.month).day(day.day);
    let metadata = Metadata::new().title(words.title.clone()).language(words.language.to_owned());
    metadata.creation_date(date).producer("Sleutelbos".to_owned())
}

/// Sender, window and date.
fn head(pen: &mut Pen<'_>, words: &Words) {
    pen.y = mm(22.0);
    let server = first(BOLD.wrap(&words.server, 17.0, MEASURE), 1);
    pen.lines(&BOLD, 17.0, LEFT, &server, Colour::Ink);
    pen.rule(mm(26.0), Colour::Accent, 2.0);
    for fold in [99.0, 198.0] {
        pen.fill(Rect::from_xywh(mm(6.0), mm(fold), mm(4.0), 0.4), Colour::Pale);
    }
    pen.y = mm(46.0);
    let sender = first(PLAIN.wrap(&words.sender, SMALL, WINDOW), 1);
    pen.lines(&PLAIN, SMALL, LEFT, &sender, Colour::Quiet);
    pen.fill(Rect::from_xywh(LEFT, mm(47.3), WINDOW, 0.4), Colour::Pale);
    pen.y = mm(53.0);
    for (part, most) in &words.address {
        let lines = first(PLAIN.wrap(part, TEXT, WINDOW), *most);
        pen.lines(&PLAIN, TEXT, LEFT, &lines, Colour::Ink);
    }
    pen.y = mm(53.0);
    pen.lines(
        &PLAIN,
        SMALL,
        mm(135.0),
        &[words.private.clone(), words.date.clone()],
        Colour::Quiet,
    );
}

/// Everything under the window: what happened, the PIN, what to do with it.
fn body(pen: &mut Pen<'_>, words: &Words, pin: &Secret<String>) {
    pen.y = mm(95.0);
    pen.paragraph(&BOLD, 15.0, &words.title);
    pen.down(mm(2.5));
    pen.text(&words.lead);
    pen.down(mm(2.0));
    frame(pen, words, pin);
    for Lines { title, lines } in &words.parts {
        pen.down(mm(2.5));
        pen.paragraph(&BOLD, TEXT, title);
        pen.text(lines);
    }
}

/// The PIN, letter by letter, each with what it is.
fn frame(pen: &mut Pen<'_>, words: &Words, pin: &Secret<String>) {
    const HIGH: f32 = 88.0;
    let top = pen.y - TEXT;
    pen.fill(Rect::from_xywh(LEFT, top, MEASURE, HIGH), Colour::Shade);
    pen.fill(Rect::from_xywh(LEFT, top, 3.0, HIGH), Colour::Accent);
    pen.y = top + 18.0;
    pen.line(&BOLD, SMALL, LEFT + mm(6.0), &words.pin, Colour::Quiet);
    let mut x = LEFT + mm(6.0);
    for (place, letter) in pin.expose().chars().enumerate() {
        if place == 4 {
            x += mm(6.0);
        }
        let cell = mm(17.0);
        let middle = |face: &Face, text: &str, size: f32| x + (cell - face.width(text, size)) / 2.0;
        let mut one = [0; 4];
        let text: &str = letter.encode_utf8(&mut one);
        pen.fill(Rect::from_xywh(x, top + 26.0, cell - mm(1.5), 36.0), Colour::White);
        pen.y = top + 53.0;
        pen.line(&CODE, 26.0, middle(&CODE, text, 26.0) - mm(0.75), text, Colour::Ink);
        let kind = words.kind(letter);
        pen.y = top + 74.0;
        pen.line(&PLAIN, TINY, middle(&PLAIN, kind, TINY) - mm(0.75), kind, Colour::Quiet);
        x += cell;
    }
    pen.y = top + HIGH + mm(6.0);
}

/// The first of `lines`, of which the last says that there are more.
fn first(mut lines: Vec<String>, most: usize) -> Vec<String> {
    let more = lines.len() > most;
    lines.truncate(most);
    if let Some(last) = lines.last_mut().filter(|_| more) {
        last.push('…');
    }
    lines
}

/// Where something is drawn next: `y` is the line that letters stand on.
struct Pen<'a> {
    surface: Surface<'a>,
    y: f32,
}

impl Pen<'_> {
    fn down(&mut self, by: f32) {
        self.y += by;
    }

    /// Paragraphs of plain text.
    fn text(&mut self, paragraphs: &[String]) {
        for paragraph in paragraphs {
            self.paragraph(&PLAIN, TEXT, paragraph);
            self.down(mm(0.8));
        }
    }

    fn paragraph(&mut self, face: &Face, size: f32, text: &str) {
        self.lines(face, size, LEFT, &face.wrap(text, size, MEASURE), Colour::Ink);
    }

    fn lines(&mut self, face: &Face, size: f32, x: f32, lines: &[String], colour: Colour) {
        for line in lines {
            self.line(face, size, x, line, colour);
            self.y += size * LEADING;
        }
    }

    fn line(&mut self, face: &Face, size: f32, x: f32, text: &str, colour: Colour) {
        self.surface.set_fill(Some(solid(colour)));
        let at = Point::from_xy(x, self.y);
        self.surface.draw_glyphs(at, &face.set(text), face.font(), text, size, false);
    }

    fn foot(&mut self, text: &str) {
        self.y = mm(285.0);
        self.lines(&PLAIN, SMALL, LEFT, &first(PLAIN.wrap(text, SMALL, MEASURE), 2), Colour::Quiet);
    }

    fn rule(&mut self, y: f32, colour: Colour, high: f32) {
        self.fill(Rect::from_xywh(LEFT, y, MEASURE, high), colour);
    }

    fn fill(&mut self, area: Option<Rect>, colour: Colour) {
        let mut path = PathBuilder::new();
        let Some(area) = area else { return };
        path.push_rect(area);
        self.surface.set_fill(Some(solid(colour)));
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }
}

/// The colours of the pages, on paper.
#[derive(Clone, Copy)]
enum Colour {
    Ink,
    Quiet,
    Accent,
    Shade,
    Pale,
    White,
}

fn solid(colour: Colour) -> Fill {
    let (red, green, blue) = match colour {
        Colour::Ink => (0x12, 0x24, 0x2a),
        Colour::Quiet => (0x3e, 0x52, 0x57),
        Colour::Accent => (0x00, 0x70, 0x7a),
        Colour::Shade => (0xea, 0xf0, 0xf0),
        Colour::Pale => (0xc3, 0xd0, 0xd2),
        Colour::White => (0xff, 0xff, 0xff),
    };
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::default(),
    }
}

/// Points of so many millimetres.
const fn mm(length: f32) -> f32 {
    length * 72.0 / 25.4
}

const WIDTH: f32 = mm(210.0);
const HEIGHT: f32 = mm(297.0);
const LEFT: f32 = mm(25.0);
/// How wide text is.
const MEASURE: f32 = mm(160.0);
/// How wide the window of the envelope is, less what slides.
const WINDOW: f32 = mm(85.0);
/// Where text ends, and the foot of the page begins.
const FOOT: f32 = mm(282.0);
const TEXT: f32 = 10.5;
const SMALL: f32 = 8.5;
const TINY: f32 = 7.0;
/// From one line to the next, in heights of a letter.
const LEADING: f32 = 1.42;
