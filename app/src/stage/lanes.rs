//! Where the lanes lie from top to bottom, and how high a row's amount stands in its lane.

use lab::fold::{Lane, LaneKind, Stage};

/// Room above the first lane, for words over bars.
const TOP: f64 = 14.0;
/// Room below the last lane.
const BOTTOM: f64 = 8.0;
/// Room between the actors and the rows.
const GAP: f64 = 18.0;
/// A lane of a row is at least this high, so that steps can be told apart.
const ROW_HEIGHT_MIN: f64 = 56.0;
/// Room inside a row's lane above its highest and below its lowest amount.
const ROW_MARGIN: f64 = 14.0;

/// The vertical places of all lanes.
#[derive(Debug, Clone, PartialEq)]
pub struct Places {
    /// One place for each lane, in the stage's order.
    pub lanes: Vec<Place>,
    /// The height of all.
    pub height: f64,
}

/// Where one lane lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Its upper edge.
    pub top: f64,
    /// Its height.
    pub height: f64,
    low: i64,
    high: i64,
}

impl Places {
    /// The places of a stage's lanes. `large` is for reading from the back of a room.
    pub fn of(stage: &Stage, large: bool) -> Self {
        let height = lane_height(stage.lanes.len(), large);
        let mut top = TOP;
        let mut before = None;
        let mut lanes = Vec::with_capacity(stage.lanes.len());
        for lane in &stage.lanes {
            let is_row = lane.kind == LaneKind::Row;
            if is_row && before == Some(LaneKind::Actor) {
                top += GAP;
            }
            before = Some(lane.kind);
            let height = if is_row { height.max(ROW_HEIGHT_MIN) } else { height };
            let (low, high) = amounts(lane);
            lanes.push(Place { top, height, low, high });
            top += height;
        }
        Self { lanes, height: top + BOTTOM }
    }

    /// The middle of a lane; 0 for a lane that is not there.
    pub fn middle(&self, lane: usize) -> f64 {
        self.lanes.get(lane).map_or(0.0, Place::middle)
    }
}

impl Place {
    /// Its middle.
    pub fn middle(&self) -> f64 {
        self.top + self.height / 2.0
    }

    /// Where nothing at all stands.
    pub fn ground(&self) -> f64 {
        self.level(0)
    }

    /// Where an amount stands.
    pub fn level(&self, amount: i64) -> f64 {
        let room = self.height - 2.0 * ROW_MARGIN;
        let share = (amount - self.low) as f64 / (self.high - self.low).max(1) as f64;
        self.top + self.height - ROW_MARGIN - room * share
    }
}

/// Lower lanes when there are many, so that 16 fit on a laptop; beyond that the stage scrolls.
fn lane_height(lanes: usize, large: bool) -> f64 {
    let height = match lanes {
        0..=6 => 72.0,
        7..=10 => 56.0,
        11..=20 => 34.0,
        _ => 30.0,
    };
    if large { height * 1.25 } else { height }
}

/// The range of a row's amounts, with 0 in it: what is left is read against nothing left.
fn amounts(lane: &Lane) -> (i64, i64) {
    let amounts = lane.levels.iter().map(|level| level.amount);
    amounts.fold((0, 0), |(low, high), amount| (low.min(amount), high.max(amount)))
}

#[cfg(test)]
mod tests {
    use lab::fold::Level;

    use super::*;

    fn lane(name: &str, kind: LaneKind, amounts: &[i64]) -> Lane {
        let levels = amounts.iter().map(|&amount| Level { seq: 1, at_us: 0, amount }).collect();
        Lane { name: name.into(), kind, spans: Vec::new(), levels, last_seq: 0, last_kind: None }
    }

    fn stage(actors: usize, amounts: &[i64]) -> Stage {
        let mut lanes: Vec<Lane> = (0..actors).map(|_| lane("buyer", LaneKind::Actor, &[])).collect();
        lanes.push(lane("stock", LaneKind::Row, amounts));
        let mut stage = Stage::default();
        stage.lanes = lanes;
        stage
    }

    #[test]
    fn lanes_do_not_overlap() {
        for actors in [2, 8, 16, 64] {
            let places = Places::of(&stage(actors, &[1]), false);
            for pair in places.lanes.windows(2) {
                assert!(pair[0].top + pair[0].height <= pair[1].top, "{actors} actors");
            }
            let last = places.lanes.last().expect("there are lanes");
            assert!(last.top + last.height <= places.height);
        }
    }

    #[test]
    fn amounts_stand_inside_their_lane_in_order() {
        let places = Places::of(&stage(2, &[10, 3, -2]), false);
        let row = places.lanes[2];
        assert!(row.top < row.level(10));
        assert!(row.level(10) < row.level(3) && row.level(3) < row.ground() && row.ground() < row.level(-2));
        assert!(row.level(-2) < row.top + row.height);
    }
}
