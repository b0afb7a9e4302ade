//! Leaves comments and indentation out of the hand-written JavaScript that every embedding page
//! loads. Nothing cleverer than lines: in those files a comment stands on lines of its own, and
//! text of several lines is CSS.

use std::{fs, path::Path};

use crate::{Result, files};

/// Rewrites the files at the top of a built site that are copies of ours.
pub fn leave_out(site: &Path, ours: &Path) -> Result {
    for file in files::all(ours, &["node_modules", "tests"])? {
        let copy = site.join(file.file_name().unwrap_or_default());
        let source = fs::read(&file)?;
        if file.extension().is_some_and(|extension| extension == "js") && files::read_if_there(&copy)?.as_ref() == Some(&source) {
            fs::write(copy, code(&String::from_utf8(source)?))?;
        }
    }
    Ok(())
}

/// The lines that are code: neither empty, nor a line comment, nor part of a block comment that has
/// its lines to itself; without their indentation.
fn code(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        let text = line.trim();
        if let Some(comment) = text.strip_prefix("/*") {
            let mut end = comment.split_once("*/");
            while end.is_none() {
                let Some(line) = lines.next() else { break };
                end = line.split_once("*/");
            }
            if let Some((_, rest)) = end
                && !rest.trim().is_empty()
            {
                code.push_str(rest.trim_start());
                code.push('\n');
            }
        } else if !text.is_empty() && !text.starts_with("//") {
            code.push_str(line.trim_start());
            code.push('\n');
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stays_as_it_is() {
        let source = "/**\n * What it is.\n */\nimport { a } from \"./a.js\";\n\n// Why.\nconst b = 1; // here\n  /** @type {C} */\n  let c = a(`x\n  /* d */\n`);\n/** @type {E} */ (e).f();\n/* g\n h */ i();\n";
        let expected = "import { a } from \"./a.js\";\nconst b = 1; // here\nlet c = a(`x\n`);\n(e).f();\ni();\n";
        assert_eq!(code(source), expected);
        assert_eq!(code(expected), expected);
    }

    #[test]
    fn only_copies_of_ours_are_touched() {
        let (site, ours) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (folder, name, text) in [
            (site.path(), "bell.js", "// a\nb();\n"),
            (ours.path(), "bell.js", "// a\nb();\n"),
            (site.path(), "other.js", "// c\n"),
            (ours.path(), "other.js", "// d\n"),
        ] {
            fs::write(folder.join(name), text).unwrap();
        }
        leave_out(site.path(), ours.path()).unwrap();
        assert_eq!(fs::read_to_string(site.path().join("bell.js")).unwrap(), "b();\n");
        assert_eq!(fs::read_to_string(site.path().join("other.js")).unwrap(), "// c\n");
    }
}
