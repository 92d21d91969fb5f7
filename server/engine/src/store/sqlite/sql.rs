//! The SQL that runs on SQLite.

use lab::event::{Counter, CounterRow, RowRef, Sale, Sql, Value};

use crate::store::counters::STOCK;
use crate::store::table::{Column, KEY, PLACE, Table};
use crate::store::{Counters, Guard, Layout};

/// What a run's database is made by: tables, then rows.
pub(super) fn set_up(layout: &Layout) -> Vec<Sql> {
    let tables = layout.tables.iter().map(|table| table_of(table));
    let counters = layout.counters().map(|counters| tables_of(counters, layout.never_below_zero));
    let made = tables.chain(counters.into_iter().flatten());
    made.map(|text| plain(&text)).chain(layout.rows.iter().map(insert_row)).collect()
}

/// The tables of counters. `previous_op` keeps, by the engine's own hand, which write the latest one replaced.
fn tables_of(counters: &Counters, never_below_zero: bool) -> Vec<String> {
    let Counters { table, key, group, amount, records, record_key, taken } = counters;
    let check = if never_below_zero { format!(" check ({amount} >= 0)") } else { String::new() };
    let rows = format!(
        "create table {table} ({key} text primary key, {group} text not null, {amount} integer not null{check}, \
             version integer not null, last_op text not null, previous_op text not null, \
             fence integer not null default 0) strict"
    );
    if !counters.has_records() {
        return vec![rows];
    }
    vec![
        rows,
        format!(
            "create table {records} (operation text not null, {record_key} text not null, \
             {taken} integer not null, primary key (operation, {record_key})) strict"
        ),
    ]
}

/// A table of records. Numbers of a numbered table are never used again, not even after rows were removed.
fn table_of(table: &Table) -> String {
    let mut columns = Vec::new();
    if table.numbered {
        columns.push(format!("{PLACE} integer primary key autoincrement, {KEY} text not null unique"));
    } else {
        columns.push(format!("{KEY} text primary key"));
    }
    let kind = |column: &Column| match column {
        Column::Integer => "integer",
        Column::Text => "text",
    };
    columns.extend(table.columns.iter().map(|(name, column)| format!("{name} {} not null", kind(column))));
    format!("create table {} ({}) strict", table.name, columns.join(", "))
}

pub(super) const BEGIN_DEFERRED: &str = "begin deferred";
pub(super) const BEGIN_IMMEDIATE: &str = "begin immediate";
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
    plain(&format!("select {key}, {group}, {} from {table} order by {key}", counters.returned()))
}

/// All records of changes: operation, key, what was taken.
pub(super) fn all_records(counters: &Counters) -> Sql {
    let Counters { records, record_key, taken, .. } = counters;
    plain(&format!("select operation, {record_key}, {taken} from {records} order by operation, {record_key}"))
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

pub(super) fn read(row: &RowRef) -> Sql {
    let counters = Counters::of(&row.table);
    Sql {
        text: format!("select {} from {} where {} = $1", counters.returned(), counters.table, counters.key),
        values: vec![Value::Text(row.key.clone())],
    }
}

/// The first unit that is not sold.
pub(super) fn find(product: &str, after: Option<&str>) -> Sql {
    let later = if after.is_some() { " and sku > $2" } else { "" };
    let returned = STOCK.returned();
    let text = format!(
        "select sku, {returned} from stock where product = $1 and quantity > 0{later} order by sku limit 1"
    );
    let values = [Some(product), after].into_iter().flatten();
    Sql { text, values: values.map(|value| Value::Text(value.to_owned())).collect() }
}

pub(super) fn write(row: &RowRef, amount: i64, guard: Guard, operation: &str) -> Sql {
    let counters = Counters::of(&row.table);
    let set = format!("{} = $1", counters.amount);
    let mut sql =
        update(counters, &set, &guard.assignment(4), &guard.condition(4), amount, operation, &row.key);
    sql.values.extend(guard.number().map(Value::Integer));
    sql
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

pub(super) fn take(row: &RowRef, guarded: bool, sale: &Sale) -> Sql {
    let counters = Counters::of(&row.table);
    let amount = counters.amount;
    let guard = if guarded { format!(" and {amount} >= $1") } else { String::new() };
    let set = format!("{amount} = {amount} - $1");
    update(counters, &set, "", &guard, sale.quantity, &sale.operation, &row.key)
}

fn update(
    counters: &Counters,
    set: &str,
    also: &str,
    guard: &str,
    number: i64,
    operation: &str,
    key: &str,
) -> Sql {
    let text = format!(
        "update {} set {set}, version = version + 1, previous_op = last_op, last_op = $2{also} \
         where {} = $3{guard} returning {}, previous_op",
        counters.table,
        counters.key,
        counters.returned()
    );
    let values = vec![Value::Integer(number), Value::Text(operation.to_owned()), Value::Text(key.to_owned())];
    Sql { text, values }
}

pub(super) fn insert_sale(counters: &Counters, sale: &Sale) -> Sql {
    let Counters { records, record_key, taken, .. } = counters;
    Sql {
        text: format!("insert into {records} (operation, {record_key}, {taken}) values ($1, $2, $3)"),
        values: vec![
            Value::Text(sale.operation.clone()),
            Value::Text(sale.key.clone()),
            Value::Integer(sale.quantity),
        ],
    }
}
