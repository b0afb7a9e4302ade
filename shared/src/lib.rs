//! Campanile's vocabulary: what server and browser say to each other.
//!
//! Values, their JSON shape, their validation and the choice of a language. This crate knows
//! nothing of HTTP, storage or the screen, and compiles to native code and to WebAssembly alike.

pub mod audience;
pub mod channel;
pub mod delivery;
pub mod directory;
pub mod draft;
pub mod inbox;
pub mod language;
pub mod link;
pub mod live;
pub mod notification;
pub mod person;
pub mod problem;
pub mod sent;
pub mod text;

pub use audience::{Audience, Recipients};
pub use channel::{Channel, HttpPost};
pub use draft::{Draft, Receipt};
pub use inbox::{Change, Changed, Counts, Filter, Item, ItemState, Page, Snapshot, View};
pub use language::Language;
pub use link::Link;
pub use notification::{Attachment, Button, Content, Priority, Severity};
pub use person::{Me, Person, Preferences, SignIn};
pub use problem::{FieldError, Problem};
