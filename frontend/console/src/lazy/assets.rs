//! What the first lazy chunk needs besides its code: the style sheet that the page links but does not load, and
//! the second file of texts.

use std::{cell::RefCell, future::Future, pin::Pin};

use js_sys::Promise;
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::HtmlLinkElement;

use super::LoadError;
use crate::{
    api,
    i18n::{self, Language},
};

/// The id of the page's link to that style sheet. `crates/xtask/src/style_sheets.rs` writes it.
const STYLES_LINK_ID: &str = "later-styles";

/// The `rel` of a link that the browser loads.
const STYLESHEET_REL: &str = "stylesheet";

thread_local! {
    /// The language whose second file of texts is requested or loaded, and its promise.
    static TEXTS: RefCell<Option<(&'static Language, Promise)>> = const { RefCell::new(None) };
}

/// Loads what is missing and waits for it. The future is boxed so that the code that awaits a chunk stays
/// small.
///
/// # Errors
/// Something could not be loaded. A later call may succeed.
pub fn load_assets() -> Pin<Box<dyn Future<Output = Result<(), LoadError>>>> {
    let (styles, mut texts) = (load_styles(), load_texts());
    Box::pin(async move {
        if let Some((link, ended)) = styles
            && ended.await.is_err()
        {
            link.set_rel("");
            return Err(LoadError);
        }
        // The language may have changed meanwhile.
        while let Some(ended) = texts {
            ended.await.map_err(|_| LoadError)?;
            texts = load_texts();
        }
        Ok(())
    })
}

fn load_styles() -> Option<(HtmlLinkElement, JsFuture)> {
    let link: HtmlLinkElement = document().get_element_by_id(STYLES_LINK_ID)?.dyn_into().ok()?;
    if link.sheet().is_some() {
        return None;
    }
    let ended = Promise::new(&mut |loaded, failed| {
        for (event, done) in [("load", loaded), ("error", failed)] {
            // An element accepts every listener.
            let _ = link.add_event_listener_with_callback(event, &done);
        }
    });
    if link.rel() != STYLESHEET_REL {
        link.set_rel(STYLESHEET_REL);
    }
    Some((link, ended.into()))
}

fn load_texts() -> Option<JsFuture> {
    if i18n::is_complete() {
        return None;
    }
    let language = i18n::current();
    let known = TEXTS.with_borrow(|texts| texts.as_ref().filter(|(of, _)| *of == language).map(|(_, promise)| promise.clone()));
    let promise = known.unwrap_or_else(|| {
        let promise = future_to_promise(async move {
            match api::deferred_texts(language.tag).await {
                Ok(texts) => Ok(i18n::add_texts(language, &texts).into()),
                Err(_) => {
                    TEXTS.set(None);
                    Err(JsValue::UNDEFINED)
                }
            }
        });
        TEXTS.set(Some((language, promise.clone())));
        promise
    });
    Some(promise.into())
}
