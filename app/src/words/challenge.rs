//! The challenges: their page, and what a workbench says of one.

use lab::challenge::{Challenge, Goal, Means, Outcome};

use super::units::count;

/// The page's title.
pub const TITLE: &str = "Challenges";
/// What it is about.
pub const ABOUT: &str = "Small situations in teaching order. In some you break something, in others you keep it whole. \
    Every move runs on a real database, and whether you did it is read off the record of your run. What you have solved is \
    kept in this browser alone.";
/// While the page is on its way.
pub const READING: &str = "Reading the challenges.";
/// To the page, from elsewhere.
pub const ALL: &str = "All challenges";
/// Before a challenge's hint.
pub const HINT: &str = "A hint";
/// Opens the form's fields that are given and need not be touched.
pub const SETTINGS: &str = "All settings";
/// Beside one that is solved.
pub const IS_SOLVED: &str = "Solved";
/// Begins a challenge.
pub const TAKE: &str = "Take it";
/// Begins one that is solved.
pub const TAKE_AGAIN: &str = "Once more";
/// Forgets what was solved.
pub const FORGET: &str = "Forget what I have solved";
/// Begins the same challenge anew.
pub const ANEW: &str = "Back to what was given";

/// How many are solved.
pub fn solved_of(solved: usize, all: usize) -> String {
    format!("{solved} of {all} solved")
}

/// Over a challenge on the workbench.
pub fn heading(place: usize, all: usize, title: &str) -> String {
    format!("Challenge {place} of {all}: {title}")
}

/// What to reach, by the invariant's title.
pub fn aim(challenge: &Challenge, invariant: &str) -> String {
    match challenge.goal {
        Goal::Break => format!("Break the promise \u{201c}{invariant}\u{201d}."),
        Goal::Keep => format!("Keep the promise \u{201c}{invariant}\u{201d}, and every other one."),
    }
}

/// What may be changed for it.
pub fn means(challenge: &Challenge) -> String {
    let so_many = |one, many| count(challenge.most, one, many);
    match challenge.means {
        Means::Order => "Press Run, and say who moves next.".to_owned(),
        Means::Crash => {
            format!("You have {}. Press Run, and choose below the run where.", so_many("crash", "crashes"))
        }
        Means::Pause => {
            format!(
                "You have {}: under hardships, name the steps before which.",
                so_many("standstill", "standstills")
            )
        }
        Means::Strategy => "Choose another strategy, and press Run.".to_owned(),
    }
}

/// What a run says about a challenge; `titled` gives an invariant's title, `found` what was found of the challenge's own.
pub fn outcome(
    challenge: &Challenge,
    outcome: &Outcome,
    found: &str,
    titled: impl Fn(&str) -> String,
) -> String {
    let own = titled(&challenge.invariant);
    match (outcome, challenge.goal) {
        (Outcome::Solved, Goal::Break) => format!("Solved. \u{201c}{own}\u{201d} is broken: {found}."),
        (Outcome::Solved, Goal::Keep) => {
            "Solved. Everything held, and the promise table knows no run on this database in which this strategy breaks here."
                .to_owned()
        }
        (Outcome::Held, _) => format!("Not yet: \u{201c}{own}\u{201d} holds in this run."),
        (Outcome::Broke(invariant), _) => {
            format!("Not yet: \u{201c}{}\u{201d} is broken.", titled(invariant))
        }
        (Outcome::Undecided, _) => "Not yet: the record of this run does not say enough.".to_owned(),
        (Outcome::TooMany, _) => match challenge.means {
            Means::Pause => {
                format!("Not so: you have {}.", count(challenge.most, "standstill", "standstills"))
            }
            _ => format!("Not so: you have {}.", count(challenge.most, "crash", "crashes")),
        },
        (Outcome::Changed(fields), _) => {
            format!("This run is another situation: {} not as given.", listed(fields))
        }
        (Outcome::NotStruck, Goal::Break) => {
            "Not yet: nobody took the step that you named, so nothing happened there.".to_owned()
        }
        (Outcome::NotStruck, Goal::Keep) => {
            "Not yet: everything held, but the crash never came, because nobody took that step. Nothing was put to the test.".to_owned()
        }
        (Outcome::Lucky(premises), _) => format!(
            "It held this time, and by luck: the promise table has a run in which this strategy breaks here ({premises}). Find \
             one that needs no luck."
        ),
    }
}

fn listed(fields: &[String]) -> String {
    let verb = if fields.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", fields.join(", "))
}

/// To the next challenge.
pub fn next(title: &str) -> String {
    format!("Next: {title}")
}

/// After the last one.
pub const LAST: &str = "That was the last one.";

/// Where the address names a challenge that is not here.
pub fn unknown(name: &str) -> String {
    format!("There is no challenge of the name \u{201c}{name}\u{201d}.")
}
