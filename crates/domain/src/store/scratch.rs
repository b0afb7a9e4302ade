//! What is set aside while something long is under way.

use async_trait::async_trait;

use crate::Result;

/// A set of names that goes away with this value. However many there are, they cost no memory.
#[async_trait]
pub trait Scratch: Send + Sync {
    /// Puts names in.
    async fn put(&self, names: Vec<String>) -> Result<()>;

    /// Whether a name is in.
    async fn has(&self, name: &str) -> Result<bool>;
}
