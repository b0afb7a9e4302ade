//! Language tags (BCP 47).

mod accept_language;
mod lookup;

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

pub use self::{accept_language::parse_accept_language, lookup::lookup_index};
use crate::limits::MAX_LANGUAGE_TAG_LENGTH;

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
        if !alphabetic || !((2..=8).contains(&first.len()) || private && rest) || tag.len() > MAX_LANGUAGE_TAG_LENGTH {
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
