//! For whom a request is meant: the console names the person whom it shows, since a cookie may be another's by then.

use crate::text::percent_encoded;

/// The header field with the person's name; in lower case, as HTTP/2 has it.
pub const HEADER: &str = "campanile-person";

/// The kind of the problem that the session is of another person, the last part of its type.
pub const REFUSED: &str = "other-person";

/// A person's name in the header field: tenant and login, whatever characters they have.
pub fn name(tenant: &str, login: &str) -> String {
    format!("{}/{}", percent_encoded(tenant), percent_encoded(login))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_apart_and_fit_into_a_header() {
        assert_eq!(name("acme", "ada@acme.example"), "acme/ada%40acme.example");
        assert_ne!(name("acme", "x/ada"), name("acme/x", "ada"));
        assert!(name("büro", "佐藤\r\n").bytes().all(|byte| byte.is_ascii_graphic()));
    }
}
