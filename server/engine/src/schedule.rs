//! The schedule: who moves next.
//!
//! In a scheduled run every actor parks before each step. The [`director`] picks one, lets it take its step, waits
//! until the engine has settled, writes what was answered in one fixed order, and picks again. Time is virtual:
//! a move costs [`director::MOVE_US`], and when everybody sleeps the clock jumps.

pub mod chooser;
mod choosing;
mod desk;
pub mod director;
mod hand;
pub mod listener;
pub mod message;
mod outage;
mod parked;
mod settle;
