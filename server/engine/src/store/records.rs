//! The SQL of records. It is the same on every engine that is here; what differs stays with the adapters.

use lab::event::{Effect, Fields, Record, RowRef, Sql, Value};

use super::table::{KEY, Overwrite, PLACE, Put, Table, WhenThere, Which};

/// Writes a record and returns it; returns nothing where nothing was written.
pub(super) fn put(put: &Put) -> Sql {
    match put.when_there {
        WhenThere::Change => return change(put, None),
        WhenThere::ChangeIf(column, number) => return change(put, Some((column, number))),
        _ => {}
    }
    let table = &put.row.table;
    let mut columns = vec![KEY.to_owned()];
    let mut values = vec![Value::Text(put.row.key.clone())];
    for (column, value) in &put.fields {
        columns.push(column.clone());
        values.push(value.clone());
    }
    let places: Vec<String> = (1..=values.len()).map(|number| format!("${number}")).collect();
    let conflict = match &put.when_there {
        WhenThere::Refuse | WhenThere::Change | WhenThere::ChangeIf(..) => String::new(),
        WhenThere::Leave => format!(" on conflict ({KEY}) do nothing"),
        WhenThere::Overwrite(how) => overwrite(table, &put.fields, how),
    };
    let text = format!(
        "insert into {table} ({}) values ({}){conflict} returning *",
        columns.join(", "),
        places.join(", ")
    );
    Sql { text, values }
}

fn overwrite(table: &str, fields: &Fields, how: &Overwrite) -> String {
    let is_kept = |column: &str| how.keep.iter().any(|(_, to)| *to == column);
    let set = fields.keys().filter(|column| !is_kept(column)).map(|column| {
        if how.add.contains(&column.as_str()) {
            format!("{column} = {table}.{column} + excluded.{column}")
        } else {
            format!("{column} = excluded.{column}")
        }
    });
    let kept = how.keep.iter().map(|(from, to)| format!("{to} = {table}.{from}"));
    let set: Vec<String> = set.chain(kept).collect();
    let higher = how.if_higher.map(|column| format!(" where {table}.{column} < excluded.{column}"));
    let passed = how.if_passed.map(|(from, to)| format!(" where {table}.{from} <= excluded.{to}"));
    let guard = higher.or(passed).unwrap_or_default();
    format!(" on conflict ({KEY}) do update set {}{guard}", set.join(", "))
}

fn change(put: &Put, only_if: Option<(&str, i64)>) -> Sql {
    let set: Vec<String> =
        put.fields.keys().enumerate().map(|(place, column)| format!("{column} = ${}", place + 1)).collect();
    let mut values: Vec<Value> = put.fields.values().cloned().collect();
    values.push(Value::Text(put.row.key.clone()));
    let mut condition = format!("{KEY} = ${}", values.len());
    if let Some((column, number)) = only_if {
        values.push(Value::Integer(number));
        condition = format!("{condition} and {column} = ${}", values.len());
    }
    let text = format!("update {} set {} where {condition} returning *", put.row.table, set.join(", "));
    Sql { text, values }
}

/// Reads one record.
pub(super) fn look(row: &RowRef) -> Sql {
    Sql {
        text: format!("select * from {} where {KEY} = $1", row.table),
        values: vec![Value::Text(row.key.clone())],
    }
}

/// Removes old records and returns them.
pub(super) fn prune(table: &str, column: &str, before: i64) -> Sql {
    Sql {
        text: format!("delete from {table} where {column} < $1 returning *"),
        values: vec![Value::Integer(before)],
    }
}

/// Records in the order of their keys: engines return removed rows in an order of their own.
pub(super) fn in_order(mut records: Vec<Record>) -> Vec<Record> {
    records.sort_by(|one, other| one.row.cmp(&other.row));
    records
}

/// The records that wait, in the table's own order.
pub(super) fn waiting(table: &Table, which: Which, limit: u64) -> Sql {
    let order = if table.numbered { PLACE } else { KEY };
    let (condition, value) = match which {
        Which::State(state) => ("state = $1".to_owned(), Value::Text(state.to_owned())),
        Which::After(place) => (format!("{PLACE} > $1"), Value::Integer(place)),
    };
    Sql {
        text: format!("select * from {} where {condition} order by {order} limit $2", table.name),
        values: vec![value, Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX))],
    }
}

/// What became of the record, from what the engine returned. Whether an overwritten row had been there shows in the
/// columns that keep its old values: a new row has what was put.
pub(super) fn effect(put: &Put, returned: Option<&Record>) -> Effect {
    let Some(record) = returned else { return Effect::Unchanged };
    let was_there = match &put.when_there {
        WhenThere::Refuse | WhenThere::Leave => false,
        WhenThere::Change | WhenThere::ChangeIf(..) => true,
        WhenThere::Overwrite(how) => {
            how.keep.iter().any(|(_, to)| record.fields.get(*to) != put.fields.get(*to))
        }
    };
    if was_there { Effect::Updated } else { Effect::Inserted }
}
