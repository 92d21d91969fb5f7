//! How fast the checks read a journal, and whether ten times as many entries take ten times as long.
//!
//! checks [ENTRIES]   real runs with about so many entries and with a tenth of them; each journal is judged from memory
//!
//! Two kinds: many buyers of one product (rows, operations, answers), and the status of many orders (messages).

use std::time::Instant;

use engine::{Config, Lab};
use lab::checks;
use lab::event::Entry;
use lab::spec::Spec;
use serde_json::json;

/// What the goal names.
const ENTRIES: u64 = 1_000_000;
/// Each journal is judged so often, and the median counts.
const ROUNDS: usize = 3;
/// A tenth of the entries.
const TENTH: u64 = 10;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let entries = arguments.next().map_or(Ok(ENTRIES), |text| text.parse())?;
    let data = std::env::temp_dir().join(format!("interleave-checks-{}", std::process::id()));
    let lab = Lab::open(Config { data: data.clone(), ..Config::default() }).await?;
    println!("scenario        entries  million a second   time against a tenth");
    for scenario in ["stock", "order-status"] {
        let few = judged(&lab, scenario, entries / TENTH).await?;
        let many = judged(&lab, scenario, entries).await?;
        println!("{scenario:<14} {:>8}  {:>16.2}", few.entries, few.millions());
        println!(
            "{scenario:<14} {:>8}  {:>16.2}  {:>12.1}",
            many.entries,
            many.millions(),
            many.seconds / few.seconds
        );
    }
    lab.close().await;
    Ok(std::fs::remove_dir_all(data)?)
}

/// How long a journal took.
struct Judged {
    entries: usize,
    seconds: f64,
}

impl Judged {
    fn millions(&self) -> f64 {
        self.entries as f64 / self.seconds / 1e6
    }
}

async fn judged(lab: &Lab, scenario: &str, entries: u64) -> Result<Judged, Failure> {
    let journal = lab.run_headless(spec(lab, scenario, entries)?, |_| ()).await?;
    let mut seconds: Vec<f64> = (0..ROUNDS).map(|_| time(&journal)).collect();
    seconds.sort_by(f64::total_cmp);
    Ok(Judged { entries: journal.len(), seconds: seconds[ROUNDS / 2] })
}

fn time(journal: &[Entry]) -> f64 {
    let began = Instant::now();
    let verdict = checks::judge(journal);
    let seconds = began.elapsed().as_secs_f64();
    // Of very many orders the final read tells a part, and the verdict says so.
    assert!(!verdict.is_broken(), "the run was meant to hold: {:?}", verdict.broken());
    seconds
}

/// A run with about so many entries. More than one that people look at may have.
fn spec(lab: &Lab, scenario: &str, entries: u64) -> Result<Spec, Failure> {
    let (asked, knob, of_each) = match scenario {
        // A purchase is asked for, made and answered.
        "stock" => {
            let workload = json!({ "buyers": 16, "products": 100, "quantity": 1_000_000, "think_ms": 0 });
            (json!({ "strategy": "atomic-update", "workload": workload }), "purchases", 16 * 3)
        }
        // Five events of an order are published, handed out, applied and acknowledged.
        _ => {
            let workload = json!({ "steps": 5, "consumers": 2, "partitions": 2 });
            let strategy = "partitioned-versioned";
            (json!({ "lab": "messages", "strategy": strategy, "workload": workload }), "orders", 5 * 4)
        }
    };
    let mut asked = asked;
    asked["schedule"] = json!({ "kind": "live" });
    asked["pace"] = json!("instant");
    let mut spec = Spec::read(&asked, &lab.catalog())?;
    spec.workload.insert(knob.into(), (entries / of_each).max(1));
    Ok(spec)
}
