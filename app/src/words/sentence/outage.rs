//! What is said about outages.

use lab::event::{Event, Manner, OutageBegan, OutageEnded};

/// What an outage says; `None` for every other event.
pub(super) fn of(event: &Event) -> Option<String> {
    Some(match event {
        Event::OutageBegan(OutageBegan { port, manner, by_hand, simulated }) => {
            let who = if *by_hand { " by hand" } else { "" };
            let how = match (manner, simulated) {
                (Manner::Cut, true) => "cannot be reached: the simulated network drops what goes there",
                (Manner::Cut, false) => {
                    "is cut off: its TCP connections are broken, new ones are turned away"
                }
                (Manner::Stall, true) => "does not answer: no statement is let go to it until that is over",
                (Manner::Stall, false) => "does not answer: not a byte gets through its TCP connections",
            };
            format!("The {} {how}{who}.", port.name())
        }
        Event::OutageEnded(OutageEnded { port, by_hand }) => {
            format!("The {} can be reached again{}.", port.name(), if *by_hand { ", by hand" } else { "" })
        }
        _ => return None,
    })
}
