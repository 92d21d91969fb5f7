//! Reading the hardships: what strikes, where, and for how long.

use serde_json::{Map, Value};

use super::{Reader, echo, join};
use crate::catalog::ScenarioCard;
use crate::schedule::Choice;
use crate::spec::{HARDSHIPS_MAX, Hardship, LASTING, OPERATIONS_MAX, PAUSE_MS_MAX, Selector};

/// The kind of hardship that may say for how long.
const PAUSE: &str = "pause";

impl Reader {
    pub(super) fn hardships(&mut self, value: Option<&Value>, card: &ScenarioCard) -> Vec<Hardship> {
        let Some(value) = value else { return Vec::new() };
        let Some(list) = value.as_array().filter(|list| list.len() <= HARDSHIPS_MAX) else {
            let message =
                format!("hardships is {}; it must be a list of at most {HARDSHIPS_MAX}.", echo(value));
            self.fault("hardships", message);
            return Vec::new();
        };
        if card.hardships.is_empty() && !list.is_empty() {
            let message = format!("hardships is {}; this scenario has none, so it must be [].", echo(value));
            self.fault("hardships", message);
            return Vec::new();
        }
        list.iter().enumerate().filter_map(|(place, value)| self.hardship(place, value, card)).collect()
    }

    fn hardship(&mut self, place: usize, value: &Value, card: &ScenarioCard) -> Option<Hardship> {
        let path = format!("hardships[{place}]");
        let is_pause = value.get("kind").and_then(Value::as_str) == Some(PAUSE);
        let known: &[&str] = if is_pause { &["kind", "at", "for_ms"] } else { &["kind", "at"] };
        let map = self.object(value, &path, known)?;
        let kinds: Vec<&str> = card.hardships.iter().map(String::as_str).collect();
        let kind = self.name(map, &path, "kind", &kinds)?;
        let at = self.hardship_at(map, &path, is_pause)?;
        if let (Some(_), Some(again)) = (&at.1, map.get("for_ms")) {
            let field = join(&path, "for_ms");
            let message =
                format!("{field} is {}, and its place says how long it lasts already.", echo(again));
            self.fault(&field, message);
        }
        let for_ms = at.1.or_else(|| map.get("for_ms").cloned());
        let lasts = for_ms.map(|for_ms| Map::from_iter([("for_ms".to_owned(), for_ms)]));
        let for_ms = lasts.map(|map| self.integer(&map, &path, "for_ms", 1..=PAUSE_MS_MAX, 1));
        Hardship::new(&kind, at.0).map(|hardship| hardship.lasting(for_ms))
    }

    /// Where a hardship strikes; and, where both are one word, for how long.
    fn hardship_at(
        &mut self,
        map: &Map<String, Value>,
        path: &str,
        is_pause: bool,
    ) -> Option<(Selector, Option<Value>)> {
        let at = join(path, "at");
        // On an address it is one word, written like a choice.
        if let Some(text) = map.get("at").and_then(Value::as_str) {
            let (text, lasting) = match text.split_once(LASTING).filter(|_| is_pause) {
                Some((text, lasting)) => {
                    (text, Some(lasting.parse::<u64>().map_or_else(|_| lasting.into(), Value::from)))
                }
                None => (text, None),
            };
            let selector = text.parse::<Choice>().ok().map(Selector::from);
            if selector.is_none() {
                let message = format!(
                    "{at} is {}; a place is written actor/step#occurrence, such as \"consumer-1/ack#1\".",
                    echo(&map["at"])
                );
                self.fault(&at, message);
            }
            return selector.map(|at| (at, lasting));
        }
        let Some(place) = map.get("at") else {
            self.fault(&at, format!("{at} is missing; it names actor, step and nth."));
            return None;
        };
        let place = self.object(place, &at, &["actor", "step", "nth"])?;
        let mut word = |key: &str| match place.get(key) {
            Some(Value::String(word)) if !word.is_empty() => Some(word.clone()),
            other => {
                let shown = other.map_or_else(|| "missing".to_owned(), echo);
                self.fault(&join(&at, key), format!("{} is {shown}; it must be a name.", join(&at, key)));
                None
            }
        };
        let (actor, step) = (word("actor"), word("step"));
        let nth = self.integer(place, &at, "nth", 1..=OPERATIONS_MAX, 1);
        Some((Selector { actor: actor?, step: step?, nth }, None))
    }
}
