//! Download sizes as the server sends the files: brotli at its highest quality.

use std::path::{Path, PathBuf};

use crate::report::Report;

/// Measures the files in `dist/`.
pub fn run() -> Result<(), Box<dyn std::error::Error>> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dist");
    let files = files(&dist).map_err(|error| format!("there is no dist/ ({error}); make it with: cargo xtask dist"))?;
    let sum = |wanted: &dyn Fn(&str) -> bool| -> Result<u64, std::io::Error> {
        let chosen = files.iter().filter(|file| {
            let name = file.strip_prefix(&dist).ok().and_then(Path::to_str).unwrap_or_default().trim_end_matches(".br").to_owned();
            file.extension().is_some_and(|end| end == "br") && wanted(&name)
        });
        chosen.map(|file| Ok(std::fs::metadata(file)?.len())).sum()
    };
    let element = sum(&|name| matches!(name, "campanile.js" | "live.js"))?;
    let panel = sum(&|name| name.starts_with("panel") || name == "locales/en.panel.json")?;
    let embedded = |name: &str| name.starts_with("panel") || name.starts_with("campanile.") || name == "sw.js";
    // Parts of the program, styles and texts that are loaded on demand.
    let late = |name: &str| {
        name.ends_with(".wasm") && !name.starts_with("console-") || name.starts_with("later-") || name == "locales/en.later.json"
    };
    let console = sum(&|name| {
        let other_locale = name.starts_with("locales/") && name != "locales/en.json";
        !embedded(name) && !other_locale && !late(name)
    })?;
    let mut table = Report::default();
    let mut fits = true;
    for (what, size, limit) in
        [("element before the first open", element, 5_000), ("panel", panel, 50_000), ("first load of the console", console, 225_000)]
    {
        let reached = (1..=limit).contains(&size);
        fits &= reached;
        table.goal(what, format!("{size} B"), &format!("≤ {limit} B"), reached);
    }
    table.row("parts of the console that come later", format!("{} B", sum(&|name| late(name) && !embedded(name))?));
    table.print("bytes: dist/, brotli 11")?;
    if fits { Ok(()) } else { Err("dist/ is larger than the limits above".into()) }
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #[test]
    #[ignore = "needs dist/: `cargo xtask test` runs it after it has built that"]
    fn dist_is_within_its_limits() {
        super::run().unwrap();
    }
}
