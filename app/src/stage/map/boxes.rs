//! The boxes of the map: an actor and what it is about, a partition and what lies in it, a row and what it holds.

use lab::checks::OUTBOX;
use lab::fold::{Doing, LaneKind, RETRY_TOPIC, SECOND_TOPIC, Stage, Standing};

use super::Frame;
use crate::stage::picture::clip;
use crate::stage::shape::{Anchor, Fill, Ink, Shape};
use crate::words::stage as words;

/// Half of a small sign that stands for a row of the outbox or for a message.
const SIGN: f64 = 4.0;
/// A rough width of one letter of a name.
const LETTER_PX: f64 = 7.2;

/// Whether messages lie in the lane of this name.
pub(super) fn is_partition(name: &str) -> bool {
    name == RETRY_TOPIC || name.starts_with("partition ") || name.starts_with(SECOND_TOPIC)
}

/// Draws the box of a lane.
pub(super) fn draw(stage: &Stage, lane: usize, frame: Frame, out: &mut Vec<Shape>) {
    let row = &stage.lanes[lane];
    let Frame { x, y, w, h, is_crowd } = frame;
    if row.kind == LaneKind::Actor {
        return actor(stage, lane, frame, out);
    }
    out.push(Shape::Bar { x, y, w, h, ink: Ink::Level, fill: Fill::Solid });
    out.push(Shape::Bar { x, y, w, h, ink: Ink::Row, fill: Fill::Outline });
    let amount = row.levels.last().map_or(0, |level| level.amount);
    if is_partition(&row.name) && !is_crowd {
        title(frame, &row.name, out);
        return partition(stage, lane, frame, out);
    }
    if row.name == OUTBOX && !is_crowd {
        title(frame, &row.name, out);
        return outbox(stage, frame, out);
    }
    // A row's name is its table and its key; where both do not fit, the key says which one it is.
    let key = row.name.split_once(' ').map(|(_, key)| key);
    let name = key.filter(|_| letters(frame) < row.name.len()).unwrap_or(&row.name);
    if is_crowd {
        return title(frame, &format!("{name}: {amount}"), out);
    }
    title(frame, name, out);
    let held = match (stage.rows.get(&row.name), key) {
        (Some(counter), _) => words::row(amount, counter.version, &counter.last_op),
        (None, Some(_)) => words::version(amount),
        (None, None) => words::in_it(amount),
    };
    said(frame, &held, Ink::Text, out);
}

