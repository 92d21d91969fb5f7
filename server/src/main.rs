//! The `interleave` program.

use std::io::{IsTerminal, stderr};
use std::process::ExitCode;

use clap::Parser;
use server::cli::Cli;
use tracing_subscriber::EnvFilter;

/// An entry is a dozen small strings, made by one thread and dropped by another: the system's allocator took nearly half
/// of a busy run's processor time (BENCHMARKS.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the log says when `RUST_LOG` says nothing: the program speaks on stdout, the log only of trouble. A
/// statement that waits for a lock is no trouble here, it is the lesson; nor is a Raft node that is cut off.
const LOG_DEFAULT: &str = "warn,sqlx::query=error,openraft=off";

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOG_DEFAULT));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .init();
    let cli = Cli::parse();
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(server::cli::main(cli)),
        Err(error) => {
            eprintln!("interleave: no thread could be started: {error}");
            ExitCode::FAILURE
        }
    }
}
