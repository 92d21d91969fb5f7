//! One actor's connection to PostgreSQL, and what its SQLSTATEs mean.

use futures::future::BoxFuture;
use lab::event::{Counter, CounterRow, Effect, Lock, Record, Refusal, RowRef, Sale, Sql, Value};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Column, Connection, PgConnection, Postgres, Row};

use super::{slot, sql};
use crate::store::counters::STOCK;
use crate::store::table::{KEY, Put, Table};
use crate::store::{
    Answer, Contents, Counters, Isolation, Layout, Locking, Need, OfSlot, PortError, Session, Statement,
    records,
};

/// One actor's connection.
pub(super) struct PostgresSession {
    connection: PgConnection,
    open: bool,
    slot: slot::Reader,
}

impl PostgresSession {
    pub(super) fn new(connection: PgConnection, slot: slot::Reader) -> Self {
        Self { connection, open: false, slot }
    }

    async fn ask(&mut self, statement: &Statement) -> Result<Answer, PortError> {
        match statement {
            Statement::Begin { isolation } => self.control(sql::begin(*isolation), true).await,
            Statement::Commit => self.control(sql::COMMIT, false).await,
            Statement::Rollback => self.control(sql::ROLLBACK, false).await,
            Statement::Read { row, for_update } => self.read(vec![sql::read(row, *for_update)]).await,
            Statement::Find { product, after, locking } => {
                let sql = vec![sql::find(&product.key, after.as_deref(), *locking)];
                let rows = self.fetch(&sql).await?;
                let found = rows.first().map(unit_row).transpose()?;
                Ok(Answer::of_find(sql, found))
            }
            Statement::Notify => {
                let sql = vec![sql::plain(sql::NOTIFY)];
                self.fetch(&sql).await?;
                Ok(Answer { sql, ..Answer::default() })
            }
            Statement::Slot(asked) => self.ask_slot(asked).await,
            Statement::TakeLock { name } => {
                let sql = vec![sql::advisory_lock(name)];
                self.fetch(&sql).await?;
                Ok(Answer { sql, ..Answer::default() })
            }
            Statement::Write { row, amount, guard, sale } => {
                self.write(sql::write(row, *amount, *guard, sale), row).await
            }
            Statement::RaiseFence { row, token, or_equal } => {
                self.read(vec![sql::raise_fence(row, *token, *or_equal)]).await
            }
            Statement::Take { row, guarded, sale } => self.write(sql::take(row, *guarded, sale), row).await,
            Statement::Select { table, multiple_of } => {
                let counters = Counters::of(table);
                let sql = vec![sql::select(counters, *multiple_of)];
                let rows = self.fetch(&sql).await?;
                let rows = rows.iter().map(|row| grouped(counters, row)).collect::<Result<_, _>>()?;
                Ok(Answer { sql, rows, ..Answer::default() })
            }
            Statement::Insert { row, amount, operation } => {
                self.insert(sql::insert(row, *amount, operation)).await
            }
            Statement::Put(put) => self.put(put).await,
            Statement::Prune { table, column, before } => {
                let sql = vec![records::prune(table, column, *before)];
                let rows = self.fetch(&sql).await?;
                let records = rows.iter().map(|row| record(table, row)).collect::<Result<_, _>>()?;
                Ok(Answer { sql, records: records::in_order(records), ..Answer::default() })
            }
            Statement::Remove { row } => self.remove(row).await,
            Statement::Mark(mark) => {
                let sql = vec![records::mark(mark)];
                self.fetch(&sql).await?;
                Ok(Answer { sql, ..Answer::default() })
            }
            Statement::Look { row } => {
                let sql = vec![records::look(row)];
                let rows = self.fetch(&sql).await?;
                let records = rows.iter().map(|found| record(&row.table, found)).collect::<Result<_, _>>()?;
                Ok(Answer { sql, records, ..Answer::default() })
            }
            Statement::Waiting { table, which, limit, locking } => {
                let sql = vec![records::waiting(table, which, *limit, sql::row_lock(*locking))];
                self.records(table, sql).await
            }
            Statement::Claim { table, which, limit, claim } => {
                let lock = sql::row_lock(Locking::SkipLocked);
                let sql = vec![records::claim(table, which, *limit, claim, lock)];
                self.records(table, sql).await
            }
        }
    }

