//! Reports the steps of a long run as they end, and sums them up in a last line.

use std::{process::Command, time::Instant};

use crate::{Result, process, test_counts::TestCounts};

/// The results so far.
#[derive(Default)]
pub struct Report {
    tests: TestCounts,
    faults: Vec<String>,
}

impl Report {
    /// Runs a step; returns whether it succeeded. A failed step counts as one failed test.
    pub fn check(&mut self, title: &str, step: impl FnOnce() -> Result) -> bool {
        self.step(title, || step().map(|()| TestCounts::default()))
    }

    /// Runs a step of tests; `count` reads the numbers from its output.
    pub fn tests(&mut self, title: &str, count: fn(&str) -> TestCounts, command: impl FnOnce() -> Result<Command>) -> bool {
        self.step(title, || {
            let (succeeded, output) = process::run_and_read(&mut command()?)?;
            let mut tests = count(&output);
            if !succeeded && tests.failed == 0 {
                println!("The test runner failed before it had run all tests.");
                tests.failed = 1;
            }
            Ok(tests)
        })
    }

    /// Prints the last line; returns whether everything succeeded.
    pub fn close(self) -> bool {
        println!();
        for fault in &self.faults {
            println!("FAILED {fault}");
        }
        println!("{}", self.tests);
        self.faults.is_empty()
    }

    fn step(&mut self, title: &str, step: impl FnOnce() -> Result<TestCounts>) -> bool {
        println!("\n== {title} ==");
        let start = Instant::now();
        let outcome = step();
        let seconds = start.elapsed().as_secs();
        let fault = match outcome {
            Ok(tests) => {
                self.tests += tests;
                (tests.failed > 0).then(|| tests.to_string())
            }
            Err(error) => {
                self.tests.failed += 1;
                Some(error.to_string())
            }
        };
        match fault {
            None => println!("{title}: passed, {seconds} s"),
            Some(ref fault) => {
                println!("{title}: FAILED, {fault}, {seconds} s");
                self.faults.push(format!("{title}: {fault}"));
            }
        }
        fault.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Result<Command> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Ok(command)
    }

    #[test]
    fn a_failed_step_is_a_failed_test() {
        let mut report = Report::default();
        assert!(report.check("good", || Ok(())));
        assert!(report.tests("tests", TestCounts::of_cargo, || shell("echo 'test result: ok. 2 passed; 0 failed; 1 ignored'")));
        assert!(!report.check("bad", || Err("no".into())));
        assert_eq!(report.tests, TestCounts { passed: 2, failed: 1, skipped: 1 });
        assert!(!report.close());
    }

    #[test]
    fn a_runner_is_believed_only_when_it_agrees_with_its_exit_code() {
        let mut report = Report::default();
        assert!(!report.tests("counted", TestCounts::of_cargo, || shell("echo 'test result: FAILED. 1 passed; 2 failed'; exit 101")));
        assert_eq!(report.tests, TestCounts { passed: 1, failed: 2, skipped: 0 });
        assert!(!report.tests("crashed", TestCounts::of_cargo, || shell("echo 'test result: ok. 1 passed; 0 failed'; exit 101")));
        assert_eq!(report.tests, TestCounts { passed: 2, failed: 3, skipped: 0 });
    }
}
