//! The SQL that runs on PostgreSQL.

use lab::checks::{PARKED, WAITS};
use lab::event::{Counter, CounterRow, RowRef, Sale, Sql, Value};

use crate::store::counters::STOCK;
use crate::store::table::{Column, KEY, PLACE, Table};
use crate::store::{Counters, Guard, Isolation, Layout, Locking};

/// What a run's database is made by: tables, then rows.
pub(super) fn set_up(layout: &Layout) -> Vec<Sql> {
    let tables = layout.tables.iter().map(|table| table_of(table));
    let indexes = layout.tables.iter().flat_map(|table| indexes(table));
    let counters = layout.counters().map(|counters| tables_of(counters, layout.never_below_zero));
    let made = tables.chain(indexes).chain(counters.into_iter().flatten());
    made.map(|text| plain(&text)).chain(layout.rows.iter().map(insert_row)).collect()
}

/// The tables of counters. `previous_op` keeps, by the engine's own hand, which write the latest one replaced.
/// Autovacuum stays away, so that it does not take part in a run.
fn tables_of(counters: &Counters, never_below_zero: bool) -> Vec<String> {
    let Counters { table, key, group, amount, records, record_key, taken } = counters;
    let check = if never_below_zero { format!(" check ({amount} >= 0)") } else { String::new() };
    let rows = format!(
        "create table {table} ({key} text primary key, {group} text not null, {amount} bigint not null{check}, \
             version bigint not null, last_op text not null, previous_op text not null, \
             fence bigint not null default 0) with (autovacuum_enabled = off)"
    );
    if !counters.has_records() {
        return vec![rows];
    }
    vec![
        rows,
        format!(
            "create table {records} (operation text, {record_key} text, {taken} bigint not null, \
             primary key (operation, {record_key})) with (autovacuum_enabled = off)"
        ),
    ]
}

/// A table of records. The numbers of a numbered table are handed out one by one, before the commit.
fn table_of(table: &Table) -> String {
    let mut columns = vec![format!("{KEY} text primary key")];
    if table.numbered {
        columns.push(format!("{PLACE} bigint not null unique generated always as identity (cache 1)"));
    }
    let kind = |column: &Column| match column {
        Column::Integer => "bigint",
        Column::Text => "text",
    };
    columns.extend(table.columns.iter().map(|(name, column)| format!("{name} {} not null", kind(column))));
    format!("create table {} ({}) with (autovacuum_enabled = off)", table.name, columns.join(", "))
}

/// The indexes of a numbered table whose rows have a state: those that wait, in their order, and those that hold up later
/// ones of their key. Rows in any other state are in neither, however many there are.
fn indexes(table: &Table) -> Vec<String> {
    let has = |column: &str| table.columns.iter().any(|(name, _)| *name == column);
    if !(table.numbered && has("state") && has("key")) {
        return Vec::new();
    }
    let name = table.name;
    vec![
        format!("create index {name}_that_wait on {name} ({PLACE}) where state = '{WAITS}'"),
        format!("create index {name}_parked on {name} (key, {PLACE}) where state = '{PARKED}'"),
    ]
}

pub(super) fn begin(isolation: Isolation) -> &'static str {
    match isolation {
        Isolation::Standard | Isolation::ToWrite => "begin",
        Isolation::ReadUncommitted => "begin isolation level read uncommitted",
        Isolation::RepeatableRead => "begin isolation level repeatable read",
        Isolation::Serializable => "begin isolation level serializable",
    }
}

/// A channel belongs to the whole database, so the schema keeps runs apart.
pub(super) const NOTIFY: &str = "select pg_notify(current_schema() || '.outbox', '')";
pub(super) const COMMIT: &str = "commit";
pub(super) const ROLLBACK: &str = "rollback";

/// Rows by a condition on their amount: key, group, and what every statement returns.
pub(super) fn select(counters: &Counters, multiple_of: Option<i64>) -> Sql {
    let Counters { table, key, group, amount, .. } = counters;
    let condition = if multiple_of.is_some() { format!(" where {amount} % $1 = 0") } else { String::new() };
    Sql {
        text: format!(
            "select {key}, {group}, {} from {table}{condition} order by {key}",
            counters.returned()
        ),
        values: multiple_of.into_iter().map(Value::Integer).collect(),
    }
}

/// A row more.
pub(super) fn insert(row: &RowRef, amount: i64, operation: &str) -> Sql {
    let counter = Counter { amount, version: 1, last_op: operation.to_owned() };
    let mut sql = insert_row(&CounterRow { row: row.clone(), counter, unit_of: None });
    sql.text = format!("{} returning {}", sql.text, Counters::of(&row.table).returned());
    sql
}

/// All counter rows: key, group, and what every statement returns.
pub(super) fn all_rows(counters: &Counters) -> Sql {
    let Counters { table, key, group, .. } = counters;
    plain(&format!(
        "select {key}, {group}, {} from {table} order by {key} collate \"C\"",
        counters.returned()
    ))
}

/// All records of changes: operation, key, what was taken.
pub(super) fn all_records(counters: &Counters) -> Sql {
    let Counters { records, record_key, taken, .. } = counters;
    plain(&format!(
        "select operation, {record_key}, {taken} from {records} \
         order by operation collate \"C\", {record_key} collate \"C\""
    ))
}

