//! Moves the script that trunk writes into index.html to its own file: the Content-Security-Policy forbids inline
//! scripts and styles.

use std::{fs, path::Path};

use sha2::{Digest, Sha256};

use crate::{Result, files};

const OPENING: &str = "<script type=\"module\">";
const CLOSING: &str = "</script>";

/// Rewrites `index.html` of a built site. The script's file name contains a hash of its content, so it may be cached
/// for ever like the other hashed files.
///
/// # Errors
/// An inline script or style is left, which the policy would silently block in the browser.
pub fn externalise(site: &Path) -> Result {
    let page = site.join("index.html");
    let (html, scripts) = externalised(&fs::read_to_string(&page)?);
    if let Some(tag) = inline(&html) {
        return Err(format!("index.html holds {tag}, which its Content-Security-Policy forbids: give it a file of its own").into());
    }
    for (name, script) in scripts {
        fs::write(site.join(name), script)?;
    }
    fs::write(page, html)?;
    Ok(())
}

/// Returns the page without its inline modules, and the modules with their new file names.
fn externalised(html: &str) -> (String, Vec<(String, String)>) {
    let (mut page, mut scripts, mut rest) = (String::new(), Vec::new(), html);
    while let Some((before, after)) = rest.split_once(OPENING) {
        let Some((script, after)) = after.split_once(CLOSING) else { break };
        let script = format!("{}\n", script.trim());
        let name = format!("start-{}.js", &files::hexadecimal(&Sha256::digest(&script))[..16]);
        page.push_str(before);
        page.push_str(&format!("<script type=\"module\" src=\"./{name}\">{CLOSING}"));
        scripts.push((name, script));
        rest = after;
    }
    page.push_str(rest);
    (page, scripts)
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

    const PAGE: &str = "<head><link rel=\"modulepreload\" href=\"./a.js\" integrity=\"sha384-x\"></head>\n<script type=\"module\">\nimport init from './a.js';\nawait init();\n</script><script src=\"./theme.js\"></script>";

    #[test]
    fn the_script_moves_and_the_rest_stays() {
        let (html, scripts) = externalised(PAGE);
        let [(name, script)] = scripts.as_slice() else { panic!("one script") };
        assert_eq!(script, "import init from './a.js';\nawait init();\n");
        assert_eq!(
            html,
            format!(
                "<head><link rel=\"modulepreload\" href=\"./a.js\" integrity=\"sha384-x\"></head>\n<script type=\"module\" src=\"./{name}\"></script><script src=\"./theme.js\"></script>"
            )
        );
        assert_eq!(inline(&html), None);
        assert_eq!(externalised(&html), (html, Vec::new()));
    }

    #[test]
    fn the_name_follows_the_content() {
        let name = |html: &str| externalised(html).1[0].0.clone();
        assert_eq!(name(PAGE), name(PAGE));
        assert_ne!(name(PAGE), name(&PAGE.replace("a.js", "b.js")));
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
