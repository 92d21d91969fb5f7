//! Runs by hand: who moves next is said from outside, on the real engines.

use std::time::Duration;

use engine::{Config, HandRefusal, Lab, Patience};
use lab::event::{Entry, Event};
use lab::hand::{Deed, HandMove, Mover, Offer, Stand};
use lab::schedule::{self, Schedule};
use lab::spec::{Pace, Spec};
use lab::wire::{RunSummary, State};
use lab::{canon, checks};
use serde_json::{Value, json};

use crate::harness::{Folder, STORES, open_lab, postgres_url, run, spec};

/// A run that is moved from here.
pub(crate) struct Played<'a> {
    pub lab: &'a Lab,
    pub run: RunSummary,
    pub offers: tokio::sync::watch::Receiver<Option<Offer>>,
    pub moves: u64,
}

impl<'a> Played<'a> {
    pub async fn start(lab: &'a Lab, spec: Spec) -> Self {
        let run = lab.start(spec).await.expect("the run starts");
        let offers = lab.offers(&run.id).expect("the run goes on");
        Self { lab, run, offers, moves: 0 }
    }

    /// The first offer on which the run waits for the hand.
    pub async fn waits(&mut self) -> Offer {
        let waits = |offer: &Option<Offer>| offer.as_ref().is_some_and(|offer| offer.mover == Mover::Hand);
        self.offers.wait_for(waits).await.expect("the run goes on").clone().expect("an offer")
    }

    pub async fn deed(&mut self, deed: Deed, expect: Option<u64>) -> Result<Offer, HandRefusal> {
        self.moves += 1;
        let asked = HandMove { move_id: format!("move-{}", self.moves), expect, deed };
        self.lab.move_by_hand(&self.run.id, asked).await
    }

    pub async fn choose(&mut self, actor: &str) -> Result<Offer, HandRefusal> {
        let number = self.waits().await.number;
        self.deed(Deed::Choose { actor: actor.into() }, Some(number)).await
    }

    pub async fn plays(&mut self, actors: &[&str]) -> Offer {
        let mut offer = None;
        for actor in actors {
            offer = Some(self.choose(actor).await.unwrap_or_else(|refusal| panic!("{actor}: {refusal}")));
        }
        offer.expect("at least one move")
    }

    pub async fn journal(self) -> (Vec<Entry>, State) {
        journal_of(self.lab, &self.run.id).await
    }
}

/// The journal of a run, once it is over.
async fn journal_of(lab: &Lab, id: &str) -> (Vec<Entry>, State) {
    let mut feed = lab.feed(id, 0).await.expect("readable").expect("there");
    let mut entries = Vec::new();
    while let Some(more) = feed.next().await.expect("readable") {
        entries.extend(more.entries().expect("readable"));
    }
    (entries, lab.run(id).await.expect("readable").expect("there").state)
}

pub(crate) fn by_hand(lab: &Lab, store: &str, mut fields: Value) -> Spec {
    if fields.get("schedule").is_none() {
        fields["schedule"] = json!({ "kind": "by-hand" });
    }
    spec(lab, store, fields)
}

pub(crate) fn stand<'a>(offer: &'a Offer, actor: &str) -> &'a Stand {
    &offer.actors.iter().find(|standing| standing.actor == actor).expect("an actor").stand
}

/// The same choices, from a list.
pub(crate) async fn recorded(lab: &Lab, spec: &Spec, journal: &[Entry]) -> std::sync::Arc<[Entry]> {
    let schedule = Schedule::Recorded { choices: schedule::of_journal(journal) };
    run(lab, Spec { schedule, ..spec.clone() }).await
}

#[tokio::test]
async fn a_hand_loses_an_update_and_the_list_of_its_moves_gives_the_journal_back() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let spec = by_hand(&lab, store, json!({ "strategy": "unprotected" }));
        let mut played = Played::start(&lab, spec.clone()).await;
        let first = played.waits().await;
        let Stand::AtStep { step, about, .. } = stand(&first, "buyer-2") else { panic!("{first:?}") };
        assert_eq!((step.as_str(), about.as_deref()), ("read#1", Some("stock sku-001")), "{store}");
        let read = played.plays(&["buyer-1"]).await;
        assert!(matches!(stand(&read, "buyer-1"), Stand::Asleep { until_us } if *until_us > read.at_us));
        // Buyer-1 thinks; choosing buyer-1 now would let its time come.
        let last = played.plays(&["buyer-2", "buyer-1", "buyer-2"]).await;
        assert_eq!(last.mover, Mover::Nobody, "{store}");
        let (journal, state) = played.journal().await;
        assert_eq!(state, State::Finished, "{store}");
        assert!(!checks::judge(&journal).holds(), "{store}");
        let again = recorded(&lab, &spec, &journal).await;
        assert_eq!(canon::form(&journal[1..]), canon::form(&again[1..]), "{store}");
    }
}

