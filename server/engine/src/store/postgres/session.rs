//! One actor's connection to PostgreSQL, and what its SQLSTATEs mean.

use futures::future::BoxFuture;
use lab::event::{Counter, CounterRow, Lock, Record, Refusal, RowRef, Sale, Sql, Value};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Column, Connection, PgConnection, Postgres, Row};

use super::sql;
use crate::store::table::{KEY, Put};
use crate::store::{
    Answer, Contents, Isolation, Layout, Locking, Need, PortError, STOCK, Session, Statement, records,
};

/// One actor's connection.
pub(super) struct PostgresSession {
    connection: PgConnection,
    open: bool,
}

impl PostgresSession {
    pub(super) fn new(connection: PgConnection) -> Self {
        Self { connection, open: false }
    }

    async fn ask(&mut self, statement: &Statement) -> Result<Answer, PortError> {
        match statement {
            Statement::Begin { isolation } => self.control(sql::begin(*isolation), true).await,
            Statement::Commit => self.control(sql::COMMIT, false).await,
            Statement::Rollback => self.control(sql::ROLLBACK, false).await,
            Statement::Read { row, for_update } => self.read(vec![sql::read(&row.key, *for_update)]).await,
            Statement::Find { product, after, locking } => {
                let sql = vec![sql::find(&product.key, after.as_deref(), *locking)];
                let rows = self.fetch(&sql).await?;
                let found = rows.first().map(counter_row).transpose()?;
                Ok(Answer::of_find(sql, found))
            }
            Statement::TakeLock { name } => {
                let sql = vec![sql::advisory_lock(name)];
                self.fetch(&sql).await?;
                Ok(Answer { sql, ..Answer::default() })
            }
            Statement::Write { row, amount, guard, sale } => {
                self.write(sql::write(&row.key, *amount, *guard, sale), row).await
            }
            Statement::RaiseFence { row, token } => self.read(vec![sql::raise_fence(&row.key, *token)]).await,
            Statement::Take { row, guarded, sale } => {
                self.write(sql::take(&row.key, *guarded, sale), row).await
            }
            Statement::Put(put) => self.put(put).await,
            Statement::Prune { table, column, before } => {
                let sql = vec![records::prune(table, column, *before)];
                let rows = self.fetch(&sql).await?;
                let records = rows.iter().map(|row| record(table, row)).collect::<Result<_, _>>()?;
                Ok(Answer { sql, records: records::in_order(records), ..Answer::default() })
            }
            Statement::Look { row } => {
                let sql = vec![records::look(row)];
                let rows = self.fetch(&sql).await?;
                let records = rows.iter().map(|found| record(&row.table, found)).collect::<Result<_, _>>()?;
                Ok(Answer { sql, records, ..Answer::default() })
            }
            Statement::Waiting { table, which, limit } => {
                let sql = vec![records::waiting(table, *which, *limit)];
                let rows = self.fetch(&sql).await?;
                let records = rows.iter().map(|row| record(table.name, row)).collect::<Result<_, _>>()?;
                Ok(Answer { sql, records, ..Answer::default() })
            }
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
        Ok(Answer { row: rows.first().map(counter).transpose()?, sql: ran, ..Answer::default() })
    }

    /// A write that wrote nothing is followed by a read in a statement of its own, whose snapshot is newer.
    async fn write(&mut self, update: Sql, row: &RowRef) -> Result<Answer, PortError> {
        let mut ran = vec![update];
        let rows = self.fetch(&ran).await?;
        if let Some(written) = rows.first() {
            let overwrote = Some(written.try_get("previous_op").map_err(lost)?);
            return Ok(Answer { row: Some(counter(written)?), overwrote, sql: ran, ..Answer::default() });
        }
        ran.push(sql::read(&row.key, false));
        self.read(ran).await
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
        query(last).fetch_all(&mut self.connection).await.map_err(|error| refused(error, ran))
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
            | Statement::Read { row, for_update: true } => {
                Some(Need { lock: Lock::Row { row: row.clone() }, waits: true })
            }
            // Which unit it will wait for is not known before; those who wait for one of a product stand in one queue.
            Statement::Find { product, locking: Locking::Wait, .. } => {
                Some(Need { lock: Lock::Row { row: product.clone() }, waits: true })
            }
            Statement::Put(put) => Some(Need { lock: Lock::Row { row: put.row.clone() }, waits: true }),
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
    let mut contents = if layout.rows.is_empty() { Contents::default() } else { stock(connection).await? };
    for table in &layout.tables {
        let sql = sql::plain(&format!("select * from {} order by {KEY} collate \"C\"", table.name));
        for row in query(&sql).fetch_all(&mut *connection).await.map_err(lost)? {
            contents.records.push(record(table.name, &row)?);
        }
        contents.sql.push(sql);
    }
    Ok(contents)
}

async fn stock(connection: &mut PgConnection) -> Result<Contents, PortError> {
    let sql = vec![sql::plain(sql::ALL_ROWS), sql::plain(sql::ALL_SALES)];
    let rows = query(&sql[0]).fetch_all(&mut *connection).await.map_err(lost)?;
    let sales = query(&sql[1]).fetch_all(&mut *connection).await.map_err(lost)?;
    let row = |row: &PgRow| -> Result<CounterRow, PortError> {
        let product = RowRef { table: STOCK.into(), key: row.try_get("product").map_err(lost)? };
        let (found, counter) = counter_row(row)?;
        Ok(CounterRow { unit_of: (product != found).then_some(product), row: found, counter })
    };
    let sale = |row: &PgRow| -> Result<Sale, PortError> {
        Ok(Sale {
            operation: row.try_get("operation").map_err(lost)?,
            key: row.try_get("sku").map_err(lost)?,
            quantity: row.try_get("quantity").map_err(lost)?,
        })
    };
    Ok(Contents {
        rows: rows.iter().map(row).collect::<Result<_, _>>()?,
        sales: sales.iter().map(sale).collect::<Result<_, _>>()?,
        sql,
        ..Contents::default()
    })
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

/// An error that no statement of ours should meet, or a lost connection.
pub(super) fn lost(error: sqlx::Error) -> PortError {
    match error {
        sqlx::Error::Io(error) => PortError::Lost(error.to_string()),
        error => PortError::Broken(format!("PostgreSQL: {error}")),
    }
}

/// SQLSTATEs: <https://www.postgresql.org/docs/15/errcodes-appendix.html>.
fn refused(error: sqlx::Error, ran: &[Sql]) -> PortError {
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
        _ => return lost(error),
    };
    let (code, message) = (code.into_owned(), error.to_string());
    PortError::Refused { refusal, code, message, may_wait: false, sql: ran.to_vec() }
}

fn counter(row: &PgRow) -> Result<Counter, PortError> {
    Ok(Counter {
        amount: row.try_get("quantity").map_err(lost)?,
        version: row.try_get("version").map_err(lost)?,
        last_op: row.try_get("last_op").map_err(lost)?,
    })
}

fn counter_row(row: &PgRow) -> Result<(RowRef, Counter), PortError> {
    let key = row.try_get("sku").map_err(lost)?;
    Ok((RowRef { table: STOCK.into(), key }, counter(row)?))
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
