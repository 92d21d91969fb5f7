//! The designs that a matrix of crash points sets side by side: strategies, with the knobs that make the difference.

use lab::catalog::Design;

/// One design as it is listed here.
struct Listed {
    scenario: &'static str,
    title: &'static str,
    strategy: &'static str,
    knobs: &'static [(&'static str, u64)],
}

/// Orders whose events leave through a publication.
const ORDERS: &str = "order-placed";
/// Payments that are asked for by messages.
const PAYMENTS: &str = "payments";
/// An order in several steps.
const CHECKOUT: &str = "checkout";
/// The whole way of an order.
const SHOP: &str = "shop";
/// Every stage of it is protected but the last two.
const ALL_BUT_INBOX: &[(&str, u64)] =
    &[("request", 3), ("handed_on", 2), ("queue", 1), ("receipt", 0), ("sequence", 0)];
/// The warehouse has no inbox.
const NO_INBOX: &[(&str, u64)] = &[("keeps_inbox", 0)];
/// The warehouse has one.
const INBOX: &[(&str, u64)] = &[("keeps_inbox", 1)];
/// The charge is a row of the same database.
const LEDGER_ROW: &[(&str, u64)] = &[("effect", 0)];
/// The charge is a call to somebody else's server.
const PROVIDER_CALL: &[(&str, u64)] = &[("effect", 1)];

/// All of them, scenario by scenario, from the one that fails most to the one that fails least.
const ALL: &[Listed] = &[
    of(ORDERS, "Publish before commit", "publish-before-commit", INBOX),
    of(ORDERS, "Publish after commit", "publish-after-commit", INBOX),
    of(ORDERS, "Outbox, no inbox", "outbox-polling", NO_INBOX),
    of(ORDERS, "Outbox + inbox", "outbox-polling", INBOX),
    of(PAYMENTS, "None", "none", LEDGER_ROW),
    of(PAYMENTS, "Dedup, then effect", "dedup-then-effect", LEDGER_ROW),
    of(PAYMENTS, "Effect, then dedup", "effect-then-dedup", LEDGER_ROW),
    of(PAYMENTS, "Inbox", "inbox", LEDGER_ROW),
    of(PAYMENTS, "Inbox, charge by call", "inbox", PROVIDER_CALL),
    of(PAYMENTS, "Idempotency key, charge by call", "idempotency-key", PROVIDER_CALL),
    of(CHECKOUT, "No compensation", "no-compensation", &[]),
    of(CHECKOUT, "Compensation in memory", "compensation-in-memory", &[]),
    of(CHECKOUT, "Saga log", "saga-log", &[]),
    of(SHOP, "No stage", "no-stage", &[]),
    of(SHOP, "Outbox alone", "outbox-alone", &[]),
    of(SHOP, "Outbox, keys claimed", "stage-by-stage", ALL_BUT_INBOX),
    of(SHOP, "Every stage", "every-stage", &[]),
];

const fn of(
    scenario: &'static str,
    title: &'static str,
    strategy: &'static str,
    knobs: &'static [(&'static str, u64)],
) -> Listed {
    Listed { scenario, title, strategy, knobs }
}

/// The designs of a scenario; none where crashes are not what it is about.
pub(crate) fn listed(scenario: &str) -> Vec<Design> {
    let here = ALL.iter().filter(|listed| listed.scenario == scenario);
    let design = |listed: &Listed| Design {
        title: listed.title.into(),
        strategy: listed.strategy.into(),
        knobs: listed.knobs.iter().map(|&(knob, value)| (knob.to_owned(), value)).collect(),
    };
    here.map(design).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Missing, catalog};

    #[test]
    fn every_design_names_a_strategy_and_knobs_of_its_scenario() {
        let catalog = catalog(Missing::default());
        for listed in ALL {
            let place = format!("{} {}", listed.scenario, listed.title);
            assert!(catalog.strategy(listed.scenario, listed.strategy).is_some(), "{place}");
            let card = catalog.scenarios.iter().find(|card| card.name == listed.scenario).expect(&place);
            for (name, value) in listed.knobs {
                let knob = card.knobs.iter().find(|knob| knob.name == *name).expect(&place);
                assert!((knob.min..=knob.max).contains(value), "{place}: {name}");
            }
        }
    }
}