#[tokio::test]
async fn a_sleeper_that_is_chosen_moves_before_somebody_who_could_have() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let spec = by_hand(&lab, store, json!({ "strategy": "unprotected" }));
        let mut played = Played::start(&lab, spec.clone()).await;
        let offer = played.plays(&["buyer-1", "buyer-1"]).await;
        assert_eq!(stand(&offer, "buyer-1"), &Stand::Done);
        assert_eq!(
            played.choose("buyer-1").await,
            Err(HandRefusal::NotNow("buyer-1 is done.".into())),
            "{store}"
        );
        played.plays(&["buyer-2"]).await;
        let (journal, _) = played.journal().await;
        assert!(checks::judge(&journal).holds(), "{store}");
        let again = recorded(&lab, &spec, &journal).await;
        assert_eq!(canon::form(&journal[1..]), canon::form(&again[1..]), "{store}");
    }
}

#[tokio::test]
async fn a_blocked_actor_is_refused_with_whom_it_waits_for_and_a_third_is_queued() {
    let (lab, _folder) = open_lab().await;
    for (store, opening, lock) in [
        ("sqlite", &["buyer-1", "buyer-2", "buyer-3"][..], "the database's write lock"),
        (
            "postgres",
            &["buyer-1", "buyer-2", "buyer-3", "buyer-1", "buyer-2", "buyer-3"],
            "the row lock of stock sku-001",
        ),
    ] {
        let fields = json!({ "strategy": "row-lock", "workload": { "buyers": 3, "quantity": 2 } });
        let spec = by_hand(&lab, store, fields);
        let mut played = Played::start(&lab, spec.clone()).await;
        let offer = played.plays(opening).await;
        let Stand::Waits { by, .. } = stand(&offer, "buyer-2") else { panic!("{store}: {offer:?}") };
        assert_eq!(by, &["buyer-1"], "{store}");
        let refused = |words: String| Err(HandRefusal::NotNow(words));
        let waits = format!("buyer-2 waits for {lock}, held by buyer-1.");
        assert_eq!(played.choose("buyer-2").await, refused(waits), "{store}");
        let queued = format!("buyer-3 is queued behind buyer-2 for {lock}.");
        assert_eq!(played.choose("buyer-3").await, refused(queued), "{store}");
        let unknown = played.choose("buyer-9").await;
        assert!(matches!(unknown, Err(HandRefusal::NoSuchActor(_))), "{unknown:?}");
        assert_eq!(played.waits().await.number, offer.number, "what is refused changes nothing");
        played.deed(Deed::Resume, None).await.expect("the seed goes on");
        let (journal, state) = played.journal().await;
        assert_eq!(state, State::Finished, "{store}");
        let again = recorded(&lab, &spec, &journal).await;
        assert_eq!(canon::form(&journal[1..]), canon::form(&again[1..]), "{store}");
    }
}

#[tokio::test]
async fn a_prefix_is_played_as_recorded_before_the_hand_is_asked() {
    let (lab, _folder) = open_lab().await;
    let choices = json!(["buyer-1/read#1", "buyer-2/read#1", "buyer-1/write#1"]);
    for store in STORES {
        let schedule = json!({ "kind": "by-hand", "choices": choices });
        // No pace holds the prefix up.
        let fields = json!({ "strategy": "unprotected", "schedule": schedule, "pace": "watch" });
        let spec = by_hand(&lab, store, fields);
        let mut played = Played::start(&lab, spec.clone()).await;
        let offer = played.waits().await;
        assert_eq!(stand(&offer, "buyer-1"), &Stand::Done, "{store}");
        let (mover, id) = (offer.mover, played.run.id.clone());
        assert_eq!(mover, Mover::Hand);
        let before = lab.entries(&id, 0, 100).await.expect("readable");
        assert!(before.len() as u64 <= offer.seq, "{store}");
        played.plays(&["buyer-2"]).await;
        let (journal, _) = played.journal().await;
        let chosen: Vec<String> = schedule::of_journal(&journal).iter().map(ToString::to_string).collect();
        assert_eq!(chosen[..3], *choices.as_array().expect("a list"), "{store}");
        assert!(!checks::judge(&journal).holds(), "{store}");
    }
}

