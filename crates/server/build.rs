//! Builds the server again when the console's files that it embeds have changed.

use std::fs;

const DIST: &str = "../../dist";

fn main() {
    // Cargo would build again each time if the folder were not there. Where it cannot be made, it
    // may do so.
    drop(fs::create_dir_all(DIST));
    println!("cargo::rerun-if-changed={DIST}");
}
