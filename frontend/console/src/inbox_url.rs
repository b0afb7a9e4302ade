//! The inbox's URL: its query has the view, its filters and the opened item. A view can be shared by its URL.

use campanile_shared::{Filter, Severity, View};
use chrono::DateTime;
use uuid::Uuid;

use crate::{page::Page, query_string};

/// What the inbox's URL says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct InboxUrl {
    /// The filter of the list.
    pub filter: Filter,
    /// The opened item.
    pub item: Option<Uuid>,
}

impl InboxUrl {
    /// Reads the state from a query. Values that are not valid are ignored.
    pub fn from_query(get: impl Fn(&str) -> Option<String>) -> Self {
        let view = get("view").as_deref().and_then(View::from_name).unwrap_or_default();
        let severity = get("severity").unwrap_or_default().split(',').filter_map(Severity::from_name).collect();
        let non_empty = |name| get(name).filter(|value| !value.trim().is_empty());
        let instant = |name| get(name).and_then(|value| DateTime::parse_from_rfc3339(&value).ok()).map(|at| at.to_utc());
        let filter = Filter {
            view,
            severity,
            component: non_empty("component"),
            category: non_empty("category"),
            sender: non_empty("sender"),
            after: instant("after"),
            before: instant("before"),
            text: non_empty("text"),
        };
        Self { filter, item: get("item").and_then(|id| id.parse().ok()) }
    }

    fn query(&self) -> String {
        query_string::filter_query(&self.filter, &[("item", &self.item.map(|id| id.to_string()).unwrap_or_default())])
    }

    /// A link, relative to any page.
    pub fn href(&self) -> String {
        format!("{}{}", Page::Inbox.href(), self.query())
    }

    /// The path for the router, which adds the base.
    pub fn path(&self) -> String {
        format!("/{}{}", Page::Inbox.segment(), self.query())
    }

    /// The same list with another item opened, or none.
    pub fn with_item(&self, item: Option<Uuid>) -> Self {
        Self { filter: self.filter.clone(), item }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> InboxUrl {
        let pairs: Vec<_> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        InboxUrl::from_query(|name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn url_state_round_trips() {
        for query in [
            "view=unread&severity=warning,error&component=Gateway&text=disk",
            "item=00000000-0000-0000-0000-000000000007",
            "category=a&sender=b&after=2026-11-01T00%3A00%3A00Z",
            "",
        ] {
            let place = read(&query.replace("%3A", ":"));
            assert_eq!(place.query().trim_start_matches('?'), query);
        }
    }

    #[test]
    fn invalid_values_are_ignored() {
        assert_eq!(
            read("view=x&severity=grave,error&item=7&text= "),
            InboxUrl { filter: Filter { severity: vec![Severity::Error], ..Filter::default() }, item: None }
        );
    }
}
