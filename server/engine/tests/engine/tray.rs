//! The tray: a hand puts messages into an order, holds, doubles and loses them, and the list of its moves gives the
//! journal back.

use engine::HandRefusal;
use lab::event::{Entry, Event};
use lab::hand::{Card, CardAt, Deed, Mover, Offer, TrayAct, TrayMove};
use lab::schedule::Schedule;
use lab::spec::Spec;
use lab::verdict::Ruling;
use lab::wire::State;
use lab::{canon, checks};
use serde_json::{Value, json};

use crate::by_hand::{Played, by_hand, recorded};
use crate::harness::{STORES, open_lab, spec};

fn order_status(strategy: &str, workload: Value) -> Value {
    json!({ "lab": "messages", "scenario": "order-status", "strategy": strategy, "workload": workload })
}

impl Played<'_> {
    async fn tray(&mut self, act: TrayAct, card: &str, before: Option<&str>) -> Result<Offer, HandRefusal> {
        let number = self.waits().await.number;
        let moved = TrayMove { act, card: card.into(), before: before.map(str::to_owned) };
        self.deed(Deed::Tray(moved), Some(number)).await
    }

    async fn cards(&mut self) -> Vec<Card> {
        self.waits().await.tray.expect("a tray")
    }

    /// The actor moves as long as it may.
    async fn plays_out(&mut self, actor: &str) {
        while let Some(offer) = self.next_offer().await {
            let deed = Deed::Choose { actor: actor.into() };
            if self.deed(deed, Some(offer.number)).await.is_err() {
                break;
            }
        }
    }

    /// The offer on which the run waits; none when it is over.
    async fn next_offer(&mut self) -> Option<Offer> {
        let stands =
            |offer: &Option<Offer>| offer.as_ref().is_some_and(|offer| offer.mover != Mover::Schedule);
        let offer = self.offers.wait_for(stands).await.ok()?.clone();
        offer.filter(|offer| offer.mover == Mover::Hand)
    }
}

fn names(cards: &[Card]) -> Vec<&str> {
    cards.iter().map(|card| card.name.as_str()).collect()
}

fn broken(entries: &[Entry]) -> Vec<String> {
    let verdict = checks::judge(entries);
    let broken = verdict.judgements.iter().filter(|judged| judged.ruling == Ruling::Broken);
    broken.map(|judged| judged.invariant.clone()).collect()
}

fn deliveries(entries: &[Entry]) -> Vec<(&str, u64)> {
    let of = |entry: &'_ Entry| match &entry.event {
        Event::Delivered { message, delivery, .. } => Some((message.id.clone(), *delivery)),
        _ => None,
    };
    let told: Vec<(String, u64)> = entries.iter().filter_map(of).collect();
    told.into_iter()
        .map(|(id, number)| (if id.ends_with("placed") { "placed" } else { "paid" }, number))
        .collect()
}

async fn assert_replays(played: Played<'_>, spec: &Spec) -> Vec<Entry> {
    let lab = played.lab;
    let (journal, state) = played.journal().await;
    assert_eq!(state, State::Finished, "{:?}", journal.last());
    let again = recorded(lab, spec, &journal).await;
    assert_eq!(canon::form(&journal[1..]), canon::form(&again[1..]));
    journal
}

#[tokio::test]
async fn two_swapped_cards_break_arrival_order_and_leave_versions_alone() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        for (strategy, is_broken) in [("arrival-order", true), ("version-ignore-stale", false)] {
            let spec = by_hand(&lab, store, order_status(strategy, json!({ "consumers": 1 })));
            let mut played = Played::start(&lab, spec.clone()).await;
            played.plays(&["publisher", "publisher"]).await;
            assert_eq!(names(&played.cards().await), ["order-1.placed", "order-1.paid"]);
            let offer =
                played.tray(TrayAct::Put, "order-1.paid", Some("order-1.placed")).await.expect("made");
            assert_eq!(names(&offer.tray.expect("a tray")), ["order-1.paid", "order-1.placed"]);
            played.plays_out("consumer-1").await;
            let journal = assert_replays(played, &spec).await;
            assert_eq!(deliveries(&journal), [("paid", 1), ("placed", 1)], "{store} {strategy}");
            assert_eq!(
                broken(&journal).contains(&"view-never-goes-back".to_owned()),
                is_broken,
                "{strategy}"
            );
        }
    }
}

