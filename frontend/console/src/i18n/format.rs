//! Numbers, times and names in the reader's language, formatted by the browser's `Intl`.
//!
//! Instants are milliseconds since the epoch ([`EpochMillis`]). The time zone is the browser's.

use std::{cell::RefCell, ops::Range};

use campanile_shared::language::Language as Tag;
use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};

/// Milliseconds since the epoch.
pub type EpochMillis = f64;

const MINUTE: f64 = 60_000.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

/// Options of an `Intl` constructor. They are also the key of the formatter cache.
type Options = &'static [(&'static str, &'static str)];

const TIME_OF_DAY: Options = &[("hour", "2-digit"), ("minute", "2-digit")];
const DAY_AND_MONTH: Options = &[("day", "numeric"), ("month", "short")];
const UTC_DAY: Options = &[("day", "numeric"), ("month", "short"), ("timeZone", "UTC")];
const WITH_YEAR: Options = &[("day", "numeric"), ("month", "short"), ("year", "numeric")];
const HEADING: Options = &[("weekday", "long"), ("day", "numeric"), ("month", "long")];
const HEADING_WITH_YEAR: Options = &[("weekday", "long"), ("day", "numeric"), ("month", "long"), ("year", "numeric")];
const EXACT: Options = &[("dateStyle", "full"), ("timeStyle", "medium")];
const DATE_TIME: Options = &[("dateStyle", "medium"), ("timeStyle", "short")];
const BYTES: Options = &[("style", "unit"), ("unit", "byte"), ("unitDisplay", "short")];
const KILOBYTES: Options = &[("style", "unit"), ("unit", "kilobyte"), ("maximumFractionDigits", "0")];
const MEGABYTES: Options = &[("style", "unit"), ("unit", "megabyte"), ("maximumFractionDigits", "1")];
const GIGABYTES: Options = &[("style", "unit"), ("unit", "gigabyte"), ("maximumFractionDigits", "1")];
const MINUTES: Options = &[("style", "unit"), ("unit", "minute"), ("unitDisplay", "short")];
const HOURS: Options = &[("style", "unit"), ("unit", "hour"), ("unitDisplay", "long")];
const DAYS: Options = &[("style", "unit"), ("unit", "day"), ("unitDisplay", "long")];

thread_local! {
    /// Formatters are cached: creating one costs far more than using it.
    static FORMATTERS: RefCell<Vec<(Options, Function)>> = const { RefCell::new(Vec::new()) };
    static RELATIVE: RefCell<Option<Intl::RelativeTimeFormat>> = const { RefCell::new(None) };
}

/// Clears the cached formatters. Called when the language changes.
pub(super) fn clear_cache() {
    FORMATTERS.with_borrow_mut(Vec::clear);
    RELATIVE.set(None);
}

/// The tags to format with: the browser's regional variant of the language (`en-GB`) if it has one, then the
/// language.
fn locales() -> Array {
    let tag = super::current().tag;
    let spoken = window().navigator().languages();
    let regional = spoken.iter().filter_map(|tag| tag.as_string()).filter(|regional| regional.split('-').next() == tag.split('-').next());
    regional.take(1).chain([tag.to_owned()]).map(JsValue::from).collect()
}

fn options(pairs: Options) -> Object {
    let object = Object::new();
    for (name, value) in pairs {
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    object
}

fn format_with(key: Options, make: impl FnOnce(&Array, &Object) -> Function, value: &JsValue) -> String {
    let remembered = FORMATTERS.with_borrow(|made| made.iter().find(|(known, _)| *known == key).map(|(_, format)| format.clone()));
    let format = remembered.unwrap_or_else(|| {
        let format = make(&locales(), &options(key));
        FORMATTERS.with_borrow_mut(|made| made.push((key, format.clone())));
        format
    });
    format.call1(&JsValue::UNDEFINED, value).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

fn date(key: Options, at: EpochMillis) -> String {
    format_with(key, |locales, options| Intl::DateTimeFormat::new(locales, options).format(), &Date::new(&at.into()))
}

/// A whole number with the language's digits and separators.
pub fn number(value: f64) -> String {
    format_with(&[], |locales, options| Intl::NumberFormat::new(locales, options).format(), &value.into())
}

/// A size with its unit: “17 kB”, “3.4 MB”. A kilobyte is 1000 bytes.
pub fn bytes(size: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "what is shown has two digits")]
    let size = size as f64;
    let (unit, scale) = match size {
        ..1e3 => (BYTES, 1.0),
        ..1e6 => (KILOBYTES, 1e3),
        ..1e9 => (MEGABYTES, 1e6),
        _ => (GIGABYTES, 1e9),
    };
    format_with(unit, |locales, options| Intl::NumberFormat::new(locales, options).format(), &(size / scale).into())
}

