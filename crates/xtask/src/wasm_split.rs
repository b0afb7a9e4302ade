//! Splits the console's WebAssembly into the part that every page needs and the parts that are
//! fetched when a page first needs them.
//!
//! Trunk compiles the program and writes the two files that its HTML names. This module replaces
//! them: it runs the splitter and wasm-bindgen on the same compiled program.

use std::{fs, path::Path};

use sha2::{Digest, Sha256};

use crate::{Result, files, process, wasm_strip, workspace::Workspace};

/// The script that maps each part to its file, by the name that the splitter gives it.
const LINKS: &str = "__wasm_split.js";

/// Writes the parts of the console into the site; returns the first part. `start` is JavaScript that is added to the
/// program's own.
pub fn console(workspace: &Workspace, site: &Path, start: &str) -> Result<Vec<u8>> {
    let name = name(site)?;
    let whole = workspace.target("wasm32-unknown-unknown/wasm/console.wasm");
    let parts = workspace.target("split");
    if parts.exists() {
        fs::remove_dir_all(&parts)?;
    }
    fs::create_dir_all(&parts)?;
    process::run(workspace.command("wasm-split-cli", ["--target", "web", "--out-name", &name]).arg(whole).arg(&parts))?;
    let first = parts.join(format!("{name}.wasm"));
    let mut bindgen = workspace.command(
        "wasm-bindgen",
        [
            "--target",
            "web",
            "--no-typescript",
            "--remove-name-section",
            "--keep-lld-exports",
            "--encode-into",
            "always",
            "--out-name",
            &name,
            "--out-dir",
        ],
    );
    process::run(bindgen.arg(site).arg(&first))?;
    fs::remove_file(first)?;
    for part in files::all(&parts, &[])?.into_iter().filter(|file| file.extension().is_some_and(|end| end == "wasm")) {
        wasm_strip::file(workspace, &part)?;
    }
    wasm_strip::file(workspace, &site.join(format!("{name}_bg.wasm")))?;
    let links = placed(&parts, site)?;
    let first = fs::read(site.join(format!("{name}_bg.wasm")))?;
    link(site, &name, &links, start)?;
    Ok(first)
}

/// The name that trunk gave the program: `console-<hash>`.
fn name(site: &Path) -> Result<String> {
    let names = files::all(site, &[])?.into_iter().filter_map(|file| file.file_name()?.to_str().map(str::to_owned));
    let mut names = names.filter_map(|name| name.strip_suffix("_bg.wasm").filter(|name| name.starts_with("console-")).map(str::to_owned));
    names.next().ok_or_else(|| format!("trunk left no console in {}", site.display()).into())
}

/// Moves the parts into the site under names that hold a hash of all parts together, so that a
/// browser may cache them for ever. Returns the script that maps the parts to these names.
fn placed(parts: &Path, site: &Path) -> Result<String> {
    let mut links = fs::read_to_string(parts.join(LINKS))?;
    let mut contents = Vec::new();
    for part in files::all(parts, &[])? {
        let Some(name) = part.file_name().and_then(|name| name.to_str()).filter(|name| *name != LINKS) else { continue };
        contents.push((name.to_owned(), fs::read(&part)?));
    }
    let all: Vec<u8> = contents.iter().flat_map(|(_, content)| content).copied().collect();
    for (name, content) in contents {
        let hashed = hashed(&name, &all);
        links = links.replace(&format!("./{name}\""), &format!("./{hashed}\""));
        fs::write(site.join(hashed), content)?;
    }
    Ok(links)
}

/// Adds the links to the moved parts, and `start`, to the program's JavaScript, so that a browser loads one file.
/// Renames program and JavaScript after a hash of their new content: trunk named them after their content before the
/// split.
fn link(site: &Path, name: &str, links: &str, start: &str) -> Result {
    let [script, code] = [".js", "_bg.wasm"].map(|end| site.join(format!("{name}{end}")));
    let text = fs::read_to_string(&script)?;
    // The two scripts import each other. As one module they need no import of the program, and the program imports
    // the links from its own module.
    let import = format!("import {{ initSync }} from \"./{name}.js\";\n");
    let links = links.strip_prefix(&import).ok_or_else(|| format!("{LINKS} begins differently"))?;
    let content = [text.as_bytes(), &fs::read(&code)?, links.as_bytes(), start.as_bytes()].concat();
    let new = hashed("console", &content);
    // Only what is fetched is renamed: the module asks for its imports under the first names.
    let text = text
        .replace(&format!("{name}_bg.wasm"), &format!("{new}_bg.wasm"))
        .replace(&format!("from \"./{LINKS}\""), &format!("from \"./{new}.js\""));
    fs::write(site.join(format!("{new}.js")), [&text, "\n", links, start].concat())?;
    fs::rename(code, site.join(format!("{new}_bg.wasm")))?;
    fs::remove_file(script)?;
    let page = site.join("index.html");
    let html = fs::read_to_string(&page)?;
    fs::write(page, html.replace(name, &new))?;
    Ok(())
}

/// Adds a hash of `content` to a file name: `name.wasm` becomes `name-<hash>.wasm`.
fn hashed(name: &str, content: &[u8]) -> String {
    let hash = &files::hexadecimal(&Sha256::digest(content))[..16];
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{hash}.{extension}"),
        None => format!("{name}-{hash}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_finds_its_parts_under_names_of_their_content() {
        let (parts, site) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let write = |folder: &Path, name: &str, content: &[u8]| fs::write(folder.join(name), content).unwrap();
        let loader =
            b"import { initSync } from \"./console-1.js\";\nexport const load = () => fetch(new URL(\"./sent.wasm\", import.meta.url));\n";
        write(parts.path(), LINKS, loader);
        write(parts.path(), "sent.wasm", b"\0asm\x01\0\0\0");
        write(
            site.path(),
            "console-1.js",
            b"import * as parts from \"./__wasm_split.js\"\nconst all = {\"./__wasm_split.js\": parts, \"./console-1_bg.js\": own, at: 'console-1_bg.wasm'};",
        );
        write(site.path(), "console-1_bg.wasm", b"code");
        write(site.path(), "index.html", b"<script src=\"./console-1.js\">");
        let links = placed(parts.path(), site.path()).unwrap();
        link(site.path(), "console-1", &links, "init();").unwrap();

        let page = fs::read_to_string(site.path().join("index.html")).unwrap();
        let program = page.split('"').nth(1).unwrap().trim_end_matches(".js");
        let script = fs::read_to_string(site.path().join(format!("{program}.js"))).unwrap();
        assert_eq!(fs::read(site.path().join(format!("{program}_bg.wasm"))).unwrap(), b"code");
        assert!(script.starts_with(&format!("import * as parts from \"{program}.js\"\n")) && script.ends_with("init();"), "{script}");
        assert!(
            script.contains("{\"./__wasm_split.js\": parts, \"./console-1_bg.js\": own")
                && script.contains(&format!("'{}_bg.wasm'", &program[2..])),
            "{script}"
        );
        let part = script.split_once("new URL(\"").unwrap().1.split('"').next().unwrap();
        assert_eq!(fs::read(site.path().join(part)).unwrap(), b"\0asm\x01\0\0\0", "{script}");
        assert_eq!(files::all(site.path(), &[]).unwrap().len(), 4);

        assert!(link(site.path(), "console-1", "import nothing", "").is_err());
    }
}
