//! What is said of an answer that cannot be read.

/// What should be there: an object.
pub const OBJECT: &str = "an object";
/// What should be there: a list.
pub const LIST: &str = "a list";
/// What should be there: a text.
pub const TEXT: &str = "a text";
/// What should be there: a whole number.
pub const WHOLE_NUMBER: &str = "a whole number";
/// What should be there: true or false.
pub const YES_OR_NO: &str = "a yes or no";
/// What should be there: a number.
pub const NUMBER: &str = "a number";
/// What should be there: the name of a variant.
pub const VARIANT: &str = "a name";

/// What is not there.
pub fn missing(wanted: &str) -> String {
    format!("there is no {wanted} where one should be")
}
