//! The names by which browser tests find things. They are a contract: add freely, rename only with a reason in the
//! changelog.
//!
//! Beside these there are names made from others: `knob-NAME`, `retry-policy`, `retry-attempts_max`,
//! `retry-base_ms`, `fault-FIELD.PATH`, `judgement-INVARIANT`, `show-me-INVARIANT`, `entry-SEQ`, `price-FIELD`,
//! `lab-NAME`, `evidence-SEQ`, `story-SEQ`, `glance-INVARIANT-STRATEGY-ENGINE`, `choose-ACTOR`, `choose-STRATEGY`, `pace-NAME`,
//! `wait-WAITER-HOLDER`, `contender-STRATEGY`, `outcome-STRATEGY-INVARIANT`, `matrix-DESIGN-ACTOR/STEP`, `order-NUMBER`.
//!
//! States: the workbench and the run page carry `data-run-state` (`idle`, `running`, `finished`, `interrupted`),
//! [`CONNECTION`] carries `data-state` (`idle`, `connecting`, `live`, `lost`, `over`), a judgement carries
//! `data-ruling` (`holds`, `broken`, `undecided`), and `<body>` carries `data-hydrated="true"` once scripts run.

/// The button that starts a run.
pub const RUN: &str = "run";
/// The button that stops the run that goes on.
pub const STOP: &str = "stop";
/// What kept a run from starting.
pub const RUN_PROBLEM: &str = "run-problem";
/// The scenario's select.
pub const SCENARIO: &str = "scenario";
/// The strategy's select.
pub const STRATEGY: &str = "strategy";
/// The database's select.
pub const STORE: &str = "store";
/// The lock service's select.
pub const LOCKS: &str = "locks";
/// The schedule's select.
pub const SCHEDULE: &str = "schedule";
/// The text of a recorded schedule.
pub const CHOICES: &str = "choices";
/// What somebody who chooses the order may try to break.
pub const AIM: &str = "aim";
/// The list of crashes.
pub const CRASH: &str = "crash";
/// The list of standstills.
pub const PAUSE: &str = "pause";
/// The broker.
pub const BROKER: &str = "broker";
/// The list of lost answers.
pub const LOST_ANSWER: &str = "lost-answer";
/// The list of late answers.
pub const LATE_ANSWER: &str = "late-answer";
/// The list of lost confirmations.
pub const LOST_CONFIRM: &str = "lost-confirm";
/// What a hand may cut off in a live run; its buttons are `cut-PORT`, `stall-PORT` and `lift-PORT`.
pub const OUTAGES: &str = "outages";
/// The list of cuts of the database.
pub const CUT_DATABASE: &str = "cut-database-at";
/// The list of cuts of the broker.
pub const CUT_BROKER: &str = "cut-broker-at";
/// The list of cuts of a lock service's node.
pub const CUT_NODE: &str = "cut-node-at";
/// The links to the crash points of a run.
pub const CRASH_POINTS: &str = "crash-points";
/// The list of publications that cannot be read.
pub const POISON: &str = "poison";
/// The pace's select.
pub const PACE: &str = "pace";
/// The seed's input.
pub const SEED: &str = "seed";
/// The dice beside the seed.
pub const ROLL_SEED: &str = "roll-seed";
/// The picture of the run.
pub const STAGE: &str = "stage";
/// The picture in one sentence, for those who cannot see it.
pub const STAGE_SUMMARY: &str = "stage-summary";
/// Which time the stage shows.
pub const STAGE_TIME: &str = "stage-time";
/// The run as a spoken log.
pub const STAGE_LOG: &str = "stage-log";
/// The button above the stage that shows what proves the first broken invariant.
pub const SHOW_FIRST: &str = "show-first";
/// The switch between lanes and map.
pub const VIEW: &str = "view";
/// The switch between the axis of entries and that of time.
pub const AXIS: &str = "axis";
/// The verdict.
pub const VERDICT: &str = "verdict";
/// The evidence of a broken invariant.
pub const EVIDENCE: &str = "evidence";
/// The table of all strategies of a scenario, where each cell plays its run.
pub const GLANCE: &str = "glance";
/// The button that measures throughput against contention.
pub const SWEEP: &str = "sweep";
/// What it measured.
pub const SWEEP_PLOT: &str = "sweep-plot";
/// The table of all crash points in all designs.
pub const MATRIX: &str = "matrix";
/// How many points each design survives.
pub const MATRIX_SUMS: &str = "matrix-sums";
/// The button that tries every order of steps.
pub const TRY_ORDERS: &str = "try-orders";
/// How many orders each strategy survives.
pub const ORDER_SUMS: &str = "order-sums";
/// The orders.
pub const ORDERS: &str = "orders";
/// The button that tries them.
pub const TRY_CRASHES: &str = "try-crashes";
/// What the reader says will happen; its buttons are `predict-it-holds`, `predict-it-breaks` and `predict-don-t-know`.
pub const PREDICT: &str = "predict";
/// The answer to that.
pub const ANSWER: &str = "answer";
/// The button that runs the cure on the same bad luck.
pub const TRY_CURE: &str = "try-cure";
/// The button that plays a failure after a run that held.
pub const SEE_FAILURE: &str = "see-failure";
/// The button that pins a run.
pub const PIN: &str = "pin";
/// Saves the run as one document.
pub const EXPORT: &str = "export";
/// Saves the run as steps for the shells of its database.
pub const EXPORT_STEPS: &str = "export-steps";
/// The outbox, row by row.
pub const OUTBOX: &str = "outbox";
/// The outbox in one line.
pub const OUTBOX_SUMMARY: &str = "outbox-summary";
/// The price.
pub const PRICE: &str = "price";
/// The list of entries.
pub const ENTRIES: &str = "entries";
/// What is known of the entry that was picked.
pub const INSPECTOR: &str = "inspector";
/// Its SQL.
pub const INSPECTOR_SQL: &str = "inspector-sql";
/// The strategy's own source.
pub const SOURCE: &str = "source";
/// The story of a run; an entry that it cites is `story-SEQ`.
pub const STORY: &str = "story";
/// What the strategy promises.
pub const PROMISES: &str = "promises";
/// The position in the run.
pub const SCRUBBER: &str = "scrubber";
/// Plays the run again, or pauses.
pub const PLAY_PAUSE: &str = "play-pause";
/// One entry back.
pub const STEP_BACK: &str = "step-back";
/// One entry on.
pub const STEP_FORWARD: &str = "step-forward";
/// To the next conflict or violation.
pub const NEXT_TROUBLE: &str = "next-trouble";
/// Where the connection stands.
pub const CONNECTION: &str = "connection";
/// Plays the classic failure.
pub const PLAY_CLASSIC: &str = "play-classic";
/// Plays its cure on the same bad luck.
pub const PLAY_CURE: &str = "play-cure";
/// The link that plays the classic failure live with a crowd.
pub const PLAY_CROWD: &str = "play-crowd";
/// Plays the classic failure of another situation of the same lab.
pub const PLAY_OTHER: &str = "play-other";
/// Opens a run's spec in the workbench.
pub const OPEN_WORKBENCH: &str = "open-workbench";
/// The link to the run that is on the screen.
pub const RUN_LINK: &str = "run-link";
/// Light or dark.
pub const THEME_TOGGLE: &str = "theme-toggle";
/// The link from a workbench to the same workload under several strategies.
pub const COMPARE: &str = "compare";
/// The shared clock of runs side by side.
pub const CLOCK: &str = "clock";
/// Plays all runs on the shared clock, or pauses.
pub const CLOCK_PLAY: &str = "clock-play";
/// The table of what came out, a row for each strategy.
pub const OUTCOMES: &str = "outcomes";
/// Opens the list of keys.
pub const KEYS_OPEN: &str = "keys-open";
/// Who moves next: carries `data-mover` (`hand`, `schedule`, `nobody`) and `data-offer`, the offer's number.
pub const HAND: &str = "hand";
/// Why a move was not made.
pub const HAND_PROBLEM: &str = "hand-problem";
/// One move by the schedule.
pub const HAND_STEP: &str = "hand-step";
/// The schedule goes on.
pub const HAND_RESUME: &str = "hand-resume";
/// The schedule stops.
pub const HAND_PAUSE: &str = "hand-pause";
/// The same run again without its last move.
pub const HAND_BACK: &str = "hand-back";
/// The messages on their way.
pub const TRAY: &str = "tray";
/// One of them.
pub const TRAY_CARD: &str = "tray-card";
/// A run by hand from the moment that is shown.
pub const TAKE_OVER: &str = "take-over";
/// Who waits for whom.
pub const WAIT_GRAPH: &str = "wait-graph";
/// Opens or starts the classic failure as a run by hand.
pub const PLAY_BY_HAND: &str = "play-by-hand";
/// The strategies that the same moves can be played under.
pub const OTHER_STRATEGY: &str = "other-strategy";
/// Plays the same moves under it.
pub const SAME_MOVES: &str = "same-moves";
/// The challenge that a workbench is to solve; on the page of all of them each is `challenge-NAME`.
pub const CHALLENGE: &str = "challenge";
/// What the run says about it: carries `data-outcome` (`solved`, `not-yet`).
pub const CHALLENGE_OUTCOME: &str = "challenge-outcome";
/// To the next one.
pub const CHALLENGE_NEXT: &str = "challenge-next";
/// How many are solved.
pub const CHALLENGES_SOLVED: &str = "challenges-solved";
/// To the page of all challenges.
pub const CHALLENGES: &str = "challenges";
/// Says that the page's program has stopped.
pub const FALLEN: &str = "fallen";
/// The list of keys.
pub const KEYS_DIALOG: &str = "keys-dialog";
/// To the page of all lessons; there each is `lesson-NAME`.
pub const LESSONS: &str = "lessons";
/// How many are done.
pub const LESSONS_DONE: &str = "lessons-done";
/// An answer to a lesson's question: `answer-1`, `answer-2` and so on, within `scene-1`, `scene-2` and so on. Carries
/// `data-mark` (`right`, `wrong`, `said`) when it is known.
pub const ANSWER_OF_LESSON: &str = "answer";
/// What is said to the reader's answer.
pub const TOLD_OF_LESSON: &str = "told";
/// To the next lesson.
pub const LESSON_NEXT: &str = "lesson-next";
/// To the challenge that comes after a lesson.
pub const LESSON_CHALLENGE: &str = "lesson-challenge";
/// To the workbench of a lesson's lab.
pub const LESSON_LAB: &str = "lesson-lab";
