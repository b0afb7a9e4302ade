//! Starts the server: opens the store, builds the state, listens, and runs the background tasks.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use campanile_domain::{Campanile, Clock, Error, Random, SystemClock, SystemRandom, housekeeping::Progress, outbox::Outbox};
use campanile_store::{FileError, Locked, Options, ServerLock, Sqlite};
use tokio::{
    net::TcpListener,
    sync::{Mutex, watch},
    task::JoinHandle,
};

use crate::{
    channels_from_config,
    config::Config,
    cors::AllowedOrigins,
    data_folder::{self, ExposedPath},
    dialects, listen,
    live::{self, Hub},
    metrics::Metrics,
    rate_limits::RateLimits,
    router, security_headers,
    state::{AppState, AppStateInner},
    supervisor::Supervisor,
};

/// The database's file in the data folder.
pub const DATABASE_FILE: &str = "campanile.db";

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
    AlreadyServed {
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
    ExposedFolder(String),
    /// A setting of a channel is invalid.
    #[error("{0}")]
    BadChannelSetting(#[from] campanile_channels::SettingError),
}

/// The cause for an operator, without the generic text that clients get.
fn why(cause: &Error) -> String {
    match cause {
        Error::Unavailable(cause) => cause.to_string(),
        Error::StorageFull => "the disk is full: make room, or choose another folder with --data".to_owned(),
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
pub struct RunningServer {
    /// The address it listens on.
    pub address: SocketAddr,
    /// The address of `server.admin_listen`, if there is one.
    pub admin_address: Option<SocketAddr>,
    /// The use cases.
    pub campanile: Campanile,
    /// The state of the handlers.
    pub app: AppState,
    shutdown: watch::Sender<bool>,
    done: JoinHandle<()>,
}

impl RunningServer {
    /// Waits until the server ends, by itself or by [`RunningServer::stop`].
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
    pub fn shutdown_sender(&self) -> watch::Sender<bool> {
        self.shutdown.clone()
    }
}

/// Opens the store without serving it, for commands.
pub fn open_store(config: &Config, live: Arc<dyn campanile_domain::StoreListener>) -> Result<Campanile, StartError> {
    let campanile = open_store_with(config, live, Arc::new(SystemClock), Arc::new(SystemRandom), None)?;
    warn_if_readable(config);
    Ok(campanile)
}

/// Takes the lock that lets one process serve or replace the database.
pub fn lock_database(config: &Config) -> Result<ServerLock, StartError> {
    let data = &config.store.data;
    let folder = || data.display().to_string();
    data_folder::create(data).map_err(|cause| StartError::Store { folder: folder(), cause: FileError::from_io(&cause, data).into() })?;
    ServerLock::take(&data.join(DATABASE_FILE)).map_err(|locked| match locked {
        Locked::By(process) => {
            StartError::AlreadyServed { folder: folder(), process: process.map(|id| format!(" (process {id})")).unwrap_or_default() }
        }
        Locked::Failed(path, error) => StartError::Store { folder: folder(), cause: FileError::from_io(&error, &path).into() },
    })
}

fn open_store_with(
    config: &Config,
    live: Arc<dyn campanile_domain::StoreListener>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    lock: Option<ServerLock>,
) -> Result<Campanile, StartError> {
    let data = &config.store.data;
    let failed = |cause| StartError::Store { folder: data.display().to_string(), cause };
    let unavailable = |cause: std::io::Error| failed(FileError::from_io(&cause, data).into());
    data_folder::create(data).map_err(unavailable)?;
    let max_bytes = Some(config.store.max_size).filter(|size| *size > 0).map(|size| size * 1024 * 1024);
    let (path, options) = (data.join(DATABASE_FILE), Options { max_bytes, ..Options::default() });
    let store = match lock {
        Some(lock) => Sqlite::serve(&path, options, live, lock),
        None => Sqlite::open(&path, options, live),
    };
    let store = store.map_err(failed)?;
    // Checked last: an error that keeps the database from opening is more important.
    if let Some(exposed) = data_folder::find_exposed(data).map_err(unavailable)?.filter(ExposedPath::is_writable) {
        return Err(StartError::ExposedFolder(exposed.advice()));
    }
    let channels = channels_from_config::channels(config, &clock)?;
    Ok(Campanile::new(Arc::new(store), clock, random).with_channels(channels, dialects::payload_formats()))
}

/// Starts the server with the system's clock and random numbers.
pub async fn start(config: Config) -> Result<RunningServer, StartError> {
    start_with(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await
}

/// Starts the server with the caller's clock and random numbers, for tests.
pub async fn start_with(config: Config, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<RunningServer, StartError> {
    let (hub, hub_sender, commits) = Hub::new(config.live.lag);
    let lock = lock_database(&config)?;
    let campanile = open_store_with(&config, Arc::new(hub_sender), clock.clone(), random, Some(lock))?;
    let address = config.server.listen;
    let (listener, address) = bind(address).await?;
    let admin = match config.server.admin_listen.parse() {
        Ok(address) => Some(bind(address).await?),
        Err(_) => None,
    };
    let admin_address = admin.as_ref().map(|(_, address)| *address);
    let origins = Arc::new(AllowedOrigins::new(&config.console.origins));
    origins.refresh(&campanile).await.map_err(|cause| StartError::Store { folder: config.store.data.display().to_string(), cause })?;
    let heartbeat = Duration::from_secs(config.live.heartbeat);
    let (shutdown, stopped) = watch::channel(false);
    let supervisor = Supervisor::new(clock, stopped.clone());
    let app = AppState::from(AppStateInner {
        campanile: campanile.clone(),
        hub: hub.clone(),
        cors_origins: origins.clone(),
        rate_limits: Arc::new(RateLimits::new(&config)),
        metrics: Arc::new(Metrics::new(supervisor.clone())),
        supervisor: supervisor.clone(),
        thumbnails: channels_from_config::thumbnails(&config)?.map(Arc::new),
        list_limiter: Arc::default(),
        config: Arc::new(config),
    });
    let tasks = start_tasks(&app, Arc::new(Mutex::new(commits)), heartbeat, &stopped);
    let (deliveries, options, stop) = (campanile.clone(), channels_from_config::outbox_options(&app.config), stopped.clone());
    let outbox = supervisor.spawn("outbox", move |_| Outbox::new(deliveries.clone(), options.clone()).run(stop.clone()));
    if let Some((listener, _)) = admin {
        let (routes, mut stopped) = (router::admin_router(app.clone()), stopped.clone());
        let closing = async move { drop(stopped.wait_for(|stop| *stop).await) };
        tokio::spawn(listen::serve(listener, routes, security_headers::for_every_response(), closing));
    }
    let (routes, common_headers) = (router::router(app.clone()), security_headers::for_public_listener(&app.config));
    let mut stopped = stopped;
    let done = tokio::spawn(async move {
        let closing = async move {
            // An error means that the sender is gone and nothing else can stop the server: stop.
            drop(stopped.wait_for(|stop| *stop).await);
            hub.close_all();
        };
        listen::serve(listener, routes, common_headers, closing).await;
        // Wait for all tasks: deliveries in progress are recorded before the store closes.
        for task in tasks.into_iter().chain([outbox]) {
            drop(task.await);
        }
    });
    warn_if_readable(&app.config);
    Ok(RunningServer { address, admin_address, campanile, app, shutdown, done })
}

/// Logs a warning when other users of the machine can read the data.
fn warn_if_readable(config: &Config) {
    if let Ok(Some(exposed)) = data_folder::find_exposed(&config.store.data) {
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
fn start_tasks(app: &AppState, commits: live::CommitReceiver, heartbeat: Duration, stopped: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
    let stop = || stopped.clone();
    let (hub, campanile, origins) = (app.hub.clone(), app.campanile.clone(), app.cors_origins.clone());
    let stopping = stop();
    let hub_task = app.supervisor.spawn("hub", move |start| {
        if start > 0 {
            // The failed run may have lost events. Clients reconnect and catch up from the store.
            hub.close_all();
        }
        until_stopped(stopping.clone(), live::run_hub(hub.clone(), commits.clone(), campanile.clone(), origins.clone()))
    });
    let (hub, clock) = (app.hub.clone(), app.campanile.clone());
    let stopping = stop();
    let heartbeat_task =
        app.supervisor.spawn("heartbeat", move |_| until_stopped(stopping.clone(), hub.clone().run_heartbeat(heartbeat, clock.clone())));
    let (campanile, stopping) = (app.campanile.clone(), stop());
    let store_poll_task =
        app.supervisor.spawn("elsewhere", move |_| until_stopped(stopping.clone(), live::poll_external_changes(campanile.clone())));
    let (state, stopping) = (app.clone(), stop());
    let housekeeping_task = app.supervisor.spawn("housekeeping", move |_| until_stopped(stopping.clone(), run_housekeeping(state.clone())));
    vec![hub_task, heartbeat_task, store_poll_task, housekeeping_task]
}

/// Runs endless work until the server is asked to stop.
async fn until_stopped(mut stop: watch::Receiver<bool>, work: impl Future<Output = ()>) {
    tokio::select! {
        () = work => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

/// The pause of housekeeping when no work is left.
const IDLE_PAUSE: Duration = Duration::from_secs(5);
/// The pause between two steps while work is left, so that requests get their turn.
const BUSY_PAUSE: Duration = Duration::from_millis(50);

async fn run_housekeeping(app: AppState) {
    loop {
        let pause = match app.campanile.housekeeping_step().await {
            Ok(Progress::More) => BUSY_PAUSE,
            Ok(Progress::Done) => IDLE_PAUSE,
            Err(error) => {
                crate::problem::log(&error);
                IDLE_PAUSE
            }
        };
        app.rate_limits.remove_expired();
        tokio::time::sleep(pause).await;
    }
}
