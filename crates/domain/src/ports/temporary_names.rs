//! A temporary set of names, for long operations such as imports.

use async_trait::async_trait;

use crate::Result;

/// A set of names that is deleted when this value is dropped. It is kept on disk, so its size costs no
/// memory.
#[async_trait]
pub trait TemporaryNames: Send + Sync {
    /// Adds names.
    async fn insert(&self, names: Vec<String>) -> Result<()>;

    /// Whether the set contains a name.
    async fn contains(&self, name: &str) -> Result<bool>;
}