#[tokio::test]
async fn a_move_sent_twice_acts_once_and_is_answered_the_same() {
    let (lab, _folder) = open_lab().await;
    let mut played = Played::start(&lab, by_hand(&lab, "sqlite", json!({}))).await;
    let first = played.waits().await;
    let choose = Deed::Choose { actor: "buyer-1".into() };
    let asked = HandMove { move_id: "once".into(), expect: Some(first.number), deed: choose };
    let id = played.run.id.clone();
    let both = tokio::join!(lab.move_by_hand(&id, asked.clone()), lab.move_by_hand(&id, asked.clone()));
    let answer = both.0.expect("it is made");
    assert_eq!(both.1.as_ref(), Ok(&answer));
    let late = lab.move_by_hand(&id, HandMove { move_id: "late".into(), ..asked.clone() }).await;
    assert_eq!(late, Err(HandRefusal::Passed { expect: first.number, number: answer.number }));
    let other = HandMove { deed: Deed::Step, ..asked };
    assert_eq!(lab.move_by_hand(&id, other).await, Err(HandRefusal::IdTaken("once".into())));
    assert_eq!(played.waits().await, answer);
    played.plays(&["buyer-2", "buyer-1", "buyer-2"]).await;
}

#[tokio::test]
async fn the_move_that_ends_a_run_is_answered_the_same_when_it_is_sent_again() {
    let (lab, _folder) = open_lab().await;
    let mut played = Played::start(&lab, by_hand(&lab, "sqlite", json!({}))).await;
    let id = played.run.id.clone();
    let before = played.plays(&["buyer-1", "buyer-2", "buyer-1"]).await;
    let deed = Deed::Choose { actor: "buyer-2".into() };
    let last = HandMove { move_id: "last".into(), expect: Some(before.number), deed };
    let answer = lab.move_by_hand(&id, last.clone()).await;
    assert_eq!(answer.as_ref().map(|offer| offer.mover), Ok(Mover::Nobody));
    let (_, state) = journal_of(&lab, &id).await;
    assert_eq!(state, State::Finished);
    assert_eq!(lab.move_by_hand(&id, last.clone()).await, answer);
    let other = HandMove { deed: Deed::Step, ..last.clone() };
    assert_eq!(lab.move_by_hand(&id, other).await, Err(HandRefusal::IdTaken(last.move_id.clone())));
    let new = HandMove { move_id: "new".into(), ..last };
    assert_eq!(lab.move_by_hand(&id, new).await, Err(HandRefusal::Over));
}

#[tokio::test]
async fn a_seeded_run_is_paused_and_stepped_and_stays_what_its_seed_says() {
    let (lab, _folder) = open_lab().await;
    let fields = json!({ "strategy": "optimistic", "schedule": { "kind": "seeded" }, "pace": "watch" });
    let slow = spec(&lab, "sqlite", fields);
    let mut played = Played::start(&lab, slow.clone()).await;
    played.offers.wait_for(Option::is_some).await.expect("it tells that it goes on");
    let moving = played.deed(Deed::Choose { actor: "buyer-1".into() }, None).await;
    assert!(matches!(moving, Err(HandRefusal::NotNow(_))), "{moving:?}");
    let paused = played.deed(Deed::Pause, None).await.expect("it stops");
    assert_eq!((paused.mover, paused.may_choose), (Mover::Hand, false));
    let chosen = played.choose("buyer-1").await;
    assert!(matches!(chosen, Err(HandRefusal::NoHand(_))), "{chosen:?}");
    for _ in 0..3 {
        played.deed(Deed::Step, None).await.expect("one move");
    }
    let brisk = played.deed(Deed::Pace { pace: Pace::Instant }, None).await.expect("faster");
    assert_eq!(brisk.pace, Pace::Instant);
    played.deed(Deed::Resume, None).await.expect("it goes on");
    let (journal, _) = played.journal().await;
    let alone = run(&lab, Spec { pace: Pace::Instant, ..slow }).await;
    assert_eq!(canon::form(&journal[1..]), canon::form(&alone[1..]));
}

#[tokio::test]
async fn a_live_run_and_a_run_that_is_over_have_no_hand() {
    let (lab, _folder) = open_lab().await;
    let fields = json!({ "pace": "watch", "workload": { "buyers": 2, "purchases": 50, "quantity": 100 } });
    let mut live = Played::start(&lab, spec(&lab, "sqlite", fields)).await;
    let refused = live.deed(Deed::Pause, None).await;
    assert!(matches!(&refused, Err(HandRefusal::NoHand(why)) if why.contains("live")), "{refused:?}");
    assert!(lab.cancel(&live.run.id).await.expect("reachable"));
    let id = live.run.id.clone();
    live.journal().await;
    assert!(lab.offers(&id).is_none() || lab.offer(&id).await.is_err());
}

