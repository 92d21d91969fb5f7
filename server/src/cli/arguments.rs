//! The flags, their environment twins and their help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Real concurrent writes on real databases, watched and judged. Without a command: serve.
#[derive(Debug, Parser)]
#[command(name = "interleave", version, about, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The flags of `serve`, when no command is named.
    #[command(flatten)]
    pub serve: ServeArguments,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the lab to browsers.
    Serve(ServeArguments),
    /// Run a spec without a server; the verdict is the exit code.
    Run(RunArguments),
    /// Judge a journal again, from the file alone.
    Judge(JudgeArguments),
    /// Execute a journal's schedule again, and say whether the same came out.
    Replay(ReplayArguments),
    /// List labs, scenarios, strategies, knobs, engines and invariants.
    Catalog(CatalogArguments),
    /// Try a crash at every point of a run, one run for each, and tell what came of it.
    Matrix(MatrixArguments),
    /// Play a run in every order of its steps, and say what broke in each.
    Explore(ExploreArguments),
    /// Run the promise tables at length: each witness, and each promise to hold under many seeds.
    Prove(ProveArguments),
    /// Look at what is here, and what will not work.
    Doctor(ServeArguments),
}

/// The flags of `serve` and `doctor`.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", env = "INTERLEAVE_LISTEN", default_value = "127.0.0.1:3000")]
    pub listen: String,
    /// The folder of the journals [default: interleave in the user's data folder].
    #[arg(long, value_name = "DIR", env = "INTERLEAVE_DATA")]
    pub data: Option<PathBuf>,
    /// The folder of the browser's files [default: found beside the program].
    #[arg(long, value_name = "DIR", env = "INTERLEAVE_SITE")]
    pub site: Option<PathBuf>,
    /// Open the lab to other machines: prints a join code and the teacher's link.
    #[arg(long)]
    pub share: bool,
    /// A name besides addresses under which a shared lab is reached, such as lab.example:3000; may be repeated.
    #[arg(long = "host", value_name = "NAME:PORT")]
    pub hosts: Vec<String>,
    /// A talk: JSON with a title and stops, each with title, link and notes. The keys n and b walk through it, and /talk
    /// lists it.
    #[arg(long, value_name = "FILE")]
    pub playlist: Option<PathBuf>,
    /// The engines.
    #[command(flatten)]
    pub engines: EngineArguments,
}

/// Which engines there are besides the embedded ones.
#[derive(Debug, Args)]
pub struct EngineArguments {
    /// An engine to experiment on, such as postgres=postgres://user:password@host/database; may be repeated.
    /// In the environment: a list with commas.
    #[arg(long = "engine", value_name = "NAME=URL", env = "INTERLEAVE_ENGINE", hide_env_values = true)]
    pub engine: Vec<String>,
}

/// What a verdict is measured by, and how it is shown.
#[derive(Debug, Args)]
pub struct VerdictArguments {
    /// The verdict as JSON.
    #[arg(long)]
    pub json: bool,
    /// What should come out: holds, breaks, or breaks:INVARIANT.
    #[arg(long, value_name = "VERDICT", default_value = "holds")]
    pub expect: String,
}

/// The flags of `run`.
#[derive(Debug, Args)]
pub struct RunArguments {
    /// The spec's file, or - for stdin.
    pub spec: PathBuf,
    /// Write the journal to this file, as JSON Lines.
    #[arg(long, value_name = "FILE")]
    pub journal: Option<PathBuf>,
    /// The verdict's flags.
    #[command(flatten)]
    pub verdict: VerdictArguments,
    /// The engines.
    #[command(flatten)]
    pub engines: EngineArguments,
}

/// The flags of `judge`.
#[derive(Debug, Args)]
pub struct JudgeArguments {
    /// The journal's file: JSON Lines, as `run --journal` and the API write it.
    pub journal: PathBuf,
    /// The verdict's flags.
    #[command(flatten)]
    pub verdict: VerdictArguments,
}

/// The flags of `replay`.
#[derive(Debug, Args)]
pub struct ReplayArguments {
    /// The journal's file: JSON Lines, as `run --journal` and the API write it.
    pub journal: PathBuf,
    /// The engines.
    #[command(flatten)]
    pub engines: EngineArguments,
}

/// The flags of `matrix`.
#[derive(Debug, Args)]
pub struct MatrixArguments {
    /// The spec's file, or - for stdin.
    pub spec: PathBuf,
    /// Only the steps of this actor [default: everybody's].
    #[arg(long, value_name = "ACTOR")]
    pub actor: Option<String>,
    /// Every strategy of the spec's scenario, not the spec's own alone.
    #[arg(long)]
    pub strategies: bool,
    /// The outcomes as JSON, each with the spec of its run.
    #[arg(long)]
    pub json: bool,
    /// The engines.
    #[command(flatten)]
    pub engines: EngineArguments,
}

/// The flags of `explore`.
#[derive(Debug, Args)]
pub struct ExploreArguments {
    /// The spec's file, or - for stdin.
    pub spec: PathBuf,
    /// The most runs.
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub orders: u64,
    /// Every strategy of the spec's scenario, not the spec's own alone.
    #[arg(long)]
    pub strategies: bool,
    /// The outcomes as JSON, each with the spec of its run.
    #[arg(long)]
    pub json: bool,
    /// The engines.
    #[command(flatten)]
    pub engines: EngineArguments,
}

/// The flags of `prove`.
#[derive(Debug, Args)]
pub struct ProveArguments {
    /// Which cells, as STRATEGY/INVARIANT/ENGINE; parts may be left out. Without any: all.
    #[arg(value_name = "CELL")]
    pub cells: Vec<String>,
    /// Under how many seeds a promise to hold is tried.
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub seeds: u64,
    /// The file that says what was proved; cells in it that are not proved now stay as they are.
    #[arg(long, value_name = "FILE", default_value = "promises.json")]
    pub out: PathBuf,
    /// The engines.
    #[command(flatten)]
    pub engines: EngineArguments,
}

/// The flags of `catalog`.
#[derive(Debug, Args)]
pub struct CatalogArguments {
    /// Everything, as JSON.
    #[arg(long)]
    pub json: bool,
    /// The engines.
    #[command(flatten)]
    pub engines: EngineArguments,
}
