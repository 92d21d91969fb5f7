//! `interleave run`: a spec from a file to its verdict.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lab::event::{Entry, Event};
use lab::spec::Spec;

use super::arguments::RunArguments;
use super::exit::{Exit, Failure};
use super::expectation::Expectation;
use super::headless::Headless;
use super::table::report;
use super::warn;

/// The largest spec that is read: the longest recorded schedule fits.
const SPEC_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// The command line plays what follows from a spec, and a hand does not.
const NO_HAND: &str = "schedule.kind is \"by-hand\", and the command line has no hand: start the run on a server and move \
                       it there, or make the kind \"recorded\" with the choices that you mean.";
/// The count on a terminal is drawn no more often than this.
const DRAWN_EVERY: Duration = Duration::from_millis(100);

/// Runs the spec.
pub(super) async fn run(arguments: RunArguments) -> Result<Exit, Failure> {
    let expectation = Expectation::read(&arguments.verdict.expect)?;
    let text = read(&arguments.spec)?;
    let headless = Headless::open(&arguments.engines).await?;
    let catalog = headless.lab.catalog();
    let spec = Spec::parse(&text, &catalog)?;
    if spec.schedule.is_by_hand() {
        return Err(Failure::usage(NO_HAND));
    }
    let judged = catalog.scenario(&spec.lab, &spec.scenario).map(|card| card.invariants.as_slice());
    expectation.check(judged.unwrap_or_default())?;
    let mut witness = Witness::new(arguments.journal)?;
    let ended = headless.run(spec, |entry| witness.see(entry)).await;
    headless.close().await;
    witness.end()?;
    let Some(entries) = ended? else {
        return Err(Failure { exit: Exit::Undecided, sentence: "The run was interrupted.".into() });
    };
    let Some(Event::Header(header)) = entries.first().map(|entry| &entry.event) else {
        return Err(Failure::machine("The run wrote no journal; that is a fault of this program."));
    };
    let cut = entries.iter().find_map(|entry| match &entry.event {
        Event::Interrupted { reason } => Some(reason.as_str()),
        _ => None,
    });
    let story = lab::story::tell(&entries, &catalog);
    report(header, &lab::checks::judge(&entries), cut, story.as_ref(), &arguments.verdict)
}

/// A spec's text, from its file or from stdin.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(SPEC_BYTES_MAX + 1).read_to_string(&mut text)
    } else {
        File::open(path).and_then(|file| file.take(SPEC_BYTES_MAX + 1).read_to_string(&mut text))
    };
    let length = read
        .map_err(|error| Failure::usage(format!("The spec {} cannot be read: {error}.", path.display())))?;
    if length as u64 > SPEC_BYTES_MAX {
        return Err(Failure::usage(format!(
            "The spec {} is larger than {SPEC_BYTES_MAX} bytes.",
            path.display()
        )));
    }
    Ok(text)
}

/// Sees each entry as it comes: keeps it, and shows that the run goes on.
struct Witness {
    journal: Option<(PathBuf, BufWriter<File>)>,
    fault: Option<io::Error>,
    is_terminal: bool,
    drawn_at: Instant,
    entries: u64,
}

impl Witness {
    fn new(path: Option<PathBuf>) -> Result<Self, Failure> {
        let journal = match path {
            None => None,
            Some(path) => {
                let file = File::create(&path).map_err(|error| Failure::usage(unwritten(&path, &error)))?;
                Some((path, BufWriter::new(file)))
            }
        };
        let is_terminal = io::stderr().is_terminal();
        Ok(Self { journal, fault: None, is_terminal, drawn_at: Instant::now(), entries: 0 })
    }

    fn see(&mut self, entry: &Entry) {
        self.entries += 1;
        if let Some((_, file)) = &mut self.journal
            && self.fault.is_none()
        {
            let written = serde_json::to_writer(&mut *file, entry).map_err(io::Error::from);
            self.fault = written.and_then(|()| file.write_all(b"\n")).err();
        }
        if self.is_terminal && self.drawn_at.elapsed() >= DRAWN_EVERY {
            self.drawn_at = Instant::now();
            let _ = write!(io::stderr().lock(), "\r{} entries", self.entries);
        }
    }

    fn end(self) -> Result<(), Failure> {
        if self.is_terminal {
            let _ = write!(io::stderr().lock(), "\r");
        }
        warn(&format!("{} entries.", self.entries));
        let Some((path, mut file)) = self.journal else {
            return Ok(());
        };
        match self.fault.map_or_else(|| file.flush(), Err) {
            Ok(()) => Ok(()),
            Err(error) => Err(Failure { exit: Exit::Unwritten, sentence: unwritten(&path, &error) }),
        }
    }
}

fn unwritten(path: &Path, error: &io::Error) -> String {
    format!("The journal cannot be written to {}: {error}.", path.display())
}
