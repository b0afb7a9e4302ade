//! The person whom a request is for. The console names the person it shows, because another person may have signed in since
//! and the cookie may be theirs.

use crate::text::percent_encoded;

/// The name of the header field that names the person, in lower case as HTTP/2 requires.
pub const HEADER_NAME: &str = "campanile-person";

/// The last segment of the problem type for a session that belongs to another person.
pub const PROBLEM_KIND: &str = "other-person";

/// The value of the header field: tenant and login, percent-encoded and joined by a slash.
pub fn header_value(tenant: &str, login: &str) -> String {
    format!("{}/{}", percent_encoded(tenant), percent_encoded(login))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_apart_and_fit_into_a_header() {
        assert_eq!(header_value("acme", "ada@acme.example"), "acme/ada%40acme.example");
        assert_ne!(header_value("acme", "x/ada"), header_value("acme/x", "ada"));
        assert!(header_value("büro", "佐藤\r\n").bytes().all(|byte| byte.is_ascii_graphic()));
    }
}
