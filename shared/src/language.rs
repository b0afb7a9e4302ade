//! Language tags (BCP 47) and the choice of a language by RFC 4647 lookup.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A well-formed BCP 47 language tag (RFC 5646 §2.1), stored in its conventional letter case (`en-US`, `zh-Hant`). Therefore
/// tags that differ in case only are equal.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(Cow<'static, str>);

/// The most common tags. They need no allocation, which saves memory in long lists of notifications.
const COMMON_TAGS: [&str; 14] = ["ar", "de", "en", "en-GB", "en-US", "es", "fr", "he", "it", "ja", "ko", "pl", "pt-BR", "zh-Hans"];

/// The text is not a well-formed language tag.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MalformedLanguage;

impl fmt::Display for MalformedLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a language tag of BCP 47, such as en or pt-BR")
    }
}

impl std::error::Error for MalformedLanguage {}

impl Language {
    /// The tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The primary subtag: `pt` of `pt-BR`.
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }

    /// American English, the default language.
    pub fn english() -> Self {
        Self(Cow::Borrowed("en-US"))
    }
}

impl FromStr for Language {
    type Err = MalformedLanguage;

    /// Parses a tag. The first subtag is 2 to 8 letters, or `x` or `i` followed by other subtags. All others are 1 to 8 letters
    /// and digits. The registry of subtags is not consulted.
    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        let mut subtags = tag.split('-');
        let first = subtags.next().unwrap_or_default();
        let private = first.eq_ignore_ascii_case("x") || first.eq_ignore_ascii_case("i");
        let alphabetic = first.bytes().all(|byte| byte.is_ascii_alphabetic());
        let rest = tag.len() > first.len();
        if !alphabetic || !((2..=8).contains(&first.len()) || private && rest) || tag.len() > 35 {
            return Err(MalformedLanguage);
        }
        let mut normal = first.to_ascii_lowercase();
        let mut after_singleton = private;
        for subtag in subtags {
            if !(1..=8).contains(&subtag.len()) || !subtag.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(MalformedLanguage);
            }
            normal.push('-');
            let lower = subtag.to_ascii_lowercase();
            let alphabetic = lower.bytes().all(|byte| byte.is_ascii_alphabetic());
            // RFC 5646 §2.1.1: two letters are a region and four are a script, except after a singleton.
            match (lower.len(), after_singleton) {
                (2, false) => normal.push_str(&lower.to_ascii_uppercase()),
                (4, false) if alphabetic => {
                    normal.push_str(&lower[..1].to_ascii_uppercase());
                    normal.push_str(&lower[1..]);
                }
                _ => normal.push_str(&lower),
            }
            after_singleton |= lower.len() == 1;
        }
        if normal.rsplit('-').next().is_some_and(|last| last.len() == 1) {
            return Err(MalformedLanguage);
        }
        let usual = COMMON_TAGS.into_iter().find(|usual| *usual == normal);
        Ok(Self(usual.map_or(Cow::Owned(normal), Cow::Borrowed)))
    }
}

impl TryFrom<String> for Language {
    type Error = MalformedLanguage;

