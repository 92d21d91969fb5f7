//! The story of a run that is over, told from its journal page by page: a long one is never held.

use engine::{Error, Lab};
use lab::checks::Judge;
use lab::event::{Entry, Event};
use lab::story::{Story, Teller};
use lab::verdict::Verdict;
use lab::wire::{RunSummary, State};

/// So many entries are read from the journal at once.
const PAGE: usize = 1_000;

/// The story of a run; nothing while it goes on.
///
/// # Errors
/// When the journal cannot be read.
pub async fn of(lab: &Lab, run: &RunSummary) -> Result<Option<Story>, Error> {
    let Some(verdict) = verdict(lab, run).await? else { return Ok(None) };
    let catalog = lab.catalog();
    let mut teller = Teller::new(&run.spec, &verdict, &catalog);
    each(lab, run, 0, |entry| teller.see(entry)).await?;
    Ok(Some(teller.story()))
}

/// The verdict on a run; nothing while it goes on.
async fn verdict(lab: &Lab, run: &RunSummary) -> Result<Option<Verdict>, Error> {
    if let Some(verdict) = &run.verdict {
        return Ok(Some(verdict.clone()));
    }
    if matches!(run.state, State::Queued | State::Running) {
        // The verdict is the last entry, and is told before the list of runs knows of it.
        let mut written = None;
        each(lab, run, run.entries.saturating_sub(1), |entry| {
            if let Event::Verdict(verdict) = &entry.event {
                written = Some((**verdict).clone());
            }
        })
        .await?;
        return Ok(written);
    }
    let mut judge = Judge::default();
    each(lab, run, 0, |entry| judge.see(entry)).await?;
    Ok(Some(judge.verdict()))
}

/// Reads a journal behind an entry, to its end.
async fn each(lab: &Lab, run: &RunSummary, mut after: u64, mut see: impl FnMut(&Entry)) -> Result<(), Error> {
    loop {
        let entries = lab.entries(&run.id, after, PAGE).await?;
        let Some(last) = entries.last() else { return Ok(()) };
        after = last.seq;
        entries.iter().for_each(&mut see);
    }
}
