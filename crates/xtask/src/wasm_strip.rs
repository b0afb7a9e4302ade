//! Removes custom sections from WebAssembly (core specification §5.5.3): names of functions and
//! relocations, which a browser does not need.

use std::path::Path;

use crate::{Result, process, workspace::Workspace};

/// Strips a module in place.
///
/// # Errors
/// `wasm-tools` cannot be started, or the file is no WebAssembly module.
pub fn file(workspace: &Workspace, module: &Path) -> Result {
    process::run(workspace.command("wasm-tools", ["strip", "--all"]).arg(module).arg("--output").arg(module))
}
