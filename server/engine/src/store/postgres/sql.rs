//! The SQL that runs on PostgreSQL.

use lab::event::{CounterRow, Sale, Sql, Value};

use crate::store::table::{Column, KEY, PLACE, Table};
use crate::store::{Guard, Isolation, Locking};

/// The tables of a run. `previous_op` keeps, by the engine's own hand, which write the latest one replaced.
/// Autovacuum stays away, so that it does not take part in a run.
pub(super) fn tables(never_below_zero: bool) -> [String; 2] {
    let check = if never_below_zero { " check (quantity >= 0)" } else { "" };
    [
        format!(
            "create table stock (sku text primary key, product text not null, quantity bigint not null{check}, \
             version bigint not null, last_op text not null, previous_op text not null, \
             fence bigint not null default 0) with (autovacuum_enabled = off)"
        ),
        "create table sales (operation text, sku text, quantity bigint not null, primary key (operation, sku)) \
         with (autovacuum_enabled = off)"
            .into(),
    ]
}

/// A table of records. The numbers of a numbered table are handed out one by one, before the commit.
pub(super) fn table(table: &Table) -> String {
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

pub(super) fn begin(isolation: Isolation) -> &'static str {
    match isolation {
        Isolation::Standard | Isolation::ToWrite => "begin",
        Isolation::RepeatableRead => "begin isolation level repeatable read",
        Isolation::Serializable => "begin isolation level serializable",
    }
}

pub(super) const COMMIT: &str = "commit";
pub(super) const ROLLBACK: &str = "rollback";
pub(super) const ALL_ROWS: &str =
    "select sku, product, quantity, version, last_op from stock order by sku collate \"C\"";
pub(super) const ALL_SALES: &str =
    "select operation, sku, quantity from sales order by operation collate \"C\", sku collate \"C\"";

pub(super) fn plain(text: &str) -> Sql {
    Sql { text: text.to_owned(), values: Vec::new() }
}

pub(super) fn insert_row(row: &CounterRow) -> Sql {
    Sql {
        text: "insert into stock (sku, product, quantity, version, last_op, previous_op) \
               values ($1, $2, $3, $4, $5, '')"
            .into(),
        values: vec![
            Value::Text(row.row.key.clone()),
            Value::Text(row.unit_of.as_ref().unwrap_or(&row.row).key.clone()),
            Value::Integer(row.counter.amount),
            Value::Integer(row.counter.version),
            Value::Text(row.counter.last_op.clone()),
        ],
    }
}

pub(super) fn read(key: &str, for_update: bool) -> Sql {
    let lock = if for_update { " for update" } else { "" };
    Sql {
        text: format!("select quantity, version, last_op from stock where sku = $1{lock}"),
        values: vec![Value::Text(key.to_owned())],
    }
}

/// The first unit that is not sold. Whoever waited for a unit that was sold meanwhile does not get it: PostgreSQL looks
/// at the condition again (<https://www.postgresql.org/docs/15/transaction-iso.html#XACT-READ-COMMITTED>).
pub(super) fn find(product: &str, after: Option<&str>, locking: Locking) -> Sql {
    let later = if after.is_some() { " and sku > $2" } else { "" };
    let lock = match locking {
        Locking::None => "",
        Locking::SkipLocked => " for update skip locked",
        Locking::Wait => " for update",
    };
    let text = format!(
        "select sku, quantity, version, last_op from stock where product = $1 and quantity > 0{later} \
         order by sku limit 1{lock}"
    );
    let values = [Some(product), after].into_iter().flatten();
    Sql { text, values: values.map(|value| Value::Text(value.to_owned())).collect() }
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
pub(super) fn write(key: &str, amount: i64, guard: Guard, sale: &Sale) -> Sql {
    let values = [Value::Integer(amount), Value::Text(sale.operation.clone()), Value::Text(key.to_owned())];
    let set = format!("quantity = $1{}", guard.assignment(5));
    with_sale(&set, &guard.condition(5), values, sale, guard.number())
}

/// Raises the fence and reads the row in one statement.
pub(super) fn raise_fence(key: &str, token: i64) -> Sql {
    Sql {
        text:
            "update stock set fence = $1 where sku = $2 and fence < $1 returning quantity, version, last_op"
                .into(),
        values: vec![Value::Integer(token), Value::Text(key.to_owned())],
    }
}

/// Takes units inside the statement and records the sale with it.
pub(super) fn take(key: &str, guarded: bool, sale: &Sale) -> Sql {
    let guard = if guarded { " and quantity >= $1" } else { "" };
    let values =
        [Value::Integer(sale.quantity), Value::Text(sale.operation.clone()), Value::Text(key.to_owned())];
    with_sale("quantity = quantity - $1", guard, values, sale, None)
}

fn with_sale(set: &str, guard: &str, values: [Value; 3], sale: &Sale, number: Option<i64>) -> Sql {
    let text = format!(
        "with written as (update stock set {set}, version = version + 1, previous_op = last_op, \
         last_op = $2 where sku = $3{guard} returning sku, quantity, version, last_op, previous_op), \
         sale as (insert into sales (operation, sku, quantity) select last_op, sku, $4 from written) \
         select quantity, version, last_op, previous_op from written"
    );
    let mut values = values.to_vec();
    values.push(Value::Integer(sale.quantity));
    values.extend(number.map(Value::Integer));
    Sql { text, values }
}
