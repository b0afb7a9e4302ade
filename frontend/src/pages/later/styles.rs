//! The style sheet of what is fetched later. The page names it without loading it; where it is not
//! apart, as in plain builds by trunk, there is nothing to wait for.

use js_sys::Promise;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlLinkElement;

use crate::fetched::NotFetched;

/// What the page's link to it is called; see `style_sheets` of the project's commands.
const LINK: &str = "later-styles";

/// The relation of a link that the browser follows.
const FOLLOWED: &str = "stylesheet";

/// The style sheet on its way.
pub struct Styles(Option<(HtmlLinkElement, JsFuture)>);

impl Styles {
    /// Begins to load it unless it is there.
    pub fn load() -> Self {
        let link = document().get_element_by_id(LINK).and_then(|link| link.dyn_into::<HtmlLinkElement>().ok());
        Self(link.filter(|link| link.sheet().is_none()).map(|link| {
            let ended = Promise::new(&mut |loaded, failed| {
                for (event, done) in [("load", loaded), ("error", failed)] {
                    // An element takes every listener.
                    let _ = link.add_event_listener_with_callback(event, &done);
                }
            });
            if link.rel() != FOLLOWED {
                link.set_rel(FOLLOWED);
            }
            (link, ended.into())
        }))
    }

    /// Waits for it.
    ///
    /// # Errors
    /// It could not be loaded; loading it again may succeed.
    pub async fn loaded(self) -> Result<(), NotFetched> {
        let Some((link, ended)) = self.0 else { return Ok(()) };
        if ended.await.is_err() {
            link.set_rel("");
            return Err(NotFetched);
        }
        Ok(())
    }
}
