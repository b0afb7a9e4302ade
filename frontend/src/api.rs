//! The server as the console calls it: the only place that speaks HTTP.
//!
//! One function for each call of the API, in one file for each part of it. A request is aborted when its
//! future is dropped, so that work tied to a page ends with the page. Knows nothing of what is
//! shown or remembered; only [`crate::state`] calls it.

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

use crate::{json, token::Token};

/// Why a call failed.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// No answer came: the network or the server is away.
    Offline,
    /// The server refused and said why. Answers without a problem document get one made from
    /// their status.
    Refused(Problem),
    /// The sign-in was taken, and the browser did not keep the session.
    NotKept,
}

impl Error {
    /// The HTTP status of a refusal.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Offline | Self::NotKept => None,
            Self::Refused(problem) => Some(problem.status),
        }
    }

    /// Whether it was refused because the session is another person's by now.
    pub fn is_other_person(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.kind.rsplit('/').next() == Some(expected_person::REFUSED))
    }
}

/// What a call comes to.
pub type Result<Answer> = std::result::Result<Answer, Error>;

/// `config.json`, which the operator may write beside `index.html`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Config {
    /// The API server's base URL; empty means the folder that `index.html` is in.
    pub server: String,
}

/// The API of one server.
#[derive(Clone)]
pub struct Api {
    /// Ends without a slash.
    server: Rc<str>,
    /// Kept only for servers of another origin, whose cookies the browser does not send.
    token: Option<Token>,
    /// Who is shown, as requests name them that change something.
    person: Rc<RefCell<Option<String>>>,
}

/// Ends the request when the caller no longer waits for it.
struct AbortOnDrop(Option<AbortController>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

impl Api {
    /// The API of the server that `config` names, seen from a console whose folder is `base`
    /// (an absolute URL that ends with a slash).
    pub fn new(config: &Config, base: &str) -> Self {
        let named = config.server.trim();
        let server = if named.is_empty() { base } else { named }.trim_end_matches('/');
        let origin = |url: &str| web_sys::Url::new(url).map(|url| url.origin()).ok();
        let foreign = origin(server) != origin(base);
        Self { server: server.into(), token: foreign.then(Token::default), person: Rc::default() }
    }

    /// The server's base URL, without a slash at its end.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The session as a bearer token; nothing where a cookie carries it.
    pub fn token(&self) -> Option<String> {
        self.token.as_ref().and_then(Token::get)
    }

    /// What is changed from now on is meant for this person of a tenant, and is refused where the cookie is another's.
    pub fn is_for(&self, person: Option<(&str, &str)>) {
        *self.person.borrow_mut() = person.map(|(tenant, login)| expected_person::name(tenant, login));
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let changes = method != Method::GET;
        let request = RequestBuilder::new(&format!("{}/api/v1{path}", self.server)).method(method).header("Accept", "application/json");
        match (&self.token, self.token()) {
            (None, _) => {
                let request = request.credentials(RequestCredentials::SameOrigin);
                match &*self.person.borrow() {
                    Some(person) if changes => request.header(expected_person::HEADER, person),
                    _ => request,
                }
            }
            (Some(_), None) => request.credentials(RequestCredentials::Omit),
            (Some(_), Some(token)) => request.credentials(RequestCredentials::Omit).header("Authorization", &format!("Bearer {token}")),
        }
    }

    async fn get<Answer: DeserializeOwned>(&self, path: &str) -> Result<Answer> {
        read(&answer(self.request(Method::GET, path), None).await?)
    }

    async fn send<Answer: DeserializeOwned>(&self, method: Method, path: &str, body: &impl Serialize) -> Result<Answer> {
        self.send_with(method, path, &[], body).await
    }

    async fn send_with<Answer: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &impl Serialize,
    ) -> Result<Answer> {
        let request = headers.iter().fold(self.request(method, path), |request, (name, value)| request.header(name, value));
        read(&answer(request, Some(serde_json::to_string(body).map_err(|_| unreadable(0))?)).await?)
    }
}

/// What the server says in success.
struct Answered {
    status: u16,
    text: String,
}

/// An answer on its way. Boxed, so that each call awaits it instead of having all of it compiled in.
type Awaited = Pin<Box<dyn Future<Output = Result<Answered>>>>;

thread_local! {
    /// Numbers the sessions of this page.
    static SESSION: Cell<u32> = const { Cell::new(0) };
}

/// Another session begins, or there is none any more: what the one before still awaits is answered to nobody.
pub fn leave_unanswered() {
    SESSION.set(session() + 1);
}

/// The number of the session.
pub fn session() -> u32 {
    SESSION.get()
}

/// Calls the server and answers what it says in success; never, once the session is another.
fn answer(request: RequestBuilder, body: Option<String>) -> Awaited {
    Box::pin(async move {
        let asked_in = session();
        let answer = fetch(request, body).await;
        if asked_in != session() {
            future::pending::<()>().await;
        }
        answer
    })
}

/// Sends and answers what the response says, when it says success.
fn fetch(request: RequestBuilder, body: Option<String>) -> Awaited {
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
            Ok(text) if response.ok() => Ok(Answered { status, text }),
            Err(_) if response.ok() => Err(Error::Offline),
            refusal => Err(refusal.ok().and_then(|text| json::read(&text)).map_or_else(|| unreadable(status), Error::Refused)),
        }
    })
}

fn read<Answer: DeserializeOwned>(answered: &Answered) -> Result<Answer> {
    json::read(&answered.text).ok_or_else(|| unreadable(answered.status))
}

/// A refusal whose answer says nothing we understand.
fn unreadable(status: u16) -> Error {
    Error::Refused(Problem { kind: "about:blank".to_owned(), title: String::new(), status, detail: None, errors: Vec::new() })
}

/// The operator's configuration; the default where there is none.
pub async fn config() -> Config {
    let answered = fetch(RequestBuilder::new("./config.json"), None).await;
    answered.and_then(|answered| read(&answered)).unwrap_or_default()
}

/// The texts of a language, parsed: all, or those of the first page where the rest is apart.
pub async fn texts(tag: &str) -> Result<Object> {
    locale(tag).await
}

/// The rest of them.
pub async fn later_texts(tag: &str) -> Result<Object> {
    locale(&format!("{tag}.later")).await
}

async fn locale(name: &str) -> Result<Object> {
    let answered = fetch(RequestBuilder::new(&format!("./locales/{name}.json")), None).await?;
    JSON::parse(&answered.text).ok().and_then(|texts| texts.dyn_into().ok()).ok_or_else(|| unreadable(answered.status))
}
