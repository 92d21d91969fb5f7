//! A plot: lines over a few values, each with its name at its end.

use super::picture::Picture;
use super::shape::{Anchor, Fill, Ink, Point, Shape};

/// The plot's size, in the units of its own drawing.
const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 300.0;
/// Room for figures on the left, names on the right, and words above and below.
const LEFT: f64 = 64.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 28.0;
const BOTTOM: f64 = 40.0;
/// The inks of the lines, in order; with more lines they begin anew.
const INKS: [Ink; 6] = [Ink::Read, Ink::Trouble, Ink::Done, Ink::Message, Ink::Transaction, Ink::Write];
/// Names at the ends of lines are at least this far apart.
const NAME_PX: f64 = 15.0;
/// From a point to the next, up to so many lines of the grid.
const GRID_LINES: f64 = 4.0;

/// One line: its name, and how high it stands at each value.
pub struct Line {
    /// The name.
    pub name: String,
    /// The heights, in the order of the values.
    pub heights: Vec<f64>,
}

/// Draws lines over values, which stand at equal distances.
pub fn plot(values: &[u64], lines: &[Line], across: &str, up: &str) -> Picture {
    let most = lines.iter().flat_map(|line| &line.heights).copied().fold(1.0, f64::max);
    let step = (WIDTH - LEFT - RIGHT) / values.len().saturating_sub(1).max(1) as f64;
    let at = |place: usize, height: f64| -> Point {
        (LEFT + place as f64 * step, HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * height / most)
    };
    let mut shapes = frame(values, most, step, across, up);
    let mut names: Vec<(f64, Ink, &str)> = Vec::new();
    for (line, ink) in lines.iter().zip(INKS.iter().copied().cycle()) {
        let points: Vec<Point> =
            line.heights.iter().enumerate().map(|(place, height)| at(place, *height)).collect();
        names.extend(points.last().map(|(_, y)| (*y, ink, line.name.as_str())));
        let dots = points.iter().map(|&at| Shape::Circle { at, r: 4.0, ink, fill: Fill::Solid });
        shapes.extend(dots.collect::<Vec<_>>());
        shapes.push(Shape::Line { points, ink, width: 2.5, dashed: false });
    }
    shapes.extend(named(names));
    Picture { width: WIDTH, height: HEIGHT, times: 1.0, shapes, spots: Vec::new(), areas: Vec::new() }
}

/// The grid, the figures and what they count.
fn frame(values: &[u64], most: f64, step: f64, across: &str, up: &str) -> Vec<Shape> {
    let words = |at: Point, words: String, anchor: Anchor| Shape::Text {
        at,
        words,
        ink: Ink::Faint,
        anchor,
        large: false,
    };
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    let mut shapes = Vec::new();
    for line in 0..=GRID_LINES as u32 {
        let share = f64::from(line) / GRID_LINES;
        let y = bottom - (bottom - TOP) * share;
        shapes.push(Shape::rule((LEFT, y), (right, y), Ink::Grid));
        shapes.push(words((LEFT - 8.0, y + 4.0), format!("{:.0}", most * share), Anchor::End));
    }
    for (place, value) in values.iter().enumerate() {
        shapes.push(words((LEFT + place as f64 * step, bottom + 18.0), value.to_string(), Anchor::Middle));
    }
    shapes.push(words((LEFT, TOP - 14.0), up.to_owned(), Anchor::Start));
    shapes.push(words(((LEFT + right) / 2.0, HEIGHT - 6.0), across.to_owned(), Anchor::Middle));
    shapes
}

/// The names at the ends of their lines, from top to bottom, none over another.
fn named(mut names: Vec<(f64, Ink, &str)>) -> Vec<Shape> {
    names.sort_by(|(one, ..), (other, ..)| one.total_cmp(other));
    let mut free = f64::NEG_INFINITY;
    let name = |(y, ink, name): (f64, Ink, &str)| {
        let y = y.max(free);
        free = y + NAME_PX;
        let at = (WIDTH - RIGHT + 12.0, y + 4.0);
        Shape::Text { at, words: name.to_owned(), ink, anchor: Anchor::Start, large: false }
    };
    names.into_iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_rise_with_their_heights_and_names_do_not_lie_on_each_other() {
        let line = |name: &str, heights: [f64; 2]| Line { name: name.into(), heights: heights.into() };
        let lines = [line("one", [10.0, 100.0]), line("other", [10.0, 99.0])];
        let picture = plot(&[1, 16], &lines, "askers", "a second");
        let drawn: Vec<&Vec<Point>> = picture
            .shapes
            .iter()
            .filter_map(|shape| match shape {
                Shape::Line { points, width: 2.5, .. } => Some(points),
                _ => None,
            })
            .collect();
        assert!(drawn.iter().all(|points| points[1].1 < points[0].1), "{drawn:?}");
        let names: Vec<f64> = picture
            .shapes
            .iter()
            .filter_map(|shape| match shape {
                Shape::Text { at, words, .. } if words == "one" || words == "other" => Some(at.1),
                _ => None,
            })
            .collect();
        assert!(names.len() == 2 && (names[0] - names[1]).abs() >= NAME_PX, "{names:?}");
    }
}
