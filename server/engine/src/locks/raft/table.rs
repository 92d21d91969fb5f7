//! What the nodes agree on: for each name a line of askers, of whom the first has it.
//!
//! It is changed by the log's commands alone, so it is the same on every node that has applied as many of them. Time is
//! part of a command, told by the node that proposed it; nobody looks at a clock here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// So many may stand in line for one name: more than a run has actors.
const LINE_MAX: usize = 256;
/// So many names a run may ask for: more than there are rows to ask for.
const NAMES_MAX: usize = 1_024;

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Command {
    /// When it was proposed, by the proposing node's clock, in milliseconds since the run's nodes were started.
    pub now_ms: u64,
    /// How long a lease lasts.
    pub lease_ms: u64,
    /// What is asked.
    pub deed: Deed,
}

/// What a command asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Deed {
    /// The client asks for a name, and stands in line from now on.
    Ask { name: String, client: String },
    /// The client leaves the line, and with it what it has.
    GiveBack { name: String, client: String },
    /// The client is alive: its leases begin anew, and so does its right to stand in line.
    StayAlive { client: String },
    /// Nothing, but it brings the time.
    Look,
}

/// What the table says to a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Answer {
    /// The client has the name, with this token.
    Granted(i64),
    /// Somebody else is in front.
    InLine,
    /// Whether the client was still in line.
    GivenBack(bool),
    /// Everybody who stands in any line.
    Askers(Vec<String>),
    /// There is no room for so many.
    Full,
    /// It was no command.
    Nothing,
}

/// The table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Table {
    names: BTreeMap<String, Line>,
    /// The latest time that a command has brought.
    now_ms: u64,
    /// In which term that was.
    term: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    /// The token of the latest grant; they begin at 1, and a row's first fence is 0.
    token: i64,
    askers: Vec<Asker>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Asker {
    client: String,
    /// Until when it counts as alive.
    until_ms: u64,
    /// Once it has the name.
    token: Option<i64>,
}

impl Table {
    /// Applies a command that a leader of this term has proposed.
    pub(super) fn apply(&mut self, term: u64, command: Command) -> Answer {
        self.let_time_pass(term, &command);
        let until_ms = self.now_ms + command.lease_ms;
        match command.deed {
            Deed::Ask { name, client } => self.ask(name, client, until_ms),
            Deed::GiveBack { name, client } => {
                let askers = self.names.get_mut(&name).map(|line| &mut line.askers);
                let place = askers.as_ref().and_then(|askers| askers.iter().position(|a| a.client == client));
                let left = askers.zip(place).map(|(askers, place)| askers.remove(place));
                Answer::GivenBack(left.is_some())
            }
            Deed::StayAlive { client } => {
                let own = self.askers_mut().filter(|asker| asker.client == client);
                own.for_each(|asker| asker.until_ms = until_ms);
                Answer::Nothing
            }
            Deed::Look => Answer::Askers(self.askers_mut().map(|asker| asker.client.clone()).collect()),
        }
    }

    /// Takes everybody out who has not been heard of for a lease. Under a new leader each lease begins anew, because
    /// while there was none nobody could be heard of.
    fn let_time_pass(&mut self, term: u64, command: &Command) {
        self.now_ms = self.now_ms.max(command.now_ms);
        let (now_ms, is_new) = (self.now_ms, term != self.term);
        self.term = term;
        if is_new {
            let until_ms = now_ms + command.lease_ms;
            self.askers_mut().for_each(|asker| asker.until_ms = asker.until_ms.max(until_ms));
        }
        self.names.values_mut().for_each(|line| line.askers.retain(|asker| asker.until_ms > now_ms));
    }

    fn ask(&mut self, name: String, client: String, until_ms: u64) -> Answer {
        if !self.names.contains_key(&name) && self.names.len() >= NAMES_MAX {
            return Answer::Full;
        }
        let line = self.names.entry(name).or_default();
        let place = match line.askers.iter().position(|asker| asker.client == client) {
            Some(place) => place,
            None if line.askers.len() >= LINE_MAX => return Answer::Full,
            None => {
                line.askers.push(Asker { client, until_ms, token: None });
                line.askers.len() - 1
            }
        };
        let asker = &mut line.askers[place];
        asker.until_ms = until_ms;
        if place > 0 {
            return Answer::InLine;
        }
        let token = *asker.token.get_or_insert_with(|| {
            line.token += 1;
            line.token
        });
        Answer::Granted(token)
    }

    fn askers_mut(&mut self) -> impl Iterator<Item = &mut Asker> {
        self.names.values_mut().flat_map(|line| &mut line.askers)
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Command, Deed, LINE_MAX, Table};

    const LEASE_MS: u64 = 100;

    fn at(now_ms: u64, deed: Deed) -> Command {
        Command { now_ms, lease_ms: LEASE_MS, deed }
    }

    fn ask(client: &str) -> Deed {
        Deed::Ask { name: "a row".into(), client: client.into() }
    }

    fn alive(client: &str) -> Deed {
        Deed::StayAlive { client: client.into() }
    }

    #[test]
    fn a_lease_ends_when_its_holder_is_silent_for_as_long_and_the_next_token_is_higher() {
        let mut table = Table::default();
        assert_eq!(table.apply(1, at(0, ask("a"))), Answer::Granted(1));
        assert_eq!(table.apply(1, at(1, ask("b"))), Answer::InLine);
        table.apply(1, at(90, alive("b")));
        assert_eq!(table.apply(1, at(99, ask("b"))), Answer::InLine);
        assert_eq!(table.apply(1, at(100, ask("b"))), Answer::Granted(2));
        assert_eq!(table.apply(1, at(101, ask("a"))), Answer::InLine, "at the end of the line");
    }

    #[test]
    fn a_lease_lasts_for_as_long_as_its_holder_is_heard_of() {
        let mut table = Table::default();
        table.apply(1, at(0, ask("a")));
        for now_ms in (50..1_000).step_by(50) {
            table.apply(1, at(now_ms, alive("a")));
        }
        assert_eq!(table.apply(1, at(1_000, ask("a"))), Answer::Granted(1));
    }

    #[test]
    fn under_a_new_leader_each_lease_begins_anew() {
        let mut table = Table::default();
        table.apply(1, at(0, ask("a")));
        assert_eq!(table.apply(2, at(500, Deed::Look)), Answer::Askers(vec!["a".into()]));
        assert_eq!(table.apply(2, at(600, Deed::Look)), Answer::Askers(vec![]));
    }

    #[test]
    fn a_clock_that_goes_back_takes_nothing_back() {
        let mut table = Table::default();
        table.apply(1, at(0, ask("a")));
        table.apply(1, at(200, Deed::Look));
        assert_eq!(table.apply(1, at(10, Deed::Look)), Answer::Askers(vec![]));
    }

    #[test]
    fn a_line_has_an_end() {
        let mut table = Table::default();
        for number in 0..LINE_MAX {
            table.apply(1, at(0, ask(&number.to_string())));
        }
        assert_eq!(table.apply(1, at(0, ask("one more"))), Answer::Full);
    }
}
