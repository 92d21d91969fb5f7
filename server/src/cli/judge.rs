//! `interleave judge`: a journal judged again, by nothing but what is in the file.

use lab::checks::Judge;
use lab::event::{Event, Header};
use lab::verdict::{Judgement, Verdict};

use super::arguments::JudgeArguments;
use super::exit::{Exit, Failure};
use super::{journal, table, warn};

/// Judges the journal. The verdict that is written in it counts for nothing.
pub(super) fn judge(arguments: JudgeArguments) -> Result<Exit, Failure> {
    let mut judge = Judge::default();
    let mut header: Option<Header> = None;
    let mut written: Option<Verdict> = None;
    let mut cut: Option<String> = None;
    journal::read(&arguments.journal, |entry| {
        judge.see(&entry);
        match entry.event {
            Event::Header(found) => header = header.take().or(Some(*found)),
            Event::Interrupted { reason } => cut = Some(reason),
            Event::Verdict(found) => written = Some(*found),
            _ => {}
        }
    })?;
    let header = header.ok_or_else(|| Failure::usage("The journal has no header."))?;
    check_version(&header)?;
    let verdict = judge.verdict();
    match written {
        None => {
            cut.get_or_insert_with(|| "the journal ends before its verdict".into());
        }
        Some(written) if !is_same(&written, &verdict) => {
            warn(
                "The verdict that is written in this journal is another one: its entries do not bear it out.",
            );
        }
        Some(_) => {}
    }
    table::report(&header, &verdict, cut.as_deref(), None, &arguments.verdict)
}

/// Whether two verdicts say the same of every invariant, in whatever words.
fn is_same(one: &Verdict, other: &Verdict) -> bool {
    let said = |verdict: &Verdict| -> Vec<_> {
        let of = |judgement: &Judgement| {
            let seqs: Vec<u64> = judgement.evidence.iter().map(|piece| piece.seq).collect();
            (judgement.invariant.clone(), judgement.ruling, judgement.count, seqs)
        };
        verdict.judgements.iter().map(of).collect()
    };
    said(one) == said(other)
}

/// A journal of another version is refused; one of another catalog is judged, and that is said.
fn check_version(header: &Header) -> Result<(), Failure> {
    let (then, now) = (header.spec.version, lab::spec::VERSION);
    if then != now {
        return Err(Failure::usage(format!("The journal's spec has version {then}; it must be {now}.")));
    }
    let (then, now) = (&header.catalog, engine::catalog::VERSION);
    if then != now {
        warn(&format!("The catalog was {then}; now it is {now}."));
    }
    Ok(())
}
