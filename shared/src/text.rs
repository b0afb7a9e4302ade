//! Makes untrusted text safe to show or to put into a URL.

use std::fmt::Write as _;

/// Whether a character moves or hides the text around it: control characters, bidirectional embeddings,
/// overrides and isolates (Unicode UAX #9), zero-width and tag characters.
fn is_disruptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Removes disruptive characters. Tag characters stay where they are part of a flag emoji.
fn without_disruptive(text: &str) -> impl Iterator<Item = char> {
    let mut tags = 0;
    text.char_indices().filter_map(move |(at, c)| {
        if c == BLACK_FLAG {
            tags = flag_tag_count(&text[at + c.len_utf8()..]);
        } else if tags > 0 {
            tags -= 1;
        } else if is_disruptive(c) {
            return None;
        }
        Some(c)
    })
}

/// The first character of the flag emoji of a subdivision, such as Scotland.
const BLACK_FLAG: char = '\u{1F3F4}';
/// The length of a subdivision code in letters and digits, country included (UTS #35, `unicode_subdivision_id`).
const SUBDIVISION_LENGTH: std::ops::RangeInclusive<usize> = 3..=7;

/// The number of tag characters after a black flag that complete a flag emoji (UTS #51, ED-14a): the code of a subdivision,
/// such as `gbsct` for Scotland, and the end tag. Returns 0 if they form no flag; such tags could hide text and are removed.
fn flag_tag_count(rest: &str) -> usize {
    let names = |c: &char| matches!(c, '\u{E0030}'..='\u{E0039}' | '\u{E0061}'..='\u{E007A}');
    let length = rest.chars().take(SUBDIVISION_LENGTH.end() + 1).take_while(names).count();
    let complete = SUBDIVISION_LENGTH.contains(&length) && rest.chars().nth(length) == Some('\u{E007F}');
    if complete { length + 1 } else { 0 }
}

/// Whether a text contains control characters that are refused: C0 except tab and line breaks, and DEL. Other disruptive
/// characters are accepted, and removed when the text is shown.
pub fn has_controls(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r'))
}

/// Whether a text contains a line break (CR or LF).
pub fn breaks_lines(text: &str) -> bool {
    text.contains(['\r', '\n'])
}

/// A title as one safe line. Disruptive characters are removed, and each run of white space becomes one space.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(char::is_whitespace) {
        let before = line.len();
        line.push_str(if line.is_empty() { "" } else { " " });
        let start = line.len();
        line.extend(without_disruptive(word));
        if line.len() == start {
            line.truncate(before);
        }
    }
    line
}

/// A description as safe lines. Line breaks and tabs stay; other disruptive characters are removed.
pub fn multi_line(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut lines = String::with_capacity(text.len());
    for part in text.split_inclusive(['\n', '\t']) {
        let body = part.trim_end_matches(['\n', '\t']);
        lines.extend(without_disruptive(body));
        lines.push_str(&part[body.len()..]);
    }
    lines
}

/// The first `length` characters, followed by an ellipsis if the text was cut.
pub fn excerpt(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        None => text.to_owned(),
        Some((cut, _)) => format!("{}…", text[..cut].trim_end()),
    }
}

