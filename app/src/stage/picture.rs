//! The picture: a folded run, seen through a look, as shapes and as places that can be picked.

mod bands;
mod links;
mod rings;
mod rows;
mod spans;

use lab::fold::{LaneKind, Stage};

use super::axis::{Axis, Scale, Zoom};
use super::lanes::Places;
use super::map;
use super::shape::{Anchor, Fill, Ink, Point, Shape};

/// A pick counts when it is at most this far from a mark: half of a touch target of 44 pixels.
const PICK_PX: f64 = 22.0;
/// Below this width the names of lanes get less room.
const NARROW_PX: f64 = 560.0;
/// A rough width of one letter, enough to cut a label before it leaves its bar.
const LETTER_PX: f64 = 6.4;
/// Over so many places for marks, on all lanes together, a picture is thinned: an animation frame must suffice.
const CELLS_MAX: f64 = 2_000.0;
/// The width of a mark; thinning goes no further.
const MARK_PX: f64 = 12.0;
/// So many letters of a name's end are kept where it is cut.
const NAME_END: usize = 3;
/// From one line of a name to the next.
const LINE_PX: f64 = 16.0;

/// What is drawn of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// Everybody's lane in time.
    #[default]
    Lanes,
    /// Who and what stands where, at the moment that is shown.
    Map,
}

/// How the reader looks at a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// What is drawn.
    pub view: View,
    /// The picture's width in CSS pixels.
    pub width: f64,
    /// Whether it must be readable from the back of a room.
    pub large: bool,
    /// What the axis counts.
    pub axis: Axis,
    /// How much is in view.
    pub zoom: Zoom,
    /// The entry to keep in view, if not the latest.
    pub focus: Option<u64>,
    /// The entry that was picked.
    pub selected: Option<u64>,
    /// The entries lit as evidence, in order.
    pub lit: Vec<u64>,
}

/// Shapes, and where the entries are.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The width.
    pub width: f64,
    /// The height that the lanes need.
    pub height: f64,
    /// How many times the whole run is magnified.
    pub times: f64,
    /// The shapes, from back to front.
    pub shapes: Vec<Shape>,
    /// The place of each entry in view.
    pub spots: Vec<(u64, Point)>,
    /// Areas that stand for an entry wherever they are pressed: two opposite corners each.
    pub areas: Vec<(u64, Point, Point)>,
}

impl Picture {
    /// Draws a stage.
    pub fn of(stage: &Stage, look: &Look) -> Self {
        if look.view == View::Map {
            return map::draw(stage, look);
        }
        let (gutter, end) = if look.width < NARROW_PX { (76.0, 40.0) } else { (112.0, 58.0) };
        let ends = (gutter + 10.0, (look.width - end).max(gutter + 60.0));
        let scale = Scale::of(stage, look.axis, look.zoom, look.focus, ends);
        let places = Places::of(stage, look.large);
        let cell = stage.lanes.len() as f64 * look.width / CELLS_MAX;
        let mut pen = Pen {
            stage,
            look,
            scale,
            places,
            gutter,
            cell: cell.clamp(1.0, MARK_PX),
            shapes: Vec::new(),
            spots: Vec::new(),
        };
        pen.bands();
        pen.lanes();
        pen.rows();
        pen.spans();
        pen.flights();
        pen.marks();
        pen.arcs();
        pen.rings();
        pen.names();
        Self {
            width: look.width,
            height: pen.places.height,
            times: scale.times,
            shapes: pen.shapes,
            spots: pen.spots,
            areas: Vec::new(),
        }
    }

    /// The entry at a place, or the nearest one within reach.
    pub fn hit(&self, (x, y): Point) -> Option<u64> {
        let is_in = |&&(_, (left, top), (right, bottom)): &&(u64, Point, Point)| {
            (left..right).contains(&x) && (top..bottom).contains(&y)
        };
        if let Some((seq, ..)) = self.areas.iter().find(is_in) {
            return Some(*seq);
        }
        let distance = |&(_, (spot_x, spot_y)): &(u64, Point)| (spot_x - x).hypot(spot_y - y);
        let near = self.spots.iter().map(|spot| (distance(spot), spot.0)).filter(|(far, _)| *far <= PICK_PX);
        near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, seq)| seq)
    }
}

struct Pen<'a> {
    stage: &'a Stage,
    look: &'a Look,
    scale: Scale,
    places: Places,
    gutter: f64,
    /// Marks of a kind on a lane that are nearer than this are drawn as one.
    cell: f64,
    shapes: Vec<Shape>,
    spots: Vec<(u64, Point)>,
}

impl Pen<'_> {
    fn lanes(&mut self) {
        for (place, lane) in self.places.lanes.iter().zip(&self.stage.lanes) {
            if lane.kind == LaneKind::Actor {
                let y = place.middle();
                self.shapes.push(Shape::rule((self.gutter, y), (self.look.width, y), Ink::Grid));
            }
        }
    }

    /// The names come last and on their own ground: nothing may run into them.
    fn names(&mut self) {
        let (w, h) = (self.gutter, self.places.height);
        self.shapes.push(Shape::Bar { x: 0.0, y: 0.0, w, h, ink: Ink::Paper, fill: Fill::Solid });
        let letters = ((self.gutter - 4.0) / (LETTER_PX + 0.8)) as usize;
        let stage = self.stage;
        for (lane, place) in stage.lanes.iter().zip(self.places.lanes.clone()) {
            // A row's name is its table and its key; where both do not fit side by side, they stand in two lines.
            let lines = match lane.name.split_once(' ') {
                Some((table, key)) if lane.name.len() > letters => vec![table, key],
                _ => vec![lane.name.as_str()],
            };
            let first = place.middle() + 4.0 - (lines.len() - 1) as f64 * LINE_PX / 2.0;
            for (number, line) in lines.into_iter().enumerate() {
                let at = (0.0, first + number as f64 * LINE_PX);
                let (words, anchor) = (squeeze(line, letters), Anchor::Start);
                self.shapes.push(Shape::Text { at, words, ink: Ink::Text, anchor, large: true });
            }
        }
    }
}

fn half(height: f64) -> f64 {
    (height * 0.24).clamp(7.0, 16.0)
}

/// The words, or as much of them as so many letters hold.
pub fn clip(words: &str, letters: usize) -> String {
    if words.chars().count() <= letters {
        return words.to_owned();
    }
    words.chars().take(letters.saturating_sub(1)).chain(['\u{2026}']).collect()
}

/// A name, or as much of it as so many letters hold: its end tells it from its like.
fn squeeze(name: &str, letters: usize) -> String {
    let count = name.chars().count();
    if count <= letters || letters <= 2 * NAME_END {
        return clip(name, letters);
    }
    let (head, end) = (name.chars().take(letters - NAME_END - 1), name.chars().skip(count - NAME_END));
    head.chain(['\u{2026}']).chain(end).collect()
}

#[cfg(test)]
mod tests;
