//! The shapes of marks. Each kind has a form of its own, so that colour is never the only sign.

use lab::fold::{Mark, MarkKind};

use super::shape::{Anchor, Fill, Ink, Point, Shape};

/// Half the size of a mark.
const R: f64 = 6.0;
/// The same in a crowd.
const R_CROWD: f64 = 3.0;
/// With fewer pixels for each entry, marks are a crowd: smaller, and without anything beside them.
pub const CROWD_PX: f64 = 4.0;
/// With at least this many pixels for each entry, amounts stand beside reads and writes.
const AMOUNT_PX: f64 = 13.0;
/// What a letter of a longer amount takes.
const LETTER_PX: f64 = 6.0;
/// With at least this many, the number of the next attempt has a circle of its own.
const RETRY_PX: f64 = 18.0;
/// With at least this many, words stand beside flags and refusals.
const WORDS_PX: f64 = 24.0;

/// How much room a mark has.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Pixels from one entry to the next.
    pub entry_px: f64,
    /// Half the height of the bars in its lane.
    pub half: f64,
}

impl Room {
    fn r(&self) -> f64 {
        if self.entry_px < CROWD_PX { R_CROWD } else { R }
    }
}

/// Whether the mark tells of trouble, and must be seen however dense the picture is.
pub fn is_trouble(kind: MarkKind) -> bool {
    matches!(
        kind,
        MarkKind::BlindWrite
            | MarkKind::Conflict
            | MarkKind::Refused
            | MarkKind::Unknown
            | MarkKind::Lost
            | MarkKind::PutAside
            | MarkKind::Crash
            | MarkKind::Stall
    )
}

/// Draws a mark on its actor's lane, with these words above it.
pub fn draw(mark: &Mark, at: Point, room: Room, words: Option<&str>, out: &mut Vec<Shape>) {
    let r = room.r();
    match mark.kind {
        MarkKind::Read => out.push(Shape::Circle { at, r, ink: Ink::Read, fill: Fill::Outline }),
        MarkKind::Write => out.push(square(at, r)),
        MarkKind::BlindWrite => blind_write(at, r, out),
        MarkKind::Conflict => out.extend(Shape::cross(at, r + 2.0, Ink::Trouble)),
        MarkKind::Refused => refused(at, r, out),
        MarkKind::Insufficient => insufficient(at, r, out),
        MarkKind::Retry => retry(mark, at, room, out),
        MarkKind::Commit => out.push(tick(at, room.half + 4.0, false)),
        MarkKind::Rollback => out.push(tick(at, room.half + 4.0, true)),
        MarkKind::Done | MarkKind::NotDone | MarkKind::Unknown => flag(mark, at, room, out),
        MarkKind::Note => out.push(Shape::Circle { at, r: 3.0, ink: Ink::Faint, fill: Fill::Solid }),
        MarkKind::Publish => out.push(wedge(at, r, true)),
        MarkKind::Call => out.push(wedge(at, r + 1.0, true)),
        MarkKind::Answer => out.push(wedge(at, r + 1.0, false)),
        MarkKind::Deliver => out.push(wedge(at, r, false)),
        MarkKind::Ack => out.push(Shape::Circle { at, r: r * 0.6, ink: Ink::Done, fill: Fill::Solid }),
        MarkKind::Nack => out.push(Shape::Circle { at, r: r * 0.8, ink: Ink::Message, fill: Fill::Outline }),
        MarkKind::PutAside => put_aside(at, r, out),
        MarkKind::Lost => out.extend(Shape::cross(at, r, Ink::Trouble)),
        MarkKind::Crash => crash(at, room, out),
        MarkKind::Stall => stall(at, room, out),
        MarkKind::Begin | MarkKind::Wait => {}
    }
    beside(mark, at, room, words, out);
}

fn square((x, y): Point, r: f64) -> Shape {
    Shape::Bar { x: x - r, y: y - r, w: 2.0 * r, h: 2.0 * r, ink: Ink::Write, fill: Fill::Solid }
}

/// The cross is wider than the square, so that both are seen: something was written, and it should not have been.
fn blind_write(at: Point, r: f64, out: &mut Vec<Shape>) {
    out.push(square(at, r));
    out.extend(Shape::cross(at, r + 5.0, Ink::Trouble));
}

/// A wedge: pointing away from the actor for a message that leaves, at it for one that comes.
fn wedge((x, y): Point, r: f64, leaves: bool) -> Shape {
    let (base, tip) = if leaves { (x - r, x + r + 2.0) } else { (x + r, x - r - 2.0) };
    Shape::Area { points: vec![(base, y - r), (tip, y), (base, y + r)], ink: Ink::Message }
}

/// A box with a bar across: it lies somewhere, and nobody gets it.
fn put_aside((x, y): Point, r: f64, out: &mut Vec<Shape>) {
    let (ink, r) = (Ink::Trouble, r + 1.0);
    out.push(Shape::Bar { x: x - r, y: y - r, w: 2.0 * r, h: 2.0 * r, ink, fill: Fill::Outline });
    let points = vec![(x - r, y), (x + r, y)];
    out.push(Shape::Line { points, ink, width: 2.5, dashed: false });
}

/// The lane is cut through: whatever was open there is gone.
fn crash((x, y): Point, room: Room, out: &mut Vec<Shape>) {
    let half = room.half + 8.0;
    let points = vec![(x + 4.0, y - half), (x - 4.0, y - 2.0), (x + 4.0, y + 2.0), (x - 4.0, y + half)];
    out.push(Shape::Line { points, ink: Ink::Trouble, width: 3.0, dashed: false });
}

