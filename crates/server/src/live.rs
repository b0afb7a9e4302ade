//! The live connection: from a commit to every open event stream it concerns.
//!
//! The store tells of each commit in order; the hub hands it to the feeds of those it concerns;
//! a stream writes its feed to one client. What all readers of one language get is serialised
//! once. Nothing here is kept: a client that missed something resumes from the store.

mod check;
mod feed;
mod hub;
mod stream;

pub use check::look_elsewhere;
pub use hub::{Hub, News};
pub use stream::open;
