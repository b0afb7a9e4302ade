//! The views of the console's pages. Each page but the inbox is loaded when it is first opened.

pub mod administration;
pub mod compose;
pub mod inbox;
pub mod not_found;
pub mod sent;
pub mod settings;
pub mod sign_in;

use leptos::prelude::*;

use crate::{lazy::view::prefetch, page::Page};

/// What a signed-in person sees on a page.
pub fn view(page: Option<Page>) -> AnyView {
    match page {
        Some(Page::Inbox) => inbox::Inbox().into_any(),
        Some(Page::Sent) => sent::LazySent().into_any(),
        Some(Page::Compose) => compose::LazyCompose().into_any(),
        Some(Page::Settings) => settings::LazySettings().into_any(),
        Some(Page::Administration) => administration::LazyAdministration().into_any(),
        Some(Page::SignIn) | None => not_found::NotFound().into_any(),
    }
}

/// Loads a page's code before the person opens it.
pub fn prefetch_page(page: Page) {
    match page {
        Page::Sent => prefetch(sent::load_page()),
        Page::Compose => prefetch(compose::load_page()),
        Page::Settings => prefetch(settings::load_page()),
        Page::Administration => prefetch(administration::load_page()),
        Page::Inbox | Page::SignIn => {}
    }
}
