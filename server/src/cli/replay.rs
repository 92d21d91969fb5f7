//! `interleave replay`: a journal's choices taken once more, and what came of them.

use lab::canon;
use lab::event::{Entry, Event, Header};
use lab::schedule::{Schedule, of_journal};
use lab::spec::{Pace, Spec};

use super::arguments::ReplayArguments;
use super::exit::{Exit, Failure};
use super::headless::Headless;
use super::{journal, say, warn};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Finding {
    /// The same journal.
    Exact,
    /// The same as far as the recorded journal goes, which was cut off.
    ExactSoFar(usize),
    /// Our choices were the same, the engine's answers were not.
    Differed(u64),
    /// The choices could not be taken.
    Unfit(String),
}

/// Replays the journal: only the catalog's own steps are executed, never the SQL that is written in the file.
pub(super) async fn replay(arguments: ReplayArguments) -> Result<Exit, Failure> {
    let mut recorded = Vec::new();
    journal::read(&arguments.journal, |entry| recorded.push(entry))?;
    let header = header(&recorded)?;
    if header.spec.schedule == Schedule::Live {
        say(
            "does not fit: the run was live, so the machine decided its order, which cannot be replayed exactly\n",
        );
        return Ok(Exit::Not);
    }
    let headless = Headless::open(&arguments.engines).await?;
    let asked = Spec {
        schedule: Schedule::Recorded { choices: of_journal(&recorded) },
        pace: Pace::Instant,
        ..header.spec.clone()
    };
    // The header is data from a file: it is checked like any spec.
    let json = serde_json::to_value(&asked).map_err(|error| Failure::usage(error.to_string()))?;
    let spec = Spec::read(&json, &headless.lab.catalog())?;
    let ended = headless.run(spec, |_| {}).await;
    headless.close().await;
    let Some(again) = ended? else {
        return Err(Failure { exit: Exit::Undecided, sentence: "The replay was interrupted.".into() });
    };
    remark(header, self::header(&again)?);
    Ok(tell(compare(&recorded, &again)))
}

fn header(entries: &[Entry]) -> Result<&Header, Failure> {
    match entries.first().map(|entry| &entry.event) {
        Some(Event::Header(header)) => Ok(header),
        _ => Err(Failure::usage("The journal has no header.")),
    }
}

/// Says what is not the same before anybody moved.
fn remark(recorded: &Header, again: &Header) {
    for (port, engine) in &recorded.engines {
        if let Some(now) = again.engines.get(port).filter(|now| *now != engine) {
            warn(&format!("The {port} was {engine}; now it is {now}."));
        }
    }
    if recorded.catalog != again.catalog {
        warn(&format!("The catalog was {}; now it is {}.", recorded.catalog, again.catalog));
    }
}

fn tell(finding: Finding) -> Exit {
    let (sentence, exit) = match finding {
        Finding::Exact => ("exact".into(), Exit::Fine),
        Finding::ExactSoFar(entries) => (
            format!("exact as far as the journal goes: it was cut off after {entries} entries"),
            Exit::Undecided,
        ),
        Finding::Differed(seq) => (format!("same choices, engine differed at entry {seq}"), Exit::Not),
        Finding::Unfit(why) => (format!("does not fit: {why}"), Exit::Not),
    };
    say(&format!("{sentence}\n"));
    exit
}

fn compare(recorded: &[Entry], again: &[Entry]) -> Finding {
    let cut = recorded.iter().position(|entry| matches!(entry.event, Event::Interrupted { .. }));
    let is_whole =
        cut.is_none() && matches!(recorded.last().map(|entry| &entry.event), Some(Event::Verdict(_)));
    let recorded = &recorded[..cut.unwrap_or(recorded.len())];
    let again = if is_whole { again } else { &again[..again.len().min(recorded.len())] };
    let Some(seq) = canon::first_difference(&neutral(recorded), &neutral(again)) else {
        return if is_whole { Finding::Exact } else { Finding::ExactSoFar(recorded.len()) };
    };
    if let Some(why) = again.iter().filter(|entry| entry.seq >= seq).find_map(departure) {
        return Finding::Unfit(why);
    }
    let (before, now) = (of_journal(recorded), of_journal(again));
    match before.iter().zip(&now).find(|(before, now)| before != now) {
        Some((before, now)) => Finding::Unfit(format!("{before} was to move, but {now} did")),
        None => Finding::Differed(seq),
    }
}

fn departure(entry: &Entry) -> Option<String> {
    match &entry.event {
        Event::Departed { choice, reason } => Some(format!("entry {}: {choice}: {reason}", entry.seq)),
        _ => None,
    }
}

/// The journal without what differs by intention: a replay is asked for as a recorded schedule, at no pace, and
/// perhaps of another program.
fn neutral(entries: &[Entry]) -> Vec<Entry> {
    let mut entries = entries.to_vec();
    for entry in &mut entries {
        if let Event::Header(header) = &mut entry.event {
            header.spec.schedule = Schedule::Live;
            header.spec.pace = Pace::Instant;
            header.catalog.clear();
            header.program.clear();
            header.engines.clear();
            header.remarks.clear();
        }
    }
    entries
}
