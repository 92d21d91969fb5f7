//! The time axis: which part of a run is in view, and where on the picture a moment lies.

use lab::fold::{Mark, Span, Stage};

/// A run of at most this many entries is shown entry by entry unless the reader chooses otherwise.
pub const BY_ENTRY_MAX: usize = 200;
/// Below this many pixels for each entry the picture would be a smear, so only a part of the run is in view.
const ENTRY_PX_MIN: f64 = 7.0;
/// A run that has just begun is drawn as if it had this many entries, so that the first ones do not leap about.
const ENTRIES_MIN: f64 = 14.0;
/// The same in run time, in microseconds.
const TIME_US_MIN: f64 = 1_000.0;
/// The deepest zoom.
const ZOOM_MAX: f64 = 10_000.0;

/// What the axis counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Entries, evenly spaced: nothing collides.
    Entries,
    /// Run time: distances mean durations.
    Time,
}

/// How much of the run is in view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Zoom {
    /// Counted in entries: all, as long as marks stay apart, else the latest part. In run time: all, because the
    /// latest moments alone say little. Near a focus marks stay apart on both.
    Auto,
    /// All, whatever it looks like.
    Whole,
    /// All, magnified this many times.
    Times(f64),
    /// All, on a time axis that reaches at least so far in run time: runs side by side share one.
    Until(u64),
}

/// A part of the axis laid over a stretch of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// What is counted.
    pub axis: Axis,
    /// The first moment in view.
    pub from: f64,
    /// The last moment in view.
    pub to: f64,
    /// Where the first moment lies.
    pub left: f64,
    /// Where the last moment lies.
    pub right: f64,
    /// How many times the view magnifies the whole run.
    pub times: f64,
}

impl Axis {
    /// The axis on which a run of so many entries reads best.
    pub fn best_for(entries: usize) -> Self {
        if entries <= BY_ENTRY_MAX { Self::Entries } else { Self::Time }
    }

    /// The first and last moment of a run.
    fn whole(self, stage: &Stage) -> (f64, f64) {
        match self {
            // Entry 1 is the header, which has no place on the stage.
            Self::Entries => (2.0, (stage.seq as f64).max(ENTRIES_MIN)),
            Self::Time => (0.0, (stage.end_us as f64).max(TIME_US_MIN)),
        }
    }

    /// Where on the axis an entry lies.
    pub fn of(self, seq: u64, at_us: u64) -> f64 {
        match self {
            Self::Entries => seq as f64,
            Self::Time => at_us as f64,
        }
    }
}

impl Scale {
    /// The scale of a stage over the pixels from `left` to `right`, with `focus` in view if one is given, else the
    /// latest moment.
    pub fn of(stage: &Stage, axis: Axis, zoom: Zoom, focus: Option<u64>, (left, right): (f64, f64)) -> Self {
        let (first, last) = axis.whole(stage);
        let last = match zoom {
            Zoom::Until(until_us) if axis == Axis::Time => last.max(until_us as f64),
            _ => last,
        };
        let times = match zoom {
            Zoom::Auto if axis == Axis::Time && focus.is_none() => 1.0,
            Zoom::Auto => (stage.seq as f64 * ENTRY_PX_MIN / (right - left).max(1.0)).max(1.0),
            Zoom::Whole | Zoom::Until(_) => 1.0,
            Zoom::Times(times) => times.clamp(1.0, ZOOM_MAX),
        };
        let length = (last - first) / times;
        let focus = focus.and_then(|seq| moment(stage, axis, seq));
        let from = focus.map_or(last - length, |focus| (focus - length / 2.0).clamp(first, last - length));
        Self { axis, from, to: from + length, left, right, times }
    }

    /// Where a moment lies, in pixels.
    pub fn x(&self, moment: f64) -> f64 {
        let length = (self.to - self.from).max(f64::EPSILON);
        self.left + (moment - self.from) / length * (self.right - self.left)
    }

    /// Where a mark lies.
    pub fn x_of(&self, mark: &Mark) -> f64 {
        self.x(self.axis.of(mark.seq, mark.at_us))
    }

    /// Where a span lies; one that still lasts reaches to the latest moment of the run.
    pub fn span(&self, span: &Span, stage: &Stage) -> (f64, f64) {
        let (from, to) = match self.axis {
            Axis::Entries => (span.from_seq as f64, span.to_seq.unwrap_or(stage.seq) as f64),
            Axis::Time => (span.from_us as f64, span.to_us.unwrap_or(stage.end_us) as f64),
        };
        (self.x(from), self.x(to.max(from)))
    }

    /// Whether something between these places is in view, in part at least.
    pub fn shows(&self, from_x: f64, to_x: f64) -> bool {
        to_x >= self.left && from_x <= self.right
    }

    /// Pixels from one entry to the next, on average.
    pub fn entry_px(&self, stage: &Stage) -> f64 {
        let whole = (self.right - self.left) * self.times;
        whole / (stage.seq as f64).max(ENTRIES_MIN)
    }
}

fn moment(stage: &Stage, axis: Axis, seq: u64) -> Option<f64> {
    match axis {
        Axis::Entries => Some(seq as f64),
        Axis::Time => {
            let after = stage.marks.partition_point(|mark| mark.seq < seq);
            stage.marks.get(after).or(stage.marks.last()).map(|mark| mark.at_us as f64)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(entries: u64) -> Stage {
        let mut stage = Stage::default();
        stage.seq = entries;
        stage.end_us = entries * 100;
        stage
    }

    fn scale(entries: u64, zoom: Zoom, focus: Option<u64>) -> Scale {
        Scale::of(&stage(entries), Axis::Entries, zoom, focus, (100.0, 800.0))
    }

    #[test]
    fn a_small_run_is_in_view_as_a_whole() {
        let scale = scale(20, Zoom::Auto, None);
        assert_eq!((scale.x(2.0), scale.x(20.0)), (100.0, 800.0));
    }

    #[test]
    fn a_long_run_shows_its_latest_part() {
        let scale = scale(1_000, Zoom::Auto, None);
        assert_eq!(scale.to, 1_000.0);
        assert!(scale.from > 800.0, "{scale:?}");
        assert!(scale.entry_px(&stage(1_000)) >= ENTRY_PX_MIN - 0.01);
    }

    #[test]
    fn the_focus_is_in_view() {
        for focus in [2, 40, 500, 990, 1_000] {
            let scale = scale(1_000, Zoom::Times(20.0), Some(focus));
            let x = scale.x(focus as f64);
            assert!((99.9..=800.1).contains(&x), "{focus} lies at {x}");
        }
    }

    #[test]
    fn runs_side_by_side_share_the_longest_axis() {
        let scale = Scale::of(&stage(10), Axis::Time, Zoom::Until(4_000), None, (0.0, 100.0));
        assert_eq!((scale.x(0.0), scale.x(1_000.0), scale.to), (0.0, 25.0, 4_000.0));
    }

    #[test]
    fn an_empty_run_has_a_scale_too() {
        let scale = Scale::of(&Stage::default(), Axis::Time, Zoom::Auto, Some(7), (0.0, 100.0));
        assert_eq!(scale.x(0.0), 0.0);
    }
}
