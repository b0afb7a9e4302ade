//! When consecutive items with the same message become one row of the list.

use std::sync::Arc;

use campanile_shared::{Item, ItemState};

/// From this many items on, items with the same message become a group.
pub const MIN_GROUP: usize = 3;
/// The most items in one group: as many as one API request can name.
pub const MAX_GROUP: usize = 1_000;

/// Whether two consecutive items belong to the same group: same component, severity and title.
pub fn same_message(one: &Item, other: &Item) -> bool {
    one.severity == other.severity && one.title == other.title && one.component == other.component
}

/// The key under which an expanded group is remembered.
pub fn group_key(item: &Item) -> String {
    format!("{}\n{}", item.component.as_deref().unwrap_or_default(), item.title)
}

/// The item that stands for a group. A group is unread as long as one of its items is.
pub fn group_head(group: &[Arc<Item>]) -> Option<Arc<Item>> {
    let first = group.first()?;
    let unread = group.iter().any(|item| !item.state.read);
    Some(if unread == first.state.read { as_unread(first) } else { Arc::clone(first) })
}

fn as_unread(item: &Item) -> Arc<Item> {
    Arc::new(Item { state: ItemState { read: false, ..item.state }, ..item.clone() })
}
