//! Where the files come from.

use std::{borrow::Cow, io::ErrorKind, path::Path, sync::Arc};

use axum::body::Bytes;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

/// `dist/` as it was when the server was built; may be missing. The bytes stay where they are in
/// the binary, which the system maps and reads when they are asked for.
#[derive(RustEmbed)]
#[folder = "../../dist/"]
#[allow_missing = true]
struct Embedded;

/// A place with files.
#[derive(Clone)]
pub enum Files {
    /// Inside the binary.
    Embedded,
    /// In a folder, read each time: an operator may change them at any moment.
    Folder(Arc<Path>),
}

/// A file.
pub struct File {
    /// What is in it.
    pub content: Bytes,
    /// SHA-256 of that.
    pub hash: [u8; 32],
}

impl Files {
    /// The files of a folder, or with an empty path those inside the binary.
    pub fn of(folder: &Path) -> Self {
        if folder.as_os_str().is_empty() { Self::Embedded } else { Self::Folder(folder.into()) }
    }

    /// A file, if it is there. The name must hold [`is_name`].
    pub async fn read(&self, name: &str) -> Option<File> {
        match self {
            Self::Embedded => {
                let file = Embedded::get(name)?;
                let content = match file.data {
                    Cow::Borrowed(content) => Bytes::from_static(content),
                    Cow::Owned(content) => content.into(),
                };
                Some(File { content, hash: file.metadata.sha256_hash() })
            }
            Self::Folder(folder) => {
                let path = folder.join(name);
                // A panic in it has been logged.
                tokio::task::spawn_blocking(move || read(&path)).await.ok()?
            }
        }
    }
}

fn read(path: &Path) -> Option<File> {
    match std::fs::read(path) {
        Ok(content) => Some(File { hash: Sha256::digest(&content).into(), content: content.into() }),
        Err(error) => {
            if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::IsADirectory | ErrorKind::NotADirectory) {
                tracing::warn!(file = %path.display(), %error, "cannot read");
            }
            None
        }
    }
}

/// Whether a path may name a file: segments of letters, digits, `-`, `_` and `.` that do not begin
/// with a dot. So nothing leads out of the folder, and nothing hidden in it is served.
pub fn is_name(path: &str) -> bool {
    path.split('/').all(|segment| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        !segment.is_empty() && !segment.starts_with('.') && segment.bytes().all(plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_else() {
        for name in ["index.html", "locales/zh-Hant.json", "snippets/a-1/inline0.js"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "/", "../secret", "a/../b", "a//b", "/etc/passwd", ".env", "a/.git", "%2e%2e/x", "a\\b", "a\0", "c:x"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
