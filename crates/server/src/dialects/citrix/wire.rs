//! The body of a create, parsed in one pass and without validation. Strings are borrowed where possible.
//!
//! Property names are matched without regard to case at every level (seen in a working client, which
//! sends `DestinationAdmin` and `Content[].LanguageTag`). Unknown properties are ignored. A value of the
//! wrong type is kept as such, so that the error can name its field.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::scalar::{ListValue, Scalar, ScalarVisitor};

/// The body of a create request.
#[derive(Debug, Default)]
pub struct CreateRequest<'a> {
    pub destination_admin: Scalar<'a>,
    pub component: Scalar<'a>,
    pub created_date: Scalar<'a>,
    pub event_id: Scalar<'a>,
    pub severity: Scalar<'a>,
    pub priority: Scalar<'a>,
    pub content: ListValue<ContentEntry<'a>>,
    pub categories: ListValue<Scalar<'a>>,
    pub data: Option<&'a RawValue>,
    pub external_id: Scalar<'a>,
    pub suppress_email: Scalar<'a>,
    /// The first property that appears twice.
    pub twice: Option<&'static str>,
}

/// One entry of `content`.
#[derive(Debug, Default)]
pub struct ContentEntry<'a> {
    pub language_tag: Scalar<'a>,
    pub title: Scalar<'a>,
    pub description: Scalar<'a>,
    pub detail_uri: Scalar<'a>,
    /// The first property that appears twice.
    pub twice: Option<&'static str>,
    /// Whether the entry is not an object.
    pub not_an_object: bool,
}

/// The index in `names` of an object's next key, compared without regard to case; `N` for any other key,
/// `None` at the end.
fn next_property<'de, A: MapAccess<'de>, const N: usize>(entries: &mut A, names: &[&str; N]) -> Result<Option<usize>, A::Error> {
    let Some(key) = entries.next_key::<Scalar<'de>>()? else { return Ok(None) };
    let Scalar::Text(key) = key else { return Ok(Some(N)) };
    Ok(Some(names.iter().position(|name| name.eq_ignore_ascii_case(&key)).unwrap_or(N)))
}

/// Records that a property appeared, and in `twice` the first that appears twice.
fn record_property(seen: &mut u16, twice: &mut Option<&'static str>, names: &[&'static str], at: usize) {
    if *seen & (1 << at) != 0 {
        twice.get_or_insert(names[at]);
    }
    *seen |= 1 << at;
}

/// The properties of a create, in the order of the vendor's sample request.
const PROPERTIES: [&str; 11] = [
    "destinationAdmin",
    "component",
    "createdDate",
    "eventId",
    "severity",
    "priority",
    "content",
    "categories",
    "data",
    "externalId",
    "suppressEmail",
];

impl<'de> Deserialize<'de> for CreateRequest<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CreateRequestVisitor;

        impl<'de> Visitor<'de> for CreateRequestVisitor {
            type Value = CreateRequest<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a notification")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
                let mut body = CreateRequest::default();
                let mut seen = 0;
                while let Some(at) = next_property(&mut entries, &PROPERTIES)? {
                    let scalar = match at {
                        0 => &mut body.destination_admin,
                        1 => &mut body.component,
                        2 => &mut body.created_date,
                        3 => &mut body.event_id,
                        4 => &mut body.severity,
                        5 => &mut body.priority,
                        9 => &mut body.external_id,
                        10 => &mut body.suppress_email,
                        other => {
                            match other {
                                6 => body.content = entries.next_value()?,
                                7 => body.categories = entries.next_value()?,
                                8 => body.data = Some(entries.next_value()?),
                                _ => {
                                    entries.next_value::<IgnoredAny>()?;
                                    continue;
                                }
                            }
                            record_property(&mut seen, &mut body.twice, &PROPERTIES, other);
                            continue;
                        }
                    };
                    *scalar = entries.next_value()?;
                    record_property(&mut seen, &mut body.twice, &PROPERTIES, at);
                }
                Ok(body)
            }
        }

        deserializer.deserialize_map(CreateRequestVisitor)
    }
}

/// The properties of an entry of `content`.
const CONTENT_PROPERTIES: [&str; 4] = ["languageTag", "title", "description", "detailUri"];

impl<'de> Deserialize<'de> for ContentEntry<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ContentEntryVisitor;

        impl<'de> Visitor<'de> for ContentEntryVisitor {
            type Value = ContentEntry<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text in one language")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
                let mut entry = ContentEntry::default();
                let mut seen = 0;
                while let Some(at) = next_property(&mut entries, &CONTENT_PROPERTIES)? {
                    let scalar = match at {
                        0 => &mut entry.language_tag,
                        1 => &mut entry.title,
                        2 => &mut entry.description,
                        3 => &mut entry.detail_uri,
                        _ => {
                            entries.next_value::<IgnoredAny>()?;
                            continue;
                        }
                    };
                    *scalar = entries.next_value()?;
                    record_property(&mut seen, &mut entry.twice, &CONTENT_PROPERTIES, at);
                }
                Ok(entry)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, entries: A) -> Result<Self::Value, A::Error> {
                ScalarVisitor.visit_seq(entries).map(|_| invalid_entry())
            }

            fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
                Ok(invalid_entry())
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(invalid_entry())
            }

            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(invalid_entry())
            }

            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(invalid_entry())
            }

            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(invalid_entry())
            }

            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(invalid_entry())
            }
        }

        fn invalid_entry<'a>() -> ContentEntry<'a> {
            ContentEntry { not_an_object: true, ..ContentEntry::default() }
        }

        deserializer.deserialize_any(ContentEntryVisitor)
    }
}

