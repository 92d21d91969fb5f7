//! Bodies that the documentation shows. A test reads each of them as what it claims to be.

/// The classic picture with another strategy, and a little more of everything.
pub(super) const SPEC: &str = r#"{
  "lab": "concurrency", "scenario": "stock", "strategy": "optimistic",
  "workload": { "buyers": 8, "quantity": 4 },
  "retry": { "policy": "exponential-jitter", "attempts_max": 8, "base_ms": 5 },
  "schedule": { "kind": "seeded" }, "pace": "instant", "seed": 42
}"#;

/// Two buyers, one item, and nothing that keeps them apart.
pub(super) const UNPROTECTED: &str = r#"{ "strategy": "unprotected" }"#;

/// Orders whose events are published after the commit.
pub(super) const CRASHING: &str = r#"{
  "lab": "outbox", "scenario": "order-placed", "strategy": "publish-after-commit", "workload": { "orders": 2 }
}"#;

/// A run that has just begun.
pub(super) const RUN: &str = r#"{
  "id": "01997d3e-8f00-7000-8000-000000000001", "state": "running",
  "spec": {
    "version": 1, "lab": "concurrency", "scenario": "stock", "strategy": "optimistic",
    "workload": { "buyers": 8, "outsider": 0, "products": 1, "purchases": 1, "quantity": 4, "think_ms": 20 },
    "retry": { "policy": "exponential-jitter", "attempts_max": 8, "base_ms": 5 },
    "engine": { "store": "sqlite", "broker": "embedded", "locks": "lease-table" },
    "schedule": { "kind": "seeded" }, "pace": "instant", "seed": 42
  },
  "created_ms": 1795000000000, "entries": 0, "verdict": null
}"#;

/// The story of two buyers of one unit who both read before either wrote, shortened.
pub(super) const STORY: &str = r#"{
  "promise": [
    { "invariant": "no-lost-update", "title": "No lost update", "outcome": "broke",
      "text": "Known to break: two buyers of one product at the same time. It broke." }
  ],
  "why": [
    { "kind": "cause",
      "text": "buyer-2 read 1 from stock sku-001 [6] before buyer-1 wrote 0 there [9]. Its own write of 0 [11] replaced that write, which it had never seen: one of the two is lost.",
      "entries": [6, 9, 11], "about": ["no-lost-update"] }
  ],
  "next": [
    { "title": "Optimistic on the same bad luck", "text": "Write only if nobody has written since the read; else read again.",
      "address": "/labs/concurrency?scenario=stock&strategy=optimistic&schedule=recorded&choices=buyer-1/read%231" }
  ]
}"#;

/// A line of a journal.
pub(super) const ENTRY: &str = r#"{"seq":10,"at_us":24550,"wall_us":15210,"actor":"buyer-2","step":"write#1","began_us":23550,"operation":"buyer-2.1","attempt":1,"causes":[8],"event":{"type":"conflict","row":{"table":"stock","key":"sku-001"},"expected":1,"found":2,"found_op":"buyer-1.1"}}"#;

/// A frame of the feed.
pub(super) const FRAME: &str =
    r#"{"kind":"hello","protocol":1,"run":"01997d3e-8f00-7000-8000-000000000001","state":"running"}"#;

/// What a hand may do.
pub(super) const OFFER: &str = r#"{
  "number": 4, "mover": "hand", "may_choose": true, "pace": "watch", "seq": 8, "at_us": 3000,
  "actors": [
    { "actor": "buyer-1", "stand": { "kind": "at-step", "step": "write#1", "about": "stock sku-001" } },
    { "actor": "buyer-2", "stand": { "kind": "waits", "step": "read#1",
      "lock": { "kind": "row", "row": { "table": "stock", "key": "sku-001" } }, "by": ["buyer-1"] } }
  ]
}"#;

/// A move.
pub(super) const MOVE: &str =
    r#"{ "move_id": "5f0c1d1e", "expect": 4, "kind": "choose", "actor": "buyer-1" }"#;

#[cfg(test)]
mod tests {
    use lab::event::Entry;
    use lab::hand::{HandMove, Offer};
    use lab::spec::Spec;
    use lab::story::Story;
    use lab::wire::{Frame, RunSummary};

    use super::*;

    #[test]
    fn every_example_is_what_it_claims_to_be() {
        let entry: Entry = serde_json::from_str(ENTRY).expect("an entry");
        assert_eq!(serde_json::to_string(&entry).expect("JSON"), ENTRY);
        serde_json::from_str::<Frame>(FRAME).expect("a frame");
        serde_json::from_str::<Offer>(OFFER).expect("an offer");
        HandMove::parse(MOVE).expect("a move");
        serde_json::from_str::<Story>(STORY).expect("a story");
        let run: RunSummary = serde_json::from_str(RUN).expect("a run");
        let draft: serde_json::Value = serde_json::from_str(SPEC).expect("JSON");
        assert_eq!(Spec { seed: 42, ..run.spec }.strategy, draft["strategy"]);
    }
}
