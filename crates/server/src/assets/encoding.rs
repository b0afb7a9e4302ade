//! Content negotiation by Accept-Encoding (RFC 9110 §12.5.3).

use axum::http::{HeaderMap, header};

/// A content coding. The encoded file is stored next to the plain one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Encoding {
    /// Brotli (RFC 7932).
    Brotli,
    /// gzip (RFC 1952).
    Gzip,
    /// No encoding.
    Identity,
}

impl Encoding {
    /// All encodings, the one with the smallest files first.
    const ALL: [Self; 3] = [Self::Brotli, Self::Gzip, Self::Identity];

    /// The name in `Content-Encoding`. `None` for [`Encoding::Identity`].
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// The suffix of the encoded file's name.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }

    fn is(self, coding: &str) -> bool {
        match self {
            Self::Brotli => coding.eq_ignore_ascii_case("br"),
            Self::Gzip => coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip"),
            Self::Identity => coding.eq_ignore_ascii_case("identity"),
        }
    }

    /// The client's weight for this encoding, in thousandths. An encoding that the client does not name
    /// has weight 0.
    fn weight(self, accepted: &[(&str, u16)]) -> u16 {
        let named = accepted.iter().find(|(coding, _)| self.is(coding)).or_else(|| accepted.iter().find(|(coding, _)| *coding == "*"));
        named.map_or(0, |(_, weight)| *weight)
    }
}

/// The encodings to try, ordered by weight, then by size. [`Encoding::Identity`] is always included: a
/// client that refuses it gets the plain file rather than an error.
pub fn preferred(headers: &HeaderMap) -> impl Iterator<Item = Encoding> + use<> {
    let fields = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let accepted: Vec<_> = fields.flat_map(|field| field.split(',')).map(parse_member).collect();
    let mut order = Encoding::ALL.map(|encoding| (encoding, encoding.weight(&accepted)));
    order.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    order.into_iter().filter(|(encoding, weight)| *weight > 0 || *encoding == Encoding::Identity).map(|(encoding, _)| encoding)
}

/// Parses a list member such as `gzip;q=0.8` into the coding and its weight in thousandths.
fn parse_member(member: &str) -> (&str, u16) {
    let (coding, parameter) = member.split_once(';').unwrap_or((member, ""));
    let weight = match parameter.trim().split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("q") => parse_qvalue(value.trim()),
        _ => 1000,
    };
    (coding.trim(), weight)
}

/// Parses a `qvalue` (RFC 9110 §12.4.2) into thousandths. Invalid text is 0.
fn parse_qvalue(text: &str) -> u16 {
    let weight: f32 = text.parse().unwrap_or(0.0);
    // The bounds make the cast exact; NaN becomes 0.
    (weight.clamp(0.0, 1.0) * 1000.0) as u16
}

#[cfg(test)]
mod tests {
    use super::{Encoding::*, *};

    #[test]
    fn the_client_chooses() {
        let check = |field: Option<&'static str>, expected: &[Encoding]| {
            let headers = field.map(|field| (header::ACCEPT_ENCODING, field.parse().unwrap())).into_iter().collect();
            assert_eq!(preferred(&headers).collect::<Vec<_>>(), expected, "{field:?}");
        };
        check(None, &[Identity]);
        check(Some(""), &[Identity]);
        check(Some("gzip, deflate, br, zstd"), &[Brotli, Gzip, Identity]);
        check(Some("gzip"), &[Gzip, Identity]);
        check(Some("GZIP;Q=0.5 , Br ; q=0.4"), &[Gzip, Brotli, Identity]);
        check(Some("br;q=0, gzip;q=0.001"), &[Gzip, Identity]);
        check(Some("identity, gzip;q=0.9"), &[Identity, Gzip]);
        check(Some("*"), &[Brotli, Gzip, Identity]);
        check(Some("*;q=0.5, br;q=0"), &[Gzip, Identity]);
        check(Some("br;q=high"), &[Identity]);
        check(Some("*;q=0"), &[Identity]);
    }
}