/// Percent-encodes a text for a path segment or a query value (RFC 3986 §2.1). A comma stays, because both allow it.
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn titles_lose_only_disruptive_characters() {
        assert_eq!(one_line("pay\u{202E}exe.\u{2066}now\u{2069}\u{0}"), "payexe.now");
        assert_eq!(one_line("  a\r\n b\t c "), "a b c");
        assert_eq!(one_line("<img onerror=x> שלום ‘é’ 日本 👩\u{200D}👧"), "<img onerror=x> שלום ‘é’ 日本 👩\u{200D}👧");
        assert_eq!(multi_line("a\r\n\tb\u{7}\u{202D}"), "a\n\tb");
    }

    #[test]
    fn flags_keep_their_tags_and_nothing_else_does() {
        let tags = |text: &str| text.chars().map(|c| char::from_u32(0xE0000 + u32::from(c)).unwrap()).collect::<String>();
        let flag = |part: &str| format!("\u{1F3F4}{}\u{E007F}", tags(part));
        for kept in
            [flag("gbsct"), flag("gbeng"), flag("ustx"), flag("fr75"), flag("gbwls") + &flag("gbsct"), format!("a{}b", flag("usca"))]
        {
            assert_eq!(one_line(&kept), kept);
            assert_eq!(multi_line(&kept), kept);
        }
        for (text, left) in [
            (tags("gbsct"), ""),
            (format!("a{}\u{E007F}", tags("gbsct")), "a"),
            (format!("\u{1F3F4}{}", tags("gbsct")), "\u{1F3F4}"),
            (format!("\u{1F3F4}x{}\u{E007F}", tags("gbsct")), "\u{1F3F4}x"),
            (format!("\u{1F3F4}{}\u{E007F}", tags("gb")), "\u{1F3F4}"),
            (format!("\u{1F3F4}{}\u{E007F}", tags("ignoreallofit")), "\u{1F3F4}"),
            (format!("\u{1F3F4}{}\u{E007F}", tags("GB ct")), "\u{1F3F4}"),
            (format!("\u{1F3F4}\u{202E}{}\u{E007F}", tags("gbsct")), "\u{1F3F4}"),
            (format!("\u{E0001}{}", tags("en")), ""),
        ] {
            assert_eq!(one_line(&text), left, "{text:?}");
            assert_eq!(multi_line(&text), left, "{text:?}");
        }
        let more = format!("{}{}", flag("gbsct"), tags("hidden"));
        assert_eq!(one_line(&more), flag("gbsct"));
    }

    #[test]
    fn has_controls_finds_only_refused_characters() {
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

    #[test]
    fn disruptive_characters_are_removed() {
        for gone in [
            '\u{0}',
            '\u{9F}',
            '\u{61C}',
            '\u{200B}',
            '\u{200E}',
            '\u{200F}',
            '\u{202A}',
            '\u{202E}',
            '\u{2060}',
            '\u{206F}',
            '\u{FEFF}',
            '\u{FFF9}',
            '\u{FFFB}',
            '\u{E0000}',
            '\u{E007F}',
        ] {
            assert_eq!(one_line(&format!("a{gone}b")), "ab", "{gone:?}");
            assert_eq!(multi_line(&format!("a{gone}b")), "ab", "{gone:?}");
        }
        for kept in [
            '\u{61B}',
            '\u{61D}',
            '\u{200C}',
            '\u{200D}',
            '\u{2027}',
            '\u{2070}',
            '\u{FEFE}',
            '\u{FFF8}',
            '\u{FFFC}',
            '\u{DFFFF}',
            '\u{E0080}',
        ] {
            let text = format!("a{kept}b");
            assert_eq!(one_line(&text), text, "{kept:?}");
            assert_eq!(multi_line(&text), text, "{kept:?}");
        }
    }

    #[test]
    fn the_name_in_a_flag_has_three_to_seven_letters() {
        let tags = |text: &str| text.chars().map(|c| char::from_u32(0xE0000 + u32::from(c)).unwrap()).collect::<String>();
        for (name, kept) in [("gb", false), ("gba", true), ("gbabcde", true), ("gbabcdef", false)] {
            let flag = format!("\u{1F3F4}{}\u{E007F}", tags(name));
            assert_eq!(one_line(&flag) == flag, kept, "{name}");
        }
    }

    #[test]
    fn a_title_for_a_header_field_is_one_line() {
        for (text, breaks) in [("", false), ("a b\tc", false), ("a\nb", true), ("a\r", true), ("\r\n", true)] {
            assert_eq!(breaks_lines(text), breaks, "{text:?}");
        }
    }

    #[test]
    fn excerpts_end_with_a_word() {
        for (text, length, expected) in
            [("", 3, ""), ("", 0, ""), ("abc", 4, "abc"), ("abc", 3, "abc"), ("abc", 2, "ab…"), ("a bc", 2, "a…"), ("a", 0, "…")]
        {
            assert_eq!(excerpt(text, length), expected, "{text:?} {length}");
        }
    }

    #[test]
    fn what_is_percent_encoded_fits_into_a_path_and_a_query() {
        for (text, encoded) in [
            ("", ""),
            ("AZaz09-._~,", "AZaz09-._~,"),
            ("a/b?c=d&e#f", "a%2Fb%3Fc%3Dd%26e%23f"),
            ("100 %+", "100%20%25%2B"),
            ("é\n", "%C3%A9%0A"),
            ("@[`{", "%40%5B%60%7B"),
        ] {
            assert_eq!(percent_encoded(text), encoded, "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn harmless_text_stays_as_it_is(text in "\\PC*|[a \r\n\t\u{200B}\u{202E}\u{1F3F4}\u{E0061}\u{E007F}]{0,12}") {
            let (line, all) = (one_line(&text), multi_line(&text));
            prop_assert_eq!(one_line(&line), line.as_str());
            prop_assert_eq!(multi_line(&all), all.as_str());
            prop_assert!(!line.chars().any(char::is_control) && !line.contains("  ") && line.trim() == line);
            prop_assert!(!has_controls(&all));
        }
    }
}
