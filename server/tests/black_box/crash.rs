//! The program is killed in the middle of runs. What anybody was shown must be there afterwards.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use lab::dice::Dice;
use lab::event::{Entry, Event};
use lab::wire::{Frame, RunSummary, State};

use super::client::{Folder, Server};

/// How often the program is killed.
const KILLS: u64 = 50;
/// A run long enough to be killed in: a few thousand entries, as fast as they come.
const SPEC: &str = r#"{"strategy":"optimistic","pace":"instant",
    "workload":{"buyers":8,"purchases":200,"quantity":100000,"think_ms":1}}"#;

struct Program {
    child: Child,
    client: Server,
}

impl Program {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_interleave"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().parse().unwrap();
        Self { child, client: Server::at(address) }
    }

    /// SIGKILL: nothing of the program gets a chance to tidy up.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Watches the run until it has shown at least so many entries, or is over.
async fn watch(client: &Server, run: &str, enough: usize) -> Vec<Entry> {
    let mut feed = client.feed(run, 0).await;
    let mut shown = Vec::new();
    while shown.len() < enough {
        match feed.next().await {
            Some(Frame::Entries { entries }) => shown.extend(entries),
            Some(Frame::Hello { .. } | Frame::Offer { .. }) => {}
            Some(Frame::Bye { .. }) | None => break,
        }
    }
    shown
}

#[tokio::test]
async fn whatever_was_shown_survives_50_kills_and_the_run_comes_back_as_interrupted() {
    let data = Folder::new();
    let dice = Dice::new(7);
    let mut program = Program::start(&data.0);
    for kill in 0..KILLS {
        let run = program.client.run(SPEC).await;
        let enough = usize::try_from(dice.below(&["kill", &kill.to_string()], 1_500)).unwrap();
        let shown = watch(&program.client, &run, enough).await;
        program.kill();
        program = Program::start(&data.0);
        let summary = program.client.get(&format!("/api/v1/runs/{run}")).await.json::<RunSummary>();
        assert_eq!(summary.state, State::Interrupted, "kill {kill}");
        let kept = program.client.journal(&run, 0).await;
        assert!(kept.len() >= shown.len() + 2, "kill {kill}: {} shown, {} kept", shown.len(), kept.len());
        assert_eq!(kept[..shown.len()], shown[..], "kill {kill}");
        assert!(kept.iter().zip(1..).all(|(entry, seq)| entry.seq == seq), "kill {kill}");
        let last: Vec<&str> = kept[kept.len() - 2..].iter().map(|entry| entry.event.name()).collect();
        assert_eq!(last, ["interrupted", "verdict"], "kill {kill}");
        assert!(
            matches!(&kept[kept.len() - 1].event, Event::Verdict(verdict) if Some(&**verdict) == summary.verdict.as_ref())
        );
    }
    program.kill();
}