    async fn ask_slot(&mut self, asked: &OfSlot) -> Result<Answer, PortError> {
        match self.slot.ask(&mut self.connection, asked).await {
            Ok(answer) => Ok(answer),
            Err(error) => Err(self.settled(error).await),
        }
    }

    async fn control(&mut self, text: &'static str, open: bool) -> Result<Answer, PortError> {
        let sql = vec![sql::plain(text)];
        let result = self.fetch(&sql).await;
        // A refused commit has ended the transaction all the same.
        self.open = open && result.is_ok();
        result?;
        Ok(Answer { sql, ..Answer::default() })
    }

    async fn read(&mut self, ran: Vec<Sql>) -> Result<Answer, PortError> {
        let rows = self.fetch(&ran).await?;
        Ok(Answer {
            row: rows.first().map(|row| counter(row, 0)).transpose()?,
            sql: ran,
            ..Answer::default()
        })
    }

    /// A write that wrote nothing is followed by a read in a statement of its own, whose snapshot is newer.
    async fn write(&mut self, update: Sql, row: &RowRef) -> Result<Answer, PortError> {
        let mut ran = vec![update];
        let rows = self.fetch(&ran).await?;
        if let Some(written) = rows.first() {
            let overwrote = Some(written.try_get("previous_op").map_err(lost)?);
            return Ok(Answer { row: Some(counter(written, 0)?), overwrote, sql: ran, ..Answer::default() });
        }
        ran.push(sql::read(row, false));
        self.read(ran).await
    }

    async fn records(&mut self, table: &Table, sql: Vec<Sql>) -> Result<Answer, PortError> {
        let rows = self.fetch(&sql).await?;
        let records = rows.iter().map(|row| record(table.name, row)).collect::<Result<_, _>>()?;
        Ok(Answer { sql, records: records::in_order(records), ..Answer::default() })
    }

    async fn insert(&mut self, insert: Sql) -> Result<Answer, PortError> {
        let sql = vec![insert];
        let rows = self.fetch(&sql).await?;
        let row = rows.first().map(|row| counter(row, 0)).transpose()?;
        // There was nothing to replace.
        Ok(Answer { sql, row, overwrote: Some(String::new()), ..Answer::default() })
    }

    async fn remove(&mut self, row: &RowRef) -> Result<Answer, PortError> {
        let sql = vec![records::remove(row)];
        let rows = self.fetch(&sql).await?;
        let records: Vec<Record> =
            rows.iter().map(|found| record(&row.table, found)).collect::<Result<_, _>>()?;
        let effect = Some(if records.is_empty() { Effect::Unchanged } else { Effect::Removed });
        Ok(Answer { sql, records, effect, ..Answer::default() })
    }

    async fn put(&mut self, put: &Put) -> Result<Answer, PortError> {
        let sql = vec![records::put(put)];
        let rows = self.fetch(&sql).await?;
        let records: Vec<Record> =
            rows.iter().map(|row| record(&put.row.table, row)).collect::<Result<_, _>>()?;
        let effect = Some(records::effect(put, records.first()));
        Ok(Answer { sql, records, effect, ..Answer::default() })
    }

    /// Runs the last of `ran` until the server is ready for the next query: only then are its locks settled.
    async fn fetch(&mut self, ran: &[Sql]) -> Result<Vec<PgRow>, PortError> {
        let Some(last) = ran.last() else {
            return Ok(Vec::new());
        };
        match query(last).fetch_all(&mut self.connection).await {
            Ok(rows) => Ok(rows),
            Err(error) => Err(self.settled(refused(error, ran)).await),
        }
    }