#[tokio::test]
async fn a_run_by_hand_that_nobody_moves_is_interrupted_and_a_paused_one_goes_on() {
    let folder = Folder::new();
    let config =
        Config { data: folder.0.clone(), postgres: Some(postgres_url()), zookeeper: None, nats: None };
    let patience = Patience { idle: Duration::ZERO, paused: Duration::ZERO };
    let lab = Lab::open_with(config, patience).await.expect("the lab opens");
    let idle = lab.start(by_hand(&lab, "postgres", json!({}))).await.expect("it starts");
    let (journal, state) = journal_of(&lab, &idle.id).await;
    assert_eq!(state, State::Interrupted);
    let told = journal.iter().any(|entry| {
        matches!(&entry.event, Event::Interrupted { reason } if reason.contains("nobody made a move"))
    });
    assert!(told, "{journal:?}");
    let fields = json!({ "schedule": { "kind": "seeded" }, "pace": "brisk" });
    let mut paused = Played::start(&lab, spec(&lab, "sqlite", fields)).await;
    paused.offers.wait_for(Option::is_some).await.expect("it goes on");
    paused.deed(Deed::Pause, None).await.expect("it stops");
    assert_eq!(paused.journal().await.1, State::Finished);
}

#[tokio::test]
async fn runs_by_hand_take_no_turn_from_others() {
    let (lab, _folder) = open_lab().await;
    let mut waiting = Vec::new();
    for _ in 0..=Lab::BY_HAND_AT_ONCE {
        waiting.push(lab.start(by_hand(&lab, "sqlite", json!({}))).await.expect("it starts"));
    }
    let other = lab.start(spec(&lab, "sqlite", json!({}))).await.expect("it starts");
    assert_eq!(other.state, State::Running);
    assert_eq!(journal_of(&lab, &other.id).await.1, State::Finished);
    for run in waiting {
        assert!(lab.cancel(&run.id).await.expect("reachable"));
    }
    lab.close().await;
}

/// A hand leaves the rest of a long run to the seed.
const MOVES_MAX: u64 = 40;

/// Whoever may be chosen is, sleepers too, by draws that no seed of a run makes.
#[tokio::test]
async fn whatever_a_hand_chooses_under_any_strategy_its_list_of_moves_gives_the_journal_back() {
    let (lab, _folder) = open_lab().await;
    let dice = lab::dice::Dice::new(1);
    for card in &lab.catalog().strategies {
        for store in STORES {
            // The trials of a strategy differ little: one on each engine is enough.
            let is_here = |cell: &&lab::catalog::Promise| cell.engine == store && cell.trial.is_some();
            let Some(cell) = card.promises.iter().find(is_here) else { continue };
            let Some(trial) = cell.trial.clone() else { continue };
            let spec = Spec { schedule: Schedule::ByHand { choices: Vec::new() }, ..trial };
            let mut played = Played::start(&lab, spec.clone()).await;
            while played.moves < MOVES_MAX {
                let offers = played
                    .offers
                    .wait_for(|offer| offer.as_ref().is_some_and(|offer| offer.mover != Mover::Schedule));
                let Some(offer) = offers.await.ok().and_then(|offer| offer.clone()) else { break };
                let able: Vec<_> =
                    offer.actors.iter().filter(|standing| standing.stand.may_be_chosen()).collect();
                if offer.mover == Mover::Nobody || able.is_empty() {
                    break;
                }
                let drawn = dice.below(&["hand", &card.name, &offer.number.to_string()], able.len() as u64);
                let actor = able[usize::try_from(drawn).expect("small")].actor.clone();
                played.deed(Deed::Choose { actor }, Some(offer.number)).await.ok();
            }
            played.deed(Deed::Resume, None).await.ok();
            let (journal, state) = played.journal().await;
            let again = recorded(&lab, &spec, &journal).await;
            let place = (&card.name, store);
            assert_eq!(state, State::Finished, "{place:?}");
            if let Some(seq) = canon::first_difference(&journal[1..], &again[1..]) {
                let at = usize::try_from(seq).expect("small");
                panic!(
                    "{place:?}, entry {}:\n{:?}\n{:?}",
                    seq + 1,
                    journal.get(at).map(canon::line),
                    again.get(at).map(canon::line)
                );
            }
        }
    }
}
