//! Makes one file of the page's module scripts: the program's JavaScript, the script that trunk writes into index.html,
//! and the scripts that the page loads beside. A browser then loads one file, and index.html holds no inline script,
//! which the Content-Security-Policy forbids.

use std::{fs, path::Path};

use crate::Result;

const CLOSING: &str = "</script>";

/// What trunk's script does: it calls the function that wasm-bindgen exports as default.
const START: &str = "__wbg_init();\n";

/// Removes the module scripts from `index.html` of a built site and links the program's JavaScript instead. Returns what
/// must be added to the program's JavaScript: the content of the other scripts, and the call that starts the program.
///
/// # Errors
/// An inline script or style is left, which the policy would silently block in the browser.
pub fn take(site: &Path) -> Result<String> {
    let page = site.join("index.html");
    let (html, scripts) = taken_out(&fs::read_to_string(&page)?).ok_or("index.html does not start the program")?;
    if let Some(tag) = inline(&html) {
        return Err(format!("index.html holds {tag}, which its Content-Security-Policy forbids: give it a file of its own").into());
    }
    let mut start = String::new();
    for script in scripts {
        let file = site.join(script);
        // The block keeps the names of each script apart.
        start.push_str(&format!("{{\n{}\n}}\n", fs::read_to_string(&file)?));
        fs::remove_file(file)?;
    }
    start.push_str(START);
    fs::write(page, html)?;
    Ok(start)
}

/// Returns the page with the program as its only module script, and the names of the files of the others.
fn taken_out(html: &str) -> Option<(String, Vec<String>)> {
    let (mut page, mut scripts, mut rest, mut starts) = (String::new(), Vec::new(), html, false);
    while let Some((before, after)) = rest.split_once("<script") {
        let (attributes, after) = after.split_once('>')?;
        let (script, after) = after.split_once(CLOSING)?;
        page.push_str(before);
        if !attributes.contains("type=\"module\"") {
            page.push_str(&format!("<script{attributes}>{script}{CLOSING}"));
        } else if let Some((_, source)) = attributes.split_once("src=\"./") {
            scripts.push(source.split('"').next()?.to_owned());
        } else {
            let program = script.split_once("from './")?.1.split('\'').next()?;
            page.push_str(&format!("<script type=\"module\" src=\"./{program}\">{CLOSING}"));
            starts = true;
        }
        rest = after;
    }
    page.push_str(rest);
    starts.then_some((page, scripts))
}

/// Returns the first tag that a policy without `unsafe-inline` blocks.
fn inline(html: &str) -> Option<String> {
    html.split('<').skip(1).filter_map(|part| part.split_once('>').map(|(tag, _)| tag)).find_map(|tag| {
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        let handler = tag.split_whitespace().skip(1).any(|attribute| attribute.starts_with("on") || attribute.starts_with("style="));
        let script = name == "script" && !tag.contains(" src=");
        (script || name == "style" || (handler && !name.starts_with('!'))).then(|| format!("<{tag}>"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<head><script src=\"./theme.js\"></script><script src=\"./font.js\" type=\"module\"></script><link rel=\"modulepreload\" href=\"./a.js\"></head>\n<script type=\"module\">\nimport init from './a.js';\nawait init();\n</script>";

    #[test]
    fn one_module_script_stays() {
        let site = tempfile::tempdir().unwrap();
        fs::write(site.path().join("index.html"), PAGE).unwrap();
        fs::write(site.path().join("font.js"), "const font = 1;").unwrap();
        assert_eq!(take(site.path()).unwrap(), "{\nconst font = 1;\n}\n__wbg_init();\n");
        assert_eq!(
            fs::read_to_string(site.path().join("index.html")).unwrap(),
            "<head><script src=\"./theme.js\"></script><link rel=\"modulepreload\" href=\"./a.js\"></head>\n<script type=\"module\" src=\"./a.js\"></script>"
        );
        assert!(!site.path().join("font.js").exists());
        assert!(take(site.path()).is_err(), "nothing starts the program");
    }

    #[test]
    fn what_is_inline_is_found() {
        for (html, found) in [
            ("<script>1</script>", Some("<script>")),
            ("<p><style>p{}</style>", Some("<style>")),
            ("<body onload=\"x()\">", Some("<body onload=\"x()\">")),
            ("<p style=\"top:0\">", Some("<p style=\"top:0\">")),
            ("<!DOCTYPE html><html lang=\"en\"><script src=\"./a.js\" defer></script><noscript>on</noscript>", None),
        ] {
            assert_eq!(inline(html).as_deref(), found, "{html}");
        }
    }
}
