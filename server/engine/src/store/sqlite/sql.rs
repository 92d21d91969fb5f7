//! The SQL that runs on SQLite.

use lab::event::{CounterRow, Sale, Sql, Value};

use crate::store::Guard;
use crate::store::table::{Column, KEY, PLACE, Table};

/// The tables of a run. `previous_op` keeps, by the engine's own hand, which write the latest one replaced.
pub(super) fn tables(never_below_zero: bool) -> [String; 2] {
    let check = if never_below_zero { " check (quantity >= 0)" } else { "" };
    [
        format!(
            "create table stock (sku text primary key, product text not null, quantity integer not null{check}, \
             version integer not null, last_op text not null, previous_op text not null, \
             fence integer not null default 0) strict"
        ),
        "create table sales (operation text not null, sku text not null, quantity integer not null, \
         primary key (operation, sku)) strict"
            .into(),
    ]
}

/// A table of records. Numbers of a numbered table are never used again, not even after rows were removed.
pub(super) fn table(table: &Table) -> String {
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
pub(super) const ALL_ROWS: &str = "select sku, product, quantity, version, last_op from stock order by sku";
pub(super) const ALL_SALES: &str = "select operation, sku, quantity from sales order by operation, sku";

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

pub(super) fn read(key: &str) -> Sql {
    Sql {
        text: "select quantity, version, last_op from stock where sku = $1".into(),
        values: vec![Value::Text(key.to_owned())],
    }
}

/// The first unit that is not sold.
pub(super) fn find(product: &str, after: Option<&str>) -> Sql {
    let later = if after.is_some() { " and sku > $2" } else { "" };
    let text = format!(
        "select sku, quantity, version, last_op from stock where product = $1 and quantity > 0{later} \
         order by sku limit 1"
    );
    let values = [Some(product), after].into_iter().flatten();
    Sql { text, values: values.map(|value| Value::Text(value.to_owned())).collect() }
}

pub(super) fn write(key: &str, amount: i64, guard: Guard, operation: &str) -> Sql {
    let (also, condition) = (guard.assignment(4), guard.condition(4));
    let text = format!(
        "update stock set quantity = $1, version = version + 1, previous_op = last_op, last_op = $2{also} \
         where sku = $3{condition} returning quantity, version, last_op, previous_op"
    );
    let mut values =
        vec![Value::Integer(amount), Value::Text(operation.to_owned()), Value::Text(key.to_owned())];
    values.extend(guard.number().map(Value::Integer));
    Sql { text, values }
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

pub(super) fn take(key: &str, guarded: bool, sale: &Sale) -> Sql {
    let guard = if guarded { " and quantity >= $1" } else { "" };
    let text = format!(
        "update stock set quantity = quantity - $1, version = version + 1, previous_op = last_op, last_op = $2 \
         where sku = $3{guard} returning quantity, version, last_op, previous_op"
    );
    let values =
        vec![Value::Integer(sale.quantity), Value::Text(sale.operation.clone()), Value::Text(key.to_owned())];
    Sql { text, values }
}

pub(super) fn insert_sale(sale: &Sale) -> Sql {
    Sql {
        text: "insert into sales (operation, sku, quantity) values ($1, $2, $3)".into(),
        values: vec![
            Value::Text(sale.operation.clone()),
            Value::Text(sale.key.clone()),
            Value::Integer(sale.quantity),
        ],
    }
}
