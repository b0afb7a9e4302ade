//! Starts the server: opens the store, builds the state, listens, and runs the background tasks.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use campanile_domain::{Campanile, Clock, Error, Random, SystemClock, SystemRandom, outbox::Outbox, retention::Progress};
use campanile_store::{FileError, Locked, Options, ServerLock, Sqlite};
use tokio::{
    net::TcpListener,
    sync::{Mutex, watch},
    task::JoinHandle,
};

use crate::{
    app::{self, App, Shared},
    auth::limit::Limiter,
    config::Config,
    cors::Origins,
    data_folder::{self, Exposed},
    dialects, headers, listen,
    live::{self, Hub},
    metrics::Metrics,
    outgoing,
    supervise::Supervisor,
};

/// The database's file in the data folder.
pub const DATABASE: &str = "campanile.db";

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store cannot be opened.
    #[error("cannot open the database in {folder}: {}", why(cause))]
    Store {
        /// The data folder.
        folder: String,
        /// The cause.
        cause: campanile_domain::Error,
    },
    /// Another process serves the folder.
    #[error("another `campanile serve`{process} uses the folder {folder}; only one server at a time can use it")]
    Taken {
        /// The data folder.
        folder: String,
        /// The process id in parentheses, or empty if it is unknown.
        process: String,
    },
    /// The address is in use, is not an address of this machine, or is not allowed.
    #[error("cannot listen on {address}: {}", why_not_there(cause))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The cause.
        cause: std::io::Error,
    },
    /// Other users of the machine can write to the data folder.
    #[error("{0}; or choose another folder with --data")]
    Exposed(String),
    /// A setting of a channel is invalid.
    #[error("{0}")]
    Outgoing(#[from] campanile_channels::BadSetting),
}

/// The cause for an operator, without the generic text that clients get.
fn why(cause: &Error) -> String {
    match cause {
        Error::Unavailable(cause) => cause.to_string(),
        Error::Full => "the disk is full: make room, or choose another folder with --data".to_owned(),
        other => other.to_string(),
    }
}

/// Why an address cannot be used, and what to do about it.
fn why_not_there(cause: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match cause.kind() {
        ErrorKind::AddrInUse => {
            "another program uses this address: stop it, or choose another address with --listen or server.admin_listen".to_owned()
        }
        ErrorKind::AddrNotAvailable => {
            "this machine has no such address: choose another one with --listen or server.admin_listen".to_owned()
        }
        ErrorKind::PermissionDenied => {
            "permission denied: ports below 1024 need CAP_NET_BIND_SERVICE. Choose a higher port with --listen".to_owned()
        }
        _ => format!("{cause}. Choose another address with --listen"),
    }
}

/// A running server.
pub struct Running {
    /// The address it listens on.
    pub address: SocketAddr,
    /// The address of `server.admin_listen`, if there is one.
    pub admin_address: Option<SocketAddr>,
    /// The use cases.
    pub campanile: Campanile,
    /// The state of the handlers.
    pub app: App,
    shutdown: watch::Sender<bool>,
    done: JoinHandle<()>,
}

impl Running {
    /// Waits until the server ends, by itself or by [`Running::stop`].
    pub async fn wait(self) {
        // An error means that the task panicked, which is logged already.
        drop(self.done.await);
    }

    /// Stops listening, then waits for open requests to finish and for streams to end.
    pub async fn stop(self) {
        let _ = self.shutdown.send(true);
        self.wait().await;
    }

    /// The channel that stops the server: send `true`.
    pub fn stopper(&self) -> watch::Sender<bool> {
        self.shutdown.clone()
    }
}

/// Opens the store without serving it, for commands.
pub fn open(config: &Config, live: Arc<dyn campanile_domain::Live>) -> Result<Campanile, StartError> {
    let campanile = open_at(config, live, Arc::new(SystemClock), Arc::new(SystemRandom), None)?;
    warn_of_readers(config);
    Ok(campanile)
}

/// Takes the lock that lets one process serve or replace the database.
pub fn lock(config: &Config) -> Result<ServerLock, StartError> {
    let data = &config.store.data;
    let folder = || data.display().to_string();
    data_folder::make(data).map_err(|cause| StartError::Store { folder: folder(), cause: FileError::of_system(&cause, data).into() })?;
    ServerLock::take(&data.join(DATABASE)).map_err(|locked| match locked {
        Locked::By(process) => {
            StartError::Taken { folder: folder(), process: process.map(|id| format!(" (process {id})")).unwrap_or_default() }
        }
        Locked::Failed(path, error) => StartError::Store { folder: folder(), cause: FileError::of_system(&error, &path).into() },
    })
}

fn open_at(
    config: &Config,
    live: Arc<dyn campanile_domain::Live>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    lock: Option<ServerLock>,
) -> Result<Campanile, StartError> {
    let data = &config.store.data;
    let failed = |cause| StartError::Store { folder: data.display().to_string(), cause };
    let unavailable = |cause: std::io::Error| failed(FileError::of_system(&cause, data).into());
    data_folder::make(data).map_err(unavailable)?;
    let max_bytes = Some(config.store.max_size).filter(|size| *size > 0).map(|size| size * 1024 * 1024);
    let (path, options) = (data.join(DATABASE), Options { max_bytes, ..Options::default() });
    let store = match lock {
        Some(lock) => Sqlite::serve(&path, options, live, lock),
        None => Sqlite::open(&path, options, live),
    };
    let store = store.map_err(failed)?;
    // Checked last: an error that keeps the database from opening is more important.
    if let Some(exposed) = data_folder::exposed(data).map_err(unavailable)?.filter(Exposed::is_writable) {
        return Err(StartError::Exposed(exposed.advice()));
    }
    let channels = outgoing::channels(config, &clock)?;
    Ok(Campanile::new(Arc::new(store), clock, random).with_channels(channels, dialects::formats()))
}

