//! The tools behind the commands: each is looked for first, and installed only when it is missing
//! or of another version.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::{Result, apt, files, process, workspace::Workspace};

/// The newest that the pinned toolchain compiles.
const TRUNK: &str = "0.21.14";
/// Cuts the console's program; of the generation of `wasm_split_helpers`.
const WASM_SPLIT: &str = "0.2.4";
/// Strips WebAssembly of custom sections.
const WASM_TOOLS: &str = "1.263.0";
/// Finds dependencies that no source names.
const CARGO_MACHETE: &str = "0.9.2";
/// Checks the licences and sources of dependencies.
const CARGO_DENY: &str = "0.20.2";
/// Where the tests with clients of others are.
pub const CLIENTS: &str = "crates/server/tests/clients";

/// What it takes to build the console.
pub fn for_the_console(workspace: &Workspace) -> Result {
    wasm_target(workspace)?;
    wasm_bindgen(workspace)?;
    let features = ["--locked", "--features", "build-binary"];
    cargo_install(workspace, "wasm-split-cli", "wasm_split_cli_support", WASM_SPLIT, &features)?;
    cargo_install(workspace, "wasm-tools", "wasm-tools", WASM_TOOLS, &["--locked", "--no-default-features", "--features", "strip"])?;
    cargo_install(workspace, "trunk", "trunk", TRUNK, &["--locked"])
}

/// What it takes to run the native tests: systemd-analyze, which judges the unit in `deploy/`, unshare, which gives
/// a test a full disk of its own, and aiosmtpd, the SMTP server that mail is sent to, for one of the interpreters
/// the tests look at.
pub fn for_native_tests(workspace: &Workspace) -> Result {
    apt::install_missing(workspace, &[("systemd-analyze", "systemd"), ("unshare", "util-linux")])?;
    let chosen = env::var("CAMPANILE_PYTHON").ok();
    let has_it = |python: &str| process::answer(&mut workspace.command(python, ["-c", "import aiosmtpd.smtp"])).is_some();
    if chosen.as_deref().into_iter().chain(["/usr/bin/python3", "python3"]).any(has_it) {
        return Ok(());
    }
    apt::install(workspace, &["python3-aiosmtpd"], "`pip install aiosmtpd`, and name the interpreter in CAMPANILE_PYTHON")
}

/// What it takes to run wasm tests in a browser.
pub fn for_wasm_tests(workspace: &Workspace) -> Result {
    wasm_target(workspace)?;
    wasm_bindgen(workspace)?;
    apt::install_missing(workspace, &[("chromium", "chromium"), ("chromedriver", "chromium-driver")])
}

/// What it takes to run the browser tests.
pub fn for_browser_tests(workspace: &Workspace) -> Result {
    apt::install_missing(workspace, &[("chromium", "chromium"), ("nginx", "nginx-light")])?;
    npm_packages(workspace, &workspace.file("frontend/e2e"))
}

/// What it takes to have clients of others speak to the server; answers the Python interpreter that has those in Python.
pub fn for_clients(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.file(CLIENTS);
    npm_packages(workspace, &folder)?;
    python_packages(workspace, &folder.join("requirements.txt"), &workspace.target("clients/python"))
}

/// Installs `cargo machete`.
pub fn cargo_machete(workspace: &Workspace) -> Result {
    cargo_install(workspace, "cargo-machete", "cargo-machete", CARGO_MACHETE, &["--locked"])
}

/// Installs `cargo deny`.
pub fn cargo_deny(workspace: &Workspace) -> Result {
    cargo_install(workspace, "cargo-deny", "cargo-deny", CARGO_DENY, &["--locked"])
}

/// The standard library for wasm32.
pub fn wasm_target(workspace: &Workspace) -> Result {
    const TARGET: &str = "wasm32-unknown-unknown";
    let sysroot = process::answer(&mut workspace.command("rustc", ["--print", "sysroot"])).ok_or("rustc does not answer")?;
    if Path::new(&sysroot).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    println!("Installing the target {TARGET}");
    process::run(&mut workspace.command("rustup", ["target", "add", TARGET]))
}

/// The command-line side of wasm-bindgen has to be of the same version as the library.
fn wasm_bindgen(workspace: &Workspace) -> Result {
    cargo_install(workspace, "wasm-bindgen", "wasm-bindgen-cli", &workspace.locked_version("wasm-bindgen")?, &[])
}

/// A program of that very version on the PATH, or else installed into the target folder.
fn cargo_install(workspace: &Workspace, program: &str, package: &str, version: &str, options: &[&str]) -> Result {
    let found = process::answer(&mut workspace.command(program, ["--version"]));
    if found.as_deref() == Some(&format!("{program} {version}")) || is_installed(workspace, package, version)? {
        return Ok(());
    }
    println!("Installing {package} {version} (takes some minutes, once)");
    let (root, build) = (workspace.target("tools"), workspace.target("tools/build"));
    process::run(
        workspace
            .command("cargo", ["install", package, "--version", version])
            .args(options)
            .arg("--root")
            .arg(root)
            .env("CARGO_TARGET_DIR", &build)
            // They run for seconds: what counts is how soon they are there.
            .env("CARGO_PROFILE_RELEASE_LTO", "false")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    )?;
    fs::remove_dir_all(build)?;
    Ok(())
}

/// Whether cargo has put that version into the target folder before: not every program tells its own.
fn is_installed(workspace: &Workspace, package: &str, version: &str) -> Result<bool> {
    let list = files::read_if_there(&workspace.target("tools/.crates.toml"))?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&list).contains(&format!("\"{package} {version} (")))
}

/// The packages of package-lock.json, again whenever that changes.
fn npm_packages(workspace: &Workspace, folder: &Path) -> Result {
    let lock = folder.join("package-lock.json");
    once(&folder.join("node_modules/.installed"), &lock, || {
        process::run(workspace.command("npm", ["ci", "--no-audit", "--no-fund"]).current_dir(folder))
    })
}

/// The packages of a requirements.txt in an environment of their own, again whenever that changes; answers its
/// interpreter.
fn python_packages(workspace: &Workspace, requirements: &Path, environment: &Path) -> Result<PathBuf> {
    let python = environment.join("bin/python");
    once(&environment.join(".installed"), requirements, || {
        let chosen = env::var("CAMPANILE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        // Debian has what makes environments in a package of its own.
        if process::answer(&mut workspace.command(&chosen, ["-c", "import ensurepip, venv"])).is_none() {
            apt::install(workspace, &["python3-venv"], "name a Python 3.10 or newer with venv in CAMPANILE_PYTHON")?;
        }
        process::run(workspace.command(&chosen, ["-m", "venv", "--clear"]).arg(environment))?;
        let quiet = ["--disable-pip-version-check", "--no-input", "--quiet"];
        // The file names every package there is: no other is wanted.
        process::run(workspace.command(&python, ["-m", "pip", "install", "--no-deps", "--requirement"]).arg(requirements).args(quiet))?;
        process::run(workspace.command(&python, ["-m", "pip", "check"]).args(quiet))
    })?;
    Ok(python)
}

/// Installs what a file of exact versions names, unless the stamp says that this was done.
fn once(stamp: &Path, versions: &Path, install: impl FnOnce() -> Result) -> Result {
    let wanted = files::digest(&[versions.to_owned()])?;
    if files::read_if_there(stamp)?.as_deref() == Some(wanted.as_bytes()) {
        return Ok(());
    }
    println!("Installing the packages of {}", versions.display());
    install()?;
    fs::write(stamp, wanted)?;
    Ok(())
}
