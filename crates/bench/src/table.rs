//! A short table on the terminal: what was measured, how much, and whether it reaches far enough.

use std::io::Write;

/// The rows of a table.
#[derive(Default)]
pub struct Table(Vec<[String; 3]>);

impl Table {
    /// A figure that stands for itself.
    pub fn row(&mut self, what: &str, figure: impl Into<String>) {
        self.0.push([what.to_owned(), figure.into(), String::new()]);
    }

    /// A figure with a reach: `reached` says whether it got there.
    pub fn reach(&mut self, what: &str, figure: impl Into<String>, reach: &str, reached: bool) {
        let verdict = if reached { "reached" } else { "MISSED" };
        self.0.push([what.to_owned(), figure.into(), format!("{reach}: {verdict}")]);
    }

    /// Prints the table under its title.
    pub fn print(&self, title: &str) -> std::io::Result<()> {
        let width = |column: usize| self.0.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let (first, second) = (width(0), width(1));
        let mut out = std::io::stdout().lock();
        writeln!(out, "\n{title}")?;
        for [what, figure, reach] in &self.0 {
            writeln!(out, "  {what:<first$}  {figure:>second$}  {reach}")?;
        }
        Ok(())
    }
}

/// The value below which `share` (0 to 1) of the sorted values lie.
pub fn percentile<T: Copy>(sorted: &[T], share: f64) -> Option<T> {
    let index = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(index.saturating_sub(1)).copied()
}
