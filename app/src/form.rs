//! The form's state: the draft, what is wrong with it, and what the server said.

use lab::catalog::Knob;
use lab::spec::{Fault, Faults, Hardship, RAFT, Spec};
use leptos::prelude::*;

use crate::draft::{Draft, key_of};
use crate::parts::Shelf;

/// What all fields of a form share. Copies are the same form.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// The catalog.
    pub shelf: Shelf,
    /// What was typed.
    pub draft: RwSignal<Draft>,
    /// The spec, or what is wrong with it.
    pub spec: Memo<Result<Spec, Faults>>,
    /// What the address or the server's answer had wrong; each is dropped when its field is touched.
    pub told: RwSignal<Vec<Fault>>,
}

impl Form {
    /// A form that starts with a draft and with what was wrong in the address.
    pub fn new(shelf: Shelf, draft: Draft, told: Vec<Fault>) -> Self {
        let draft = RwSignal::new(draft);
        let spec = Memo::new(move |_| draft.with(|draft| shelf.with_value(|catalog| draft.spec(catalog))));
        Self { shelf, draft, spec, told: RwSignal::new(told) }
    }

    /// The lab (tracked).
    pub fn lab(&self) -> String {
        self.draft.with(|draft| draft.lab().to_owned())
    }

    /// What stands in a field (tracked).
    pub fn value(&self, key: &str) -> String {
        self.draft.with(|draft| self.shelf.with_value(|catalog| draft.get(key, catalog)))
    }

    /// Types into a field.
    pub fn set(&self, key: &str, value: &str) {
        self.told.update(|told| told.retain(|fault| key_of(fault) != key));
        self.draft.update(|draft| draft.set(key, value));
    }

    /// Everything that is wrong (tracked).
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = self.told.get();
        if let Err(Faults(more)) = self.spec.get() {
            faults.extend(more);
        }
        faults
    }

    /// Whether the chosen strategy tries again after a conflict (tracked).
    pub fn retries(&self) -> bool {
        let (scenario, strategy) = (self.value("scenario"), self.value("strategy"));
        self.shelf
            .with_value(|catalog| catalog.strategy(&scenario, &strategy).is_some_and(|card| card.retries))
    }

    /// Whether the chosen strategy asks a lock service (tracked).
    pub fn takes_leases(&self) -> bool {
        let (scenario, strategy) = (self.value("scenario"), self.value("strategy"));
        self.shelf
            .with_value(|catalog| catalog.strategy(&scenario, &strategy).is_some_and(|card| card.leases))
    }

    /// Whether messages go through a broker in the chosen scenario (tracked).
    pub fn sends_messages(&self) -> bool {
        let scenario = self.value("scenario");
        self.shelf
            .with_value(|catalog| catalog.scenarios.iter().any(|card| card.name == scenario && card.messages))
    }

    /// Whether the chosen scenario lets this hardship strike where the spec says (tracked).
    pub fn may_meet(&self, hardship: &str) -> bool {
        if hardship == "cut-node" && !(self.takes_leases() && self.value("engine.locks") == RAFT) {
            return false;
        }
        !self.strikes_at(hardship).is_empty()
    }

    /// A step where this hardship can strike in the chosen scenario; nothing where there is none (tracked).
    pub fn strikes_at(&self, hardship: &str) -> String {
        let scenario = self.value("scenario");
        self.shelf.with_value(|catalog| {
            let card = catalog.scenarios.iter().find(|card| card.name == scenario);
            card.and_then(|card| card.strikes.get(hardship)).cloned().unwrap_or_default()
        })
    }

    /// The knobs of the chosen scenario that change something under the chosen strategy (tracked).
    pub fn knobs(&self) -> Vec<Knob> {
        let (scenario, strategy) = (self.value("scenario"), self.value("strategy"));
        self.shelf.with_value(|catalog| {
            let unused = catalog.strategy(&scenario, &strategy).map_or(&[][..], |card| &card.unused);
            let card = catalog.scenarios.iter().find(|card| card.name == scenario);
            let mut knobs = card.map(|card| card.knobs.clone()).unwrap_or_default();
            knobs.retain(|knob| !unused.contains(&knob.name));
            knobs
        })
    }

    /// Whether the form shows a field under this key now (tracked). A fault of any other field is told above them.
    pub fn shows(&self, key: &str) -> bool {
        match key {
            "scenario" | "strategy" | "schedule" | "pace" | "seed" | "engine.store" => true,
            "engine.broker" => self.sends_messages(),
            "engine.locks" => self.takes_leases(),
            "choices" => self.draft.with(Draft::lists_choices),
            kind if Hardship::KINDS.contains(&kind) => self.may_meet(kind),
            "retry.policy" | "retry.attempts_max" | "retry.base_ms" => self.retries(),
            knob => self.knobs().iter().any(|other| other.name == knob),
        }
    }

    /// What is wrong with one field (tracked).
    pub fn faults_of(&self, key: &str) -> Vec<Fault> {
        self.faults().into_iter().filter(|fault| key_of(fault) == key).collect()
    }
}