/// A number of hours, written as days if it is a whole number of days above one: “1 hour”, “7 days”.
pub fn hours(hours: u32) -> String {
    let (unit, value) = if hours > 24 && hours.is_multiple_of(24) { (DAYS, hours / 24) } else { (HOURS, hours) };
    format_with(unit, |locales, options| Intl::NumberFormat::new(locales, options).format(), &value.into())
}

/// A count for a badge: exact up to 999, then “999+”.
pub fn badge(count: u32) -> String {
    if count > 999 { format!("{}+", number(999.0)) } else { number(count.into()) }
}

/// An instant for a list: “now”, “12 min”, the time of today, “yesterday”, a date.
pub fn list_time(at: EpochMillis, now: EpochMillis) -> String {
    let days = local_day(now) - local_day(at);
    match (now - at, days) {
        (age, _) if age < MINUTE => relative(0.0, "second"),
        (age, _) if age < HOUR => {
            let minutes = (age / MINUTE).floor();
            format_with(MINUTES, |locales, options| Intl::NumberFormat::new(locales, options).format(), &minutes.into())
        }
        (_, 0) => date(TIME_OF_DAY, at),
        (_, 1) => relative(-1.0, "day"),
        _ if year(at) == year(now) => date(DAY_AND_MONTH, at),
        _ => date(WITH_YEAR, at),
    }
}

/// An instant for a sentence: “now”, “12 minutes ago”, “3 hours ago”, “yesterday”, a date.
pub fn time_ago(at: EpochMillis, now: EpochMillis) -> String {
    match now - at {
        age if age < MINUTE || (age >= HOUR && local_day(now) > local_day(at)) => list_time(at, now),
        age if age < HOUR => relative(-(age / MINUTE).floor(), "minute"),
        age => relative(-(age / HOUR).floor(), "hour"),
    }
}

/// A day for a heading: “today”, “yesterday”, “Friday, 20 November”.
pub fn day_heading(at: EpochMillis, now: EpochMillis) -> String {
    match local_day(now) - local_day(at) {
        days @ 0..=1 => relative(-f64::from(days), "day"),
        _ if year(at) == year(now) => date(HEADING, at),
        _ => date(HEADING_WITH_YEAR, at),
    }
}

/// A UTC day: “20 Nov”.
pub fn utc_date(day: NaiveDate) -> String {
    date(UTC_DAY, f64::from(day.to_epoch_days()) * DAY)
}

/// Date and time, to the minute.
pub fn date_time(at: EpochMillis) -> String {
    date(DATE_TIME, at)
}

/// Date and time in full, to the second.
pub fn date_time_exact(at: EpochMillis) -> String {
    date(EXACT, at)
}

/// The name of a language in the reader's language: “German”, “Deutsch”. The tag if there is no name.
pub fn language_name(tag: &Tag) -> String {
    let name = || {
        let constructor = Reflect::get(&Reflect::get(&js_sys::global(), &"Intl".into()).ok()?, &"DisplayNames".into()).ok()?;
        let arguments = Array::of2(&Array::of1(&super::current().tag.into()), &options(&[("type", "language")]));
        let names = Reflect::construct(constructor.dyn_ref::<Function>()?, &arguments).ok()?;
        let of: Function = Reflect::get(&names, &"of".into()).ok()?.dyn_into().ok()?;
        of.call1(&names, &tag.as_str().into()).ok()?.as_string()
    };
    name().unwrap_or_else(|| tag.to_string())
}

