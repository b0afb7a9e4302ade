//! Starts servers as child processes and measures their memory.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use campanile_server::{config::Config, serve as server};
use clap::Args;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// Changes of the memory up to this size, in bytes, do not count.
const NOISE: u64 = 256 * 1024;
/// The time limit for the memory to settle.
const SETTLE_DEADLINE: Duration = Duration::from_secs(60);

/// The arguments of the hidden command that starts a server under test.
#[derive(Args)]
pub struct ServeArgs {
    /// The data folder.
    #[arg(long)]
    data: PathBuf,
    /// Settings that differ from the defaults, as JSON by section.
    #[arg(long, default_value = "{}")]
    settings: String,
}

/// Runs the server until the parent kills it. Prints its port first.
pub async fn serve(served: ServeArgs) -> Result<(), Box<dyn std::error::Error>> {
    let mut flags: serde_json::Value = serde_json::from_str(&served.settings)?;
    // The rate limit per person would limit the measurement.
    flags["limits"]["person_requests_per_second"] = 0.into();
    flags["server"]["listen"] = "127.0.0.1:0".into();
    flags["store"]["data"] = served.data.to_string_lossy().into();
    let running = server::start(Config::load(None, flags)?).await?;
    print_port(running.address)?;
    running.wait().await;
    Ok(())
}

/// Prints the port on which a server listens, for the parent process.
pub fn print_port(address: SocketAddr) -> std::io::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout();
    writeln!(out, "{}", address.port())?;
    out.flush()
}

/// A running child process. It is killed when this value is dropped.
pub struct Process {
    child: Child,
    /// The address on which it listens.
    pub address: SocketAddr,
}

impl Process {
    /// Starts the server under test on a data folder.
    pub async fn server(data: &Path) -> std::io::Result<Self> {
        Self::server_with(data, &serde_json::json!({})).await
    }

    /// Starts the server under test with settings that differ from the defaults, as JSON by section.
    pub async fn server_with(data: &Path, settings: &serde_json::Value) -> std::io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        Self::start(command.arg("serve").arg("--data").arg(data).arg("--settings").arg(settings.to_string())).await
    }

    /// Starts a baseline server by its hidden command.
    pub async fn baseline(name: &str) -> std::io::Result<Self> {
        Self::start(Command::new(std::env::current_exe()?).arg(name)).await
    }

    async fn start(command: &mut Command) -> std::io::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let out = child.stdout.take().ok_or_else(|| std::io::Error::other("the child has no output"))?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).await?;
        let port = line.trim().parse().map_err(|_| std::io::Error::other("the child did not print its port"))?;
        Ok(Self { child, address: (Ipv4Addr::LOCALHOST, port).into() })
    }

    /// The current resident memory, in bytes.
    pub fn resident_memory(&self) -> std::io::Result<u64> {
        self.memory("VmRSS:")
    }

    /// Waits until the server is idle: its resident memory has not changed by more than 256 KiB for `quiet`. Returns the memory
    /// in bytes.
    pub async fn settled_memory(&self, quiet: Duration) -> std::io::Result<u64> {
        let begin = Instant::now();
        let (mut settled, mut since) = (self.resident_memory()?, begin);
        while since.elapsed() < quiet {
            if begin.elapsed() > SETTLE_DEADLINE {
                return Err(std::io::Error::other("the memory of the server does not settle"));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            let now = self.resident_memory()?;
            if now.abs_diff(settled) > NOISE {
                (settled, since) = (now, Instant::now());
            }
        }
        self.resident_memory()
    }

    /// The peak resident memory, in bytes.
    pub fn peak_memory(&self) -> std::io::Result<u64> {
        self.memory("VmHWM:")
    }

    fn memory(&self, line: &str) -> std::io::Result<u64> {
        let id = self.child.id().ok_or_else(|| std::io::Error::other("the child has ended"))?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let found = status.lines().find_map(|found| found.strip_prefix(line));
        let kib: Option<u64> = found.and_then(|found| found.trim().strip_suffix(" kB")).and_then(|kib| kib.parse().ok());
        kib.map(|kib| kib * 1024).ok_or_else(|| std::io::Error::other("its memory cannot be read"))
    }
}
