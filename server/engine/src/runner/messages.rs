//! What a run's broker is asked to be, the network before it, and what it could not deliver.

use std::sync::Arc;

use lab::checks::DEAD_LETTERS;
use lab::dice::Dice;
use lab::event::{Record, RowRef, Value};
use lab::spec::Spec;

use super::stretch;
use crate::bench::{SECOND_HOP_KNOB, fields, kept_us};
use crate::broker::network::{Network, Troubles};
use crate::broker::{Broker, DeadLetter, LEASE_US, Terms, Topology};
use crate::outages::Outages;
use crate::strategies::Strategy;

/// What the run's broker is asked to be.
pub(crate) fn terms(spec: &Spec, strategy: &Strategy) -> Terms {
    Terms {
        topology: topology(spec, strategy),
        lease_us: LEASE_US * stretch(spec),
        rebalances: spec.knob("rebalance") == 1,
        attempts_max: spec.knob("deliveries_max"),
        window_us: strategy.has_broker_window().then(|| kept_us(spec, stretch(spec)).unwrap_or(u64::MAX)),
    }
}

fn topology(spec: &Spec, strategy: &Strategy) -> Topology {
    if strategy.is_partitioned(spec) {
        Topology::Partitioned {
            partitions: spec.knob("partitions"),
            consumers: spec.knob("consumers"),
            second_hop: spec.knob(SECOND_HOP_KNOB) > 0,
        }
    } else {
        Topology::Shared
    }
}

/// The simulated network that the spec asks for.
pub(super) fn network(
    spec: &Spec,
    strategy: &Strategy,
    broker: Arc<dyn Broker>,
    outages: Arc<Outages>,
) -> Network {
    let stretch = stretch(spec);
    let troubles = Troubles {
        held_back: spec.knob("held_back"),
        lost_acks: spec.knob("lost_acks"),
        wrong_key: spec.knob("wrong_key"),
        grows_at_us: Some(spec.knob("grows_at_ms") * 1_000 * stretch).filter(|at_us| *at_us > 0),
    };
    Network::new(broker, topology(spec, strategy), troubles, outages, Dice::new(spec.seed), stretch)
}

/// A dead letter as the final read shows it.
pub(super) fn dead_letter(letter: &DeadLetter) -> Record {
    Record {
        row: RowRef { table: DEAD_LETTERS.into(), key: letter.message.id.clone() },
        fields: fields([
            ("deliveries", Value::Integer(i64::try_from(letter.deliveries).unwrap_or(i64::MAX))),
            ("reason", Value::Text(letter.reason.clone())),
        ]),
    }
}
