//! Single writer: buyers send commands, and one consumer for each partition carries them out.
//!
//! Idea: the product's key decides the partition, and a partition has one consumer. So each product has one writer, who
//! needs no lock: nobody else reads and writes its row.
//! What it promises: what a partition promises. While no partition changes hands and nothing is delivered twice, the
//! writer takes one command after the other.
//! How it still fails: an owner that stands still keeps writing after its partition was given to somebody else, who
//! reads and writes the same row. And a broker that loses nothing delivers again what was not acknowledged: a writer
//! that dies between its write and its acknowledgement carries the command out twice.

use lab::catalog::PromiseValue::{Breaks, Holds};
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Command, Halt};

/// The owner stands still between its read and its write; the partition goes to the other consumer, who carries the
/// command out. Then the old owner writes.
const OLD_OWNER: &[&str] = &[
    "partitions=1",
    "rebalance=1",
    "pause consumer-1/write#1",
    "buyer-1/publish#1",
    "buyer-2/publish#1",
    "consumer-1/receive#1",
    "consumer-1/read#1",
];
/// The writer has sold and dies before it can say so.
const DIES_BEFORE_ACK: &[&str] = &[
    "partitions=1",
    "quantity=3",
    "crash consumer-1/ack#1",
    "buyer-1/publish#1",
    "buyer-2/publish#1",
    "consumer-1/receive#1",
];
const REBALANCED: &str = "a rebalance, and the old owner only stood still";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "single-writer",
    title: "Single writer",
    idea: "Buyers send commands; the product decides the partition, and a partition has one consumer, who alone reads and writes the row.",
    costs: "A message and its answer for each purchase, and one slow command holds up its whole partition.",
    fails: "When a partition changes hands and the old owner only stood still: then there are two writers. And a command that is delivered again is carried out again.",
    retries: false,
    never_below_zero: false,
    by_key: true,
    leases: false,
    trial: &["pauses=10", "rebalance=1"],
    promises: &[
        Cell::breaks("no-lost-update", EVERY_STORE, REBALANCED, OLD_OWNER),
        Cell::breaks("no-oversell", EVERY_STORE, REBALANCED, OLD_OWNER),
        Cell {
            invariant: "no-wrong-refusal",
            engines: EVERY_STORE,
            value: Holds,
            premises: "units only ever leave the stock, so an old read shows too many, never too few",
            witness: &[],
        },
        Cell {
            invariant: "every-request-answered",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a crash before the acknowledgement: one request is on record twice",
            witness: DIES_BEFORE_ACK,
        },
        Cell::breaks("every-request-answered", EVERY_STORE, REBALANCED, OLD_OWNER),
    ],
};

/// Carries out a command.
pub async fn carry(bench: &mut Bench, command: &Command) -> Result<(), Halt> {
    let buy = &command.purchase;
    let seen = bench.read(&buy.row).await?;
    if seen.amount < buy.quantity {
        return bench.answer(command, Outcome::Refused(Reason::SoldOut)).await;
    }
    bench.think().await?;
    // Nobody else writes this row, as long as the partition is still this consumer's.
    bench.write(buy, seen.amount - buy.quantity).await?;
    bench.answer(command, Outcome::Done).await
}
