//! What a setting is set to, in a form in which two values are equal exactly when their format says that they are the same.

use serde::{Deserialize, Serialize};

use crate::secret::Digest;

/// A value. `1` and `1.0` are two values, and so are `true` and the text `true`: a program may read them otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A text, character by character.
    Text(Box<str>),
    /// A whole number of any length.
    Integer(Integer),
    /// Any other number, as written: nothing passes through floating point.
    Decimal(Decimal),
    /// `true` or `false`.
    Boolean(bool),
    /// There, without a value.
    Null,
    /// Values in order.
    List(Vec<Value>),
    /// The key is there more than once; its values in the order in which they stand.
    Repeated(Vec<Value>),
    /// A group (section, object, registry key, element) without anything in it.
    Empty,
    /// A secret, sealed. Two of one manifest say nothing of each other.
    Secret(Digest),
    /// A secret that was not even sealed, because no key was given.
    Withheld,
}

/// A whole number in decimal digits: `0`, `42`, `-7`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Integer(Box<str>);

/// A number in the notation of JSON (RFC 8259 §6) that is no [`Integer`]: `1.50`, `1e3`, `-0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal(Box<str>);

/// Why a text is no number of the kind that was said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not {1}")]
pub struct NotANumber(Box<str>, &'static str);

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// What it is set to.
    pub value: Value,
    /// What the source says of the value besides: its type in a registry, its unit in a database. Another one is another value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<Box<str>>,
    /// Did somebody set it?
    #[serde(skip_serializing_if = "Standing::is_set")]
    pub standing: Standing,
}

/// Whether a value was set, or is what the program takes when nobody sets it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It stands in the configuration.
    #[default]
    Set,
    /// Nobody set it: the value comes from the program, and may be another one in its next version.
    Default,
}

impl Standing {
    /// Somebody set it.
    pub fn is_set(&self) -> bool {
        *self == Standing::Set
    }
}

impl Value {
    /// The number `text` in the notation of JSON; `None` when it is none.
    pub fn number(text: &str) -> Option<Value> {
        let integer = Integer::try_from(text.to_owned()).ok().map(Value::Integer);
        integer.or_else(|| Decimal::try_from(text.to_owned()).ok().map(Value::Decimal))
    }

    /// A whole number.
    pub fn integer(number: u64) -> Value {
        Value::Integer(Integer(number.to_string().into()))
    }

    /// Is it sealed or withheld?
    pub fn is_secret(&self) -> bool {
        matches!(self, Value::Secret(_) | Value::Withheld)
    }
}

impl Entry {
    /// A setting that somebody set, with nothing said of it besides.
    pub fn plain(value: Value) -> Entry {
        Entry { value, of: None, standing: Standing::Set }
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn whole(text: &str) -> bool {
    digits(text) && (text.len() == 1 || !text.starts_with('0'))
}

fn is_integer(text: &str) -> bool {
    let unsigned = text.strip_prefix('-');
    whole(unsigned.unwrap_or(text)) && text != "-0"
}

fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(m, e)| (m, Some(e)));
    let (before, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    whole(before) && fraction.is_none_or(digits) && exponent.is_none_or(digits)
}

impl TryFrom<String> for Integer {
    type Error = NotANumber;
    fn try_from(text: String) -> Result<Integer, NotANumber> {
        if is_integer(&text) {
            Ok(Integer(text.into()))
        } else {
            Err(NotANumber(text.chars().take(80).collect::<String>().into(), "a whole number such as 42"))
        }
    }
}

impl From<Integer> for String {
    fn from(integer: Integer) -> String {
        integer.0.into()
    }
}

impl Integer {
    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Decimal {
    type Error = NotANumber;
    fn try_from(text: String) -> Result<Decimal, NotANumber> {
        if is_number(&text) && !is_integer(&text) {
            Ok(Decimal(text.into()))
        } else {
            Err(NotANumber(text.chars().take(80).collect::<String>().into(), "a number such as 1.50"))
        }
    }
}

impl From<Decimal> for String {
    fn from(decimal: Decimal) -> String {
        decimal.0.into()
    }
}

impl Decimal {
    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_a_program_may_read_otherwise_are_other_values() {
        assert_eq!(Value::number("42"), Some(Value::integer(42)));
        assert!(matches!(Value::number("-7"), Some(Value::Integer(_))));
        for text in ["42.0", "4.2e1", "-0", "1E+3", "0.10"] {
            assert!(matches!(Value::number(text), Some(Value::Decimal(_))), "{text}");
        }
        for text in ["", "-", "01", "1.", ".5", "1e", "0x10", "+1", "NaN", "1 "] {
            assert_eq!(Value::number(text), None, "{text}");
        }
        assert!(serde_json::from_str::<Value>(r#"{"integer":"007"}"#).is_err());
        assert!(serde_json::from_str::<Value>(r#"{"decimal":"7"}"#).is_err());
    }
}
