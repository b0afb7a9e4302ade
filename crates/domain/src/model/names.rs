//! Normalisation of names: logins, external ids, display names, addresses. Names that differ only in how
//! their characters are composed are equal.

use std::borrow::Cow;

use campanile_shared::directory::PersonRecord;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::NewPerson;

/// A name as it is stored and shown: in Unicode's form NFC (RFC 8265 §3.3, §5.2.6).
pub fn normalised(name: &str) -> Cow<'_, str> {
    if is_nfc(name) { Cow::Borrowed(name) } else { Cow::Owned(name.nfc().collect()) }
}

/// A name as it is compared: half-width and full-width characters mapped to the usual ones, in lower case, in
/// form NFC (RFC 8265 §3.3, `UsernameCaseMapped`).
pub fn comparison_form(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let mut usual = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '\u{3000}' | '\u{FF00}'..='\u{FFEF}' => usual.extend(std::iter::once(c).nfkd()),
            _ => usual.push(c),
        }
    }
    // The composed form may have another lower case, so NFC comes first; and it comes again, because
    // lower-case characters may compose.
    usual.nfc().collect::<String>().to_lowercase().nfc().collect()
}

fn normalise_in_place(name: &mut String) {
    if let Cow::Owned(normalised) = normalised(name) {
        *name = normalised;
    }
}

impl NewPerson {
    /// Normalises every name.
    pub fn normalised(mut self) -> Self {
        [&mut self.login, &mut self.name].into_iter().chain(&mut self.email).chain(&mut self.external_ids).for_each(normalise_in_place);
        self
    }
}

/// Normalises every name of a record.
pub fn normalised_record(record: &PersonRecord) -> PersonRecord {
    let mut record = record.clone();
    let (name, email) = (&mut record.name, &mut record.email);
    [&mut record.login].into_iter().chain(name).chain(email).chain(&mut record.external_ids).for_each(normalise_in_place);
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_looking_names_are_equal() {
        for (one, other) in [
            ("José", "JOSE\u{301}"),
            ("ada", "ＡＤＡ"),
            ("\u{1112}\u{1161}\u{11AB}", "한"),
            ("ﾃﾞ", "デ"),
            ("Å", "a\u{30A}"),
            ("\u{212B}", "å"),
            ("ŻÓŁĆ", "z\u{307}o\u{301}łc\u{301}"),
            ("J\u{30C}", "ǰ"),
        ] {
            assert_eq!(comparison_form(one), comparison_form(other), "{one:?} {other:?}");
            assert_eq!(comparison_form(&comparison_form(one)), comparison_form(one), "{one:?}");
        }
        for (one, other) in [("jose", "josé"), ("strasse", "straße"), ("ﬁ", "fi"), ("か", "が")] {
            assert_ne!(comparison_form(one), comparison_form(other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn names_are_stored_composed() {
        assert_eq!(normalised("Jose\u{301}"), "José");
        assert!(matches!(normalised("José ＡＤＡ"), Cow::Borrowed(_)));
        let record = PersonRecord {
            login: "jose\u{301}".into(),
            name: Some("Jose\u{301}".into()),
            email: Some("jose\u{301}@example.com".into()),
            languages: Vec::new(),
            external_ids: vec!["portal:jose\u{301}".into()],
        };
        let kept = normalised_record(&record);
        assert_eq!((kept.login.as_str(), kept.name.as_deref(), kept.email.as_deref()), ("josé", Some("José"), Some("josé@example.com")));
        assert_eq!(kept.external_ids, ["portal:josé"]);
    }

    #[test]
    fn a_new_person_is_normalised_like_a_record() {
        let new = NewPerson {
            login: "jose\u{301}".into(),
            name: "Jose\u{301}".into(),
            email: Some("jose\u{301}@example.com".into()),
            languages: Vec::new(),
            external_ids: vec!["portal:jose\u{301}".into()],
            administrator: false,
        };
        let kept = new.normalised();
        assert_eq!((kept.login.as_str(), kept.name.as_str(), kept.email.as_deref()), ("josé", "José", Some("josé@example.com")));
        assert_eq!(kept.external_ids, ["portal:josé"]);
    }

    #[test]
    fn only_half_and_full_width_forms_are_mapped() {
        for (name, usual) in [("\u{3000}é", " é"), ("\u{FF01}é", "!é"), ("\u{FFE5}é", "¥é"), ("\u{3001}É", "\u{3001}é"), ("①É", "①é")]
        {
            assert_eq!(comparison_form(name), usual, "{name:?}");
        }
    }
}
