//! The API client: the only code of the console that speaks HTTP.
//!
//! It has one function per API call and one file per part of the API. A dropped future aborts its request, so
//! the requests of a page end with the page. It does not know what is shown or stored. Only [`crate::state`]
//! calls it.

mod administration;
mod drafts;
mod inbox;
mod send;
mod sent;
mod session;

use std::{
    cell::{Cell, RefCell},
    future,
    pin::Pin,
    rc::Rc,
};

use campanile_shared::{Problem, expected_person};
use gloo_net::http::{Method, RequestBuilder};
use js_sys::{JSON, Object};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::JsCast;
use web_sys::{AbortController, RequestCredentials};

use crate::{json, token_storage::TokenStorage};

/// Why a call failed.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// No answer arrived: the network or the server is unavailable.
    Offline,
    /// The server refused the request. An answer without a problem document gets one made from its status.
    Refused(Problem),
    /// The sign-in succeeded, but the browser did not store the session.
    SessionNotStored,
}

impl Error {
    /// The HTTP status of a refusal.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Offline | Self::SessionNotStored => None,
            Self::Refused(problem) => Some(problem.status),
        }
    }

    /// Whether the request was refused because the session now belongs to another person.
    pub fn is_other_person(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.kind.rsplit('/').next() == Some(expected_person::PROBLEM_KIND))
    }
}

/// The result of a call.
pub type Result<Answer> = std::result::Result<Answer, Error>;

/// `config.json`, which the operator may put beside `index.html`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Config {
    /// The API server's base URL. Empty means the folder that contains `index.html`.
    pub server: String,
}

/// The API of one server.
#[derive(Clone)]
pub struct Api {
    /// The base URL, without a trailing slash.
    server: Rc<str>,
    /// Set only for a server of another origin, to which the browser sends no cookie.
    token: Option<TokenStorage>,
    /// The person who is shown. Requests that change data name this person.
    expected_person: Rc<RefCell<Option<String>>>,
}

/// Aborts the request when the caller drops its future.
struct AbortOnDrop(Option<AbortController>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

impl Api {
    /// The API of the server that `config` names. `base` is the folder of the console, as an absolute URL with
    /// a trailing slash.
    pub fn new(config: &Config, base: &str) -> Self {
        let named = config.server.trim();
        let server = if named.is_empty() { base } else { named }.trim_end_matches('/');
        let origin = |url: &str| web_sys::Url::new(url).map(|url| url.origin()).ok();
        let foreign = origin(server) != origin(base);
        Self { server: server.into(), token: foreign.then(TokenStorage::default), expected_person: Rc::default() }
    }

    /// The server's base URL, without a trailing slash.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The session's bearer token; `None` if a cookie carries the session.
    pub fn token(&self) -> Option<String> {
        self.token.as_ref().and_then(TokenStorage::get)
    }

    /// Sets the person for whom later changes are meant. The server refuses a change if the cookie belongs to
    /// another person.
    pub fn set_expected_person(&self, person: Option<(&str, &str)>) {
        *self.expected_person.borrow_mut() = person.map(|(tenant, login)| expected_person::header_value(tenant, login));
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let changes = method != Method::GET;
        let request = RequestBuilder::new(&format!("{}/api/v1{path}", self.server)).method(method).header("Accept", "application/json");
        match (&self.token, self.token()) {
            (None, _) => {
                let request = request.credentials(RequestCredentials::SameOrigin);
                match &*self.expected_person.borrow() {
                    Some(person) if changes => request.header(expected_person::HEADER_NAME, person),
                    _ => request,
                }
            }
            (Some(_), None) => request.credentials(RequestCredentials::Omit),
            (Some(_), Some(token)) => request.credentials(RequestCredentials::Omit).header("Authorization", &format!("Bearer {token}")),
        }
    }

    async fn get<Answer: DeserializeOwned>(&self, path: &str) -> Result<Answer> {
        parse_response(&execute(self.request(Method::GET, path), None).await?)
    }

    async fn send<Answer: DeserializeOwned>(&self, method: Method, path: &str, body: &impl Serialize) -> Result<Answer> {
        self.send_with_headers(method, path, &[], body).await
    }

    async fn send_with_headers<Answer: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &impl Serialize,
    ) -> Result<Answer> {
        let request = headers.iter().fold(self.request(method, path), |request, (name, value)| request.header(name, value));
        parse_response(&execute(request, Some(serde_json::to_string(body).map_err(|_| unreadable_response(0))?)).await?)
    }
}

