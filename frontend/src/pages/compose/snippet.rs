//! A draft as a program that sends it: in one of nine languages, through our API or one of the four
//! it speaks besides. The API key is left to the variable `CAMPANILE_KEY`: what is copied ends up
//! in chats and tickets.

// Said where they are, so that a test elsewhere finds them as well.
#[path = "snippet/language.rs"]
mod language;
#[path = "snippet/request.rs"]
mod request;

use campanile_shared::Draft;

pub use self::{
    language::Language,
    request::{Api, Lost},
};

/// The program, and what of the draft the API cannot say. `server` is the base URL without a slash
/// at its end, `at` an instant of now in RFC 3339.
pub fn write(server: &str, tenant: &str, draft: &Draft, at: &str, api: Api, language: Language) -> (String, Vec<Lost>) {
    let (request, lost) = request::of(tenant, draft, at, api);
    (language.write(server, &request), lost)
}
