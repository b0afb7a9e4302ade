//! Schemas of bodies that are not JSON.

use campanile_shared::live::Event;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr,
        schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type},
    },
};

/// The bytes of an image.
pub struct ThumbnailBytes;

impl ToSchema for ThumbnailBytes {}

impl PartialSchema for ThumbnailBytes {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary))).into()
    }
}

/// One event of the stream with its fields (WHATWG HTML §9.2.6); `data` is an [`Event`].
pub struct StreamEvent;

impl ToSchema for StreamEvent {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Event::name().into_owned(), Event::schema()));
        Event::schemas(schemas);
    }
}

impl PartialSchema for StreamEvent {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let event = Ref::from_schema_name(Event::name());
        // JSON Schema's keyword for the content of a string; utoipa has no method for it.
        let content = [("contentSchema", serde_json::to_value(event).unwrap_or_default())];
        let data = text().content_media_type("application/json").extensions(Some(content.into_iter().collect()));
        ObjectBuilder::new()
            .description(Some("One event of the stream with its fields"))
            .property("id", text().pattern(Some("^[0-9]+-[0-9]+-[0-9]+$")).description(Some("Resumes the stream, as `Last-Event-ID`")))
            .property("event", text().enum_values(Some(["hello", "arrived", "changed", "reset"])))
            .property("data", data.description(Some("An `Event`, as JSON")))
            .required("id")
            .required("event")
            .required("data")
            .into()
    }
}
