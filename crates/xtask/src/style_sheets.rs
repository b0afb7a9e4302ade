//! Joins the components' style sheets into two: one for the first page and one for everything that is shown later.

use std::{fs, path::Path};

use sha2::{Digest, Sha256};

use crate::{Result, files};

/// Rewrites `index.html` of a built site to load one sheet, named after its content, instead of all the sheets it
/// loaded before, in the same order. Sheets marked `data-later` become a second sheet, which the page only names: the
/// program loads it (`frontend/console/src/lazy/assets.rs`).
pub fn join(site: &Path) -> Result {
    let page = site.join("index.html");
    let html = fs::read_to_string(&page)?;
    let (mut html, [first, later]) = taken_out(&html);
    let [first, later] = [joined(site, "console", &first)?, joined(site, "later", &later)?];
    let mut links = String::new();
    if let Some(name) = first {
        links.push_str(&format!("<link rel=\"stylesheet\" href=\"./{name}\">"));
    }
    if let Some(name) = later {
        links.push_str(&format!("<link id=\"later-styles\" rel=\"\" href=\"./{name}\">"));
    }
    html = html.replacen(PLACE, &links, 1);
    fs::write(page, html)?;
    Ok(())
}

/// Joins several sheets into one; returns its file name.
fn joined(site: &Path, stem: &str, names: &[String]) -> Result<Option<String>> {
    if names.is_empty() {
        return Ok(None);
    }
    let mut joined = String::new();
    for name in names {
        let sheet = site.join(name);
        joined.push_str(minified(&fs::read_to_string(&sheet)?).trim());
        joined.push('\n');
        fs::remove_file(sheet)?;
    }
    let name = format!("{stem}-{}.css", &files::hexadecimal(&Sha256::digest(&joined))[..16]);
    fs::write(site.join(&name), joined)?;
    Ok(Some(name))
}

/// Marks the place of the first sheet. NUL cannot occur in HTML.
const PLACE: &str = "\0";

/// Returns the page without its links to sheets of this site, and the file names of both groups of sheets.
fn taken_out(html: &str) -> (String, [Vec<String>; 2]) {
    const BEGIN: &str = "<link rel=\"stylesheet\" href=\"./";
    let (mut page, mut names, mut rest) = (String::new(), [Vec::new(), Vec::new()], html);
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let Some((name, after)) = after.split_once('"') else { break };
        let Some((attributes, after)) = after.split_once('>') else { break };
        page.push_str(before);
        if attributes.contains("media=") {
            // A sheet with a media condition stays separate.
            page.push_str(&format!("{BEGIN}{name}\"{attributes}>"));
        } else {
            if names.iter().all(Vec::is_empty) {
                page.push_str(PLACE);
            }
            names[usize::from(attributes.contains("data-later"))].push(name.to_owned());
        }
        rest = after;
    }
    page.push_str(rest);
    (page, names)
}

/// The sheet without comments (CSS Syntax Level 3 §4.3.2) and superfluous white space. Quoted text stays as it is.
fn minified(sheet: &str) -> String {
    let (mut kept, mut rest, mut quote) = (String::new(), sheet, None);
    while let Some(letter) = rest.chars().next() {
        if quote.is_none() && rest.starts_with("/*") {
            rest = rest.split_once("*/").map_or("", |(_, after)| after);
            continue;
        }
        rest = &rest[letter.len_utf8()..];
        match quote {
            None if letter.is_whitespace() => {
                if !kept.is_empty() && !kept.ends_with([' ', '{', '}', ';', ':', ',']) {
                    kept.push(' ');
                }
                continue;
            }
            None if "{};,".contains(letter) && kept.ends_with(' ') => drop(kept.pop()),
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            Some(open) if open == letter => quote = None,
            _ => {}
        }
        kept.push(letter);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_white_space_go_and_quoted_text_stays() {
        let sheet = "/* a */\na, b :hover {\n  content: \"/* b */ ;  \";\n  margin: 0 calc(1px + 2px);\n}\n/* c\n'd */\n@media (width < 9px) { e::before { content: '*/ ' } } /* open";
        let small = "a,b :hover{content:\"/* b */ ;  \";margin:0 calc(1px + 2px);}@media (width < 9px){e::before{content:'*/ '}}";
        assert_eq!(minified(sheet), small);
    }

    #[test]
    fn sheets_are_joined_in_their_order() {
        let site = tempfile::tempdir().unwrap();
        let page = "<title>x</title><link rel=\"stylesheet\" href=\"./a.css\"/>\n<link rel=\"stylesheet\" href=\"./print.css\" media=\"print\"/><link rel=\"stylesheet\" href=\"./form.css\" data-later=\"\"/><link rel=\"stylesheet\" href=\"./b.css\" integrity=\"sha384-x\"/><body>";
        for (name, text) in [("index.html", page), ("a.css", "a{}\n"), ("b.css", "b{}\n"), ("form.css", "f{}"), ("print.css", "p{}")] {
            fs::write(site.path().join(name), text).unwrap();
        }
        join(site.path()).unwrap();
        let names: Vec<_> =
            files::all(site.path(), &[]).unwrap().iter().map(|file| file.file_name().unwrap().to_str().unwrap().to_owned()).collect();
        let [sheet, _, later, _] = names.as_slice() else { panic!("{names:?}") };
        assert_eq!(fs::read_to_string(site.path().join(sheet)).unwrap(), "a{}\nb{}\n");
        assert_eq!(fs::read_to_string(site.path().join(later)).unwrap(), "f{}\n");
        assert_eq!(
            fs::read_to_string(site.path().join("index.html")).unwrap(),
            format!(
                "<title>x</title><link rel=\"stylesheet\" href=\"./{sheet}\"><link id=\"later-styles\" rel=\"\" href=\"./{later}\">\n<link rel=\"stylesheet\" href=\"./print.css\" media=\"print\"/><body>"
            )
        );
    }
}
