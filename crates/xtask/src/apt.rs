//! Installs programs from Debian packages.

use crate::{Result, process, workspace::Workspace};

/// Takes pairs of a program and its package, and installs the packages of the missing programs. Without apt-get, the
/// error says what to install instead.
pub fn install_missing(workspace: &Workspace, programs: &[(&str, &str)]) -> Result {
    let missing: Vec<&str> =
        programs.iter().filter(|(program, _)| workspace.find(program).is_none()).map(|(_, package)| *package).collect();
    let programs: Vec<&str> = programs.iter().map(|(program, _)| *program).collect();
    install(workspace, &missing, &format!("install {} in another way and add them to the PATH", programs.join(", ")))
}

/// Installs packages. Without apt-get, the error says what to do instead.
pub fn install(workspace: &Workspace, packages: &[&str], instead: &str) -> Result {
    if packages.is_empty() {
        return Ok(());
    }
    println!("Installing {} (Debian packages)", packages.join(", "));
    if workspace.find("apt-get").is_none() {
        return Err(format!("apt-get is missing: {instead}").into());
    }
    apt_get(workspace, &["update", "--quiet"])?;
    let install = ["install", "--yes", "--quiet", "--no-install-recommends"];
    apt_get(workspace, &install.iter().chain(packages).copied().collect::<Vec<_>>())
}

fn apt_get(workspace: &Workspace, arguments: &[&str]) -> Result {
    let is_root = process::answer(&mut workspace.command("id", ["-u"])).as_deref() == Some("0");
    let before: &[&str] = if is_root { &[] } else { &["sudo"] };
    let words: Vec<&str> = before.iter().chain(&["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]).chain(arguments).copied().collect();
    process::run(&mut workspace.command(words[0], &words[1..]))
}
