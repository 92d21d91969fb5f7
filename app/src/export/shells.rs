//! A run as numbered steps to type into the shells of its own database, one shell for each actor.
//!
//! The statements are the journal's, word for word, with their values filled in. What happened outside the database, such
//! as a message, stands between them as a remark.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;

use lab::event::{Entry, Event, Header, Refusal, Sql};

use super::filled;
use crate::words::{ruling, sentence, shells as words};

/// The most entries that are made into steps: nobody types more.
pub const ENTRIES_MAX: usize = 1_000;
/// How statements begin that make a table.
const CREATE_TABLE: &str = "create table ";

/// A database's own shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// PostgreSQL's.
    Psql,
    /// SQLite's.
    Sqlite3,
}

impl Shell {
    /// Its name, which is that of its program, too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Psql => "psql",
            Self::Sqlite3 => "sqlite3",
        }
    }

    /// The shell for a database's name in a spec.
    pub fn of(store: &str) -> Self {
        if store == "postgres" { Self::Psql } else { Self::Sqlite3 }
    }

    fn leave(self) -> &'static str {
        match self {
            Self::Psql => "\\q",
            Self::Sqlite3 => ".exit",
        }
    }

    fn open(self) -> &'static str {
        match self {
            Self::Psql => words::OPEN_PSQL,
            Self::Sqlite3 => words::OPEN_SQLITE,
        }
    }
}

/// The whole script.
///
/// # Errors
/// A sentence, when the journal does not hold what the steps are made of.
pub fn script(entries: &[Entry], shell: Shell) -> Result<String, String> {
    let header = entries.iter().find_map(|entry| match &entry.event {
        Event::Header(header) => Some(header),
        _ => None,
    });
    let header = header.ok_or(words::NO_HEADER)?;
    if !entries.iter().flat_map(|entry| &entry.sql).any(|sql| sql.text.starts_with(CREATE_TABLE)) {
        return Err(words::NO_TABLES.into());
    }
    let is_deadlock =
        |entry: &Entry| matches!(entry.event, Event::EngineRefused { refusal: Refusal::Deadlock, .. });
    if let Some(why) = not_typed(entries) {
        return Err(why.into());
    }
    let mut script = Script {
        shell,
        text: String::new(),
        steps: 0,
        waits: waits(entries),
        typed: HashSet::new(),
        has_deadlock: entries.iter().any(is_deadlock),
    };
    script.head(header);
    for entry in entries {
        script.entry(entry);
    }
    script.clean_up(entries);
    Ok(script.text)
}

/// Why nobody can type this run, if nobody can.
fn not_typed(entries: &[Entry]) -> Option<&'static str> {
    if entries.iter().any(|entry| matches!(entry.event, Event::CutOff(_) | Event::Reconnected(_))) {
        return Some(words::CUT);
    }
    let reads_log = entries.iter().flat_map(|entry| &entry.sql).any(|sql| sql.text.contains("pg_logical"));
    reads_log.then_some(words::READS_LOG)
}

/// For each wait, the later entry that tells what was waited for and which statements had been sent.
fn waits(entries: &[Entry]) -> BTreeMap<u64, Entry> {
    let mut open: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut waits = BTreeMap::new();
    for entry in entries {
        let (Some(actor), Some(step)) = (entry.actor.as_deref(), entry.step.as_deref()) else { continue };
        // Whoever is queued has sent nothing yet; the schedule lets it in later.
        if matches!(entry.event, Event::Queued { .. }) {
            continue;
        }
        if matches!(entry.event, Event::Blocked { .. }) {
            open.entry((actor, step)).or_insert(entry.seq);
        } else if let Some(since) = open.remove(&(actor, step)) {
            waits.insert(since, entry.clone());
        }
    }
    waits
}

struct Script {
    shell: Shell,
    text: String,
    steps: usize,
    waits: BTreeMap<u64, Entry>,
    /// The entries whose statements were typed when their wait began.
    typed: HashSet<u64>,
    /// Whether somebody had to give way in a circle of waits.
    has_deadlock: bool,
}

