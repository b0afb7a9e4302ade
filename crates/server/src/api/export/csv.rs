//! Items as a table of RFC 4180.

use campanile_shared::Item;
use chrono::{DateTime, SecondsFormat, TimeZone};

/// The columns, in the words of the API.
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

/// The rows of some items; the names of the columns before the first.
pub fn rows(items: &[Item], first: bool) -> String {
    let mut text = String::new();
    if first {
        write(&mut text, COLUMNS.map(str::to_owned));
    }
    for item in items {
        let yes = |flag: bool| flag.to_string();
        let said = |text: &str| harmless(text);
        write(
            &mut text,
            [
                item.id.to_string(),
                instant(&item.accepted_at),
                instant(&item.created_at),
                item.severity.name().to_owned(),
                item.priority.name().to_owned(),
                said(item.component.as_deref().unwrap_or_default()),
                said(&item.categories.join(", ")),
                said(&item.title),
                said(&item.description),
                said(item.link.as_ref().map(ToString::to_string).as_deref().unwrap_or_default()),
                said(&item.sender),
                yes(item.state.read),
                yes(item.state.pinned),
                item.state.snoozed_until.as_ref().map(instant).unwrap_or_default(),
                yes(item.state.dismissed),
                said(item.through.as_deref().unwrap_or_default()),
                item.corrected_at.as_ref().map(instant).unwrap_or_default(),
                said(item.corrected_by.as_deref().unwrap_or_default()),
            ],
        );
    }
    text
}

fn instant<Zone: TimeZone<Offset: std::fmt::Display>>(at: &DateTime<Zone>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn write(text: &mut String, fields: [String; COLUMNS.len()]) {
    for (at, field) in fields.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        if field.contains([',', '"', '\r', '\n']) {
            text.push('"');
            text.push_str(&field.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(field);
        }
    }
    text.push_str("\r\n");
}

/// A text that no spreadsheet takes for a formula (OWASP, CSV Injection): some pass over white space first.
fn harmless(text: &str) -> String {
    let begins = text.trim_start().chars().next();
    let formula = begins.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'));
    if formula || text.starts_with(['\t', '\r', '\n']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_said_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\n", "＝1"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        for text in ["", "1=1", "a-b", "https://example.com/=1"] {
            assert_eq!(harmless(text), text);
        }
    }

    #[test]
    fn what_divides_is_quoted() {
        let mut text = String::new();
        let mut fields: [String; COLUMNS.len()] = Default::default();
        (fields[0], fields[1], fields[2]) = ("a,b".into(), "say \"so\"".into(), "two\nlines".into());
        write(&mut text, fields);
        assert_eq!(text, "\"a,b\",\"say \"\"so\"\"\",\"two\nlines\",,,,,,,,,,,,,,,\r\n");
    }
}
