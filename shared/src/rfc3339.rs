//! Reads timestamps from JSON: RFC 3339 only. Chrono's own deserializer accepts more formats and needs four times the code,
//! which every browser would download.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Deserializer, de::Error};

fn parse<E: Error>(text: &str) -> Result<DateTime<FixedOffset>, E> {
    DateTime::parse_from_rfc3339(text).map_err(E::custom)
}

/// Reads a timestamp. For use with `deserialize_with`.
///
/// # Errors
/// The text is not an RFC 3339 timestamp.
pub(crate) fn read<'de, D: Deserializer<'de>, T: From<DateTime<FixedOffset>>>(deserializer: D) -> Result<T, D::Error> {
    parse(&String::deserialize(deserializer)?).map(T::from)
}

/// Reads an optional timestamp. For use with `deserialize_with`.
///
/// # Errors
/// The text is not an RFC 3339 timestamp.
pub(crate) fn read_optional<'de, D: Deserializer<'de>, T: From<DateTime<FixedOffset>>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| parse(&text).map(T::from)).transpose()
}