#[tokio::test]
async fn what_would_overtake_inside_a_partition_is_refused_and_nothing_changes() {
    let (lab, _folder) = open_lab().await;
    let spec = by_hand(&lab, "sqlite", order_status("partitioned", json!({ "partitions": 1 })));
    let mut played = Played::start(&lab, spec.clone()).await;
    let before = played.plays(&["publisher", "publisher"]).await;
    let refused = played.tray(TrayAct::Put, "order-1.paid", Some("order-1.placed")).await;
    let Err(HandRefusal::NotNow(why)) = refused else { panic!("{refused:?}") };
    assert!(why.contains("This broker keeps order inside a partition"), "{why}");
    let refused = played.tray(TrayAct::Put, "order-1.placed", None).await;
    assert!(matches!(refused, Err(HandRefusal::NotNow(_))), "{refused:?}");
    let behind = played.tray(TrayAct::Drop, "order-1.paid", None).await;
    assert!(matches!(behind, Err(HandRefusal::NotNow(_))), "{behind:?}");
    assert_eq!(played.waits().await, before, "what is refused changes nothing");
    let unknown = played.tray(TrayAct::Hold, "order-9.paid", None).await;
    let Err(HandRefusal::NoSuchCard(why)) = unknown else { panic!("{unknown:?}") };
    assert_eq!(why, "\"order-9.paid\" is not in flight: no message of this name is on its way.");
    played.deed(Deed::Resume, None).await.expect("the seed goes on");
    assert_replays(played, &spec).await;
}

#[tokio::test]
async fn a_lost_delivery_comes_again_and_a_doubled_one_comes_twice() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let workload = json!({ "consumers": 1, "deltas": 1 });
        let spec = by_hand(&lab, store, order_status("arrival-order", workload));
        let mut played = Played::start(&lab, spec.clone()).await;
        played.plays(&["publisher", "publisher"]).await;
        let offer = played.tray(TrayAct::Drop, "order-1.placed", None).await.expect("lost");
        let until_us = offer.at_us + 500_000;
        assert_eq!(offer.tray.expect("a tray")[0].at, CardAt::Late { until_us });
        played.tray(TrayAct::Double, "order-1.paid", None).await.expect("doubled");
        let cards = played.cards().await;
        assert_eq!(names(&cards), ["order-1.placed", "order-1.paid", "order-1.paid~2"]);
        played.plays_out("consumer-1").await;
        let journal = assert_replays(played, &spec).await;
        assert_eq!(deliveries(&journal), [("paid", 1), ("paid", 2), ("placed", 2)], "{store}");
        assert!(broken(&journal).contains(&"none-applied-twice".to_owned()), "{store}");
    }
}

#[tokio::test]
async fn a_lost_ack_and_a_held_message_wait_for_the_hand_and_the_seed_lets_all_go() {
    let (lab, _folder) = open_lab().await;
    let spec = by_hand(&lab, "sqlite", order_status("version-buffer", json!({ "consumers": 1 })));
    let mut played = Played::start(&lab, spec.clone()).await;
    played.plays(&["publisher", "publisher"]).await;
    played.tray(TrayAct::Hold, "order-1.placed", None).await.expect("held");
    let again = played.tray(TrayAct::Hold, "order-1.placed", None).await;
    assert!(matches!(again, Err(HandRefusal::NotNow(_))), "{again:?}");
    played.tray(TrayAct::LoseAck, "order-1.paid", None).await.expect("marked");
    played.plays(&["consumer-1"]).await;
    assert_eq!(played.cards().await[1].at, CardAt::InHand { by: "consumer-1".into() });
    let in_hand = played.tray(TrayAct::Drop, "order-1.paid", None).await;
    assert!(matches!(in_hand, Err(HandRefusal::NotNow(_))), "{in_hand:?}");
    played.plays_out("consumer-1").await;
    // Nobody can go on but for what is held; the run waits for the hand, and the seed lets it go.
    let offer = played.waits().await;
    assert_eq!(names(offer.tray.as_deref().expect("a tray")), ["order-1.placed"]);
    assert!(!offer.actors.iter().any(|standing| standing.stand.may_be_chosen()), "{offer:?}");
    played.deed(Deed::Resume, None).await.expect("the seed goes on");
    let journal = assert_replays(played, &spec).await;
    assert_eq!(deliveries(&journal), [("paid", 1), ("paid", 2), ("placed", 1)]);
    assert!(journal.iter().any(|entry| matches!(entry.event, Event::AckLost { .. })));
    assert!(broken(&journal).is_empty(), "{:?}", broken(&journal));
}