/// A ring around a box.
pub(super) fn ring(Frame { x, y, w, h, .. }: Frame, ink: Ink, out: &mut Vec<Shape>) {
    let (left, right, top, bottom) = (x - 3.0, x + w + 3.0, y - 3.0, y + h + 3.0);
    let points = vec![(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    out.push(Shape::Line { points, ink, width: 2.5, dashed: false });
}

fn actor(stage: &Stage, lane: usize, frame: Frame, out: &mut Vec<Shape>) {
    let Frame { x, y, w, h, is_crowd } = frame;
    let (doing, about) = stage.doing(lane);
    if matches!(doing, Doing::Works | Doing::InTransaction) {
        out.push(Shape::Bar { x, y, w, h, ink: Ink::Operation, fill: Fill::Solid });
    }
    let (ink, fill) = match doing {
        Doing::Waits => (Ink::Wait, Fill::Hatch),
        Doing::InTransaction => (Ink::Transaction, Fill::Outline),
        Doing::Dead => (Ink::Trouble, Fill::Outline),
        Doing::Works | Doing::Nothing => (Ink::Grid, Fill::Outline),
    };
    out.push(Shape::Bar { x, y, w, h, ink, fill });
    if doing == Doing::Waits {
        // Words stand on plain ground.
        let (x, w) = (x + 4.0, (w - 8.0).max(0.0));
        out.push(Shape::Bar { x, y: y + 5.0, w, h: h - 10.0, ink: Ink::Paper, fill: Fill::Solid });
    }
    title(frame, &stage.lanes[lane].name, out);
    if doing == Doing::Dead {
        out.extend(Shape::cross((x + w - 14.0, y + 14.0), 6.0, Ink::Trouble));
    }
    if !is_crowd {
        let about = if doing == Doing::InTransaction { words::in_transaction(&about) } else { about };
        let about = if doing == Doing::Nothing { words::IDLE } else { about.trim_start_matches(", ") };
        said(frame, about, Ink::Faint, out);
    }
}

/// The messages as signs: open ones wait, filled ones are with a consumer who has not acknowledged them.
fn partition(stage: &Stage, lane: usize, frame: Frame, out: &mut Vec<Shape>) {
    let lying: Vec<bool> = stage.lying(lane).map(|lying| lying.with.is_some()).collect();
    let waiting = lying.iter().filter(|is_with| !**is_with).count();
    for (at, is_with) in signs(frame, lying.len()).into_iter().zip(&lying) {
        let fill = if *is_with { Fill::Solid } else { Fill::Outline };
        out.push(Shape::Circle { at, r: SIGN, ink: Ink::Message, fill });
    }
    below(frame, &words::partition(waiting, lying.len() - waiting), out);
}

/// The rows as signs, in the order of their numbers: filled when sent, open when not, crossed out when parked.
fn outbox(stage: &Stage, frame: Frame, out: &mut Vec<Shape>) {
    let rows = stage.outbox.rows();
    let room = signs(frame, rows.len());
    // The latest have a place; the oldest are sent long ago.
    let shown = rows.iter().skip(rows.len().saturating_sub(room.len()));
    for (at, row) in room.iter().copied().zip(shown) {
        match stage.outbox.standing(row) {
            Standing::Sent => out.push(Shape::Circle { at, r: SIGN, ink: Ink::Done, fill: Fill::Solid }),
            Standing::Unmarked => {
                out.push(Shape::Circle { at, r: SIGN, ink: Ink::Message, fill: Fill::Solid })
            }
            Standing::Parked | Standing::Held(_) => out.extend(Shape::cross(at, SIGN, Ink::Trouble)),
            Standing::Waits | Standing::Claimed(_) => {
                out.push(Shape::Circle { at, r: SIGN, ink: Ink::Wait, fill: Fill::Outline });
            }
        }
    }
    below(frame, &words::outbox(stage.outbox.depth(), rows.len()), out);
}

/// The places of so many signs in one line, as many as there is room for.
fn signs(frame: Frame, count: usize) -> Vec<(f64, f64)> {
    let step = 3.0 * SIGN;
    let room = ((frame.w - 2.0 * step) / step).max(1.0) as usize;
    let y = frame.y + frame.h * 0.55;
    (0..count.min(room)).map(|place| (frame.x + step + place as f64 * step, y)).collect()
}

/// How many letters of a name a box has room for.
fn letters(frame: Frame) -> usize {
    ((frame.w - 16.0) / LETTER_PX) as usize
}

/// The same of small ones.
fn small_letters(frame: Frame) -> usize {
    ((frame.w - 16.0) / (LETTER_PX - 0.8)) as usize
}

fn title(frame: Frame, name: &str, out: &mut Vec<Shape>) {
    let down = if frame.is_crowd { frame.h / 2.0 + 4.0 } else { 20.0 };
    let words = clip(name, letters(frame));
    let at = (frame.x + 8.0, frame.y + down);
    out.push(Shape::Text { at, words, ink: Ink::Text, anchor: Anchor::Start, large: true });
}

/// What a box says, in a second line where one has no room for it.
fn said(frame: Frame, words: &str, ink: Ink, out: &mut Vec<Shape>) {
    let room = small_letters(frame);
    let broken = words.char_indices().nth(room).and_then(|(end, _)| words[..end].rsplit_once(' '));
    let Some((first, _)) = broken else { return line(frame, words, frame.h * 0.68, ink, out) };
    line(frame, first, frame.h * 0.6, ink, out);
    line(frame, words[first.len()..].trim_start(), frame.h * 0.86, ink, out);
}

fn below(frame: Frame, said: &str, out: &mut Vec<Shape>) {
    line(frame, said, frame.h - 8.0, Ink::Faint, out);
}

fn line(frame: Frame, said: &str, down: f64, ink: Ink, out: &mut Vec<Shape>) {
    let words = clip(said, small_letters(frame));
    let at = (frame.x + 8.0, frame.y + down);
    out.push(Shape::Text { at, words, ink, anchor: Anchor::Start, large: false });
}
