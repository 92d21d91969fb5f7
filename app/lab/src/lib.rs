//! The words and laws that the server and the browser share.
//!
//! Nothing here knows a clock, a database, a socket or a task: a spec goes in, entries come by, a picture and a
//! verdict come out. The same code folds and judges on both sides of the wire.
//!
//! - [`spec`]: what a run is asked to do, checked against the [`catalog`].
//! - [`event`]: what a run writes down; [`canon`]: when two journals are the same.
//! - [`lesson`]: what a reader foretells of a run; [`challenge`]: what one may try to break or to keep whole.
//! - [`schedule`]: the names of choices, and how a journal gives its schedule back; [`hand`]: the user's own choices.
//! - [`matrix`]: a crash at every point of a run; [`explore`]: every order of its steps; [`sweep`]: under contention.
//! - [`dice`]: every draw by name, from one seed.
//! - [`checks`] and [`verdict`]: what is judged, from the journal alone; [`price`]: what it cost.
//! - [`story`]: what was promised, why it held or broke, what to try next.
//! - [`fold`]: the picture; [`wire`]: what travels to the browser.

// The page writes no entries, so it compares none.
#[cfg(not(feature = "page"))]
pub mod canon;
pub mod catalog;
pub mod challenge;
pub mod checks;
pub mod dice;
pub mod event;
pub mod explore;
pub mod fold;
pub mod hand;
pub mod lesson;
pub mod matrix;
pub mod price;
pub mod proof;
pub mod query;
pub mod retry;
pub mod schedule;
pub mod spec;
// The page gets stories as they are shown.
#[cfg(not(feature = "page"))]
pub mod story;
pub mod sweep;
pub mod verdict;
pub mod wire;
