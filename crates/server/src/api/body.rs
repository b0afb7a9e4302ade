//! Bodies of JSON, and what is said about those that cannot be read.
//!
//! What is no JSON is answered 400, and JSON of another shape than the call takes 422 with the field
//! at fault, in words of our own: how serde puts it is nothing to a client.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
};
use campanile_shared::{FieldError, problem::FieldFault};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_path_to_error::{Path, Segment};

use crate::{body_encoding, objects_only::ObjectsOnly, problem::Refusal};

/// A JSON body whose faults are answered as problems.
pub struct Json<T>(pub T);

impl<T, S> FromRequest<S> for Json<T>
where
    Bytes: FromRequest<S, Rejection = BytesRejection>,
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        check_type(request.headers())?;
        read(&Bytes::from_request(request, state).await?).map(Self)
    }
}

/// Reads a body that had to be hashed first, of a request with these header fields.
pub fn parse<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Refusal> {
    check_type(headers)?;
    read(body)
}

/// Only JSON, by whatever name: `application/json`, or a type with the suffix `+json` (RFC 6839 §3.1).
fn check_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    check_encoding(headers)?;
    match essence.strip_prefix("application/") {
        Some(kind) if kind == "json" || kind.ends_with("+json") => Ok(()),
        _ => Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "The body must be JSON",
            "Send Content-Type: application/json.".to_owned(),
        )),
    }
}

/// Refuses a body that is compressed (RFC 9110 §15.5.16).
pub fn check_encoding(headers: &HeaderMap) -> Result<(), Refusal> {
    if !body_encoding::is_encoded(headers) {
        return Ok(());
    }
    let detail = "Send it without Content-Encoding.".to_owned();
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The body must not be compressed", detail))
}

/// Reads one value and nothing behind it; a byte order mark in front of it is skipped.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let Ok(text) = std::str::from_utf8(body_encoding::without_mark(body)) else {
        return Err(Refusal::malformed("The body is no JSON: it is not UTF-8 (RFC 8259 §8.1)."));
    };
    let mut json = serde_json::Deserializer::from_str(text);
    let error = match serde_path_to_error::deserialize(ObjectsOnly(&mut json)) {
        Ok(value) => match json.end() {
            Ok(()) => return Ok(value),
            Err(error) => return Err(no_json(&error)),
        },
        Err(error) => error,
    };
    // A value of another type than the field has can look like a fault of syntax to the one who
    // reads it: whether the text is JSON is for those to say who expect nothing of it.
    match serde_json::from_str::<IgnoredAny>(text) {
        Err(error) => Err(no_json(&error)),
        Ok(_) => Err(misshapen(error.path(), &error.inner().to_string())),
    }
}

fn no_json(error: &serde_json::Error) -> Refusal {
    Refusal::malformed(format!("The body is no JSON: it breaks off or goes wrong at line {}, column {}.", error.line(), error.column()))
}

/// 422 for JSON of the wrong shape, from where reading ended and why in serde's words. Of these we
/// know the beginnings that [`serde::de::Error`] gives to its kinds of faults.
fn misshapen(path: &Path, why: &str) -> Refusal {
    let at = pointer(path);
    let quoted = |beginning: &str| why.strip_prefix(beginning)?.split_once('`');
    if let Some((name, _)) = quoted("missing field `") {
        let at = format!("{at}/{}", escaped(name));
        let detail = format!("{at} is missing.");
        return Refusal::invalid(vec![FieldError::new(at, FieldFault::Missing)], detail);
    }
    let expected = |rest: &str| rest.rsplit_once(" at line ").map_or(rest, |(text, _)| text).trim_start_matches(", ").to_owned();
    let detail = if let Some((_, rest)) = quoted("unknown field `") {
        format!("There is no field {at}: {}.", expected(rest))
    } else if let Some((_, rest)) = quoted("unknown variant `") {
        format!("{at} holds a name that is not known: {}.", expected(rest))
    } else if quoted("duplicate field `").is_some() {
        format!("A field of {} is given twice.", if at.is_empty() { "the body" } else { &at })
    } else if at.is_empty() {
        "The body has another form than this call takes.".to_owned()
    } else {
        format!("{at} has the wrong form or type.")
    };
    Refusal::invalid(vec![FieldError::new(at, FieldFault::Malformed)], detail)
}

/// Where reading ended, as a JSON Pointer (RFC 6901).
fn pointer(path: &Path) -> String {
    let named = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", escaped(key))),
        Segment::Enum { variant } => Some(format!("/{}", escaped(variant))),
        Segment::Unknown => None,
    };
    path.iter().filter_map(named).collect()
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
