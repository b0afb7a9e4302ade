//! Whether this browser may show notifications, and whether the person wants them here. The browser stores the
//! permission. The local storage has the choice to turn them off in this browser.

use js_sys::Reflect;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationPermission};

use crate::browser_storage;

const OFF_KEY: &str = "campanile.desktop";

/// The state of desktop notifications in this browser.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Permission {
    /// The browser does not support them, or not on a page without TLS.
    Unsupported,
    /// The person has not been asked.
    NotAsked,
    /// The person refused. Only the browser's settings can change that.
    Denied,
    /// They are shown.
    On,
    /// They are allowed, but turned off in this browser.
    Off,
}

impl Permission {
    /// The current state.
    pub fn now() -> Self {
        let there = web_sys::window()
            .is_some_and(|window| window.is_secure_context() && Reflect::has(&window, &"Notification".into()).unwrap_or(false));
        if !there {
            return Self::Unsupported;
        }
        match Notification::permission() {
            NotificationPermission::Denied => Self::Denied,
            NotificationPermission::Granted
                if browser_storage::local().and_then(|storage| storage.get_item(OFF_KEY).ok().flatten()).is_some() =>
            {
                Self::Off
            }
            NotificationPermission::Granted => Self::On,
            _ => Self::NotAsked,
        }
    }

    /// Asks the person with the browser's dialog. Must be called from a click, or browsers refuse it.
    pub async fn request() -> Self {
        Self::set_enabled(true);
        if let Ok(request) = Notification::request_permission() {
            // The answer is read by `now` below.
            let _ = JsFuture::from(request).await;
        }
        Self::now()
    }

    /// Turns them on or off in this browser.
    pub fn set_enabled(on: bool) {
        let Some(storage) = browser_storage::local() else { return };
        // Storage can be full or forbidden. Then nothing changes.
        let _ = if on { storage.remove_item(OFF_KEY) } else { storage.set_item(OFF_KEY, "off") };
    }
}
