//! `interleave doctor`: what is here, and what will not work.

use std::path::Path;
use std::process::Command;

use engine::{Config, Lab};

use super::arguments::ServeArguments;
use super::engines::Engines;
use super::exit::{Exit, Failure};
use super::folders::{self, Scratch};
use super::{listen, say};
use crate::site::Site;

/// Below this, in bytes, the disk may fill up during a long run.
const DISK_MIN: u64 = 1024 * 1024 * 1024;

/// Looks at everything and changes nothing, except that the data folder is made. The exit code is the worst found.
pub(super) async fn doctor(arguments: ServeArguments) -> Result<Exit, Failure> {
    let engines = Engines::read(&arguments.engines.engine)?;
    let data = folders::data(arguments.data)?;
    let mut findings = vec![
        port(&arguments.listen, arguments.share).await,
        folders::check_writable(&data).map(|()| format!("journals can be kept in {}", data.display())),
        disk(&data),
        site(arguments.site.as_deref()),
    ];
    findings.extend(embedded().await);
    findings.extend(given(&engines).await);
    let mut worst = Exit::Fine;
    for finding in findings {
        match finding {
            Ok(sentence) => say(&format!("ok  {sentence}\n")),
            Err(failure) => {
                say(&format!("no  {}\n", engines.mask(&failure.sentence)));
                worst = if worst == Exit::NoEngine { worst } else { failure.exit };
            }
        }
    }
    Ok(worst)
}

type Finding = Result<String, Failure>;

async fn port(listen: &str, share: bool) -> Finding {
    let address = listen::address(listen, share)?;
    listen::bind(address).await.map(|_| format!("{address} is free"))
}

/// The free space, by the system's own tool: nothing else here needs to know file systems.
fn disk(folder: &Path) -> Finding {
    let told =
        Command::new("df").arg("-Pk").arg(folder).output().ok().filter(|output| output.status.success());
    let told = told.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let free =
        told.as_deref().and_then(|told| told.lines().last()?.split_whitespace().nth(3)?.parse::<u64>().ok());
    let Some(free) = free.map(|kilobytes| kilobytes.saturating_mul(1024)) else {
        return Ok("how much disk is free is unknown: there is no `df` here".into());
    };
    let megabytes = free / (1024 * 1024);
    if free < DISK_MIN {
        return Err(Failure::machine(format!(
            "only {megabytes} MiB of disk are free; a long run needs more"
        )));
    }
    Ok(format!("{megabytes} MiB of disk are free"))
}

fn site(told: Option<&Path>) -> Finding {
    let site = told.map_or_else(|| Ok(Site::beside_program()), Site::at).map_err(Failure::machine)?;
    let folder = site
        .folder()
        .ok_or_else(|| Failure::machine("the browser's files are not there: run `./dev build`"))?;
    Ok(format!("the browser's files are in {}", folder.display()))
}

async fn embedded() -> Vec<Finding> {
    let scratch = match Scratch::new() {
        Ok(scratch) => scratch,
        Err(failure) => return vec![Err(failure)],
    };
    let lab = match Lab::open(Config {
        data: scratch.folder().to_owned(),
        postgres: None,
        nats: None,
        zookeeper: None,
    })
    .await
    {
        Ok(lab) => lab,
        Err(error) => return vec![Err(error.into())],
    };
    let catalog = lab.catalog();
    lab.close().await;
    let here = catalog.engines.iter().filter(|engine| engine.available);
    here.map(|engine| Ok(format!("{}: {} ({})", engine.port, engine.title, engine.name))).collect()
}

async fn given(engines: &Engines) -> Vec<Finding> {
    if *engines == Engines::default() {
        return Vec::new();
    }
    let scratch = match Scratch::new() {
        Ok(scratch) => scratch,
        Err(failure) => return vec![Err(failure)],
    };
    match Lab::open(Config {
        data: scratch.folder().to_owned(),
        postgres: engines.postgres.clone(),
        nats: engines.nats.clone(),
        zookeeper: engines.zookeeper.clone(),
    })
    .await
    {
        Ok(lab) => {
            let catalog = lab.catalog();
            lab.close().await;
            let shown = Ok(engines.shown().join(", "));
            let log = catalog.engines_of("log").filter(|_| engines.postgres.is_some()).map(|card| {
                Ok(match card.available {
                    true => format!("{}: {} ({})", card.port, card.title, card.name),
                    false => format!("what needs {} is {}", card.name, card.remedy),
                })
            });
            std::iter::once(shown).chain(log).collect()
        }
        Err(error) => vec![Err(error.into())],
    }
}
