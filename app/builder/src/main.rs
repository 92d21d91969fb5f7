//! Turns the compiled wasm, `style/` and `public/` into the folder that the server serves to browsers.
//!
//! `./dev build` calls it after cargo; nobody else needs to. Every step looks at what is already there, so a
//! second run over unchanged inputs writes nothing.

mod compress;
mod disk;
mod glue;
mod leave_out;
mod site;
mod stylesheet;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Parser;

use crate::site::{Kind, Site};

/// What `.cargo/config.toml` names as `LEPTOS_OUTPUT_NAME`: pages ask for files that start with it.
const OUTPUT_NAME: &str = "interleave";

/// Reloads the page after each build of `./dev watch`.
const RELOAD_SCRIPT: &str = include_str!("reload.js");

/// Builds the browser's half of Interleave.
#[derive(Parser)]
struct Arguments {
    /// The compiled page: `app.wasm`, as cargo wrote it.
    #[arg(long)]
    wasm: PathBuf,
    /// The stylesheet to start from.
    #[arg(long, default_value = "style/main.css")]
    style: PathBuf,
    /// Files to serve as they are.
    #[arg(long, default_value = "public")]
    public: PathBuf,
    /// The folder to fill; what does not belong there is removed.
    #[arg(long)]
    site: PathBuf,
    /// For the edit loop: no compressed copies, and the script that reloads the page.
    #[arg(long)]
    quick: bool,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut site = Site::new(!arguments.quick);
    add_glue(&mut site, &arguments.wasm)?;
    site.add_hashed(Kind::Css, stylesheet::bundle(&arguments.style)?.into_bytes());
    add_public(&mut site, &arguments.public)?;
    if arguments.quick {
        site.add("pkg/reload.js", RELOAD_SCRIPT.into());
    }
    print!("{}", site.write(&arguments.site)?);
    Ok(())
}

fn add_glue(site: &mut Site, wasm: &Path) -> Result<()> {
    let glue = glue::generate(wasm, OUTPUT_NAME)?;
    site.add_hashed(Kind::Js, glue.js);
    site.add_hashed(Kind::Wasm, glue.wasm);
    for (path, content) in glue.snippets {
        site.add(&format!("pkg/{path}"), content);
    }
    Ok(())
}

fn add_public(site: &mut Site, folder: &Path) -> Result<()> {
    for path in disk::files_below(folder)? {
        let content = std::fs::read(folder.join(&path)).with_context(|| format!("reading {path}"))?;
        site.add(&path, content);
    }
    Ok(())
}
