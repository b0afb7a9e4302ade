use std::collections::{BTreeMap, BTreeSet};

use campanile_shared::limits::{
    LAST_MINUTE_OF_DAY, MAX_BUTTONS, MAX_CATEGORIES, MAX_DESCRIPTION_LENGTH, MAX_DRAFT_LENGTH, MAX_HEADER_NAME_LENGTH,
    MAX_HEADER_VALUE_LENGTH, MAX_HEADERS, MAX_HTTP_BODY_LENGTH, MAX_IDS, MAX_LANGUAGES, MAX_MUTED_COMPONENTS, MAX_NAME_LENGTH, MAX_ORIGINS,
    MAX_PASSWORD_LENGTH, MAX_RECIPIENTS, MAX_RETENTION_DAYS, MAX_SECRET_OVERLAP_HOURS, MAX_SEQUENCE, MAX_TITLE_LENGTH,
    MAX_VIEW_NAME_LENGTH, MAX_VIEWS, MIN_PASSWORD_LENGTH,
};
use serde_json::{Value, json};

fn document() -> Value {
    serde_json::to_value(crate::api::endpoints::document()).unwrap()
}

/// Every call: its method and path, and its operation.
fn calls(document: &Value) -> Vec<(String, &Value)> {
    let of_path = |(path, item): (&String, &'_ Value)| (path.clone(), item.as_object().unwrap().clone());
    let names: Vec<(String, serde_json::Map<String, Value>)> = document["paths"].as_object().unwrap().iter().map(of_path).collect();
    let all = names.into_iter().flat_map(|(path, item)| {
        item.into_iter().map(move |(method, _)| (format!("{method} {path}"), path.clone(), method)).collect::<Vec<_>>()
    });
    all.map(|(name, path, method)| (name, &document["paths"][path][method])).collect()
}

/// Visits every value of a document with its JSON Pointer.
fn visit_values<'a>(value: &'a Value, at: &str, visit: &mut dyn FnMut(&str, &'a Value)) {
    visit(at, value);
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| visit_values(value, &format!("{at}/{}", name.replace('/', "~1")), visit))
        }
        Value::Array(entries) => entries.iter().enumerate().for_each(|(index, value)| visit_values(value, &format!("{at}/{index}"), visit)),
        _ => {}
    }
}

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference} leads nowhere")),
        None => value,
    }
}

