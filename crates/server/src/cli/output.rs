//! What commands print: lines on standard output, and the error that ends a command.

use std::io::Write;

/// Why a command fails: one line that says what to do.
pub type CliError = Box<dyn std::error::Error>;

/// Prints a line to standard output.
pub fn print_line(text: &str) -> Result<(), CliError> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
