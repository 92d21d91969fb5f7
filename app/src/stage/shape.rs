//! What a picture is made of: a handful of shapes in a handful of inks.

/// A place on the picture, in CSS pixels from the top left.
pub type Point = (f64, f64);

/// What a shape stands for; the style sheet gives each ink its colour (`--ink-NAME`), light and dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ink {
    /// The ground under everything.
    Paper,
    /// Words.
    Text,
    /// Words that matter less.
    Faint,
    /// Lines between lanes.
    Grid,
    /// The band of an outage.
    Outage,
    /// An operation's bar.
    Operation,
    /// A transaction's outline.
    Transaction,
    /// Waiting for a lock.
    Wait,
    /// A read.
    Read,
    /// A write.
    Write,
    /// A message, and its way.
    Message,
    /// Something that went wrong: a lost update, a conflict.
    Trouble,
    /// A row's amount.
    Row,
    /// The area under a row's amount.
    Level,
    /// Answered: done.
    Done,
    /// Answered: not done.
    NotDone,
    /// Picked by the reader, or lit as evidence.
    Lit,
}

impl Ink {
    /// All inks, for a painter that looks the colours up once.
    pub const ALL: [Self; 17] = [
        Self::Paper,
        Self::Text,
        Self::Faint,
        Self::Grid,
        Self::Outage,
        Self::Operation,
        Self::Transaction,
        Self::Wait,
        Self::Read,
        Self::Write,
        Self::Message,
        Self::Trouble,
        Self::Row,
        Self::Level,
        Self::Done,
        Self::NotDone,
        Self::Lit,
    ];

    /// The name in the style sheet.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Text => "text",
            Self::Faint => "faint",
            Self::Grid => "grid",
            Self::Outage => "outage",
            Self::Operation => "operation",
            Self::Transaction => "transaction",
            Self::Wait => "wait",
            Self::Read => "read",
            Self::Write => "write",
            Self::Message => "message",
            Self::Trouble => "trouble",
            Self::Row => "row",
            Self::Level => "level",
            Self::Done => "done",
            Self::NotDone => "not-done",
            Self::Lit => "lit",
        }
    }
}

/// How an area is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// All of it.
    Solid,
    /// Only its edge.
    Outline,
    /// Slanted lines: something waits.
    Hatch,
}

/// Where a text's point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// At its left end.
    Start,
    /// In its middle.
    Middle,
    /// At its right end.
    End,
}

/// One shape. Later shapes lie over earlier ones.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A rectangle with slightly round corners.
    Bar {
        /// Left edge.
        x: f64,
        /// Upper edge.
        y: f64,
        /// Width.
        w: f64,
        /// Height.
        h: f64,
        /// What it stands for.
        ink: Ink,
        /// How it is filled.
        fill: Fill,
    },
    /// A line through some points.
    Line {
        /// The points.
        points: Vec<Point>,
        /// What it stands for.
        ink: Ink,
        /// Its width.
        width: f64,
        /// Whether it is dashed.
        dashed: bool,
    },
    /// A filled area with these corners.
    Area {
        /// The corners.
        points: Vec<Point>,
        /// What it stands for.
        ink: Ink,
    },
    /// A circle.
    Circle {
        /// Its middle.
        at: Point,
        /// Its radius.
        r: f64,
        /// What it stands for.
        ink: Ink,
        /// How it is filled; an outlined circle covers what lies under it.
        fill: Fill,
    },
    /// An arc with an arrow's head at its end.
    Arrow {
        /// Where it begins.
        from: Point,
        /// The point that bends it.
        via: Point,
        /// Where it points.
        to: Point,
        /// What it stands for.
        ink: Ink,
    },
    /// A few words.
    Text {
        /// Where, on the base line.
        at: Point,
        /// The words.
        words: String,
        /// What it stands for.
        ink: Ink,
        /// Which end of the words is there.
        anchor: Anchor,
        /// Whether it is set in the larger size.
        large: bool,
    },
}

impl Shape {
    /// A cross of two lines around a place.
    pub fn cross((x, y): Point, r: f64, ink: Ink) -> [Self; 2] {
        let stroke = |points| Self::Line { points, ink, width: 2.5, dashed: false };
        [stroke(vec![(x - r, y - r), (x + r, y + r)]), stroke(vec![(x - r, y + r), (x + r, y - r)])]
    }

    /// A thin straight line.
    pub fn rule(from: Point, to: Point, ink: Ink) -> Self {
        Self::Line { points: vec![from, to], ink, width: 1.0, dashed: false }
    }

    /// Small words in the middle above a place.
    pub fn label(at: Point, words: &str, ink: Ink) -> Self {
        Self::Text { at, words: words.to_owned(), ink, anchor: Anchor::Middle, large: false }
    }
}
