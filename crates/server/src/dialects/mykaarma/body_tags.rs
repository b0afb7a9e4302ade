//! `bodyTagsForSpecialRendering`: replaces placeholders in a body by their values.

use aho_corasick::{AhoCorasick, MatchKind};

/// Replaces each placeholder by its value. `None` when the result has more than `limit` characters.
///
/// One pass from left to right: inserted values are not searched again (the vendor's rule). When several
/// placeholders match at the same position, the longest wins (decided here).
pub fn render<'a>(body: String, tags: impl Iterator<Item = (&'a str, &'a str)>, limit: usize) -> Option<String> {
    let (placeholders, values): (Vec<&str>, Vec<&str>) = tags.filter(|(placeholder, _)| !placeholder.is_empty()).unzip();
    if placeholders.is_empty() {
        return Some(body);
    }
    let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&placeholders).ok()?;
    // A character has at most four bytes, so a text with more bytes than this has too many characters.
    let longest = limit.saturating_mul(4);
    let (mut rendered, mut copied) = (String::with_capacity(body.len()), 0);
    for found in search.find_iter(&body) {
        rendered.push_str(&body[copied..found.start()]);
        rendered.push_str(values[found.pattern().as_usize()]);
        copied = found.end();
        if rendered.len() > longest {
            return None;
        }
    }
    rendered.push_str(&body[copied..]);
    (rendered.len() <= longest).then_some(rendered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_replaced_in_one_pass() {
        let check = |body: &str, tags: &[(&str, &str)], expected: Option<&str>| {
            assert_eq!(render(body.to_owned(), tags.iter().copied(), 20).as_deref(), expected, "{body} {tags:?}");
        };
        check("a b", &[("a", "b"), ("b", "a")], Some("b a"));
        check("{x}", &[("{x}", "{y}"), ("{y}", "no")], Some("{y}"));
        check("name names", &[("name", "1"), ("names", "2")], Some("1 2"));
        check("names", &[("names", "2"), ("name", "1")], Some("2"));
        check("aaa", &[("a", "aa")], Some("aaaaaa"));
        check("as is", &[], Some("as is"));
        check("as is", &[("", "x")], Some("as is"));
        check("grün", &[("ü", "ue")], Some("gruen"));
        check("aaaa", &[("a", "0123456789012345678901234567890")], None);
    }
}
