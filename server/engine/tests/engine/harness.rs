//! What the engine's tests share: a lab on both stores, and specs in one line.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use engine::{Config, Lab};
use lab::event::Entry;
use lab::spec::Spec;
use serde_json::{Value, json};

/// Both stores, by their names in a spec.
pub const STORES: [&str; 2] = ["sqlite", "postgres"];

/// The PostgreSQL that the test command started.
///
/// # Panics
/// Without it: a missing engine fails, it is never skipped in silence.
pub fn postgres_url() -> String {
    std::env::var("INTERLEAVE_TEST_POSTGRES")
        .expect("INTERLEAVE_TEST_POSTGRES names no PostgreSQL; run ./dev test rust, which starts one")
}

/// The NATS that the test command started.
///
/// # Panics
/// As [`postgres_url`].
pub fn nats_url() -> String {
    std::env::var("INTERLEAVE_TEST_NATS")
        .expect("INTERLEAVE_TEST_NATS names no NATS; run ./dev test rust, which starts one")
}

/// A name that no other test of any process uses.
pub fn unused_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A folder of its own, removed when dropped.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        Self(std::env::temp_dir().join(format!("interleave-test-{}", unused_name())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A lab on both stores, with the folder that it must outlive.
pub async fn open_lab() -> (Lab, Folder) {
    let folder = Folder::new();
    let config =
        Config { data: folder.0.clone(), postgres: Some(postgres_url()), nats: None, zookeeper: None };
    (Lab::open(config).await.expect("the lab opens"), folder)
}

/// A spec at instant pace, with these fields over the defaults.
pub fn spec(lab: &Lab, store: &str, fields: Value) -> Spec {
    let mut json = json!({ "pace": "instant", "engine": { "store": store } });
    for (key, value) in fields.as_object().expect("fields are an object") {
        json[key] = value.clone();
    }
    Spec::read(&json, &lab.catalog()).expect("a good spec")
}

/// The journal of a run.
pub async fn run(lab: &Lab, spec: Spec) -> Arc<[Entry]> {
    lab.run_headless(spec, |_| ()).await.expect("the run starts").into()
}

/// The verdict in a journal.
pub fn verdict(entries: &[Entry]) -> &lab::verdict::Verdict {
    match entries.last().map(|entry| &entry.event) {
        Some(lab::event::Event::Verdict(verdict)) => verdict,
        other => panic!("the last entry is no verdict: {other:?}"),
    }
}
