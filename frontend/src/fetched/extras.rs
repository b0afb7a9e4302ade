//! What goes with every part that is fetched later: the style sheet that the page names without loading
//! it, and the texts that the first page does not show.

use std::{cell::RefCell, future::Future, pin::Pin};

use js_sys::Promise;
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::HtmlLinkElement;

use super::NotFetched;
use crate::{
    api,
    i18n::{self, Language},
};

/// What the page's link to the sheet is called; see `style_sheets` of the project's commands.
const LINK: &str = "later-styles";

/// The relation of a link that the browser follows.
const FOLLOWED: &str = "stylesheet";

thread_local! {
    /// The texts of a language, on their way or there.
    static TEXTS: RefCell<Option<(&'static Language, Promise)>> = const { RefCell::new(None) };
}

/// Begins to load what is not there yet, and waits for it. Boxed, so that whoever waits for a part has
/// little to wait with.
///
/// # Errors
/// Something could not be loaded; loading it again may succeed.
pub fn extras() -> Pin<Box<dyn Future<Output = Result<(), NotFetched>>>> {
    let (styles, mut texts) = (styles(), texts());
    Box::pin(async move {
        if let Some((link, ended)) = styles
            && ended.await.is_err()
        {
            link.set_rel("");
            return Err(NotFetched);
        }
        // Another language may be spoken by then.
        while let Some(ended) = texts {
            ended.await.map_err(|_| NotFetched)?;
            texts = self::texts();
        }
        Ok(())
    })
}

fn styles() -> Option<(HtmlLinkElement, JsFuture)> {
    let link: HtmlLinkElement = document().get_element_by_id(LINK)?.dyn_into().ok()?;
    if link.sheet().is_some() {
        return None;
    }
    let ended = Promise::new(&mut |loaded, failed| {
        for (event, done) in [("load", loaded), ("error", failed)] {
            // An element takes every listener.
            let _ = link.add_event_listener_with_callback(event, &done);
        }
    });
    if link.rel() != FOLLOWED {
        link.set_rel(FOLLOWED);
    }
    Some((link, ended.into()))
}

fn texts() -> Option<JsFuture> {
    if i18n::is_whole() {
        return None;
    }
    let language = i18n::current();
    let known = TEXTS.with_borrow(|texts| texts.as_ref().filter(|(of, _)| *of == language).map(|(_, promise)| promise.clone()));
    let promise = known.unwrap_or_else(|| {
        let promise = future_to_promise(async move {
            match api::later_texts(language.tag).await {
                Ok(texts) => Ok(i18n::add(language, &texts).into()),
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
