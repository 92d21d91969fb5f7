//! What lasts: operations, transactions, leases, waits, pauses and standstills.

use lab::fold::{Span, SpanKind};

use super::{LETTER_PX, Pen, clip, half};
use crate::stage::shape::{Anchor, Fill, Ink, Point, Shape};
use crate::words::stage as words;

/// Pauses are named in bars at least this high, from the middle to the edge.
const PAUSE_WORDS_HALF: f64 = 13.0;
/// A lease is a thin bar above its holder's.
const LEASE_HEIGHT: f64 = 4.0;
const LEASE_GAP: f64 = 2.0;
/// The shortest dashed line.
const DASH_PX: f64 = 12.0;
/// A bar needs this much room for words in it.
const WORDS_PX: f64 = 64.0;

impl Pen<'_> {
    pub(super) fn spans(&mut self) {
        for (lane, place) in self.places.lanes.clone().iter().enumerate() {
            let mut drawn = [f64::MIN; SpanKind::COUNT];
            for span in &self.stage.lanes[lane].spans {
                let (from, to) = self.scale.span(span, self.stage);
                if !self.scale.shows(from, to) {
                    continue;
                }
                let (from, to) = (from.max(self.scale.left - 12.0), to.min(self.scale.right + 12.0));
                // What would fall on the same pixels as the one before is not drawn again.
                let slot = &mut drawn[span.kind as usize];
                if to - *slot >= self.cell * 0.7 {
                    *slot = to;
                    self.spots.push((span.seq, (from, place.middle())));
                    self.span(span, (from, to), place.middle(), half(place.height));
                }
            }
        }
    }

    fn span(&mut self, span: &Span, (from, to): (f64, f64), middle: f64, half: f64) {
        let (width, room) = ((to - from).max(2.0), to - from);
        let bar = |y: f64, h: f64, ink, fill| Shape::Bar { x: from, y, w: width, h, ink, fill };
        match span.kind {
            SpanKind::Operation => {
                self.shapes.push(bar(middle - half, 2.0 * half, Ink::Operation, Fill::Solid))
            }
            SpanKind::Transaction => {
                self.shapes.push(bar(middle - half - 3.0, 2.0 * half + 6.0, Ink::Transaction, Fill::Outline));
            }
            SpanKind::Wait => {
                self.shapes.push(bar(middle - half * 0.6, half * 1.2, Ink::Wait, Fill::Hatch));
                self.words(
                    &words::short_wait(&span.label),
                    (from + 4.0, middle + half + 15.0),
                    room,
                    Ink::Text,
                );
            }
            SpanKind::Stall => {
                self.shapes.push(bar(middle - half * 0.6, half * 1.2, Ink::Trouble, Fill::Hatch));
                self.words(&span.label, (from + 4.0, middle + half + 15.0), room, Ink::Text);
            }
            SpanKind::Lease => {
                let top = middle - half - LEASE_GAP - LEASE_HEIGHT;
                self.shapes.push(bar(top, LEASE_HEIGHT, Ink::Transaction, Fill::Solid));
                self.words(&words::lease(span.attempt), (from + 2.0, top - 3.0), room, Ink::Text);
            }
            // Too short for one dash and one gap, a line would look like work.
            SpanKind::Pause if room < DASH_PX => {}
            SpanKind::Pause => {
                let points = vec![(from, middle), (to, middle)];
                self.shapes.push(Shape::Line { points, ink: Ink::Faint, width: 2.0, dashed: true });
                // In a low lane the words would lie on the line itself.
                if half >= PAUSE_WORDS_HALF {
                    let at = (from + 10.0, middle + half - 3.0);
                    self.words(words::short_pause(&span.label), at, room - 16.0, Ink::Faint);
                }
            }
        }
    }

    fn words(&mut self, words: &str, at: Point, room: f64, ink: Ink) {
        let letters = (room / LETTER_PX) as usize;
        if room >= WORDS_PX.min(words.len() as f64 * LETTER_PX) && letters > 3 {
            let words = if words.len() <= letters { words.to_owned() } else { clip(words, letters) };
            self.shapes.push(Shape::Text { at, words, ink, anchor: Anchor::Start, large: false });
        }
    }
}
