//! Marks, the threads from them to the rows, and the arcs between them.

use lab::fold::{Mark, MarkKind};

use super::{Pen, half};
use crate::stage::marks::{self, CROWD_PX, Room};
use crate::stage::shape::{Fill, Ink, Point, Shape};

/// In a crowd, so many arcs are still told apart.
const ARCS_MAX: usize = 30;

impl Pen<'_> {
    pub(super) fn marks(&mut self) {
        let entry_px = self.scale.entry_px(self.stage);
        // The last cell of each lane and kind; marks come in their order, so a cell that is left does not come again.
        let mut drawn = vec![i64::MIN; self.stage.lanes.len() * MarkKind::COUNT];
        // How far the words of each lane reach: no word is printed over another one.
        let mut said_to = vec![f64::MIN; self.stage.lanes.len()];
        for mark in &self.stage.marks {
            let x = self.scale.x_of(mark);
            let at = (x, self.places.middle(mark.lane));
            if !self.scale.shows(x, x) {
                continue;
            }
            // One mark of a kind for each lane and cell: the eye could not tell more apart, nor a finger pick one.
            let cell = (x / self.cell) as i64;
            let last = &mut drawn[mark.lane * MarkKind::COUNT + mark.kind as usize];
            if *last == cell && !self.is_pointed_at(mark.seq) {
                continue;
            }
            *last = cell;
            self.spots.push((mark.seq, at));
            if entry_px >= CROWD_PX || self.is_pointed_at(mark.seq) {
                self.thread(mark, at);
            }
            let half = half(self.places.lanes[mark.lane].height);
            let said_to = &mut said_to[mark.lane];
            let words = marks::words(mark, entry_px).filter(|words| x - marks::half_width(words) >= *said_to);
            if let Some(words) = words {
                *said_to = x + marks::half_width(words);
            }
            marks::draw(mark, at, Room { entry_px, half }, words, &mut self.shapes);
        }
    }

    /// Whether the reader picked it, or it is lit as evidence.
    fn is_pointed_at(&self, seq: u64) -> bool {
        self.look.selected == Some(seq) || self.look.lit.contains(&seq)
    }

    /// The line between an actor and the row that it touched.
    fn thread(&mut self, mark: &Mark, (x, y): Point) {
        let Some(row) = mark.row_lane else { return };
        let place = self.places.lanes[row];
        let levels = &self.stage.lanes[row].levels;
        let after = levels.partition_point(|level| level.seq <= mark.seq);
        let level = place.level(after.checked_sub(1).map_or(0, |last| levels[last].amount));
        let (ink, fill) = match mark.kind {
            MarkKind::Read => (Ink::Read, Fill::Outline),
            MarkKind::Write => (Ink::Write, Fill::Solid),
            MarkKind::BlindWrite | MarkKind::Conflict => (Ink::Trouble, Fill::Solid),
            // The flight is drawn instead: it tells from whom to whom.
            MarkKind::Publish | MarkKind::Deliver | MarkKind::Ack => return,
            _ => (Ink::Faint, Fill::Outline),
        };
        self.shapes.push(Shape::rule((x, y), (x, level), ink));
        self.shapes.push(Shape::Circle { at: (x, level), r: 3.5, ink, fill });
    }

    /// Messages on their way: where two of these lines cross, the order of arrival is not that of sending.
    pub(super) fn flights(&mut self) {
        let is_crowd = self.scale.entry_px(self.stage) < CROWD_PX && self.stage.flights.len() > ARCS_MAX;
        for flight in &self.stage.flights {
            let (Some(from), Some(to)) = (self.stage.marks.get(flight.from), self.stage.marks.get(flight.to))
            else {
                continue;
            };
            if is_crowd && !self.is_pointed_at(to.seq) {
                continue;
            }
            let (from_x, to_x) = (self.scale.x_of(from).max(self.scale.left - 8.0), self.scale.x_of(to));
            if !self.scale.shows(from_x, to_x) {
                continue;
            }
            let points = vec![(from_x, self.places.middle(from.lane)), (to_x, self.places.middle(to.lane))];
            // A message that was handed out before comes from the same place a second time.
            let dashed = to.attempt > 1;
            self.shapes.push(Shape::Line { points, ink: Ink::Message, width: 1.5, dashed });
        }
    }

    /// From a write or a conflict to the write that it destroyed or that beat it.
    pub(super) fn arcs(&mut self) {
        let is_crowd = self.scale.entry_px(self.stage) < CROWD_PX && self.stage.arcs.len() > ARCS_MAX;
        for arc in &self.stage.arcs {
            let (Some(from), Some(to)) = (self.stage.marks.get(arc.from), self.stage.marks.get(arc.to))
            else {
                continue;
            };
            if is_crowd && !self.is_pointed_at(from.seq) {
                continue;
            }
            let (from_x, to_x) = (self.scale.x_of(from), self.scale.x_of(to).max(self.scale.left - 8.0));
            if !self.scale.shows(from_x, from_x) {
                continue;
            }
            let (from_y, to_y) = (self.places.middle(from.lane), self.places.middle(to.lane));
            let (dx, dy) = (to_x - from_x, to_y - from_y);
            let far = dx.hypot(dy).max(1.0);
            // Both ends stay clear of their marks; the bend leaves the straight line to the threads.
            let (clear_x, clear_y) = (dx / far * 13.0, dy / far * 13.0);
            self.shapes.push(Shape::Arrow {
                from: (from_x + clear_x, from_y + clear_y),
                via: (from_x + dx / 2.0 - dy * 0.18, from_y + dy / 2.0 + dx * 0.18),
                to: (to_x - clear_x, to_y - clear_y),
                ink: Ink::Trouble,
            });
        }
    }
}
