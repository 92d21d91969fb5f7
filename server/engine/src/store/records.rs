//! The SQL of records. It is the same on every engine that is here; what differs stays with the adapters.

use lab::event::{Effect, Fields, Record, RowRef, Sql, Value};

use super::table::{Claim, KEY, Mark, Overwrite, PLACE, Put, Table, WhenThere, Which};

/// Writes a record and returns it; returns nothing where nothing was written.
pub(super) fn put(put: &Put) -> Sql {
    match &put.when_there {
        WhenThere::Change => return change(put, None, &Overwrite::default()),
        WhenThere::Revise(how) => return change(put, None, how),
        WhenThere::ChangeIf(column, number) => {
            return change(put, Some((column, *number)), &Overwrite::default());
        }
        WhenThere::Advance(column, number, how) => return change(put, Some((column, *number)), how),
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
        WhenThere::Refuse
        | WhenThere::Change
        | WhenThere::Revise(_)
        | WhenThere::ChangeIf(..)
        | WhenThere::Advance(..) => String::new(),
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

fn change(put: &Put, only_if: Option<(&str, i64)>, how: &Overwrite) -> Sql {
    let is_kept = |column: &str| how.keep.iter().any(|(_, to)| *to == column);
    let fields = put.fields.iter().filter(|(column, _)| !is_kept(column));
    let mut values: Vec<Value> = Vec::new();
    let mut set: Vec<String> = Vec::new();
    for (column, value) in fields {
        values.push(value.clone());
        let added = if how.add.contains(&column.as_str()) { format!("{column} + ") } else { String::new() };
        set.push(format!("{column} = {added}${}", values.len()));
    }
    set.extend(how.keep.iter().map(|(from, to)| format!("{to} = {from}")));
    values.push(Value::Text(put.row.key.clone()));
    let mut condition = format!("{KEY} = ${}", values.len());
    if let Some((column, number)) = only_if {
        values.push(Value::Integer(number));
        condition = format!("{condition} and {column} = ${}", values.len());
    }
    let text = format!("update {} set {} where {condition} returning *", put.row.table, set.join(", "));
    Sql { text, values }
}

/// Removes one record and returns it.
pub(super) fn remove(row: &RowRef) -> Sql {
    Sql {
        text: format!("delete from {} where {KEY} = $1 returning *", row.table),
        values: vec![Value::Text(row.key.clone())],
    }
}

/// Marks several records.
pub(super) fn mark(mark: &Mark) -> Sql {
    let Mark { table, state, keys } = mark;
    let places: Vec<String> = (2..keys.len() + 2).map(|number| format!("${number}")).collect();
    let text = format!("update {table} set state = $1 where {KEY} in ({})", places.join(", "));
    let values = std::iter::once(*state).chain(keys.iter().map(String::as_str));
    Sql { text, values: values.map(|text| Value::Text(text.to_owned())).collect() }
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

/// The records that wait, in the table's own order. `lock` is the engine's way to lock what is read.
pub(super) fn waiting(table: &Table, which: &Which, limit: u64, lock: &str) -> Sql {
    let (condition, mut values) = condition(table.name, which);
    values.push(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
    let text = format!(
        "select * from {} where {condition} order by {} limit ${}{lock}",
        table.name,
        order(table),
        values.len()
    );
    Sql { text, values }
}

/// Marks records that wait and returns them, in whatever order the engine likes. The condition stands twice: whoever
/// waited for a row must look again whether its mark has run out. `lock` is the engine's way to pass over locked rows.
pub(super) fn claim(table: &Table, which: &Which, limit: u64, claim: &Claim, lock: &str) -> Sql {
    let (condition, mut values) = condition(table.name, which);
    let mut bind = |value: Value| {
        values.push(value);
        values.len()
    };
    let (name, order) = (table.name, order(table));
    let by = bind(Value::Text(claim.by.clone()));
    let (until, now) = (bind(Value::Integer(claim.until_us)), bind(Value::Integer(claim.now_us)));
    let limit = bind(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
    let text = format!(
        "update {name} set claimed_by = ${by}, until_us = ${until} where until_us <= ${now} and {KEY} in \
         (select {KEY} from {name} where {condition} and until_us <= ${now} order by {order} limit ${limit}{lock}) \
         returning *"
    );
    Sql { text, values }
}

/// What an engine returned in an order of its own, in the order of the numbers that it gave, then of the keys.
pub(super) fn in_order(mut records: Vec<Record>) -> Vec<Record> {
    records.sort_by(|one, other| (one.number(PLACE), &one.row).cmp(&(other.number(PLACE), &other.row)));
    records
}

fn order(table: &Table) -> &'static str {
    if table.numbered { PLACE } else { KEY }
}

fn condition(table: &str, which: &Which) -> (String, Vec<Value>) {
    let text = |text: &str| Value::Text(text.to_owned());
    match which {
        // States are ours and few. As parts of the text they let an engine use an index of the rows in one state alone.
        Which::State(state) => (format!("state = '{state}'"), Vec::new()),
        Which::Free { state, key, not_behind } => {
            let (mut condition, mut values) = (format!("state = '{state}'"), Vec::new());
            if let Some(key) = key {
                values.push(text(key));
                condition = format!("{condition} and key = ${}", values.len());
            }
            if let Some(front) = not_behind {
                condition = format!(
                    "{condition} and not exists (select 1 from {table} front where front.key = {table}.key \
                     and front.state = '{front}' and front.{PLACE} < {table}.{PLACE})"
                );
            }
            (condition, values)
        }
        Which::After(place) => (format!("{PLACE} > $1"), vec![Value::Integer(*place)]),
        Which::Holding(column, text) => (format!("{column} = $1"), vec![Value::Text(text.clone())]),
    }
}

/// What became of the record, from what the engine returned. Whether an overwritten row had been there shows in the
/// columns that keep its old values: a new row has what was put.
pub(super) fn effect(put: &Put, returned: Option<&Record>) -> Effect {
    let Some(record) = returned else { return Effect::Unchanged };
    let was_there = match &put.when_there {
        WhenThere::Refuse | WhenThere::Leave => false,
        WhenThere::Change | WhenThere::Revise(_) | WhenThere::ChangeIf(..) | WhenThere::Advance(..) => true,
        WhenThere::Overwrite(how) => {
            how.keep.iter().any(|(_, to)| record.fields.get(*to) != put.fields.get(*to))
        }
    };
    if was_there { Effect::Updated } else { Effect::Inserted }
}
