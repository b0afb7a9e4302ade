//! Event streams: sends each commit to the open streams of the people it concerns.
//!
//! The store reports each commit in order. The hub passes it to the feeds of these people, and a stream
//! writes its feed to one client. An item is serialised once per language. Nothing is stored here: a
//! client that missed events catches up from the store.

mod check;
mod feed;
mod hub;
mod stream;

pub use check::look_elsewhere;
pub use hub::{Hub, News};
pub use stream::open;
