//! Runs other programs. Their command line is printed before they start.

use std::{
    io::{BufRead, BufReader, IsTerminal},
    process::{Command, Stdio},
};

use crate::Result;

/// Runs a program and shows its output on the terminal.
///
/// # Errors
/// The program cannot be started, or its exit code is not 0.
pub fn run(command: &mut Command) -> Result {
    announce(command);
    let status = command.status().map_err(|error| unstartable(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", name(command)).into()) }
}

/// Runs a program as [`run`] does; returns its standard output and whether it succeeded.
///
/// # Errors
/// The program cannot be started.
pub fn run_and_read(command: &mut Command) -> Result<(bool, String)> {
    announce(command);
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| unstartable(command, &error))?;
    let mut text = String::new();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            text.push_str(&line);
            text.push('\n');
        }
    }
    Ok((child.wait()?.success(), text))
}

/// Runs a program without showing its output; returns its standard output, or `None` if it is missing or fails.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn announce(command: &Command) {
    let words: Vec<_> = std::iter::once(command.get_program()).chain(command.get_args()).map(|word| word.to_string_lossy()).collect();
    let line = words.join(" ");
    if std::io::stdout().is_terminal() { println!("\x1b[2m$ {line}\x1b[0m") } else { println!("$ {line}") }
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn unstartable(command: &Command, error: &std::io::Error) -> String {
    format!("{} cannot be started: {error}", name(command))
}
