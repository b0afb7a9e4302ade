use std::collections::{BTreeMap, BTreeSet};

use campanile_domain::inbox::LAST_SEQUENCE;
use campanile_shared::{
    administration::PortalSecretRotation,
    channel::{LONGEST_HEADER, LONGEST_HEADER_NAME, MOST_HEADERS},
    draft::{LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_TITLE, MOST_BUTTONS, MOST_CATEGORIES, MOST_LANGUAGES, MOST_RECIPIENTS},
    inbox::MOST_IDS,
    kept::LONGEST_LETTER,
    person::{PasswordChange, QuietHours, SavedView},
    tenant::{MOST_DAYS, MOST_ORIGINS},
};
use serde_json::{Value, json};

fn document() -> Value {
    serde_json::to_value(crate::api::document()).unwrap()
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
fn each<'a>(value: &'a Value, at: &str, visit: &mut dyn FnMut(&str, &'a Value)) {
    visit(at, value);
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| each(value, &format!("{at}/{}", name.replace('/', "~1")), visit)),
        Value::Array(entries) => entries.iter().enumerate().for_each(|(index, value)| each(value, &format!("{at}/{index}"), visit)),
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
fn every_call_has_a_name_of_its_own() {
    let document = document();
    let mut names = BTreeMap::new();
    for (call, operation) in calls(&document) {
        let name = operation["operationId"].as_str().unwrap();
        assert_eq!(names.insert(name, call.clone()), None, "{call} has the operation id {name} of another call");
        assert!(operation["summary"].is_string() && operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{call}");
    }
}

#[test]
fn every_call_says_how_it_may_fail() {
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
fn every_call_that_lists_in_pages_says_where_the_next_is() {
    let document = document();
    for (call, operation) in calls(&document) {
        let paged = operation["parameters"].as_array().into_iter().flatten().any(|parameter| parameter["name"] == "cursor");
        assert_eq!(operation["responses"]["200"]["headers"]["Link"].is_object(), paged, "{call}");
    }
}

#[test]
fn a_name_stands_for_one_schema() {
    let mut known = BTreeMap::new();
    for (schemas, ..) in crate::api::calls() {
        for (name, schema) in schemas {
            let schema = serde_json::to_value(schema).unwrap();
            let first = known.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(*first, schema, "two types are called {name}");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    each(&document, "", &mut |_, value| {
        resolve(&document, value);
    });
}

#[test]
fn every_name_is_referred_to_and_lists_refer_to_their_entries() {
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
fn no_part_of_a_whole_refuses_the_other_parts() {
    let document = document();
    each(&document, "", &mut |at, value| {
        for part in value["allOf"].as_array().into_iter().flatten() {
            assert_ne!(resolve(&document, part)["additionalProperties"], false, "{at}");
        }
    });
    for (name, fields) in
        [("Member", ["login", "administrator"]), ("NewMember", ["login", "administrator"]), ("Changed", ["counts", "undo"])]
    {
        let schema = &document["components"]["schemas"][name];
        assert!(fields.iter().all(|field| schema["properties"][field].is_object()), "{name}: {schema}");
    }
    assert_eq!(document["components"]["schemas"]["Member"]["required"], json!(["login", "administrator"]));
}

#[test]
fn a_field_of_another_form_must_be_a_text() {
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
            each(&parameter["schema"], "", &mut |_, schema| {
                assert!(schema["type"] != "null" && !schema["type"].is_array(), "{call}: {parameter}");
            });
        }
    }
}

/// The documented limits equal the limits that are checked. Those that cannot use the constants in the
/// derive are compared here.
#[test]
fn limits_are_those_that_are_checked() {
    let schemas = &document()["components"]["schemas"];
    for (schema, keyword, limit) in [
        ("Name", "maxLength", LONGEST_NAME),
        ("Words", "maxLength", LONGEST_NAME),
        ("Title", "maxLength", LONGEST_TITLE),
        ("Description", "maxLength", LONGEST_DESCRIPTION),
        ("HeaderName", "maxLength", LONGEST_HEADER_NAME),
        ("HeaderValue", "maxLength", LONGEST_HEADER),
        ("NewPassword", "minLength", PasswordChange::SHORTEST),
        ("NewPassword", "maxLength", PasswordChange::LONGEST),
        ("ViewName", "maxLength", SavedView::LONGEST_NAME),
        ("Minute", "maximum", usize::from(QuietHours::LAST_MINUTE)),
        ("Sequence", "maximum", LAST_SEQUENCE as usize),
        ("NewApiKey/properties/scopes", "minItems", 1),
        ("NewApiKey/properties/requests_per_second", "minimum", 1),
        ("NewApiKey/properties/requests_per_second", "maximum", u32::MAX as usize),
        ("PortalSecretRotation/properties/overlap_hours", "maximum", PortalSecretRotation::LONGEST_OVERLAP as usize),
        ("HttpPost/properties/headers", "maxItems", MOST_HEADERS),
        ("HttpPost/properties/body", "maxLength", LONGEST_DESCRIPTION * 4),
        ("Draft/properties/to", "maxItems", MOST_RECIPIENTS),
        ("Draft/properties/content", "minItems", 1),
        ("Draft/properties/content", "maxItems", MOST_LANGUAGES),
        ("Draft/properties/categories", "maxItems", MOST_CATEGORIES),
        ("Draft/properties/buttons", "maxItems", MOST_BUTTONS),
        ("Correction/properties/content", "maxItems", MOST_LANGUAGES),
        ("Letter/properties/title", "maxLength", LONGEST_NAME),
        ("Letter/properties/letter", "maxLength", LONGEST_LETTER),
        ("Preferences/properties/muted_components", "maxItems", MOST_IDS),
        ("Preferences/properties/views", "maxItems", SavedView::MOST),
        ("TenantSettings/properties/retention_days", "maximum", MOST_DAYS as usize),
        ("TenantSettings/properties/origins", "maxItems", MOST_ORIGINS),
        ("Ids", "maxItems", MOST_IDS),
    ] {
        let found = &schemas.pointer(&format!("/{schema}")).unwrap_or(&Value::Null)[keyword];
        assert_eq!(*found, json!(limit), "{schema} {keyword}");
    }
}
