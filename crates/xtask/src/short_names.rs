//! Gives what a program imports from the script beside it short names, in both. wasm-bindgen names
//! each function after what it stands for and a hash, which compresses badly and which only these
//! two files ever read.

use std::{collections::BTreeMap, fs, path::Path};

use wasmparser::{Parser, Payload, TypeRef};

use crate::{Result, layout};

/// What the script is called among the program's imports from now on.
const SCRIPT: &str = "_";

/// Rewrites `<name>.js` and `<name>_bg.wasm` of a folder, as wasm-bindgen wrote them: imports have
/// short names, and functions stand where they compress well.
pub fn program(folder: &Path, name: &str) -> Result {
    let (script, module) = (folder.join(format!("{name}.js")), folder.join(format!("{name}_bg.wasm")));
    let (text, code) = (fs::read_to_string(&script)?, fs::read(&module)?);
    let from = format!("./{name}_bg.js");
    let (text, names) = shortened(&text, &from, imports(&code, &from)?);
    let renamed = |module: &str, name: &str| {
        let short = names.get(name).filter(|_| module == from)?;
        Some((SCRIPT.to_owned(), short.clone()))
    };
    fs::write(module, layout::compressible(&code, renamed)?)?;
    fs::write(script, text)?;
    Ok(())
}

/// The functions that a module imports from one other, by name.
fn imports(module: &[u8], from: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        let Payload::ImportSection(section) = payload? else { continue };
        for import in section.into_imports() {
            let import = import?;
            if import.module == from && matches!(import.ty, TypeRef::Func(_)) {
                names.push(import.name.to_owned());
            }
        }
    }
    Ok(names)
}

/// The script with short names, and which they are. Names come in the order of the script, which
/// writes one function from the start of each line; all of them are there or none is renamed.
fn shortened(script: &str, from: &str, names: Vec<String>) -> (String, BTreeMap<String, String>) {
    let mut short: BTreeMap<String, String> = BTreeMap::new();
    let lines = script.lines().map(|line| {
        let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
        match rest.split_once(": ") {
            Some((name, function)) if names.iter().any(|known| known == name) => {
                let next = short_name(short.len());
                let line = format!("{indent}{next}: {function}");
                short.insert(name.to_owned(), next);
                line
            }
            _ => line.to_owned(),
        }
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    let quoted = format!("\"{from}\"");
    if short.len() < names.len() || text.matches(&quoted).count() != 1 {
        return (script.to_owned(), BTreeMap::new());
    }
    (text.replace(&quoted, &format!("\"{SCRIPT}\"")), short)
}

/// Names as short as there are: `a` to `z`, then `aa`, `ba` and so on.
fn short_name(index: usize) -> String {
    let letter = char::from(b"abcdefghijklmnopqrstuvwxyz"[index % 26]);
    if index < 26 { letter.to_string() } else { format!("{letter}{}", short_name(index / 26 - 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT_TEXT: &str = "function imports() {\n  const import0 = {\n    __wbg_b_22: function(a) {\n      return a;\n    },\n    __wbg_a_1: function() { return handle(() => 1, arguments); },\n  };\n  return { \"./bell_bg.js\": import0, \"./live.js\": live };\n}";

    #[test]
    fn both_files_say_the_short_names() {
        let names = ["__wbg_a_1", "__wbg_b_22"].map(str::to_owned).to_vec();
        let (script, short) = shortened(SCRIPT_TEXT, "./bell_bg.js", names.clone());
        assert_eq!(short, BTreeMap::from([("__wbg_b_22".into(), "a".into()), ("__wbg_a_1".into(), "b".into())]));
        assert!(script.contains("    a: function(a)") && script.contains("    b: function() { return handle"), "{script}");
        assert!(script.contains("{ \"_\": import0, \"./live.js\": live }"), "{script}");
        let more = [names, vec!["__wbg_c_3".to_owned()]].concat();
        assert_eq!(shortened(SCRIPT_TEXT, "./bell_bg.js", more), (SCRIPT_TEXT.to_owned(), BTreeMap::new()));
    }

    #[test]
    fn short_names_differ() {
        assert_eq!([0, 25, 26, 27, 52, 701].map(short_name), ["a", "z", "aa", "ba", "ab", "zz"]);
        let names: std::collections::BTreeSet<String> = (0..3_000).map(short_name).collect();
        assert_eq!(names.len(), 3_000);
    }
}
