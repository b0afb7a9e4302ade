//! The binary `campanile`. It runs the command line and returns its exit code.

use std::process::ExitCode;

/// Most memory is allocated on a request's thread and freed on the store's. mimalloc is fast at this;
/// in a profile, glibc's allocator was not.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    campanile_server::cli::main()
}
