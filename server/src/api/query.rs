//! The part of a URL behind the question mark: read key by key, so that each fault has a name.

use std::ops::RangeInclusive;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use lab::spec::{Fault, Faults};

use crate::problem::ApiError;

/// No fault repeats more of a wrong value than this, in characters.
const ECHO_MAX: usize = 60;

/// The pairs of a query, and what was found wrong with them.
pub struct Pairs {
    pairs: Vec<(String, String)>,
    faults: Vec<Fault>,
}

impl<S: Send + Sync> FromRequestParts<S> for Pairs {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(pairs)) => Ok(Self { pairs, faults: Vec::new() }),
            Err(_) => {
                let message = "The query is not made of key=value pairs.".into();
                Err(ApiError::BadQuery(Faults(vec![Fault { field: String::new(), message }])))
            }
        }
    }
}

impl Pairs {
    /// Takes a text out; more than one for a key is a fault.
    pub fn text(&mut self, key: &str) -> Option<String> {
        let (mut found, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.pairs).into_iter().partition(|(name, _)| name == key);
        self.pairs = rest;
        if found.len() > 1 {
            self.fault(key, format!("{key} is given {} times; it must be given once.", found.len()));
        }
        found.pop().map(|(_, value)| value)
    }

    /// Takes the id of a run out.
    pub fn run_id(&mut self, key: &str) -> Option<String> {
        let text = self.text(key)?;
        let id = uuid::Uuid::parse_str(&text);
        if id.is_err() {
            self.fault(key, format!("{key} is {:?}; it must be the id of a run.", clip(&text)));
        }
        // As ids are written, whatever way of writing was sent.
        id.ok().map(|id| id.hyphenated().to_string())
    }

    /// Takes a whole number out.
    pub fn number(&mut self, key: &str, range: RangeInclusive<u64>, default: u64) -> u64 {
        let Some(text) = self.text(key) else {
            return default;
        };
        if let Some(number) = text.parse().ok().filter(|number| range.contains(number)) {
            return number;
        }
        let (low, high) = (range.start(), range.end());
        self.fault(
            key,
            format!("{key} is {:?}; it must be a whole number from {low} to {high}.", clip(&text)),
        );
        default
    }

    /// Takes one of a list of names out; the first is the default.
    pub fn name(&mut self, key: &str, known: &[&'static str]) -> &'static str {
        let default = known.first().copied().unwrap_or_default();
        let Some(text) = self.text(key) else {
            return default;
        };
        known.iter().copied().find(|name| *name == text).unwrap_or_else(|| {
            self.fault(key, format!("{key} is {:?}; it must be one of {}.", clip(&text), known.join(", ")));
            default
        })
    }

    /// Ends the reading: what was not taken out is unknown.
    ///
    /// # Errors
    /// When anything was wrong.
    pub fn end(mut self) -> Result<(), ApiError> {
        for (key, _) in std::mem::take(&mut self.pairs) {
            let key = clip(&key);
            self.fault(&key, format!("{key} is not a known key of this query."));
        }
        if self.faults.is_empty() { Ok(()) } else { Err(ApiError::BadQuery(Faults(self.faults))) }
    }

    fn fault(&mut self, field: &str, message: String) {
        self.faults.push(Fault { field: field.to_owned(), message });
    }
}

fn clip(text: &str) -> String {
    text.chars().take(ECHO_MAX).collect()
}
