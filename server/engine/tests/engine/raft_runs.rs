//! Runs whose leases come from three Raft nodes in this process, some of which are cut off.

use engine::Lab;
use futures::future::join_all;
use lab::canon;
use lab::event::{Entry, Event, Manner, OutageBegan, OutageEnded, Port};
use lab::hand::{Deed, Down, HandMove};
use lab::spec::Spec;
use lab::verdict::Ruling;
use serde_json::{Value, json};

use crate::harness::{Folder, run, spec, verdict};

/// Seeds that the fenced lock must survive here; each standstill and each cut waits for real leases to end.
const SEEDS: u64 = 10;
/// Runs at the same time: nearly all of them only wait.
const AT_ONCE: usize = 4;

async fn open_lab() -> (Lab, Folder) {
    let folder = Folder::new();
    let config = engine::Config { data: folder.0.clone(), ..engine::Config::default() };
    (Lab::open(config).await.expect("the lab opens"), folder)
}

fn asked(lab: &Lab, strategy: &str, fields: Value) -> Spec {
    let mut json = json!({
        "strategy": strategy, "schedule": { "kind": "recorded", "choices": [] },
        "workload": { "buyers": 2, "purchases": 1, "quantity": 5 },
        "engine": { "store": "sqlite", "locks": "raft" },
    });
    for (key, value) in fields.as_object().expect("an object") {
        json[key] = value.clone();
    }
    spec(lab, "sqlite", json)
}

fn at(kind: &str, places: &[&str]) -> Value {
    let hardships = places.iter().map(|place| json!({ "kind": kind, "at": place }));
    json!({ "hardships": hardships.collect::<Vec<_>>() })
}

fn tokens(entries: &[Entry]) -> Vec<i64> {
    let granted = |entry: &Entry| match entry.event {
        Event::LeaseGranted { token, until_us: None, .. } => Some(token),
        _ => None,
    };
    entries.iter().filter_map(granted).collect()
}

fn ruling(entries: &[Entry]) -> Ruling {
    verdict(entries).on("no-lost-update").expect("it is judged").ruling
}

/// Whether this entry says that a node reaches no majority.
fn lacks_majority(entry: &Entry) -> bool {
    matches!(
        entry.event,
        Event::LeaseRefused { no_majority: Some(_), .. } | Event::LeaseReleased { no_majority: Some(_), .. }
    )
}

#[tokio::test]
async fn holders_who_keep_their_leases_take_turns_with_rising_tokens() {
    let (lab, _folder) = open_lab().await;
    for strategy in ["distributed-lock", "distributed-lock-fenced-late", "distributed-lock-fenced"] {
        let fields = json!({ "workload": { "buyers": 4, "purchases": 3, "quantity": 9 } });
        let entries = run(&lab, asked(&lab, strategy, fields)).await;
        assert!(verdict(&entries).holds(), "{strategy}");
        assert_eq!(tokens(&entries), (1..=12).collect::<Vec<_>>(), "{strategy}");
    }
}

#[tokio::test]
async fn a_standstill_breaks_the_lock_and_the_late_fence_and_not_the_fence() {
    let (lab, _folder) = open_lab().await;
    let first = at("pause", &["buyer-1/write#1"]);
    let both = at("pause", &["buyer-1/write#1", "buyer-2/write#1"]);
    let plain = run(&lab, asked(&lab, "distributed-lock", first.clone())).await;
    assert_eq!((tokens(&plain), ruling(&plain)), (vec![1, 2], Ruling::Broken));
    assert_eq!(ruling(&run(&lab, asked(&lab, "distributed-lock-fenced-late", both)).await), Ruling::Broken);
    let fenced = run(&lab, asked(&lab, "distributed-lock-fenced", first)).await;
    assert!(fenced.iter().any(|entry| matches!(entry.event, Event::Fenced { token: 1, .. })));
    assert!(verdict(&fenced).holds());
}

