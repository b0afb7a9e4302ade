//! `cargo xtask run`: from a fresh checkout to the demo in one command.

use std::process::Command;

use crate::{Result, process, site, workspace::Workspace};

/// Builds what changed, then becomes the server.
pub fn run(workspace: &Workspace, arguments: &[&str]) -> Result {
    site::build(workspace)?;
    let server = build_server(workspace)?;
    become_program(workspace.command(&server, ["demo"]).args(arguments))
}

/// The release binary, built if its sources or dist/ changed; answers its path.
pub fn build_server(workspace: &Workspace) -> Result<String> {
    process::run(&mut workspace.command("cargo", ["build", "--release", "--package", "campanile-server"]))?;
    Ok(workspace.target("release/campanile").to_string_lossy().into_owned())
}

/// The server takes this process's place: Ctrl-C reaches it directly, and its exit code is ours.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(format!("{} cannot be started: {error}", command.get_program().to_string_lossy()).into())
}

/// Elsewhere the server runs below this process; a console's Ctrl-C goes to both.
#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result {
    process::run(command)
}
