//! The binary: hands the command line over and turns its answer into an exit code.

use std::process::ExitCode;

/// Most memory is taken for a request and given back by the store's thread, which mimalloc is made
/// for: a sixth more notifications a second than with glibc's allocator.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    campanile_server::cli::main()
}
