//! Parses the fields of a body: JSON with any content type, a form, or multipart.
//!
//! The vendor's documentation mentions a form and shows JSON; its framework accepts all three for every
//! call.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request},
    http::{HeaderMap, header},
};
use serde_json::{Map, Value};

use super::errors::SelfCommunityError;
use crate::dialects::body;

/// The maximum number of values of a list.
const MAX_LIST_VALUES: usize = 1_000;

/// The fields of a body. The values of a form are strings, and a name may appear several times.
pub enum Fields {
    /// A JSON object.
    Json(Map<String, Value>),
    /// The names and values of a form, in their order.
    Form(Vec<(String, String)>),
}

impl Fields {
    /// Reads a body of at most `limit` bytes. An empty body has no fields.
    pub async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Self, SelfCommunityError> {
        Self::parse(headers, body::read(headers, body, limit).await?).await
    }

    /// Parses the fields of a body that was already read.
    pub async fn parse(headers: &HeaderMap, body: Bytes) -> Result<Self, SelfCommunityError> {
        let text = body.trim_ascii();
        if text.is_empty() {
            return Ok(Self::Form(Vec::new()));
        }
        if text.starts_with(b"{") {
            return serde_json::from_slice(text).map(Self::Json).map_err(|_| SelfCommunityError::malformed("JSON parse error."));
        }
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        let fields =
            if essence.eq_ignore_ascii_case("multipart/form-data") { multipart_pairs(kind, body).await } else { form_pairs(&body) };
        fields.map(Self::Form)
    }

    /// The value of a field. If a form has several, the last one counts, as in the vendor's framework.
    pub fn value(&self, name: &str) -> Option<Value> {
        match self {
            Self::Json(fields) => fields.get(name).cloned(),
            Self::Form(pairs) => pairs.iter().rev().find(|(given, _)| given == name).map(|(_, value)| Value::String(value.clone())),
        }
    }

    /// The values of a list: a JSON array, or the form fields `name`, `name[]` and `name[0]`. `None` when there
    /// is no list or it is too long.
    pub fn list(&self, name: &str) -> Option<Vec<Value>> {
        let values: Vec<Value> = match self {
            Self::Json(fields) => fields.get(name)?.as_array()?.clone(),
            Self::Form(pairs) => {
                let is_entry = |given: &str| {
                    let index = given.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?;
                    index.bytes().all(|digit| digit.is_ascii_digit()).then_some(())
                };
                let named = |given: &str| given == name || is_entry(given).is_some();
                pairs.iter().filter(|(given, _)| named(given)).map(|(_, value)| Value::String(value.clone())).collect()
            }
        };
        let given = !values.is_empty() || matches!(self, Self::Json(_));
        (given && values.len() <= MAX_LIST_VALUES).then_some(values)
    }

    /// An object: a JSON object, a string that contains one, or the form fields `name.part` and `name[part]`.
    pub fn object(&self, name: &str) -> Option<Value> {
        if let Self::Form(pairs) = self {
            let part = |given: &'_ str| {
                let rest = given.strip_prefix(name)?;
                rest.strip_prefix('.').or_else(|| rest.strip_prefix('[')?.strip_suffix(']')).map(str::to_owned)
            };
            let parts: Map<_, _> = pairs.iter().filter_map(|(given, value)| Some((part(given)?, Value::String(value.clone())))).collect();
            if !parts.is_empty() {
                return Some(Value::Object(parts));
            }
        }
        match self.value(name)? {
            // A form contains it as text.
            Value::String(text) => Some(serde_json::from_str::<Map<_, _>>(&text).map_or(Value::String(text), Value::Object)),
            value => Some(value),
        }
    }
}

/// Parses an integer like the vendor's framework: `5`, `5.0`, `"5"` and `"5.0"` are five.
pub fn parse_integer(value: &Value) -> Option<u64> {
    let text = match value {
        Value::Number(number) => {
            number.as_u64().map_or_else(|| number.as_f64().map(|number| format!("{number:.1}")), |whole| Some(whole.to_string()))?
        }
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|digit| digit == b'0') => whole,
        Some(_) => return None,
        None => &text,
    };
    whole.parse().ok()
}

fn form_pairs(body: &[u8]) -> Result<Vec<(String, String)>, SelfCommunityError> {
    serde_urlencoded::from_bytes(body).map_err(|_| SelfCommunityError::malformed("The form cannot be read."))
}

/// The fields of a multipart body (RFC 7578). No call accepts files.
async fn multipart_pairs(kind: &str, body: Bytes) -> Result<Vec<(String, String)>, SelfCommunityError> {
    let broken = || SelfCommunityError::malformed("The multipart body cannot be read.");
    let request = Request::post("/").header(header::CONTENT_TYPE, kind).body(Body::from(body)).map_err(|_| broken())?;
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
    let mut pairs = Vec::new();
    while let Some(part) = multipart.next_field().await.map_err(|_| broken())? {
        let name = part.name().unwrap_or_default().to_owned();
        let value = part.text().await.map_err(|_| broken())?;
        pairs.push((name, value));
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    async fn read(kind: &str, body: &str) -> Option<Fields> {
        let headers = [(header::CONTENT_TYPE, kind.parse().unwrap())].into_iter().collect();
        Fields::parse(&headers, body.to_owned().into()).await.ok()
    }

    #[tokio::test]
    async fn lists_are_read_from_json_form_and_multipart() {
        let multipart = "--x\r\nContent-Disposition: form-data; name=\"ids\"\r\n\r\n7\r\n--x\r\nContent-Disposition: form-data; name=\"ids\"\r\n\r\n8\r\n--x--\r\n";
        for (kind, body) in [
            ("application/json", r#"{"ids":["7","8"]}"#),
            ("application/x-www-form-urlencoded", r#" {"ids":["7","8"]}"#),
            ("application/x-www-form-urlencoded", "ids=7&ids=8"),
            ("", "ids[]=7&ids[]=8"),
            ("application/x-www-form-urlencoded", "ids%5B0%5D=7&ids%5B1%5D=8&other=1"),
            ("multipart/form-data; boundary=x", multipart),
        ] {
            let fields = read(kind, body).await.unwrap();
            assert_eq!(fields.list("ids"), Some(vec![json!("7"), json!("8")]), "{kind} {body}");
        }
        let many = vec!["ids=1"; MAX_LIST_VALUES + 1].join("&");
        for (kind, body) in [("application/json", "{}"), ("", "id=7"), ("", ""), ("application/json", r#"{"ids":7}"#), ("", &many)] {
            assert_eq!(read(kind, body).await.unwrap().list("ids"), None, "{body}");
        }
        assert_eq!(read("", r#"{"ids":[]}"#).await.unwrap().list("ids"), Some(Vec::new()));
        for (kind, body) in [("application/json", "{"), ("multipart/form-data", "x"), ("multipart/form-data; boundary=x", "--x\r\n")] {
            assert!(read(kind, body).await.is_none(), "{body}");
        }
    }

    #[test]
    fn integers_are_parsed_like_the_vendors_framework() {
        for (value, expected) in [
            (json!(5), Some(5)),
            (json!(5.0), Some(5)),
            (json!("5"), Some(5)),
            (json!(" 5 "), Some(5)),
            (json!("5.0"), Some(5)),
            (json!("5.00"), Some(5)),
            (json!(5.5), None),
            (json!("5.5"), None),
            (json!("five"), None),
            (json!(""), None),
            (json!(true), None),
            (json!(null), None),
            (json!([5]), None),
            (json!(-5), None),
            (json!(1e30), None),
        ] {
            assert_eq!(parse_integer(&value), expected, "{value}");
        }
    }
}
