//! Renders the document's named schemas as HTML.

use std::fmt::Write as _;

use serde_json::Value;

use super::html::escape;

/// Renders every named schema with its fields.
pub fn render(page: &mut String, document: &Value) {
    *page += "<h1>Types</h1>";
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let name = escape(name);
        let _ = write!(page, "<section id=\"{name}\"><h2><code>{name}</code></h2>");
        if let Some(about) = schema["description"].as_str() {
            let _ = write!(page, "<p>{}</p>", escape(about));
        }
        render_fields(page, schema);
        *page += "</section>";
    }
}

/// Renders the fields of an object, the variants of a union, or a one-line description of any other schema.
fn render_fields(page: &mut String, schema: &Value) {
    if let Some(all) = schema["allOf"].as_array() {
        all.iter().for_each(|part| render_fields(page, part));
    } else if let Some(forms) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        for form in forms {
            *page += "<p>One variant:";
            if let Some(about) = form["description"].as_str() {
                let _ = write!(page, " {}", escape(about));
            }
            *page += "</p>";
            render_fields(page, form);
        }
    } else if let Some(properties) = schema["properties"].as_object() {
        let required = |name: &str| schema["required"].as_array().is_some_and(|required| required.iter().any(|one| one == name));
        *page += "<dl>";
        for (name, property) in properties {
            let needed = if required(name) { ", required" } else { "" };
            let about = property["description"].as_str().unwrap_or_default();
            let _ = write!(page, "<dt><code>{}</code> <small>{}{needed}</small><dd>{}", escape(name), describe(property), escape(about));
        }
        *page += "</dl>";
    } else {
        let _ = write!(page, "<p>{}</p>", describe(schema));
    }
}

/// Describes a schema in a few words of HTML. A named schema is a link to its section.
pub fn describe(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return format!("<a href=\"#{0}\">{0}</a>", escape(name));
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        if let Some(forms) = schema[choice].as_array() {
            return forms.iter().map(describe).collect::<Vec<_>>().join(" or ");
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(|value| format!("<code>{}</code>", escape(&value.to_string()))).collect::<Vec<_>>().join(" or ");
    }
    let format = schema["format"].as_str().map_or_else(String::new, |format| format!(" ({})", escape(format)));
    let one = |kind: &Value| match kind.as_str() {
        Some("array") => format!("list of {}", describe(&schema["items"])),
        Some(kind) => format!("{}{format}", escape(kind)),
        None => "anything".to_owned(),
    };
    match &schema["type"] {
        Value::Array(kinds) => {
            let kinds: Vec<String> = kinds.iter().map(|kind| if kind == "null" { "null".to_owned() } else { one(kind) }).collect();
            kinds.join(" or ")
        }
        kind => one(kind),
    }
}
