//! The command line: the server, and the engine without one.

pub mod arguments;
pub mod engines;
pub mod exit;

mod catalog;
mod doctor;
mod expectation;
mod explore;
mod folders;
mod headless;
mod journal;
mod judge;
mod listen;
mod matrix;
mod prove;
mod replay;
mod run;
mod serve;
mod table;

use std::io::{ErrorKind, Write};
use std::process::ExitCode;
use std::sync::OnceLock;

pub use arguments::Cli;
use arguments::Command;
use exit::{Exit, Failure};

/// Why what was found could not be written, the first time.
static UNWRITTEN: OnceLock<String> = OnceLock::new();

/// Does what was asked for. A failure is one sentence on stderr.
pub async fn main(cli: Cli) -> ExitCode {
    let done = match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(arguments) => serve::serve(arguments).await,
        Command::Run(arguments) => run::run(arguments).await,
        Command::Judge(arguments) => judge::judge(arguments),
        Command::Replay(arguments) => replay::replay(arguments).await,
        Command::Catalog(arguments) => catalog::catalog(arguments).await,
        Command::Matrix(arguments) => matrix::matrix(arguments).await,
        Command::Explore(arguments) => explore::explore(arguments).await,
        Command::Prove(arguments) => prove::prove(arguments).await,
        Command::Doctor(arguments) => doctor::doctor(arguments).await,
    };
    let exit = done.unwrap_or_else(|Failure { exit, sentence }| {
        warn(&sentence);
        exit
    });
    let Some(error) = UNWRITTEN.get() else { return exit.into() };
    warn(&format!("What was found cannot be written to stdout: {error}."));
    Exit::Unwritten.into()
}

/// Writes to stdout. A reader who has seen enough, such as `head`, is no failure.
fn say(text: &str) {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => drop(UNWRITTEN.set(error.to_string())),
        _ => {}
    }
}

/// Writes a sentence to stderr.
fn warn(sentence: &str) {
    let _ = writeln!(std::io::stderr().lock(), "interleave: {sentence}");
}
