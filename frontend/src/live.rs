//! The live connection, which is a JavaScript module (`live.js`) because the embedded bell needs
//! it before any WebAssembly is there. One connection serves all tabs of a browser.

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

/// How the connection fares.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Status {
    /// On its way.
    #[default]
    Connecting,
    /// Events arrive.
    Open,
    /// The server cannot be reached; it is tried again by itself.
    Offline,
    /// The session is over.
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

/// An open connection; it is closed when dropped.
pub struct Live {
    connection: Connection,
    _callbacks: Callbacks,
}

/// Kept alive as long as JavaScript may call them.
type Callbacks = (Closure<dyn Fn() -> Promise>, Closure<dyn Fn(String, bool)>, Closure<dyn Fn(String)>);

/// What a connection needs to know.
pub struct Options {
    /// The server's base URL, without a slash at its end.
    pub server: String,
    /// Names the person: tabs of the same person share one stream.
    pub share: String,
    /// A promise of the session token, or of nothing where a cookie carries the session. It fails when the
    /// person is another by now.
    pub token: Rc<dyn Fn() -> Promise>,
    /// Called with the JSON text of each event, and whether this tab is the one that speaks for
    /// all (and may raise a desktop notification).
    pub on_event: Rc<dyn Fn(String, bool)>,
    /// Called when the connection's state changes.
    pub on_status: Rc<dyn Fn(Status)>,
}

impl Live {
    /// Opens the connection, or joins the one of another tab.
    pub fn open(options: Options) -> Self {
        let Options { server, share, token, on_event, on_status } = options;
        let token = Closure::<dyn Fn() -> Promise>::new(move || token());
        let event = Closure::<dyn Fn(String, bool)>::new(move |data, leader| on_event(data, leader));
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

impl Drop for Live {
    fn drop(&mut self) {
        self.connection.close();
    }
}
