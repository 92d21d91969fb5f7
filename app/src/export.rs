//! A run taken out of the lab: as one document that needs no server, or as steps for the database's own shells.

pub mod document;
pub mod shells;

use lab::event::Sql;

/// A statement with its values in it.
fn filled(sql: &Sql) -> String {
    let mut parts = sql.text.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let number = part[..digits].parse::<usize>().ok();
        match number.and_then(|number| sql.values.get(number.checked_sub(1)?)) {
            Some(value) => {
                text += &value.to_string();
                text += &part[digits..];
            }
            None => {
                text.push('$');
                text += part;
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use lab::event::Value;

    use super::*;

    #[test]
    fn values_are_filled_in_as_literals() {
        let sql = Sql {
            text: "update t set a = $1, b = $2, c = $10 where d = $2".into(),
            values: vec![Value::Integer(-7), Value::Text("O'Hara $1".into())],
        };
        assert_eq!(filled(&sql), "update t set a = -7, b = 'O''Hara $1', c = $10 where d = 'O''Hara $1'");
    }
}
