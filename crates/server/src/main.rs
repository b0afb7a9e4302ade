//! The binary: hands the command line over and turns its answer into an exit code.

use std::process::ExitCode;

/// Most memory is taken for a request on one thread and given back on the store's, which mimalloc is
/// made for; a profile showed glibc's allocator busy with that.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    campanile_server::cli::main()
}
