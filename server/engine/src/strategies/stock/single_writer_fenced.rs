//! Single writer, fenced: the row learns of a partition's new owner before that one reads, and a command is carried out
//! once.
//!
//! Idea: each owner of a partition has a generation, which rises whenever the partition changes hands. The owner first
//! raises the fence in the row to its generation, and reads in the same statement; its write says `where fence =
//! generation`. The command's id goes into an inbox in the transaction of the write.
//! What it promises: no update is lost and nothing is oversold, through rebalances, standstills and redeliveries. The
//! fence turns the old owner's late write away; the inbox turns away what was carried out before.
//! How it still fails: never wrongly. It holds for as long as the inbox keeps its ids, and a writer without the fence is
//! not stopped.

use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Command, Halt, Isolation, Written};

const PREMISES: &str = "every writer raises and checks the fence, generations come from one broker, and the inbox keeps every id";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "single-writer-fenced",
    title: "Single writer, fenced",
    idea: "The partition's owner raises the row's fence to its generation before it reads, writes only while the fence is there, and keeps the command's id in the transaction of the write.",
    costs: "As the single writer, and for each command one write more for the fence and one for the inbox, in a transaction.",
    fails: "Never wrongly: an old owner is turned away, and the new one carries the command out. One writer without the fence breaks it.",
    retries: false,
    never_below_zero: false,
    by_key: true,
    leases: false,
    trial: &["pauses=8", "crashes=8", "rebalance=1"],
    promises: &[
        Cell::holds("no-lost-update", EVERY_STORE, PREMISES),
        Cell::holds("no-oversell", EVERY_STORE, PREMISES),
        Cell::holds("no-wrong-refusal", EVERY_STORE, PREMISES),
        Cell::holds(
            "every-request-answered",
            EVERY_STORE,
            "the broker delivers again what was not acknowledged, and whoever dies starts again",
        ),
    ],
};

/// Carries out a command.
pub async fn carry(bench: &mut Bench, command: &Command) -> Result<(), Halt> {
    // From here on no older owner can write the row: what is read stays true until a newer one comes.
    let Some(seen) = bench.raise_generation(command).await? else {
        // The partition has another owner, and so has the command: there is nothing to answer.
        return Ok(());
    };
    let buy = &command.purchase;
    bench.think().await?;
    bench.begin(Isolation::Standard).await?;
    if !bench.remember(&command.delivery.message).await? {
        bench.rollback().await?;
        return bench.answer(command, Outcome::Done).await;
    }
    // A refusal is not remembered: units only ever leave, so a command that comes again is refused again.
    if seen.amount < buy.quantity {
        bench.rollback().await?;
        return bench.answer(command, Outcome::Refused(Reason::SoldOut)).await;
    }
    if bench.write_if_generation(command, seen.amount - buy.quantity).await? == Written::Fenced {
        return bench.rollback().await;
    }
    bench.commit().await?;
    bench.answer(command, Outcome::Done).await
}
