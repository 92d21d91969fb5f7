//! The amount of each row, as a stepped band.

use super::{LETTER_PX, Pen};
use crate::stage::shape::{Anchor, Ink, Point, Shape};

/// The points of the stroke that stands for a pixel.
const STROKE_POINTS: usize = 3;

impl Pen<'_> {
    /// The amount of each row as a stepped band.
    pub(super) fn rows(&mut self) {
        let stage = self.stage;
        for (place, lane) in self.places.lanes.clone().iter().zip(&stage.lanes) {
            let (left, right) = (self.scale.left, self.scale.right);
            let mut line = Steps::default();
            let mut words = Vec::new();
            let mut free_from = f64::MIN;
            for level in &lane.levels {
                let x = self.scale.x(self.scale.axis.of(level.seq, level.at_us));
                let y = place.level(level.amount);
                if x > right + 1.0 {
                    break;
                }
                if x < left {
                    // Before the view: only the latest of these amounts matters.
                    line = Steps { points: vec![(left, y)], ..Steps::default() };
                    continue;
                }
                line.step(x, y);
                if x >= free_from {
                    let amount = level.amount.to_string();
                    free_from = x + amount.len() as f64 * LETTER_PX + 10.0;
                    words.push(((x + 4.0, y - 4.0), amount));
                }
            }
            let mut line = line.points;
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
        for (at, words) in words {
            let (ink, anchor) = (Ink::Text, Anchor::Start);
            self.shapes.push(Shape::Text { at, words, ink, anchor, large: true });
        }
    }
}

/// A stepped line. What happens within one pixel is one stroke from its lowest to its highest amount.
#[derive(Default)]
struct Steps {
    points: Vec<Point>,
    /// Where the pixel began, and how many of the points stand before it.
    pixel: Option<(f64, usize)>,
}

impl Steps {
    fn step(&mut self, x: f64, y: f64) {
        let before = self.points.last().map_or(y, |last| last.1);
        match self.pixel {
            Some((began, first)) if x - began < 1.0 && self.points.len() - first >= STROKE_POINTS => {
                let within = self.points[first..].iter().map(|point| point.1).chain([y]);
                let (low, high) = within.fold((y, y), |(low, high), y| (f64::min(low, y), f64::max(high, y)));
                self.points.truncate(first);
                self.points.extend([(began, low), (began, high), (began, y)]);
            }
            Some((began, _)) if x - began < 1.0 => self.points.extend([(x, before), (x, y)]),
            _ => {
                self.points.push((x, before));
                self.pixel = Some((x, self.points.len()));
                self.points.push((x, y));
            }
        }
    }
}
