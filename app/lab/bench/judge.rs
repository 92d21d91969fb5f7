//! How fast the checks read a journal, and whether a long one takes longer than its length: journals of real runs, set
//! end to end with their names changed until they have so many entries.
//!
//! `cargo bench -p lab --bench judge -- JOURNAL..`

use std::time::{Duration, Instant};

use lab::checks::judge;
use lab::event::{Entry, Event};

/// The two lengths, in entries.
const LENGTHS: [usize; 2] = [100_000, 1_000_000];
/// How often each is judged; the best counts, because machines are noisy.
const ROUNDS: usize = 5;
/// What names begin with that must differ from copy to copy.
const NAMES: [&str; 4] = ["sku-", "order-", "buyer-", "service-"];

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let paths: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if paths.is_empty() {
        println!("Give it journals: interleave run SPEC.json --journal FILE writes them.");
    }
    println!("journal                 entries  entries/s   entries  entries/s   time for ten times as many");
    for path in paths {
        let text = std::fs::read_to_string(&path)?;
        let name = path.rsplit('/').next().unwrap_or(&path);
        let [short, long] = LENGTHS.map(|length| {
            let entries = copies(&text, length)?;
            Ok::<_, Failure>((entries.len(), time(&entries)))
        });
        let ((short, short_took), (long, long_took)) = (short?, long?);
        let rate = |entries: usize, took: Duration| entries as f64 / took.as_secs_f64();
        // Copies are whole, so the lengths are not exactly ten to one.
        let ratio = rate(short, short_took) / rate(long, long_took) * 10.0;
        println!(
            "{name:<20} {short:>10} {:>10.0} {long:>9} {:>10.0} {ratio:>10.2} times",
            rate(short, short_took),
            rate(long, long_took),
        );
    }
    Ok(())
}

fn time(entries: &[Entry]) -> Duration {
    let once = || {
        let began = Instant::now();
        std::hint::black_box(judge(std::hint::black_box(entries)));
        began.elapsed()
    };
    (0..ROUNDS).map(|_| once()).min().unwrap_or_default()
}

/// The journal set end to end: one header, one setup, one final read, and between them copy after copy.
fn copies(text: &str, length: usize) -> Result<Vec<Entry>, Failure> {
    let lines = text.lines().count().max(1);
    let mut begin: Vec<Entry> = Vec::new();
    let mut middle: Vec<Entry> = Vec::with_capacity(length + lines);
    let mut end: Option<Entry> = None;
    for copy in 0..length.div_ceil(lines) {
        let offset = (copy * lines) as u64;
        for line in text.lines() {
            let mut entry: Entry = serde_json::from_str(&renamed(line, copy))?;
            entry.seq += offset;
            entry.causes.iter_mut().for_each(|cause| *cause += offset);
            match (&mut entry.event, begin.as_mut_slice()) {
                (Event::Header(_), []) => begin.push(entry),
                (Event::Setup { rows }, [_, first]) => add_setup(first, std::mem::take(rows)),
                (Event::Setup { .. }, _) => begin.push(entry),
                (Event::Header(_) | Event::Verdict(_), _) => {}
                (Event::FinalRead { .. }, _) => add_final(&mut end, entry),
                _ => middle.push(entry),
            }
        }
    }
    begin.append(&mut middle);
    begin.extend(end);
    Ok(begin)
}

fn renamed(line: &str, copy: usize) -> String {
    if copy == 0 {
        return line.to_owned();
    }
    NAMES.iter().fold(line.to_owned(), |line, name| line.replace(name, &format!("{name}{copy}-")))
}

fn add_setup(first: &mut Entry, mut more: Vec<lab::event::CounterRow>) {
    if let Event::Setup { rows } = &mut first.event {
        rows.append(&mut more);
    }
}

fn add_final(end: &mut Option<Entry>, entry: Entry) {
    let Some(first) = end else {
        *end = Some(entry);
        return;
    };
    first.seq = entry.seq;
    if let (
        Event::FinalRead { rows, sales, records, more },
        Event::FinalRead { rows: rows_too, sales: sales_too, records: records_too, more: more_too },
    ) = (&mut first.event, entry.event)
    {
        rows.extend(rows_too);
        sales.extend(sales_too);
        records.extend(records_too);
        *more = more_too;
    }
}
