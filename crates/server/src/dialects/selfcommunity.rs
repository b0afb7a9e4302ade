//! SelfCommunity's custom notifications and banners, under `/selfcommunity`.
//!
//! Paths, bodies and answers are those of the vendor's documentation and SDK; a comment says where
//! the choice is ours. Nothing outside this module knows these shapes.
//!
//! Ours: what was sent to everyone in the tenant is a banner; everything else in a person's inbox is
//! a notification. A notification's `sid` is its id, and the integer ids are places in the tenant's
//! order.

mod banners;
mod error;
mod feed;
mod notify;
mod own;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, Method, header},
    response::{IntoResponse, Response},
};
use campanile_domain::Error;

use self::error::Refusal;
use crate::{
    app::App,
    auth::{Caller, bearer},
};

/// The name under which notifications of this dialect are stored and counted, and with which the
/// external ids of its members begin.
pub const NAME: &str = "selfcommunity";

/// The routes, to be nested under a prefix.
pub fn router() -> Router<App> {
    Router::new().fallback(|State(app): State<App>, request: Request| async move {
        let mut response = call(&app, request).await.unwrap_or_else(IntoResponse::into_response);
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        response
    })
}

async fn call(app: &App, request: Request) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().trim_end_matches('/').to_owned();
    let rest = path.strip_prefix("/api/v2/notification").ok_or_else(Refusal::no_such_path)?;
    let (get, post) = (matches!(parts.method, Method::GET | Method::HEAD), parts.method == Method::POST);
    // Who calls comes before what is called: nobody learns of paths without a token.
    let token = bearer(&parts.headers).ok_or(Error::Unauthenticated)?;
    let by = Caller::of_token(app, token).await?;
    match rest {
        "/notify" if post => notify::notify(app, &by.actor()?, &parts.headers, body).await,
        "" if get => own::list(app, &by.reader()?, &parts).await,
        "/read" if post => own::read(app, &by.reader()?, body).await,
        "/unseen/count" if get => own::unseen(app, &by.reader()?).await,
        "/banner" if get => banners::list(app, &by.reader()?, &parts).await,
        "/banner/read" if post => banners::read(app, &by.reader()?, body).await,
        "/banner/dispose" if post => banners::dispose(app, &by.reader()?, body).await,
        "/banner/unseen/count" if get => banners::unseen(app, &by.reader()?).await,
        "/banner/undisposed/count" if get => banners::undisposed(app, &by.reader()?).await,
        ""
        | "/notify"
        | "/read"
        | "/unseen/count"
        | "/banner"
        | "/banner/read"
        | "/banner/dispose"
        | "/banner/unseen/count"
        | "/banner/undisposed/count" => Err(Refusal::method()),
        _ => Err(Refusal::no_such_path()),
    }
}
