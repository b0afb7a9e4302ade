//! Folds text, so that the same word is found however it is written.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::char_class;

/// Folds a text for comparison: compatible characters become one (Unicode NFKC: half and full width,
/// ligatures), and case (`ß` becomes `ss`), diacritics, Hebrew and Arabic vowel signs and invisible characters
/// are removed. Marks of other scripts are part of their letters and stay.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return if text.bytes().any(|byte| byte.is_ascii_uppercase()) { text.to_ascii_lowercase().into() } else { text.into() };
    }
    let mut folded = String::with_capacity(text.len());
    let mut composes = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii() || char_class::folds_to_itself(first) {
            folded.push(first.to_ascii_lowercase());
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (run, behind) = rest.split_at(rest.find(|c: char| c.is_ascii() || char_class::folds_to_itself(c)).unwrap_or(rest.len()));
        rest = behind;
        for c in run.nfkd().filter(|c| !char_class::is_ignorable(*c) && !char_class::is_diacritic(*c)) {
            composes |= !c.is_ascii();
            fold_letter(c, &mut folded);
        }
    }
    if composes { folded.nfc().collect::<String>().into() } else { folded.into() }
}

/// Folds a letter: removes its case, and replaces letters that Unicode does not decompose by what people type
/// instead.
fn fold_letter(c: char, folded: &mut String) {
    match c {
        _ if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
        'ı' => folded.push('i'),
        'ø' | 'Ø' => folded.push('o'),
        'ł' | 'Ł' => folded.push('l'),
        'đ' | 'Đ' | 'ð' | 'Ð' => folded.push('d'),
        'ħ' | 'Ħ' => folded.push('h'),
        'ŧ' | 'Ŧ' => folded.push('t'),
        'æ' | 'Æ' => folded.push_str("ae"),
        'œ' | 'Œ' => folded.push_str("oe"),
        'þ' | 'Þ' => folded.push_str("th"),
        // Some letters have one lower-case form for several upper-case ones or the other way around, such as ß
        // and the two sigmas.
        _ => folded.extend(c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_make_another_letter_stay() {
        for (one, other) in [("が", "か"), ("ป่า", "ปา"), ("कि", "क"), ("パ", "バ"), ("장", "자")] {
            assert_ne!(fold(one), fold(other), "{one:?} {other:?}");
        }
        assert_eq!(fold("plain text"), Cow::Borrowed("plain text"));
    }
}
