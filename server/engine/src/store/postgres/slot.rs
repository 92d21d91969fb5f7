//! The run's replication slot, asked through SQL functions on the connection of whoever reads it.
//!
//! Slot and publication bear the name of the run's schema, so that the statements are the same in every run. Where in the
//! log a transaction ends differs from run to run: it is bound as a value and told beside the statement, never in it.

use std::collections::{BTreeMap, HashMap};

use lab::event::{Record, Sql, Value};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::pgoutput::{self, Lsn};
use super::session::{lost, query, refused};
use super::sql;
use crate::store::{Answer, Logged, OfSlot, PortError, Table};

/// Making a slot waits for every transaction that is open in the whole cluster; nobody waits for longer than this.
pub(super) const PATIENCE: &str = "20s";
/// So often in a row only transactions of no interest are passed over: servers before version 15 tell of each.
const PASSES_MAX: usize = 64;

const MAKE: &str = "select slot_name from pg_create_logical_replication_slot(current_schema(), 'pgoutput')";
const DROP: &str = "select pg_drop_replication_slot(current_schema())";
const PEEK: &str = "select data from pg_logical_slot_peek_binary_changes(current_schema(), null, $1::int, \
    'proto_version', '1', 'publication_names', current_schema()::text)";
const ADVANCE: &str = "select pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint as kept, \
    pg_replication_slot_advance(slot_name, $1::pg_lsn)::text as moved from pg_replication_slots \
    where slot_name = current_schema() and confirmed_flush_lsn < $1::pg_lsn";

/// What one reader of the slot has in mind.
pub(super) struct Reader {
    /// For how long it waits until a slot is made; as long as it takes where nothing is said.
    patience: Option<&'static str>,
    /// Where the transactions of the rows end that it has peeked at last.
    ends: HashMap<String, Lsn>,
}

impl Reader {
    pub(super) fn new(patience: Option<&'static str>) -> Self {
        Self { patience, ends: HashMap::new() }
    }

    pub(super) async fn ask(
        &mut self,
        connection: &mut PgConnection,
        asked: &OfSlot,
    ) -> Result<Answer, PortError> {
        match asked {
            OfSlot::Make => {
                let sql = sql::plain(MAKE);
                make(connection, self.patience, &sql).await?;
                Ok(Answer { sql: vec![sql], ..Answer::default() })
            }
            OfSlot::Drop => {
                let sql = sql::plain(DROP);
                fetch(connection, &sql).await?;
                Ok(Answer { sql: vec![sql], ..Answer::default() })
            }
            OfSlot::Peek { table, lines } => self.peek(connection, table, *lines).await,
            OfSlot::Advance { behind } => {
                let end = self.ends.get(behind).copied();
                let end =
                    end.ok_or_else(|| PortError::Broken(format!("{behind} was not found in the log")))?;
                let (sql, raw) = advance(connection, end).await?;
                Ok(Answer { sql: vec![sql], raw, ..Answer::default() })
            }
        }
    }

    async fn peek(
        &mut self,
        connection: &mut PgConnection,
        table: &'static Table,
        lines: u64,
    ) -> Result<Answer, PortError> {
        self.ends.clear();
        let mut ran = Vec::new();
        for _ in 0..PASSES_MAX {
            let lines = Value::Integer(i64::try_from(lines).unwrap_or(i64::MAX));
            let sql = Sql { text: PEEK.to_owned(), values: vec![lines] };
            let found = fetch(connection, &sql).await?;
            ran.push(sql);
            let messages: Vec<Vec<u8>> =
                found.iter().map(|row| row.try_get("data").map_err(lost)).collect::<Result<_, _>>()?;
            let transactions = pgoutput::transactions(&messages, table)?;
            let last = transactions.last().map(|transaction| transaction.end);
            let mut records: Vec<Record> = Vec::new();
            for transaction in transactions {
                let keys = transaction.rows.iter().map(|record| record.row.key.clone());
                self.ends.extend(keys.map(|key| (key, transaction.end)));
                records.extend(transaction.rows);
            }
            match last {
                Some(end) if records.is_empty() => ran.push(advance(connection, end).await?.0),
                _ => return Ok(Answer { sql: ran, records, ..Answer::default() }),
            }
        }
        Ok(Answer { sql: ran, ..Answer::default() })
    }
}

/// Lets a log be read: says which table is in it, and makes the slot if it is to be there from the start.
pub(super) async fn set_up(
    connection: &mut PgConnection,
    name: &str,
    logged: &Logged,
) -> Result<(), PortError> {
    let publish =
        format!("create publication {name} for table {} with (publish = 'insert')", logged.table.name);
    sqlx::query(AssertSqlSafe(publish)).execute(&mut *connection).await.map_err(lost)?;
    if !logged.has_slot {
        return Ok(());
    }
    let made = make(connection, Some(PATIENCE), &sql::plain(MAKE)).await;
    made.map_err(|error| match error {
        PortError::Refused { refusal: lab::event::Refusal::TimedOut, .. } => PortError::Broken(format!(
            "The replication slot was not made within {PATIENCE}: PostgreSQL waits for every transaction that is open \
             anywhere in the cluster. End the runs by hand that have one open, then try again."
        )),
        other => other,
    })
}

async fn make(
    connection: &mut PgConnection,
    patience: Option<&'static str>,
    sql: &Sql,
) -> Result<(), PortError> {
    let Some(patience) = patience else { return fetch(connection, sql).await.map(drop) };
    let set = AssertSqlSafe(format!("set statement_timeout to '{patience}'"));
    sqlx::raw_sql(set).execute(&mut *connection).await.map_err(lost)?;
    let made = fetch(connection, sql).await;
    sqlx::raw_sql("reset statement_timeout").execute(connection).await.map_err(lost)?;
    made.map(drop)
}

/// Moves the slot, if it does not stand there or farther. What ran is told without the place.
async fn advance(
    connection: &mut PgConnection,
    end: Lsn,
) -> Result<(Sql, BTreeMap<String, String>), PortError> {
    let bound = Sql { text: ADVANCE.to_owned(), values: vec![Value::Text(end.to_string())] };
    let told = sql::plain(ADVANCE);
    let moved = query(&bound).fetch_optional(connection).await;
    let moved = moved.map_err(|error| refused(error, std::slice::from_ref(&told)))?;
    let mut raw = BTreeMap::from([("$1".to_owned(), end.to_string())]);
    if let Some(moved) = moved {
        let kept: Option<i64> = moved.try_get("kept").map_err(lost)?;
        raw.extend(kept.map(|kept| ("kept_bytes_of_log".to_owned(), kept.to_string())));
    }
    Ok((told, raw))
}

async fn fetch(connection: &mut PgConnection, sql: &Sql) -> Result<Vec<PgRow>, PortError> {
    let found = query(sql).fetch_all(connection).await;
    found.map_err(|error| refused(error, std::slice::from_ref(sql)))
}
