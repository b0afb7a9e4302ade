//! Reproducible benchmarks: what Campanile does, beside a limit of this machine measured in the
//! same run, so that the ratio means something on any machine.
//!
//! Servers under test run as processes of their own (this program again, with a hidden command),
//! so that their memory and processor time are theirs alone.

mod browser;
mod bytes;
mod deliver;
mod directory;
mod fanout;
mod idle;
mod inbox;
mod ingest;
mod load;
mod peers;
mod process;
mod seed;
mod sinks;
mod table;

use clap::{Parser, Subcommand};

/// Benchmarks of Campanile. Build with --release, and leave the machine alone meanwhile.
#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// Durable notifications a second through the Citrix dialect.
    Ingest {
        /// How long each part runs, in seconds.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// One send to everyone with many open event streams.
    Fanout {
        /// How many streams.
        #[arg(long, default_value_t = 10_000)]
        streams: usize,
    },
    /// Pages and counts in a large tenant.
    Inbox {
        /// How many notifications, and how many people.
        #[arg(long, default_value_t = 1_000_000)]
        size: u32,
    },
    /// Mails and POSTs a second out of the outbox.
    Deliver {
        /// How many of each.
        #[arg(long, default_value_t = 50_000)]
        count: u32,
    },
    /// A large directory imported and exported.
    Directory {
        /// How many relations; a tenth as many people hold them.
        #[arg(long, default_value_t = 1_000_000)]
        tuples: u32,
    },
    /// What a person with a browser waits for.
    Browser {
        /// How many items the long inbox holds.
        #[arg(long, default_value_t = 100_000)]
        items: u32,
        /// How long an idle console is watched, in seconds.
        #[arg(long, default_value_t = 120)]
        quiet: u64,
    },
    /// What a browser downloads.
    Bytes,
    /// Memory of an idle server with the demo's data.
    Idle,
    /// The server under test.
    #[command(hide = true)]
    Serve(process::Served),
    /// An HTTP handler that does nothing.
    #[command(hide = true)]
    Empty,
    /// A server that writes the same bytes to every open connection and does nothing else.
    #[command(hide = true)]
    BareStreams,
    /// An SMTP server that takes every mail and keeps none.
    #[command(hide = true)]
    SmtpSink,
    /// A receiver of POSTs that takes every one and keeps none.
    #[command(hide = true)]
    HttpSink,
}

/// As in the binary, whose server runs in here.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    match Line::parse().bench {
        Bench::Ingest { seconds } => ingest::run(std::time::Duration::from_secs(seconds)).await,
        Bench::Fanout { streams } => fanout::run(streams).await,
        Bench::Inbox { size } => inbox::run(size).await,
        Bench::Deliver { count } => deliver::run(count).await,
        Bench::Directory { tuples } => directory::run(tuples).await,
        Bench::Browser { items, quiet } => browser::run(items, quiet).await,
        Bench::Bytes => bytes::run(),
        Bench::Idle => idle::run().await,
        Bench::Serve(served) => process::serve(served).await,
        Bench::Empty => peers::empty_handler().await,
        Bench::BareStreams => peers::bare_streams().await,
        Bench::SmtpSink => sinks::smtp().await,
        Bench::HttpSink => sinks::http().await,
    }
}
