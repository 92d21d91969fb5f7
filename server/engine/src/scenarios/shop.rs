//! Shop: the whole way of an order, from the customer's request to the warehouse.
//!
//! Idea: a customer asks, a service writes, the broker hands on, the warehouse acts. Each stage has a failure of its own
//! and a protection against it.
//! What it shows: which stage a broken promise comes from, and that a way is as good as its weakest stage.

mod knobs;

use futures::future::BoxFuture;
use lab::event::Outcome;
use lab::event::Reason::EngineRefused;
use lab::spec::Spec;

use super::order_placed::{ORDERS_TABLE, OUTBOX_TABLE, SHIPMENTS_TABLE};
use super::{About, Actor, Life, Only, RELAY, Role, Scenario, acting, no_rows};
use crate::Error;
use crate::bench::{
    Asked, Bench, HANDED_ON_KNOB, Halt, INBOX_TABLE, PROGRESS_TABLE, QUEUE_KNOB, RECEIPT_KNOB, REQUEST_KNOB,
    REQUESTS_TABLE, Recognises, Reply, SEQUENCE_KNOB,
};
use crate::outages::{CUT_BROKER, CUT_DATABASE};
use crate::strategies::{Play, Strategy};

/// A customer asks so often for one thing, and then gives up.
const TRIES_MAX: u64 = 12;
/// How long it waits before it asks again after the first try that came to nothing, in microseconds of run time; twice as
/// long after each further one, up to a bound.
const AGAIN_MIN_US: u64 = 10_000;
const AGAIN_MAX_US: u64 = 500_000;

/// The registry's entry.
pub static SCENARIO: Scenario = Scenario {
    name: "shop",
    about,
    rows: no_rows,
    tables: &[&INBOX_TABLE, &ORDERS_TABLE, &OUTBOX_TABLE, &PROGRESS_TABLE, &REQUESTS_TABLE, &SHIPMENTS_TABLE],
    actors,
    live,
    trial: &[],
};

fn about() -> About {
    About {
        lab: "whole",
        title: "Shop",
        story: "A customer orders; when no answer comes, it asks again. A service writes the order into its database, \
                and the warehouse must hear of it through the broker. The warehouse's consumers act on each event they \
                are handed. Later the customer may change its order. Requests and answers travel through the simulated \
                network. Every promise on the way is judged at once.",
        knobs: knobs::all(),
        invariants: vec![
            "no-double-order",
            "no-event-lost",
            "every-event-acted-upon",
            "no-phantom",
            "outbox-drained",
            "order-kept-per-key",
            "no-double-effect",
        ],
        hardships: &[
            ("crash", "service-1/commit#1"),
            ("pause", "service-1/order#1"),
            ("lost-answer", "customer-1/request#1"),
            ("lost-confirm", "relay/publish#1"),
            (CUT_DATABASE, "service-1/commit#1"),
            (CUT_BROKER, "relay/publish#1"),
        ],
        only: &[
            Only {
                by: Strategy::is_chosen,
                knobs: &[REQUEST_KNOB, HANDED_ON_KNOB, QUEUE_KNOB, RECEIPT_KNOB, SEQUENCE_KNOB],
            },
            Only { by: Strategy::has_partitions, knobs: &["partitions", "rebalance"] },
            Only { by: Strategy::has_relay, knobs: &["relay_batch", "relay_killed_ms"] },
        ],
    }
}

fn actors(spec: &Spec) -> Vec<Actor> {
    let customer = |number| Actor { name: format!("customer-{}", number + 1), role: Role::Customer(number) };
    let service = |number| Actor { name: service(number), role: Role::Service(number) };
    let consumer = |number| Actor { name: format!("consumer-{}", number + 1), role: Role::Consumer(number) };
    let relay = Actor { name: RELAY.to_owned(), role: Role::Relay };
    let [customers, services, consumers] = ["customers", "services", "consumers"].map(|knob| spec.knob(knob));
    let askers = (0..customers).map(customer).chain((0..services).map(service));
    askers.chain([relay]).chain((0..consumers).map(consumer)).collect()
}

fn service(number: u64) -> String {
    format!("service-{}", number + 1)
}

