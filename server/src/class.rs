//! A class: what a teacher has beyond a lab of one's own.
//!
//! - [`crate::share`] lets others in; [`room`] is the teacher's page with the code on it.
//! - [`talk`] is a list of links with notes, to be walked through with two keys.
//! - [`follow`] leads every screen that follows to the run that the teacher started last.

pub mod follow;
pub mod page;
pub mod room;
pub mod talk;

use axum::Router;

use crate::share::Share;
use crate::state::AppState;
use talk::Talk;

/// What `serve` was told about a class.
#[derive(Debug, Default)]
pub struct Class {
    /// The keys of a lab that is shared with others.
    pub share: Option<Share>,
    /// The talk.
    pub talk: Option<Talk>,
}

/// The pages of a class.
pub fn routes(state: AppState) -> Router {
    room::routes().merge(talk::routes()).merge(follow::routes()).with_state(state)
}
