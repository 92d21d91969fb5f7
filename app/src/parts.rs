//! The parts that pages are made of: props in, view out. No part talks to the server.

pub mod challenge;
pub mod connection;
pub mod controls;
pub mod entries;
pub mod hand_panel;
pub mod icon;
pub mod inspector;
pub mod keys;
pub mod outage_panel;
pub mod outbox;
pub mod predict;
pub mod price;
pub mod promises;
pub mod replay_bar;
pub mod source;
pub mod stage_view;
pub mod story;
pub mod tray;
pub mod verdict;
pub mod wait_graph;

use lab::catalog::Catalog;
use leptos::prelude::StoredValue;

/// The catalog, held once for a page; copies are the same catalog.
pub type Shelf = StoredValue<Catalog>;
