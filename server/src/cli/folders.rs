//! Where the program writes: the user's data folder, or a folder that goes away with the command.

use std::fs;
use std::path::{Path, PathBuf};

use super::exit::Failure;

/// The folder's name inside the user's data folder.
const NAME: &str = "interleave";
/// What is written to find out whether a folder can be written to.
const PROBE: &str = ".interleave-probe";

/// The data folder: as told, else in the user's own place for such things.
pub(super) fn data(told: Option<PathBuf>) -> Result<PathBuf, Failure> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    told.or_else(|| set("XDG_DATA_HOME").map(|home| home.join(NAME)))
        .or_else(|| set("HOME").map(|home| home.join(".local/share").join(NAME)))
        .ok_or_else(|| {
            Failure::usage("There is no home folder to keep journals in; name one with --data DIR.")
        })
}

/// Makes the folder if it is missing, and finds out whether it can be written to.
pub(super) fn check_writable(folder: &Path) -> Result<(), Failure> {
    let probe = folder.join(PROBE);
    let written = fs::create_dir_all(folder)
        .and_then(|()| fs::write(&probe, ""))
        .and_then(|()| fs::remove_file(&probe));
    written.map_err(|error| {
        let shown = folder.display();
        Failure::machine(format!(
            "Journals cannot be kept in {shown}: {error}; name another folder with --data DIR."
        ))
    })
}

/// A folder for a lab that keeps nothing: a server may be at work in the data folder, and its runs are its own.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    /// Makes it.
    pub(super) fn new() -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("{NAME}-{}", uuid::Uuid::new_v4().simple()));
        let made = fs::create_dir(&folder);
        made.map_err(|error| Failure::machine(format!("{} cannot be made: {error}.", folder.display())))?;
        Ok(Self(folder))
    }

    /// Where it is.
    pub(super) fn folder(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is the system's to sweep: it lies in the folder for such things.
        let _ = fs::remove_dir_all(&self.0);
    }
}
