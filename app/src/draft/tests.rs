//! The draft of a spec: what the controls say, and how the address says it.

use lab::catalog::{EngineCard, Knob, LabCard, ScenarioCard, StrategyCard};

use super::*;

fn knob(name: &str, default: u64) -> Knob {
    Knob {
        name: name.into(),
        label: name.into(),
        help: String::new(),
        unit: String::new(),
        min: 1,
        max: 64,
        default,
        words: Vec::new(),
    }
}

fn catalog() -> Catalog {
    let strategy = |name: &str| StrategyCard {
        name: name.into(),
        scenarios: vec!["stock".into()],
        title: name.into(),
        idea: String::new(),
        costs: String::new(),
        fails: String::new(),
        retries: false,
        units_max: None,
        leases: false,
        unused: Vec::new(),
        promises: Vec::new(),
        source: String::new(),
        source_path: String::new(),
    };
    let classic = Spec {
        version: 1,
        lab: "concurrency".into(),
        scenario: "stock".into(),
        strategy: "unprotected".into(),
        workload: [("buyers".to_owned(), 2)].into(),
        retry: Retry::default(),
        hardships: Vec::new(),
        engine: Engines::default(),
        schedule: Schedule::Live,
        pace: Pace::Watch,
        seed: 42,
    };
    let lab = LabCard { name: "concurrency".into(), title: String::new(), idea: String::new() };
    let scenario = ScenarioCard {
        name: "stock".into(),
        lab: "concurrency".into(),
        title: String::new(),
        story: String::new(),
        knobs: vec![knob("buyers", 2)],
        messages: false,
        invariants: Vec::new(),
        classic,
        cure: "optimistic".into(),
        hardships: Vec::new(),
        strikes: std::collections::BTreeMap::new(),
        designs: Vec::new(),
    };
    let engine = |port: &str, name: &str| EngineCard {
        port: port.into(),
        name: name.into(),
        title: String::new(),
        available: true,
        remedy: String::new(),
        note: String::new(),
    };
    Catalog {
        version: String::new(),
        labs: vec![lab],
        scenarios: vec![scenario],
        strategies: vec![strategy("unprotected"), strategy("optimistic")],
        invariants: Vec::new(),
        engines: vec![
            engine("store", "sqlite"),
            engine("broker", "embedded"),
            engine("locks", "lease-table"),
        ],
        challenges: Vec::new(),
        lessons: Vec::new(),
    }
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn an_empty_query_is_the_default_spec() {
    let (draft, faults) = Draft::read("concurrency", Vec::new(), &catalog());
    assert!(faults.is_empty());
    assert_eq!(draft.get("buyers", &catalog()), "2");
    assert_eq!(draft.spec(&catalog()).map(|spec| spec.strategy), Ok("unprotected".to_owned()));
}

#[test]
fn a_wrong_value_is_told_and_falls_back() {
    let query = pairs(&[("buyers", "999"), ("strategy", "optimistic"), ("run", "abc")]);
    let (draft, faults) = Draft::read("concurrency", query, &catalog());
    assert_eq!(faults.iter().map(key_of).collect::<Vec<_>>(), ["buyers"]);
    assert_eq!(draft.get("buyers", &catalog()), "2");
    assert_eq!(draft.get("strategy", &catalog()), "optimistic");
}

#[test]
fn an_unknown_key_is_told_and_dropped() {
    let (draft, faults) = Draft::read("concurrency", pairs(&[("colour", "red")]), &catalog());
    assert_eq!(faults.len(), 1);
    assert!(draft.spec(&catalog()).is_ok());
}

#[test]
fn choices_may_be_typed_one_to_a_line() {
    let (mut draft, _) = Draft::read("concurrency", Vec::new(), &catalog());
    draft.set("schedule", "recorded");
    draft.set("choices", "buyer-1/read#1\n buyer-2/read#1,\n");
    let spec = draft.spec(&catalog()).expect("the choices are well formed");
    assert_eq!(encode(&draft.query(&catalog())).matches("buyer").count(), 2);
    assert_eq!(Draft::of(&spec, &catalog()).spec(&catalog()), Ok(spec));
    draft.set("schedule", "live");
    assert!(draft.spec(&catalog()).is_ok());
}

#[test]
fn a_query_is_percent_encoded() {
    assert_eq!(
        encode(&pairs(&[("choices", "a/b#1,c/d#2"), ("x", "1 %")])),
        "?choices=a/b%231,c/d%232&x=1%20%25"
    );
}
