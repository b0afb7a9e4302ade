//! Corrects derived schemas where they differ from what serde accepts.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::Number;
use utoipa::openapi::{
    OpenApi, Ref, RefOr,
    schema::{
        AdditionalProperties, AllOf, AnyOfBuilder, ArrayItems, KnownFormat, Object, ObjectBuilder, OneOf, Schema, SchemaFormat, SchemaType,
        Type,
    },
};

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Corrects all schemas of a document.
pub fn fix_schemas(document: &mut OpenApi) {
    if let Some(components) = &mut document.components {
        let known = components.schemas.clone();
        components.schemas.values_mut().for_each(|schema| fix_schema(schema, &known));
        let of_forms = components.schemas.iter_mut().filter(|(name, _)| FLATTENED_ENUMS.contains(&name.as_str()));
        of_forms.for_each(|(_, schema)| merge_forms(schema));
    }
    for (_, call) in document.paths.paths.values_mut().flat_map(super::operations::calls) {
        call.parameters.iter_mut().flatten().filter_map(|parameter| parameter.schema.as_mut()).for_each(fix_parameter);
    }
    while remove_unused(document) {}
}

/// Removes named schemas that nothing refers to. Returns whether any was removed.
fn remove_unused(document: &mut OpenApi) -> bool {
    // Serialising the document cannot fail.
    let text = serde_json::to_string(&document).unwrap_or_default();
    let Some(components) = &mut document.components else { return false };
    let before = components.schemas.len();
    // The references to `Problem` are added later, with the errors.
    let used = |name: &str| name == "Problem" || text.contains(&format!("\"#/components/schemas/{name}\""));
    components.schemas.retain(|name, _| used(name));
    components.schemas.len() < before
}

/// Enums that serde reads from one struct with the fields of all variants.
const FLATTENED_ENUMS: [&str; 2] = ["Recipients", "SignIn"];

/// Adds to each variant the fields of the others: serde ignores their values, but they must be strings.
fn merge_forms(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::OneOf(OneOf { items, description, .. })) = schema else { return };
    let objects = || items.iter().filter_map(|form| if let RefOr::T(Schema::Object(object)) = form { Some(object) } else { None });
    let fields: BTreeSet<String> = objects().flat_map(|form| form.properties.keys().cloned()).collect();
    let text = || ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null]));
    let whole = |form: &Object| {
        let mut form = form.clone();
        for field in &fields {
            form.properties.entry(field.clone()).or_insert_with(|| text().into());
        }
        form
    };
    let forms = objects().map(whole).fold(AnyOfBuilder::new(), AnyOfBuilder::item);
    *schema = forms.description(description.clone()).into();
}

/// Corrects the schema of a parameter: an optional parameter is absent, never null.
fn fix_parameter(schema: &mut RefOr<Schema>) {
    if let RefOr::T(Schema::Object(object)) = schema {
        if let SchemaType::Array(kinds) = &object.schema_type
            && let Some(kind) = kinds.iter().find(|kind| **kind != Type::Null)
        {
            object.schema_type = SchemaType::Type(kind.clone());
        }
        fix_unsigned(object);
    }
}

/// Turns an unsigned 32-bit number into `int64` with its own maximum, because `int32` ends at 2³¹−1.
fn fix_unsigned(object: &mut Object) {
    let is_small = object.format == Some(SchemaFormat::KnownFormat(KnownFormat::Int32));
    let has_no_sign = object.minimum.as_ref().is_some_and(|least| match least {
        Number::Int(least) => *least >= 0,
        Number::UInt(_) => true,
        Number::Float(least) => *least >= 0.0,
    });
    if is_small && has_no_sign {
        object.format = Some(SchemaFormat::KnownFormat(KnownFormat::Int64));
        object.maximum = object.maximum.take().or(Some(Number::UInt(u32::MAX as usize)));
    }
}

/// Corrects a schema and the schemas inside it.
fn fix_schema(schema: &mut RefOr<Schema>, known: &Schemas) {
    let RefOr::T(here) = schema else { return };
    let mended = match here {
        Schema::AllOf(parts) => merge_all_of(parts, known).map(Schema::Object),
        Schema::OneOf(forms) => match (&*forms.items, &forms.default) {
            // A named type with a default: utoipa cannot put a default beside a reference.
            ([form], Some(default)) => resolve_object(form, known).map(|mut named| {
                named.default = Some(default.clone());
                named.description = forms.description.clone().or(named.description);
                Schema::Object(named)
            }),
            _ => None,
        },
        _ => None,
    };
    if let Some(mended) = mended {
        *here = mended;
    }
    match here {
        Schema::Object(object) => {
            fix_unsigned(object);
            object.properties.values_mut().for_each(|property| fix_schema(property, known));
            if let Some(AdditionalProperties::RefOr(property)) = object.additional_properties.as_deref_mut() {
                fix_schema(property, known);
            }
        }
        Schema::Array(list) => {
            if let ArrayItems::RefOrSchema(entry) = &mut list.items {
                // A generic list repeats the schema of its entries; refer to it instead.
                match known.iter().find(|(_, schema)| *schema == &**entry) {
                    Some((name, _)) => **entry = Ref::from_schema_name(name).into(),
                    None => fix_schema(entry, known),
                }
            }
        }
        Schema::OneOf(forms) => forms.items.iter_mut().for_each(|form| fix_schema(form, known)),
        Schema::AllOf(parts) => parts.items.iter_mut().for_each(|part| fix_schema(part, known)),
        _ => {}
    }
}

/// Merges the parts of a flattened struct into one object; `None` when a part is not an object. A part that
/// rejects unknown fields would reject those of the other parts, so `additionalProperties` is dropped; serde
/// ignores it for flattened parts as well.
fn merge_all_of(parts: &AllOf, known: &Schemas) -> Option<Object> {
    let mut whole = Object::default();
    whole.description.clone_from(&parts.description);
    for part in &parts.items {
        let Object { properties, required, .. } = resolve_object(part, known)?;
        whole.properties.extend(properties);
        whole.required.extend(required);
    }
    Some(whole)
}

/// The object schema that this schema is or refers to.
fn resolve_object(schema: &RefOr<Schema>, known: &Schemas) -> Option<Object> {
    match schema {
        RefOr::Ref(reference) => resolve_object(known.get(reference.ref_location.rsplit('/').next()?)?, known),
        RefOr::T(Schema::Object(object)) => Some(object.clone()),
        RefOr::T(Schema::AllOf(parts)) => merge_all_of(parts, known),
        RefOr::T(_) => None,
    }
}
