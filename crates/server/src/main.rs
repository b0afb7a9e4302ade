//! The binary: hands the command line over and turns its answer into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    campanile_server::cli::main()
}
