//! A person's inbox: items, their state, counts, views, filters and changes.

mod change;
mod counts;
mod item;
mod page;
mod view;

pub use change::{Action, InboxChange, InboxChangeResult, Selection};
pub use counts::{Counts, Snapshot, UnreadBySeverity};
pub use item::{Item, ItemButton, ItemState, Reason, Why};
pub use page::{MatchCount, Page};
pub use view::{Filter, View};
