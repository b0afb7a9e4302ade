//! The search line: words, and operators that say what the filters say. What is written here and
//! what is chosen by a filter are the same thing, so each shows in the other.
//!
//! `is:unread` and `is:dismissed` choose the view; `severity:error` one severity and
//! `severity:>=warning` that and what is graver; `component:Gateway` or `component:"Citrix Cloud"`
//! one component. Everything else is a word to look for.

use campanile_shared::{Filter, Severity, View};

/// The line that stands for a filter.
pub fn write(filter: &Filter) -> String {
    let mut parts = Vec::new();
    match filter.view {
        View::Inbox => {}
        View::Unread => parts.push("is:unread".to_owned()),
        View::Dismissed => parts.push("is:dismissed".to_owned()),
    }
    match at_least(&filter.severity) {
        Some(least) => parts.push(format!("severity:>={}", least.name())),
        None => parts.extend(filter.severity.iter().map(|severity| format!("severity:{}", severity.name()))),
    }
    if let Some(component) = &filter.component {
        let quote = if component.contains(char::is_whitespace) { "\"" } else { "" };
        parts.push(format!("component:{quote}{component}{quote}"));
    }
    parts.extend(filter.text.clone());
    parts.join(" ")
}

/// The filter that a line stands for.
pub fn read(line: &str) -> Filter {
    let mut filter = Filter::default();
    let mut words = Vec::new();
    for token in tokens(line) {
        let known = match token.split_once(':') {
            Some(("is", "unread")) => {
                filter.view = View::Unread;
                true
            }
            Some(("is", "dismissed")) => {
                filter.view = View::Dismissed;
                true
            }
            Some(("severity", names)) => add_severities(&mut filter.severity, names),
            Some(("component", name)) if !name.is_empty() => {
                filter.component = Some(name.to_owned());
                true
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

/// The severity that a choice begins at, when it holds all from there on and is not simply one.
pub fn at_least(chosen: &[Severity]) -> Option<Severity> {
    let least = chosen.iter().copied().min()?;
    (chosen.len() > 1 && from(least).iter().all(|severity| chosen.contains(severity))).then_some(least)
}

/// A severity and all that are graver.
pub fn from(least: Severity) -> Vec<Severity> {
    Severity::ALL.into_iter().filter(|severity| *severity >= least).collect()
}

fn add_severities(chosen: &mut Vec<Severity>, names: &str) -> bool {
    let (name, graver) = names.strip_prefix(">=").map_or((names, false), |name| (name, true));
    let Some(severity) = Severity::from_name(name) else { return false };
    chosen.extend(if graver { from(severity) } else { vec![severity] });
    chosen.sort_unstable();
    chosen.dedup();
    true
}

/// The line in words; quotes keep white space and are not part of the word.
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

    #[test]
    fn lines_and_filters_say_the_same() {
        for line in [
            "",
            "disk full",
            "is:unread severity:>=warning component:\"Citrix Cloud\" disk",
            "is:dismissed severity:error",
            "severity:information severity:warning",
        ] {
            assert_eq!(write(&read(line)), line);
        }
    }

    #[test]
    fn what_is_no_operator_is_a_word() {
        assert_eq!(read("severity:grave is:late http://x component:").text.as_deref(), Some("severity:grave is:late http://x component:"));
        assert_eq!(read("  \"two words\" ").text.as_deref(), Some("two words"));
    }
}
