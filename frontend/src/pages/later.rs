//! Pages that the browser fetches when somebody first goes there: who came for the inbox does not
//! wait for a form.
//!
//! With the feature `split` the program is cut at the functions of [`parts`]: each becomes a file
//! of its own with everything that only it needs. Without it, as in tests and in plain builds by
//! trunk, the pages are part of the whole.

use leptos::{prelude::*, task::spawn_local};

use crate::{components::icon::Icon, i18n::t};

/// What makes a page.
type Make = fn() -> AnyView;

/// What makes the page, or that it could not be fetched; nothing while it is awaited.
type Made = RwSignal<Option<Result<Make, NotFetched>>>;

/// A page's program could not be fetched.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotFetched;

/// Declares the pages: the component of each, and the file it becomes.
macro_rules! pages {
    ($($(#[$doc:meta])* $later:ident: $part:ident = $page:path;)*) => {
        $($(#[$doc])*
        #[component]
        pub fn $later() -> impl IntoView {
            view! { <Later fetch=Callback::new(|made: Made| spawn_local(async move {
                // The page may have been left before its program is there.
                made.try_set(Some(parts::$part().await));
            }))/> }
        })*

        /// Fetches what makes a page, for whoever is about to go there.
        pub fn prefetch(page: super::Page) {
            match page {
                // What cannot be fetched now is fetched again on the page, which says so.
                $(super::Page::$later => spawn_local(async { let _ = parts::$part().await; }),)*
                _ => {}
            }
        }

        #[cfg(not(feature = "split"))]
        mod parts {
            use super::*;
            $(pub async fn $part() -> Result<Make, NotFetched> {
                Ok(|| $page().into_any())
            })*
        }

        #[cfg(feature = "split")]
        mod parts {
            use super::*;
            $(#[wasm_split_helpers::wasm_split($part, fallible)]
            pub fn $part() -> Result<Make, NotFetched> {
                Ok(|| $page().into_any())
            })*
        }
    };
}

pages! {
    /// Writing a notification.
    Compose: compose = super::super::compose::Compose;
    /// What was sent.
    Sent: sent = super::super::sent::Sent;
    /// What the person prefers.
    Settings: settings = super::super::settings::Settings;
}

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for NotFetched {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// The page once it is there.
#[component]
fn Later(
    /// Fetches the program and puts what makes the page into the signal.
    fetch: Callback<Made>,
) -> impl IntoView {
    let made = Made::new(None);
    fetch.run(made);
    move || match made.get() {
        None => view! { <main id="content" class="page" tabindex="-1"><p class="visually-hidden" role="status">{t::loading()}</p></main> }
            .into_any(),
        Some(Ok(make)) => make(),
        Some(Err(NotFetched)) => view! {
            <main id="content" class="page" tabindex="-1">
                <div class="blank" role="alert">
                    {Icon::Offline.view()} <strong>{t::error_offline()}</strong>
                    <button
                        class="quiet"
                        type="button"
                        on:click=move |_| {
                            made.set(None);
                            fetch.run(made);
                        }
                    >
                        {t::try_again()}
                    </button>
                </div>
            </main>
        }
        .into_any(),
    }
}
