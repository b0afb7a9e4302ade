//! The languages that a browser asks for (RFC 9110 §12.5.4).

use super::Language;

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
    use super::*;

    #[test]
    fn accept_language_is_read_by_weight() {
        let tags = |header: &str| parse_accept_language(header).iter().map(Language::to_string).collect::<Vec<_>>();
        assert_eq!(tags("en;q=0.5, de-CH, de;q=0.8, *;q=0.1"), ["de-CH", "de", "en"]);
        assert_eq!(tags("fr;q=0, \u{0}, en;q=x"), Vec::<String>::new());
    }

    #[test]
    fn equal_weights_keep_their_order_and_what_is_refused_is_left_out() {
        let tags = |header: &str| parse_accept_language(header).iter().map(Language::to_string).collect::<Vec<_>>();
        assert_eq!(tags("fr;q=0.5,de;q=0.5,en;q=0.001"), ["fr", "de", "en"]);
        assert_eq!(tags("fr;q=0.0,de;q=-1,en; level=1; q=0.3"), ["en"]);
        assert_eq!(tags(""), Vec::<String>::new());
    }
}
