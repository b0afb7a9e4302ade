//! Reads ISO 8601 dates, as Java clients write them.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};

/// Parses an ISO 8601 date and time: extended or basic format, optional seconds, and an offset in hours or
/// hours and minutes, or `Z`. Without an offset it is UTC (decided here).
pub fn parse_iso8601(text: &str) -> Option<DateTime<Utc>> {
    let (date, time) = text.trim().split_once(['T', 't', ' '])?;
    let date = ["%Y-%m-%d", "%Y%m%d"].iter().find_map(|form| NaiveDate::parse_from_str(date, form).ok())?;
    // The time itself contains no sign, so the first sign begins the offset.
    let (time, offset) = match time.find(['Z', 'z', '+', '-']) {
        Some(at) => (&time[..at], parse_offset(&time[at..])?),
        None => (time, FixedOffset::east_opt(0)?),
    };
    // ISO 8601 also allows a comma before the fraction.
    let time = time.replace(',', ".");
    let forms = if time.contains(':') { ["%H:%M:%S%.f", "%H:%M"] } else { ["%H%M%S%.f", "%H%M"] };
    let time = forms.iter().find_map(|form| NaiveTime::parse_from_str(&time, form).ok())?;
    date.and_time(time).and_local_timezone(offset).single().map(|at| at.to_utc())
}

/// `Z`, `+07`, `+0700` or `+07:00`.
fn parse_offset(text: &str) -> Option<FixedOffset> {
    if text.eq_ignore_ascii_case("Z") {
        return FixedOffset::east_opt(0);
    }
    let (sign, digits) = (if text.starts_with('-') { -1 } else { 1 }, text.get(1..)?);
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "00"),
    };
    let number = |digits: &str, most: i32| {
        let two = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<i32>().ok().filter(|number| two && *number <= most)
    };
    FixedOffset::east_opt(sign * (number(hours, 23)? * 3600 + number(minutes, 59)? * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso8601_variants_are_parsed() {
        for (text, expected) in [
            ("2026-11-28T22:00:00Z", Some("2026-11-28T22:00:00Z")),
            ("2026-11-28T22:00:00+0700", Some("2026-11-28T15:00:00Z")),
            ("2026-11-28T22:00:00.250+07:00", Some("2026-11-28T15:00:00.250Z")),
            ("2026-11-28T22:00:00.1234567-08:00", Some("2026-11-29T06:00:00.1234567Z")),
            ("2026-11-28T22:00:00+07", Some("2026-11-28T15:00:00Z")),
            ("2026-11-28T22:00:00,5Z", Some("2026-11-28T22:00:00.5Z")),
            ("2026-11-28T22:00:00", Some("2026-11-28T22:00:00Z")),
            // Java omits seconds that are zero.
            ("2026-11-28T22:00Z", Some("2026-11-28T22:00:00Z")),
            ("2026-11-28T22:00+07:00", Some("2026-11-28T15:00:00Z")),
            ("2026-11-28T22:00", Some("2026-11-28T22:00:00Z")),
            ("2026-11-28 22:00:00Z", Some("2026-11-28T22:00:00Z")),
            ("20270101T100000Z", Some("2027-01-01T10:00:00Z")),
            ("20270101T100000+0100", Some("2027-01-01T09:00:00Z")),
            ("20270101T1000-0330", Some("2027-01-01T13:30:00Z")),
            ("20270101T100000", Some("2027-01-01T10:00:00Z")),
            ("string", None),
            ("2026-11-28", None),
            ("2026-11-28T", None),
            ("2026-11-28T22", None),
            ("2026-11-28T25:00Z", None),
            ("2026-02-30T22:00Z", None),
            ("2026-11-28T22:00:00+7", None),
            ("2026-11-28T22:00:00+", None),
            ("2026-11-28T22:00:00+07:60", None),
            ("2026-11-28T22:00:00+é0", None),
            ("2026-11-28T22:00:00Zulu", None),
        ] {
            assert_eq!(parse_iso8601(text), expected.map(|expected| expected.parse().unwrap()), "{text}");
        }
    }
}