#[tokio::test]
async fn a_holder_on_the_side_that_is_cut_off_writes_over_the_next_one_unless_the_row_is_fenced() {
    let (lab, _folder) = open_lab().await;
    let cut = at("cut-node", &["buyer-1/read#1"]);
    let plain = run(&lab, asked(&lab, "distributed-lock", cut.clone())).await;
    assert_eq!((tokens(&plain), ruling(&plain)), (vec![1, 2], Ruling::Broken));
    assert!(plain.iter().any(lacks_majority), "nobody hears that the lease is given back");
    // The next one has read and not yet written when the first one comes.
    let mut cut_and_late = cut;
    let late = json!({ "kind": "pause", "at": "buyer-2/write#1" });
    cut_and_late["hardships"].as_array_mut().expect("a list").push(late);
    let late = run(&lab, asked(&lab, "distributed-lock-fenced-late", cut_and_late)).await;
    assert_eq!((tokens(&late)[..2].to_vec(), ruling(&late)), (vec![1, 2], Ruling::Broken));
    let fenced =
        run(&lab, asked(&lab, "distributed-lock-fenced", at("cut-node", &["buyer-1/fence#1"]))).await;
    assert!(fenced.iter().any(|entry| matches!(entry.event, Event::Fenced { token: 1, .. })));
    assert!(verdict(&fenced).holds());
    assert_eq!((tokens(&fenced), verdict(&fenced).price.done), (vec![1, 2, 3], 2), "both buy in the end");
}

#[tokio::test]
async fn the_journal_says_which_node_was_cut_off_and_healed_and_beside_it_who_leads() {
    let (lab, _folder) = open_lab().await;
    let entries =
        run(&lab, asked(&lab, "distributed-lock-fenced", at("cut-node", &["buyer-2/acquire#1"]))).await;
    let outages = entries.iter().filter_map(|entry| match &entry.event {
        Event::OutageBegan(OutageBegan { port, manner: Manner::Cut, by_hand: false, simulated: true }) => {
            Some((*port, true, entry.raw.contains_key("leader") && entry.raw.contains_key("term")))
        }
        Event::OutageEnded(OutageEnded { port, by_hand: false }) => {
            Some((*port, false, entry.raw.contains_key("leader")))
        }
        _ => None,
    });
    assert_eq!(outages.collect::<Vec<_>>(), [(Port::Node2, true, true), (Port::Node2, false, true)]);
    let refused = entries.iter().find(|entry| lacks_majority(entry)).expect("it is told");
    assert_eq!(refused.actor.as_deref(), Some("buyer-2"));
    assert!(matches!(refused.event, Event::LeaseRefused { no_majority: Some(2), .. }));
    assert!(verdict(&entries).holds());
}

/// Three buyers, seeded, with this trouble.
fn seeded(lab: &Lab, strategy: &str, seed: u64, pauses: u64, hardships: &Value) -> Spec {
    let fields = json!({
        "seed": seed, "schedule": { "kind": "seeded" }, "hardships": hardships["hardships"],
        "workload": { "buyers": 3, "purchases": 2, "quantity": 4, "think_ms": 3, "pauses": pauses },
    });
    asked(lab, strategy, fields)
}

/// The fenced lock holds with each seed.
async fn check_fenced(lab: &Lab, pauses: u64, hardships: &Value) {
    for first in (0..SEEDS).step_by(AT_ONCE) {
        let seeds = first..SEEDS.min(first + AT_ONCE as u64);
        let runs =
            seeds.map(|seed| run(lab, seeded(lab, "distributed-lock-fenced", seed, pauses, hardships)));
        for (place, entries) in join_all(runs).await.iter().enumerate() {
            assert!(verdict(entries).holds(), "seed {}: {:?}", first + place as u64, verdict(entries));
        }
    }
}

#[tokio::test]
async fn the_fenced_lock_survives_seeds_in_which_holders_stand_still() {
    let (lab, _folder) = open_lab().await;
    check_fenced(&lab, 15, &at("pause", &[])).await;
}

#[tokio::test]
async fn the_fenced_lock_survives_seeds_in_which_nodes_are_cut_off() {
    let (lab, _folder) = open_lab().await;
    let places = ["buyer-1/fence#1", "buyer-2/write#1", "buyer-3/acquire#2", "buyer-1/release#2"];
    check_fenced(&lab, 0, &at("cut-node", &places)).await;
}

