//! Where the panel stands: under its bell, or above it where there is more room; always within the
//! window. Written as CSSOM properties, which a Content-Security-Policy leaves alone.

use leptos::prelude::request_animation_frame;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{HtmlElement, window};

use crate::host::Host;

/// Room around the panel, in pixels.
const GAP: f64 = 8.0;
/// With less room than this below the bell, in pixels, the side with more is taken.
const ENOUGH: f64 = 360.0;

/// Keeps the panel in its place while it is open.
pub struct Place {
    shelf: HtmlElement,
    button: HtmlElement,
    /// Called when the window changes; there only while the panel is open.
    following: Option<Closure<dyn Fn()>>,
}

impl Place {
    /// A panel not yet shown.
    pub fn new(host: &Host) -> Self {
        Self { shelf: host.shelf(), button: host.button(), following: None }
    }

    /// Begins or ends to keep it in its place.
    pub fn follow(&mut self, open: bool) {
        let Some(window) = window() else { return };
        if let Some(following) = self.following.take() {
            for event in ["resize", "scroll"] {
                // It was added, so it can be removed.
                let _ = window.remove_event_listener_with_callback_and_bool(event, following.as_ref().unchecked_ref(), true);
            }
        }
        if open {
            let (shelf, button) = (self.shelf.clone(), self.button.clone());
            // It has a size once it is shown, and is not seen before the next frame.
            let (first_shelf, first_button) = (shelf.clone(), button.clone());
            request_animation_frame(move || put(&first_shelf, &first_button));
            let following = Closure::<dyn Fn()>::new(move || put(&shelf, &button));
            for event in ["resize", "scroll"] {
                // Capturing, because the bell may be in a part of the page that scrolls by itself.
                let _ = window.add_event_listener_with_callback_and_bool(event, following.as_ref().unchecked_ref(), true);
            }
            self.following = Some(following);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.follow(false);
    }
}

fn put(shelf: &HtmlElement, button: &HtmlElement) {
    let Some(window) = window() else { return };
    let Some(page) = window.document().and_then(|document| document.document_element()) else { return };
    let (page_width, page_height) = (f64::from(page.client_width()), f64::from(page.client_height()));
    let bell = button.get_bounding_client_rect();
    let width = f64::from(shelf.offset_width());
    let direction = window.get_computed_style(shelf).ok().flatten().and_then(|style| style.get_property_value("direction").ok());
    let left = if direction.as_deref() == Some("rtl") { bell.left() } else { bell.right() - width };
    let (above, below) = (bell.top(), page_height - bell.bottom());
    let upwards = below < ENOUGH && above > below;
    let style = shelf.style();
    #[expect(clippy::cast_possible_truncation, reason = "a window has few pixels")]
    let set = |name: &str, value: Option<f64>| {
        let text = value.map_or_else(|| "auto".to_owned(), |pixels| format!("{}px", pixels as i32));
        // Setting a property that exists cannot fail.
        let _ = style.set_property(name, &text);
    };
    set("left", Some(left.min(page_width - width - GAP).max(GAP)));
    set("top", (!upwards).then(|| bell.bottom() + GAP));
    set("bottom", upwards.then(|| page_height - bell.top() + GAP));
    set("max-height", Some(if upwards { above } else { below } - 2.0 * GAP));
}
