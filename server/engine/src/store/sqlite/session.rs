//! One actor's connection to SQLite, and what SQLite's codes mean.

use futures::future::BoxFuture;
use lab::event::{Counter, CounterRow, Effect, Lock, Record, Refusal, RowRef, Sale, Sql, Value};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Column, Connection, Row, Sqlite, SqliteConnection};

use super::sql;
use crate::store::counters::STOCK;
use crate::store::table::{KEY, Put, Table};
use crate::store::{
    Answer, Contents, Counters, Isolation, Layout, Locking, Need, PortError, Session, Statement, records,
};

/// SQLITE_BUSY: somebody holds the write lock (<https://sqlite.org/rescode.html#busy>).
const BUSY: &str = "5";
/// SQLITE_BUSY_SNAPSHOT: the snapshot read is older than the latest commit, so it can never be written from
/// (<https://sqlite.org/rescode.html#busy_snapshot>).
const BUSY_SNAPSHOT: &str = "517";
/// SQLITE_CONSTRAINT_CHECK.
const CONSTRAINT_CHECK: &str = "275";
/// SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE.
const DUPLICATES: [&str; 2] = ["1555", "2067"];

/// One actor's connection.
pub(super) struct SqliteSession {
    connection: SqliteConnection,
    open: bool,
    /// Whether the open transaction has read: then it holds a snapshot, and SQLite never lets it wait.
    has_read: bool,
}

impl SqliteSession {
    pub(super) fn new(connection: SqliteConnection) -> Self {
        Self { connection, open: false, has_read: false }
    }

    async fn ask(&mut self, statement: &Statement) -> Result<Answer, PortError> {
        match statement {
            Statement::Begin { isolation } => self.begin(begin(*isolation)).await,
            Statement::Commit => self.end(sql::COMMIT).await,
            Statement::Rollback => self.end(sql::ROLLBACK).await,
            // There are no row locks here: whoever began to write holds the whole database already.
            Statement::Read { row, .. } => self.read(sql::read(row)).await,
            Statement::Find { product, after, locking: Locking::None } => {
                self.find(sql::find(&product.key, after.as_deref())).await
            }
            Statement::Find { .. } => Err(PortError::Broken("SQLite has no row locks to skip".into())),
            Statement::Notify => Err(PortError::Broken("SQLite has no notifications".into())),
            Statement::Slot(_) => Err(PortError::Broken("SQLite keeps no log for others to read".into())),
            Statement::TakeLock { .. } => Err(PortError::Broken("SQLite has no locks by name".into())),
            Statement::Write { row, amount, guard, sale } => {
                let update = sql::write(row, *amount, *guard, &sale.operation);
                self.write(update, row, sale).await
            }
            Statement::RaiseFence { row, token, or_equal } => {
                self.read(sql::raise_fence(row, *token, *or_equal)).await
            }
            Statement::Take { row, guarded, sale } => {
                self.write(sql::take(row, *guarded, sale), row, sale).await
            }
            Statement::Select { table, multiple_of } => {
                let counters = Counters::of(table);
                let sql = vec![sql::select(counters, *multiple_of)];
                let rows = self.fetch(&sql).await?;
                self.has_read = true;
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
                self.has_read = true;
                let records = rows.iter().map(|found| record(&row.table, found)).collect::<Result<_, _>>()?;
                Ok(Answer { sql, records, ..Answer::default() })
            }
            Statement::Waiting { locking: Locking::SkipLocked | Locking::Wait, .. } => {
                Err(PortError::Broken("SQLite has no row locks to skip".into()))
            }
            Statement::Waiting { table, which, limit, .. } => {
                let sql = vec![records::waiting(table, which, *limit, "")];
                self.records(table, sql).await
            }
            Statement::Claim { table, which, limit, claim } => {
                let sql = vec![records::claim(table, which, *limit, claim, "")];
                self.records(table, sql).await
            }
        }
    }

    async fn find(&mut self, sql: Sql) -> Result<Answer, PortError> {
        let sql = vec![sql];
        let rows = self.fetch(&sql).await?;
        self.has_read = true;
        let found = rows.first().map(unit_row).transpose()?;
        Ok(Answer::of_find(sql, found))
    }

    async fn begin(&mut self, text: &'static str) -> Result<Answer, PortError> {
        let sql = vec![sql::plain(text)];
        self.execute(&sql).await?;
        self.open = true;
        self.has_read = false;
        Ok(Answer { sql, ..Answer::default() })
    }

    async fn end(&mut self, text: &'static str) -> Result<Answer, PortError> {
        let sql = vec![sql::plain(text)];
        self.execute(&sql).await?;
        self.open = false;
        Ok(Answer { sql, ..Answer::default() })
    }

