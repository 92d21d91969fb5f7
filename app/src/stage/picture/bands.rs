//! Outages: bands behind everything, because everybody is concerned.

use super::Pen;
use crate::stage::shape::{Anchor, Fill, Ink, Shape};
use crate::words::outages as words;

/// Where the words stand, from the top.
const WORDS_Y: f64 = 11.0;
/// A band is at least this wide, so that an outage between two entries is seen.
const WIDTH_MIN: f64 = 3.0;

impl Pen<'_> {
    pub(super) fn bands(&mut self) {
        let end = (self.stage.seq, self.stage.end_us);
        for outage in &self.stage.outages {
            let x = |(seq, at_us)| self.scale.x(self.scale.axis.of(seq, at_us));
            let (from, to) = (x(outage.from), x(outage.until.unwrap_or(end)));
            if !self.scale.shows(from, to) {
                continue;
            }
            let (from, to) = (from.max(self.scale.left), to.min(self.scale.right));
            let (w, h) = ((to - from).max(WIDTH_MIN), self.places.height);
            self.shapes.push(Shape::Bar { x: from, y: 0.0, w, h, ink: Ink::Outage, fill: Fill::Solid });
            self.shapes.push(Shape::rule((from, 0.0), (from, h), Ink::Trouble));
            let words = words::is_down(&words::port(outage.port), outage.manner);
            let (at, anchor) = ((from + 4.0, WORDS_Y), Anchor::Start);
            self.shapes.push(Shape::Text { at, words, ink: Ink::Trouble, anchor, large: false });
        }
    }
}
