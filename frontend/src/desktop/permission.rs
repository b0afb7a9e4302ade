//! Whether this browser may show notifications, and whether it should: the browser keeps the
//! permission, this page keeps the person's wish to be left alone in this browser.

use js_sys::Reflect;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationPermission};

const OFF_KEY: &str = "campanile.desktop";

/// Where this browser stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Permission {
    /// The browser cannot show any, or not on a page that came without TLS.
    Unsupported,
    /// Nobody was asked yet.
    Ask,
    /// The person refused; only the browser's own settings undo it.
    Denied,
    /// They are shown.
    On,
    /// They could be shown, and were turned off here.
    Off,
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

impl Permission {
    /// Where it stands now.
    pub fn now() -> Self {
        let there = web_sys::window()
            .is_some_and(|window| window.is_secure_context() && Reflect::has(&window, &"Notification".into()).unwrap_or(false));
        if !there {
            return Self::Unsupported;
        }
        match Notification::permission() {
            NotificationPermission::Denied => Self::Denied,
            NotificationPermission::Granted if storage().and_then(|storage| storage.get_item(OFF_KEY).ok().flatten()).is_some() => {
                Self::Off
            }
            NotificationPermission::Granted => Self::On,
            _ => Self::Ask,
        }
    }

    /// Asks the person by the browser's own question. To be called from a click, or browsers refuse
    /// by themselves.
    pub async fn ask() -> Self {
        Self::turn(true);
        if let Ok(question) = Notification::request_permission() {
            // The answer is read from where it is kept.
            let _ = JsFuture::from(question).await;
        }
        Self::now()
    }

    /// Turns them on or off in this browser.
    pub fn turn(on: bool) {
        let Some(storage) = storage() else { return };
        // Storage can be full or forbidden; they then stay as they were.
        let _ = if on { storage.remove_item(OFF_KEY) } else { storage.set_item(OFF_KEY, "off") };
    }
}

/// A browser, as far as its settings differ.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Browser {
    /// Firefox.
    Firefox,
    /// Safari.
    Safari,
    /// Chromium and those made from it, and all that are unknown.
    Chromium,
}

impl Browser {
    /// The browser that calls itself `agent` (the `User-Agent` string).
    pub fn of(agent: &str) -> Self {
        if agent.contains("Firefox/") {
            Self::Firefox
        } else if agent.contains("Safari/") && !agent.contains("Chrome/") && !agent.contains("Chromium/") {
            Self::Safari
        } else {
            Self::Chromium
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart() {
        for (agent, browser) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Browser::Firefox),
            ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", Browser::Safari),
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", Browser::Chromium),
            ("", Browser::Chromium),
        ] {
            assert_eq!(Browser::of(agent), browser, "{agent}");
        }
    }
}
