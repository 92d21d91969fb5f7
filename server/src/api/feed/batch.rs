//! Entries on their way into one frame.

use std::future::pending;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Two frames are at least this far apart: a display draws no faster.
const TICK: Duration = Duration::from_millis(33);
/// A frame is sent at once when it has reached this size.
const FRAME_BYTES_MAX: usize = 256 * 1024;
/// What stands around the entries in a frame.
const HEAD: &str = r#"{"kind":"entries","entries":["#;
const TAIL: &str = "]}";

/// The frame that is being filled with entries as they stand in the journal.
#[derive(Debug, Default)]
pub(super) struct Batch {
    text: String,
    sent_at: Option<Instant>,
}

impl Batch {
    /// Puts an entry in, which is a line of JSON.
    pub(super) fn push(&mut self, entry: &str) {
        self.text.push_str(if self.text.is_empty() { HEAD } else { "," });
        self.text.push_str(entry);
    }

    /// Whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether it must not grow further.
    pub(super) fn is_full(&self) -> bool {
        self.text.len() >= FRAME_BYTES_MAX
    }

    /// Waits until it should be sent: at once when the last frame is a display tick old, never while it is empty.
    pub(super) async fn due(&self) {
        match self.sent_at {
            _ if self.is_empty() => pending().await,
            Some(sent_at) => sleep_until(sent_at + TICK).await,
            None => {}
        }
    }

    /// The finished frame; the next one begins.
    pub(super) fn take(&mut self) -> String {
        self.sent_at = Some(Instant::now());
        let mut text = std::mem::take(&mut self.text);
        text.push_str(TAIL);
        text
    }
}

#[cfg(test)]
mod tests {
    use lab::event::{Entry, Event};
    use lab::wire::Frame;

    use super::*;

    fn entry(seq: u64) -> Entry {
        let text = "a \"quoted\" word".into();
        Entry {
            seq,
            at_us: 0,
            wall_us: 0,
            actor: None,
            step: None,
            began_us: None,
            operation: None,
            attempt: None,
            causes: Vec::new(),
            event: Event::Note { text },
            sql: Vec::new(),
            raw: Default::default(),
        }
    }

    fn push(batch: &mut Batch, entry: &Entry) {
        batch.push(&serde_json::to_string(entry).unwrap());
    }

    #[test]
    fn a_batch_reads_back_as_a_frame() {
        let mut batch = Batch::default();
        let entries: Vec<Entry> = (1..=3).map(entry).collect();
        entries.iter().for_each(|entry| push(&mut batch, entry));
        assert_eq!(serde_json::from_str::<Frame>(&batch.take()).unwrap(), Frame::Entries { entries });
        assert!(batch.is_empty());
    }

    #[test]
    fn a_batch_is_full_at_its_bound() {
        let mut batch = Batch::default();
        let mut pushed = 0;
        while !batch.is_full() {
            pushed += 1;
            push(&mut batch, &entry(pushed));
        }
        let length = batch.take().len();
        assert!((FRAME_BYTES_MAX..FRAME_BYTES_MAX + 1_000).contains(&length), "{length}");
    }
}
