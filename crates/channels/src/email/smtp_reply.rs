//! What a reply of the SMTP server means for an e-mail: delivered, permanently refused, or to be tried again.

use campanile_shared::text;
use lettre::transport::smtp::Error;

use super::smtp_connection::ConnectError;

/// The most characters of a reply that are kept for people.
const EXCERPT_LENGTH: usize = 300;

/// Why a message was not accepted. The text is for people.
#[derive(Debug, Eq, PartialEq)]
pub enum SmtpError {
    /// Permanent: the server will never accept it.
    Permanent(String),
    /// Transient: the server may accept it later, or it is unknown whether it did.
    Transient(String),
}

/// Classifies an error during a message. A 5xx reply is permanent, except for authentication errors (RFC 4954 §6), which the
/// operator can fix.
pub fn classify(error: Error) -> SmtpError {
    let is_auth_error = error.status().is_some_and(|code| ["530", "534", "535", "538"].contains(&&*code.to_string()));
    if error.is_permanent() && !is_auth_error { SmtpError::Permanent(error_text(&error)) } else { SmtpError::Transient(error_text(&error)) }
}

/// The server's reply, or the error if there was no reply.
fn error_text(error: &Error) -> String {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    match (error.status(), cause) {
        (Some(code), cause) => reply_line(&format!("{code} {}", cause.unwrap_or_default())),
        (None, _) => reply_line(&error.to_string()),
    }
}

/// Why there is no connection, for people.
pub fn connect_error_text(error: &ConnectError) -> String {
    match error {
        ConnectError::Network(_) => reply_line(&error.to_string()),
        ConnectError::Smtp(error) => error_text(error),
    }
}

/// A reply as one line, for people.
pub fn reply_line(line: &str) -> String {
    text::excerpt(&text::one_line(line), EXCERPT_LENGTH)
}
