//! The message at the bottom of the page: what was done, and how to undo it.

use campanile_shared::Item;
use std::sync::Arc;
use uuid::Uuid;

/// A message. It is shown for ten seconds or until the next one.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    /// What happened.
    pub text: String,
    /// How to undo it.
    pub undo: Option<Undo>,
    /// Whether it reports an error.
    pub failed: bool,
}

/// The undo of a change.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    /// The server's id of the change.
    pub id: Uuid,
    /// The items before the change. Empty if the change was for all items that match a filter.
    pub before: Vec<Arc<Item>>,
}
