//! Reads the console's files, from the binary or from a folder.

use std::{borrow::Cow, io::ErrorKind, path::Path, sync::Arc};

use axum::body::Bytes;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

/// The content of `dist/` when the server was built. The folder may be missing. The bytes are part of
/// the binary, which the operating system loads on demand.
#[derive(RustEmbed)]
#[folder = "../../dist/"]
#[allow_missing = true]
struct Embedded;

/// A source of files.
#[derive(Clone)]
pub enum Files {
    /// The files in the binary.
    Embedded,
    /// The files of a folder. They are read for each request, because the operator may change them.
    Folder(Arc<Path>),
}

/// A file.
pub struct File {
    /// The content.
    pub content: Bytes,
    /// The SHA-256 hash of the content.
    pub hash: [u8; 32],
}

impl Files {
    /// The files of a folder, or those in the binary if the path is empty.
    pub fn from_folder(folder: &Path) -> Self {
        if folder.as_os_str().is_empty() { Self::Embedded } else { Self::Folder(folder.into()) }
    }

    /// The file of this name, if it exists. The caller must check the name with [`is_safe_path`] first.
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
                // An error means that the task panicked, which is logged already.
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
                tracing::warn!(file = %path.display(), %error, "cannot read a file of the console");
            }
            None
        }
    }
}

/// Whether a path may name a file: its segments consist of letters, digits, `-`, `_` and `.` and do not
/// begin with a dot. So a path cannot leave the folder or name a hidden file.
pub fn is_safe_path(path: &str) -> bool {
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
            assert!(is_safe_path(name), "{name}");
        }
        for name in ["", "/", "../secret", "a/../b", "a//b", "/etc/passwd", ".env", "a/.git", "%2e%2e/x", "a\\b", "a\0", "c:x"] {
            assert!(!is_safe_path(name), "{name}");
        }
    }
}
