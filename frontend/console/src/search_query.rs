//! The text form of a filter: words and operators. The search line and the filters show the same filter.
//!
//! `is:unread`, `is:pinned`, `is:snoozed` and `is:dismissed` choose the view. `severity:error` is one severity,
//! `severity:>=warning` that one and all above it. `component:Gateway` or `component:"Citrix Cloud"` is a
//! component, `category:Storage` a category, `from:monitoring` a sender. `after:2026-11-01` and
//! `before:2026-11-02T08:30` are local times. All other text is searched for.

use campanile_shared::{Filter, Severity, View};
use chrono::{DateTime, Utc};

use crate::i18n::lower_case;

/// Formats and parses local times.
#[derive(Clone, Copy)]
pub struct TimeFormat {
    /// Formats a time.
    pub format: fn(DateTime<Utc>) -> String,
    /// Parses a time; `None` if the text is not a time.
    pub parse: fn(&str) -> Option<DateTime<Utc>>,
}

/// The text of a filter.
pub fn to_text(filter: &Filter, clock: TimeFormat) -> String {
    let mut parts = Vec::new();
    if filter.view != View::Inbox {
        parts.push(format!("is:{}", filter.view.name()));
    }
    match minimum_severity(&filter.severity) {
        Some(least) => parts.push(format!("severity:>={}", least.name())),
        None => parts.extend(filter.severity.iter().map(|severity| format!("severity:{}", severity.name()))),
    }
    for (operator, value) in [("component", &filter.component), ("category", &filter.category), ("from", &filter.sender)] {
        parts.extend(value.as_ref().map(|value| operator_text(operator, value)));
    }
    for (operator, at) in [("after", filter.after), ("before", filter.before)] {
        parts.extend(at.map(|at| format!("{operator}:{}", (clock.format)(at))));
    }
    parts.extend(filter.text.clone());
    parts.join(" ")
}

/// The filter of a text.
pub fn parse(line: &str, clock: TimeFormat) -> Filter {
    let mut filter = Filter::default();
    let mut words = Vec::new();
    for token in tokens(line) {
        let known = match token.split_once(':') {
            Some(("is", name)) if let Some(view) = View::from_name(name) => {
                filter.view = view;
                true
            }
            Some(("severity", names)) => add_severities(&mut filter.severity, names),
            Some(("after", text)) if let Some(at) = (clock.parse)(text) => {
                filter.after = Some(at);
                true
            }
            Some(("before", text)) if let Some(at) = (clock.parse)(text) => {
                filter.before = Some(at);
                true
            }
            Some((operator, name)) if !name.is_empty() => {
                let field = match operator {
                    "component" => Some(&mut filter.component),
                    "category" => Some(&mut filter.category),
                    "from" => Some(&mut filter.sender),
                    _ => None,
                };
                field.map(|field| *field = Some(name.to_owned())).is_some()
            }
            _ => false,
        };
        if !known {
            words.push(token);
        }
    }
    filter.text = (!words.is_empty()).then(|| words.join(" "));
    filter
}

/// An operator with its value, quoted if it contains white space.
fn operator_text(operator: &str, value: &str) -> String {
    let quote = if value.contains(char::is_whitespace) { "\"" } else { "" };
    format!("{operator}:{quote}{value}{quote}")
}

/// Known values to suggest for operators.
#[derive(Clone, Debug, Default)]
pub struct KnownValues {
    /// Components that have sent notifications.
    pub components: Vec<String>,
    /// Categories of the listed items.
    pub categories: Vec<String>,
    /// Senders of the listed items.
    pub senders: Vec<String>,
    /// Today, as the search line writes it.
    pub today: String,
}

