//! A journal's file: JSON Lines, entry 1 first, nothing missing. It is somebody's data and may be broken.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use lab::event::{Entry, Event};

use super::exit::Failure;

/// The longest line that is read.
const LINE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Reads a journal entry by entry. A line that is not the next entry is named by its number.
pub(super) fn read(path: &Path, mut each: impl FnMut(Entry)) -> Result<(), Failure> {
    let shown = path.display();
    let file =
        File::open(path).map_err(|error| Failure::usage(format!("{shown} cannot be read: {error}.")))?;
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let read = reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
        read.map_err(|error| Failure::usage(format!("{shown}, line {number} cannot be read: {error}.")))?;
        if line.is_empty() && number > 1 {
            return Ok(());
        }
        each(
            entry(&line, number)
                .map_err(|fault| Failure::usage(format!("{shown}, line {number}: {fault}")))?,
        );
    }
    Ok(())
}

fn entry(line: &[u8], number: u64) -> Result<Entry, String> {
    if line.len() as u64 >= LINE_BYTES_MAX {
        return Err(format!("the line is longer than {LINE_BYTES_MAX} bytes."));
    }
    let entry: Entry = serde_json::from_slice(line)
        // The place inside the line is told, the line's number is ours.
        .map_err(|error| {
            format!("this is no entry of a journal: {}.", error.to_string().replace("line 1 ", ""))
        })?;
    if entry.seq != number {
        return Err(format!(
            "the entry has the seq {}, but {number} comes next; something is missing.",
            entry.seq
        ));
    }
    if number == 1 && !matches!(entry.event, Event::Header(_)) {
        return Err(format!("a journal begins with its header, not with {}.", entry.event.name()));
    }
    Ok(entry)
}
