//! Checks that the paths and links in documents and comments exist: files, pages and headings.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{files, workspace::Workspace};

/// The folders to read, and the folders whose paths are checked.
const FOLDERS: [&str; 5] = ["crates/", "deploy/", "docs/", "frontend/", "shared/"];
/// Folders with generated files, which are skipped.
const MADE: [&str; 3] = ["dist", "node_modules", "target"];
/// The extensions of documents and of files with comments.
const TEXTS: [&str; 8] = [".css", ".html", ".js", ".md", ".rs", ".sql", ".toml", ".ts"];

/// Returns every text file of the workspace, with its path.
fn texts(workspace: &Workspace) -> Vec<(PathBuf, String)> {
    let root = workspace.file("");
    let top = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let below = FOLDERS.iter().flat_map(|folder| files::all(&root.join(folder), &MADE).unwrap());
    let is_text = |path: &PathBuf| TEXTS.iter().any(|end| path.to_string_lossy().ends_with(end));
    top.chain(below).filter(is_text).map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// Returns the paths that a text has in backticks.
fn named(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    quoted.filter(|quoted| {
        let is_path = quoted.chars().all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter));
        is_path && FOLDERS.iter().any(|folder| quoted.starts_with(folder))
    })
}

/// Returns the targets of a document's links, except URLs.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0)).filter(|target| !target.contains("://"))
}

/// Returns the anchors of a document's headings, in GitHub's format.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter(|line| line.starts_with('#')).map(|line| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
    })
}

#[test]
fn every_path_that_is_named_is_there() {
    let workspace = Workspace::open().unwrap();
    let mut gone = Vec::new();
    for (path, text) in texts(&workspace) {
        gone.extend(named(&text).filter(|named| !workspace.file(named).exists()).map(|named| format!("{}: {named}", path.display())));
    }
    assert!(gone.is_empty(), "{}", gone.join("\n"));
}

#[test]
fn every_link_of_a_document_leads_somewhere() {
    let workspace = Workspace::open().unwrap();
    let mut broken = Vec::new();
    for (path, text) in texts(&workspace).into_iter().filter(|(path, _)| path.extension().is_some_and(|end| end == "md")) {
        for link in links(&text) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { path.parent().unwrap_or(Path::new("")).join(file) };
            let leads =
                target.exists() && (anchor.is_empty() || anchors(&fs::read_to_string(&target).unwrap()).any(|there| there == anchor));
            if !leads {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_column_that_is_named_exists() {
    let workspace = Workspace::open().unwrap();
    let read = |path: &str| fs::read_to_string(workspace.file(path)).unwrap();
    let schema = read("crates/store/migrations/sqlite/0001_schema.sql");
    let has = |table: &str, column: &str| {
        let definition = schema.split_once(&format!("TABLE {table} ")).and_then(|(_, rest)| rest.split_once(");"));
        definition.is_some_and(|(columns, _)| columns.lines().any(|line| line.split_whitespace().next() == Some(column)))
    };
    let page = read("docs/security.md");
    let table = page.split("| Where (table.column) |").nth(1).unwrap().split("\n\n").next().unwrap();
    let is_name = |text: &str| text.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
    let names = table.split('`').skip(1).step_by(2).filter_map(|name| name.split_once('.'));
    let columns = names.filter(|(table, column)| is_name(table) && is_name(column));
    let missing: Vec<_> = columns.clone().filter(|(table, column)| !has(table, column)).collect();
    assert!(missing.is_empty() && columns.count() > 10, "{missing:?}");
}

#[test]
fn paths_links_and_anchors_are_found() {
    assert_eq!(
        named("see `crates/xtask/src` and `cargo run`, `docs/*.md`\n`shared/`").collect::<Vec<_>>(),
        ["crates/xtask/src", "shared/"]
    );
    assert_eq!(links("[a](b.md#c), [d](https://e.example)").collect::<Vec<_>>(), ["b.md#c"]);
    assert_eq!(anchors("# A `b`, C-d\ntext").collect::<Vec<_>>(), ["a-b-c-d"]);
}
