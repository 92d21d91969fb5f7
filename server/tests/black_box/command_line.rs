//! The program as a script calls it: exit codes, and sentences on stderr.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::client::Folder;

const SPEC: &str = r#"{"strategy":"optimistic","pace":"instant","workload":{"buyers":4,"quantity":4},
    "retry":{"attempts_max":50}}"#;

fn interleave(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_interleave"));
    for name in ["INTERLEAVE_LISTEN", "INTERLEAVE_DATA", "INTERLEAVE_ENGINE", "INTERLEAVE_SITE", "RUST_LOG"] {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The command ends with this code, and says these words on either channel.
fn check(arguments: &[&str], code: i32, words: &[&str]) -> Output {
    let output = interleave(arguments).output().unwrap();
    let said = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    words.iter().for_each(|word| assert!(said.contains(word), "{arguments:?} does not say {word:?}: {said}"));
    output
}

fn show(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_wrong_command_line_is_one_sentence_with_the_remedy() {
    for (arguments, words) in [
        (&["--engine", "postgres"][..], &["NAME=URL"][..]),
        (&["--engine", "oracle=oracle://u:secret@host/db"], &["oracle", "postgres"]),
        (&["--engine", "postgres=host:secret@db"], &["postgres://"]),
        (&["--listen", "0.0.0.0:3000"], &["0.0.0.0:3000", "--share", "127.0.0.1:3000"]),
        (&["--listen", "somewhere"], &["somewhere", "127.0.0.1:3000"]),
        (&["serve", "--host", "lab.example:3000"], &["--share"]),
        (&["prove", "magic"], &["magic", "STRATEGY/INVARIANT/ENGINE"]),
        (&["--site", "/nowhere"], &["/nowhere", "./dev build"]),
        (&["run", "/nowhere.json"], &["/nowhere.json"]),
        (&["run", "-", "--expect", "magic"], &["magic", "breaks:INVARIANT"]),
        (&["judge", "/nowhere.jsonl"], &["/nowhere.jsonl"]),
    ] {
        let output = check(arguments, 2, words);
        let said = text(&output.stderr);
        assert_eq!((said.lines().count(), said.contains("secret")), (1, false), "{said}");
    }
}

#[test]
fn what_cannot_be_written_is_exit_5_on_either_channel() {
    let folder = Folder::new();
    let spec = folder.file("spec.json", SPEC);
    let full = || Stdio::from(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    for arguments in [&["run", show(&spec)][..], &["catalog"]] {
        let output = interleave(arguments).stdout(full()).output().unwrap();
        assert_eq!(output.status.code(), Some(5), "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains("cannot be written to stdout"));
    }
    check(&["run", show(&spec), "--journal", "/dev/full"], 5, &["/dev/full", "No space left"]);
}

#[test]
fn a_journal_of_another_version_is_not_judged_and_one_of_another_catalog_with_a_remark() {
    let folder = Folder::new();
    let spec = folder.file("spec.json", SPEC);
    let journal = folder.0.join("run.jsonl");
    check(&["run", show(&spec), "--journal", show(&journal)], 0, &[]);
    let written = std::fs::read_to_string(&journal).unwrap();
    let edited = |from: &str, to: &str| {
        let (first, rest) = written.split_once('\n').unwrap();
        assert!(first.contains(from), "{first}");
        folder.file("edited.jsonl", &format!("{}\n{rest}", first.replacen(from, to, 1)))
    };
    let newer = edited("\"version\":1,\"lab\"", "\"version\":9,\"lab\"");
    check(&["judge", show(&newer)], 2, &["version 9", "must be 1"]);
    let catalog = format!("\"catalog\":\"{}\"", engine::catalog::VERSION);
    let other = edited(&catalog, "\"catalog\":\"99\"");
    check(&["judge", show(&other)], 0, &["The catalog was 99"]);
}

#[test]
fn a_postgres_that_does_not_answer_is_exit_4_without_its_password() {
    // Port 1 is nobody's: the refusal is immediate.
    let url = "postgres=postgres://user:secret@127.0.0.1:1/lab";
    let output = check(&["catalog", "--engine", url], 4, &["127.0.0.1"]);
    assert!(!text(&output.stderr).contains("secret"), "{}", text(&output.stderr));
}

#[test]
fn a_port_in_use_is_named_with_the_remedy() {
    let folder = Folder::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    check(&["--listen", &address, "--data", show(&folder.0)], 1, &[&address, "in use", "--listen"]);
}

#[test]
fn a_data_folder_that_cannot_be_written_to_is_named() {
    let folder = Folder::new();
    let file = folder.file("file", "");
    let inside = file.join("data");
    check(&["--listen", "127.0.0.1:0", "--data", show(&inside)], 1, &[show(&inside), "--data"]);
}

#[test]
fn a_run_is_judged_again_from_its_journal_alone() {
    let folder = Folder::new();
    let spec = folder.file("spec.json", SPEC);
    let journal = folder.0.join("run.jsonl");
    check(&["run", show(&spec), "--journal", show(&journal)], 0, &["no-lost-update", "verdict: holds"]);
    check(&["run", show(&spec), "--expect", "breaks"], 1, &["verdict: holds"]);
    let nowhere = folder.0.join("no/such/folder.jsonl");
    check(&["run", show(&spec), "--journal", show(&nowhere)], 2, &[show(&nowhere)]);
    check(&["judge", show(&journal)], 0, &["verdict: holds"]);
    check(&["judge", show(&journal), "--expect", "breaks:no-oversell"], 1, &[]);
    check(&["judge", show(&journal), "--expect", "breaks:no-idea"], 2, &["no-idea", "no-oversell"]);
    check(&["replay", show(&journal)], 1, &["live", "cannot be replayed exactly"]);
    let output = check(&["judge", show(&journal), "--json"], 0, &[]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&json["outcome"], &json["as_expected"]), (&"holds".into(), &true.into()));
}

#[test]
fn a_scheduled_run_replays_exactly() {
    let folder = Folder::new();
    let spec = folder.file("spec.json", &SPEC.replacen('{', r#"{"schedule":{"kind":"seeded"},"#, 1));
    let journal = folder.0.join("run.jsonl");
    check(&["run", show(&spec), "--journal", show(&journal)], 0, &["verdict: holds"]);
    check(&["replay", show(&journal)], 0, &["exact\n"]);
}

#[test]
fn a_run_is_told_as_a_story_below_its_verdict() {
    let folder = Folder::new();
    let alone =
        r#"{"strategy":"unprotected","pace":"instant","workload":{"buyers":1},"schedule":{"kind":"seeded"}}"#;
    let spec = folder.file("spec.json", alone);
    let words =
        ["verdict: holds", "What happened here", "never put to the test", "Try next", "/labs/concurrency?"];
    check(&["run", show(&spec)], 0, &words);
    let output = check(&["run", show(&spec), "--json"], 0, &[]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["story"]["why"][0]["kind"], "untested");
}

#[test]
fn a_run_by_hand_is_refused_where_there_is_no_hand() {
    let folder = Folder::new();
    let spec = folder.file("spec.json", r#"{"schedule":{"kind":"by-hand"}}"#);
    check(&["run", show(&spec)], 2, &["the command line has no hand", "\"recorded\""]);
}

#[test]
fn a_broken_journal_is_named_by_its_line() {
    let folder = Folder::new();
    let spec = folder.file("spec.json", SPEC);
    let whole = folder.0.join("run.jsonl");
    check(&["run", show(&spec), "--journal", show(&whole)], 0, &[]);
    let lines: Vec<String> = std::fs::read_to_string(&whole).unwrap().lines().map(str::to_owned).collect();
    let judge = |name: &str, lines: &[String], code: i32, words: &[&str]| {
        check(&["judge", show(&folder.file(name, &(lines.join("\n") + "\n")))], code, words);
    };
    judge("missing", &[&lines[..3], &lines[4..]].concat(), 2, &["line 4", "missing"]);
    judge("garbled", &[&lines[..3], &["{oops".to_owned()], &lines[4..]].concat(), 2, &["line 4", "no entry"]);
    judge("headless", &lines[1..], 2, &["line 1"]);
    judge("cut", &lines[..lines.len() - 3], 3, &["undecided"]);
    judge("empty", &[], 2, &["line 1"]);
}

#[test]
fn a_spec_is_read_from_stdin_and_its_faults_are_told() {
    let mut child = interleave(&["run", "-"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(br#"{"workload":{"buyers":0},"seed":-1}"#).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("workload.buyers is 0") && said.contains("seed is -1"), "{said}");
}

#[test]
fn the_catalog_is_listed_for_people_and_for_programs() {
    check(
        &["catalog"],
        0,
        &["scenario stock", "strategy optimistic", "knob buyers", "invariants", "store sqlite"],
    );
    let output = check(&["catalog", "--json"], 0, &[]);
    let catalog: lab::catalog::Catalog = serde_json::from_slice(&output.stdout).unwrap();
    assert!(catalog.strategy("stock", "optimistic").is_some());
}

#[test]
fn the_doctor_looks_at_port_folder_and_disk() {
    let folder = Folder::new();
    let output =
        interleave(&["doctor", "--listen", "127.0.0.1:0", "--data", show(&folder.0)]).output().unwrap();
    let said = text(&output.stdout);
    for word in ["ok  127.0.0.1:0 is free", "ok  journals can be kept", "disk", "SQLite"] {
        assert!(said.contains(word), "{word}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn a_log_that_cannot_be_read_is_told_by_doctor_and_catalog_and_refused_with_exit_2() {
    let folder = Folder::new();
    let spec = folder.file(
        "spec.json",
        r#"{"lab":"outbox","scenario":"order-placed","strategy":"outbox-cdc","engine":{"store":"postgres"},"pace":"instant"}"#,
    );
    let why = "because its wal_level is replica; set wal_level = logical and restart PostgreSQL";
    let on_such_a_postgres = |arguments: &str| {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/engine/throwaway-postgres.sh");
        let line = format!(
            "exec {} {arguments} --engine postgres=$INTERLEAVE_TEST_POSTGRES",
            env!("CARGO_BIN_EXE_interleave")
        );
        Command::new(script).args(["sh", "-c", &line]).env("PG_WAL_LEVEL", "replica").output().unwrap()
    };
    let data = show(&folder.0);
    for (arguments, code) in [
        (format!("run {}", show(&spec)), Some(2)),
        (format!("doctor --listen 127.0.0.1:0 --data {data}"), None),
        ("catalog".to_owned(), Some(0)),
    ] {
        let output = on_such_a_postgres(&arguments);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(said.contains(why), "{arguments}: {said}");
        // What else the doctor finds is not asked here.
        assert!(code.is_none() || output.status.code() == code, "{arguments}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn a_server_tells_its_address_and_stops_when_it_is_told() {
    let folder = Folder::new();
    let mut command = interleave(&["--listen", "127.0.0.1:0", "--data", show(&folder.0)]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let address = first.strip_prefix("Interleave listens on http://").unwrap_or_else(|| panic!("{first}"));
    assert!(std::net::TcpStream::connect(address).is_ok() && !address.ends_with(":0"), "{address}");
    let told = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(told.success() && child.wait().unwrap().success());
    assert!(lines.any(|line| line.unwrap().contains("stopped")));
}

#[test]
fn a_cell_is_proved_by_many_seeds_and_written_down_and_others_on_file_stay() {
    let folder = Folder::new();
    let out = folder.0.join("promises.json");
    let prove = |cells: &[&str], seeds: &str, words: &str| {
        check(&[&["prove"], cells, &["--seeds", seeds, "--out", show(&out)]].concat(), 0, &[words]);
        let text = std::fs::read_to_string(&out).unwrap();
        let promises: serde_json::Value = serde_json::from_str(&text).unwrap();
        let cell = |cell: &serde_json::Value| {
            assert!(cell["engine_version"].as_str().unwrap().starts_with("SQLite") && cell["proved"] == true);
            (cell["strategy"].as_str().unwrap().to_owned(), cell["seeds"].as_u64().unwrap())
        };
        let mut proved: Vec<(String, u64)> = promises["cells"].as_array().unwrap().iter().map(cell).collect();
        proved.sort();
        proved
    };
    let count = |proved: &[(String, u64)], name: &str, seeds: u64| {
        proved.iter().filter(|(strategy, of)| strategy == name && *of == seeds).count()
    };
    // With an effect of either kind; a witness takes one run, a promise as many as there are seeds.
    let both = prove(&["inbox//sqlite", "none/no-double-charge/sqlite"], "3", "7 cells, 0 contradicted");
    assert_eq!(both.len(), 7, "{both:?}");
    assert_eq!((count(&both, "inbox", 3), count(&both, "none", 1)), (3, 2), "{both:?}");
    let again = prove(&["inbox//sqlite"], "2", "5 cells, 0 contradicted");
    assert_eq!((count(&again, "inbox", 2), count(&again, "none", 1)), (3, 2), "{again:?}");
    assert_eq!(again.len(), 7, "{again:?}");
}

#[test]
fn every_order_of_steps_is_tried_and_told() {
    let folder = Folder::new();
    let spec = folder.0.join("spec.json");
    std::fs::write(&spec, r#"{"strategy":"unprotected"}"#).unwrap();
    let told = [
        "fine in 2 of 6 orders",
        "buyer-1 read; buyer-2 read, write; buyer-1 write: ",
        "no-lost-update BROKEN",
    ];
    check(&["explore", show(&spec)], 1, &told);
    check(&["explore", show(&spec), "--orders", "3"], 1, &["of 3 orders; there are more"]);
    std::fs::write(&spec, r#"{"strategy":"atomic-update"}"#).unwrap();
    check(&["explore", show(&spec)], 0, &["fine in 2 of 2 orders"]);
    // What holds in those that were tried may break in the others.
    check(&["explore", show(&spec), "--orders", "1"], 3, &["fine in 1 of 1 order; there are more"]);
}

#[test]
fn a_matrix_finds_the_crash_points_that_break_and_those_that_do_not() {
    let folder = Folder::new();
    let spec = folder.0.join("spec.json");
    for (strategy, effect, code, words) in [
        ("inbox", "ledger-row", 0, &["consumer-1/commit#1", "fine"][..]),
        ("inbox", "provider-call", 1, &["consumer-1/commit#1", "no-double-charge BROKEN"]),
        ("dedup-then-effect", "ledger-row", 1, &["consumer-1/charge#1", "never charged"]),
    ] {
        let text =
            format!(r#"{{"lab":"duplicates","strategy":"{strategy}","workload":{{"effect":"{effect}"}}}}"#);
        std::fs::write(&spec, text).unwrap();
        check(&["matrix", show(&spec), "--actor", "consumer-1"], code, words);
    }
    std::fs::write(&spec, r#"{"scenario":"anomalies","strategy":"serializable"}"#).unwrap();
    check(&["matrix", show(&spec)], 2, &["anomalies", "no matrix"]);
}