    async fn read(&mut self, sql: Sql) -> Result<Answer, PortError> {
        let sql = vec![sql];
        let rows = self.fetch(&sql).await?;
        self.has_read = true;
        Ok(Answer { row: rows.first().map(|row| counter(row, 0)).transpose()?, sql, ..Answer::default() })
    }

    /// A write and its sale. Outside a transaction it brings its own, opened with the write lock, so that having
    /// to wait is known before anything is read.
    async fn write(&mut self, update: Sql, row: &RowRef, sale: &Sale) -> Result<Answer, PortError> {
        if self.open {
            return self.write_inside(Vec::new(), update, row, sale).await;
        }
        let begin = vec![sql::plain(sql::BEGIN_IMMEDIATE)];
        self.execute(&begin).await?;
        let result = self.write_inside(begin, update, row, sale).await;
        let last = if result.is_ok() { sql::COMMIT } else { sql::ROLLBACK };
        let end = sql::plain(last);
        self.execute(std::slice::from_ref(&end)).await?;
        match result {
            Ok(mut answer) => {
                answer.sql.push(end);
                Ok(answer)
            }
            Err(error) => Err(error.and_ran(end)),
        }
    }

    async fn write_inside(
        &mut self,
        mut ran: Vec<Sql>,
        update: Sql,
        row: &RowRef,
        sale: &Sale,
    ) -> Result<Answer, PortError> {
        ran.push(update);
        let rows = self.fetch(&ran).await?;
        if let Some(written) = rows.first() {
            let overwrote = written.try_get("previous_op").map_err(lost)?;
            let counters = Counters::of(&row.table);
            let row = Some(counter(written, 0)?);
            if counters.has_records() {
                ran.push(sql::insert_sale(counters, sale));
                self.execute(&ran).await?;
            }
            return Ok(Answer { sql: ran, row, overwrote: Some(overwrote), ..Answer::default() });
        }
        ran.push(sql::read(row));
        let found = self.fetch(&ran).await?;
        self.has_read = true;
        Ok(Answer {
            row: found.first().map(|row| counter(row, 0)).transpose()?,
            sql: ran,
            ..Answer::default()
        })
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

    async fn records(&mut self, table: &Table, sql: Vec<Sql>) -> Result<Answer, PortError> {
        let rows = self.fetch(&sql).await?;
        self.has_read = true;
        let records = rows.iter().map(|row| record(table.name, row)).collect::<Result<_, _>>()?;
        Ok(Answer { sql, records: records::in_order(records), ..Answer::default() })
    }

    async fn put(&mut self, put: &Put) -> Result<Answer, PortError> {
        let sql = vec![records::put(put)];
        let rows = self.fetch(&sql).await?;
        let records: Vec<Record> =
            rows.iter().map(|row| record(&put.row.table, row)).collect::<Result<_, _>>()?;
        let effect = Some(records::effect(put, records.first()));
        Ok(Answer { sql, records, effect, ..Answer::default() })
    }

    async fn execute(&mut self, ran: &[Sql]) -> Result<(), PortError> {
        self.fetch(ran).await.map(drop)
    }

    /// Runs the last of `ran`; the others are there for the trace when it is refused.
    async fn fetch(&mut self, ran: &[Sql]) -> Result<Vec<SqliteRow>, PortError> {
        let Some(last) = ran.last() else {
            return Ok(Vec::new());
        };
        let may_wait = !self.open || !self.has_read;
        query(last).fetch_all(&mut self.connection).await.map_err(|error| refused(error, may_wait, ran))
    }
}

impl Session for SqliteSession {
    fn run<'a>(&'a mut self, statement: &'a Statement) -> BoxFuture<'a, Result<Answer, PortError>> {
        Box::pin(self.ask(statement))
    }

    fn need(&self, statement: &Statement) -> Option<Need> {
        let writes = match statement {
            Statement::Begin { isolation } => *isolation == Isolation::ToWrite,
            Statement::Write { .. }
            | Statement::Take { .. }
            | Statement::RaiseFence { .. }
            | Statement::Claim { .. }
            | Statement::Prune { .. }
            | Statement::Insert { .. }
            | Statement::Put(_)
            | Statement::Remove { .. } => true,
            _ => false,
        };
        writes.then_some(Need { lock: Lock::Database, waits: !self.open || !self.has_read })
    }

    fn in_transaction(&self) -> bool {
        self.open
    }

    fn begin_mode(&self, isolation: Isolation) -> &'static str {
        if isolation == Isolation::ToWrite { "immediate" } else { "deferred" }
    }

    /// Closing waits for the connection's own thread, so that its locks are gone when this returns. SQLite rolls back
    /// what is open (<https://sqlite.org/c3ref/close.html>).
    fn break_off(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            if let Err(error) = self.connection.close().await {
                tracing::debug!(%error, "a connection broke off badly");
            }
        })
    }
}