pub(super) fn plain(text: &str) -> Sql {
    Sql { text: text.to_owned(), values: Vec::new() }
}

fn insert_row(row: &CounterRow) -> Sql {
    let Counters { table, key, group, amount, .. } = Counters::of(&row.row.table);
    Sql {
        text: format!(
            "insert into {table} ({key}, {group}, {amount}, version, last_op, previous_op) \
             values ($1, $2, $3, $4, $5, '')"
        ),
        values: vec![
            Value::Text(row.row.key.clone()),
            Value::Text(row.unit_of.as_ref().unwrap_or(&row.row).key.clone()),
            Value::Integer(row.counter.amount),
            Value::Integer(row.counter.version),
            Value::Text(row.counter.last_op.clone()),
        ],
    }
}

pub(super) fn read(row: &RowRef, for_update: bool) -> Sql {
    let counters = Counters::of(&row.table);
    let lock = if for_update { " for update" } else { "" };
    Sql {
        text: format!(
            "select {} from {} where {} = $1{lock}",
            counters.returned(),
            counters.table,
            counters.key
        ),
        values: vec![Value::Text(row.key.clone())],
    }
}

/// The first unit that is not sold. Whoever waited for a unit that was sold meanwhile does not get it: PostgreSQL looks
/// at the condition again (<https://www.postgresql.org/docs/15/transaction-iso.html#XACT-READ-COMMITTED>).
pub(super) fn find(product: &str, after: Option<&str>, locking: Locking) -> Sql {
    let later = if after.is_some() { " and sku > $2" } else { "" };
    let lock = row_lock(locking);
    let returned = STOCK.returned();
    let text = format!(
        "select sku, {returned} from stock where product = $1 and quantity > 0{later} order by sku limit 1{lock}"
    );
    let values = [Some(product), after].into_iter().flatten();
    Sql { text, values: values.map(|value| Value::Text(value.to_owned())).collect() }
}

/// What a read does about row locks, to follow it.
pub(super) fn row_lock(locking: Locking) -> &'static str {
    match locking {
        Locking::None => "",
        Locking::SkipLocked => " for update skip locked",
        Locking::Wait => " for update",
    }
}

/// A lock by name. The hash maps the name on the number that PostgreSQL wants; the schema keeps runs apart, because
/// advisory locks belong to the whole database.
pub(super) fn advisory_lock(name: &str) -> Sql {
    Sql {
        text: "select pg_advisory_xact_lock(hashtextextended(current_schema() || $1, 0))".into(),
        values: vec![Value::Text(name.to_owned())],
    }
}

/// Sets the row and records the sale in one statement, which PostgreSQL runs as one transaction.
pub(super) fn write(row: &RowRef, amount: i64, guard: Guard, sale: &Sale) -> Sql {
    let counters = Counters::of(&row.table);
    let values = [Value::Integer(amount), Value::Text(sale.operation.clone()), Value::Text(row.key.clone())];
    let set = format!("{} = $1{}", counters.amount, guard.assignment(5));
    with_sale(counters, &set, &guard.condition(5), values, sale, guard.number())
}

/// Raises the fence and reads the row in one statement.
pub(super) fn raise_fence(row: &RowRef, token: i64, or_equal: bool) -> Sql {
    let counters = Counters::of(&row.table);
    let below = if or_equal { "<=" } else { "<" };
    Sql {
        text: format!(
            "update {} set fence = $1 where {} = $2 and fence {below} $1 returning {}",
            counters.table,
            counters.key,
            counters.returned()
        ),
        values: vec![Value::Integer(token), Value::Text(row.key.clone())],
    }
}

/// Takes units inside the statement and records the sale with it.
pub(super) fn take(row: &RowRef, guarded: bool, sale: &Sale) -> Sql {
    let counters = Counters::of(&row.table);
    let amount = counters.amount;
    let guard = if guarded { format!(" and {amount} >= $1") } else { String::new() };
    let values =
        [Value::Integer(sale.quantity), Value::Text(sale.operation.clone()), Value::Text(row.key.clone())];
    with_sale(counters, &format!("{amount} = {amount} - $1"), &guard, values, sale, None)
}

fn with_sale(
    counters: &Counters,
    set: &str,
    guard: &str,
    values: [Value; 3],
    sale: &Sale,
    number: Option<i64>,
) -> Sql {
    let Counters { table, key, records, record_key, taken, .. } = counters;
    let returned = counters.returned();
    if !counters.has_records() {
        let text = format!(
            "update {table} set {set}, version = version + 1, previous_op = last_op, last_op = $2 \
             where {key} = $3{guard} returning {returned}, previous_op"
        );
        return Sql { text, values: values.to_vec() };
    }
    let text = format!(
        "with written as (update {table} set {set}, version = version + 1, previous_op = last_op, \
         last_op = $2 where {key} = $3{guard} returning {key}, {returned}, previous_op), \
         sale as (insert into {records} (operation, {record_key}, {taken}) select last_op, {key}, $4 from written) \
         select {returned}, previous_op from written"
    );
    let mut values = values.to_vec();
    values.push(Value::Integer(sale.quantity));
    values.extend(number.map(Value::Integer));
    Sql { text, values }
}