    /// The server tells an error before it lets go of what the transaction held; it is ready again afterwards.
    async fn settled(&mut self, error: PortError) -> PortError {
        if !matches!(error, PortError::Refused { .. }) {
            return error;
        }
        match self.connection.ping().await {
            Ok(()) => error,
            Err(broken) => lost(broken),
        }
    }
}

impl Session for PostgresSession {
    fn run<'a>(&'a mut self, statement: &'a Statement) -> BoxFuture<'a, Result<Answer, PortError>> {
        Box::pin(self.ask(statement))
    }

    fn need(&self, statement: &Statement) -> Option<Need> {
        match statement {
            Statement::Write { row, .. }
            | Statement::Take { row, .. }
            | Statement::RaiseFence { row, .. }
            | Statement::Insert { row, .. }
            | Statement::Read { row, for_update: true } => {
                Some(Need { lock: Lock::Row { row: row.clone() }, waits: true })
            }
            // Which unit it will wait for is not known before; those who wait for one of a product stand in one queue.
            Statement::Find { product, locking: Locking::Wait, .. } => {
                Some(Need { lock: Lock::Row { row: product.clone() }, waits: true })
            }
            Statement::Put(Put { row, .. }) | Statement::Remove { row } => {
                Some(Need { lock: Lock::Row { row: row.clone() }, waits: true })
            }
            Statement::Slot(OfSlot::Make) => Some(Need { lock: Lock::OpenTransactions, waits: true }),
            Statement::TakeLock { name } => {
                Some(Need { lock: Lock::Advisory { name: name.clone() }, waits: true })
            }
            _ => None,
        }
    }

    fn in_transaction(&self) -> bool {
        self.open
    }

    fn begin_mode(&self, isolation: Isolation) -> &'static str {
        match isolation {
            Isolation::Standard | Isolation::ToWrite => "read committed",
            Isolation::ReadUncommitted => "read uncommitted",
            Isolation::RepeatableRead => "repeatable read",
            Isolation::Serializable => "serializable",
        }
    }

    /// The socket is closed without a word. The server notices in its own time; the ground waits for that.
    fn break_off(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            if let Err(error) = self.connection.close_hard().await {
                tracing::debug!(%error, "a connection broke off badly");
            }
        })
    }
}

/// The server process behind a connection.
pub(super) async fn backend_pid(connection: &mut PgConnection) -> Result<i32, PortError> {
    let row = sqlx::query("select pg_backend_pid()").fetch_one(connection).await.map_err(lost)?;
    row.try_get(0).map_err(lost)
}

/// Everything in the run's schema, in order.
pub(super) async fn contents(connection: &mut PgConnection, layout: &Layout) -> Result<Contents, PortError> {
    let mut contents = match layout.counters() {
        Some(counters) => counted(connection, counters).await?,
        None => Contents::default(),
    };
    for table in &layout.tables {
        let sql = sql::plain(&format!("select * from {} order by {KEY} collate \"C\"", table.name));
        for row in query(&sql).fetch_all(&mut *connection).await.map_err(lost)? {
            contents.records.push(record(table.name, &row)?);
        }
        contents.sql.push(sql);
    }
    Ok(contents)
}

async fn counted(connection: &mut PgConnection, counters: &Counters) -> Result<Contents, PortError> {
    let mut sql = vec![sql::all_rows(counters)];
    let rows = query(&sql[0]).fetch_all(&mut *connection).await.map_err(lost)?;
    let rows = rows.iter().map(|row| grouped(counters, row)).collect::<Result<_, _>>()?;
    if !counters.has_records() {
        return Ok(Contents { rows, sql, ..Contents::default() });
    }
    let records = sql::all_records(counters);
    let sales = query(&records).fetch_all(&mut *connection).await.map_err(lost)?;
    sql.push(records);
    let sale = |row: &PgRow| -> Result<Sale, PortError> {
        Ok(Sale {
            operation: row.try_get(0).map_err(lost)?,
            key: row.try_get(1).map_err(lost)?,
            quantity: row.try_get(2).map_err(lost)?,
        })
    };
    Ok(Contents {
        rows,
        sales: sales.iter().map(sale).collect::<Result<_, _>>()?,
        sql,
        ..Contents::default()
    })
}

