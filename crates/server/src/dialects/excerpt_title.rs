//! The title of a notification that a client sent without one.

use campanile_shared::text;

/// The maximum length of the title, in characters.
const EXCERPT_TITLE_CHARS: usize = 120;

/// The beginning of a text, as one line.
pub fn excerpt_title(text: &str) -> String {
    text::excerpt(&text::one_line(text), EXCERPT_TITLE_CHARS)
}
