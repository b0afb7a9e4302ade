//! Schemas for text and number fields in the OpenAPI document, with their limits.
//!
//! A type here describes a field in the document only: `schema(value_type = schema::Name)`. Its limits are the constants
//! that validation uses, so the two cannot differ. Rules that no schema can express, such as whether a person exists, are
//! answered with 422.

use utoipa::{
    Number, PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ArrayBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type},
    },
};

use crate::limits::{
    LAST_MINUTE_OF_DAY, MAX_DESCRIPTION_LENGTH, MAX_HEADER_NAME_LENGTH, MAX_HEADER_VALUE_LENGTH, MAX_IDS, MAX_LANGUAGE_TAG_LENGTH,
    MAX_LINK_LENGTH, MAX_NAME_LENGTH, MAX_OBJECT_LENGTH, MAX_PASSWORD_LENGTH, MAX_SEQUENCE, MAX_TITLE_LENGTH, MAX_VIEW_NAME_LENGTH,
    MIN_PASSWORD_LENGTH,
};

/// A length that only the size of the request body limits.
const UNBOUNDED: usize = usize::MAX;

/// Defines schemas for text: name, description, length in characters, and a pattern (ECMA-262), which is empty for any text.
macro_rules! text {
    ($($name:ident: $about:literal, $length:expr, $pattern:expr;)*) => {$(
        #[doc = $about]
        pub struct $name;

        impl ToSchema for $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let (shortest, longest) = $length.into_inner();
                let text = ObjectBuilder::new().schema_type(Type::String).description(Some($about));
                let text = text.min_length(Some(shortest).filter(|length| *length > 0)).max_length(Some(longest).filter(|length| *length < UNBOUNDED));
                text.pattern(Some(String::from($pattern)).filter(|pattern| !pattern.is_empty())).into()
            }
        }
    )*};
}

/// Any character that is not a control character.
const NO_CONTROLS: &str = r"[^\u0000-\u001f\u007f-\u009f]";
/// Any character of a link: no control character, white space or backslash.
const LINK_CHARACTERS: &str = r"[^\s\\\u0000-\u001f\u007f-\u009f]";

fn name_pattern() -> String {
    format!(r"^{NO_CONTROLS}*[^\s\u0000-\u001f\u007f-\u009f]{NO_CONTROLS}*$")
}

fn link_pattern() -> String {
    let web = format!(r"[Hh][Tt][Tt][Pp][Ss]?://[^\s\\/?#@\u0000-\u001f\u007f-\u009f]{LINK_CHARACTERS}*");
    let mail = format!("[Mm][Aa][Ii][Ll][Tt][Oo]:{LINK_CHARACTERS}*@{LINK_CHARACTERS}*");
    format!(r"^\s*(?:{web}|{mail})?\s*$")
}

fn title_pattern() -> String {
    // At least one visible character.
    let seen = r"[^\s\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]";
    format!("^{TEXT_CHARACTERS}*{seen}{TEXT_CHARACTERS}*$")
}

fn callable_url_pattern() -> String {
    let host = r"(?:[^\s\\/?#@:\[\]\u0000-\u001f\u007f-\u009f]+|\[[0-9A-Fa-f:.]+\])";
    format!(r"^\s*[Hh][Tt][Tt][Pp][Ss]?://{host}(?::[0-9]*)?(?:[/?#]{LINK_CHARACTERS}*)?\s*$")
}

/// Any character of a text: no control character except tab and line breaks.
const TEXT_CHARACTERS: &str = r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]";

