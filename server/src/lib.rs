//! Interleave's program around the engine: pages, the API, the websocket feed and the command line.
//!
//! - [`serve`]: one server from its socket to its end; [`router`]: everything that it answers.
//! - [`api`]: the calls under `/api/v1`; [`problem`]: how each of them refuses.
//! - [`calls`]: their list, from which routes and documentation are made; [`metrics`]: what is counted.
//! - [`pages`] and [`site`]: what people see, and the files that their browsers load; [`samples`]: what is to be seen
//!   before anybody has started a run.
//! - [`guard`], [`share`] and [`headers`]: who may ask at all, and what a browser may do with the answer.
//! - [`class`]: the teacher's page, talks, and screens that follow.
//! - [`cli`]: the same engine without a server.
//!
//! Nothing here decides anything about a run: a spec goes to the engine, a journal comes back.

pub mod api;
pub mod calls;
pub mod class;
pub mod cli;
pub mod guard;
pub mod headers;
pub mod health;
pub mod metrics;
pub mod pages;
pub mod problem;
pub mod samples;
pub mod share;
pub mod site;
pub mod state;
pub mod story;

mod router;
mod serve;

pub use router::router;
pub use serve::serve;
