//! Generates a program that sends a notification: in one of nine languages, through our API or one of the four
//! vendor APIs. The API key is read from the variable `CAMPANILE_KEY`, because copied programs end up in chats
//! and tickets.

// With explicit paths, the server's tests can include this file.
#[path = "snippet/language.rs"]
mod language;
#[path = "snippet/request.rs"]
mod request;

use campanile_shared::SendRequest;

pub use self::{
    language::Language,
    request::{Api, UnsupportedField},
};

/// The program, and the fields that the API does not support. `server` is the base URL without a trailing
/// slash, `at` the current time in RFC 3339.
pub fn write(server: &str, tenant: &str, draft: &SendRequest, at: &str, api: Api, language: Language) -> (String, Vec<UnsupportedField>) {
    let (request, unsupported) = request::build(tenant, draft, at, api);
    (language.write(server, &request), unsupported)
}