/// Completions of the text: its last word becomes an operator.
pub fn suggestions(line: &str, known: &KnownValues) -> Vec<String> {
    let quoted = line.matches('"').count() % 2 == 1;
    let at = line.char_indices().rev().find(|(_, c)| c.is_whitespace() && !quoted).map_or(0, |(at, c)| at + c.len_utf8());
    let at = if quoted { line[..line.rfind('"').unwrap_or(0)].rfind(char::is_whitespace).map_or(0, |at| at + 1) } else { at };
    let (before, word) = line.split_at(at);
    let word = lower_case(&word.replace('"', ""));
    let mut all: Vec<String> =
        View::ALL.into_iter().filter(|view| *view != View::Inbox).map(|view| format!("is:{}", view.name())).collect();
    all.push(format!("severity:>={}", Severity::Warning.name()));
    all.extend(Severity::ALL.into_iter().rev().map(|severity| format!("severity:{}", severity.name())));
    for (operator, values) in [("component", &known.components), ("category", &known.categories), ("from", &known.senders)] {
        all.extend(values.iter().map(|value| operator_text(operator, value)));
    }
    all.extend(["after", "before"].map(|operator| format!("{operator}:{}", known.today)));
    all.retain(|operator| {
        let lower = lower_case(&operator.replace('"', ""));
        // A word matches an operator's value as well: “gate” matches the component “Gateway”.
        lower != word
            && (lower.starts_with(&word) || !word.is_empty() && lower.split_once(':').is_some_and(|(_, value)| value.starts_with(&word)))
    });
    all.truncate(MAX_SUGGESTIONS);
    all.into_iter().map(|operator| format!("{before}{operator}")).collect()
}

/// How many completions are suggested at most.
const MAX_SUGGESTIONS: usize = 20;

/// The lowest chosen severity, if all above it are chosen as well and there is more than one.
pub fn minimum_severity(chosen: &[Severity]) -> Option<Severity> {
    let least = chosen.iter().copied().min()?;
    (chosen.len() > 1 && at_or_above(least).iter().all(|severity| chosen.contains(severity))).then_some(least)
}

/// This severity and all above it.
pub fn at_or_above(least: Severity) -> Vec<Severity> {
    Severity::ALL.into_iter().filter(|severity| *severity >= least).collect()
}

fn add_severities(chosen: &mut Vec<Severity>, names: &str) -> bool {
    let (name, graver) = names.strip_prefix(">=").map_or((names, false), |name| (name, true));
    let Some(severity) = Severity::from_name(name) else { return false };
    let added = if graver { at_or_above(severity) } else { vec![severity] };
    *chosen = Severity::ALL.into_iter().filter(|severity| chosen.contains(severity) || added.contains(severity)).collect();
    true
}

/// Splits the text into words. Quotes keep white space and are not part of the word.
fn tokens(line: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut token = String::new();
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => tokens.push(std::mem::take(&mut token)),
            c => token.push(c),
        }
    }
    tokens.push(token);
    tokens.retain(|token| !token.is_empty());
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times are day numbers since 1970.
    const CLOCK: TimeFormat = TimeFormat {
        format: |at| (at.timestamp() / 86_400).to_string(),
        parse: |text| DateTime::from_timestamp(text.parse::<i64>().ok()? * 86_400, 0),
    };

    fn read(line: &str) -> Filter {
        super::parse(line, CLOCK)
    }

    #[test]
    fn queries_round_trip() {
        for line in [
            "",
            "disk full",
            "is:unread severity:>=warning component:\"Citrix Cloud\" disk",
            "is:dismissed severity:error",
            "is:snoozed component:Disk category:\"Cold storage\" from:\"Ada Byron\" after:7 before:9 full",
            "severity:information severity:warning",
        ] {
            assert_eq!(to_text(&read(line), CLOCK), line);
        }
    }

    #[test]
    fn the_last_word_becomes_an_operator() {
        let known = KnownValues {
            components: vec!["Citrix Cloud".into(), "Gateway".into()],
            senders: vec!["Ada".into()],
            today: "7".into(),
            ..KnownValues::default()
        };
        let check = |line: &str, expected: &[&str]| assert_eq!(suggestions(line, &known), expected, "{line}");
        check("disk is:un", &["disk is:unread"]);
        check("disk sn", &["disk is:snoozed"]);
        check("component:", &["component:\"Citrix Cloud\"", "component:Gateway"]);
        check("disk component:\"citrix c", &["disk component:\"Citrix Cloud\""]);
        check("gate", &["component:Gateway"]);
        check("after", &["after:7"]);
        check("from:Ada", &[]);
        assert_eq!(suggestions("disk ", &known).len(), 4 + 5 + 3 + 2);
    }

    #[test]
    fn unknown_operators_are_words() {
        assert_eq!(
            read("severity:grave is:late after:noon http://x component:").text.as_deref(),
            Some("severity:grave is:late after:noon http://x component:")
        );
        assert_eq!(read("  \"two words\" ").text.as_deref(), Some("two words"));
    }
}