    fn try_from(tag: String) -> Result<Self, Self::Error> {
        tag.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0.into_owned()
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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

/// The languages of an `Accept-Language` header (RFC 9110 §12.5.4), the most preferred first. Malformed entries, entries with
/// `q=0` and the wildcard are skipped.
pub fn parse_accept_language(header: &str) -> Vec<Language> {
    let mut weighted: Vec<(Language, f32)> = header
        .split(',')
        .filter_map(|entry| {
            let mut parts = entry.split(';').map(str::trim);
            let language = parts.next()?.parse().ok()?;
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok())?;
            (weight > 0.0).then_some((language, weight))
        })
        .collect();
    weighted.sort_by(|one, other| other.1.total_cmp(&one.1));
    weighted.into_iter().map(|(language, _)| language).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn language(tag: &str) -> Language {
        tag.parse().unwrap()
    }

    #[test]
    fn tags_are_checked_and_normalised() {
        for (given, normal) in [
            ("en", Some("en")),
            ("EN-us", Some("en-US")),
            ("zh-hant-tw", Some("zh-Hant-TW")),
            ("de-CH-1996", Some("de-CH-1996")),
            ("en-a-ccc-v", None),
            ("x-whatever", Some("x-whatever")),
            ("es-419", Some("es-419")),
            ("x", None),
            ("", None),
            ("e", None),
            ("en_US", None),
            ("en-", None),
            ("123", None),
            ("english-language-of-the-whole-wide-world", None),
        ] {
            assert_eq!(given.parse::<Language>().ok().as_ref().map(Language::as_str), normal, "{given:?}");
        }
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
    fn accept_language_is_read_by_weight() {
        let tags = |header: &str| parse_accept_language(header).iter().map(Language::to_string).collect::<Vec<_>>();
        assert_eq!(tags("en;q=0.5, de-CH, de;q=0.8, *;q=0.1"), ["de-CH", "de", "en"]);
        assert_eq!(tags("fr;q=0, \u{0}, en;q=x"), Vec::<String>::new());
    }

    #[test]
    fn subtags_have_one_to_eight_letters_and_digits() {
        for (given, normal) in [
            ("ab", Some("ab")),
            ("abcdefgh", Some("abcdefgh")),
            ("abcdefghi", None),
            ("en-abcdefgh", Some("en-abcdefgh")),
            ("en-abcdefghi", None),
            ("en--us", None),
            ("en-ü", None),
            ("en-1994", Some("en-1994")),
            ("en-us-x-ab-cdef", Some("en-US-x-ab-cdef")),
            ("de-a-LATN-x", None),
            ("x-AB-cdef", Some("x-ab-cdef")),
            ("I-klingon", Some("i-klingon")),
            ("i", None),
            ("a-klingon", None),
            // 35 characters and 36.
            ("en-abcdefgh-abcdefgh-abcdefgh-abcde", Some("en-abcdefgh-abcdefgh-abcdefgh-abcde")),
            ("en-abcdefgh-abcdefgh-abcdefgh-abcdef", None),
        ] {
            assert_eq!(given.parse::<Language>().ok().as_ref().map(Language::as_str), normal, "{given:?}");
        }
    }

    #[test]
    fn a_language_is_a_text_wherever_it_goes() {
        let swiss = language("de-CH-1996");
        assert_eq!((swiss.primary(), swiss.to_string(), String::from(swiss.clone())), ("de", "de-CH-1996".into(), "de-CH-1996".into()));
        assert_eq!((language("fr").primary(), Language::english().as_str()), ("fr", "en-US"));
        assert_eq!(serde_json::to_string(&swiss).unwrap(), r#""de-CH-1996""#);
        assert_eq!(serde_json::from_str::<Language>(r#""DE-ch-1996""#).unwrap(), swiss);
        let error = serde_json::from_str::<Language>(r#""en_US""#).unwrap_err().to_string();
        assert!(error.starts_with("not a language tag of BCP 47, such as en or pt-BR"), "{error}");
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

    #[test]
    fn equal_weights_keep_their_order_and_what_is_refused_is_left_out() {
        let tags = |header: &str| parse_accept_language(header).iter().map(Language::to_string).collect::<Vec<_>>();
        assert_eq!(tags("fr;q=0.5,de;q=0.5,en;q=0.001"), ["fr", "de", "en"]);
        assert_eq!(tags("fr;q=0.0,de;q=-1,en; level=1; q=0.3"), ["en"]);
        assert_eq!(tags(""), Vec::<String>::new());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_normal_tag_stays_as_it_is(tag in "[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8}){0,4}") {
            if let Ok(language) = tag.parse::<Language>() {
                prop_assert!(language.as_str().eq_ignore_ascii_case(&tag));
                prop_assert_eq!(language.as_str().parse::<Language>(), Ok(language));
            }
        }
    }
}
