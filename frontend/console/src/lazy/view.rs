//! Components that the browser loads when they are first needed, so that the inbox does not wait for a form.
//! Each one is declared with `lazy_view!` beside the component that it loads.

use std::{future::Future, pin::Pin, sync::Arc};

use leptos::{prelude::*, task::spawn_local};

use super::LoadError;
use crate::{
    components::{focus, load_error::LoadErrorView},
    i18n::t,
    reactive::effect,
};

/// Renders the loaded component.
pub type ViewFn = Arc<dyn Fn() -> AnyView + Send + Sync>;

/// The render function, or the load error; `None` while it loads.
pub type LoadedView = RwSignal<Option<Result<ViewFn, LoadError>>>;

/// Declares a component that is loaded with a chunk:
/// `lazy_view! { chunk::load_function: Name(prop: type) = view }`. With `page` in front it is a page, which has
/// its landmark while it loads.
macro_rules! lazy_view {
    ($(#[$doc:meta])* page $file:ident::$load:ident: $name:ident() = $view:expr) => {
        lazy_view!(@declare true $(#[$doc])* $file::$load: $name() = $view);
    };
    ($(#[$doc:meta])* $file:ident::$load:ident: $name:ident($($prop:ident: $type:ty),*) = $view:expr) => {
        lazy_view!(@declare false $(#[$doc])* $file::$load: $name($($prop: $type),*) = $view);
    };
    (@declare $page:literal $(#[$doc:meta])* $file:ident::$load:ident: $name:ident($($prop:ident: $type:ty),*) = $view:expr) => {
        $(#[$doc])*
        #[component]
        pub fn $name($(#[doc = "A prop of the component."] $prop: $type),*) -> impl IntoView {
            let fetch = move |loaded: $crate::lazy::view::LoadedView| $crate::lazy::view::load_into(loaded, Box::pin(async move {
                $load().await.map(|view| ::std::sync::Arc::new(move || view($($prop),*)) as $crate::lazy::view::ViewFn)
            }));
            $crate::lazy::view::LazyView($crate::lazy::view::LazyViewProps { page: $page, fetch: Callback::new(fetch) })
        }

        $crate::lazy::lazy! {
            /// Loads the component's code.
            pub $file::$load: fn($($type),*) -> AnyView = |$($prop: $type),*| $view.into_any()
        }
    };
}
pub(crate) use lazy_view;

/// Loads a component before it is needed. On an error nothing happens: the component loads again when it is
/// shown, and reports the error then.
pub fn prefetch<T>(load: impl Future<Output = Result<T, LoadError>> + 'static) {
    spawn_local(async { drop(load.await) });
}

/// Stores the loaded render function in the signal. The future is boxed, so that this function is compiled once and
/// not for each component.
pub fn load_into(made: LoadedView, fetched: Pin<Box<dyn Future<Output = Result<ViewFn, LoadError>>>>) {
    spawn_local(async move {
        // The page may have been left meanwhile.
        made.try_set(Some(fetched.await));
    });
}

/// Shows a lazy component once it is loaded.
#[component]
pub fn LazyView(
    /// Whether it is a page. A page has its landmark (`<main>`) while it loads, too.
    page: bool,
    /// Loads the code and stores the render function in the signal.
    fetch: Callback<LoadedView>,
) -> impl IntoView {
    let made = LoadedView::new(None);
    fetch.run(made);
    // Navigation may move the focus to the page while it loads. The page then keeps the focus.
    let focused = StoredValue::new(false);
    let placeholder = move |what: AnyView| {
        if page {
            view! { <main id="content" class="page" tabindex="-1" on:focus=move |_| focused.set_value(true)>{what}</main> }.into_any()
        } else {
            what
        }
    };
    effect(move || {
        if made.with(|made| matches!(made, Some(Ok(_)))) && focused.get_value() {
            focus::to_content_if_lost();
        }
    });
    move || match made.get() {
        None => placeholder(view! { <p class="visually-hidden" role="status">{t::loading()}</p> }.into_any()),
        Some(Ok(make)) => make(),
        Some(Err(LoadError)) => {
            let retry = move |()| {
                made.set(None);
                fetch.run(made);
            };
            let load_error = view! {
                <LoadErrorView text=t::error_offline() on_retry=Callback::new(retry)/>
            };
            placeholder(load_error.into_any())
        }
    }
}
