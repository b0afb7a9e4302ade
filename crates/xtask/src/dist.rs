//! `cargo xtask dist`: builds the console as static files in dist/. Trunk compiles it; this module
//! makes the result fit a strict Content-Security-Policy and compresses it.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::{
    Result, compress, entry_script, files, join_modules, locales, minify, page_icon, process, style_sheets, tools, wasm_split, wasm_strip,
    workspace::Workspace,
};

/// What dist/ depends on, this tool included.
const SOURCES: [&str; 9] =
    ["Cargo.toml", "Cargo.lock", "Trunk.toml", "index.html", "rust-toolchain.toml", ".cargo", "shared", "frontend", "crates/xtask/src"];

/// Folders in the sources that do not affect dist/.
const NOT_SOURCES: [&str; 4] = ["e2e", "node_modules", "target", "tests"];

/// Compiler flags of the console. Erased view types make it a tenth smaller and quicker to build;
/// they make the panel a fifth larger, so the panel is built without them. The splitter needs the
/// relocations.
const FLAGS: &str = "--cfg erase_components -Clink-args=--emit-relocs";

/// An empty server means the origin and path that the console is served from.
const CONFIG: &str = "{\"server\": \"\"}\n";

/// Brings dist/ up to date. Does nothing if it is already.
pub fn build(workspace: &Workspace) -> Result {
    let (stamp, dist) = (workspace.target("xtask-dist"), workspace.file("dist"));
    let sources = source_digest(workspace)?;
    if files::read_if_there(&stamp)?.as_deref() == Some(state(&sources, &dist)?.as_bytes()) {
        println!("dist/ is up to date");
        return Ok(());
    }
    tools::for_the_console(workspace)?;
    // Trunk runs offline, so that it does not download its own tools. Cargo fetches the crates before.
    process::run(&mut workspace.command("cargo", ["fetch", "--quiet"]))?;
    let site = workspace.target("site");
    let mut trunk = workspace.command("trunk", ["build", "--skip-version-check", "--features", "split", "--dist"]);
    let flags = format!("{FLAGS} {}", without_paths(workspace)?);
    trunk.arg(&site).env("TRUNK_OFFLINE", "true").env("RUSTFLAGS", flags).env("CARGO_PROFILE_WASM_STRIP", "none");
    process::run(&mut trunk)?;
    let console = wasm_split::console(workspace, &site, &entry_script::take(&site)?)?;
    panel(workspace, &site)?;
    style_sheets::join(&site)?;
    page_icon::inline(&site)?;
    locales::write(&workspace.file("frontend/locales"), &site.join("locales"), &console, &fs::read(site.join("panel_bg.wasm"))?)?;
    join_modules::write(&workspace.file("frontend/bell"), &site)?;
    minify::scripts(&site)?;
    let config = site.join("config.json");
    if !config.exists() {
        fs::write(config, CONFIG)?;
    }
    println!("Compressing");
    compress::folder(&site, &dist)?;
    files::mirror(&site, &dist)?;
    fs::write(stamp, state(&sources, &dist)?)?;
    println!("dist/ is ready");
    Ok(())
}

/// Builds the panel of the embedded bell, a separate program.
fn panel(workspace: &Workspace, site: &Path) -> Result {
    let build = ["build", "--package", "campanile-panel", "--profile", "wasm", "--target", "wasm32-unknown-unknown"];
    process::run(workspace.command("cargo", build).env("RUSTFLAGS", without_paths(workspace)?))?;
    let program = workspace.target("wasm32-unknown-unknown/wasm/panel.wasm");
    let mut bindgen = workspace
        .command("wasm-bindgen", ["--target", "web", "--no-typescript", "--encode-into", "always", "--out-name", "panel", "--out-dir"]);
    process::run(bindgen.arg(site).arg(program))?;
    wasm_strip::file(workspace, &site.join("panel_bg.wasm"))
}

/// Removes the folder of the cargo registry from panic messages, so that the build is the same on
/// every machine and contains no path of the machine that built it.
fn without_paths(workspace: &Workspace) -> Result<String> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let mut flags = Vec::new();
    for registry in fs::read_dir(home.ok_or("there is no home folder")?.join("registry/src"))? {
        flags.push(format!("--remap-path-prefix={}/=", registry?.path().display()));
    }
    if let Some(sysroot) = process::answer(&mut workspace.command("rustc", ["--print", "sysroot"])) {
        flags.push(format!("--remap-path-prefix={sysroot}/lib/rustlib/src/rust/library/="));
    }
    flags.sort();
    Ok(flags.join(" "))
}

fn source_digest(workspace: &Workspace) -> Result<String> {
    let mut sources = Vec::new();
    for source in SOURCES {
        sources.extend(files::all(&workspace.file(source), &NOT_SOURCES)?);
    }
    files::digest(&sources)
}

/// The content of the stamp: hashes of the sources and of dist/, so that a dist/ changed by hand is
/// built again.
fn state(sources: &str, dist: &Path) -> Result<String> {
    Ok(format!("{sources} {}", files::digest(&files::all(dist, &[])?)?))
}
