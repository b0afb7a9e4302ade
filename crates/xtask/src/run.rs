//! `cargo xtask run`: from a fresh checkout to the demo in one command.

use std::process::Command;

use crate::{Result, dist, process, workspace::Workspace};

/// Builds what changed, then runs the server in this process's place.
pub fn run(workspace: &Workspace, arguments: &[&str]) -> Result {
    dist::build(workspace)?;
    let server = build_server(workspace)?;
    become_program(workspace.command(&server, ["demo"]).args(arguments))
}

/// Builds the release binary if its sources or dist/ changed; returns its path.
pub fn build_server(workspace: &Workspace) -> Result<String> {
    process::run(&mut workspace.command("cargo", ["build", "--release", "--package", "campanile-server"]))?;
    Ok(workspace.target("release/campanile").to_string_lossy().into_owned())
}

/// Replaces this process with the server, so that Ctrl-C and the exit code are the server's.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(format!("{} cannot be started: {error}", command.get_program().to_string_lossy()).into())
}

/// Runs the server as a child process. A console's Ctrl-C goes to both.
#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result {
    process::run(command)
}
