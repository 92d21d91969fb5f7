//! The controls: every field that a spec has, made from the catalog.

mod field;
mod knob;

use lab::catalog::{EngineCard, StrategyCard};
use lab::retry::{ATTEMPTS_MAX, BASE_MS_MAX, Policy};
use lab::schedule::Schedule;
use lab::spec::Pace;
use leptos::prelude::*;

use self::field::{Pick, SelectField, TextField};
use self::knob::{KnobField, NumberField};
use super::icon::{Icon, Sign};
use crate::browser;
use crate::draft::Draft;
use crate::form::Form;
use crate::live::{Each, piece, piece_when, press};
use crate::testids;
use crate::words::controls as words;

/// All controls of a lab.
#[component]
pub fn Controls(
    /// The form.
    form: Form,
) -> impl IntoView {
    let knobs = Memo::new(move |_| form.knobs());
    let knob_fields =
        piece(move || knobs.get().into_iter().map(|knob| view! { <KnobField form knob /> }).each());
    let retries = Memo::new(move |_| form.retries());
    view! {
        <fieldset class="field-group">
            <legend>{words::HAPPENS}</legend>
            <ScenarioField form />
            <StrategyField form />
            {knob_fields}
        </fieldset>
        {piece_when(move || retries.get(), move || view! { <RetryFields form /> })}
        <HardshipFields form />
        <fieldset class="field-group">
            <legend>{words::RUNS}</legend>
            <StoreField form />
            {piece_when(move || form.sends_messages(), move || view! { <BrokerField form /> })}
            {piece_when(move || form.takes_leases(), move || view! { <LocksField form /> })}
            <ScheduleField form />
            <PaceField form />
            <SeedField form />
        </fieldset>
    }
}

#[component]
fn ScenarioField(form: Form) -> impl IntoView {
    let picks = move || {
        form.shelf.with_value(|catalog| {
            let cards = catalog.scenarios.iter().filter(|card| card.lab == form.lab());
            cards.map(|card| Pick::of(&card.name, &card.title)).collect::<Vec<_>>()
        })
    };
    let story = move || {
        let name = form.value("scenario");
        form.shelf.with_value(|catalog| {
            let card = catalog.scenarios.iter().find(|card| card.name == name);
            card.map(|card| card.story.clone()).unwrap_or_default()
        })
    };
    view! { <SelectField form key="scenario" testid=testids::SCENARIO label=crate::words::SCENARIO help=Signal::derive(story) picks=Signal::derive(picks) /> }
}

#[component]
fn StrategyField(form: Form) -> impl IntoView {
    let picks = move || {
        let (scenario, store) = (form.value("scenario"), form.value("engine.store"));
        form.shelf.with_value(|catalog| {
            let pick = |card: &StrategyCard| {
                let is_missing = card.is_missing_on(&store);
                let words = if is_missing { words::not_on(&card.title, &store) } else { card.title.clone() };
                Pick::of(&card.name, &words)
            };
            catalog.strategies_of(&scenario).map(pick).collect::<Vec<_>>()
        })
    };
    let idea = move || {
        let (scenario, strategy) = (form.value("scenario"), form.value("strategy"));
        form.shelf.with_value(|catalog| {
            catalog.strategy(&scenario, &strategy).map(|card| card.idea.clone()).unwrap_or_default()
        })
    };
    view! { <SelectField form key="strategy" testid=testids::STRATEGY label=crate::words::STRATEGY help=Signal::derive(idea) picks=Signal::derive(picks) /> }
}

#[component]
fn RetryFields(form: Form) -> impl IntoView {
    let picks = || Policy::ALL.map(|policy| Pick::of(policy.name(), words::policy(policy))).to_vec();
    view! {
        <fieldset class="field-group">
            <legend>{words::RETRIES}</legend>
            <SelectField
                form
                key="retry.policy"
                testid="retry-policy"
                label=words::POLICY[0]
                help=words::POLICY[1]
                picks=Signal::derive(picks)
            />
            <NumberField
                form
                key="retry.attempts_max"
                testid="retry-attempts_max"
                label=words::ATTEMPTS[0]
                help=words::ATTEMPTS[1]
                unit=""
                range=(1, ATTEMPTS_MAX)
            />
            <NumberField
                form
                key="retry.base_ms"
                testid="retry-base_ms"
                label=words::BASE[0]
                help=words::BASE[1]
                unit=words::BASE_UNIT
                range=(0, BASE_MS_MAX)
            />
        </fieldset>
    }
}

/// The kinds of hardship that a spec may list, each with its name for tests and its words.
const HARDSHIPS: [(&str, &str, words::Field); 9] = [
    ("crash", testids::CRASH, words::CRASH),
    ("pause", testids::PAUSE, words::STANDSTILL),
    ("lost-answer", testids::LOST_ANSWER, words::LOST_ANSWER),
    ("late-answer", testids::LATE_ANSWER, words::LATE_ANSWER),
    ("lost-confirm", testids::LOST_CONFIRM, words::LOST_CONFIRM),
    ("poison", testids::POISON, words::POISON),
    ("cut-database", testids::CUT_DATABASE, words::CUT_DATABASE),
    ("cut-broker", testids::CUT_BROKER, words::CUT_BROKER),
    ("cut-node", testids::CUT_NODE, words::CUT_NODE),
];

