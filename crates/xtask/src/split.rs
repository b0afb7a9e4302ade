//! Cuts the console's program into the part that every page needs and the parts that are fetched
//! when somebody first goes where they are needed.
//!
//! Trunk has compiled the program and written the files that its HTML names; what is in these two
//! files, the program and its JavaScript, is made here anew from the same compiled program.

use std::{fs, path::Path};

use sha2::{Digest, Sha256};

use crate::{Result, files, process, workspace::Workspace};

/// What tells the first part where the others are; the tool's name for it.
const LINKS: &str = "__wasm_split.js";

/// Puts the parts of the program `console` into the site.
pub fn console(workspace: &Workspace, site: &Path) -> Result {
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
        ["--target", "web", "--no-typescript", "--remove-name-section", "--keep-lld-exports", "--out-name", &name, "--out-dir"],
    );
    process::run(bindgen.arg(site).arg(&first))?;
    fs::remove_file(first)?;
    link(&parts, site, &site.join(format!("{name}.js")))
}

/// What trunk called the program: `console-<hash>`.
fn name(site: &Path) -> Result<String> {
    let names = files::all(site, &[])?.into_iter().filter_map(|file| file.file_name()?.to_str().map(str::to_owned));
    let mut names = names.filter_map(|name| name.strip_suffix("_bg.wasm").filter(|name| name.starts_with("console-")).map(str::to_owned));
    names.next().ok_or_else(|| format!("trunk left no console in {}", site.display()).into())
}

/// Moves the parts into the site under names made of their content, so that they may be cached for
/// ever, and has the program's JavaScript look for them there.
fn link(parts: &Path, site: &Path, program: &Path) -> Result {
    let mut links = fs::read_to_string(parts.join(LINKS))?;
    for part in files::all(parts, &[])? {
        let Some(name) = part.file_name().and_then(|name| name.to_str()).filter(|name| *name != LINKS) else { continue };
        let content = without_names(&fs::read(&part)?).ok_or_else(|| format!("{} is no WebAssembly module", part.display()))?;
        let hashed = hashed(name, &content);
        links = links.replace(&format!("./{name}\""), &format!("./{hashed}\""));
        fs::write(site.join(hashed), content)?;
    }
    let hashed = hashed("parts.js", links.as_bytes());
    fs::write(site.join(&hashed), links)?;
    // Only where the file is fetched: the program itself goes on asking for it by its first name.
    let script = fs::read_to_string(program)?;
    fs::write(program, script.replace(&format!("from \"./{LINKS}\""), &format!("from \"./{hashed}\"")))?;
    Ok(())
}

/// A module without its custom sections: names of functions, for whoever debugs it (WebAssembly
/// core specification §5.5.3). `None` when it is cut short.
fn without_names(module: &[u8]) -> Option<Vec<u8>> {
    let (magic, mut rest) = module.split_at_checked(8)?;
    let mut kept = magic.to_vec();
    while let Some((kind, after)) = rest.split_first() {
        let (length, after) = leb128(after)?;
        let (section, next) = rest.split_at_checked(rest.len() - after.len() + length)?;
        if *kind != 0 {
            kept.extend_from_slice(section);
        }
        rest = next;
    }
    Some(kept)
}

/// An unsigned number and what follows it (§5.2.2).
fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let length = bytes.iter().take(5).position(|byte| byte & 0x80 == 0)? + 1;
    let (number, rest) = bytes.split_at(length);
    Some((number.iter().rev().fold(0, |value, byte| value << 7 | usize::from(byte & 0x7f)), rest))
}

/// `name.wasm` with a hash of its content: `name-<hash>.wasm`.
fn hashed(name: &str, content: &[u8]) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    format!("{stem}-{}.{extension}", &files::hexadecimal(&Sha256::digest(content))[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A type section, a custom section longer than 127 bytes would say in one, and an empty one.
    const MODULE: &[u8] = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\0\x85\0\x04name\x03\x01\0";

    #[test]
    fn names_are_left_out_and_everything_else_stays() {
        assert_eq!(without_names(MODULE).unwrap(), b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x01\0");
        for end in [3, 9, 12, 18, MODULE.len() - 1] {
            assert_eq!(without_names(&MODULE[..end]), None, "{end}");
        }
    }

    #[test]
    fn parts_are_found_under_names_of_their_content() {
        let (parts, site) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(parts.path().join(LINKS), "fetch(new URL(\"./sent.wasm\", import.meta.url))").unwrap();
        fs::write(parts.path().join("sent.wasm"), MODULE).unwrap();
        let program = site.path().join("console-0123456789abcdef.js");
        fs::write(&program, format!("import * as parts from \"./{LINKS}\"\nconst imports = {{\"./{LINKS}\": parts}};")).unwrap();
        link(parts.path(), site.path(), &program).unwrap();

        let code = without_names(MODULE).unwrap();
        let part = hashed("sent.wasm", &code);
        assert_eq!(fs::read(site.path().join(&part)).unwrap(), code);
        let script = fs::read_to_string(program).unwrap();
        let links = script.split('"').nth(1).unwrap().trim_start_matches("./");
        assert!(links.starts_with("parts-") && script.contains(&format!("{{\"./{LINKS}\": parts}}")), "{script}");
        assert_eq!(fs::read_to_string(site.path().join(links)).unwrap(), format!("fetch(new URL(\"./{part}\", import.meta.url))"));
    }
}
