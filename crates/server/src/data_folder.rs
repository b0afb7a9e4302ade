//! The permissions of the data folder. Only the account that runs the server may use it.
//!
//! The folder holds secrets in plain text (`docs/security.md`), and a user who can write to it can
//! sign in as anyone. The server creates it for its owner alone. If others can read it, the server
//! warns; if they can write to it, the server does not start.

use std::{
    fs::{self, DirBuilder, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// The mode of a new folder: full access for its owner, none for others.
const OWNER_ONLY: u32 = 0o700;
/// The permission bits of group and others, and of these the bits for writing.
const OTHERS: u32 = 0o077;
const OTHERS_WRITE: u32 = 0o022;
/// The most files checked per folder. Without an SMTP server the mail folder can hold very many.
const MAX_FILES_CHECKED: usize = 1_000;

/// A file or folder that other users can access.
#[derive(Debug, Eq, PartialEq)]
pub struct ExposedPath {
    path: PathBuf,
    mode: u32,
    folder: PathBuf,
}

impl ExposedPath {
    /// Whether others can write to it, not only read it.
    pub const fn is_writable(&self) -> bool {
        self.mode & OTHERS_WRITE != 0
    }

    /// One sentence that says what is wrong and which command fixes it.
    pub fn advice(&self) -> String {
        let (path, mode) = (self.path.display(), self.mode);
        let what = if self.is_writable() { "written" } else { "read" };
        let folder = shell_quoted(&self.folder);
        format!("{path} can be {what} by other users of this machine (mode {mode:04o}); run: chmod -R go= {folder}")
    }
}

/// The path, quoted for a shell.
fn shell_quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

/// Creates the folder and its parents, unless it exists.
pub fn create(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(OWNER_ONLY).create(folder)?;
    // The umask may have removed bits from the mode above.
    fs::set_permissions(folder, Permissions::from_mode(OWNER_ONLY))
}

/// The worst exposed path: writable before readable, and the folder before its files.
pub fn find_exposed(folder: &Path) -> io::Result<Option<ExposedPath>> {
    let mut found = Vec::from_iter(check_mode(folder, folder)?);
    for within in [folder.to_owned(), folder.join("mail")] {
        let Ok(entries) = fs::read_dir(within) else { continue };
        for entry in entries.take(MAX_FILES_CHECKED) {
            found.extend(check_mode(&entry?.path(), folder)?);
        }
    }
    found.sort_by_key(|one| !one.is_writable());
    Ok(found.into_iter().next())
}

fn check_mode(path: &Path, folder: &Path) -> io::Result<Option<ExposedPath>> {
    let mode = match path.metadata() {
        Ok(metadata) => metadata.permissions().mode() & 0o7777,
        // Deleted since it was listed, or a dangling link.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok((mode & OTHERS != 0).then(|| ExposedPath { path: path.to_owned(), mode, folder: folder.to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_new_folder_is_its_owners() {
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("a/b");
        create(&folder).unwrap();
        assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(folder.parent().unwrap().metadata().unwrap().permissions().mode() & 0o077, 0);
        assert_eq!(find_exposed(&folder).unwrap(), None);
        set(&folder, 0o755);
        create(&folder).unwrap();
        assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o755, "an existing folder keeps its mode");
    }

    #[test]
    fn what_others_reach_is_found_and_what_they_write_comes_first() {
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("it's here");
        create(&folder.join("mail")).unwrap();
        create(&folder).unwrap();
        for name in ["campanile.db", "campanile.db-wal", "mail/a.eml"] {
            fs::write(folder.join(name), "").unwrap();
            set(&folder.join(name), 0o600);
        }
        set(&folder, 0o700);
        assert_eq!(find_exposed(&folder).unwrap(), None);
        for (name, mode, writable) in [
            ("", 0o755, false),
            ("", 0o750, false),
            ("", 0o701, false),
            ("", 0o777, true),
            ("", 0o770, true),
            ("", 0o1777, true),
            ("campanile.db", 0o644, false),
            ("campanile.db", 0o640, false),
            ("campanile.db", 0o666, true),
            ("campanile.db", 0o602, true),
            ("campanile.db-wal", 0o660, true),
            ("mail", 0o755, false),
            ("mail", 0o775, true),
            ("mail/a.eml", 0o604, false),
            ("mail/a.eml", 0o622, true),
        ] {
            let path = if name.is_empty() { folder.clone() } else { folder.join(name) };
            let before = path.metadata().unwrap().permissions();
            set(&path, mode);
            let found = find_exposed(&folder).unwrap().unwrap();
            assert_eq!((&found.path, found.mode, found.is_writable()), (&path, mode, writable), "{name} {mode:o}");
            assert!(found.advice().ends_with(r"it'\''s here'") && found.advice().contains("chmod -R go= '"), "{}", found.advice());
            fs::set_permissions(&path, before).unwrap();
        }
        set(&folder, 0o755);
        set(&folder.join("campanile.db"), 0o666);
        assert!(find_exposed(&folder).unwrap().unwrap().is_writable());
    }
}
