//! Servers as processes of their own, and what they cost.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Stdio,
};

use campanile_server::{config::Config, serve as server};
use clap::Args;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// How a server under test is started.
#[derive(Args)]
pub struct Served {
    /// The folder of its database.
    #[arg(long)]
    data: PathBuf,
}

/// Serves until the parent ends it; prints its address first.
pub async fn serve(served: Served) -> Result<(), Box<dyn std::error::Error>> {
    let flags = serde_json::json!({ "server": { "listen": "127.0.0.1:0" }, "store": { "data": served.data } });
    let running = server::start(Config::load(None, flags)?).await?;
    announce(running.address)?;
    running.wait().await;
    Ok(())
}

/// Says where a server listens, for the parent to read.
pub fn announce(address: SocketAddr) -> std::io::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout();
    writeln!(out, "{}", address.port())?;
    out.flush()
}

/// A running child; it ends with this value.
pub struct Process {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Process {
    /// The server under test on a folder.
    pub async fn server(data: &Path) -> std::io::Result<Self> {
        Self::start(Command::new(std::env::current_exe()?).arg("serve").arg("--data").arg(data)).await
    }

    /// One of the peers, by its hidden command.
    pub async fn peer(name: &str) -> std::io::Result<Self> {
        Self::start(Command::new(std::env::current_exe()?).arg(name)).await
    }

    async fn start(command: &mut Command) -> std::io::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let out = child.stdout.take().ok_or_else(|| std::io::Error::other("the child has no output"))?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).await?;
        let port = line.trim().parse().map_err(|_| std::io::Error::other("the child did not say where it listens"))?;
        Ok(Self { child, address: (Ipv4Addr::LOCALHOST, port).into() })
    }

    /// Its resident memory now, in bytes.
    pub fn resident(&self) -> std::io::Result<u64> {
        let id = self.child.id().ok_or_else(|| std::io::Error::other("the child has ended"))?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: Option<u64> = line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|kib| kib.parse().ok());
        kib.map(|kib| kib * 1024).ok_or_else(|| std::io::Error::other("no resident memory is told"))
    }
}
