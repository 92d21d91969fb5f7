//! Stage by stage: each stage is protected as the spec chooses.
//!
//! Idea: five choices, one for each stage, in the order in which an order meets them.
//! What it promises: at each stage what the chosen protection promises, and not more.
//! How it still fails: at the weakest stage. A promise that is broken names it. Versions do some of an inbox's work, because
//! the same event again is no newer one; but what they leave aside because it is late, nobody acts upon.

use lab::catalog::PromiseValue::{Breaks, Holds};
use lab::event::{Message, Outcome, Reason};

use super::{About, Cell, EVERY_STORE, POSTGRES, SQLITE, Setting, TROUBLE};
use crate::bench::{Bench, Delivery, Halt, HandsOn, Isolation, Recognises};
use crate::strategies::Relay;

/// The relay that polls, where there is an outbox.
pub const RELAY: Option<Relay> = Some(|bench| Box::pin(bench.empty_outbox()));

/// A service knows nothing of this request, or the customer makes a new key for each try; and the answer is lost.
const ANSWER_LOST: &[&str] =
    &["handed_on=2", "queue=1", "receipt=1", "sequence=1", "lost-answer customer-1/request#1"];

/// A service stands still after it has looked. The customer asks the other one, who looks too. (SQLite would refuse the
/// first one's write: it rests on a snapshot that is old by then.)
const LOOKED_UP: &[&str] = &[
    "services=2",
    "handed_on=2",
    "queue=1",
    "receipt=1",
    "sequence=1",
    "pause service-1/order#1",
];

/// The order is there, and whoever would have told of it is dead.
const DIES_AFTER_COMMIT: &[&str] =
    &["request=3", "queue=1", "receipt=1", "sequence=1", "crash service-1/publish#1"];

/// The event is at the broker, and its order was never committed.
const DIES_BEFORE_COMMIT: &[&str] = &["queue=1", "receipt=1", "sequence=1", "crash service-1/commit#1"];

/// Both consumers have an event of the order in hand, and the second one is quicker.
const OVERTAKEN: &[&str] = &[
    "changes=1",
    "consumers=2",
    "request=3",
    "handed_on=2",
    "receipt=1",
    "relay/claim#1",
    "customer-1/request#1",
    "service-1/accept#1",
    "service-1/begin#1",
    "service-1/key#1",
    "service-1/order#1",
    "service-1/outbox#1",
    "service-1/commit#1",
    "service-1/respond#1",
    "customer-1/answer#1",
    "customer-1/request#2",
    "service-1/accept#2",
    "service-1/begin#2",
    "service-1/key#2",
    "service-1/change#1",
    "service-1/outbox#2",
    "service-1/commit#2",
    "relay/claim#2",
    "relay/publish#1",
    "relay/mark#1",
    "relay/publish#2",
    "consumer-1/receive#1",
    "consumer-2/receive#1",
    "consumer-2/begin#1",
    "consumer-2/remember#1",
    "consumer-2/version#1",
    "consumer-2/ship#1",
    "consumer-2/commit#1",
];

/// The relay publishes again, and nobody behind it notices.
const SENT_TWICE: &[&str] = &["request=3", "handed_on=2", "queue=1", "crash relay/mark#1"];

/// Trouble where events are handed on through an outbox.
const THROUGH_AN_OUTBOX: &[&str] = &[
    "handed_on=2",
    "customers=2",
    "orders=2",
    "changes=1",
    "services=2",
    "consumers=2",
    "lost_answers=30",
    "lost_confirms=20",
    "held_back=30",
    "lost_acks=30",
    "crashes=4",
];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "stage-by-stage",
    title: "Stage by stage",
    idea: "Each of the five stages is protected as you choose.",
    costs: "What the chosen protections cost.",
    fails: "At the weakest stage.",
    retries: true,
    never_below_zero: false,
    by_key: true,
    leases: false,
    trial: &[],
    promises: &[],
};

