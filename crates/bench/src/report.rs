//! Prints results as a table: what was measured, the value, and whether it meets its goal.

use std::io::Write;

/// A table of results.
#[derive(Default)]
pub struct Report(Vec<[String; 3]>);

impl Report {
    /// Adds a value without a goal.
    pub fn row(&mut self, what: &str, figure: impl Into<String>) {
        self.0.push([what.to_owned(), figure.into(), String::new()]);
    }

    /// Adds a value with a goal. `reached` says whether the goal is met.
    pub fn goal(&mut self, what: &str, figure: impl Into<String>, reach: &str, reached: bool) {
        let verdict = if reached { "reached" } else { "MISSED" };
        self.0.push([what.to_owned(), figure.into(), format!("{reach}: {verdict}")]);
    }

    /// Prints the table with a title.
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

/// The percentile of sorted values. `share` is between 0 and 1.
pub fn percentile<T: Copy>(sorted: &[T], share: f64) -> Option<T> {
    let index = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(index.saturating_sub(1)).copied()
}
