//! Rebuilds the server when the console's files, which it embeds, have changed.

use std::fs;

const DIST: &str = "../../dist";

fn main() {
    // Without the folder Cargo would rebuild each time. If it cannot be created, that is acceptable.
    drop(fs::create_dir_all(DIST));
    println!("cargo::rerun-if-changed={DIST}");
}
