//! Query strings for the API and for the console's own pages.

use campanile_shared::{Filter, View, text::percent_encoded};
use chrono::{DateTime, SecondsFormat, Utc};

/// The query string of a filter and further parameters. The view `inbox` is the default and is left out.
pub fn filter_query(filter: &Filter, more: &[(&str, &str)]) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let instant = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true)).unwrap_or_default();
    let pairs = [
        ("view", if filter.view == View::Inbox { String::new() } else { filter.view.name().to_owned() }),
        ("severity", filter.severity.iter().map(|severity| severity.name()).collect::<Vec<_>>().join(",")),
        ("component", text(&filter.component)),
        ("category", text(&filter.category)),
        ("sender", text(&filter.sender)),
        ("after", instant(filter.after)),
        ("before", instant(filter.before)),
        ("text", text(&filter.text)),
    ];
    let pairs = pairs.iter().map(|(name, value)| (*name, value.as_str()));
    encode(&pairs.chain(more.iter().copied()).collect::<Vec<_>>())
}

/// A query string with its question mark, percent-encoded (RFC 3986 §2.1). Empty values are left out. Without
/// any value the result is empty.
pub fn encode(pairs: &[(&str, &str)]) -> String {
    let mut query = String::new();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        query.push(if query.is_empty() { '?' } else { '&' });
        query.push_str(name);
        query.push('=');
        query.push_str(&percent_encoded(value));
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_and_empty_ones_left_out() {
        assert_eq!(encode(&[("a", ""), ("b", "")]), "");
        assert_eq!(encode(&[("view", "unread"), ("text", ""), ("component", "a&b=é c+")]), "?view=unread&component=a%26b%3D%C3%A9%20c%2B");
        assert_eq!(encode(&[("severity", "warning,error")]), "?severity=warning,error");
    }
}
