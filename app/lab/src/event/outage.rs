//! Outages: something that a run needs cannot be reached for a while, and comes back.

use serde::{Deserialize, Serialize};

/// What may be cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Port {
    /// The run's database, behind TCP connections that are really cut.
    Database,
    /// The run's broker, behind the simulated network.
    Broker,
    /// The first node of the run's lock service, by its simulated links to the other two.
    #[serde(rename = "node-1")]
    Node1,
    /// The second.
    #[serde(rename = "node-2")]
    Node2,
    /// The third.
    #[serde(rename = "node-3")]
    Node3,
}

/// How something is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Manner {
    /// Connections break, and new ones are turned away.
    Cut,
    /// Nothing breaks, and nothing gets through.
    Stall,
}

impl Port {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Database, Self::Broker, Self::Node1, Self::Node2, Self::Node3];

    /// The name in a move and an event.
    pub fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Broker => "broker",
            Self::Node1 => "node-1",
            Self::Node2 => "node-2",
            Self::Node3 => "node-3",
        }
    }

    /// Which node of the lock service it is, from 1.
    pub fn node(self) -> Option<u64> {
        match self {
            Self::Database | Self::Broker => None,
            Self::Node1 => Some(1),
            Self::Node2 => Some(2),
            Self::Node3 => Some(3),
        }
    }

    /// The node of this number.
    pub fn of_node(node: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|port| port.node() == Some(node))
    }
}

impl Manner {
    /// All of them; the first is the default.
    pub const ALL: [Self; 2] = [Self::Cut, Self::Stall];

    /// The name in a move and in a spec.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cut => "cut",
            Self::Stall => "stall",
        }
    }
}

/// An outage began.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutageBegan {
    /// Of what.
    pub port: Port,
    /// How.
    pub manner: Manner,
    /// Whether the user's hand did it; else the spec did.
    pub by_hand: bool,
    /// Whether the lab only withholds what would go there; else real TCP connections are cut or held up.
    pub simulated: bool,
}

/// An outage ended.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutageEnded {
    /// Of what.
    pub port: Port,
    /// Whether the user's hand lifted it; else its time was over.
    pub by_hand: bool,
}

/// The connection broke off before the answer to this step came: nobody knows whether it was carried out. What was open
/// is rolled back by the server.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CutOff {
    /// To what.
    pub port: Port,
}

/// The actor has a new connection, and begins again from what is stored.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reconnected {
    /// To what.
    pub port: Port,
}
