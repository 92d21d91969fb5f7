//! Reading a move field by field, so that every fault is told in a sentence.

use serde_json::{Map, Value};

use super::{Deed, HandMove, MOVE_ID_BYTES_MAX, TrayAct, TrayMove};
use crate::dice::SEED_MAX;
use crate::event::{Manner, Port};
use crate::spec::{Fault, Faults, Pace, clip, echo};

/// The largest number of an offer: the largest integer that JavaScript keeps exactly.
const NUMBER_MAX: u64 = SEED_MAX;
/// No card's name is longer, in bytes: a message's id and a number.
const CARD_BYTES_MAX: usize = 200;

/// Reads a whole move.
pub(super) fn hand_move(text: &str) -> Result<HandMove, Faults> {
    let whole = |message: String| Faults(vec![Fault { field: String::new(), message }]);
    let json: Value =
        serde_json::from_str(text).map_err(|error| whole(format!("The move is not JSON: {error}.")))?;
    let Value::Object(map) = json else {
        return Err(whole(format!("The move is {}; it must be an object.", echo(&json))));
    };
    let mut reader = Reader { map, faults: Vec::new() };
    let read = reader.whole();
    match read {
        Some(read) if reader.faults.is_empty() => Ok(read),
        _ => Err(Faults(reader.faults)),
    }
}

struct Reader {
    map: Map<String, Value>,
    faults: Vec<Fault>,
}

impl Reader {
    fn whole(&mut self) -> Option<HandMove> {
        let kind = self.map.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.unknown(&kind);
        let move_id = self.move_id();
        let deed = self.deed(&kind);
        let expect = self.expect(matches!(kind.as_str(), "choose" | "tray" | "step"));
        Some(HandMove { move_id: move_id?, expect, deed: deed? })
    }

    /// A key that no move has, or none of this kind.
    fn unknown(&mut self, kind: &str) {
        let own: &[&str] = match kind {
            "choose" => &["actor"],
            "tray" => &["act", "card", "before"],
            "pace" => &["pace"],
            "inject" => &["port", "manner"],
            "lift" => &["port"],
            _ => &[],
        };
        let known: Vec<&str> = ["move_id", "expect", "kind"].iter().chain(own).copied().collect();
        let keys: Vec<String> =
            self.map.keys().filter(|key| !known.contains(&key.as_str())).map(|key| clip(key)).collect();
        for key in keys {
            self.fault(
                &key,
                format!("{key} is not a known field of such a move; it has {}.", known.join(", ")),
            );
        }
    }

    fn move_id(&mut self) -> Option<String> {
        let id = self.map.get("move_id").and_then(Value::as_str);
        let id = id.filter(|id| (1..=MOVE_ID_BYTES_MAX).contains(&id.len())).map(str::to_owned);
        if id.is_none() {
            let message = format!(
                "move_id is {}; it must be a text of 1 to {MOVE_ID_BYTES_MAX} bytes, a new one for each move.",
                self.shown("move_id")
            );
            self.fault("move_id", message);
        }
        id
    }

    fn deed(&mut self, kind: &str) -> Option<Deed> {
        match kind {
            "choose" => {
                let actor = self.map.get("actor").and_then(Value::as_str).filter(|name| !name.is_empty());
                let deed = actor.map(|actor| Deed::Choose { actor: actor.to_owned() });
                if deed.is_none() {
                    let shown = self.shown("actor");
                    self.fault(
                        "actor",
                        format!("actor is {shown}; it must be the name of an actor, such as \"buyer-1\"."),
                    );
                }
                deed
            }
            "tray" => self.tray_move().map(Deed::Tray),
            "step" => Some(Deed::Step),
            "resume" => Some(Deed::Resume),
            "pause" => Some(Deed::Pause),
            "inject" => {
                let port = self.word("port", Port::ALL, Port::name, None);
                let manner = self.word("manner", Manner::ALL, Manner::name, Some(Manner::Cut));
                Some(Deed::Inject { port: port?, manner: manner? })
            }
            "lift" => self.word("port", Port::ALL, Port::name, None).map(|port| Deed::Lift { port }),
            "pace" => {
                let name = self.map.get("pace").and_then(Value::as_str);
                let pace = Pace::ALL.into_iter().find(|pace| Some(pace.name()) == name);
                if pace.is_none() {
                    let names = Pace::ALL.map(Pace::name).join(", ");
                    let message = format!("pace is {}; it must be one of {names}.", self.shown("pace"));
                    self.fault("pace", message);
                }
                pace.map(|pace| Deed::Pace { pace })
            }
            _ => {
                let (shown, names) = (self.shown("kind"), Deed::KINDS.join(", "));
                self.fault("kind", format!("kind is {shown}; it must be one of {names}."));
                None
            }
        }
    }

    /// One of these, by its name; or what it is where nothing is said.
    fn word<T: Copy, const N: usize>(
        &mut self,
        key: &str,
        all: [T; N],
        name: fn(T) -> &'static str,
        standard: Option<T>,
    ) -> Option<T> {
        let given = self.map.get(key);
        if given.is_none() && standard.is_some() {
            return standard;
        }
        let found = all.into_iter().find(|one| given.and_then(Value::as_str) == Some(name(*one)));
        if found.is_none() {
            let names = all.map(name).join(", ");
            let message = format!("{key} is {}; it must be one of {names}.", self.shown(key));
            self.fault(key, message);
        }
        found
    }

    /// A move on the tray; only one that puts a card says before which.
    fn tray_move(&mut self) -> Option<TrayMove> {
        let act = self.word("act", TrayAct::ALL, TrayAct::name, None);
        let card = self.card("card");
        let puts = act == Some(TrayAct::Put);
        let before = if puts && self.map.contains_key("before") { Some(self.card("before")?) } else { None };
        if !puts && self.map.contains_key("before") {
            self.fault("before", "before belongs to the act \"put\" alone.".into());
        }
        Some(TrayMove { act: act?, card: card?, before })
    }

    fn card(&mut self, key: &str) -> Option<String> {
        let name = self.map.get(key).and_then(Value::as_str);
        let name = name.filter(|name| (1..=CARD_BYTES_MAX).contains(&name.len())).map(str::to_owned);
        if name.is_none() {
            let shown = self.shown(key);
            let message = format!(
                "{key} is {shown}; it must be the name of a card in the offer, such as \"order-1.paid\"."
            );
            self.fault(key, message);
        }
        name
    }

    fn expect(&mut self, is_needed: bool) -> Option<u64> {
        let number = self.map.get("expect").and_then(Value::as_u64).filter(|number| *number <= NUMBER_MAX);
        let is_given = self.map.get("expect").is_some_and(|value| !value.is_null());
        if number.is_none() && (is_needed || is_given) {
            let shown = self.shown("expect");
            self.fault(
                "expect",
                format!("expect is {shown}; it must be the number of the offer that you saw."),
            );
        }
        number
    }

    fn shown(&self, key: &str) -> String {
        self.map.get(key).map_or_else(|| "missing".to_owned(), echo)
    }

    fn fault(&mut self, field: &str, message: String) {
        self.faults.push(Fault { field: field.to_owned(), message });
    }
}