/// Where hardships strike, kind by kind; a scenario has some of them.
#[component]
fn HardshipFields(form: Form) -> impl IntoView {
    let has_any = Memo::new(move |_| HARDSHIPS.iter().any(|(kind, ..)| form.may_meet(kind)));
    let field = move |(kind, testid, [label, help]): (&'static str, &'static str, words::Field)| {
        piece_when(
            move || form.may_meet(kind),
            move || {
                let help = Signal::derive(move || words::strikes(help, &form.strikes_at(kind)));
                view! { <TextField form key=kind testid label help /> }
            },
        )
    };
    let fields = move || {
        view! {
            <fieldset class="field-group">
                <legend>{words::HARDSHIPS}</legend>
                {HARDSHIPS.into_iter().map(field).each()}
            </fieldset>
        }
    };
    view! { {piece_when(move || has_any.get(), fields)} }
}

/// The database.
#[component]
pub fn StoreField(
    /// The form.
    form: Form,
) -> impl IntoView {
    view! {
        <EngineField
            form
            port="store"
            key="engine.store"
            testid=testids::STORE
            label=crate::words::DATABASE
            help=words::DATABASE_HELP
        />
    }
}

#[component]
fn BrokerField(form: Form) -> impl IntoView {
    view! {
        <EngineField
            form
            port="broker"
            key="engine.broker"
            testid=testids::BROKER
            label=crate::words::BROKER
            help=words::BROKER_HELP
        />
    }
}

#[component]
fn LocksField(form: Form) -> impl IntoView {
    view! {
        <EngineField
            form
            port="locks"
            key="engine.locks"
            testid=testids::LOCKS
            label=crate::words::LOCK_SERVICE
            help=words::LOCKS_HELP
        />
    }
}

/// The engines behind one port.
#[component]
fn EngineField(
    form: Form,
    port: &'static str,
    key: &'static str,
    testid: &'static str,
    label: &'static str,
    help: &'static str,
) -> impl IntoView {
    let cards =
        move || form.shelf.with_value(|catalog| catalog.engines_of(port).cloned().collect::<Vec<_>>());
    let pick = |card: EngineCard| Pick {
        words: if card.available { card.title } else { words::not_here(&card.title) },
        value: card.name,
        is_off: !card.available,
    };
    let told = cards()
        .into_iter()
        .map(|card| (card.title, if card.available { card.note } else { card.remedy }))
        .filter(|(_, told)| !told.is_empty())
        .map(|(title, told)| format!("{title}: {told}"));
    let help = std::iter::once(help.to_owned()).chain(told).collect::<Vec<_>>().join(" ");
    view! {
        <SelectField
            form
            key=key
            testid=testid
            label=label
            help=help
            picks=Signal::derive(move || cards().into_iter().map(pick).collect())
        />
    }
}

#[component]
fn ScheduleField(form: Form) -> impl IntoView {
    let is_recorded = Memo::new(move |_| form.draft.with(Draft::is_recorded));
    let lists = Memo::new(move |_| form.draft.with(Draft::lists_choices));
    let help = move || words::schedule_help(&form.value("schedule"));
    // Recorded is offered only where there is something recorded: nobody types a schedule from nothing.
    let picks = move || {
        let kinds = Schedule::KINDS.into_iter().filter(|kind| *kind != "recorded" || is_recorded.get());
        kinds.map(|kind| Pick::of(kind, words::schedule(kind))).collect()
    };
    view! {
        <SelectField
            form
            key="schedule"
            testid=testids::SCHEDULE
            label=crate::words::ORDER
            help=Signal::derive(help)
            picks=Signal::derive(picks)
        />
        {piece_when(move || lists.get(), move || {
            view! {
            <TextField
                form
                key="choices"
                testid=testids::CHOICES
                label=words::CHOICES[0]
                help=words::CHOICES[1]
            />
            }
        })}
    }
}

#[component]
fn PaceField(form: Form) -> impl IntoView {
    let picks = || Pace::ALL.map(|pace| Pick::of(pace.name(), words::pace(pace))).to_vec();
    view! { <SelectField form key="pace" testid=testids::PACE label=crate::words::PACE help=words::PACE_HELP picks=Signal::derive(picks) /> }
}

/// The seed, with a dice to roll a new one.
#[component]
pub fn SeedField(
    /// The form.
    form: Form,
) -> impl IntoView {
    view! {
        <div class="seed-field">
            <NumberField
                form
                key="seed"
                testid=testids::SEED
                label=crate::words::SEED
                help=words::SEED_HELP
                unit=""
                range=(0, lab::dice::SEED_MAX)
            />
            <button
                type="button"
                class="button icon-button"
                data-testid=testids::ROLL_SEED
                aria-label=words::ROLL_SEED
                title=words::ROLL_SEED
                on:click=press(move || form.set("seed", &browser::roll_seed().to_string()))
            >
                <Sign icon=Icon::Dice />
            </button>
        </div>
    }
}
