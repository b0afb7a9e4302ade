//! Writes compressed copies of a folder's files, so that a server does not compress them itself.

use std::{
    ffi::OsString,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};

use crate::{Result, files};

/// The extensions of files to compress. Pictures and fonts are already compressed.
const EXTENSIONS: [&str; 10] = ["css", "html", "ico", "js", "json", "map", "svg", "txt", "wasm", "webmanifest"];

/// Operators edit this file after deployment. A compressed copy would then be out of date.
const NEVER: &str = "config.json";

/// Writes `.br` (quality 11) and `.gz` (level 9) beside each file that they make smaller. Copies in `before`, an
/// earlier state of the same folder, are reused for unchanged files.
pub fn folder(folder: &Path, before: &Path) -> Result {
    for file in files::all(folder, &[])? {
        let compresses = file.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| EXTENSIONS.contains(&extension));
        if !compresses || file.file_name().is_some_and(|name| name == NEVER) {
            continue;
        }
        let content = fs::read(&file)?;
        let earlier = before.join(file.strip_prefix(folder)?);
        let unchanged = files::read_if_there(&earlier)?.as_ref() == Some(&content);
        for (suffix, compress) in [("br", brotli as fn(&[u8]) -> Result<Vec<u8>>), ("gz", gzip)] {
            let kept = if unchanged { files::read_if_there(&beside(&earlier, suffix))? } else { None };
            let compressed = kept.map_or_else(|| compress(&content), Ok)?;
            if compressed.len() < content.len() {
                fs::write(beside(&file, suffix), compressed)?;
            }
        }
    }
    Ok(())
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(".");
    name.push(suffix);
    name.into()
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: content.len(), ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters)?;
    Ok(compressed)
}

/// Omits file name and date, so that equal content gives equal bytes.
fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        files::all(folder, &[]).unwrap().iter().map(|file| file.file_name().unwrap().to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn copies_hold_the_same_content_and_only_where_they_are_smaller() {
        let (site, before) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let text = "bell ".repeat(200);
        fs::write(site.path().join("a.js"), &text).unwrap();
        fs::write(site.path().join("tiny.js"), "1").unwrap();
        fs::write(site.path().join("b.png"), &text).unwrap();
        fs::write(site.path().join("config.json"), &text).unwrap();
        folder(site.path(), before.path()).unwrap();
        assert_eq!(names(site.path()), ["a.js", "a.js.br", "a.js.gz", "b.png", "config.json", "tiny.js"]);

        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut &fs::read(site.path().join("a.js.br")).unwrap()[..], &mut plain).unwrap();
        assert_eq!(plain, text.as_bytes());
        let mut plain = String::new();
        flate2::read::GzDecoder::new(&fs::read(site.path().join("a.js.gz")).unwrap()[..]).read_to_string(&mut plain).unwrap();
        assert_eq!(plain, text);
        assert_eq!(gzip(text.as_bytes()).unwrap(), fs::read(site.path().join("a.js.gz")).unwrap());
    }

    #[test]
    fn copies_of_unchanged_files_are_taken_over() {
        let (site, before) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let text = "bell ".repeat(200);
        for (name, was) in [("same.js", text.clone()), ("changed.js", "other".repeat(200))] {
            fs::write(site.path().join(name), &text).unwrap();
            fs::write(before.path().join(name), was).unwrap();
            fs::write(before.path().join(format!("{name}.br")), "earlier").unwrap();
        }
        folder(site.path(), before.path()).unwrap();
        assert_eq!(fs::read(site.path().join("same.js.br")).unwrap(), b"earlier");
        assert_ne!(fs::read(site.path().join("changed.js.br")).unwrap(), b"earlier");
    }
}
