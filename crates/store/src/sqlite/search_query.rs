//! Turns what a person typed into a query of the search index.

use campanile_domain::{Error, TenantId};
use campanile_shared::{FieldError, problem::FieldErrorCode};

use super::{error::Result, search_index};
use crate::tokenizer;

/// The most parts of a query, divided by spaces. Further ones are ignored.
pub const MAX_PARTS: usize = 16;
/// The most tokens of all parts together, such as the pairs of a Chinese sentence. Further ones are ignored.
const MAX_WORDS: usize = 200;
/// The most parts that match as prefixes; the others match whole words. Each prefix costs as much as all rows
/// with such a word.
const MAX_PREFIXES: usize = 6;

/// What a person typed, as a query of the index.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Query {
    /// It contains no token and matches nothing.
    Empty,
    /// A query in the syntax of FTS5.
    Words {
        /// The query.
        query: String,
        /// Whether it contains everything that was typed.
        is_complete: bool,
    },
}

/// Turns what a person typed into a query. Each part matches as a prefix. Of more than six parts, only the
/// first five and the last, which the person may still be typing, match as prefixes; the others match whole
/// words.
///
/// Every token is quoted, so that nothing a person types is an operator (SQLite FTS5 §3.1).
pub fn query(tenant: TenantId, typed: &str) -> Query {
    let (mut phrases, mut count, mut whole) = (Vec::new(), 0, true);
    for phrase in tokenizer::phrases(typed) {
        count += phrase.words.split(' ').count();
        if phrases.len() == MAX_PARTS || count > MAX_WORDS {
            whole = false;
            break;
        }
        phrases.push(phrase);
    }
    if phrases.is_empty() {
        return Query::Empty;
    }
    let mut query = String::new();
    for (at, phrase) in phrases.iter().enumerate() {
        let operator = if query.is_empty() { "" } else { " AND " };
        let is_beginning = phrase.last_is_prefix && (at + 1 < MAX_PREFIXES || at + 1 == phrases.len());
        query.push_str(&format!("{operator}\"{}\"{}", phrase.words, if is_beginning { " *" } else { "" }));
    }
    Query::Words { query: format!("tenant : {} AND text : ({query})", search_index::tenant_token(tenant)), is_complete: whole }
}

/// Refuses a text that cannot be searched for completely. For a change of all matching items, a shorter query
/// would change more items than meant.
pub fn check_complete(tenant: TenantId, typed: &str) -> Result<(), Error> {
    let pointer = "/matching/filter/text";
    match query(tenant, typed) {
        Query::Words { is_complete: true, .. } => Ok(()),
        Query::Words { is_complete: false, .. } => {
            Err(Error::Invalid(vec![FieldError::with_limit(pointer, FieldErrorCode::TooMany, MAX_PARTS)]))
        }
        Query::Empty => Err(Error::Invalid(vec![FieldError::new(pointer, FieldErrorCode::Missing)])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_is_never_an_operator() {
        for (typed, expected) in [
            ("disk full", r#""disk" * AND "full" *"#),
            (r#"" OR *"#, r#""or" *"#),
            (r#"a"b"#, r#""a b" *"#),
            ("NEAR(x)\0tenant:t8", r#""near x" * AND "tenant t8" *"#),
            ("日本", r#""日本""#),
            ("日本語", r#""日本 本語""#),
            ("日", r#""日" *"#),
            ("C++ 🔴", r#""c ＋ ＋" AND "🔴""#),
            ("a b c d e f", r#""a" * AND "b" * AND "c" * AND "d" * AND "e" * AND "f" *"#),
            ("a b c d e f g", r#""a" * AND "b" * AND "c" * AND "d" * AND "e" * AND "f" AND "g" *"#),
        ] {
            let query = Query::Words { query: format!("tenant : t7 AND text : ({expected})"), is_complete: true };
            assert_eq!(super::query(TenantId(7), typed), query, "{typed:?}");
        }
        for typed in ["  * \" -- ", "", "\u{200B}\u{2060}", "\0", "…", "'\"’"] {
            assert_eq!(query(TenantId(7), typed), Query::Empty, "{typed:?}");
        }
    }

    #[test]
    fn a_query_that_is_too_long_is_incomplete() {
        let is_whole = |typed: &str| matches!(query(TenantId(7), typed), Query::Words { is_complete: true, .. });
        assert!(is_whole(&"a ".repeat(MAX_PARTS)) && !is_whole(&"a ".repeat(MAX_PARTS + 1)));
        assert!(is_whole(&format!("{} - ", "a ".repeat(MAX_PARTS))));
        assert!(is_whole(&"語".repeat(MAX_WORDS + 1)) && !is_whole(&format!("a {}", "語".repeat(MAX_WORDS + 1))));
    }
}
