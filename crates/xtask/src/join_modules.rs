//! Joins the scripts of the bell with their parts: `live.js` with the modules in `live/`. A page that embeds the bell then
//! loads one file of each.

use std::{fs, path::Path};

use crate::Result;

/// The scripts that have parts, each in a folder of its name.
const SCRIPTS: [&str; 2] = ["campanile", "live"];

/// Writes the parts of the bell's scripts into the scripts of a built site.
pub fn write(sources: &Path, site: &Path) -> Result {
    for script in SCRIPTS {
        let file = site.join(format!("{script}.js"));
        let joined = joined(&fs::read_to_string(&file)?, script, &|part| Ok(fs::read_to_string(sources.join(script).join(part))?))?;
        fs::write(file, joined)?;
    }
    Ok(())
}

/// Puts each part where the script imports it. The names of all parts share one scope.
fn joined(source: &str, script: &str, part: &dyn Fn(&str) -> Result<String>) -> Result<String> {
    let from_part = format!("}} from \"./{script}/");
    let mut joined = String::with_capacity(source.len());
    for line in source.lines() {
        match line.strip_prefix("import {").and_then(|import| import.split_once(&from_part)) {
            Some((_, name)) => {
                for line in part(name.trim_end_matches("\";"))?.lines() {
                    joined.push_str(line.strip_prefix("export ").unwrap_or(line));
                    joined.push('\n');
                }
            }
            None => {
                joined.push_str(line);
                joined.push('\n');
            }
        }
    }
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{minify, workspace::Workspace};

    #[test]
    fn parts_are_where_they_are_imported() {
        let part = |name: &str| match name {
            "pause.js" => Ok("/** Why. */\nconst LONGEST = 3;\nexport function pause() {\n  return LONGEST;\n}\n".to_owned()),
            other => Err(format!("no {other}").into()),
        };
        let source = "import { a } from \"./other.js\";\nimport { pause } from \"./live/pause.js\";\nexport const b = pause();\n";
        let expected = "import { a } from \"./other.js\";\n/** Why. */\nconst LONGEST = 3;\nfunction pause() {\n  return LONGEST;\n}\nexport const b = pause();\n";
        assert_eq!(joined(source, "live", &part).unwrap(), expected);
        assert!(joined("import { c } from \"./live/c.js\";", "live", &part).is_err());
    }

    #[test]
    fn the_scripts_of_the_bell_import_none_of_their_parts() {
        let (sources, site) = (Workspace::open().unwrap().file("frontend/bell"), tempfile::tempdir().unwrap());
        for script in SCRIPTS.map(|script| format!("{script}.js")) {
            fs::copy(sources.join(&script), site.path().join(&script)).unwrap();
        }
        write(&sources, site.path()).unwrap();
        minify::scripts(site.path()).unwrap();
        let read = |script: &str| fs::read_to_string(site.path().join(script)).unwrap();
        assert_eq!((read("live.js").matches("import").count(), read("campanile.js").matches("from\"./").count()), (0, 1));
    }
}
