//! The files beside a database: their paths, and the URI of a file that no one changes.

use std::path::{Path, PathBuf};

/// The path of a database's write-ahead log.
pub fn wal_path(database: &Path) -> PathBuf {
    sibling_path(database, "-wal")
}

/// The path of a file with a suffix after its name.
pub fn sibling_path(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The URI of a file that no one changes (SQLite, "URI filenames", `immutable`).
pub fn immutable_uri(file: &Path) -> String {
    let path: String =
        file.as_os_str()
            .as_encoded_bytes()
            .iter()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() || b"/._-".contains(byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") }
            })
            .collect();
    format!("file:{path}?immutable=1")
}
