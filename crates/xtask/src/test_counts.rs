//! Reads the numbers of passed and failed tests from the output of test runners.

use std::{
    fmt,
    ops::{Add, AddAssign},
};

/// Counts of tests.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct TestCounts {
    /// Tests that passed.
    pub passed: usize,
    /// Tests that failed.
    pub failed: usize,
    /// Tests that did not run.
    pub skipped: usize,
}

impl TestCounts {
    /// Reads the output of `cargo test` and `wasm-bindgen-test-runner`: one line `test result: …` per binary.
    pub fn of_cargo(output: &str) -> Self {
        let mut sum = Self::default();
        for line in output.lines().filter_map(|line| line.trim().strip_prefix("test result:")) {
            for part in line.split(['.', ';']) {
                sum.count(part, &[("passed", Outcome::Passed), ("failed", Outcome::Failed), ("ignored", Outcome::Skipped)]);
            }
        }
        sum
    }

    /// Reads the last lines of `node --test`, such as `ℹ pass 3`.
    pub fn of_node(output: &str) -> Self {
        let mut sum = Self::default();
        for line in output.lines().filter_map(|line| line.strip_prefix("ℹ ")) {
            if let Some((word, number)) = line.split_once(' ') {
                let turned = format!("{number} {word}");
                sum.count(
                    &turned,
                    &[
                        ("pass", Outcome::Passed),
                        ("fail", Outcome::Failed),
                        ("cancelled", Outcome::Failed),
                        ("skipped", Outcome::Skipped),
                        ("todo", Outcome::Skipped),
                    ],
                );
            }
        }
        sum
    }

    /// Reads the last lines of Playwright, such as `3 passed (4.5s)`.
    pub fn of_playwright(output: &str) -> Self {
        let mut sum = Self::default();
        for line in output.lines().filter(|line| line.starts_with("  ")) {
            sum.count(
                line.split(" (").next().unwrap_or_default(),
                &[
                    ("passed", Outcome::Passed),
                    ("failed", Outcome::Failed),
                    ("flaky", Outcome::Failed),
                    ("interrupted", Outcome::Failed),
                    ("skipped", Outcome::Skipped),
                    ("did not run", Outcome::Skipped),
                ],
            );
        }
        sum
    }

    /// Adds a text such as `12 passed`, if its word is one of `words`.
    fn count(&mut self, text: &str, words: &[(&str, Outcome)]) {
        let Some((number, word)) = text.trim().split_once(' ') else { return };
        let (Ok(number), Some((_, outcome))) = (number.parse::<usize>(), words.iter().find(|(known, _)| *known == word)) else { return };
        match outcome {
            Outcome::Passed => self.passed += number,
            Outcome::Failed => self.failed += number,
            Outcome::Skipped => self.skipped += number,
        }
    }
}

#[derive(Clone, Copy)]
enum Outcome {
    Passed,
    Failed,
    Skipped,
}

impl Add for TestCounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed, skipped: self.skipped + other.skipped }
    }
}

impl AddAssign for TestCounts {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// `3 passed, 0 failed`, and `, 1 skipped` if there are any.
impl fmt::Display for TestCounts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(formatter, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: usize, failed: usize, skipped: usize) -> TestCounts {
        TestCounts { passed, failed, skipped }
    }

    #[test]
    fn cargo_binaries_are_summed() {
        let output = "running 2 tests\ntest a ... ok\n\ntest result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\ntest result: FAILED. 3 passed; 4 failed; 0 ignored; 0 measured; 7 filtered out; finished in 1.02s\n";
        assert_eq!(TestCounts::of_cargo(output), counts(5, 4, 1));
    }

    #[test]
    fn node_lines_are_read() {
        let output =
            "✔ 9 pass (1ms)\nℹ tests 6\nℹ suites 0\nℹ pass 3\nℹ fail 1\nℹ cancelled 0\nℹ skipped 2\nℹ todo 0\nℹ duration_ms 88.5\n";
        assert_eq!(TestCounts::of_node(output), counts(3, 1, 2));
    }

    #[test]
    fn playwright_lines_are_read() {
        let output = "Running 6 tests using 1 worker\n  ✓  1 a.spec.ts:3:1 › 7 passed (1.0s)\n  1 failed\n    a.spec.ts:9:1 › b ─────\n  2 did not run\n  1 flaky\n  3 passed (4.5s)\n";
        assert_eq!(TestCounts::of_playwright(output), counts(3, 2, 2));
    }

    #[test]
    fn the_closing_line_has_its_exact_form() {
        assert_eq!(counts(3, 0, 0).to_string(), "3 passed, 0 failed");
        assert_eq!((counts(3, 0, 0) + counts(0, 1, 2)).to_string(), "3 passed, 1 failed, 2 skipped");
    }
}
