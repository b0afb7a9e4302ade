//! The choice of a language for a reader (RFC 4647).

use super::Language;

/// Chooses a language among `available` and returns its index (RFC 4647 §3.4 lookup).
///
/// Each wanted tag is tried as a whole, then shortened from its end, then matched by its primary subtag. If nothing matches,
/// the first available tag is chosen. Returns `None` only if `available` is empty.
pub fn lookup_index(wanted: &[Language], available: &[&Language]) -> Option<usize> {
    let lookup = |range: &str| available.iter().position(|tag| tag.as_str().eq_ignore_ascii_case(range));
    for tag in wanted {
        let mut range = tag.as_str();
        loop {
            if let Some(found) = lookup(range) {
                return Some(found);
            }
            let Some(cut) = range.rfind('-') else { break };
            range = &range[..cut];
            // A singleton at the end is removed together with the subtag after it (RFC 4647 §3.4).
            if range.len() >= 2 && range.as_bytes()[range.len() - 2] == b'-' {
                range = &range[..range.len() - 2];
            }
        }
        // For a reader of German, Austrian German is better than English.
        if let Some(found) = available.iter().position(|other| other.primary() == tag.primary()) {
            return Some(found);
        }
    }
    (!available.is_empty()).then_some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(tag: &str) -> Language {
        tag.parse().unwrap()
    }

    #[test]
    fn lookup_follows_rfc_4647() {
        let check = |wanted: &[&str], available: &[&str], expected: Option<&str>| {
            let wanted: Vec<_> = wanted.iter().map(|tag| language(tag)).collect();
            let available: Vec<_> = available.iter().map(|tag| language(tag)).collect();
            let found = lookup_index(&wanted, &available.iter().collect::<Vec<_>>());
            assert_eq!(found.map(|index| available[index].as_str()), expected, "{wanted:?} of {available:?}");
        };
        check(&["de-CH"], &["en-US", "de"], Some("de"));
        check(&["de"], &["en-US", "de-AT"], Some("de-AT"));
        check(&["ja", "fr"], &["en-US", "fr-FR"], Some("fr-FR"));
        check(&["zh-Hant-TW"], &["zh", "zh-Hant"], Some("zh-Hant"));
        check(&["ja"], &["en-US", "de"], Some("en-US"));
        check(&[], &["de", "en-US"], Some("de"));
        check(&["de"], &[], None);
    }

    #[test]
    fn a_range_is_shortened_with_the_single_letter_before_its_end() {
        for (wanted, available, expected) in [
            ("zh-Hant-x-private", &["zh", "zh-Hant"][..], 1),
            ("en-a-bbb-x-ccc", &["de", "en-a-bbb", "en"], 1),
            ("de-1996", &["de", "de-1996"], 1),
            // "en-a" is not a valid tag, so the range is shortened from "en-a-bbb" to "en".
            ("en-a-bbb", &["en-GB", "en"], 1),
            ("pt-BR", &["en", "pt-PT"], 1),
        ] {
            let tags: Vec<_> = available.iter().map(|tag| language(tag)).collect();
            assert_eq!(lookup_index(&[language(wanted)], &tags.iter().collect::<Vec<_>>()), Some(expected), "{wanted} of {available:?}");
        }
    }
}
