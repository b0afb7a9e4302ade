//! Query strings of URLs, of the API and of the console's own pages.

use std::fmt::Write as _;

use campanile_shared::View;

/// The name of a view in a query.
pub const fn view_name(view: View) -> &'static str {
    match view {
        View::Inbox => "inbox",
        View::Unread => "unread",
        View::Dismissed => "dismissed",
    }
}

/// A query string with its question mark, percent-encoded (RFC 3986 §2.1). Empty values are left
/// out; without any value the whole is empty.
pub fn write(pairs: &[(&str, &str)]) -> String {
    let mut query = String::new();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        query.push(if query.is_empty() { '?' } else { '&' });
        query.push_str(name);
        query.push('=');
        for byte in value.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b',' => query.push(char::from(byte)),
                // Writing to a string cannot fail.
                _ => drop(write!(query, "%{byte:02X}")),
            }
        }
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_and_empty_ones_left_out() {
        assert_eq!(write(&[("a", ""), ("b", "")]), "");
        assert_eq!(write(&[("view", "unread"), ("text", ""), ("component", "a&b=é c+")]), "?view=unread&component=a%26b%3D%C3%A9%20c%2B");
        assert_eq!(write(&[("severity", "warning,error")]), "?severity=warning,error");
    }
}
