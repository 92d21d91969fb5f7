//! The stage: the picture of a run as lanes in time.
//!
//! [`picture`] turns the folded state into shapes, and knows nothing of a canvas. Two painters put shapes on a
//! screen: [`svg`] on the server, for readers without scripts, and `paint` on the canvas. So both show the same.

pub mod axis;
pub mod lanes;
pub mod map;
pub mod marks;
pub mod paint;
pub mod picture;
pub mod plot;
pub mod shape;
pub mod svg;
