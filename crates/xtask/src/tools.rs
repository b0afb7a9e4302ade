//! Installs the tools that the commands need, if they are missing or have another version.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::{Result, apt, files, process, workspace::Workspace};

/// The newest version that the pinned toolchain compiles.
const TRUNK: &str = "0.21.14";
/// Splits the console's program. Must match the version of `wasm_split_helpers`.
const WASM_SPLIT: &str = "0.2.4";
/// Strips WebAssembly of custom sections.
const WASM_TOOLS: &str = "1.263.0";
/// Finds unused dependencies.
const CARGO_MACHETE: &str = "0.9.2";
/// Checks the licences and sources of dependencies.
const CARGO_DENY: &str = "0.20.2";
/// The folder of the tests with third-party clients.
pub const CLIENTS: &str = "crates/server/tests/clients";

/// Installs what building the console needs.
pub fn for_the_console(workspace: &Workspace) -> Result {
    wasm_target(workspace)?;
    wasm_bindgen(workspace)?;
    let features = ["--locked", "--features", "build-binary"];
    cargo_install(workspace, "wasm-split-cli", "wasm_split_cli_support", WASM_SPLIT, &features)?;
    cargo_install(workspace, "wasm-tools", "wasm-tools", WASM_TOOLS, &["--locked", "--no-default-features", "--features", "strip"])?;
    cargo_install(workspace, "trunk", "trunk", TRUNK, &["--locked"])
}

/// Installs what the native tests need: systemd-analyze, which checks the unit in `deploy/`; unshare, which gives a test
/// its own full disk; and the SMTP server aiosmtpd, for one of the Python interpreters that the tests try.
pub fn for_native_tests(workspace: &Workspace) -> Result {
    apt::install_missing(workspace, &[("systemd-analyze", "systemd"), ("unshare", "util-linux")])?;
    let chosen = env::var("CAMPANILE_PYTHON").ok();
    let has_it = |python: &str| process::answer(&mut workspace.command(python, ["-c", "import aiosmtpd.smtp"])).is_some();
    if chosen.as_deref().into_iter().chain(["/usr/bin/python3", "python3"]).any(has_it) {
        return Ok(());
    }
    apt::install(workspace, &["python3-aiosmtpd"], "`pip install aiosmtpd`, and set CAMPANILE_PYTHON to the interpreter")
}

/// Installs what wasm tests in a browser need.
pub fn for_wasm_tests(workspace: &Workspace) -> Result {
    wasm_target(workspace)?;
    wasm_bindgen(workspace)?;
    apt::install_missing(workspace, &[("chromium", "chromium"), ("chromedriver", "chromium-driver")])
}

/// Installs what the browser tests need.
pub fn for_browser_tests(workspace: &Workspace) -> Result {
    apt::install_missing(workspace, &[("chromium", "chromium"), ("nginx", "nginx-light")])?;
    npm_packages(workspace, &workspace.file("frontend/e2e"))
}

/// Installs the third-party clients; returns the Python interpreter that has the Python ones.
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

/// Installs the standard library for wasm32.
pub fn wasm_target(workspace: &Workspace) -> Result {
    const TARGET: &str = "wasm32-unknown-unknown";
    let sysroot = process::answer(&mut workspace.command("rustc", ["--print", "sysroot"])).ok_or("rustc cannot be run")?;
    if Path::new(&sysroot).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    println!("Installing the target {TARGET}");
    process::run(&mut workspace.command("rustup", ["target", "add", TARGET]))
}

/// Installs the command-line tool of wasm-bindgen in the version of the library.
fn wasm_bindgen(workspace: &Workspace) -> Result {
    cargo_install(workspace, "wasm-bindgen", "wasm-bindgen-cli", &workspace.locked_version("wasm-bindgen")?, &[])
}

/// Installs this version of a program into the target folder, if the PATH does not have it.
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
            // The tools run for seconds only, so a quick build matters more than a fast program.
            .env("CARGO_PROFILE_RELEASE_LTO", "false")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    )?;
    fs::remove_dir_all(build)?;
    Ok(())
}

/// Whether cargo has installed this version into the target folder. Not every program prints its version.
fn is_installed(workspace: &Workspace, package: &str, version: &str) -> Result<bool> {
    let list = files::read_if_there(&workspace.target("tools/.crates.toml"))?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&list).contains(&format!("\"{package} {version} (")))
}

/// Installs the packages of package-lock.json, again whenever it changes.
fn npm_packages(workspace: &Workspace, folder: &Path) -> Result {
    let lock = folder.join("package-lock.json");
    once(&folder.join("node_modules/.installed"), &lock, || {
        process::run(workspace.command("npm", ["ci", "--no-audit", "--no-fund"]).current_dir(folder))
    })
}

/// Installs the packages of a requirements.txt into a virtual environment, again whenever the file changes; returns the
/// environment's interpreter.
fn python_packages(workspace: &Workspace, requirements: &Path, environment: &Path) -> Result<PathBuf> {
    let python = environment.join("bin/python");
    once(&environment.join(".installed"), requirements, || {
        let chosen = env::var("CAMPANILE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        // On Debian, venv is in a separate package.
        if process::answer(&mut workspace.command(&chosen, ["-c", "import ensurepip, venv"])).is_none() {
            apt::install(workspace, &["python3-venv"], "set CAMPANILE_PYTHON to a Python 3.10 or newer with venv")?;
        }
        process::run(workspace.command(&chosen, ["-m", "venv", "--clear"]).arg(environment))?;
        let quiet = ["--disable-pip-version-check", "--no-input", "--quiet"];
        // The file lists all packages, dependencies included.
        process::run(workspace.command(&python, ["-m", "pip", "install", "--no-deps", "--requirement"]).arg(requirements).args(quiet))?;
        process::run(workspace.command(&python, ["-m", "pip", "check"]).args(quiet))
    })?;
    Ok(python)
}

/// Installs the packages that a file lists, unless the stamp has the file's hash.
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
