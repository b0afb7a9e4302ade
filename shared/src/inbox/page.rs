//! What an inbox answers.

use serde::{Deserialize, Serialize};

use super::{Counts, Item, Snapshot};

/// A page of an inbox, the newest item first.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(from = "told::Page")]
pub struct Page {
    /// At most as many as were asked for. Fewer do not mean that this is the end: `next` does.
    pub items: Vec<Item>,
    /// What stands above them all, only on the first page of `inbox` and `unread` without a search: what
    /// was pinned, and what came back from being snoozed and was not read since; the newest first, at
    /// most 100. They are among the items of their own pages as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub top: Vec<Item>,
    /// The cursor of the page that follows; absent at the end. Also as `Link: rel="next"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Whether the search was ended because it took too long. `next` goes on where it ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
    /// Items newer than this arrived after the person last looked.
    pub seen_up_to: u64,
    /// The whole inbox at the moment of this page.
    #[serde(flatten)]
    pub snapshot: Snapshot,
}

/// How many items match a filter.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Matching {
    /// As many as were found, up to [`CAP`].
    pub count: u32,
    /// Whether there may be more: the cap was reached, or what was looked at was enough for once.
    pub more: bool,
    /// Whether the search was ended because it took too long.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}

/// The same as they are on the wire, without parts inside parts. Flattened fields would be buffered
/// and read a second time, by code of its own for everything within, which every browser would fetch.
mod told {
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
        fn from(told: Page) -> Self {
            let Page { items, top, next, incomplete, seen_up_to, generation, sequence, revision, counts } = told;
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
