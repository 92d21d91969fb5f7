//! Reads what the server sends: JSON into the words of `lab`, through one small reader.
//!
//! serde compiles every type once for each reader that it meets, in every shape in which that reader might hand it over.
//! serde_json's own reader knows many; half of the page's program was made of them. This one knows that a struct is an
//! object and that a field's name is a text, and offers nothing else.
//!
//! An object that names its variant in a field of its own (`{"type": "wrote", ...}`) is handed over as that variant.
//! `lab`'s feature `page` asks for its large enums in this way: serde would else copy each into a buffer first, and
//! compile all that they hold a second time for that buffer.

use std::slice;

use serde::de::value::SeqDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Map, Value, map};

use crate::words::reading as words;

/// The fields that may name an object's variant.
const TAGS: [&str; 2] = ["type", "kind"];

/// Reads a value from a text.
///
/// # Errors
/// When the text is not JSON, or not of this type.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let value: Value = serde_json::from_str(text)?;
    T::deserialize(Node(&value))
}

/// A part of a document.
#[derive(Clone, Copy)]
struct Node<'de>(&'de Value);

/// The name of a field or of a variant.
struct Name<'de>(&'de str);

/// What is left of an object, and the value of the field that was named last.
struct Fields<'de> {
    left: map::Iter<'de>,
    value: &'de Value,
}

/// A struct's fields, one after the other as it declares them: a struct that asks for them by place is compiled to half as
/// much as one that must take them in any order, twice or not at all.
struct Row<'de> {
    names: slice::Iter<'static, &'static str>,
    object: &'de Map<String, Value>,
    /// What stands for a field that is not there.
    otherwise: Option<&'de Value>,
}

/// A value of an enum: the variant's name, and what it holds.
struct Variant<'de> {
    name: &'de str,
    held: &'de Value,
}

impl<'de> Node<'de> {
    fn object<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Object(map) => visitor.visit_map(Fields { left: map.iter(), value: &Value::Null }),
            _ => Err(wrong(words::OBJECT)),
        }
    }

    /// A field that is not there is none; a type says by `#[serde(default)]` where it can do without.
    fn fields<V: Visitor<'de>>(self, names: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        let Value::Object(object) = self.0 else { return Err(wrong(words::OBJECT)) };
        // An enum with its name in one field and what it holds in another: most hold nothing.
        let otherwise = matches!(names, [tag, _] if TAGS.contains(tag)).then_some(&Value::Null);
        visitor.visit_seq(Row { names: names.iter(), object, otherwise })
    }

    fn list<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(list) => visitor.visit_seq(SeqDeserializer::new(list.iter().map(Node))),
            _ => Err(wrong(words::LIST)),
        }
    }

    fn text<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::String(text) => visitor.visit_str(text),
            _ => Err(wrong(words::TEXT)),
        }
    }

    fn whole<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match (self.0.as_u64(), self.0.as_i64()) {
            (Some(number), _) => visitor.visit_u64(number),
            (_, Some(number)) => visitor.visit_i64(number),
            _ => Err(wrong(words::WHOLE_NUMBER)),
        }
    }

    /// The variant that a value is of: named by the value itself, by a field, or by its only key.
    fn variant(self) -> Option<Variant<'de>> {
        let map = match self.0 {
            Value::String(name) => return Some(Variant { name, held: &Value::Null }),
            Value::Object(map) => map,
            _ => return None,
        };
        let named = TAGS.iter().find_map(|tag| map.get(*tag)?.as_str());
        let by_field = named.map(|name| Variant { name, held: self.0 });
        by_field.or_else(|| map.iter().next().map(|(name, held)| Variant { name, held }))
    }
}

fn wrong(wanted: &str) -> Error {
    Error::custom(words::missing(wanted))
}

macro_rules! as_said {
    ($($method:ident is $how:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.$how(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = Error;

    // What may be anything: only where a type asks for a buffer.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) if number.is_f64() => self.deserialize_f64(visitor),
            Value::Number(_) => self.whole(visitor),
            Value::String(_) => self.text(visitor),
            Value::Array(_) => self.list(visitor),
            Value::Object(_) => self.object(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.0.as_bool().map_or_else(|| Err(wrong(words::YES_OR_NO)), |value| visitor.visit_bool(value))
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.0.as_f64().map_or_else(|| Err(wrong(words::NUMBER)), |value| visitor.visit_f64(value))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.fields(names, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.variant().map_or_else(|| Err(wrong(words::VARIANT)), |variant| visitor.visit_enum(variant))
    }

    as_said! {
        deserialize_i64 is whole
        deserialize_u16 is whole
        deserialize_u64 is whole
        deserialize_str is text
        deserialize_string is text
        deserialize_identifier is text
        deserialize_seq is list
        deserialize_map is object
    }

    forward_to_deserialize_any! { i8 i16 i32 i128 u8 u32 u128 f32 char bytes byte_buf unit_struct tuple tuple_struct }
}

impl<'de> IntoDeserializer<'de, Error> for Node<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Name<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(self.0)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((name, value)) = self.left.next() else { return Ok(None) };
        self.value = value;
        seed.deserialize(Name(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(Node(self.value))
    }
}

impl<'de> SeqAccess<'de> for Row<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let named = self.names.next().and_then(|name| self.object.get(*name)).or(self.otherwise);
        named.map(|value| seed.deserialize(Node(value))).transpose()
    }
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Error;
    type Variant = Node<'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Node<'de>), Error> {
        Ok((seed.deserialize(Name(self.name))?, Node(self.held)))
    }
}

impl<'de> VariantAccess<'de> for Node<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.list(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.fields(names, visitor)
    }
}

#[cfg(test)]
mod tests {
    use lab::event::Entry;

    use super::*;

    #[test]
    fn every_entry_of_the_golden_journals_is_read_as_the_event_that_it_names() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/lab/tests/golden");
        let journals = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let journals = journals.filter(|path| path.extension().is_some_and(|end| end == "jsonl"));
        let lines: Vec<String> = journals
            .flat_map(|path| {
                std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
            })
            .collect();
        assert!(lines.len() > 50, "{} lines", lines.len());
        for line in lines {
            let entry: Entry = read(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            let json: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(json["event"]["type"], entry.event.name(), "{line}");
            assert_eq!(json["at_us"], entry.at_us, "{line}");
        }
    }

    #[test]
    fn what_is_not_of_the_type_is_refused_in_words() {
        for text in
            ["", "{}", "[]", r#"{"seq": "one"}"#, r#"{"seq": 1, "at_us": 0, "wall_us": 0, "event": 7}"#]
        {
            let error = read::<Entry>(text).expect_err(text);
            assert!(!error.to_string().is_empty());
        }
    }
}
