//! What consumers and relays do in every scenario: take what comes, handle it, begin again after a crash.

use futures::future::BoxFuture;
use lab::event::Message;
use lab::spec::Spec;

use super::{Actor, Role};
use crate::Error;
use crate::bench::{Bench, Delivery, Halt, SECOND_HOP_KNOB};
use crate::broker::forwarder;
use crate::strategies::Relay;

/// The knob for an operator who redrives dead letters.
const REDRIVE_KNOB: &str = "redrive";

/// One publisher, as many consumers as the spec asks for, and a forwarder and an operator if it asks for them.
pub(super) fn publisher_and_consumers(spec: &Spec) -> Vec<Actor> {
    let publisher = Actor { name: "publisher".into(), role: Role::Publisher };
    let consumer = |number| Actor { name: format!("consumer-{}", number + 1), role: Role::Consumer(number) };
    let operator = Actor { name: "operator".into(), role: Role::Operator };
    let operators = usize::try_from(spec.knob(REDRIVE_KNOB)).unwrap_or_default();
    let forwarder = Actor { name: "forwarder".into(), role: Role::Forwarder };
    let forwarder = (spec.knob(SECOND_HOP_KNOB) > 0).then_some(forwarder);
    let others = (0..spec.knob("consumers")).map(consumer).chain(std::iter::repeat_n(operator, operators));
    std::iter::once(publisher).chain(forwarder).chain(others).collect()
}

/// A consumer's life: until no message will come any more.
pub(super) async fn consume(
    mut bench: Bench,
    consumer: u64,
    handle: impl for<'a> Fn(&'a mut Bench, &'a Delivery) -> BoxFuture<'a, Result<(), Halt>> + Send,
) -> Result<(), Error> {
    bench.start().await?;
    loop {
        match bench.receive(consumer).await {
            Ok(Some(delivery)) => {
                let handled = match bench.reject_poison(&delivery).await {
                    Ok(true) => Ok(()),
                    Ok(false) => match bench.fails(&delivery).await {
                        Ok(true) => Ok(()),
                        Ok(false) => handle(&mut bench, &delivery).await,
                        Err(halt) => Err(halt),
                    },
                    Err(halt) => Err(halt),
                };
                go_on(&mut bench, handled).await?;
            }
            Ok(None) => break,
            Err(halt) => go_on(&mut bench, Err(halt)).await?,
        }
    }
    bench.finish().await
}

/// A forwarder's life: takes everything from the first topic, one after the other, and publishes it on.
pub(super) async fn forward(mut bench: Bench) -> Result<(), Error> {
    bench.start().await?;
    let number = forwarder(bench.spec().knob("consumers"));
    loop {
        match bench.receive(number).await {
            Ok(Some(delivery)) => {
                let forwarded = bench.forward(&delivery).await;
                go_on(&mut bench, forwarded).await?;
            }
            Ok(None) => break,
            Err(halt) => go_on(&mut bench, Err(halt)).await?,
        }
    }
    bench.finish().await
}

/// How often the operator looks whether everything is quiet, in microseconds of run time.
const LOOK_AGAIN_US: u64 = 20_000;

/// An operator's life: whenever nobody else can do anything any more, it redrives the next dead letter, in the order of
/// the source, each once. The consumers that could not read a message have been mended by then.
pub(super) async fn redrive(mut bench: Bench) -> Result<(), Error> {
    bench.start().await?;
    loop {
        let looked = redrive_next(&mut bench).await;
        match looked {
            Ok(false) => return bench.finish().await,
            other => go_on(&mut bench, other.map(drop)).await?,
        }
    }
}

/// False when everything is quiet and there is nothing to redrive.
async fn redrive_next(bench: &mut Bench) -> Result<bool, Halt> {
    if !bench.poll(LOOK_AGAIN_US).await? {
        return Ok(true);
    }
    let Some(letter) = bench.next_dead_letter().await? else { return Ok(false) };
    bench.redrive(&letter).await.map(|()| true)
}

/// A relay's life: it sends until nobody is left who could add to the outbox.
pub(super) async fn keep_sending(mut bench: Bench, relay: Relay) -> Result<(), Error> {
    bench.start().await?;
    loop {
        let sent = relay(&mut bench).await;
        if sent.is_ok() {
            return bench.finish().await;
        }
        go_on(&mut bench, sent).await?;
    }
}

/// How long a publisher waits before it tries a broker again that was down, in microseconds of run time.
const TRY_AGAIN_US: u64 = 10_000;

/// Publishes a message, again and again until the broker has taken it: after a crash and through an outage.
pub(super) async fn publish(bench: &mut Bench, message: &Message) -> Result<(), Error> {
    loop {
        bench.take_up(&message.id);
        let published = match bench.publish(message).await {
            Ok(true) => return Ok(()),
            Ok(false) => bench.poll(TRY_AGAIN_US).await.map(drop),
            Err(halt) => Err(halt),
        };
        go_on(bench, published).await?;
    }
}

/// Goes on after whatever happened: a crash is a new beginning; what was refused is rolled back, and a message that
/// was not acknowledged comes again.
pub(super) async fn go_on(bench: &mut Bench, result: Result<(), Halt>) -> Result<(), Error> {
    let result = match result {
        Err(Halt::Refused(_)) => bench.rollback().await,
        other => other,
    };
    match result {
        Ok(()) => Ok(()),
        Err(Halt::Crashed) => bench.restart().await,
        Err(Halt::Lost(_)) if bench.may_be_cut_off() => bench.reconnect().await,
        Err(halt) => Err(halt.into_error()),
    }
}