/// The local day of an instant, as a number that grows by one each day.
pub fn local_day(at: EpochMillis) -> i32 {
    let offset = Date::new(&at.into()).get_timezone_offset() * MINUTE;
    #[expect(clippy::cast_possible_truncation, reason = "days since 1970 fit easily")]
    let day = ((at - offset) / DAY).floor() as i32;
    day
}

/// The local day of an instant, from its midnight to the next.
pub fn local_day_range(at: EpochMillis) -> Range<EpochMillis> {
    let date = Date::new(&at.into());
    let (year, month, day) = (date.get_full_year(), date.get_month().cast_signed(), date.get_date().cast_signed());
    // The day after the last of a month is the first of the next month (ECMA-262, MakeDay).
    let midnight = |day| Date::new_with_year_month_day(year, month, day).get_time();
    midnight(day)..midnight(day + 1)
}

/// The local midnight of a day in the past. `days_ago` 0 is today.
pub fn midnight_days_ago(days_ago: u32) -> EpochMillis {
    let now = Date::new_0();
    let day = now.get_date().cast_signed() - days_ago.cast_signed();
    // Days below 1 belong to the month before (ECMA-262, MakeDay).
    Date::new_with_year_month_day(now.get_full_year(), now.get_month().cast_signed(), day).get_time()
}

/// “Today”, with a capital letter.
pub fn today() -> String {
    let today = relative(0.0, "day");
    let end = today.chars().next().map_or(0, char::len_utf8);
    super::upper_case(&today[..end]) + &today[end..]
}

/// A number as a `u32`, which the translated texts take.
pub fn saturating_u32(number: impl TryInto<u32>) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}

/// The browser's time as a date.
pub fn now_utc() -> DateTime<Utc> {
    from_epoch_millis(now()).unwrap_or(DateTime::UNIX_EPOCH)
}

/// The current time of the browser's clock.
pub fn now() -> EpochMillis {
    Date::now()
}

/// The milliseconds since the epoch of an API timestamp.
pub fn epoch_millis<Zone: TimeZone>(at: &DateTime<Zone>) -> EpochMillis {
    #[expect(clippy::cast_precision_loss, reason = "exact until the year 287396")]
    let instant = at.timestamp_millis() as f64;
    instant
}

/// The API timestamp of milliseconds since the epoch; `None` if `at` is `NaN`.
pub fn from_epoch_millis(at: EpochMillis) -> Option<DateTime<Utc>> {
    if at.is_nan() {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "dates of browsers end at 8.64e15")]
    DateTime::from_timestamp_millis(at as i64)
}

/// The instant of a `datetime-local` input's value, in the browser's time zone.
pub fn parse_local_input(value: &str) -> Option<DateTime<Utc>> {
    from_epoch_millis(Date::new(&value.into()).get_time())
}

/// The local date and time of an instant, without the time if that is midnight: “2026-11-01”,
/// “2026-11-01T08:30”.
pub fn local_date_text(at: EpochMillis) -> String {
    let date = Date::new(&at.into());
    let (hour, minute) = (date.get_hours(), date.get_minutes());
    let day = format!("{:04}-{:02}-{:02}", date.get_full_year(), date.get_month() + 1, date.get_date());
    if (hour, minute) == (0, 0) { day } else { format!("{day}T{hour:02}:{minute:02}") }
}

/// Parses the format of [`local_date_text`].
pub fn parse_local_date(text: &str) -> Option<DateTime<Utc>> {
    // `Date` accepts many other formats, and reads a date without a time as UTC.
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    match shape.as_str() {
        "0000-00-00" => parse_local_input(&format!("{text}T00:00")),
        "0000-00-00T00:00" => parse_local_input(text),
        _ => None,
    }
}

fn year(at: EpochMillis) -> u32 {
    Date::new(&at.into()).get_full_year()
}

fn relative(amount: f64, unit: &str) -> String {
    let make = || Intl::RelativeTimeFormat::new(&locales(), &options(&[("numeric", "auto")]));
    RELATIVE.with_borrow_mut(|made| made.get_or_insert_with(make).format(amount, unit).into())
}
