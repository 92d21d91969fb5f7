//! Stage by stage: each stage is protected as the spec chooses.
//!
//! Idea: five choices, one for each stage, in the order in which an order meets them. None covers for another.
//! What it promises: at each stage what the chosen protection promises, and not more.
//! How it still fails: at the weakest stage. A promise that is broken names it.

use lab::event::{Message, Outcome, Reason};

use super::{About, Cell, EVERY_STORE, POSTGRES};
use crate::bench::{Bench, Delivery, Halt, HandsOn, Isolation, Recognises};
use crate::strategies::Relay;

/// The relay that polls, where there is an outbox.
pub const RELAY: Option<Relay> = Some(|bench| Box::pin(bench.empty_outbox()));

/// A service knows nothing of requests, and the answer is lost.
const NOT_RECOGNISED: &[&str] =
    &["handed_on=2", "queue=1", "receipt=1", "sequence=1", "lost-answer customer-1/request#1"];

/// The customer makes a new key for each try: the service has never seen it.
const NEW_KEYS: &[&str] =
    &["request=2", "handed_on=2", "queue=1", "receipt=1", "sequence=1", "lost-answer customer-1/request#1"];

/// A service stands still after it has looked. The customer asks the other one, who looks too. (SQLite would refuse the
/// first one's write: it rests on a snapshot that is old by then.)
const LOOKED_UP: &[&str] = &[
    "services=2",
    "request=1",
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
const DIES_BEFORE_COMMIT: &[&str] =
    &["handed_on=1", "queue=1", "receipt=1", "sequence=1", "crash service-1/commit#1"];

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
    "service-1/claim#1",
    "service-1/order#1",
    "service-1/outbox#1",
    "service-1/commit#1",
    "service-1/respond#1",
    "customer-1/answer#1",
    "customer-1/request#2",
    "service-1/accept#2",
    "service-1/begin#2",
    "service-1/claim#2",
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
    "consumer-2/ship#1",
    "consumer-2/commit#1",
];

/// The relay publishes again, and nobody behind it notices.
const SENT_TWICE: &[&str] = &["request=3", "handed_on=2", "queue=1", "crash relay/mark#1"];

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
    trial: &[
        "request=3",
        "handed_on=2",
        "queue=1",
        "receipt=1",
        "sequence=1",
        "customers=2",
        "orders=2",
        "changes=2",
        "services=2",
        "consumers=2",
        "lost_answers=30",
        "lost_confirms=20",
        "held_back=30",
        "lost_acks=30",
        "crashes=4",
        "pauses=2",
        "rebalance=1",
    ],
    promises: &[
        Cell::holds("no-double-order", EVERY_STORE, "stage 1: keys claimed in the order's transaction"),
        Cell::breaks("no-double-order", EVERY_STORE, "stage 1: requests are not told apart", NOT_RECOGNISED),
        Cell::breaks(
            "no-double-order",
            POSTGRES,
            "stage 1: keys looked up first, and two services with one request",
            LOOKED_UP,
        ),
        Cell::breaks("no-double-order", EVERY_STORE, "stage 1: a new key for each try", NEW_KEYS),
        Cell::holds("no-event-lost", EVERY_STORE, "stage 2: an outbox, or published before the commit"),
        Cell::breaks(
            "no-event-lost",
            EVERY_STORE,
            "stage 2: published after the commit, and a service that dies between the two",
            DIES_AFTER_COMMIT,
        ),
        Cell::holds("no-phantom", EVERY_STORE, "stage 2: an outbox, or published after the commit"),
        Cell::breaks(
            "no-phantom",
            EVERY_STORE,
            "stage 2: published before the commit, and a service that dies between the two",
            DIES_BEFORE_COMMIT,
        ),
        Cell::holds("outbox-drained", EVERY_STORE, "a relay that starts again after a crash"),
        Cell::holds("order-kept-per-key", EVERY_STORE, "stage 2: an outbox; stage 3: partitions by order"),
        Cell::breaks(
            "order-kept-per-key",
            EVERY_STORE,
            "stages 3 and 5: two consumers share one queue, and nobody minds versions",
            OVERTAKEN,
        ),
        Cell::holds("no-double-effect", EVERY_STORE, "stage 4: an inbox"),
        Cell::breaks(
            "no-double-effect",
            EVERY_STORE,
            "stage 4: no inbox, and a relay that dies before its mark",
            SENT_TWICE,
        ),
    ],
};

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
