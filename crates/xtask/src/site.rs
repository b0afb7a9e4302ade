//! The console as static files in dist/: built by trunk, made to fit a strict Content-Security-Policy,
//! and compressed.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::{
    Result, compress, entry_script, files, locales, minify, process, short_names, split, style_sheets, tools, workspace::Workspace,
};

/// What dist/ is made from; this tool's own part in it included.
const SOURCES: [&str; 9] =
    ["Cargo.toml", "Cargo.lock", "Trunk.toml", "index.html", "rust-toolchain.toml", ".cargo", "shared", "frontend", "crates/xtask/src"];

/// Folders below the sources that change nothing in dist/.
const NOT_SOURCES: [&str; 4] = ["e2e", "node_modules", "target", "tests"];

/// With the types of its views erased the console is a tenth smaller and sooner built. The panel,
/// which has few, is a fifth larger that way, and so is built apart.
/// What is cut has to say where it refers to what.
const FLAGS: &str = "--cfg erase_components -Clink-args=--emit-relocs";

/// The console's own origin and path are the API server's, until an operator writes another here.
const CONFIG: &str = "{\"server\": \"\"}\n";

/// Brings dist/ up to date; does nothing when it is.
pub fn build(workspace: &Workspace) -> Result {
    let (stamp, dist) = (workspace.target("xtask-site"), workspace.file("dist"));
    let sources = source_digest(workspace)?;
    if files::read_if_there(&stamp)?.as_deref() == Some(state(&sources, &dist)?.as_bytes()) {
        println!("dist/ is up to date");
        return Ok(());
    }
    tools::for_the_console(workspace)?;
    // Trunk is kept offline because it would look for helpers of its own; cargo needs its crates.
    process::run(&mut workspace.command("cargo", ["fetch", "--quiet"]))?;
    let site = workspace.target("site");
    let mut trunk = workspace.command("trunk", ["build", "--skip-version-check", "--features", "split", "--dist"]);
    let flags = format!("{FLAGS} {}", without_paths()?);
    trunk.arg(&site).env("TRUNK_OFFLINE", "true").env("RUSTFLAGS", flags).env("CARGO_PROFILE_WASM_STRIP", "none");
    process::run(&mut trunk)?;
    let console = split::console(workspace, &site)?;
    panel(workspace, &site)?;
    style_sheets::join(&site)?;
    entry_script::externalise(&site)?;
    locales::write(&workspace.file("frontend/locales"), &site.join("locales"), &console, &fs::read(site.join("panel_bg.wasm"))?)?;
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

/// The panel of the embedded bell: a program of its own beside the console.
fn panel(workspace: &Workspace, site: &Path) -> Result {
    let build = ["build", "--package", "campanile-panel", "--profile", "wasm", "--target", "wasm32-unknown-unknown"];
    process::run(workspace.command("cargo", build).env("RUSTFLAGS", without_paths()?))?;
    let program = workspace.target("wasm32-unknown-unknown/wasm/panel.wasm");
    let mut bindgen = workspace.command("wasm-bindgen", ["--target", "web", "--no-typescript", "--out-name", "panel", "--out-dir"]);
    process::run(bindgen.arg(site).arg(program))?;
    short_names::program(site, "panel")
}

/// Has messages of panics name a crate's file without the folder that this machine keeps crates in:
/// what is shipped tells nothing of who built it, and is the same wherever it is built.
fn without_paths() -> Result<String> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let mut flags = Vec::new();
    for registry in fs::read_dir(home.ok_or("there is no home folder")?.join("registry/src"))? {
        flags.push(format!("--remap-path-prefix={}/=", registry?.path().display()));
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

/// What the stamp holds: the sources and what was made from them, so that a dist/ changed by hand
/// is made anew as well.
fn state(sources: &str, dist: &Path) -> Result<String> {
    Ok(format!("{sources} {}", files::digest(&files::all(dist, &[])?)?))
}
