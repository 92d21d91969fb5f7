//! Sentences about calls, memories and what the broker knows.

use lab::event::{Entry, Event};

use super::told;
use crate::words::units::count;

/// What an entry says, to follow its actor's name.
pub(super) fn of(entry: &Entry) -> String {
    match &entry.event {
        Event::Called { request, to } => {
            let key = match &request.key {
                Some(key) => format!("with the idempotency key {key}"),
                None => "without an idempotency key".to_owned(),
            };
            let to = to.as_deref().unwrap_or("the provider");
            format!("calls {to}, {request} {key}: {}.", told(&request.body))
        }
        Event::CallAnswered { status, replayed: true, body } => {
            format!("is given the kept answer to this key again, {status}: {}.", told(body))
        }
        Event::CallAnswered { status, body, .. } => format!("is answered {status}: {}.", told(body)),
        Event::NoAnswer { reason } => {
            format!("gets no answer: {reason}. Whether the request was carried out, it cannot know.")
        }
        Event::ConfirmLost { message } => {
            format!("publishes {message}, but the confirmation is lost: it will publish it again.")
        }
        Event::KnownAlready { message } => {
            format!("publishes {message}: the broker knows the id and drops this copy.")
        }
        Event::Recalled { message, known: true } => format!("has {message} in its own memory."),
        Event::Recalled { message, .. } => format!("does not have {message} in its own memory."),
        Event::Memorised { message } => format!("keeps {message} in its own memory."),
        Event::Pruned { table, rows, .. } => {
            format!(
                "removes {} from {table}, older than the ids are kept.",
                count(rows.len() as u64, "row", "rows")
            )
        }
        other => other.name().into(),
    }
}
