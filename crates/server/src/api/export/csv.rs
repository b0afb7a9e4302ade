//! Writes items as CSV (RFC 4180).

use campanile_shared::Item;
use chrono::{DateTime, SecondsFormat, TimeZone};

/// The columns, named like the API's fields.
const COLUMNS: [&str; 18] = [
    "id",
    "accepted_at",
    "created_at",
    "severity",
    "priority",
    "component",
    "categories",
    "title",
    "description",
    "link",
    "sender",
    "read",
    "pinned",
    "snoozed_until",
    "dismissed",
    "through",
    "corrected_at",
    "corrected_by",
];

/// The byte order mark at the start of a file; spreadsheets then read it as UTF-8.
const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// The rows of the items; `first` puts the byte order mark and the header row before them.
pub fn rows(items: &[Item], first: bool) -> String {
    let mut text = String::new();
    if first {
        text.push(BYTE_ORDER_MARK);
        write_row(&mut text, COLUMNS.map(str::to_owned));
    }
    for item in items {
        let boolean = |flag: bool| flag.to_string();
        let cell = |text: &str| escape_formulas(text);
        write_row(
            &mut text,
            [
                item.id.to_string(),
                rfc3339(&item.accepted_at),
                rfc3339(&item.created_at),
                item.severity.name().to_owned(),
                item.priority.name().to_owned(),
                cell(item.component.as_deref().unwrap_or_default()),
                cell(&item.categories.join(", ")),
                cell(&item.title),
                cell(&item.description),
                cell(item.link.as_ref().map(ToString::to_string).as_deref().unwrap_or_default()),
                cell(&item.sender),
                boolean(item.state.read),
                boolean(item.state.pinned),
                item.state.snoozed_until.as_ref().map(rfc3339).unwrap_or_default(),
                boolean(item.state.dismissed),
                cell(item.through.as_deref().unwrap_or_default()),
                item.corrected_at.as_ref().map(rfc3339).unwrap_or_default(),
                cell(item.corrected_by.as_deref().unwrap_or_default()),
            ],
        );
    }
    text
}

fn rfc3339<Zone: TimeZone<Offset: std::fmt::Display>>(at: &DateTime<Zone>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Writes a row. Every field is quoted, so that a spreadsheet with another separator splits no text.
fn write_row(text: &mut String, fields: [String; COLUMNS.len()]) {
    for (at, field) in fields.iter().enumerate() {
        text.push_str(if at > 0 { ",\"" } else { "\"" });
        text.push_str(&field.replace('"', "\"\""));
        text.push('"');
    }
    text.push_str("\r\n");
}

/// Puts an apostrophe before text that a spreadsheet could run as a formula (OWASP, CSV Injection): at the
/// beginning of the cell, and after semicolons, tabs and line breaks, which some spreadsheets take as
/// separators.
fn escape_formulas(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len() + 1);
    if text.starts_with(['\t', '\r', '\n']) || text.chars().find(|c| !is_ignored_prefix(*c)).is_some_and(is_formula_start) {
        harmless.push('\'');
    }
    let mut first = false;
    for (at, c) in text.char_indices() {
        if first && is_formula_start(c) && !is_list_bullet(&text[at..]) {
            harmless.push('\'');
        }
        first = matches!(c, ';' | '\t' | '\r' | '\n') || first && (is_ignored_prefix(c) || c == '"');
        harmless.push(c);
    }
    harmless
}

fn is_formula_start(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
}

/// Characters that spreadsheets ignore at the beginning of a cell.
fn is_ignored_prefix(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

/// Whether the line starts with a list bullet, as many descriptions do.
fn is_list_bullet(line: &str) -> bool {
    line.starts_with("- ") || line.starts_with("+ ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t1", " =1", "\n", "＝1", "\u{FEFF}=1", "\u{A0}\u{200B}@A", "- 1"] {
            assert_eq!(escape_formulas(text), format!("'{text}"));
        }
        for text in ["", "1=1", "a-b", "https://example.com/=1", "a, =b", "one\n- two\n- three", "a; b"] {
            assert_eq!(escape_formulas(text), text);
        }
        for (text, expected) in [
            ("hello;=cmd|' /C calc'!A0", "hello;'=cmd|' /C calc'!A0"),
            ("hello; \u{A0}@A1", "hello; \u{A0}'@A1"),
            ("a;\"=1\"", "a;\"'=1\""),
            ("a\t+1", "a\t'+1"),
            ("a\r\n-1;－1", "a\r\n'-1;'－1"),
            (" =1;=1", "' =1;'=1"),
        ] {
            assert_eq!(escape_formulas(text), expected);
        }
    }

    #[test]
    fn every_field_is_quoted() {
        let mut text = String::new();
        let mut fields: [String; COLUMNS.len()] = Default::default();
        (fields[0], fields[1], fields[2]) = ("a;b".into(), "say \"so\"".into(), "two\nlines".into());
        write_row(&mut text, fields);
        let empty = ",\"\"".repeat(COLUMNS.len() - 3);
        assert_eq!(text, format!("\"a;b\",\"say \"\"so\"\"\",\"two\nlines\"{empty}\r\n"));
    }

    #[test]
    fn the_byte_order_mark_comes_once() {
        assert!(rows(&[], true).starts_with("\u{FEFF}\"id\",\"accepted_at\","));
        assert_eq!(rows(&[], false), "");
    }
}
