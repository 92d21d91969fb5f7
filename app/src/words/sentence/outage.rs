//! What is said about outages.

use lab::event::{Event, Manner, OutageBegan, OutageEnded};

/// What an outage says; `None` for every other event.
pub(super) fn of(event: &Event) -> Option<String> {
    Some(match event {
        Event::OutageBegan(OutageBegan { port, manner, by_hand, simulated }) => {
            let who = if *by_hand { " by hand" } else { "" };
            if let Some(node) = port.node() {
                let others: Vec<String> = (1..=3).filter(|n| *n != node).map(|n| n.to_string()).collect();
                return Some(format!(
                    "Node {node} of the lock service is cut off from nodes {}{who}: the simulated links between them \
                     carry nothing.",
                    others.join(" and ")
                ));
            }
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
            if let Some(node) = port.node() {
                let who = if *by_hand { ", by hand" } else { "" };
                return Some(format!("Node {node} of the lock service has its links again{who}."));
            }
            format!("The {} can be reached again{}.", port.name(), if *by_hand { ", by hand" } else { "" })
        }
        _ => return None,
    })
}