/// A successful response.
struct Response {
    status: u16,
    text: String,
}

/// The future of a response. It is boxed so that the request code is not compiled into every call.
type ResponseFuture = Pin<Box<dyn Future<Output = Result<Response>>>>;

thread_local! {
    /// The number of the current session of this page.
    static SESSION_NUMBER: Cell<u32> = const { Cell::new(0) };
}

/// Starts a new session number. Requests of the session before never get an answer.
pub fn abandon_requests() {
    SESSION_NUMBER.set(session_number() + 1);
}

/// The number of the current session.
pub fn session_number() -> u32 {
    SESSION_NUMBER.get()
}

/// Sends a request and returns a successful response. If the session has changed meanwhile, the future never
/// resolves.
fn execute(request: RequestBuilder, body: Option<String>) -> ResponseFuture {
    Box::pin(async move {
        let asked_in = session_number();
        let answer = fetch(request, body).await;
        if asked_in != session_number() {
            future::pending::<()>().await;
        }
        answer
    })
}

/// Sends a request and returns a successful response.
fn fetch(request: RequestBuilder, body: Option<String>) -> ResponseFuture {
    Box::pin(async move {
        let controller = AbortController::new().ok();
        let request = request.abort_signal(controller.as_ref().map(AbortController::signal).as_ref());
        let mut guard = AbortOnDrop(controller);
        let request = match body {
            Some(json) => request.header("Content-Type", "application/json").body(json),
            None => request.build(),
        };
        let response = request.map_err(|_| Error::Offline)?.send().await.map_err(|_| Error::Offline)?;
        guard.0 = None;
        let status = response.status();
        match response.text().await {
            Ok(text) if response.ok() => Ok(Response { status, text }),
            Err(_) if response.ok() => Err(Error::Offline),
            refusal => Err(refusal.ok().and_then(|text| json::parse(&text)).map_or_else(|| unreadable_response(status), Error::Refused)),
        }
    })
}

fn parse_response<Answer: DeserializeOwned>(answered: &Response) -> Result<Answer> {
    json::parse(&answered.text).ok_or_else(|| unreadable_response(answered.status))
}

/// A refusal without a readable problem document.
fn unreadable_response(status: u16) -> Error {
    Error::Refused(Problem { kind: "about:blank".to_owned(), title: String::new(), status, detail: None, errors: Vec::new() })
}

/// The operator's configuration, or the default if there is none.
pub async fn config() -> Config {
    let answered = fetch(RequestBuilder::new("./config.json"), None).await;
    answered.and_then(|answered| parse_response(&answered)).unwrap_or_default()
}

/// The parsed texts of a language: all of them, or those of the first page if the rest is in a second file.
pub async fn texts(tag: &str) -> Result<Object> {
    fetch_locale_file(tag).await
}

/// The texts of the second file.
pub async fn deferred_texts(tag: &str) -> Result<Object> {
    fetch_locale_file(&format!("{tag}.later")).await
}

async fn fetch_locale_file(name: &str) -> Result<Object> {
    let answered = fetch(RequestBuilder::new(&format!("./locales/{name}.json")), None).await?;
    JSON::parse(&answered.text).ok().and_then(|texts| texts.dyn_into().ok()).ok_or_else(|| unreadable_response(answered.status))
}
