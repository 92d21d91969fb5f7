//! The engine's tests, in one binary so that they link once.

#[path = "engine/anomalies.rs"]
mod anomalies;
#[path = "engine/broker_contract.rs"]
mod broker_contract;
#[path = "engine/by_hand.rs"]
mod by_hand;
#[path = "engine/cdc.rs"]
mod cdc;
#[path = "engine/challenges.rs"]
mod challenges;
#[path = "engine/checkout.rs"]
mod checkout;
#[path = "engine/dead_letters.rs"]
mod dead_letters;
#[path = "engine/explore.rs"]
mod explore;
#[path = "engine/harness.rs"]
mod harness;
#[path = "engine/journal.rs"]
mod journal;
#[path = "engine/leases.rs"]
mod leases;
#[path = "engine/lessons.rs"]
mod lessons;
#[path = "engine/live.rs"]
mod live;
#[path = "engine/lock_contract.rs"]
mod lock_contract;
#[path = "engine/nats.rs"]
mod nats;
#[path = "engine/opened.rs"]
mod opened;
#[path = "engine/outages.rs"]
mod outages;
#[path = "engine/outbox.rs"]
mod outbox;
#[path = "engine/partitions.rs"]
mod partitions;
#[path = "engine/payments.rs"]
mod payments;
#[path = "engine/promises.rs"]
mod promises;
#[path = "engine/proofs.rs"]
mod proofs;
#[path = "engine/raft.rs"]
mod raft;
#[path = "engine/raft_runs.rs"]
mod raft_runs;
#[path = "engine/recount.rs"]
mod recount;
#[path = "engine/refusals.rs"]
mod refusals;
#[path = "engine/reproducible.rs"]
mod reproducible;
#[path = "engine/shop.rs"]
mod shop;
#[path = "engine/single_writer.rs"]
mod single_writer;
#[path = "engine/spec.rs"]
mod spec;
#[path = "engine/store_contract.rs"]
mod store_contract;
#[path = "engine/stories.rs"]
mod stories;
#[path = "engine/strikes.rs"]
mod strikes;
#[path = "engine/transfer.rs"]
mod transfer;
#[path = "engine/tray.rs"]
mod tray;
#[path = "engine/units.rs"]
mod units;
#[path = "engine/unused.rs"]
mod unused;
#[path = "engine/zookeeper.rs"]
mod zookeeper;
