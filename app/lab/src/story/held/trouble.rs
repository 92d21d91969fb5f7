//! The trouble that came.

use super::super::deed::{listed, mishap, operation, who};
use super::super::seen::{Seen, Sight};
use super::super::{Counted, Kind, Sentence};
use crate::event::{Entry, Event};

/// All trouble of these kinds in one sentence, each kind with its first example.
pub(super) fn sentence(kinds: &[Counted], seen: &Seen, about: &[String], is_met: bool) -> Option<Sentence> {
    let found = kinds.iter().filter_map(|of| Some((*of, seen.sight(*of)?)));
    let found: Vec<(Counted, &Sight, String)> =
        found.filter_map(|(of, sight)| Some((of, sight, words(of, &sight.first)?))).collect();
    if found.is_empty() {
        return None;
    }
    let parts: Vec<String> = found
        .iter()
        .map(|(_, sight, words)| match sight.times {
            1 => words.clone(),
            times => format!("{words}, the first of {times} times"),
        })
        .collect();
    let parts = if parts.len() > 1 { parts.join("; ") } else { listed(&parts) };
    let end = if is_met { "" } else { " No harm came of it." };
    let told = Sentence::new(Kind::Trouble, format!("Trouble came: {parts}.{end}"), about.to_vec());
    let many = found.iter().filter(|(_, sight, _)| sight.times > 1);
    Some(many.fold(told, |told, (of, sight, _)| told.counting(*of, sight.times)))
}

fn words(of: Counted, example: &[Entry]) -> Option<String> {
    let entry = example.last()?;
    let (actor, seq) = (who(entry), entry.seq);
    Some(match (of, &entry.event) {
        (Counted::Standstills, _) => format!("{actor} stood still for a while [{seq}]"),
        (Counted::Crashes | Counted::Losses | Counted::DeadLettered, _) => mishap(entry)?,
        (Counted::AskedAgain, _) => format!("{actor} asked again for {} [{seq}]", operation(entry)),
        (Counted::Doubled, Event::Delivered { message, .. }) => {
            format!("{} was handed to {actor} once more [{seq}]", message.id)
        }
        (Counted::Overtaken, Event::Delivered { message, .. }) => {
            let newer = example.first()?;
            let Event::Delivered { message: first, .. } = &newer.event else { return None };
            format!(
                "{} was handed out [{}] before {}, which is older [{seq}]",
                first.id, newer.seq, message.id
            )
        }
        (Counted::Rebalances, Event::Rebalanced(change)) => {
            format!("partition {} went from {} to {} [{seq}]", change.partition, change.from, change.to)
        }
        (Counted::Outages, Event::OutageBegan(outage)) => {
            format!("the {} could not be reached [{seq}]", outage.port.name())
        }
        (Counted::Declined, Event::Stored { row, .. }) => {
            format!("a step of {} was declined [{seq}]", row.key)
        }
        _ => return None,
    })
}
