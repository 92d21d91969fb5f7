//! The map: who and what stands where at one moment, from those who ask on the left to what is kept on the right.
//!
//! Actors, tables, partitions and rows are boxes in columns. The latest step is an arrow between the two boxes that it
//! concerns; played, the arrows walk along the way of a message.

mod boxes;

use lab::checks::OUTBOX;
use lab::fold::{LaneKind, Mark, MarkKind, Stage};

use super::picture::{Look, Picture};
use super::shape::{Anchor, Ink, Point, Shape};
use crate::words::stage as words;

/// From box to box inside a column, and around everything.
const GAP: f64 = 10.0;
/// Room between two columns that lie under each other.
const ALLEY: f64 = 44.0;
/// The share of a column's width that is left to the arrows behind it.
const ALLEY_SHARE: f64 = 0.33;
/// The same where there are so many columns that the boxes would have no room for their names.
const NARROW_ALLEY_SHARE: f64 = 0.24;
/// More columns than these are many.
const COLUMNS_WIDE: usize = 6;
/// No column is wider, its arrows included.
const COLUMN_WIDTH_MAX: f64 = 320.0;
/// Room above a column for what it is.
const HEAD: f64 = 22.0;
/// Below this width columns lie under each other.
const UPRIGHT_PX: f64 = 620.0;
/// A box, and one in a crowd: its height.
const HEIGHTS: [f64; 2] = [62.0, 30.0];
/// More boxes in a column are a crowd.
const CROWD: usize = 8;
/// How many marks are read from either end, to learn who touches what: a frame must not read a long run.
const MARKS_LOOKED_AT: usize = 2_000;
/// So many boxes of a crowd stand above each other before another row of them begins.
const CROWD_HIGH: usize = 16;

/// The columns from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    /// Those who ask, order or publish.
    Askers,
    /// Those who carry out what is asked for.
    Services,
    /// What they write, and what is to be sent.
    Outbox,
    /// Those who send.
    Relays,
    /// Where messages lie.
    Broker,
    /// Those who get them.
    Consumers,
    /// What is kept.
    Kept,
}

impl Column {
    /// What it is, over it.
    fn head(self, at: Point) -> Shape {
        let words = match self {
            Self::Askers => words::ASKS,
            Self::Services => words::SERVES,
            Self::Outbox | Self::Kept => words::DATABASE,
            Self::Relays => words::SENDS,
            Self::Broker => words::BROKER,
            Self::Consumers => words::HANDLES,
        };
        Shape::Text { at, words: words.into(), ink: Ink::Faint, anchor: Anchor::Start, large: false }
    }
}

/// Where everything is.
struct Plan {
    /// The box of each lane.
    frames: Vec<Frame>,
    /// The height of all.
    height: f64,
    /// Each column, and where it is told what it is.
    heads: Vec<(Point, Column)>,
}

/// A box's place.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Frame {
    x: f64,
    y: f64,
    w: f64,
    h: f64,
    /// Whether it has room for its name alone.
    is_crowd: bool,
}

impl Frame {
    fn middle(&self) -> Point {
        (self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// Where a line from the middle towards a place leaves the box.
    fn edge(&self, (to_x, to_y): Point) -> Point {
        let (x, y) = self.middle();
        let (dx, dy) = (to_x - x, to_y - y);
        let share = |half: f64, by: f64| if by == 0.0 { f64::INFINITY } else { half / by.abs() };
        let times = share(self.w / 2.0 + 3.0, dx).min(share(self.h / 2.0 + 3.0, dy)).min(1.0);
        (x + dx * times, y + dy * times)
    }
}

/// Draws the map of a stage.
pub fn draw(stage: &Stage, look: &Look) -> Picture {
    let Plan { frames, height, heads } = laid_out(stage, look);
    let mut shapes: Vec<Shape> = heads.into_iter().map(|(at, column)| column.head(at)).collect();
    for (lane, frame) in frames.iter().enumerate() {
        boxes::draw(stage, lane, *frame, &mut shapes);
    }
    if let Some(mark) = looked_at(stage, look) {
        step(mark, &frames, &mut shapes);
    }
    let last = last_marks(stage);
    let area = |(lane, frame): (usize, &Frame)| {
        Some((last[lane]?, (frame.x, frame.y), (frame.x + frame.w, frame.y + frame.h)))
    };
    let areas = frames.iter().enumerate().filter_map(area).collect();
    Picture { width: look.width, height, times: 1.0, shapes, spots: Vec::new(), areas }
}

/// By lane: the latest entry that it took part in, among the latest [`MARKS_LOOKED_AT`].
fn last_marks(stage: &Stage) -> Vec<Option<u64>> {
    let mut last = vec![None; stage.lanes.len()];
    for mark in stage.marks.iter().rev().take(MARKS_LOOKED_AT) {
        for lane in std::iter::once(mark.lane).chain(mark.row_lane) {
            last[lane].get_or_insert(mark.seq);
        }
    }
    last
}

/// The mark of the step that is shown: the one that was picked, else the latest.
fn looked_at<'a>(stage: &'a Stage, look: &Look) -> Option<&'a Mark> {
    let picked = look.selected.and_then(|seq| {
        let place = stage.marks.binary_search_by_key(&seq, |mark| mark.seq).ok()?;
        stage.marks.get(place)
    });
    picked.or_else(|| stage.marks.last())
}

