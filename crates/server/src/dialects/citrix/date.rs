//! Dates of notifications.

use campanile_shared::send_request::SenderDate;
use chrono::{DateTime, SecondsFormat};

/// The maximum length of a date, in bytes: RFC 3339 does not limit the fraction.
const MAX_DATE_BYTES: usize = 64;

/// Parses an RFC 3339 date with any offset and fraction. It may be in the past or the future (both
/// documented by the vendor).
pub fn parse_date(text: &str) -> Option<SenderDate> {
    DateTime::parse_from_rfc3339(text).ok().filter(|_| text.len() <= MAX_DATE_BYTES && text.is_ascii())
}

/// Formats a date that was not sent as text. It has at most microseconds, because the vendor's clients
/// read no more than seven fractional digits.
pub fn format_date(date: SenderDate) -> String {
    let whole_millis = date.timestamp_subsec_nanos().is_multiple_of(1_000_000);
    date.to_rfc3339_opts(if whole_millis { SecondsFormat::AutoSi } else { SecondsFormat::Micros }, true)
}
