//! The project's own commands, as `cargo xtask …`: what a newcomer types first and what continuous
//! integration runs. It knows how the parts are built and tested, and nothing of what they do.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks on the terminal")]

mod compress;
mod debian;
#[cfg(test)]
mod documents;
mod entry_script;
mod files;
mod layout;
mod locales;
mod minify;
mod process;
mod report;
mod run;
mod short_names;
mod site;
mod split;
mod style_sheets;
mod tally;
mod test;
mod tools;
mod workspace;

use std::{error::Error, process::ExitCode};

use workspace::Workspace;

/// What a command ends with: nothing, or a sentence for the person at the terminal.
type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

const HELP: &str = "\
Usage: cargo xtask <command>

Commands:
  run [arguments]   Build the console and the server, and start the demo on http://127.0.0.1:8080
  test              Check and test everything: formatting, clippy, native, wasm and browser tests,
                    and clients of others against the release binary
  dist              Build the console into dist/, ready for any web server
  help              Print this, or more about one command: cargo xtask help run

What is missing is installed first: the wasm32 target, trunk, wasm-bindgen, and for the tests
Chromium, nginx (both by apt-get), npm packages and Python packages.";

const HELP_RUN: &str = "\
Usage: cargo xtask run [arguments of `campanile demo`]

Builds dist/ and the release binary where their sources changed, then starts `campanile demo`:
a server with a demo tenant, an embedded database, and a sign-in link printed on the terminal.
Ctrl-C ends it. `cargo xtask run --help` lists the arguments that are passed on.";

const HELP_TEST: &str = "\
Usage: cargo xtask test

Runs every check in order, goes on after a failure where it can, and closes with the line
`N passed, N failed`. The exit code is 0 only if nothing failed.";

const HELP_DIST: &str = "\
Usage: cargo xtask dist

Builds the console with trunk into dist/ and puts a .br and a .gz copy beside every file that
compresses. Nothing is done when no source changed. dist/ can be served by any web server, under
any path; dist/config.json names the API server when that is of another origin.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["run", rest @ ..] => Workspace::open().and_then(|workspace| run::run(&workspace, rest)),
        ["test"] => match Workspace::open().map(|workspace| test::run(&workspace)) {
            Ok(true) => Ok(()),
            Ok(false) => return ExitCode::FAILURE,
            Err(error) => Err(error),
        },
        ["dist"] => Workspace::open().and_then(|workspace| site::build(&workspace)),
        ["help", "run"] => help(HELP_RUN),
        ["help", "test"] | ["test", "-h" | "--help"] => help(HELP_TEST),
        ["help", "dist"] | ["dist", "-h" | "--help"] => help(HELP_DIST),
        ["help" | "-h" | "--help"] => help(HELP),
        _ => {
            eprintln!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn help(text: &str) -> Result {
    println!("{text}");
    Ok(())
}
