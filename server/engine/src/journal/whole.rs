//! Whether the journal's file is whole, before anything is read from it or written to it.
//!
//! SQLite notices a file that was cut only when it comes to a page that is missing, which may be after the server has
//! taken runs that it then cannot keep. The file's head says how long it must be; while a write-ahead log lies beside
//! it, the rest may be there, as after a process that was killed while it brought the log into the file.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// How much of the file is read. Where the page size and the number of pages stand is fixed by SQLite's file format.
const HEAD_BYTES: usize = 32;
const PAGE_SIZE_AT: usize = 16;
const PAGES_AT: usize = 28;
/// How the format writes the one page size that does not fit into its field.
const PAGE_SIZE_LARGEST: u64 = 65_536;

/// Refuses a file that is shorter than it says, in a sentence with the remedy. One that is missing or empty is begun anew.
pub(super) fn check(path: &Path) -> Result<(), String> {
    let mut head = [0; HEAD_BYTES];
    let read = File::open(path).and_then(|mut file| {
        file.read_exact(&mut head)?;
        file.metadata()
    });
    let found = match read {
        Ok(metadata) => metadata.len(),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::UnexpectedEof) => return Ok(()),
        Err(error) => return Err(format!("The journal {} cannot be read: {error}.", path.display())),
    };
    let expected = page_size(&head) * pages(&head);
    if found >= expected || has_log(path) {
        return Ok(());
    }
    Err(format!(
        "The journal {} was cut: {found} of {expected} bytes are there. Put a whole copy in its place, or move it away \
         to begin a new one; `sqlite3 {} .recover` tells what is left in it.",
        path.display(),
        path.display()
    ))
}

/// Whether there is a write-ahead log from which SQLite completes the file when it opens it.
fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    PathBuf::from(log).metadata().is_ok_and(|metadata| metadata.len() > 0)
}

fn page_size(head: &[u8; HEAD_BYTES]) -> u64 {
    match u16::from_be_bytes([head[PAGE_SIZE_AT], head[PAGE_SIZE_AT + 1]]) {
        1 => PAGE_SIZE_LARGEST,
        size => size.into(),
    }
}

fn pages(head: &[u8; HEAD_BYTES]) -> u64 {
    u32::from_be_bytes([head[PAGES_AT], head[PAGES_AT + 1], head[PAGES_AT + 2], head[PAGES_AT + 3]]).into()
}
