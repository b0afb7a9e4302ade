//! Whether an item is visible in any tab of this browser.
//!
//! A tab that shows a new item holds a shared lock with the item's id for a short time (Web Locks). The tab
//! that raises notifications queries these locks. In a browser without locks only the own tab is known.

use std::collections::HashSet;

use js_sys::{Array, Function, Object, Promise, Reflect};
use uuid::Uuid;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::VisibilityState;

/// How long the lock is held, in milliseconds. It is longer than the wait before the query.
const LOCK_TIME: i32 = 3_000;
const LOCK_PREFIX: &str = "campanile shows ";

#[wasm_bindgen]
extern "C" {
    type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(this: &LockManager, name: &str, options: &Object, callback: &Function) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn query(this: &LockManager) -> Result<Promise, JsValue>;
}

fn locks() -> Option<LockManager> {
    let navigator = web_sys::window()?.navigator();
    Reflect::get(&navigator, &"locks".into()).ok().filter(|locks| !locks.is_undefined()).map(JsCast::unchecked_into)
}

/// Whether this page is visible and a link to the item is within the window.
pub fn is_visible(item: Uuid) -> bool {
    let seen = || {
        let window = web_sys::window()?;
        let document = window.document()?;
        let height = window.inner_height().ok()?.as_f64()?;
        let links = document.query_selector_all(&format!("a[href*=\"item={item}\"]")).ok()?;
        let visible = document.visibility_state() == VisibilityState::Visible;
        let within = |line: web_sys::Element| {
            let place = line.get_bounding_client_rect();
            place.height() > 0.0 && place.top() >= 0.0 && place.bottom() <= height
        };
        let links = (0..links.length()).filter_map(|at| links.item(at)?.dyn_into::<web_sys::Element>().ok());
        Some(visible && links.into_iter().any(within))
    };
    seen().unwrap_or(false)
}

/// Announces to the other tabs that this one shows the item.
pub fn announce(item: Uuid) {
    let Some(locks) = locks() else { return };
    let options = Object::new();
    // Setting a property of a plain object cannot fail.
    let _ = Reflect::set(&options, &"mode".into(), &"shared".into());
    let held = Closure::once_into_js(|| {
        Promise::new(&mut |resolve, _| {
            if let Some(window) = web_sys::window() {
                // Without a timer the lock ends with the page.
                let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, LOCK_TIME);
            }
        })
    });
    // If locks are forbidden, the other tabs cannot know, and one notification too many is raised.
    if let Ok(promise) = locks.request(&format!("{LOCK_PREFIX}{item}"), &options, held.unchecked_ref()) {
        wasm_bindgen_futures::spawn_local(async move {
            let _ = JsFuture::from(promise).await;
        });
    }
}

/// The items that some tab shows.
pub async fn visible_items() -> HashSet<Uuid> {
    let Some(query) = locks().and_then(|locks| locks.query().ok()) else { return HashSet::new() };
    let Ok(answer) = JsFuture::from(query).await else { return HashSet::new() };
    let held = Reflect::get(&answer, &"held".into()).ok().and_then(|held| held.dyn_into::<Array>().ok()).unwrap_or_default();
    held.iter().filter_map(|lock| Reflect::get(&lock, &"name".into()).ok()?.as_string()?.strip_prefix(LOCK_PREFIX)?.parse().ok()).collect()
}
