//! What consumers do in every scenario: take what comes, handle it, begin again after a crash.

use futures::future::BoxFuture;
use lab::event::Message;
use lab::spec::Spec;

use super::{Actor, Role};
use crate::Error;
use crate::bench::{Bench, Delivery, Halt};

/// One publisher, and as many consumers as the spec asks for.
pub(super) fn publisher_and_consumers(spec: &Spec) -> Vec<Actor> {
    let publisher = Actor { name: "publisher".into(), role: Role::Publisher };
    let consumer = |number| Actor { name: format!("consumer-{}", number + 1), role: Role::Consumer(number) };
    std::iter::once(publisher).chain((0..spec.knob("consumers")).map(consumer)).collect()
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
                let handled = handle(&mut bench, &delivery).await;
                go_on(&mut bench, handled).await?;
            }
            Ok(None) => break,
            Err(halt) => go_on(&mut bench, Err(halt)).await?,
        }
    }
    bench.finish().await
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
        Err(halt) => Err(halt.into_error()),
    }
}
