//! Runs taken out of the lab: as one document, and as steps that real shells follow to the same end.

use std::collections::HashMap;
use std::process::Stdio;
use std::time::Duration;

use lab::event::{Entry, Event};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use uuid::Uuid;

use super::client::{PATIENCE, Server};

/// Two buyers who both read before either writes.
const BROKEN: &str = r#"{"strategy":"unprotected","pace":"instant","schedule":{"kind":"recorded",
    "choices":["buyer-1/read#1","buyer-2/read#1","buyer-1/write#1","buyer-2/write#1"]}}"#;

async fn ended(server: &Server, spec: &str) -> (String, Vec<Entry>) {
    let id = server.run(spec).await;
    let entries = server.feed(&id, 0).await.entries().await;
    (id, entries)
}

#[tokio::test]
async fn a_run_is_one_document_with_every_entry_and_without_any_script() {
    let server = Server::start().await;
    let (id, entries) = ended(&server, BROKEN).await;
    let answer = server.get(&format!("/api/v1/runs/{id}/export?as=html")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(answer.header("content-disposition").contains(&format!("interleave-{id}.html")), "{answer:?}");
    for entry in entries {
        assert!(answer.body.contains(&format!("id=\"entry-{}\"", entry.seq)), "{}", entry.seq);
    }
    for words in [
        "Broken invariants: “No lost update”",
        "from what they had read before",
        "<svg",
        "update stock set quantity",
    ] {
        assert!(answer.body.contains(words), "{words}");
    }
    assert!(!answer.body.contains("<script") && !answer.body.contains("<link"), "{answer:?}");
}

#[tokio::test]
async fn what_cannot_be_taken_out_is_refused_in_words() {
    let server = Server::start().await;
    let (id, _) = ended(&server, BROKEN).await;
    let refused = async |query: &str, status: u16, words: &str| {
        let answer = server.get(&format!("/api/v1/runs/{id}/export?as={query}")).await;
        assert_eq!(answer.status, status, "{answer:?}");
        let problem = answer.problem();
        assert!(problem.detail.contains(words), "{problem:?}");
    };
    refused("psql", 409, "as=sqlite3").await;
    refused("pdf", 400, "html, psql, sqlite3").await;
    let long = ended(&server, r#"{"strategy":"atomic-update","pace":"instant","workload":{"buyers":8,"purchases":60,"quantity":500,"think_ms":0}}"#).await.0;
    let answer = server.get(&format!("/api/v1/runs/{long}/export?as=sqlite3")).await;
    assert!(answer.problem().detail.contains("at most 1000"), "{answer:?}");
    let slow = server.run(super::client::SLOW).await;
    let answer = server.get(&format!("/api/v1/runs/{slow}/export")).await;
    assert_eq!((answer.status, answer.problem().kind.as_str()), (409, "/problems/not-exportable"));
    assert_eq!(server.get("/api/v1/runs/7/export").await.status, 404);
}

#[tokio::test]
async fn steps_for_psql_lead_real_shells_to_the_same_end() {
    let admin = std::env::var("INTERLEAVE_TEST_POSTGRES")
        .expect("INTERLEAVE_TEST_POSTGRES names no PostgreSQL; run ./dev test rust, which starts one");
    let (ours, scratch) = (Database::make(&admin).await, Database::make(&admin).await);
    let server = Server::on_postgres(ours.url.clone()).await;
    let stock = r#""engine":{"store":"postgres"},"pace":"instant","workload":{"buyers":3,"quantity":2}"#;
    for spec in [
        BROKEN.replace(r#""pace""#, r#""engine":{"store":"postgres"},"pace""#),
        format!(r#"{{"strategy":"row-lock",{stock},"schedule":{{"kind":"seeded"}},"seed":5}}"#),
        format!(r#"{{"strategy":"serializable",{stock},"schedule":{{"kind":"seeded"}},"seed":3}}"#),
        format!(r#"{{"strategy":"advisory-lock",{stock},"schedule":{{"kind":"seeded"}},"seed":5}}"#),
    ] {
        let (id, entries) = ended(&server, &spec).await;
        let answer = server.get(&format!("/api/v1/runs/{id}/export?as=psql")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let said = Room::follow(&answer.body, &scratch.url).await;
        let rows = entries.iter().rev().find_map(|entry| match &entry.event {
            Event::FinalRead { rows, .. } => Some(rows),
            _ => None,
        });
        for row in rows.expect("a final read") {
            let (amount, version) = (row.counter.amount, row.counter.version);
            let end = format!("|{amount}|{version}|{}", row.counter.last_op);
            let is_there = said.iter().any(|line| line.starts_with(&row.row.key) && line.ends_with(&end));
            assert!(is_there, "{end}: {said:?}\n{}", answer.body);
        }
    }
    server.stop.cancel();
    drop(server);
    scratch.drop(&admin).await;
}

/// A database that is the test's own.
struct Database {
    name: String,
    url: String,
}

impl Database {
    async fn make(admin: &str) -> Self {
        let name = format!("export_{}", Uuid::new_v4().simple());
        sql(admin, &format!("create database {name}")).await;
        let (server, _) = admin.rsplit_once('/').expect("a URL with a database");
        Self { url: format!("{server}/{name}"), name }
    }

    async fn drop(self, admin: &str) {
        sql(admin, &format!("drop database {} with (force)", self.name)).await;
    }
}

async fn sql(url: &str, statement: &str) {
    let done = Command::new(psql()).args(["-X", "-q", "-c", statement, url]).status().await.unwrap();
    assert!(done.success(), "{statement}");
}

fn psql() -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/engine/throwaway-postgres.sh");
    let found = std::process::Command::new(script).arg("--find").output().unwrap();
    let folder = String::from_utf8(found.stdout).unwrap();
    let beside = format!("{}/psql", folder.trim());
    // The client's programs may stand beside the server's or on the path.
    if std::path::Path::new(&beside).exists() { beside } else { "psql".into() }
}

/// One psql of the room.
struct Terminal {
    _child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    typed: usize,
}

impl Terminal {
    fn open(url: &str) -> Self {
        let mut command = Command::new(psql());
        command.args(["-X", "-q", "-t", "-A", url]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).kill_on_drop(true).spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { _child: child, input, lines: BufReader::new(output).lines(), typed: 0 }
    }

    async fn enter(&mut self, text: &str) {
        self.typed += 1;
        let text = format!("{text}\\echo prompt {}\n", self.typed);
        self.input.write_all(text.as_bytes()).await.unwrap();
    }

    /// What is said until the prompt is back.
    async fn prompt(&mut self) -> Vec<String> {
        let (mut said, end) = (Vec::new(), format!("prompt {}", self.typed));
        loop {
            let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await.expect("a prompt");
            let line = line.unwrap().expect("the shell goes on");
            if line == end {
                return said;
            }
            said.push(line);
        }
    }

    /// The prompt does not come back.
    async fn waits(&mut self) {
        let waited = tokio::time::timeout(Duration::from_millis(300), self.lines.next_line()).await;
        assert!(waited.is_err(), "a step that should wait said {waited:?}");
    }
}

/// A person with a terminal for each actor, who follows the steps to the letter.
struct Room<'a> {
    url: &'a str,
    terminals: HashMap<String, Terminal>,
}

impl<'a> Room<'a> {
    /// Returns what the observer's final read said.
    async fn follow(steps: &str, url: &'a str) -> Vec<String> {
        let mut room = Self { url, terminals: HashMap::new() };
        let mut last = Vec::new();
        for block in steps.split("\n-- ") {
            let (head, lines) = block.split_once('\n').unwrap_or((block, ""));
            if let Some((actor, _)) = head.split_once("'s prompt comes back") {
                room.at(actor).prompt().await;
                continue;
            }
            let Some((terminal, words)) = head.strip_prefix("Step ").and_then(|head| {
                let (_, rest) = head.split_once(" in ")?;
                rest.split_once(": ")
            }) else {
                continue;
            };
            let terminal_of = room.at(terminal);
            terminal_of.enter(lines).await;
            if words.starts_with("waits.") {
                terminal_of.waits().await;
                continue;
            }
            let said = terminal_of.prompt().await;
            if words.starts_with("When everybody is done") {
                last = said;
            }
        }
        last
    }

    fn at(&mut self, terminal: &str) -> &mut Terminal {
        self.terminals.entry(terminal.to_owned()).or_insert_with(|| Terminal::open(self.url))
    }
}
