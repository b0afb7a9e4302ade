//! The sample portal: a page on another origin that embeds the bell and signs tokens for its person.

use std::net::SocketAddr;

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use campanile_domain::{Campanile, Clock, Operator, SystemClock, Tenant, lifetimes::MAX_PORTAL_TOKEN_LIFETIME};
use jsonwebtoken::{EncodingKey, Header};
use rust_embed::RustEmbed;
use serde_json::json;
use tokio::net::TcpListener;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::cli::output::CliError;

/// The person whose sign-in link is printed and for whom the portal signs tokens.
pub const PERSON: &str = "ada";

/// The portal's files; `{{server}}` in them is replaced by Campanile's URL.
#[derive(RustEmbed)]
#[folder = "../../frontend/bell/sample"]
struct Files;

/// A portal that is bound to its address but not serving yet.
pub struct Portal {
    listener: TcpListener,
    address: SocketAddr,
}

/// The state of the portal's handlers.
#[derive(Clone)]
struct PortalState {
    server: String,
    tenant: String,
    /// The portal secret is read for each token, because an administrator may replace it.
    campanile: Campanile,
}

impl Portal {
    /// Binds the portal's address.
    pub async fn bind(address: SocketAddr) -> Result<Self, CliError> {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|cause| format!("cannot listen on {address}: {cause}. Choose another with --portal"))?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// The origin of its pages.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves the portal in the background until the process ends.
    pub fn serve(self, server: &str, tenant: &Tenant, campanile: &Campanile) {
        let context = PortalState { server: server.to_owned(), tenant: tenant.name.clone(), campanile: campanile.clone() };
        let nosniff = SetResponseHeaderLayer::overriding(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let router = Router::new().route("/token", get(token)).fallback(file).with_state(context).layer(nosniff);
        tokio::spawn(async move {
            if let Err(error) = axum::serve(self.listener, router).await {
                tracing::error!(%error, "the sample portal has stopped");
            }
        });
    }
}

/// Signs a token for the portal's person, as a portal does for its signed-in user.
async fn token(State(context): State<PortalState>) -> Result<String, StatusCode> {
    let expires = SystemClock.now() + MAX_PORTAL_TOKEN_LIFETIME;
    let claims = json!({ "iss": context.tenant, "sub": PERSON, "exp": expires.timestamp() });
    let unavailable = |_| StatusCode::SERVICE_UNAVAILABLE;
    let tenant = context.campanile.tenant(Operator, &context.tenant).await.map_err(unavailable)?.ok_or(StatusCode::NOT_FOUND)?;
    let key = EncodingKey::from_secret(tenant.portal_secret.as_bytes());
    jsonwebtoken::encode(&Header::default(), &claims, &key).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn file(State(context): State<PortalState>, uri: axum::http::Uri) -> Response {
    let name = uri.path().trim_start_matches('/');
    // A path without an extension is a page of the portal's client-side router.
    let name = if name.contains('.') { name } else { "index.html" };
    let Some(found) = Files::get(name) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let body = String::from_utf8_lossy(&found.data).replace("{{server}}", &context.server);
    let server = &context.server;
    // The strictest policy that the bell allows; docs/embedding.md recommends it to portals.
    let policy = format!(
        "default-src 'none'; script-src 'self' {server} 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self' {server}; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'"
    );
    let mut response = ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], body).into_response();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}
