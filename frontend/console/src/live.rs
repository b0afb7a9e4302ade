//! The live connection. It is a JavaScript module (`live.js`) because the embedded bell needs it before any
//! WebAssembly is loaded. All tabs of a browser share one connection.

use std::rc::Rc;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(raw_module = "./live.js")]
extern "C" {
    type Connection;

    fn connect(options: &Object) -> Connection;

    #[wasm_bindgen(method)]
    fn close(this: &Connection);
}

/// The state of the live connection.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Status {
    /// Connecting.
    #[default]
    Connecting,
    /// Events arrive.
    Open,
    /// The server cannot be reached. The connection is tried again automatically.
    Offline,
    /// The session has ended.
    Unauthorized,
}

impl Status {
    fn from_name(name: &str) -> Self {
        match name {
            "open" => Self::Open,
            "offline" => Self::Offline,
            "unauthorized" => Self::Unauthorized,
            _ => Self::Connecting,
        }
    }
}

/// An open connection. Dropping it closes the connection.
pub struct LiveConnection {
    connection: Connection,
    _callbacks: Callbacks,
}

/// The closures that JavaScript calls. They must live as long as the connection.
type Callbacks = (Closure<dyn Fn() -> Promise>, Closure<dyn Fn(JsValue, bool)>, Closure<dyn Fn(String)>);

/// The options of a connection.
pub struct Options {
    /// The server's base URL, without a trailing slash.
    pub server: String,
    /// Identifies the person. Tabs of the same person share one stream.
    pub share: String,
    /// Returns a promise of the session token, or of `null` if a cookie carries the session. It is rejected if
    /// another person is signed in by then.
    pub token: Rc<dyn Fn() -> Promise>,
    /// Called with each event, which the browser has parsed, and whether this tab is the leader: the one that may raise
    /// desktop notifications.
    pub on_event: Rc<dyn Fn(JsValue, bool)>,
    /// Called when the connection's state changes.
    pub on_status: Rc<dyn Fn(Status)>,
}

impl LiveConnection {
    /// Opens the connection, or joins the connection of another tab.
    pub fn open(options: Options) -> Self {
        let Options { server, share, token, on_event, on_status } = options;
        let token = Closure::<dyn Fn() -> Promise>::new(move || token());
        let event = Closure::<dyn Fn(JsValue, bool)>::new(move |event, leader| on_event(event, leader));
        let status = Closure::<dyn Fn(String)>::new(move |name: String| on_status(Status::from_name(&name)));
        let object = Object::new();
        let set = |name: &str, value: &JsValue| {
            // Setting a property of a plain object cannot fail.
            let _ = Reflect::set(&object, &name.into(), value);
        };
        set("server", &server.into());
        set("share", &share.into());
        set("token", token.as_ref().unchecked_ref::<Function>());
        set("onEvent", event.as_ref().unchecked_ref::<Function>());
        set("onStatus", status.as_ref().unchecked_ref::<Function>());
        Self { connection: connect(&object), _callbacks: (token, event, status) }
    }
}

impl Drop for LiveConnection {
    fn drop(&mut self) {
        self.connection.close();
    }
}