#[tokio::test]
async fn nobody_touches_the_messages_of_a_run_that_is_not_by_hand() {
    let (lab, _folder) = open_lab().await;
    let mut fields = order_status("arrival-order", json!({}));
    fields["schedule"] = json!({ "kind": "seeded" });
    fields["pace"] = json!("watch");
    let mut played = Played::start(&lab, spec(&lab, "sqlite", fields)).await;
    played.offers.wait_for(Option::is_some).await.expect("it tells that it goes on");
    let paused = played.deed(Deed::Pause, None).await.expect("it stops");
    assert_eq!(paused.tray, None);
    let refused = played.tray(TrayAct::Hold, "order-1.placed", None).await;
    assert!(matches!(refused, Err(HandRefusal::NoHand(_))), "{refused:?}");
    lab.close().await;
}

/// A hand leaves the rest of a long run to the seed.
const MOVES_MAX: u64 = 40;

#[tokio::test]
async fn whatever_a_hand_does_to_messages_its_list_of_moves_gives_the_journal_back() {
    let (lab, _folder) = open_lab().await;
    let mut moved = 0;
    for card in &lab.catalog().strategies {
        for store in STORES {
            let is_here = |cell: &&lab::catalog::Promise| cell.engine == store && cell.trial.is_some();
            let Some(trial) = card.promises.iter().find(is_here).and_then(|cell| cell.trial.clone()) else {
                continue;
            };
            let spec = Spec { schedule: Schedule::ByHand { choices: Vec::new() }, ..trial };
            let mut played = Played::start(&lab, spec.clone()).await;
            if played.waits().await.tray.is_none() {
                lab.cancel(&played.run.id).await.expect("reachable");
                continue;
            }
            moved += plays_at_random(&mut played, &format!("{} {store}", card.name)).await;
            played.deed(Deed::Resume, None).await.ok();
            assert_replays(played, &spec).await;
        }
    }
    assert!(moved > 300, "{moved} moves on the tray were made");
}

/// Draws that no seed of a run makes: half of them on the tray. Returns how many of those were made.
async fn plays_at_random(played: &mut Played<'_>, name: &str) -> usize {
    let dice = lab::dice::Dice::new(7);
    let mut moved = 0;
    while played.moves < MOVES_MAX {
        let Some(offer) = played.next_offer().await else { break };
        let draw = |what: &str, sides: usize| {
            let drawn = dice.below(&[what, name, &played.moves.to_string()], sides.max(1) as u64);
            usize::try_from(drawn).expect("small")
        };
        let able: Vec<_> = offer.actors.iter().filter(|standing| standing.stand.may_be_chosen()).collect();
        let cards = offer.tray.unwrap_or_default();
        let deed = if !cards.is_empty() && (able.is_empty() || draw("tray", 2) == 0) {
            let act = TrayAct::ALL[draw("act", TrayAct::ALL.len())];
            let before = (act == TrayAct::Put).then(|| cards[draw("before", cards.len())].name.clone());
            Deed::Tray(TrayMove { act, card: cards[draw("card", cards.len())].name.clone(), before })
        } else if able.is_empty() {
            break;
        } else {
            Deed::Choose { actor: able[draw("actor", able.len())].actor.clone() }
        };
        let is_tray = matches!(deed, Deed::Tray(_));
        moved += usize::from(played.deed(deed, Some(offer.number)).await.is_ok() && is_tray);
    }
    moved
}
