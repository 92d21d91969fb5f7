//! Outages by hand.

use lab::event::{Manner, Port};

/// Over the buttons.
pub const TITLE: &str = "Cut something off";
/// The buttons.
pub const BUTTONS: &str = "Outages of this run";
/// Under the buttons.
pub const ABOUT: &str = "For this run alone, until you lift it, for at most a minute. The connections to a PostgreSQL are real TCP connections and are really cut; the broker is cut off by a simulated network, a node of the lock service by its simulated links to the other two; SQLite is a file in the server's process, so nothing can come between. The journal says when; the spec does not, so it cannot bring this run back.";

/// What may be cut off, to follow a verb.
pub fn port(port: Port) -> String {
    port.node().map_or_else(|| format!("the {}", port.name()), |node| format!("node {node}"))
}

/// On the band of an outage.
pub fn is_down(port: &str, manner: Manner) -> String {
    match manner {
        Manner::Cut => format!("{port} cut off"),
        Manner::Stall => format!("{port} stalled"),
    }
}

/// The button that ends an outage.
pub fn lift(port: &str) -> String {
    format!("Lift the outage of {port}")
}

/// The button that cuts connections.
pub fn cut(port: &str) -> String {
    format!("Cut {port}")
}

/// The button that lets nothing through connections.
pub fn stall(port: &str) -> String {
    format!("Stall {port}")
}
