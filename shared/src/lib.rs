//! The types that server and browser exchange: their JSON shape, their validation and the choice of a language.
//!
//! This crate knows nothing about HTTP, storage or the screen. It compiles to native code and to WebAssembly.

pub mod administration;
pub mod audience;
pub mod channel;
pub mod delivery;
pub mod directory;
pub mod display_name;
pub mod expected_person;
pub mod http_header;
pub mod http_post;
pub mod inbox;
pub mod language;
pub mod limits;
pub mod link;
pub mod live;
pub mod notification;
pub mod origin;
pub mod password;
pub mod person;
pub mod preferences;
pub mod problem;
pub mod quiet_hours;
pub mod request_preview;
mod rfc3339;
pub mod saved_draft;
#[cfg(feature = "openapi")]
pub mod schema;
pub mod send_request;
pub mod sent;
pub mod sign_in;
pub mod signing_secret;
pub mod tenant;
pub mod text;
pub mod volume;

pub use administration::Scope;
pub use audience::{Audience, Recipients};
pub use channel::Channel;
pub use http_post::HttpPost;
pub use inbox::{Counts, Filter, InboxChange, InboxChangeResult, Item, ItemState, MatchCount, Page, Snapshot, View};
pub use language::Language;
pub use link::Link;
pub use notification::{Attachment, Button, Content, Priority, Severity};
pub use person::{Me, Person};
pub use preferences::Preferences;
pub use problem::{FieldError, Problem};
pub use send_request::{Receipt, SendRequest};
pub use sign_in::SignIn;
pub use tenant::TenantSettings;
