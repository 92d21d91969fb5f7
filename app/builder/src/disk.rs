//! Reads and writes folders of small files, with care for a server that reads them at the same time.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// The paths of all files below `folder`, relative to it, sorted; none when there is no such folder.
pub fn files_below(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    if folder.is_dir() {
        collect(folder, "", &mut found)?;
    }
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_str().with_context(|| format!("the file name {name:?} is not text"))?;
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{prefix}{name}/"), found)?;
        } else {
            found.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}

/// Writes a file unless it holds `content` already, and answers whether it had to.
///
/// A server may be reading: it sees the old file or the new, never half.
pub fn write_if_changed(path: &Path, content: &[u8]) -> Result<bool> {
    if fs::read(path).is_ok_and(|present| present == content) {
        return Ok(false);
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut draft = path.as_os_str().to_owned();
    draft.push(".draft");
    fs::write(&draft, content).with_context(|| format!("writing {}", path.display()))?;
    fs::rename(&draft, path)?;
    Ok(true)
}

/// Removes all files below `folder` whose paths are not `wanted`.
pub fn sweep(folder: &Path, wanted: &BTreeSet<String>) -> Result<()> {
    for path in files_below(folder)?.iter().filter(|path| !wanted.contains(*path)) {
        fs::remove_file(folder.join(path)).with_context(|| format!("removing {path}"))?;
    }
    Ok(())
}
