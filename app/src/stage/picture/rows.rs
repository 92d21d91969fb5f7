//! The amount of each row, as a stepped band.

use super::{LETTER_PX, Pen};
use crate::stage::shape::{Anchor, Ink, Point, Shape};

impl Pen<'_> {
    /// The amount of each row as a stepped band.
    pub(super) fn rows(&mut self) {
        let stage = self.stage;
        for (place, lane) in self.places.lanes.clone().iter().zip(&stage.lanes) {
            let (left, right) = (self.scale.left, self.scale.right);
            let mut line: Vec<Point> = Vec::new();
            let mut words = Vec::new();
            for level in &lane.levels {
                let x = self.scale.x(self.scale.axis.of(level.seq, level.at_us));
                let y = place.level(level.amount);
                if x > right + 1.0 {
                    break;
                }
                let before = line.last().map_or(y, |last| last.1);
                if x < left {
                    // Before the view: only the latest of these amounts matters.
                    line = vec![(left, y)];
                    continue;
                }
                line.extend([(x, before), (x, y)]);
                words.push(((x + 4.0, y - 4.0), level.amount.to_string()));
            }
            let Some(&(_, y)) = line.last() else { continue };
            let now = self.scale.x(self.scale.axis.of(self.stage.seq, self.stage.end_us)).min(right);
            line.push((now, y));
            self.band(line, place.ground());
            self.amounts(words);
        }
    }

    fn band(&mut self, line: Vec<Point>, ground: f64) {
        let (Some(first), Some(last)) = (line.first(), line.last()) else {
            return;
        };
        let corners = [(last.0, ground), (first.0, ground)];
        self.shapes
            .push(Shape::Area { points: line.iter().copied().chain(corners).collect(), ink: Ink::Level });
        self.shapes.push(Shape::rule((first.0, ground), (self.scale.right, ground), Ink::Grid));
        self.shapes.push(Shape::Line { points: line, ink: Ink::Row, width: 2.0, dashed: false });
    }

    fn amounts(&mut self, words: Vec<(Point, String)>) {
        let mut free_from = f64::MIN;
        for (at, words) in words {
            if at.0 >= free_from {
                free_from = at.0 + words.len() as f64 * LETTER_PX + 10.0;
                self.shapes.push(Shape::Text {
                    at,
                    words,
                    ink: Ink::Text,
                    anchor: Anchor::Start,
                    large: true,
                });
            }
        }
    }
}