#[tokio::test]
async fn the_same_seed_gives_the_same_journal_through_cuts_standstills_and_crashes() {
    let (lab, _folder) = open_lab().await;
    let cuts = at("cut-node", &["buyer-1/write#1", "buyer-2/acquire#2", "buyer-3/write#1"]);
    let mut cuts_and_crash = cuts.clone();
    let crash = json!({ "kind": "crash", "at": "buyer-2/write#1" });
    cuts_and_crash["hardships"].as_array_mut().expect("a list").push(crash);
    let trials = [
        ("distributed-lock", 1, 0, &cuts),
        ("distributed-lock", 2, 15, &cuts_and_crash),
        ("distributed-lock-fenced-late", 3, 15, &cuts),
        ("distributed-lock-fenced", 4, 0, &cuts_and_crash),
        ("distributed-lock-fenced", 5, 15, &cuts),
    ];
    let twice = trials.map(|(strategy, seed, pauses, hardships)| {
        let asked = seeded(&lab, strategy, seed, pauses, hardships);
        futures::future::join(run(&lab, asked.clone()), run(&lab, asked))
    });
    for ((first, again), (strategy, seed, ..)) in join_all(twice).await.into_iter().zip(trials) {
        let differ = canon::first_difference(&first, &again).map(|seq| {
            let place = usize::try_from(seq).expect("small") - 1;
            (seq, first.get(place).map(canon::line), again.get(place).map(canon::line))
        });
        assert_eq!(differ, None, "{strategy}, seed {seed}");
    }
}

#[tokio::test]
async fn a_cut_is_refused_where_the_lab_does_not_stand_between_the_nodes() {
    let (lab, _folder) = open_lab().await;
    let refused = |strategy: &str, locks: &str| {
        let json = json!({
            "strategy": strategy, "engine": { "locks": locks },
            "hardships": [{ "kind": "cut-node", "at": "buyer-1/read#1" }],
        });
        let faults = Spec::read(&json, &lab.catalog()).expect_err("it is refused").0;
        assert_eq!((faults.len(), faults[0].field.as_str()), (1, "hardships[0].kind"));
        faults[0].message.clone()
    };
    for locks in ["lease-table", "zookeeper"] {
        let words = refused("distributed-lock", locks);
        assert!(words.contains("only on") && words.contains("because") && words.contains("raft"), "{words}");
    }
    let words = refused("optimistic", "raft");
    assert!(words.contains("optimistic asks no lock service"), "{words}");
}

#[tokio::test]
async fn a_hand_cuts_a_node_of_a_live_run_off_and_the_others_go_on() {
    let (lab, _folder) = open_lab().await;
    let fields = json!({
        "schedule": { "kind": "live" },
        "workload": { "buyers": 3, "purchases": 40, "quantity": 200, "think_ms": 1 },
    });
    let id = lab.start(asked(&lab, "distributed-lock-fenced", fields)).await.expect("it starts").id;
    let mut offers = lab.offers(&id).expect("it goes on");
    offers.wait_for(Option::is_some).await.expect("it has a hand");
    let make =
        |move_id: &str, deed| lab.move_by_hand(&id, HandMove { move_id: move_id.into(), expect: None, deed });
    let inject = |port, manner| Deed::Inject { port, manner };
    let words = make("m-1", inject(Port::Broker, Manner::Cut)).await.expect_err("there is none").to_string();
    assert!(words.contains("no broker"), "{words}");
    let words = make("m-2", inject(Port::Node2, Manner::Stall)).await.expect_err("only cuts").to_string();
    assert!(words.contains("between the nodes"), "{words}");
    let offer = make("m-3", inject(Port::Node2, Manner::Cut)).await.expect("it is cut off");
    assert_eq!(offer.may_cut, [Port::Node1, Port::Node2, Port::Node3]);
    assert_eq!(offer.down, [Down { port: Port::Node2, manner: Manner::Cut }]);
    let mut feed = lab.feed(&id, 0).await.expect("it can be read").expect("it is there");
    let mut entries: Vec<Entry> = Vec::new();
    let mut is_lifted = false;
    while !matches!(entries.last().map(|entry| &entry.event), Some(Event::Verdict(_))) {
        let more = feed.next().await.expect("it can be read").expect("the verdict comes last");
        entries.extend(more.iter().map(|line| serde_json::from_str::<Entry>(line).expect("an entry")));
        // Somebody else is granted something after node 2 was found to reach no majority.
        let lacks = entries.iter().position(lacks_majority);
        let goes_on = |entry: &Entry| matches!(entry.event, Event::LeaseGranted { .. });
        if !is_lifted && lacks.is_some_and(|place| entries[place..].iter().any(goes_on)) {
            is_lifted = true;
            let lift = Deed::Lift { port: Port::Node2 };
            assert_eq!(make("m-4", lift).await.expect("it is lifted").down, []);
        }
    }
    assert!(is_lifted, "nobody met the cut");
    assert!(
        entries.iter().filter(|entry| lacks_majority(entry)).all(|e| e.actor.as_deref() == Some("buyer-2"))
    );
    assert!(verdict(&entries).holds(), "{:?}", verdict(&entries));
    lab.close().await;
}
