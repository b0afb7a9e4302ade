//! The message at the foot of the page: what was just done, and the way back.

use campanile_shared::Item;
use std::sync::Arc;
use uuid::Uuid;

/// A message, shown for ten seconds or until the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    /// What happened.
    pub text: String,
    /// What takes it back.
    pub undo: Option<Undo>,
    /// Whether something went wrong.
    pub failed: bool,
}

/// What takes a change back.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    /// What the server calls the change.
    pub id: Uuid,
    /// The items as they were; nothing when the change was for all that match.
    pub before: Vec<Arc<Item>>,
}