/// The step as an arrow between the two boxes, or as a ring around its only one.
fn step(mark: &Mark, frames: &[Frame], out: &mut Vec<Shape>) {
    let Some(actor) = frames.get(mark.lane) else { return };
    let Some(other) = mark.row_lane.and_then(|lane| frames.get(lane)) else {
        return boxes::ring(*actor, Ink::Lit, out);
    };
    let takes = matches!(mark.kind, MarkKind::Read | MarkKind::Deliver);
    let (from, to) = if takes { (other, actor) } else { (actor, other) };
    let (from, to) = (from.edge(to.middle()), to.edge(from.middle()));
    let ink = match mark.kind {
        MarkKind::Read => Ink::Read,
        MarkKind::Publish | MarkKind::Deliver | MarkKind::Nack => Ink::Message,
        MarkKind::Ack => Ink::Done,
        MarkKind::BlindWrite | MarkKind::Conflict | MarkKind::Refused | MarkKind::PutAside => Ink::Trouble,
        _ => Ink::Write,
    };
    let via = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
    out.push(Shape::Arrow { from, via, to, ink });
    out.push(Shape::label((via.0, via.1 - 7.0), &mark.label, Ink::Text));
    boxes::ring(*actor, ink, out);
    boxes::ring(*other, ink, out);
}

/// The column of each lane. A table or row belongs behind whoever touched it first.
fn columns(stage: &Stage) -> Vec<Column> {
    let of_actor = |name: &str| match name.trim_end_matches(|letter: char| letter.is_ascii_digit()) {
        "service-" => Column::Services,
        "relay" | "relay-" => Column::Relays,
        "consumer-" | "warehouse" | "operator" => Column::Consumers,
        _ => Column::Askers,
    };
    let mut columns: Vec<Option<Column>> = stage
        .lanes
        .iter()
        .map(|lane| match (lane.kind, lane.name.as_str()) {
            (LaneKind::Actor, name) => Some(of_actor(name)),
            (_, OUTBOX) => Some(Column::Outbox),
            (_, name) if boxes::is_partition(name) => Some(Column::Broker),
            _ => None,
        })
        .collect();
    let has_broker = columns.contains(&Some(Column::Broker)) || columns.contains(&Some(Column::Consumers));
    for mark in stage.marks.iter().take(MARKS_LOOKED_AT) {
        let Some(row) = mark.row_lane.filter(|&row| columns[row].is_none()) else { continue };
        let is_asker = matches!(columns[mark.lane], Some(Column::Askers | Column::Services));
        columns[row] = Some(if is_asker && has_broker { Column::Outbox } else { Column::Kept });
    }
    columns.into_iter().map(|column| column.unwrap_or(Column::Kept)).collect()
}

/// The lanes of each column that has any, from left to right.
fn grouped(stage: &Stage) -> Vec<(Column, Vec<usize>)> {
    let columns = columns(stage);
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|&lane| columns[lane]);
    let mut groups: Vec<(Column, Vec<usize>)> = Vec::new();
    for lane in order {
        match groups.last_mut().filter(|(column, _)| *column == columns[lane]) {
            Some((_, lanes)) => lanes.push(lane),
            None => groups.push((columns[lane], vec![lane])),
        }
    }
    groups
}

fn laid_out(stage: &Stage, look: &Look) -> Plan {
    let groups = grouped(stage);
    let nowhere = Frame { x: 0.0, y: 0.0, w: 0.0, h: 0.0, is_crowd: false };
    let mut plan = Plan { frames: vec![nowhere; stage.lanes.len()], height: GAP, heads: Vec::new() };
    if look.width < UPRIGHT_PX {
        below_each_other(&groups, look, &mut plan);
    } else {
        side_by_side(&groups, look, &mut plan);
    }
    plan
}

fn side_by_side(groups: &[(Column, Vec<usize>)], look: &Look, plan: &mut Plan) {
    let count = groups.len().max(1) as f64;
    let alley = if groups.len() > COLUMNS_WIDE { NARROW_ALLEY_SHARE } else { ALLEY_SHARE };
    let column = ((look.width - 2.0 * GAP) / (count - alley)).min(COLUMN_WIDTH_MAX);
    let whole = column * (1.0 - alley);
    for (number, (kind, lanes)) in groups.iter().enumerate() {
        let left = GAP + number as f64 * column;
        plan.heads.push(((left, HEAD - 6.0), *kind));
        let h = box_height(lanes.len(), look);
        let wide = lanes.len().div_ceil(CROWD_HIGH);
        let w = (whole - GAP * (wide - 1) as f64) / wide as f64;
        for (place, &lane) in lanes.iter().enumerate() {
            let (across, down) = ((place / CROWD_HIGH) as f64, (place % CROWD_HIGH) as f64);
            let (x, y) = (left + across * (w + GAP), HEAD + GAP / 2.0 + down * (h + GAP));
            plan.frames[lane] = Frame { x, y, w, h, is_crowd: lanes.len() > CROWD };
            plan.height = plan.height.max(y + h + GAP);
        }
    }
}

fn below_each_other(groups: &[(Column, Vec<usize>)], look: &Look, plan: &mut Plan) {
    let mut top = GAP;
    for (kind, lanes) in groups {
        plan.heads.push(((GAP, top + HEAD - 12.0), *kind));
        top += HEAD - 4.0;
        let h = box_height(lanes.len(), look);
        let across = lanes.len().clamp(1, 3);
        let w = (look.width - GAP) / across as f64 - GAP;
        for (place, &lane) in lanes.iter().enumerate() {
            let (x, y) =
                ((place % across) as f64 * (w + GAP) + GAP, (place / across) as f64 * (h + GAP) + top);
            plan.frames[lane] = Frame { x, y, w, h, is_crowd: lanes.len() > CROWD };
        }
        top += lanes.len().div_ceil(across) as f64 * (h + GAP) + ALLEY - HEAD;
    }
    plan.height = top;
}

fn box_height(boxes: usize, look: &Look) -> f64 {
    let height = HEIGHTS[usize::from(boxes > CROWD)];
    if look.large { height * 1.25 } else { height }
}

#[cfg(test)]
mod tests;
