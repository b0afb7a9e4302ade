//! The project's commands, as `cargo xtask …`: to start the demo, and to build and test everything.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks on the terminal")]

mod apt;
mod compress;
mod dist;
#[cfg(test)]
mod documents;
mod entry_script;
mod files;
mod join_modules;
mod locales;
mod minify;
mod page_icon;
mod process;
mod report;
mod run;
mod style_sheets;
mod test;
mod test_counts;
mod tools;
mod wasm_split;
mod wasm_strip;
mod workspace;

use std::{error::Error, process::ExitCode};

use workspace::Workspace;

/// The result of a command. The error is a text for the terminal.
type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

const HELP: &str = "\
Usage: cargo xtask <command>

Commands:
  run [arguments]   Build the console and the server, and start the demo on http://127.0.0.1:8080
  test              Check and test everything: formatting, clippy, native, wasm and browser tests,
                    and third-party clients against the release binary
  dist              Build the console into dist/, ready for any web server
  help              Print this help, or the help of one command: cargo xtask help run

Missing tools are installed first: the wasm32 target, trunk and wasm-bindgen; for the tests also
Chromium and nginx (by apt-get), npm packages and Python packages.";

const HELP_RUN: &str = "\
Usage: cargo xtask run [arguments of `campanile demo`]

Builds dist/ and the release binary if their sources changed, then starts `campanile demo`: a
server with a demo tenant and an embedded database. It prints a sign-in link. Ctrl-C stops it.
`cargo xtask run --help` lists the arguments that are passed on.";

const HELP_TEST: &str = "\
Usage: cargo xtask test

Runs every check in order and continues after a failure if possible. The last line is
`N passed, N failed`. The exit code is 0 only if nothing failed.";

const HELP_DIST: &str = "\
Usage: cargo xtask dist

Builds the console with trunk into dist/ and adds a .br and a .gz copy of every file that
compresses. Does nothing if no source changed. Any web server can serve dist/, under any path. If
the API server has another origin, dist/config.json names it.";

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
        ["dist"] => Workspace::open().and_then(|workspace| dist::build(&workspace)),
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
