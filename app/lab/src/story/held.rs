//! What was seen where an invariant held: the trouble that came, what kept it from doing harm, and, where no trouble of its
//! kind came, that the run put nothing to the test.

mod protection;
mod trouble;
mod writes;

use super::promise::titles;
use super::seen::Seen;
use super::{Counted, Kind, Sentence};
use crate::catalog::Catalog;
use crate::spec::Spec;

/// A kind of trouble, and the invariants that only it can break.
struct Family {
    invariants: &'static [&'static str],
    /// Trouble of this kind.
    troubles: &'static [Counted],
    /// What keeps it from doing harm, the most telling first.
    protections: &'static [Counted],
}

/// Somebody writes between somebody else's look and write.
const OVERLAP: Family = Family {
    invariants: &[
        "no-lost-update",
        "no-oversell",
        "money-conserved",
        "no-account-below-zero",
        "joint-limit-kept",
        "no-dirty-write",
        "no-aborted-read",
        "no-intermediate-read",
        "no-circular-flow",
        "no-vanishing-transaction",
        "no-predicate-phantom",
        "no-lost-write",
        "no-read-skew",
        "no-write-skew",
        "no-anti-dependency-cycle",
    ],
    troubles: &[Counted::Overlaps, Counted::Glances],
    protections: &[
        Counted::Conflicts,
        Counted::Fenced,
        Counted::Serialization,
        Counted::Deadlocks,
        Counted::Constraints,
        Counted::Guards,
        Counted::Waits,
        Counted::LeasesRefused,
        Counted::Busy,
        Counted::PassedOver,
        Counted::Glances,
    ],
};

/// A message comes twice.
const DOUBLES: Family = Family {
    invariants: &["none-applied-twice", "no-double-charge", "no-double-effect"],
    troubles: &[Counted::Doubled, Counted::KnownToBroker, Counted::KnownToProvider],
    protections: &[
        Counted::KnownToInbox,
        Counted::KnownToBroker,
        Counted::KnownToProvider,
        Counted::KnownToMemory,
    ],
};

/// A request comes twice.
const REPEATS: Family = Family {
    invariants: &["no-double-order"],
    troubles: &[Counted::AskedAgain],
    protections: &[Counted::KnownToProvider],
};

/// A newer message comes before an older one.
const ORDER: Family = Family {
    invariants: &[
        "final-view-correct",
        "view-never-goes-back",
        "order-kept-per-key",
        "every-event-acted-upon",
    ],
    troubles: &[Counted::Overtaken, Counted::Doubled],
    protections: &[Counted::LeftAlone, Counted::Buffered, Counted::GivenBack],
};

/// Somebody dies, or something does not get through.
const BREAK: Family = Family {
    invariants: &[
        "no-event-lost",
        "no-missing-charge",
        "no-phantom",
        "outbox-drained",
        "no-order-half-way",
        "nothing-kept-unpaid",
        "nobody-charged-for-nothing",
    ],
    troubles: &[
        Counted::Crashes,
        Counted::Losses,
        Counted::Declined,
        Counted::Outages,
        Counted::Rebalances,
        Counted::Standstills,
        Counted::DeadLettered,
    ],
    protections: &[Counted::TakenBack, Counted::KeptInOutbox, Counted::DeadLettered],
};

/// The sentences about what held, the most telling first.
pub(super) fn sentences(
    spec: &Spec,
    kept: &[&str],
    seen: &Seen,
    catalog: &Catalog,
    is_broken: bool,
) -> Vec<Sentence> {
    let mut told: Vec<Sentence> = Vec::new();
    let mut untested: Vec<Sentence> = Vec::new();
    let mut troubles: Vec<Counted> = Vec::new();
    let mut protections: Vec<Counted> = Vec::new();
    let mut about: Vec<String> = Vec::new();
    for family in [OVERLAP, REPEATS, DOUBLES, ORDER, BREAK] {
        let of_family: Vec<&str> =
            kept.iter().copied().filter(|name| family.invariants.contains(name)).collect();
        if of_family.is_empty() {
            continue;
        }
        if !writes::is_tested(&family, spec, seen) {
            let titles = titles(catalog, of_family.iter().copied());
            let about = of_family.iter().map(|name| (*name).to_owned()).collect();
            let text = untested_text(&family, spec, seen, &titles);
            untested.push(Sentence::new(Kind::Untested, text, about));
            continue;
        }
        about.extend(of_family.iter().map(|name| (*name).to_owned()));
        troubles
            .extend(family.troubles.iter().filter(|of| !troubles.contains(of)).copied().collect::<Vec<_>>());
        let new = family.protections.iter().filter(|of| !protections.contains(of)).copied();
        protections.extend(new.collect::<Vec<_>>());
    }
    // Why an invariant broke says already what the trouble was.
    let overlap = if is_broken { None } else { writes::overlap(seen, &about) };
    let has_overlap = overlap.is_some();
    told.extend(overlap);
    let found = protections.iter().filter(|of| !(has_overlap && writes::tells(seen, **of)));
    let mut guards: Vec<Sentence> =
        found.filter_map(|of| protection::sentence(*of, seen.sight(*of)?, &about)).collect();
    if !is_broken {
        // What was put aside in time is told as a protection.
        troubles.retain(|of| !protections.contains(of));
        told.extend(trouble::sentence(&troubles, seen, &about, !guards.is_empty()));
        if told.is_empty() && guards.is_empty() && !about.is_empty() {
            guards.extend(writes::in_turn(seen, &about));
        }
    }
    told.extend(guards);
    // In a run that broke there is something more urgent to say.
    if !is_broken {
        told.extend(untested);
    }
    told
}

/// That no trouble of this kind came.
fn untested_text(family: &Family, spec: &Spec, seen: &Seen, titles: &str) -> String {
    if family.invariants == OVERLAP.invariants {
        return writes::untested(spec, seen, titles);
    }
    let (end, _) = seen.end();
    let first = seen.post.first.as_ref();
    let handed = |entry: &crate::event::Entry| match &entry.event {
        crate::event::Event::Delivered { message, .. } => {
            format!("{} was handed to {} [{}]", message.id, super::deed::who(entry), entry.seq)
        }
        _ => String::new(),
    };
    let what = if family.invariants == REPEATS.invariants {
        format!("Up to the end [{end}] nobody asked again for what it had asked for before")
    } else if family.invariants == DOUBLES.invariants {
        first.map_or_else(
            || format!("Nothing was handed out twice up to the end [{end}]"),
            |entry| {
                format!("{}, and from there to the end nothing was handed out twice [{end}]", handed(entry))
            },
        )
    } else if family.invariants == ORDER.invariants {
        first.map_or_else(
            || format!("Nothing was overtaken on its way up to the end [{end}]"),
            |entry| {
                format!(
                    "{}, and from there to the end no event was handed out after a newer one [{end}]",
                    handed(entry)
                )
            },
        )
    } else {
        format!("Up to the end [{end}] nobody crashed, nothing was lost on its way and nobody was cut off")
    };
    format!("{what}. So this run never put to the test: {titles}.")
}
