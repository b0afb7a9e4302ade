//! JSON request bodies and the errors for bodies that cannot be read.
//!
//! A body that is not JSON is answered 400. JSON of the wrong shape is answered 422 with a pointer to
//! the field. Error texts are written here: serde's texts describe Rust types and are not shown.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
};
use campanile_shared::{FieldError, problem::FieldErrorCode};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_path_to_error::{Path, Segment};

use crate::{body_encoding, problem::ApiError, strict_json::StrictJson};

/// A JSON body; a read error becomes a problem response.
pub struct Json<T>(pub T);

impl<T, S> FromRequest<S> for Json<T>
where
    Bytes: FromRequest<S, Rejection = BytesRejection>,
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        check_content_type(request.headers())?;
        read(&Bytes::from_request(request, state).await?).map(Self)
    }
}

/// Parses a body that was already read, for example to hash it. `headers` are those of its request.
pub fn parse<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, ApiError> {
    check_content_type(headers)?;
    read(body)
}

/// Accepts `application/json` and types with the suffix `+json` (RFC 6839 §3.1).
fn check_content_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    reject_compressed(headers)?;
    match essence.strip_prefix("application/") {
        Some(kind) if kind == "json" || kind.ends_with("+json") => Ok(()),
        _ => Err(ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "The body must be JSON",
            "Send Content-Type: application/json.".to_owned(),
        )),
    }
}

/// Rejects a compressed body with 415 (RFC 9110 §15.5.16).
pub fn reject_compressed(headers: &HeaderMap) -> Result<(), ApiError> {
    if !body_encoding::is_compressed(headers) {
        return Ok(());
    }
    let detail = "Send it without Content-Encoding.".to_owned();
    Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The body must not be compressed", detail))
}

/// Parses exactly one JSON value. A leading byte order mark is skipped.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let Ok(text) = std::str::from_utf8(body_encoding::strip_bom(body)) else {
        return Err(ApiError::malformed("The body is not JSON: it is not UTF-8 (RFC 8259 §8.1)."));
    };
    let mut json = serde_json::Deserializer::from_str(text);
    let error = match serde_path_to_error::deserialize(StrictJson(&mut json)) {
        Ok(value) => match json.end() {
            Ok(()) => return Ok(value),
            Err(error) => return Err(not_json(&error)),
        },
        Err(error) => error,
    };
    // A type mismatch can look like a syntax error to the reader. Parsing again without a target type
    // tells whether the text is JSON at all.
    match serde_json::from_str::<IgnoredAny>(text) {
        Err(error) => Err(not_json(&error)),
        Ok(_) => Err(wrong_shape(error.path(), &error.inner().to_string())),
    }
}

fn not_json(error: &serde_json::Error) -> ApiError {
    ApiError::malformed(format!("The body is not JSON: it ends early or is invalid at line {}, column {}.", error.line(), error.column()))
}

/// Returns 422 for JSON of the wrong shape. `path` is where reading stopped, `why` is serde's message, of
/// which only the fixed prefixes that [`serde::de::Error`] defines are used.
fn wrong_shape(path: &Path, why: &str) -> ApiError {
    let at = pointer(path);
    let quoted = |beginning: &str| why.strip_prefix(beginning)?.split_once('`');
    if let Some((name, _)) = quoted("missing field `") {
        let at = format!("{at}/{}", escaped(name));
        let detail = format!("{at} is missing.");
        return ApiError::invalid(vec![FieldError::new(at, FieldErrorCode::Missing)], detail);
    }
    let expected = |rest: &str| rest.rsplit_once(" at line ").map_or(rest, |(text, _)| text).trim_start_matches(", ").to_owned();
    let detail = if let Some((_, rest)) = quoted("unknown field `") {
        format!("There is no field {at}: {}.", expected(rest))
    } else if let Some((_, rest)) = quoted("unknown variant `") {
        format!("{at} has an unknown value: {}.", expected(rest))
    } else if quoted("duplicate field `").is_some() {
        format!("A field of {} appears twice.", if at.is_empty() { "the body" } else { &at })
    } else if at.is_empty() {
        "The body does not have the shape that this call expects.".to_owned()
    } else {
        format!("{at} has the wrong format or type.")
    };
    ApiError::invalid(vec![FieldError::new(at, FieldErrorCode::Malformed)], detail)
}

/// The path as a JSON Pointer (RFC 6901).
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
