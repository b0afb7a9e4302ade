//! A person's inbox: items, their state, counts, views, filters and changes.

mod change;
mod counts;
mod item;
mod page;
mod view;

pub use change::{Action, Change, Changed, MOST_IDS, Selection};
pub use counts::{BySeverity, CAP, Counts, Snapshot};
pub use item::{Item, ItemButton, ItemState, Reason, Why};
pub use page::{Matching, Page};
pub use view::{Filter, View};