text! {
    Name: "One line without control characters, not blank", 1..=MAX_NAME_LENGTH, name_pattern();
    Line: "One line without control characters; may be empty", 0..=MAX_NAME_LENGTH, format!("^{NO_CONTROLS}*$");
    Words: "A short text without control characters except tab and line breaks; may be empty", 0..=MAX_NAME_LENGTH, format!("^{TEXT_CHARACTERS}*$");
    Title: "A text with at least one visible character, without control characters except tab and line breaks", 1..=MAX_TITLE_LENGTH, title_pattern();
    ButtonLabel: "The text on a button: at least one visible character, no control characters except tab and line breaks", 1..=MAX_NAME_LENGTH, title_pattern();
    ViewName: "A name that is not blank", 1..=MAX_VIEW_NAME_LENGTH, r"\S";
    Description: "A text without control characters except tab and line breaks; may be empty", 0..=MAX_DESCRIPTION_LENGTH, format!("^{TEXT_CHARACTERS}*$");
    LanguageTag: "A well-formed language tag of BCP 47, such as `en-US`", 2..=MAX_LANGUAGE_TAG_LENGTH,
        "^(?:[A-Za-z]{2,8}(?:(?:-[A-Za-z0-9]{1,8})*-[A-Za-z0-9]{2,8})?|[IXix](?:-[A-Za-z0-9]{1,8})*-[A-Za-z0-9]{2,8})$";
    MailAddress: "An e-mail address", 1..=MAX_NAME_LENGTH, format!("^{NO_CONTROLS}*@{NO_CONTROLS}*$");
    ObjectName: "An object of the directory, `type:id`, or `tenant` for the tenant itself", 1..=MAX_OBJECT_LENGTH,
        format!(r"^(?:tenant|[^:\u0000-\u001f\u007f-\u009f]+:{NO_CONTROLS}+)$");
    NamedObject: "An object that has a display name, such as `api:petstore`", 1..=MAX_OBJECT_LENGTH, name_pattern();
    LinkText: "A link of scheme http, https or mailto; a blank text counts as no link", 0..=MAX_LINK_LENGTH, link_pattern();
    CallableUrl: "A URL of scheme http or https with a host, without user information", 1..=MAX_LINK_LENGTH, callable_url_pattern();
    HeaderName: "A token (RFC 9110 §5.1)", 1..=MAX_HEADER_NAME_LENGTH, "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";
    HeaderValue: "A text without control characters except tab (RFC 9110 §5.5)", 0..=MAX_HEADER_VALUE_LENGTH,
        r"^[^\u0000-\u0008\u000a-\u001f\u007f-\u009f]*$";
    SigningSecret: "`whsec_` and 24 to 64 bytes in base64 (Standard Webhooks)", 38..=94, "^whsec_[A-Za-z0-9+/_-]{32,86}={0,2}$";
    PortalOrigin: "An origin (RFC 6454 §6.2): scheme, host and port", 8..=UNBOUNDED,
        r"^\s*[Hh][Tt][Tt][Pp][Ss]?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?/?\s*$";
    NewPassword: "A password; common passwords are refused", MIN_PASSWORD_LENGTH..=MAX_PASSWORD_LENGTH, "";
    NotBlank: "A text that is not blank", 1..=UNBOUNDED, r"\S";
}

/// The ids of notifications.
pub struct Ids;

impl ToSchema for Ids {}

impl PartialSchema for Ids {
    fn schema() -> RefOr<Schema> {
        let id = ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
        let ids = ArrayBuilder::new().items(id).max_items(Some(MAX_IDS));
        ids.description(Some("The ids of notifications")).into()
    }
}

/// A minute of the day.
pub struct Minute;

impl ToSchema for Minute {}

impl PartialSchema for Minute {
    fn schema() -> RefOr<Schema> {
        integer("A minute after midnight", usize::from(LAST_MINUTE_OF_DAY))
    }
}

/// A sequence number in a tenant.
pub struct Sequence;

impl ToSchema for Sequence {}

impl PartialSchema for Sequence {
    fn schema() -> RefOr<Schema> {
        integer("A sequence number in the tenant", MAX_SEQUENCE as usize)
    }
}

fn integer(about: &str, last: usize) -> RefOr<Schema> {
    let number = ObjectBuilder::new().schema_type(Type::Integer).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
    number.description(Some(about)).minimum(Some(Number::UInt(0))).maximum(Some(Number::UInt(last))).into()
}
