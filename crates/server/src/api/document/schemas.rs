//! Schemas as a validator reads them, where the derived ones say something else than serde does.

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

/// Mends the schemas of a document.
pub fn complete(document: &mut OpenApi) {
    if let Some(components) = &mut document.components {
        let known = components.schemas.clone();
        components.schemas.values_mut().for_each(|schema| mend(schema, &known));
        let of_forms = components.schemas.iter_mut().filter(|(name, _)| READ_AS_ONE.contains(&name.as_str()));
        of_forms.for_each(|(_, schema)| read_as_one(schema));
    }
    for (_, call) in document.paths.paths.values_mut().flat_map(super::calls) {
        call.parameters.iter_mut().flatten().filter_map(|parameter| parameter.schema.as_mut()).for_each(parameter);
    }
    while forget_unused(document) {}
}

/// Takes out the named schemas to which nothing refers; whether there were any.
fn forget_unused(document: &mut OpenApi) -> bool {
    // A document of ours is always JSON.
    let text = serde_json::to_string(&document).unwrap_or_default();
    let Some(components) = &mut document.components else { return false };
    let before = components.schemas.len();
    // What errors refer to is added later.
    let used = |name: &str| name == "Problem" || text.contains(&format!("\"#/components/schemas/{name}\""));
    components.schemas.retain(|name, _| used(name));
    components.schemas.len() < before
}

/// Types whose forms are read from one struct with the fields of all of them.
const READ_AS_ONE: [&str; 2] = ["Recipients", "SignIn"];

/// Says so: what a form does not need is not looked at, but must be a text.
fn read_as_one(schema: &mut RefOr<Schema>) {
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

/// Mends the schema of a parameter: one that need not be there is absent, never null, for text has no null.
fn parameter(schema: &mut RefOr<Schema>) {
    if let RefOr::T(Schema::Object(object)) = schema {
        if let SchemaType::Array(kinds) = &object.schema_type
            && let Some(kind) = kinds.iter().find(|kind| **kind != Type::Null)
        {
            object.schema_type = SchemaType::Type(kind.clone());
        }
        unsigned(object);
    }
}

/// `int32` says at most 2³¹−1: what is counted in 32 bits without a sign is an `int64` up to its own limit.
fn unsigned(object: &mut Object) {
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

/// Mends a schema and those within.
fn mend(schema: &mut RefOr<Schema>, known: &Schemas) {
    let RefOr::T(here) = schema else { return };
    let mended = match here {
        Schema::AllOf(parts) => flattened(parts, known).map(Schema::Object),
        Schema::OneOf(forms) => match (&*forms.items, &forms.default) {
            // A named type with a default: beside a reference utoipa has no place for it.
            ([form], Some(default)) => object(form, known).map(|mut named| {
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
            unsigned(object);
            object.properties.values_mut().for_each(|property| mend(property, known));
            if let Some(AdditionalProperties::RefOr(property)) = object.additional_properties.as_deref_mut() {
                mend(property, known);
            }
        }
        Schema::Array(list) => {
            if let ArrayItems::RefOrSchema(entry) = &mut list.items {
                // A generic list repeats what its entries are.
                match known.iter().find(|(_, schema)| *schema == &**entry) {
                    Some((name, _)) => **entry = Ref::from_schema_name(name).into(),
                    None => mend(entry, known),
                }
            }
        }
        Schema::OneOf(forms) => forms.items.iter_mut().for_each(|form| mend(form, known)),
        Schema::AllOf(parts) => parts.items.iter_mut().for_each(|part| mend(part, known)),
        _ => {}
    }
}

/// One object of the parts that serde flattens into it; `None` when a part is none. Each part alone may refuse
/// fields it does not know, the others' among them: together they would let nothing through. Serde lets a flattened
/// part refuse nothing.
fn flattened(parts: &AllOf, known: &Schemas) -> Option<Object> {
    let mut whole = Object::default();
    whole.description.clone_from(&parts.description);
    for part in &parts.items {
        let Object { properties, required, .. } = object(part, known)?;
        whole.properties.extend(properties);
        whole.required.extend(required);
    }
    Some(whole)
}

/// The object that a schema is, or that it refers to.
fn object(schema: &RefOr<Schema>, known: &Schemas) -> Option<Object> {
    match schema {
        RefOr::Ref(reference) => object(known.get(reference.ref_location.rsplit('/').next()?)?, known),
        RefOr::T(Schema::Object(object)) => Some(object.clone()),
        RefOr::T(Schema::AllOf(parts)) => flattened(parts, known),
        RefOr::T(_) => None,
    }
}