/// Every transaction here is serializable; only when it takes the write lock can be chosen.
/// (<https://sqlite.org/isolation.html>)
fn begin(isolation: Isolation) -> &'static str {
    if isolation == Isolation::ToWrite { sql::BEGIN_IMMEDIATE } else { sql::BEGIN_DEFERRED }
}

/// Everything in the database, in order.
pub(super) async fn contents(
    connection: &mut SqliteConnection,
    layout: &Layout,
) -> Result<Contents, PortError> {
    let mut contents = match layout.counters() {
        Some(counters) => counted(connection, counters).await?,
        None => Contents::default(),
    };
    for table in &layout.tables {
        let sql = sql::plain(&format!("select * from {} order by {KEY}", table.name));
        for row in query(&sql).fetch_all(&mut *connection).await.map_err(lost)? {
            contents.records.push(record(table.name, &row)?);
        }
        contents.sql.push(sql);
    }
    Ok(contents)
}

async fn counted(connection: &mut SqliteConnection, counters: &Counters) -> Result<Contents, PortError> {
    let mut sql = vec![sql::all_rows(counters)];
    let rows = query(&sql[0]).fetch_all(&mut *connection).await.map_err(lost)?;
    let rows = rows.iter().map(|row| grouped(counters, row)).collect::<Result<_, _>>()?;
    if !counters.has_records() {
        return Ok(Contents { rows, sql, ..Contents::default() });
    }
    let records = sql::all_records(counters);
    let sales = query(&records).fetch_all(&mut *connection).await.map_err(lost)?;
    sql.push(records);
    let sale = |row: &SqliteRow| -> Result<Sale, PortError> {
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
fn grouped(counters: &Counters, row: &SqliteRow) -> Result<CounterRow, PortError> {
    let of_table = |key| RowRef { table: counters.table.into(), key };
    let found = of_table(row.try_get(0).map_err(lost)?);
    let group = of_table(row.try_get(1).map_err(lost)?);
    Ok(CounterRow { unit_of: (group != found).then_some(group), row: found, counter: counter(row, 2)? })
}

/// A query with its values bound.
pub(super) fn query(sql: &Sql) -> Query<'static, Sqlite, SqliteArguments> {
    let query = sqlx::query(AssertSqlSafe(sql.text.clone()));
    sql.values.iter().fold(query, |query, value| match value {
        Value::Integer(number) => query.bind(*number),
        Value::Text(text) => query.bind(text.clone()),
        Value::Null => query.bind(None::<String>),
    })
}

/// An error where no refusal is possible.
pub(super) fn lost(error: sqlx::Error) -> PortError {
    PortError::Broken(format!("SQLite: {error}"))
}

fn refused(error: sqlx::Error, may_wait: bool, ran: &[Sql]) -> PortError {
    let Some(code) = error.as_database_error().and_then(|error| error.code()) else {
        return lost(error);
    };
    let refusal = match code.as_ref() {
        BUSY => Refusal::Busy,
        BUSY_SNAPSHOT => Refusal::StaleSnapshot,
        CONSTRAINT_CHECK => Refusal::Constraint,
        code if DUPLICATES.contains(&code) => Refusal::Duplicate,
        _ => return lost(error),
    };
    PortError::Refused {
        refusal,
        may_wait: may_wait && refusal == Refusal::Busy,
        code: code.into_owned(),
        message: error.to_string(),
        sql: ran.to_vec(),
    }
}

/// A counter from the columns that every statement returns, from this place on.
fn counter(row: &SqliteRow, from: usize) -> Result<Counter, PortError> {
    Ok(Counter {
        amount: row.try_get(from).map_err(lost)?,
        version: row.try_get(from + 1).map_err(lost)?,
        last_op: row.try_get(from + 2).map_err(lost)?,
    })
}

fn unit_row(row: &SqliteRow) -> Result<(RowRef, Counter), PortError> {
    let key = row.try_get(0).map_err(lost)?;
    Ok((RowRef { table: STOCK.table.into(), key }, counter(row, 1)?))
}

/// A row of any table, column by column.
fn record(table: &str, row: &SqliteRow) -> Result<Record, PortError> {
    let key = row.try_get(KEY).map_err(lost)?;
    let columns = row.columns().iter().map(Column::name).filter(|name| *name != KEY);
    let fields = columns.map(|name| Ok((name.to_owned(), value(row, name)?)));
    let fields = fields.collect::<Result<_, PortError>>()?;
    Ok(Record { row: RowRef { table: table.to_owned(), key }, fields })
}

fn value(row: &SqliteRow, column: &str) -> Result<Value, PortError> {
    if let Ok(number) = row.try_get::<Option<i64>, _>(column) {
        return Ok(number.map_or(Value::Null, Value::Integer));
    }
    let text = row.try_get::<Option<String>, _>(column).map_err(lost)?;
    Ok(text.map_or(Value::Null, Value::Text))
}
