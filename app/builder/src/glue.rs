//! Runs wasm-bindgen as a library: from cargo's wasm to the wasm and JavaScript that a browser loads.
//!
//! As a library it is compiled with the rest and pinned by the same lock file. The command-line tool must
//! have the page's exact version too, but everybody would have to install it by hand.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;
use xxhash_rust::xxh3::xxh3_64;

use crate::disk::files_below;
use crate::leave_out::{NEVER_CALLED, trimmed};

/// Part of the key of the kept result: to be changed when the settings below change.
const SETTINGS: &str = "wasm-bindgen 0.2.130, web, no typescript, no names, trimmed";

/// What the browser gets of the program.
pub struct Glue {
    /// The module that loads the wasm and lends it the browser's functions.
    pub js: Vec<u8>,
    /// The program itself.
    pub wasm: Vec<u8>,
    /// Small scripts that dependencies bring along, by their path beside `js`.
    pub snippets: Vec<(String, Vec<u8>)>,
}

/// Generates the glue for the wasm file at `input`.
///
/// The result is kept in a folder beside the input and read back as long as the input's bytes are the same,
/// because generating takes about a second and most builds do not change the page.
pub fn generate(input: &Path, name: &str) -> Result<Glue> {
    let bytes = fs::read(input)
        .with_context(|| format!("reading {}: was the page compiled for wasm before?", input.display()))?;
    let key = format!("{SETTINGS}, without {NEVER_CALLED:?}, {name}, {:016x}", xxh3_64(&bytes));
    let kept = Kept { folder: input.with_extension("glue") };
    if !kept.is_for(&key) {
        kept.renew(&key, name, &bytes)?;
    }
    kept.read(name)
}

/// The folder that holds the last result.
struct Kept {
    folder: PathBuf,
}

impl Kept {
    fn key_file(&self) -> PathBuf {
        self.folder.join("key")
    }

    fn is_for(&self, key: &str) -> bool {
        fs::read_to_string(self.key_file()).is_ok_and(|kept| kept == key)
    }

    fn renew(&self, key: &str, name: &str, bytes: &[u8]) -> Result<()> {
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)?;
        }
        Bindgen::new()
            .input_module(name, trimmed(bytes)?)
            .web(true)?
            .typescript(false)
            // Function names are for debuggers, and take two thirds of the file.
            .remove_name_section(true)
            // The page always says where the wasm is; the default would name a file that has no hash.
            .omit_default_module_path(true)
            .generate(&self.folder)
            .context("wasm-bindgen could not make the JavaScript glue")?;
        // The key comes last: a result that was cut short has none and is made again.
        fs::write(self.key_file(), key)?;
        Ok(())
    }

    fn read(&self, name: &str) -> Result<Glue> {
        let read = |path: &str| fs::read(self.folder.join(path)).with_context(|| format!("reading {path}"));
        let snippets = files_below(&self.folder)?
            .into_iter()
            .filter(|path| path.starts_with("snippets/"))
            .map(|path| Ok((path.clone(), read(&path)?)))
            .collect::<Result<_>>()?;
        Ok(Glue { js: read(&format!("{name}.js"))?, wasm: read(&format!("{name}_bg.wasm"))?, snippets })
    }
}