#[test]
fn operation_ids_are_unique() {
    let document = document();
    let mut names = BTreeMap::new();
    for (call, operation) in calls(&document) {
        let name = operation["operationId"].as_str().unwrap();
        assert_eq!(names.insert(name, call.clone()), None, "{call} has the operation id {name} of another call");
        assert!(operation["summary"].is_string() && operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{call}");
    }
}

#[test]
fn every_call_documents_its_errors() {
    let document = document();
    for (call, operation) in calls(&document) {
        let has_body = !operation["requestBody"].is_null();
        let is_open = operation["security"] == json!([{}]);
        let may_fail = [
            (true, ["400", "405", "500", "503", "default"].as_slice()),
            (has_body, &["413", "415", "422"]),
            (!is_open, &["401", "403", "429"]),
            (call.contains('{'), &["404"]),
            (!call.starts_with("get"), &["507"]),
        ];
        for status in may_fail.iter().filter(|(holds, _)| *holds).flat_map(|(_, statuses)| *statuses) {
            assert!(operation["responses"][status].is_object(), "{call} does not say {status}");
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            let response = resolve(&document, response);
            if status.starts_with(['1', '2', '3']) {
                continue;
            }
            let problem = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
            assert_eq!(response["content"], problem, "{call} {status}");
            let field = match status.as_str() {
                "401" => "WWW-Authenticate",
                "405" => "Allow",
                "429" | "503" => "Retry-After",
                _ => continue,
            };
            assert!(response["headers"][field].is_object(), "{call} {status} without {field}");
        }
    }
}

#[test]
fn paged_calls_document_the_link_header() {
    let document = document();
    for (call, operation) in calls(&document) {
        let paged = operation["parameters"].as_array().into_iter().flatten().any(|parameter| parameter["name"] == "cursor");
        assert_eq!(operation["responses"]["200"]["headers"]["Link"].is_object(), paged, "{call}");
    }
}

#[test]
fn schema_names_are_unique() {
    let mut known = BTreeMap::new();
    for (schemas, ..) in crate::api::endpoints::ENDPOINTS.iter().map(|endpoint| endpoint()) {
        for (name, schema) in schemas {
            let schema = serde_json::to_value(schema).unwrap();
            let first = known.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(*first, schema, "two types are called {name}");
        }
    }
}

#[test]
fn references_resolve() {
    let document = document();
    visit_values(&document, "", &mut |_, value| {
        resolve(&document, value);
    });
}

#[test]
fn every_component_is_used_and_lists_reference_their_entries() {
    let document = document();
    let text = document.to_string();
    for (kind, names) in document["components"].as_object().unwrap() {
        for name in names.as_object().unwrap().keys().filter(|_| kind != "securitySchemes") {
            assert!(text.contains(&format!("\"#/components/{kind}/{name}\"")), "nothing refers to {name}");
        }
    }
    let entries = &document["components"]["schemas"]["List_Person"]["properties"]["items"]["items"];
    assert_eq!(*entries, json!({"$ref": "#/components/schemas/Person"}));
}

#[test]
fn flattened_parts_allow_the_fields_of_others() {
    let document = document();
    visit_values(&document, "", &mut |at, value| {
        for part in value["allOf"].as_array().into_iter().flatten() {
            assert_ne!(resolve(&document, part)["additionalProperties"], false, "{at}");
        }
    });
    for (name, fields) in
        [("Member", ["login", "administrator"]), ("NewMember", ["login", "administrator"]), ("InboxChangeResult", ["counts", "undo"])]
    {
        let schema = &document["components"]["schemas"][name];
        assert!(fields.iter().all(|field| schema["properties"][field].is_object()), "{name}: {schema}");
    }
    assert_eq!(document["components"]["schemas"]["Member"]["required"], json!(["login", "administrator"]));
}

#[test]
fn fields_of_other_variants_must_be_strings() {
    let schemas = &document()["components"]["schemas"];
    for (name, form, field) in [("SignIn", 0, "tenant"), ("SignIn", 1, "link"), ("Recipients", 0, "person"), ("Recipients", 2, "object")] {
        let form = &schemas[name]["anyOf"][form];
        assert_eq!(form["properties"][field]["type"], json!(["string", "null"]), "{name} {field}: {form}");
        assert!(!form["required"].to_string().contains(field), "{name} {field}");
    }
}

#[test]
fn parameters_are_those_of_the_path_and_never_null() {
    let document = document();
    for (call, operation) in calls(&document) {
        let of_path: BTreeSet<_> = call.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect();
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let named = parameters.iter().filter(|parameter| parameter["in"] == "path").filter_map(|parameter| parameter["name"].as_str());
        assert_eq!(named.collect::<BTreeSet<_>>(), of_path, "{call}");
        for parameter in &parameters {
            visit_values(&parameter["schema"], "", &mut |_, schema| {
                assert!(schema["type"] != "null" && !schema["type"].is_array(), "{call}: {parameter}");
            });
        }
    }
}

/// The documented limits equal the limits that are checked. Those that cannot use the constants in the
/// derive are compared here.
#[test]
fn documented_limits_equal_the_checked_limits() {
    let schemas = &document()["components"]["schemas"];
    for (schema, keyword, limit) in [
        ("Name", "maxLength", MAX_NAME_LENGTH),
        ("Words", "maxLength", MAX_NAME_LENGTH),
        ("Title", "maxLength", MAX_TITLE_LENGTH),
        ("Description", "maxLength", MAX_DESCRIPTION_LENGTH),
        ("HeaderName", "maxLength", MAX_HEADER_NAME_LENGTH),
        ("HeaderValue", "maxLength", MAX_HEADER_VALUE_LENGTH),
        ("NewPassword", "minLength", MIN_PASSWORD_LENGTH),
        ("NewPassword", "maxLength", MAX_PASSWORD_LENGTH),
        ("ViewName", "maxLength", MAX_VIEW_NAME_LENGTH),
        ("Minute", "maximum", usize::from(LAST_MINUTE_OF_DAY)),
        ("Sequence", "maximum", MAX_SEQUENCE as usize),
        ("NewApiKey/properties/scopes", "minItems", 1),
        ("NewApiKey/properties/requests_per_second", "minimum", 1),
        ("NewApiKey/properties/requests_per_second", "maximum", u32::MAX as usize),
        ("PortalSecretRotation/properties/overlap_hours", "maximum", MAX_SECRET_OVERLAP_HOURS as usize),
        ("HttpPost/properties/headers", "maxItems", MAX_HEADERS),
        ("HttpPost/properties/body", "maxLength", MAX_HTTP_BODY_LENGTH),
        ("SendRequest/properties/to", "maxItems", MAX_RECIPIENTS),
        ("SendRequest/properties/content", "minItems", 1),
        ("SendRequest/properties/content", "maxItems", MAX_LANGUAGES),
        ("SendRequest/properties/categories", "maxItems", MAX_CATEGORIES),
        ("SendRequest/properties/buttons", "maxItems", MAX_BUTTONS),
        ("Correction/properties/content", "maxItems", MAX_LANGUAGES),
        ("SavedDraftContent/properties/title", "maxLength", MAX_NAME_LENGTH),
        ("SavedDraftContent/properties/letter", "maxLength", MAX_DRAFT_LENGTH),
        ("Preferences/properties/muted_components", "maxItems", MAX_MUTED_COMPONENTS),
        ("Preferences/properties/views", "maxItems", MAX_VIEWS),
        ("TenantSettings/properties/retention_days", "maximum", MAX_RETENTION_DAYS as usize),
        ("TenantSettings/properties/origins", "maxItems", MAX_ORIGINS),
        ("Ids", "maxItems", MAX_IDS),
    ] {
        let found = &schemas.pointer(&format!("/{schema}")).unwrap_or(&Value::Null)[keyword];
        assert_eq!(*found, json!(limit), "{schema} {keyword}");
    }
}