/// The body of the older trust API: `clientId` and `clientSecret`.
#[derive(Debug, Default)]
pub struct TrustRequest<'a> {
    pub client_id: Scalar<'a>,
    pub client_secret: Scalar<'a>,
}

impl<'de> Deserialize<'de> for TrustRequest<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TrustRequestVisitor;

        impl<'de> Visitor<'de> for TrustRequestVisitor {
            type Value = TrustRequest<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a client's id and secret")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
                let mut client = TrustRequest::default();
                while let Some(at) = next_property(&mut entries, &["clientId", "clientSecret"])? {
                    match at {
                        0 => client.client_id = entries.next_value()?,
                        1 => client.client_secret = entries.next_value()?,
                        _ => drop(entries.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(client)
            }
        }

        deserializer.deserialize_map(TrustRequestVisitor)
    }
}

/// The body as text, which must be UTF-8 (RFC 8259 §8.1).
pub fn utf8(body: &[u8]) -> Option<&str> {
    std::str::from_utf8(body).ok()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::dialects::citrix::scalar::MAX_ENTRIES_READ;

    #[test]
    fn names_match_in_any_letter_case_at_every_level() {
        let body: CreateRequest<'_> = serde_json::from_str(
            r#"{"DestinationAdmin":"*","COMPONENT":"C","createddate":"D","\u0065ventId":null,"Severity":2,
                "Content":[{"LanguageTag":"en","TITLE":"t\n","x":[1,{}]}],"unknown":{"a":[]},"suppressemail":true,"Data":{"a":1}}"#,
        )
        .unwrap();
        assert_eq!(body.destination_admin, Scalar::Text("*".into()));
        assert_eq!(body.component, Scalar::Text("C".into()));
        assert_eq!(body.created_date, Scalar::Text("D".into()));
        assert_eq!((body.event_id, body.severity, body.suppress_email), (Scalar::Absent, Scalar::Integer(2), Scalar::Flag(true)));
        assert_eq!(body.data.unwrap().get(), r#"{"a":1}"#);
        let ListValue::List(content, false) = body.content else { panic!("no content") };
        assert_eq!(content[0].title, Scalar::Text("t\n".into()));
        assert_eq!((body.twice, content[0].twice), (None, None));
    }

    #[test]
    fn plain_text_is_borrowed() {
        let body: CreateRequest<'_> =
            serde_json::from_str(r#"{"component":"Citrix Cloud","content":[{"title":"This is a title"}]}"#).unwrap();
        assert!(matches!(body.component, Scalar::Text(Cow::Borrowed(_))));
        let ListValue::List(content, _) = body.content else { panic!("no content") };
        assert!(matches!(content[0].title, Scalar::Text(Cow::Borrowed(_))));
    }

    #[test]
    fn wrong_types_are_kept_for_the_error() {
        let body: CreateRequest<'_> = serde_json::from_str(
            r#"{"component":5,"severity":[1,[2]],"priority":{"a":{}},"content":{},"categories":"x","externalId":1.5,"eventId":18446744073709551615}"#,
        )
        .unwrap();
        assert_eq!((body.component, body.severity, body.priority), (Scalar::Integer(5), Scalar::Other, Scalar::Other));
        assert!(matches!((body.content, body.categories), (ListValue::Other, ListValue::Other)));
        assert_eq!((body.external_id, body.event_id), (Scalar::Other, Scalar::Other));
        let body: CreateRequest<'_> = serde_json::from_str(r#"{"content":[null,1,-1,1.5,true,"x",[],{}]}"#).unwrap();
        let ListValue::List(content, false) = body.content else { panic!("no content") };
        assert_eq!(content.iter().map(|entry| entry.not_an_object).collect::<Vec<_>>(), [true, true, true, true, true, true, true, false]);
    }

    #[test]
    fn duplicate_properties_are_recorded() {
        let body: CreateRequest<'_> =
            serde_json::from_str(r#"{"severity":"Error","Severity":"Error","content":[{"title":"a","Title":"b"}]}"#).unwrap();
        assert_eq!(body.twice, Some("severity"));
        let ListValue::List(content, _) = body.content else { panic!("no content") };
        assert_eq!(content[0].twice, Some("title"));
    }

    #[test]
    fn long_lists_and_deep_nesting_are_bounded() {
        let many = format!(r#"{{"content":[{}]}}"#, vec!["{}"; 100_000].join(","));
        let body: CreateRequest<'_> = serde_json::from_str(&many).unwrap();
        assert!(matches!(body.content, ListValue::List(kept, true) if kept.len() == MAX_ENTRIES_READ));
        for key in ["content", "data", "component", "other"] {
            let deep = format!(r#"{{"{key}":{}{}}}"#, "[".repeat(200_000), "]".repeat(200_000));
            // The result does not matter, as long as the stack does not overflow.
            drop(serde_json::from_str::<CreateRequest<'_>>(&deep));
        }
    }
}
