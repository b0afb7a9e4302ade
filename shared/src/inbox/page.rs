//! A page of an inbox, and the number of items that match a filter.

use serde::{Deserialize, Serialize};

use super::{Counts, Item, Snapshot};

/// A page of an inbox, the newest item first.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(from = "wire::Page")]
pub struct Page {
    /// At most the requested number. A page can have fewer items without being the last; only an absent `next` marks the end.
    pub items: Vec<Item>,
    /// Items to show above all others: pinned items, and items that returned from being snoozed and are still unread. Only on
    /// the first page of `inbox` and `unread` without a search; the newest first, at most 100. They also appear in `items`
    /// at their usual place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub top: Vec<Item>,
    /// The cursor of the next page; absent on the last page. Also sent as `Link: rel="next"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Whether the search stopped early because it took too long. `next` continues where it stopped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
    /// Items with a greater sequence number arrived after the person last looked at the inbox.
    pub seen_up_to: u64,
    /// The snapshot of the whole inbox at the time of this page.
    #[serde(flatten)]
    pub snapshot: Snapshot,
}

/// The number of items that match a filter.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MatchCount {
    /// The number of items found, at most 1,000.
    pub count: u32,
    /// Whether there may be more: the limit was reached, or the search stopped before it had looked at every item.
    pub more: bool,
    /// Whether the search stopped early because it took too long.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}

/// The JSON form of [`Page`], without nested types. Serde would buffer flattened fields and read them a second time, with
/// separate code that every browser would download.
mod wire {
    use super::{Counts, Deserialize, Item, Snapshot};

    #[derive(Deserialize)]
    pub struct Page {
        items: Vec<Item>,
        #[serde(default)]
        top: Vec<Item>,
        #[serde(default)]
        next: Option<String>,
        #[serde(default)]
        incomplete: bool,
        seen_up_to: u64,
        generation: u64,
        sequence: u64,
        revision: u64,
        counts: Counts,
    }

    impl From<Page> for super::Page {
        fn from(value: Page) -> Self {
            let Page { items, top, next, incomplete, seen_up_to, generation, sequence, revision, counts } = value;
            Self { items, top, next, incomplete, seen_up_to, snapshot: Snapshot { generation, sequence, revision, counts } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_as_it_is_written() {
        let snapshot = Snapshot { generation: 5, sequence: 3, revision: 2, ..Snapshot::default() };
        let page =
            Page { items: Vec::new(), top: Default::default(), next: Some("c".to_owned()), incomplete: true, seen_up_to: 1, snapshot };
        assert_eq!(serde_json::from_str::<Page>(&serde_json::to_string(&page).unwrap()).unwrap(), page);
    }
}
