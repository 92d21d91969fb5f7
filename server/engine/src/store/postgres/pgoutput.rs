//! Reads what PostgreSQL's own output plugin writes, version 1 of its protocol
//! (<https://www.postgresql.org/docs/15/protocol-logicalrep-message-formats.html>): begin, relation, insert, commit.
//! The publication lets nothing else through.

use std::collections::HashMap;

use lab::event::{Fields, Record, RowRef, Value};

use crate::store::PortError;
use crate::store::table::{Column, KEY, PLACE, Table};

/// A transaction as the log has it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Transaction {
    /// Where the log goes on behind it.
    pub end: Lsn,
    /// The rows that it inserted into the table, in order.
    pub rows: Vec<Record>,
}

/// A place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lsn(u64);

impl std::fmt::Display for Lsn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:X}/{:X}", self.0 >> 32, self.0 & u64::from(u32::MAX))
    }
}

/// The transactions in these messages. What is behind the last commit is left out: it will be read again.
pub(super) fn transactions(messages: &[Vec<u8>], table: &Table) -> Result<Vec<Transaction>, PortError> {
    let mut relations: HashMap<u32, Vec<String>> = HashMap::new();
    let (mut done, mut rows) = (Vec::new(), Vec::new());
    for message in messages {
        let mut reader = Reader { rest: message };
        match reader.byte()? {
            b'B' => rows.clear(),
            b'R' => {
                let (id, columns) = relation(&mut reader)?;
                relations.insert(id, columns);
            }
            b'I' => {
                let id = reader.number::<4>()?;
                let columns = u32::try_from(id).ok().and_then(|id| relations.get(&id));
                let columns = columns.ok_or_else(|| broken("a row of a table that was not described"))?;
                rows.push(inserted(&mut reader, columns, table)?);
            }
            b'C' => {
                // A byte of flags, and where the commit itself stands.
                reader.skip(1 + 8)?;
                done.push(Transaction { end: Lsn(reader.number::<8>()?), rows: std::mem::take(&mut rows) });
            }
            // Types and origins say nothing about rows.
            b'Y' | b'O' => {}
            other => return Err(broken(&format!("a message of kind {:?}", char::from(other)))),
        }
    }
    Ok(done)
}

/// A table's number and the names of its columns.
fn relation(reader: &mut Reader<'_>) -> Result<(u32, Vec<String>), PortError> {
    let id = u32::try_from(reader.number::<4>()?).unwrap_or_default();
    reader.text()?;
    reader.text()?;
    // How rows are identified, which matters for updates alone.
    reader.skip(1)?;
    let count = reader.number::<2>()?;
    let mut columns = Vec::new();
    for _ in 0..count {
        reader.skip(1)?;
        columns.push(reader.text()?);
        // Its type, and what belongs to it.
        reader.skip(4 + 4)?;
    }
    Ok((id, columns))
}

fn inserted(reader: &mut Reader<'_>, columns: &[String], table: &Table) -> Result<Record, PortError> {
    if reader.byte()? != b'N' {
        return Err(broken("an insert without a new row"));
    }
    let count = reader.number::<2>()?;
    let (mut key, mut fields) = (String::new(), Fields::new());
    for place in 0..count {
        let name = usize::try_from(place).ok().and_then(|place| columns.get(place));
        let name = name.ok_or_else(|| broken("more columns than were described"))?;
        let value = match reader.byte()? {
            b't' => {
                let length = reader.number::<4>()?;
                let bytes = reader.take(usize::try_from(length).unwrap_or(usize::MAX))?;
                Some(String::from_utf8_lossy(bytes).into_owned())
            }
            b'n' => None,
            other => return Err(broken(&format!("a column of kind {:?}", char::from(other)))),
        };
        if name == KEY {
            key = value.unwrap_or_default();
        } else {
            fields.insert(name.clone(), typed(name, value, table)?);
        }
    }
    Ok(Record { row: RowRef { table: table.name.to_owned(), key }, fields })
}

/// A column's value by what the table says of it.
fn typed(name: &str, value: Option<String>, table: &Table) -> Result<Value, PortError> {
    let Some(text) = value else { return Ok(Value::Null) };
    let is_number = name == PLACE || table.columns.contains(&(name_of(table, name), Column::Integer));
    if !is_number {
        return Ok(Value::Text(text));
    }
    text.parse().map(Value::Integer).map_err(|_| broken(&format!("{text:?} in the column {name}")))
}

fn name_of(table: &Table, name: &str) -> &'static str {
    table.columns.iter().map(|(column, _)| *column).find(|column| *column == name).unwrap_or_default()
}

fn broken(what: &str) -> PortError {
    PortError::Broken(format!("PostgreSQL: its log holds {what}"))
}

/// The rest of a message.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], PortError> {
        let (taken, rest) =
            self.rest.split_at_checked(count).ok_or_else(|| broken("a message that ends too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn skip(&mut self, count: usize) -> Result<(), PortError> {
        self.take(count).map(drop)
    }

    fn byte(&mut self) -> Result<u8, PortError> {
        Ok(self.take(1)?.first().copied().unwrap_or_default())
    }

    /// A number of so many bytes, the highest first.
    fn number<const BYTES: usize>(&mut self) -> Result<u64, PortError> {
        Ok(self.take(BYTES)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// A text that ends with a zero.
    fn text(&mut self) -> Result<String, PortError> {
        let length = self.rest.iter().position(|byte| *byte == 0);
        let length = length.ok_or_else(|| broken("a name without an end"))?;
        let text = String::from_utf8_lossy(self.take(length)?).into_owned();
        self.skip(1)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static TABLE: Table = Table {
        name: "outbox",
        columns: &[("key", Column::Text), ("rank", Column::Integer)],
        numbered: true,
    };

    fn relation_message() -> Vec<u8> {
        let mut bytes = b"R\0\0\0\x07shop\0outbox\0d\0\x03".to_vec();
        for name in ["id", "place", "key"] {
            bytes.push(0);
            bytes.extend(name.as_bytes());
            bytes.extend([0; 9]);
        }
        bytes
    }

    fn insert_message() -> Vec<u8> {
        let mut bytes = b"I\0\0\0\x07N\0\x03".to_vec();
        for value in ["order-1.placed", "12", "it's"] {
            bytes.push(b't');
            bytes.extend(u32::try_from(value.len()).expect("short").to_be_bytes());
            bytes.extend(value.as_bytes());
        }
        bytes
    }

    fn commit_message() -> Vec<u8> {
        let mut bytes = b"C\0".to_vec();
        bytes.extend([0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0xAB, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    #[test]
    fn a_transaction_is_read_with_its_rows_and_where_it_ends() {
        let messages = [vec![b'B'; 21], relation_message(), insert_message(), commit_message()];
        let found = transactions(&messages, &TABLE).expect("it can be read");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].end.to_string(), "1/AB");
        let row = &found[0].rows[0];
        assert_eq!(row.row.to_string(), "outbox order-1.placed");
        assert_eq!(row.number("place"), 12);
        assert_eq!(row.text("key"), "it's");
    }

    #[test]
    fn what_was_not_committed_is_left_for_the_next_read() {
        let messages = [vec![b'B'; 21], relation_message(), insert_message()];
        assert_eq!(transactions(&messages, &TABLE), Ok(Vec::new()));
    }

    #[test]
    fn a_message_that_ends_too_early_is_told() {
        let mut cut = insert_message();
        cut.truncate(20);
        let found = transactions(&[relation_message(), cut], &TABLE);
        assert!(matches!(found, Err(PortError::Broken(why)) if why.contains("ends too early")));
    }
}
