//! Operations on whole folders: list the files, detect changes, mirror one folder to another.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::Result;

/// Returns every file in a folder and its subfolders, sorted. A path to a file gives that file; a missing path gives
/// nothing. Folders named in `without` are left out.
pub fn all(folder: &Path, without: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if folder.is_file() {
        found.push(folder.to_owned());
    } else if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() && entry.file_name().to_str().is_some_and(|name| without.contains(&name)) {
                continue;
            }
            found.extend(all(&entry.path(), without)?);
        }
        found.sort();
    }
    Ok(found)
}

/// Returns a hash of the files' names and contents, in hexadecimal.
pub fn digest(files: &[PathBuf]) -> Result<String> {
    let mut hash = Sha256::new();
    for file in files {
        let content = fs::read(file)?;
        hash.update(file.as_os_str().as_encoded_bytes());
        hash.update([0]);
        hash.update(content.len().to_le_bytes());
        hash.update(content);
    }
    Ok(hexadecimal(&hash.finalize()))
}

/// Writes bytes in hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns a file's content, or `None` if the file does not exist.
pub fn read_if_there(file: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(file) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", file.display()).into()),
    }
}

/// Makes `to` equal to `from`. Unchanged files are not written, so that cargo does not rebuild the crate that embeds
/// them.
pub fn mirror(from: &Path, to: &Path) -> Result {
    fs::create_dir_all(to)?;
    for file in all(to, &[])? {
        if !from.join(file.strip_prefix(to)?).is_file() {
            fs::remove_file(file)?;
        }
    }
    for file in all(from, &[])? {
        let target = to.join(file.strip_prefix(from)?);
        let content = fs::read(&file)?;
        if read_if_there(&target)?.as_ref() != Some(&content) {
            if let Some(folder) = target.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&target, content)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, file: &str, content: &str) {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }

    #[test]
    fn a_mirror_adds_changes_and_removes() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        write(from.path(), "same", "1");
        write(from.path(), "below/new", "2");
        write(from.path(), "changed", "3");
        write(to.path(), "same", "1");
        write(to.path(), "changed", "old");
        write(to.path(), "gone", "4");
        let untouched = fs::metadata(to.path().join("same")).unwrap().modified().unwrap();
        mirror(from.path(), to.path()).unwrap();
        let names: Vec<_> =
            all(to.path(), &[]).unwrap().iter().map(|file| file.strip_prefix(to.path()).unwrap().to_str().unwrap().to_owned()).collect();
        assert_eq!(names, ["below/new", "changed", "same"]);
        assert_eq!(fs::read_to_string(to.path().join("changed")).unwrap(), "3");
        assert_eq!(fs::metadata(to.path().join("same")).unwrap().modified().unwrap(), untouched);
    }

    #[test]
    fn the_digest_follows_names_and_contents_but_not_excluded_folders() {
        let folder = tempfile::tempdir().unwrap();
        let hash = || digest(&all(folder.path(), &["node_modules"]).unwrap()).unwrap();
        write(folder.path(), "a", "1");
        let first = hash();
        write(folder.path(), "node_modules/b", "2");
        assert_eq!(hash(), first);
        write(folder.path(), "a", "2");
        let second = hash();
        assert_ne!(second, first);
        write(folder.path(), "c", "");
        assert_ne!(hash(), second);
    }
}