/// A counter row with what it is a part of.
fn grouped(counters: &Counters, row: &PgRow) -> Result<CounterRow, PortError> {
    let of_table = |key| RowRef { table: counters.table.into(), key };
    let found = of_table(row.try_get(0).map_err(lost)?);
    let group = of_table(row.try_get(1).map_err(lost)?);
    Ok(CounterRow { unit_of: (group != found).then_some(group), row: found, counter: counter(row, 2)? })
}

/// A query with its values bound.
pub(super) fn query(sql: &Sql) -> Query<'static, Postgres, PgArguments> {
    let query = sqlx::query(AssertSqlSafe(sql.text.clone()));
    sql.values.iter().fold(query, |query, value| match value {
        Value::Integer(number) => query.bind(*number),
        Value::Text(text) => query.bind(text.clone()),
        Value::Null => query.bind(None::<String>),
    })
}

/// What a backend says as it goes, when there is time for words: ended by a colleague, or with its server.
const ENDED: [&str; 3] = ["57P01", "57P02", "57P03"];

/// An error that no statement of ours should meet, or a lost connection.
pub(super) fn lost(error: sqlx::Error) -> PortError {
    match error {
        sqlx::Error::Io(error) => PortError::Lost(error.to_string()),
        sqlx::Error::Database(error) if error.code().is_some_and(|code| ENDED.contains(&code.as_ref())) => {
            PortError::Lost(error.to_string())
        }
        error => PortError::Broken(format!("PostgreSQL: {error}")),
    }
}

/// SQLSTATEs: <https://www.postgresql.org/docs/15/errcodes-appendix.html>.
pub(super) fn refused(error: sqlx::Error, ran: &[Sql]) -> PortError {
    let Some(code) = error.as_database_error().and_then(|error| error.code()) else {
        return lost(error);
    };
    let refusal = match code.as_ref() {
        "40001" => Refusal::Serialization,
        "40P01" => Refusal::Deadlock,
        "55P03" => Refusal::Busy,
        "57014" => Refusal::TimedOut,
        "23514" => Refusal::Constraint,
        "23505" => Refusal::Duplicate,
        // Nothing else that we name can be missing or there already, or in use by another backend.
        "42704" => Refusal::SlotGone,
        "42710" => Refusal::SlotThere,
        "55006" => Refusal::Busy,
        _ => return lost(error),
    };
    let (code, message) = (code.into_owned(), error.to_string());
    PortError::Refused { refusal, code, message, may_wait: false, sql: ran.to_vec() }
}

/// A counter from the columns that every statement returns, from this place on.
fn counter(row: &PgRow, from: usize) -> Result<Counter, PortError> {
    Ok(Counter {
        amount: row.try_get(from).map_err(lost)?,
        version: row.try_get(from + 1).map_err(lost)?,
        last_op: row.try_get(from + 2).map_err(lost)?,
    })
}

fn unit_row(row: &PgRow) -> Result<(RowRef, Counter), PortError> {
    let key = row.try_get(0).map_err(lost)?;
    Ok((RowRef { table: STOCK.table.into(), key }, counter(row, 1)?))
}

/// A row of any table, column by column.
fn record(table: &str, row: &PgRow) -> Result<Record, PortError> {
    let key = row.try_get(KEY).map_err(lost)?;
    let columns = row.columns().iter().map(Column::name).filter(|name| *name != KEY);
    let fields = columns.map(|name| Ok((name.to_owned(), value(row, name)?)));
    let fields = fields.collect::<Result<_, PortError>>()?;
    Ok(Record { row: RowRef { table: table.to_owned(), key }, fields })
}

fn value(row: &PgRow, column: &str) -> Result<Value, PortError> {
    if let Ok(number) = row.try_get::<Option<i64>, _>(column) {
        return Ok(number.map_or(Value::Null, Value::Integer));
    }
    let text = row.try_get::<Option<String>, _>(column).map_err(lost)?;
    Ok(text.map_or(Value::Null, Value::Text))
}
