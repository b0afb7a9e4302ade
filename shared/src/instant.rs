//! Instants as they are read from the wire: RFC 3339 and nothing else. What chrono reads by itself are dates of
//! many a form, with four times the code, which every browser would fetch.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Deserializer, de::Error};

fn parse<E: Error>(text: &str) -> Result<DateTime<FixedOffset>, E> {
    DateTime::parse_from_rfc3339(text).map_err(E::custom)
}

/// Reads an instant, for `deserialize_with`.
///
/// # Errors
/// The text is none.
pub(crate) fn read<'de, D: Deserializer<'de>, T: From<DateTime<FixedOffset>>>(deserializer: D) -> Result<T, D::Error> {
    parse(&String::deserialize(deserializer)?).map(T::from)
}

/// Reads an instant that need not be there.
///
/// # Errors
/// The text is none.
pub(crate) fn perhaps<'de, D: Deserializer<'de>, T: From<DateTime<FixedOffset>>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| parse(&text).map(T::from)).transpose()
}