/// What it promises with each choice.
pub const SETTINGS: &[Setting] = &[
    about(&["request=0"], &[breaks("no-double-order", "an answer that never comes", ANSWER_LOST)]),
    about(
        &["request=1"],
        &[
            Cell {
                invariant: "no-double-order",
                engines: POSTGRES,
                value: Breaks,
                premises: "two services have one request in hand, and whoever finds its key written goes on",
                witness: LOOKED_UP,
            },
            Cell {
                invariant: "no-double-order",
                engines: SQLITE,
                value: Holds,
                premises: "SQLite refuses an order that rests on an old look at the keys",
                witness: &[],
            },
        ],
    ),
    about(&["request=2"], &[breaks("no-double-order", "an answer that never comes", ANSWER_LOST)]),
    about(&["request=3"], &[holds("no-double-order", "the keys stand beside the orders, and are kept for ever")]),
    about(
        &["handed_on=0"],
        &[
            breaks("no-event-lost", "a service that dies between commit and publication", DIES_AFTER_COMMIT),
            holds("no-phantom", "the message is sent only after the commit"),
        ],
    ),
    about(
        &["handed_on=1"],
        &[
            holds("no-event-lost", "the message is sent before the commit"),
            breaks("no-phantom", "a service that dies between publication and commit", DIES_BEFORE_COMMIT),
        ],
    ),
    about(
        &["handed_on=2"],
        &[
            holds("no-event-lost", "a relay that starts again after a crash"),
            holds("no-phantom", "order and outbox in one database"),
        ],
    ),
    about(&[], &[holds("outbox-drained", "a relay that starts again after a crash, if there is an outbox")]),
    about(
        &["queue=0", "sequence=0"],
        &[
            breaks("order-kept-per-key", "two consumers", OVERTAKEN),
            holds("every-event-acted-upon", "everything is acted upon, in whatever order"),
        ],
    ),
    about(
        &["queue=0", "sequence=1"],
        &[
            holds("order-kept-per-key", "whatever is late is left aside"),
            breaks("every-event-acted-upon", "two consumers: what is late is dropped", OVERTAKEN),
        ],
    ),
    in_line(&["queue=1", "sequence=0"]),
    in_line(&["queue=1", "sequence=1"]),
    about(
        &["receipt=0", "sequence=0"],
        &[breaks("no-double-effect", "a relay that dies before its mark", SENT_TWICE)],
    ),
    about(
        &["receipt=0", "sequence=1"],
        &[holds("no-double-effect", "the same event again is no newer one")],
    ),
    about(&["receipt=1", "sequence=0"], &[holds("no-double-effect", CAUGHT)]),
    about(&["receipt=1", "sequence=1"], &[holds("no-double-effect", CAUGHT)]),
];

const CAUGHT: &str = "the inbox is in the shipments' database, and its ids are kept for ever";
const IN_LINE: &str = "an outbox: one relay, which sends in the order of the outbox";

const fn about(knobs: &'static [&'static str], promises: &'static [Cell]) -> Setting {
    Setting { knobs, trial: TROUBLE, promises }
}

/// What a partition for the events of each order keeps, with an outbox before it.
const KEPT_IN_LINE: &[Cell] = &[holds("order-kept-per-key", IN_LINE), holds("every-event-acted-upon", IN_LINE)];

const fn in_line(knobs: &'static [&'static str]) -> Setting {
    Setting { knobs, trial: THROUGH_AN_OUTBOX, promises: KEPT_IN_LINE }
}

const fn holds(invariant: &'static str, premises: &'static str) -> Cell {
    Cell::holds(invariant, EVERY_STORE, premises)
}

const fn breaks(invariant: &'static str, premises: &'static str, witness: &'static [&'static str]) -> Cell {
    Cell::breaks(invariant, EVERY_STORE, premises, witness)
}

/// Places or changes one order.
pub async fn place(bench: &mut Bench, event: &Message) -> Result<Outcome, Halt> {
    bench.begin(Isolation::Standard).await?;
    if is_known(bench).await? {
        bench.commit().await?;
        return Ok(Outcome::Done);
    }
    let Some(event) = bench.write_order(event).await? else {
        return Ok(Outcome::Refused(Reason::NotThere));
    };
    if matches!(bench.recognises(), Recognises::LookedUp | Recognises::NewKeys) {
        bench.keep_request().await?;
    }
    match bench.hands_on() {
        HandsOn::Outbox => {
            bench.put_into_outbox(&event).await?;
            bench.commit().await?;
        }
        HandsOn::BeforeCommit => {
            if !publish(bench, &event).await? {
                return Ok(Outcome::Refused(Reason::GaveUp));
            }
            bench.commit().await?;
        }
        HandsOn::AfterCommit => {
            bench.commit().await?;
            if !publish(bench, &event).await? {
                return Ok(Outcome::Refused(Reason::GaveUp));
            }
        }
    }
    Ok(Outcome::Done)
}

/// Whether the request was carried out before, as far as this stage can tell.
async fn is_known(bench: &mut Bench) -> Result<bool, Halt> {
    match bench.recognises() {
        Recognises::Nothing => Ok(false),
        Recognises::LookedUp | Recognises::NewKeys => bench.knows_request().await,
        Recognises::Claimed => Ok(!bench.claim_request().await?),
    }
}

/// Publishes, again and again; false when it gave up.
async fn publish(bench: &mut Bench, event: &Message) -> Result<bool, Halt> {
    while !bench.publish(event).await? {
        if !bench.retry().await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Acts upon an event, unless what was chosen for stages 4 and 5 says otherwise.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    bench.begin(Isolation::Standard).await?;
    let is_new = !bench.has_inbox() || bench.remember(&delivery.message).await?;
    if is_new && (!bench.minds_versions() || bench.is_newest(&delivery.message).await?) {
        bench.ship(delivery).await?;
    }
    bench.commit().await?;
    bench.ack(delivery).await
}
