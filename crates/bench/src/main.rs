//! Reproducible benchmarks. Each compares Campanile with a baseline measured in the same run, so that the ratio is meaningful on
//! any machine.
//!
//! The servers under test run as separate processes (this program with a hidden command), so that their memory and processor
//! time can be measured alone.

mod baselines;
mod browser;
mod bytes;
mod deliver;
mod directory;
mod fanout;
mod idle;
mod inbox;
mod ingest;
mod load;
mod process;
mod receivers;
mod report;
mod seed;

use clap::{Parser, Subcommand};

/// Benchmarks of Campanile. Build with --release, and run nothing else on the machine.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// Durable notifications per second through the Citrix dialect.
    Ingest {
        /// The duration of each part, in seconds.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// A notification to everyone with many open event streams.
    Fanout {
        /// The number of streams.
        #[arg(long, default_value_t = 10_000)]
        streams: usize,
    },
    /// Pages and counts in a large tenant.
    Inbox {
        /// The number of notifications and of people.
        #[arg(long, default_value_t = 1_000_000)]
        size: u32,
    },
    /// E-mails and POSTs per second from the outbox.
    Deliver {
        /// The number of each.
        #[arg(long, default_value_t = 50_000)]
        count: u32,
    },
    /// Import and export of a large directory.
    Directory {
        /// The number of relations. The number of people is a tenth of it.
        #[arg(long, default_value_t = 1_000_000)]
        tuples: u32,
    },
    /// Waiting times in the browser.
    Browser {
        /// The number of items in the long inbox.
        #[arg(long, default_value_t = 100_000)]
        items: u32,
        /// How long an idle console is observed, in seconds.
        #[arg(long, default_value_t = 120)]
        quiet: u64,
    },
    /// Download sizes in the browser.
    Bytes,
    /// Memory of an idle server with a few people and notifications.
    Idle,
    /// The server under test.
    #[command(hide = true)]
    Serve(process::ServeArgs),
    /// An HTTP handler that does nothing.
    #[command(hide = true)]
    Empty,
    /// A server that only writes the same bytes to every open connection.
    #[command(hide = true)]
    BareStreams,
    /// An SMTP server that accepts and discards every e-mail.
    #[command(hide = true)]
    SmtpSink,
    /// An HTTP receiver that accepts and discards every POST.
    #[command(hide = true)]
    HttpSink,
}

/// The same allocator as in the server's binary.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    match Cli::parse().bench {
        Bench::Ingest { seconds } => ingest::run(std::time::Duration::from_secs(seconds)).await,
        Bench::Fanout { streams } => fanout::run(streams).await,
        Bench::Inbox { size } => inbox::run(size).await,
        Bench::Deliver { count } => deliver::run(count).await,
        Bench::Directory { tuples } => directory::run(tuples).await,
        Bench::Browser { items, quiet } => browser::run(items, quiet).await,
        Bench::Bytes => bytes::run(),
        Bench::Idle => idle::run().await,
        Bench::Serve(served) => process::serve(served).await,
        Bench::Empty => baselines::empty_handler().await,
        Bench::BareStreams => baselines::baseline_streams().await,
        Bench::SmtpSink => receivers::smtp().await,
        Bench::HttpSink => receivers::http().await,
    }
}