/// Two posts: whoever stood still goes on from here.
fn stall((x, y): Point, room: Room, out: &mut Vec<Shape>) {
    let half = room.half + 2.0;
    for x in [x - 3.0, x + 3.0] {
        let points = vec![(x, y - half), (x, y + half)];
        out.push(Shape::Line { points, ink: Ink::Trouble, width: 3.0, dashed: false });
    }
}

fn refused((x, y): Point, r: f64, out: &mut Vec<Shape>) {
    let r = r + 2.0;
    out.push(Shape::Area { points: vec![(x, y - r), (x + r, y), (x, y + r), (x - r, y)], ink: Ink::Trouble });
}

fn insufficient((x, y): Point, r: f64, out: &mut Vec<Shape>) {
    out.push(Shape::Circle { at: (x, y), r: r + 1.0, ink: Ink::NotDone, fill: Fill::Outline });
    out.push(Shape::Line {
        points: vec![(x - r + 2.0, y), (x + r - 2.0, y)],
        ink: Ink::NotDone,
        width: 2.0,
        dashed: false,
    });
}

fn retry(mark: &Mark, (x, y): Point, room: Room, out: &mut Vec<Shape>) {
    let number = mark.label.rsplit(' ').next().unwrap_or_default();
    // It follows its conflict at once: without room beside the cross, the number alone stands above.
    if room.entry_px < CROWD_PX {
        return;
    }
    if room.entry_px < RETRY_PX {
        out.push(Shape::label((x, y - R - 4.0), number, Ink::Faint));
        return;
    }
    out.push(Shape::Circle { at: (x, y), r: R + 3.0, ink: Ink::Wait, fill: Fill::Outline });
    out.push(Shape::label((x, y + 4.0), number, Ink::Text));
}

fn tick((x, y): Point, half: f64, dashed: bool) -> Shape {
    Shape::Line { points: vec![(x, y - half), (x, y + half)], ink: Ink::Transaction, width: 2.5, dashed }
}

/// A pole with a cloth: full when the asker got what he asked for, empty when not.
fn flag(mark: &Mark, (x, y): Point, room: Room, out: &mut Vec<Shape>) {
    let top = y - room.half - 8.0;
    let ink = if mark.kind == MarkKind::Done { Ink::Done } else { Ink::NotDone };
    out.push(Shape::Line { points: vec![(x, y + room.half), (x, top)], ink, width: 2.0, dashed: false });
    // In a crowd the poles alone stand for what went well: their cloths would cover each other.
    if mark.kind == MarkKind::Done && room.entry_px < CROWD_PX {
        return;
    }
    let cloth = vec![(x, top), (x + 12.0, top + 5.0), (x, top + 10.0)];
    if mark.kind == MarkKind::Done {
        out.push(Shape::Area { points: cloth, ink });
    } else {
        let points = cloth.into_iter().chain([(x, top)]).collect();
        out.push(Shape::Line { points, ink, width: 1.5, dashed: mark.kind == MarkKind::Unknown });
    }
    if room.entry_px >= WORDS_PX {
        let words = mark.label.clone();
        out.push(Shape::Text {
            at: (x + 6.0, y + 4.0),
            words,
            ink: Ink::Text,
            anchor: Anchor::Start,
            large: false,
        });
    }
}

/// The words above a mark: the amount, the event, the engine's code. Nothing where there is no room for them.
pub fn words(mark: &Mark, entry_px: f64) -> Option<&str> {
    // A word needs more room than a figure, or it lies on its neighbour.
    let amount_px = AMOUNT_PX.max(LETTER_PX * mark.label.chars().count().saturating_sub(1) as f64);
    let has_code = is_of_messages(mark.kind)
        || matches!(
            mark.kind,
            MarkKind::Refused
                | MarkKind::Insufficient
                | MarkKind::Nack
                | MarkKind::PutAside
                | MarkKind::Lost
                | MarkKind::Crash
                | MarkKind::Stall
        );
    let has_room = has_amount(mark.kind) && entry_px >= amount_px || has_code && entry_px >= WORDS_PX;
    has_room.then_some(mark.label.as_str())
}

/// Half the width of such words.
pub fn half_width(words: &str) -> f64 {
    LETTER_PX * words.chars().count() as f64 / 2.0
}

fn has_amount(kind: MarkKind) -> bool {
    matches!(kind, MarkKind::Read | MarkKind::Write | MarkKind::BlindWrite)
}

fn is_of_messages(kind: MarkKind) -> bool {
    matches!(kind, MarkKind::Publish | MarkKind::Deliver | MarkKind::Call | MarkKind::Answer)
}

/// The words above, the number of the attempt below.
fn beside(mark: &Mark, (x, y): Point, room: Room, words: Option<&str>, out: &mut Vec<Shape>) {
    if let Some(words) = words {
        out.push(Shape::label((x, y - R - 6.0), words, Ink::Text));
    }
    if mark.attempt > 1
        && (has_amount(mark.kind) || is_of_messages(mark.kind) || mark.kind == MarkKind::Conflict)
        && room.entry_px >= AMOUNT_PX
    {
        out.push(Shape::label((x, y + R + 14.0), &format!("#{}", mark.attempt), Ink::Faint));
    }
}