/// Starts the server with the system's clock and random numbers.
pub async fn start(config: Config) -> Result<Running, StartError> {
    start_at(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await
}

/// Starts the server with the caller's clock and random numbers, for tests.
pub async fn start_at(config: Config, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Running, StartError> {
    let (hub, door, news) = Hub::new(config.live.lag);
    let lock = lock(&config)?;
    let campanile = open_at(&config, Arc::new(door), clock.clone(), random, Some(lock))?;
    let address = config.server.listen;
    let (listener, address) = bind(address).await?;
    let admin = match config.server.admin_listen.parse() {
        Ok(address) => Some(bind(address).await?),
        Err(_) => None,
    };
    let admin_address = admin.as_ref().map(|(_, address)| *address);
    let origins = Arc::new(Origins::new(&config.console.origins));
    origins.refresh(&campanile).await.map_err(|cause| StartError::Store { folder: config.store.data.display().to_string(), cause })?;
    let heartbeat = Duration::from_secs(config.live.heartbeat);
    let (shutdown, stopped) = watch::channel(false);
    let supervisor = Supervisor::new(clock, stopped.clone());
    let app = App::from(Shared {
        campanile: campanile.clone(),
        hub: hub.clone(),
        origins: origins.clone(),
        limiter: Arc::new(Limiter::new(&config)),
        metrics: Arc::new(Metrics::new(supervisor.clone())),
        supervisor: supervisor.clone(),
        pictures: outgoing::pictures(&config)?.map(Arc::new),
        answers: Arc::default(),
        config: Arc::new(config),
    });
    let tasks = start_tasks(&app, Arc::new(Mutex::new(news)), heartbeat, &stopped);
    let (deliveries, options, stop) = (campanile.clone(), outgoing::options(&app.config), stopped.clone());
    let outbox = supervisor.spawn("outbox", move |_| Outbox::new(deliveries.clone(), options.clone()).run(stop.clone()));
    if let Some((listener, _)) = admin {
        let (router, mut stopped) = (app::admin_router(app.clone()), stopped.clone());
        let closing = async move { drop(stopped.wait_for(|stop| *stop).await) };
        tokio::spawn(listen::serve(listener, router, headers::everywhere(), closing));
    }
    let (router, everywhere) = (app::router(app.clone()), headers::for_people(&app.config));
    let mut stopped = stopped;
    let done = tokio::spawn(async move {
        let closing = async move {
            // An error means that the sender is gone and nothing else can stop the server: stop.
            drop(stopped.wait_for(|stop| *stop).await);
            hub.close_all();
        };
        listen::serve(listener, router, everywhere, closing).await;
        // Wait for all tasks: deliveries in progress are recorded before the store closes.
        for task in tasks.into_iter().chain([outbox]) {
            drop(task.await);
        }
    });
    warn_of_readers(&app.config);
    Ok(Running { address, admin_address, campanile, app, shutdown, done })
}

/// Logs a warning when other users of the machine can read the data.
fn warn_of_readers(config: &Config) {
    if let Ok(Some(exposed)) = data_folder::exposed(&config.store.data) {
        tracing::warn!("{}", exposed.advice());
    }
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |cause| StartError::Listen { address, cause };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Starts the background tasks. They run as long as the server.
fn start_tasks(app: &App, news: live::News, heartbeat: Duration, stopped: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
    let stop = || stopped.clone();
    let (hub, kept) = (app.hub.clone(), app.clone());
    let stopping = stop();
    let handing_out = app.supervisor.spawn("hub", move |start| {
        if start > 0 {
            // The failed run may have lost events. Clients reconnect and catch up from the store.
            hub.close_all();
        }
        until_stopped(stopping.clone(), hub.clone().run(news.clone(), kept.clone()))
    });
    let (hub, clock) = (app.hub.clone(), app.campanile.clone());
    let stopping = stop();
    let beating = app.supervisor.spawn("heartbeat", move |_| until_stopped(stopping.clone(), hub.clone().beat(heartbeat, clock.clone())));
    let (campanile, stopping) = (app.campanile.clone(), stop());
    let looking = app.supervisor.spawn("elsewhere", move |_| until_stopped(stopping.clone(), live::look_elsewhere(campanile.clone())));
    let (kept, stopping) = (app.clone(), stop());
    let housekeeping = app.supervisor.spawn("housekeeping", move |_| until_stopped(stopping.clone(), keep_house(kept.clone())));
    vec![handing_out, beating, looking, housekeeping]
}

/// Runs endless work until the server is asked to stop.
async fn until_stopped(mut stop: watch::Receiver<bool>, work: impl Future<Output = ()>) {
    tokio::select! {
        () = work => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

/// The pause of housekeeping when no work is left.
const REST: Duration = Duration::from_secs(5);
/// The pause between two steps while work is left, so that requests get their turn.
const BREATH: Duration = Duration::from_millis(50);

async fn keep_house(app: App) {
    loop {
        let rest = match app.campanile.tidy().await {
            Ok(Progress::More) => BREATH,
            Ok(Progress::Done) => REST,
            Err(error) => {
                crate::problem::log(&error);
                REST
            }
        };
        app.limiter.tidy();
        tokio::time::sleep(rest).await;
    }
}
