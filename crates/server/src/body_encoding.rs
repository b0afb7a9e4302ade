//! The encoding of a request body: detects compression, which no call accepts, and removes a leading byte
//! order mark.

use axum::http::{HeaderMap, header};

/// Whether a body has a content coding other than `identity`.
pub fn is_compressed(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(header::CONTENT_ENCODING).iter();
    let plain = |coding: &[u8]| coding.trim_ascii().is_empty() || coding.trim_ascii().eq_ignore_ascii_case(b"identity");
    codings.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).any(|coding| !plain(coding))
}

/// The text without its leading byte order mark (U+FEFF in UTF-8).
pub fn strip_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_identity_means_uncompressed() {
        for (values, encoded) in [
            (&[][..], false),
            (&["identity"], false),
            (&["Identity", ""], false),
            (&["gzip"], true),
            (&["identity, br"], true),
            (&["identity", "x-gzip"], true),
        ] {
            let headers = values.iter().map(|value| (header::CONTENT_ENCODING, value.parse().unwrap())).collect();
            assert_eq!(is_compressed(&headers), encoded, "{values:?}");
        }
    }
}
