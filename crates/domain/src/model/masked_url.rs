//! Which parts of a URL are hidden when it is shown.

/// A URL that is safe to show: without user information, query and fragment, which may be secret.
pub fn mask_url(target: &str) -> String {
    let Some((scheme, rest)) = target.split_once("://") else { return target.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let hidden = if path.len() < rest.len() - end { "?…" } else { "" };
    format!("{scheme}://{host}{path}{hidden}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_secret_in_a_url_is_not_shown() {
        for (url, shown) in [
            ("https://ada:pw@a.example/x?token=1#y", "https://a.example/x?…"),
            ("https://a.example", "https://a.example"),
            ("https://a.example?x=1", "https://a.example?…"),
            ("https://a.example/x/y", "https://a.example/x/y"),
            ("https://a.example:8443/#token", "https://a.example:8443/?…"),
            ("https://ada@bo@a.example", "https://a.example"),
            ("https://a.example/x@y", "https://a.example/x@y"),
            ("ada@acme.example", "ada@acme.example"),
        ] {
            assert_eq!(mask_url(url), shown);
        }
    }
}
