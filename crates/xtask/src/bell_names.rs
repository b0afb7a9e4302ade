//! What the embedded bell is called, out of the console's texts: a page that embeds the bell fetches
//! a hundred bytes of its reader's language before anybody opens it, not all of them.

use std::{fs, path::Path};

use serde_json::{Map, Value};

use crate::{Result, files};

/// The texts that the bell needs before it is opened.
const KEYS: [&str; 2] = ["notifications", "bell_name"];

/// Writes `<tag>.bell.json` beside every `<tag>.json` of a folder.
pub fn write(locales: &Path) -> Result {
    for file in files::all(locales, &[])? {
        let Some(tag) = file.file_name().and_then(|name| name.to_str()?.strip_suffix(".json")).filter(|tag| !tag.contains('.')) else {
            continue;
        };
        let texts: Map<String, Value> = serde_json::from_slice(&fs::read(&file)?)?;
        let names: Map<String, Value> = texts.into_iter().filter(|(key, _)| KEYS.contains(&key.as_str())).collect();
        if names.len() < KEYS.len() {
            return Err(format!("{} does not say what the bell is called: {KEYS:?}", file.display()).into());
        }
        fs::write(locales.join(format!("{tag}.bell.json")), serde_json::to_vec(&names)?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_the_language() {
        let locales = tempfile::tempdir().unwrap();
        let texts = r#"{"app_name":"Campanile","bell_name":{"other":"通知、未読 {count} 件"},"notifications":"通知"}"#;
        fs::write(locales.path().join("ja.json"), texts).unwrap();
        // Twice, as a site is built again over the one before.
        for _ in 0..2 {
            write(locales.path()).unwrap();
        }
        let names: Value = serde_json::from_slice(&fs::read(locales.path().join("ja.bell.json")).unwrap()).unwrap();
        assert_eq!(names, serde_json::json!({"notifications": "通知", "bell_name": {"other": "通知、未読 {count} 件"}}));
        assert_eq!(files::all(locales.path(), &[]).unwrap().len(), 2);

        fs::write(locales.path().join("xx.json"), "{}").unwrap();
        assert!(write(locales.path()).unwrap_err().to_string().contains("xx.json"));
    }
}
