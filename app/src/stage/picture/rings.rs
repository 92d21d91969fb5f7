//! Rings around what was picked and what is lit.

use lab::fold::LaneKind;

use super::Pen;
use crate::stage::shape::{Fill, Ink, Point, Shape};

impl Pen<'_> {
    pub(super) fn rings(&mut self) {
        let lit: Vec<(usize, Point)> = self
            .look
            .lit
            .iter()
            .enumerate()
            .filter_map(|(i, &seq)| Some((i + 1, self.place_of(seq)?)))
            .collect();
        for (number, (x, y)) in lit {
            self.halo((x, y));
            // Below the mark: above it stands the amount.
            let badge = (x + 15.0, y + 15.0);
            self.shapes.push(Shape::Circle { at: badge, r: 9.0, ink: Ink::Lit, fill: Fill::Solid });
            self.shapes.push(Shape::label((badge.0, badge.1 + 4.0), &number.to_string(), Ink::Paper));
        }
        if let Some((x, y)) = self.look.selected.and_then(|seq| self.place_of(seq)) {
            self.shapes.push(Shape::rule((x, 0.0), (x, self.places.height), Ink::Lit));
            self.halo((x, y));
        }
    }

    /// A ring that does not cover what it surrounds.
    fn halo(&mut self, (x, y): Point) {
        let corner = |i: i32| {
            let angle = f64::from(i) * std::f64::consts::TAU / 24.0;
            (x + 14.0 * angle.cos(), y + 14.0 * angle.sin())
        };
        let points = (0..=24).map(corner).collect();
        self.shapes.push(Shape::Line { points, ink: Ink::Lit, width: 3.0, dashed: false });
    }

    /// Where an entry is: at its mark, at the begin of its span, or else on the first row.
    fn place_of(&self, seq: u64) -> Option<Point> {
        if let Some((_, at)) = self.spots.iter().rev().find(|(spot, _)| *spot == seq) {
            return Some(*at);
        }
        let row = self.stage.lanes.iter().position(|lane| lane.kind == LaneKind::Row)?;
        if seq > self.stage.seq || self.stage.marks.binary_search_by_key(&seq, |mark| mark.seq).is_ok() {
            return None;
        }
        let before = self.stage.marks.first().is_none_or(|mark| seq < mark.seq);
        let moment = self.scale.axis.of(seq, if before { 0 } else { self.stage.end_us });
        let levels = &self.stage.lanes[row].levels;
        let after = levels.partition_point(|level| level.seq <= seq);
        let amount = levels.get(after.saturating_sub(1)).map_or(0, |level| level.amount);
        Some((self.scale.x(moment), self.places.lanes[row].level(amount)))
    }
}
