//! The lessons: their page, and what stands around each of their runs.

/// The page's title.
pub const TITLE: &str = "Lessons";
/// What it is about.
pub const ABOUT: &str = "Thirteen subjects, one on top of the other. You say what will happen, then it happens: each picture is a run on a \
    real database, started by your answer, and whether you were right is read off its record.";
/// While a page is on its way.
pub const READING: &str = "Reading the lessons.";
/// To the page of all of them.
pub const ALL: &str = "All lessons";
/// Begins a lesson.
pub const BEGIN: &str = "Begin";
/// Beside a lesson whose runs were all played.
pub const IS_DONE: &str = "Done";
/// Begins one that is done.
pub const AGAIN: &str = "Once more";
/// Forgets what was done.
pub const FORGET: &str = "Forget what I have done";
/// No guess.
pub const UNKNOWN: &str = "I don\u{2019}t know: run it";
/// Beneath the question, before it is answered.
pub const ANSWER_TO_RUN: &str = "Your answer starts the run.";
/// The answers, for whoever hears them.
pub const ANSWERS: &str = "What will happen? Your answer starts the run.";
/// While the run is on its way.
pub const STARTING: &str = "The run is being started.";
/// While it goes on.
pub const WATCH: &str = "Watch it happen.";
/// Shows the run to its end.
pub const SKIP: &str = "Show the end";
/// What there is to read when the run is over.
pub const AFTER: &str = "What happened (after the run)";
/// To the run's own page.
pub const STEP_THROUGH: &str = "Step through this run";
/// To the workbench with the run in its form.
pub const WORKBENCH: &str = "Change it on the workbench";
/// At the end.
pub const ONWARD: &str = "Where to go on";
/// Where the address names a lesson that is not here.
pub const NO_LESSON: &str = "No such lesson";
/// The same, in a sentence.
pub const NO_LESSON_WHY: &str = "There is no lesson of this name; the page of all lessons has them.";
/// Over the first run of a lesson.
pub const HOW: &str = "Every statement below runs on a real SQLite. The order of the steps and the troubles are fixed, so that it comes out the \
    same for everybody. Time is virtual, the broker is a small log in this program, and lost answers and outages are simulated.";

/// How many are done.
pub fn done_of(done: usize, all: usize) -> String {
    format!("{done} of {all} done")
}

/// Over a lesson.
pub fn place(place: usize, all: usize, lab: &str) -> String {
    format!("Lesson {place} of {all}, {lab}")
}

/// What is said to an answer: `said` is the reader's, nothing for none; `right` is the true one.
pub fn answered(said: Option<&str>, right: &str) -> String {
    match said {
        None => format!("The answer is: \u{201c}{right}\u{201d}."),
        Some(said) if said == right => format!("You were right: \u{201c}{right}\u{201d}."),
        Some(said) => format!("You said \u{201c}{said}\u{201d}. It is \u{201c}{right}\u{201d}."),
    }
}

/// Where the run shows none of the answers.
pub const UNDECIDED: &str = "The run came out otherwise than every answer. Step through it to see how.";

/// To the next lesson.
pub fn next(title: &str) -> String {
    format!("Next: {title}")
}

/// To the challenge that comes after it.
pub fn challenge(title: &str) -> String {
    format!("Do it yourself: {title}")
}

/// To the lab's workbench.
pub fn lab(title: &str) -> String {
    format!("The workbench: {title}")
}
