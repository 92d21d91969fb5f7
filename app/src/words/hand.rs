//! Where an actor stands, and what its next step does, in plain words.

use lab::event::{Lock, Tray};
use lab::fold::Wait;
use lab::hand::{CardAt, Stand, TrayAct};

use super::units::duration;

/// What a step does: `read stock sku-001`.
pub fn step(step: &str, about: Option<&str>) -> String {
    let label = step.split('#').next().unwrap_or(step);
    let with = |verb: &str| about.map_or_else(|| verb.to_owned(), |about| format!("{verb} {about}"));
    match label {
        "begin" => "begin a transaction".to_owned(),
        "commit" => "commit".to_owned(),
        "rollback" => "roll back".to_owned(),
        "lock" => with("take the lock"),
        "look" => with("look at"),
        "receive" => "receive the next message".to_owned(),
        "ack" => with("acknowledge"),
        "claim" => "read what waits in the outbox".to_owned(),
        "mark" => with("mark as sent:"),
        "acquire" => with("ask for the lease of"),
        "release" => with("give back the lease of"),
        "call" => with("call the payment provider"),
        "answer" => with("take the payment provider's answer"),
        "fence" => with("raise the fence of"),
        other => with(other),
    }
}

/// Where an actor stands, in one line.
pub fn stand(stand: &Stand) -> String {
    match stand {
        Stand::AtStep { step: next, about, .. } => step(next, about.as_deref()),
        Stand::Waits { lock, by, .. } if by.is_empty() => format!("waits for {lock}"),
        Stand::Waits { lock, by, .. } => format!("waits for {lock}, held by {}", by.join(", ")),
        Stand::Queued { lock, behind, .. } => format!("queued behind {behind} for {lock}"),
        Stand::Asleep { until_us } => {
            format!("thinks until {}; chosen, its time comes first", duration(*until_us))
        }
        Stand::Resting { until_us: Some(until_us) } => {
            format!("has nothing to do until {}; chosen, its time comes first", duration(*until_us))
        }
        Stand::Resting { until_us: None } => {
            "has nothing to do until somebody else has done something".to_owned()
        }
        Stand::Done => "is done".to_owned(),
    }
}

/// What the hand did to a message on its way.
pub fn on_tray(moved: &Tray) -> String {
    let Tray { act, card, before, again_at_us, .. } = moved;
    match (act, before) {
        (TrayAct::Hold, _) => format!("keeps {card} until it is released."),
        (TrayAct::Release, _) => format!("lets {card} go on."),
        (TrayAct::Put, Some(before)) => format!("puts {card} before {before}."),
        (TrayAct::Put, None) => format!("puts {card} behind all others."),
        (TrayAct::Double, _) => format!("will deliver {card} once more."),
        (TrayAct::Drop, _) => match again_at_us {
            Some(at_us) => {
                format!("loses {card}; the broker hands it out again at {}.", duration(*at_us))
            }
            None => format!("loses {card}, a copy that the broker knows nothing of."),
        },
        (TrayAct::LoseAck, _) => format!("will lose the next acknowledgement of {card}."),
    }
}

/// What the tray is, and what it is not.
pub const TRAY: &str = "They lie in the lab's own network, between the broker and the consumers; whoever asks is handed \
    the first one. What is held stays here, and its lease with it. What is dropped the broker hands out again when its \
    time-out is over, after 500 ms of run time.";

/// Where a card of the tray is.
pub fn card(at: &CardAt, partition: Option<u64>, loses_ack: bool) -> String {
    let mut words = match at {
        CardAt::Ready => "may be received".to_owned(),
        CardAt::Held => "held".to_owned(),
        CardAt::Late { until_us } => format!("comes at {}", duration(*until_us)),
        CardAt::Behind { card } => format!("with the broker, behind {card}"),
        CardAt::InHand { by } => format!("in {by}'s hand"),
    };
    if let Some(partition) = partition {
        words = format!("partition {partition}: {words}");
    }
    if loses_ack { words + "; its ack will be lost" } else { words }
}

/// A lock's name, short enough to stand on an arrow.
pub fn lock(lock: &Lock) -> String {
    match lock {
        Lock::Row { row } => row.to_string(),
        Lock::Database => "write lock".to_owned(),
        Lock::Advisory { name } => name.clone(),
        Lock::OpenTransactions => "open transactions".to_owned(),
    }
}

/// An arrow of the wait-for graph as a sentence.
pub fn wait(wait: &Wait) -> String {
    let Wait { waiter, holder, .. } = wait;
    match &wait.lock {
        Some(lock) if wait.is_queued => format!("{waiter} is queued behind {holder} for {lock}."),
        Some(lock) => format!("{waiter} waits for {lock}, held by {holder}."),
        None => format!("{waiter} was refused: it would have waited for {holder}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_told_in_plain_words() {
        assert_eq!(step("read#1", Some("stock sku-001")), "read stock sku-001");
        assert_eq!(step("begin#2", None), "begin a transaction");
        assert_eq!(step("ack#1", Some("order-1")), "acknowledge order-1");
        assert_eq!(step("wave#1", None), "wave");
    }
}
