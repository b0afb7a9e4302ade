//! Splits each language's texts into the parts that are loaded separately: the console's first page, the console's
//! other pages, the bell's panel, and the bell before it is opened.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Map, Value};

use crate::{Result, files};

/// The texts of the bell before it is opened.
const BELL: [&str; 2] = ["notifications", "bell_name"];

/// The panel builds keys with this prefix at run time.
const PUT_TOGETHER: &str = "severity_";

/// Writes four files to `site` for each `<tag>.json` in `locales`: `<tag>.json` with the keys that the module `console`
/// contains, `<tag>.later.json` with all other keys, `<tag>.panel.json` with the keys that the module `panel` contains,
/// and `<tag>.bell.json` with the bell's name.
pub fn write(locales: &Path, site: &Path, console: &[u8], panel: &[u8]) -> Result {
    // A program contains the keys that it uses in its data section.
    let [console, panel] = [console, panel].map(String::from_utf8_lossy);
    let mut named = BTreeMap::new();
    for file in files::all(locales, &[])? {
        let Some(tag) = file.file_name().and_then(|name| name.to_str()?.strip_suffix(".json")) else { continue };
        let texts: Map<String, Value> = serde_json::from_slice(&fs::read(&file)?)?;
        if let Some(missing) = BELL.iter().find(|key| !texts.contains_key(**key)) {
            return Err(format!("{} does not say what the bell is called: {missing}", file.display()).into());
        }
        // All languages have the same keys.
        for key in texts.keys().filter(|key| !named.contains_key(*key)).cloned().collect::<Vec<_>>() {
            let by = [console.contains(&key), panel.contains(&key)];
            named.insert(key, by);
        }
        let part = |name: &str, has: &dyn Fn(&str, [bool; 2]) -> bool| -> Result {
            let part: BTreeMap<&String, &Value> = texts.iter().filter(|(key, _)| has(key, named[*key])).collect();
            Ok(fs::write(site.join(format!("{tag}{name}.json")), serde_json::to_vec(&part)?)?)
        };
        part("", &|_, [first, _]| first)?;
        part(".later", &|_, [first, _]| !first)?;
        part(".panel", &|key, [_, panel]| panel || key.starts_with(PUT_TOGETHER))?;
        part(".bell", &|key, _| BELL.contains(&key))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reader_gets_what_it_shows() {
        let (locales, site) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let texts = r#"{"app_name":"Campanile","bell_name":{"other":"通知、未読 {count} 件"},"compose":"作成","notifications":"通知","severity_error":"エラー"}"#;
        fs::write(locales.path().join("ja.json"), texts).unwrap();
        write(locales.path(), site.path(), b"\0asm app_name notifications", b"\0asm notifications severity_").unwrap();
        let keys = |name: &str| {
            let texts: Map<String, Value> = serde_json::from_slice(&fs::read(site.path().join(name)).unwrap()).unwrap();
            texts.keys().cloned().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(keys("ja.json"), "app_name notifications");
        assert_eq!(keys("ja.later.json"), "bell_name compose severity_error");
        assert_eq!(keys("ja.panel.json"), "notifications severity_error");
        assert_eq!(
            fs::read_to_string(site.path().join("ja.bell.json")).unwrap(),
            r#"{"bell_name":{"other":"通知、未読 {count} 件"},"notifications":"通知"}"#
        );

        fs::write(locales.path().join("xx.json"), "{}").unwrap();
        assert!(write(locales.path(), site.path(), b"", b"").unwrap_err().to_string().contains("xx.json"));
    }
}
