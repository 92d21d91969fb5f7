//! The server from outside: real sockets, real runs, nothing of its insides.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod by_hand;
mod class;
mod client;
mod command_line;
mod crash;
mod described;
mod explore;
mod export;
mod feed;
mod matrix;
mod pages;
mod refusals;
mod runs;
mod share;
