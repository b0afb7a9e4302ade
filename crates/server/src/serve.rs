//! Starts the server: opens the store, builds the state, listens, and runs the background tasks.

pub mod database;
mod error;
mod tasks;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use campanile_domain::{Campanile, Clock, Random, Store, SystemClock, SystemRandom, outbox::Outbox};
use tokio::{
    net::TcpListener,
    sync::{Mutex, watch},
    task::JoinHandle,
};

pub use self::error::StartError;
use self::{
    database::{lock_database, open_store, use_cases, warn_if_readable},
    tasks::start_tasks,
};
use crate::{
    channels_from_config,
    config::Config,
    cors::AllowedOrigins,
    listen,
    live::Hub,
    metrics::Metrics,
    rate_limits::RateLimits,
    router, security_headers,
    state::{AppState, AppStateInner},
    supervisor::Supervisor,
};

/// A running server.
pub struct RunningServer {
    /// The address it listens on.
    pub address: SocketAddr,
    /// The address of `server.admin_listen`, if there is one.
    pub admin_address: Option<SocketAddr>,
    /// The use cases.
    pub campanile: Campanile,
    /// The store, for the owner of the server. Handlers have the use cases alone.
    pub store: Arc<dyn Store>,
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

/// Starts the server with the system's clock and random numbers.
pub async fn start(config: Config) -> Result<RunningServer, StartError> {
    start_with(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await
}

/// Starts the server with the caller's clock and random numbers, for tests.
pub async fn start_with(config: Config, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<RunningServer, StartError> {
    let (hub, hub_sender, commits) = Hub::new(config.live.lag);
    let lock = lock_database(&config)?;
    let store = open_store(&config, Arc::new(hub_sender), Some(lock))?;
    let campanile = use_cases(&config, store.clone(), clock.clone(), random)?;
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
    Ok(RunningServer { address, admin_address, campanile, store, app, shutdown, done })
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |cause| StartError::Listen { address, cause };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}
