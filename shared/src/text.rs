//! Text from outside, made harmless to look at or to put into a URL.

use std::fmt::Write as _;

/// Whether a character moves or hides the text around it: controls, bidirectional embeddings,
/// overrides and isolates (Unicode UAX #9), zero-width and tag characters.
fn is_disruptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Whether a text has controls that no text needs: C0 other than tab and line breaks, and DEL. They
/// are refused on the way in; what only disturbs the eye is taken, and shown harmlessly.
pub fn has_controls(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r'))
}

/// Whether a text has more than one line, as a header field sees it.
pub fn breaks_lines(text: &str) -> bool {
    text.contains(['\r', '\n'])
}

/// A title as one harmless line: disruptive characters go, white space runs become one space.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(char::is_whitespace) {
        let before = line.len();
        line.push_str(if line.is_empty() { "" } else { " " });
        let start = line.len();
        line.extend(word.chars().filter(|c| !is_disruptive(*c)));
        if line.len() == start {
            line.truncate(before);
        }
    }
    line
}

/// A description as harmless lines: line breaks and tabs stay, other disruptive characters go.
pub fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").chars().filter(|c| matches!(c, '\n' | '\t') || !is_disruptive(*c)).collect()
}

/// The first `length` characters, with an ellipsis when something was cut.
pub fn excerpt(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        None => text.to_owned(),
        Some((cut, _)) => format!("{}…", text[..cut].trim_end()),
    }
}

/// A text percent-encoded, as one segment of a path or one value of a query (RFC 3986 §2.1). A comma
/// stays, which is allowed in both.
pub fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b',' => encoded.push(char::from(byte)),
            // Writing to a string cannot fail.
            _ => drop(write!(encoded, "%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_lose_what_disturbs_and_nothing_else() {
        assert_eq!(one_line("pay\u{202E}exe.\u{2066}now\u{2069}\u{0}"), "payexe.now");
        assert_eq!(one_line("  a\r\n b\t c "), "a b c");
        assert_eq!(one_line("<img onerror=x> שלום ‘é’ 日本 👩\u{200D}👧"), "<img onerror=x> שלום ‘é’ 日本 👩\u{200D}👧");
        assert_eq!(lines("a\r\n\tb\u{7}\u{202D}"), "a\n\tb");
    }

    #[test]
    fn controls_are_told_from_what_texts_are_made_of() {
        for text in ["", "a\tb\r\nc", "pay\u{202E}exe", "\u{85}é\u{200B}"] {
            assert!(!has_controls(text), "{text:?}");
        }
        for text in ["a\0b", "\u{7}", "\u{B}", "\u{1B}[31m", "\u{7F}"] {
            assert!(has_controls(text), "{text:?}");
        }
    }

    #[test]
    fn excerpts_count_characters() {
        assert_eq!(excerpt("日本語", 3), "日本語");
        assert_eq!(excerpt("日本語です", 3), "日本語…");
    }
}