fn live(bench: Bench, strategy: &'static Strategy, actor: Actor) -> Life {
    match (actor.role, &strategy.play) {
        (Role::Customer(number), _) => Box::pin(order_all(bench, strategy, number)),
        (Role::Relay, Play::Serve { relay: Some(relay), .. }) => {
            Box::pin(acting::keep_sending(bench, *relay))
        }
        (Role::Consumer(number), Play::Serve { handle, .. }) => {
            Box::pin(acting::consume(bench, number, *handle))
        }
        _ => Box::pin(serve_all(bench, strategy)),
    }
}

/// A customer's life: it places its orders, one after the other, and changes each before it places the next.
async fn order_all(mut bench: Bench, strategy: &'static Strategy, number: u64) -> Result<(), Error> {
    bench.start().await?;
    let [customers, orders, changes] = ["customers", "orders", "changes"].map(|knob| bench.spec().knob(knob));
    let makes_new_keys = strategy.is_chosen() && bench.recognises() == Recognises::NewKeys;
    let customer = Customer { number, makes_new_keys };
    for order in 0..orders {
        let name = format!("order-{}", order * customers + number + 1);
        let Some(order) = customer.ask(&mut bench, &name, &name, 0).await? else { continue };
        for change in 1..=changes {
            customer.ask(&mut bench, &Asked::wish(&name, change), &order, change).await?;
        }
    }
    bench.finish().await
}

/// Who asks.
struct Customer {
    /// Its number, from 0.
    number: u64,
    /// Whether it makes a new key for each try.
    makes_new_keys: bool,
}

impl Customer {
    /// Asks for one thing until somebody answers. The order that the answer is about; `None` when it gave up.
    async fn ask(
        &self,
        bench: &mut Bench,
        wish: &str,
        order: &str,
        change: u64,
    ) -> Result<Option<String>, Error> {
        let services = bench.spec().knob("services");
        for attempt in 1..=TRIES_MAX {
            let key = if self.makes_new_keys { format!("{wish}#{attempt}") } else { wish.to_owned() };
            // Whoever is asked next is somebody else, if there is anybody.
            let to = service((self.number + attempt - 1) % services);
            match bench.request(Asked::new(order, change, attempt, key), &to).await {
                Ok(Reply::Done(order)) => return Ok(Some(order)),
                Ok(Reply::NotThere) => return Ok(None),
                Ok(Reply::Nothing) => {
                    let doublings = u32::try_from(attempt - 1).unwrap_or(u32::MAX);
                    bench.rest((AGAIN_MIN_US << doublings.min(16)).min(AGAIN_MAX_US)).await?;
                }
                // A customer that dies has its keys in a safe place, and asks again.
                Err(halt) => acting::go_on(bench, Err(halt)).await?,
            }
        }
        bench.give_up(wish).await?;
        Ok(None)
    }
}

/// A service's life: it carries out what it is asked for, until nobody asks any more.
async fn serve_all(mut bench: Bench, strategy: &'static Strategy) -> Result<(), Error> {
    bench.start().await?;
    loop {
        match bench.accept().await {
            Ok(Some(asked)) => serve(&mut bench, strategy, &asked).await?,
            Ok(None) => return bench.finish().await,
            Err(halt) => acting::go_on(&mut bench, Err(halt)).await?,
        }
    }
}

/// One request. Whoever dies, or loses its connection, gives no answer.
async fn serve(bench: &mut Bench, strategy: &'static Strategy, asked: &Asked) -> Result<(), Error> {
    let Play::Serve { place, .. } = &strategy.play else {
        return Err(Error::new(format!("{} serves nobody", strategy.about.name)));
    };
    let event = asked.event();
    let placed: BoxFuture<'_, Result<Outcome, Halt>> = place(bench, &event);
    let responded = match placed.await {
        Ok(outcome) => bench.respond(outcome).await,
        Err(Halt::Refused(_)) => bench.respond(Outcome::Refused(EngineRefused)).await,
        Err(halt) => Err(halt),
    };
    let (ended, after) = match responded {
        Ok(()) => return Ok(()),
        Err(Halt::Crashed) => (Halt::Crashed, Halt::Crashed),
        Err(Halt::Lost(reason)) => (Halt::Lost(reason.clone()), Halt::Lost(reason)),
        Err(halt) => return Err(halt.into_error()),
    };
    bench.end_operation(Err(ended)).await?;
    acting::go_on(bench, Err(after)).await
}
