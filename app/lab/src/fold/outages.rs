//! When something that the run needs could not be reached.

use crate::event::{Entry, Event, Manner, Port};

/// A moment of a run: the entry and its run time in microseconds.
pub type Moment = (u64, u64);

/// One outage, from the entry that began it to the one that ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// Of what.
    pub port: Port,
    /// How.
    pub manner: Manner,
    /// When it began.
    pub from: Moment,
    /// When it ended; `None` while it goes on.
    pub until: Option<Moment>,
}

/// Takes an entry that begins or ends an outage; others change nothing.
pub(super) fn see(outages: &mut Vec<Outage>, entry: &Entry) {
    let moment = (entry.seq, entry.at_us);
    match &entry.event {
        Event::OutageBegan(began) => {
            outages.push(Outage { port: began.port, manner: began.manner, from: moment, until: None });
        }
        Event::OutageEnded(ended) => {
            let open = outages.iter_mut().rev().find(|open| open.port == ended.port && open.until.is_none());
            if let Some(open) = open {
                open.until = Some(moment);
            }
        }
        _ => {}
    }
}