impl Script {
    fn head(&mut self, header: &Header) {
        let spec = &header.spec;
        let engine = header.engines.get("store").map_or(spec.engine.store.as_str(), String::as_str);
        self.remark(&words::run(&header.program, &spec.scenario, &spec.strategy, spec.seed, engine));
        self.remark(&words::terminals(&header.actors.join(", ")));
        self.remark(self.shell.open());
        if self.shell == Shell::Sqlite3 {
            self.type_in(words::OBSERVER, words::LOG_BESIDE, &["pragma journal_mode=wal;".to_owned()]);
        }
        self.remark(words::WAITS);
        if self.has_deadlock {
            self.remark(words::CIRCLE);
        }
        if !spec.is_scheduled() {
            self.remark(words::LIVE);
        }
    }

    fn entry(&mut self, entry: &Entry) {
        let Some(actor) = entry.actor.as_deref() else { return self.of_run(entry) };
        let told = sentence::of(entry);
        if let Some(later) = self.waits.remove(&entry.seq) {
            self.typed.insert(later.seq);
            self.step(actor, &words::waits(&told), &later.sql);
        } else if self.typed.contains(&entry.seq) {
            self.remark(&words::comes_back(actor, &told));
        } else if matches!(entry.event, Event::Restarted) {
            self.type_in(actor, &words::new_shell(&told), &[]);
        } else if matches!(entry.event, Event::Crashed) {
            self.type_in(actor, &told, &[self.shell.leave().to_owned()]);
        } else if !entry.sql.is_empty() {
            self.step(actor, &told, &entry.sql);
        } else if !matches!(entry.event, Event::Thought { .. } | Event::Header(_)) {
            self.remark(&told);
        }
    }

    fn of_run(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Header(_) => {}
            Event::Verdict(verdict) => {
                self.remark(&sentence::of(entry));
                for judgement in &verdict.judgements {
                    let ruling = ruling(judgement.ruling);
                    self.remark(&words::judged(&judgement.invariant, ruling, &judgement.found));
                }
            }
            _ if entry.sql.is_empty() => self.remark(&sentence::of(entry)),
            _ => self.step(words::OBSERVER, &sentence::of(entry), &entry.sql),
        }
    }

    fn step(&mut self, terminal: &str, words: &str, sql: &[Sql]) {
        let lines: Vec<String> = sql.iter().map(|sql| filled(sql) + ";").collect();
        self.type_in(terminal, words, &lines);
    }

    fn type_in(&mut self, terminal: &str, told: &str, lines: &[String]) {
        self.steps += 1;
        self.remark(&words::step(self.steps, terminal, told));
        for line in lines {
            self.line(line);
        }
    }

    /// A line that the shells skip. A step's own lines follow its remark at once.
    fn remark(&mut self, words: &str) {
        let words = words.replace(['\n', '\r'], " ");
        self.line("");
        self.line(&format!("-- {words}"));
    }

    fn line(&mut self, line: &str) {
        // Writing into a string cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    fn clean_up(&mut self, entries: &[Entry]) {
        let made = entries.iter().flat_map(|entry| &entry.sql);
        let names = made.filter_map(|sql| sql.text.strip_prefix(CREATE_TABLE)?.split(' ').next());
        let drops: Vec<String> = names.map(|name| format!("drop table {name};")).collect();
        self.type_in(words::OBSERVER, words::CLEAN_UP, &drops);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_typed_where_it_began_and_comes_back_where_it_ended() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/lab/tests/golden/row-lock-postgres.jsonl");
        let text = std::fs::read_to_string(path).expect("the golden journal");
        let mut entries: Vec<Entry> =
            text.lines().map(|line| serde_json::from_str(line).expect("an entry")).collect();
        assert!(script(&entries, Shell::Psql).is_err(), "an older journal");
        entries[1].sql.insert(0, Sql { text: "create table stock (sku text)".into(), values: Vec::new() });
        let script = script(&entries, Shell::Psql).expect("a script");
        let place = |words: &str| script.find(words).unwrap_or_else(|| panic!("{words}: {script}"));
        assert!(place("in buyer-1: waits.") < place("in buyer-2: buyer-2 writes"), "{script}");
        assert!(place("commit;") < place("buyer-1's prompt comes back"), "{script}");
        assert_eq!(script.matches("where sku = 'sku-001' for update;").count(), 3, "{script}");
        assert!(script.ends_with("drop table stock;\n"), "{script}");
    }
}
