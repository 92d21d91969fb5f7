//! Who moves next: where an actor stands, what its next step does, and the schedule's own buttons.

use lab::event::Tray;
use lab::hand::{Stand, TrayAct};

use super::units::{count, duration};

/// Over the buttons of a run by hand.
pub const TITLE: &str = "Who moves next?";
/// Over the buttons of a run that is paused.
pub const PAUSED: &str = "Paused before the next move";
/// While the schedule goes on.
pub const GOES_ON: &str = "The run goes on by itself";

/// In a run by hand whose first moves were replayed.
pub fn replayed(moves: usize) -> String {
    let moves = count(moves as u64, "move was", "moves were");
    format!("A fresh run on a fresh database: its first {moves} replayed.")
}

/// What to try in a run by hand: invariants that can break here, each with its premises; and those that can break with other
/// settings.
pub fn aim(here: &[(String, String)], elsewhere: &[(String, String)]) -> String {
    let named = |breaches: &[(String, String)]| {
        let each = |(title, premises): &(String, String)| format!("\u{201c}{title}\u{201d} ({premises})");
        breaches.iter().map(each).collect::<Vec<_>>().join(" or ")
    };
    match (here, elsewhere) {
        ([], []) => "Your aim: break an invariant. The promise table knows no way to do so with these settings; try it all the same."
            .to_owned(),
        ([], others) => format!(
            "Your aim: break an invariant. With these settings the promise table knows no way; with others it does: {}.",
            named(others)
        ),
        (here, _) => format!("Your aim: break {}. The verdict tells whether you did.", named(here)),
    }
}

/// The buttons of the schedule.
pub const TOOLS: &str = "The schedule's own moves";
/// In a run by hand: the schedule makes one move.
pub const SEED_ONCE: &str = "Let the seed move once";
/// In a run by hand: the schedule makes all others.
pub const SEED_GOES_ON: &str = "Let the seed go on";
/// In a run that is paused: one move.
pub const ONE_STEP: &str = "One step";
/// In a run that is paused: all others.
pub const GO_ON: &str = "Go on";
/// Takes the last move back.
pub const STEP_BACK: &str = "Step back";
/// What that does.
pub const STEP_BACK_HELP: &str = "The same run again on a fresh database, without its last move";
/// The pace at which the eye can follow.
pub const SLOW: &str = "Slow";
/// A few steps a second.
pub const BRISK: &str = "Brisk";
/// As fast as the engine answers.
pub const INSTANT: &str = "Instant";

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
        "order" => with("write"),
        "receive" => "receive the next message".to_owned(),
        "ack" => with("acknowledge"),
        "claim" => "read what waits in the outbox".to_owned(),
        "mark" => with("mark as sent:"),
        "acquire" => with("ask for the lease of"),
        "release" => with("give back the lease of"),
        "call" => with("call the payment provider"),
        "answer" => with("take the answer"),
        "request" => about.map_or_else(|| "make its request".to_owned(), |about| format!("ask for {about}")),
        "accept" => "take up the next request".to_owned(),
        "respond" => with("answer"),
        "key" => with("look at and claim the key"),
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
            format!(
                "thinks until {}; chosen, the clock goes there and it takes its next step",
                duration(*until_us)
            )
        }
        Stand::Resting { until_us: Some(until_us) } => {
            format!(
                "has nothing to do until {}; chosen, the clock goes there and it looks again",
                duration(*until_us)
            )
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
