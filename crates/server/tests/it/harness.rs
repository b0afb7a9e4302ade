//! Runs the whole server in this process, on its own port and folder, with helpers to send requests.

use std::time::Duration;

use axum::Router;
use campanile_domain::{NewPerson, Operator, Scope, Tenant};
use campanile_server::{config::Config, serve};
use campanile_shared::{administration::NewApiKey, sign_in::Session};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{Instant, interval, timeout},
};

/// The timeout for everything a test waits for.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// An HTTP client. Features of the channels crate turn on TLS without a cryptography provider, so this installs one.
pub fn client() -> reqwest::ClientBuilder {
    // It fails if another test of this process has installed it already.
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder()
}

/// A running server.
pub struct Server {
    pub running: serve::RunningServer,
    pub http: reqwest::Client,
    _folder: tempfile::TempDir,
}

impl Server {
    /// Starts a server with the default settings.
    pub async fn start() -> Self {
        Self::with(json!({})).await
    }

    /// Starts a server with settings that override the defaults, section by section.
    pub async fn with(settings: Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut flags = json!({"server": {"listen": "127.0.0.1:0"}, "store": {"data": folder.path()}});
        for (section, values) in settings.as_object().unwrap() {
            for (name, value) in values.as_object().unwrap() {
                flags[section][name] = value.clone();
            }
        }
        let running = serve::start(Config::load(None, flags).unwrap()).await.unwrap();
        let http = client().timeout(PATIENCE).build().unwrap();
        Self { running, http, _folder: folder }
    }

    /// The absolute URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address)
    }

    /// A GET request to a path.
    pub fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.get(self.url(path))
    }

    /// Opens a new connection.
    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.running.address).await.unwrap()
    }

    /// Sends bytes and returns everything the server sends until it closes the connection.
    pub async fn exchange(&self, bytes: &[u8]) -> String {
        let mut connection = self.connect().await;
        connection.write_all(bytes).await.unwrap();
        read_to_end(&mut connection).await
    }

    /// Creates an API key; returns its text.
    pub async fn create_key(&self, tenant: &Tenant, name: &str, scopes: &[Scope]) -> String {
        self.running.campanile.create_key(&Operator.on(tenant), &NewApiKey::new(name, scopes)).await.unwrap().secret
    }

    /// Creates a tenant with one administrator; returns the administrator's session token.
    pub async fn sign_in(&self, tenant: &str) -> String {
        let campanile = &self.running.campanile;
        let tenant = campanile.create_tenant(Operator, tenant, Default::default()).await.unwrap();
        let person = NewPerson {
            login: "ada".to_owned(),
            name: "Ada".to_owned(),
            email: None,
            languages: Vec::new(),
            external_ids: Vec::new(),
            administrator: true,
        };
        self.running.store.create_person(tenant.id, person, campanile.now()).await.unwrap();
        let link = campanile.create_sign_in_link(&Operator.on(&tenant), "ada").await.unwrap().secret;
        let request = self.http.post(self.url("/api/v1/session")).header("sec-fetch-site", "cross-site").json(&json!({"link": link}));
        let session: Session = request.send().await.unwrap().json().await.unwrap();
        session.token.unwrap()
    }

    /// Waits until the metrics contain this line.
    pub async fn wait_for_metric(&self, line: &str) {
        let (deadline, mut pause) = (Instant::now() + PATIENCE, interval(Duration::from_millis(20)));
        loop {
            let page = self.get("/metrics").send().await.unwrap().text().await.unwrap();
            if page.lines().any(|counted| counted == line) {
                return;
            }
            assert!(Instant::now() < deadline, "{line} is not in\n{page}");
            pause.tick().await;
        }
    }
}

/// Serves these routes; returns their base URL, without a slash at its end.
pub async fn serve_routes(routes: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

/// Reads until the server closes the connection.
pub async fn read_to_end(connection: &mut TcpStream) -> String {
    let mut received = Vec::new();
    timeout(PATIENCE, connection.read_to_end(&mut received)).await.expect("the server did not close the connection").unwrap();
    String::from_utf8(received).unwrap()
}

/// Reads until this text has arrived.
pub async fn read_until(connection: &mut TcpStream, text: &str) -> String {
    let mut received = Vec::new();
    let listening = async {
        while !String::from_utf8_lossy(&received).contains(text) {
            assert!(
                connection.read_buf(&mut received).await.unwrap() > 0,
                "the connection closed after {}",
                String::from_utf8_lossy(&received)
            );
        }
    };
    timeout(PATIENCE, listening).await.unwrap_or_else(|_| panic!("the server did not send {text}"));
    String::from_utf8(received).unwrap()
}
