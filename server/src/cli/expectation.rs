//! What a verdict means for a script: whether it came out as expected.

use lab::verdict::{Judgement, Ruling, Verdict};

use super::exit::{Exit, Failure};

/// What should come out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expectation {
    /// Every invariant holds.
    Holds,
    /// Some invariant breaks.
    Breaks,
    /// This invariant breaks.
    BreaksOn(String),
}

/// What came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Everything holds.
    Holds,
    /// Something is broken, and the journal proves it.
    Breaks,
    /// The journal does not say enough.
    Undecided,
}

impl Expectation {
    /// Reads `--expect`.
    pub(super) fn read(text: &str) -> Result<Self, Failure> {
        match text.split_once(':') {
            None if text == "holds" => Ok(Self::Holds),
            None if text == "breaks" => Ok(Self::Breaks),
            Some(("breaks", invariant)) => Ok(Self::BreaksOn(invariant.to_owned())),
            _ => {
                Err(Failure::usage(format!("--expect is {text:?}; write holds, breaks or breaks:INVARIANT.")))
            }
        }
    }

    /// Refuses an invariant that will not be judged: to wait for it to break would be to wait for ever.
    pub(super) fn check(&self, judged: &[String]) -> Result<(), Failure> {
        match self {
            Self::BreaksOn(invariant) if !judged.contains(invariant) => Err(Failure::usage(format!(
                "--expect names {invariant:?}; this scenario is judged by {}.",
                judged.join(", ")
            ))),
            _ => Ok(()),
        }
    }

    /// Measures what came out; `is_cut` when the run did not come to its end.
    pub(super) fn exit(&self, verdict: &Verdict, is_cut: bool) -> Exit {
        let (outcome, wanted) = match self {
            Self::Holds => (Outcome::of(verdict, is_cut), Outcome::Holds),
            Self::Breaks => (Outcome::of(verdict, is_cut), Outcome::Breaks),
            Self::BreaksOn(invariant) => (Outcome::on(verdict.on(invariant), is_cut), Outcome::Breaks),
        };
        match outcome {
            outcome if outcome == wanted => Exit::Fine,
            Outcome::Undecided => Exit::Undecided,
            _ => Exit::Not,
        }
    }
}

impl Outcome {
    /// A breach is proved even by a journal that was cut off; anything else needs all of it.
    pub(super) fn of(verdict: &Verdict, is_cut: bool) -> Self {
        let outcomes: Vec<Self> = verdict.judgements.iter().map(|one| Self::on(Some(one), is_cut)).collect();
        if outcomes.contains(&Self::Breaks) {
            return Self::Breaks;
        }
        if is_cut || outcomes.is_empty() || outcomes.contains(&Self::Undecided) {
            Self::Undecided
        } else {
            Self::Holds
        }
    }

    fn on(judgement: Option<&Judgement>, is_cut: bool) -> Self {
        match judgement.map(|judgement| judgement.ruling) {
            Some(Ruling::Broken) => Self::Breaks,
            Some(Ruling::Holds) if !is_cut => Self::Holds,
            _ => Self::Undecided,
        }
    }

    /// The word for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Breaks => "breaks",
            Self::Undecided => "undecided",
        }
    }
}

#[cfg(test)]
mod tests {
    use lab::price::Price;

    use super::*;

    fn verdict(rulings: &[Ruling]) -> Verdict {
        let judgement = |(place, ruling): (usize, &Ruling)| Judgement {
            invariant: format!("rule-{place}"),
            ruling: *ruling,
            expected: String::new(),
            found: String::new(),
            count: 0,
            evidence: Vec::new(),
        };
        Verdict { judgements: rulings.iter().enumerate().map(judgement).collect(), price: Price::default() }
    }

    fn check(expect: &str, rulings: &[Ruling], is_cut: bool, exit: Exit) {
        let expectation = Expectation::read(expect).unwrap();
        assert_eq!(expectation.exit(&verdict(rulings), is_cut), exit, "{expect} {rulings:?} {is_cut}");
    }

    #[test]
    fn the_exit_code_says_whether_it_came_out_as_expected() {
        use Ruling::{Broken, Holds, Undecided};
        check("holds", &[Holds, Holds], false, Exit::Fine);
        check("holds", &[Holds, Broken], false, Exit::Not);
        check("breaks", &[Holds, Broken], false, Exit::Fine);
        check("breaks", &[Holds, Holds], false, Exit::Not);
        check("breaks:rule-1", &[Holds, Broken], false, Exit::Fine);
        check("breaks:rule-0", &[Holds, Broken], false, Exit::Not);
        check("holds", &[Holds, Undecided], false, Exit::Undecided);
        check("breaks", &[Holds, Undecided], false, Exit::Undecided);
    }

    #[test]
    fn a_journal_that_was_cut_off_proves_only_breaches() {
        check("holds", &[Ruling::Holds], true, Exit::Undecided);
        check("breaks", &[Ruling::Broken], true, Exit::Fine);
        check("holds", &[], false, Exit::Undecided);
    }

    #[test]
    fn an_expectation_that_cannot_come_true_is_refused() {
        assert!(Expectation::read("burns").is_err());
        let judged = ["no-oversell".to_owned()];
        assert!(Expectation::read("breaks:no-overshoot").unwrap().check(&judged).is_err());
        assert!(Expectation::read("breaks:no-oversell").unwrap().check(&judged).is_ok());
    }
}
