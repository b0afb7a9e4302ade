//! The folders of the workspace, and commands that run in them.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::Result;

/// The checkout that this tool was built from, and cargo's target folder.
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
    path: OsString,
}

impl Workspace {
    /// Opens the workspace of this crate. Respects `CARGO_TARGET_DIR`.
    pub fn open() -> Result<Self> {
        // Read at run time, not at compile time: several checkouts may share a target folder.
        let package = env::var_os("CARGO_MANIFEST_DIR").ok_or("start this by `cargo xtask`")?;
        let root = Path::new(&package).join("../..").canonicalize()?;
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder));
        let path = env::var_os("PATH").unwrap_or_default();
        // Also searches sbin: Debian installs nginx there, and ordinary users do not have it in their PATH.
        let folders = [target.join("tools/bin")].into_iter().chain(env::split_paths(&path)).chain([PathBuf::from("/usr/sbin")]);
        let path = env::join_paths(folders)?;
        Ok(Self { root, target, path })
    }

    /// The path of a file or folder in the checkout.
    pub fn file(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The path of a file or folder in the target folder.
    pub fn target(&self, relative: &str) -> PathBuf {
        self.target.join(relative)
    }

    /// A command that runs in the root of the checkout. It finds the tools in the target folder first.
    pub fn command<A: AsRef<OsStr>>(&self, program: impl AsRef<OsStr>, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.root).env("PATH", &self.path);
        // Trunk reads NO_COLOR as one of its own flags and fails for the usual value 1.
        command.env_remove("NO_COLOR");
        command
    }

    /// Searches the PATH for a program.
    pub fn find(&self, program: &str) -> Option<PathBuf> {
        env::split_paths(&self.path).map(|folder| folder.join(program)).find(|candidate| candidate.is_file())
    }

    /// The version of a package in Cargo.lock.
    pub fn locked_version(&self, package: &str) -> Result<String> {
        let lock = fs::read_to_string(self.file("Cargo.lock"))?;
        locked_version(&lock, package).ok_or_else(|| format!("Cargo.lock names no {package}").into())
    }
}

fn locked_version(lock: &str, package: &str) -> Option<String> {
    let entry = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != entry).skip(1);
    Some(lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_of_the_very_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }
}
