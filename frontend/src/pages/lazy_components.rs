//! Components that the browser loads when they are first needed, so that the inbox does not wait for a form.
//!
//! With the feature `split`, the program is split at the functions of [`parts`]; see [`crate::lazy`].

use std::{future::Future, sync::Arc};

use campanile_shared::{Filter, Item};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use crate::{
    components::{focus, icon::Icon},
    i18n::t,
    lazy::{LoadError, lazy},
    state::Phase,
};

/// Renders the loaded component.
type ViewFn = Arc<dyn Fn() -> AnyView + Send + Sync>;

/// The render function, or the load error; `None` while it loads.
type LoadedView = RwSignal<Option<Result<ViewFn, LoadError>>>;

/// Declares lazy components: the component's name, the file it is compiled into, its props, and the expression
/// that renders it. A page has the name of its [`Page`](super::Page).
macro_rules! lazy_components {
    (pages { $($pages:tt)* } pieces { $($pieces:tt)* }) => {
        lazy_components!(@components true $($pages)*);
        lazy_components!(@components false $($pieces)*);
        lazy_components!(@parts $($pages)* $($pieces)*);
        lazy_components!(@prefetch $($pages)*);
    };
    (@components $page:literal $($(#[$doc:meta])* $later:ident: $file:ident::$part:ident($($prop:ident: $type:ty),*) = $make:expr;)*) => {
        $($(#[$doc])*
        #[component]
        pub fn $later($(#[doc = "A prop of the component."] $prop: $type),*) -> impl IntoView {
            view! { <LazyView page=$page fetch=Callback::new(move |made: LoadedView| load_into(made, async move {
                parts::$part().await.map(|make| Arc::new(move || make($($prop),*)) as ViewFn)
            }))/> }
        })*
    };
    (@prefetch $($(#[$doc:meta])* $later:ident: $file:ident::$part:ident() = $make:expr;)*) => {
        /// Loads a page's code before the person opens it.
        pub fn prefetch(page: super::Page) {
            match page {
                $(super::Page::$later => LazyPart::$later.prefetch(),)*
                _ => {}
            }
        }
    };
    (@parts $($(#[$doc:meta])* $later:ident: $file:ident::$part:ident($($prop:ident: $type:ty),*) = $make:expr;)*) => {
        /// A lazy component.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum LazyPart {
            $($(#[$doc])* $later,)*
        }

        impl LazyPart {
            /// Loads the component before it is needed. On an error nothing happens: the component loads again
            /// when it is shown, and reports the error then.
            pub fn prefetch(self) {
                match self {
                    $(Self::$later => spawn_local(async { let _ = parts::$part().await; }),)*
                }
            }
        }

        mod parts {
            use super::*;
            $(lazy! {
                pub $file::$part: fn($($type),*) -> AnyView = |$($prop: $type),*| $make.into_any()
            })*
        }
    };
}

lazy_components! {
    pages {
        /// The compose page.
        Compose: compose::compose() = crate::pages::compose::Compose();
        /// The sent page.
        Sent: sent::sent() = crate::pages::sent::Sent();
        /// The settings page.
        Settings: settings::settings() = crate::pages::settings::Settings();
        /// The administration page.
        Administration: administration::administration() = crate::pages::administration::Administration();
        /// The sign-in page.
        SignIn: sign_in::sign_in() = crate::pages::sign_in::SignIn();
    }
    pieces {
        /// Asks whether a sign-in link may end the current session.
        LinkQuestion: sign_in::link_question() = crate::pages::sign_in::link_question::LinkQuestion();
        /// A notification in full.
        NotificationDetail: after_first_paint::opened(id: Uuid) = view! { <crate::pages::inbox::detail::NotificationDetail id/> };
        /// The preview of a notification in full.
        NotificationPreview: after_first_paint::detail_picture(item: Memo<Option<Arc<Item>>>) = view! { <crate::pages::inbox::detail::NotificationArticle item/> };
        /// The bell's panel.
        BellPanel: after_first_paint::bell_panel(close: Callback<()>) = view! { <crate::components::bell::BellPanelContent close/> };
        /// Says why a list is empty.
        EmptyState: after_first_paint::why_empty(phase: Memo<Phase>, filter: Memo<Filter>) = view! { <crate::pages::inbox::empty_state::EmptyState phase filter/> };
        /// What is below the last item of a list.
        ListEnd: after_first_paint::at_the_end(phase: Memo<Phase>, stalled: RwSignal<bool>) = view! { <crate::pages::inbox::empty_state::ListEnd phase stalled/> };
        /// The actions for the selected items.
        SelectionBar: after_first_paint::chosen() = crate::pages::inbox::toolbar::SelectionBar();
        /// The form for a snooze time.
        SnoozeForm: after_first_paint::snooze_form() = crate::pages::inbox::snooze_dialog::SnoozeForm();
        /// The form that saves or exports a view.
        SaveViewForm: after_first_paint::keep_form() = crate::pages::inbox::save_view_dialog::SaveViewForm();
        /// The list of keyboard shortcuts.
        ShortcutHelp: after_first_paint::key_sheet(close: Callback<()>) = view! { <crate::components::shortcuts::ShortcutHelp close/> };
    }
}

/// Stores the loaded render function in the signal.
fn load_into(made: LoadedView, fetched: impl Future<Output = Result<ViewFn, LoadError>> + 'static) {
    spawn_local(async move {
        // The page may have been left meanwhile.
        made.try_set(Some(fetched.await));
    });
}

/// Shows a lazy component once it is loaded.
#[component]
fn LazyView(
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
    Effect::new(move |_| {
        if made.with(|made| matches!(made, Some(Ok(_)))) && focused.get_value() {
            focus::to_content_if_lost();
        }
    });
    move || match made.get() {
        None => placeholder(view! { <p class="visually-hidden" role="status">{t::loading()}</p> }.into_any()),
        Some(Ok(make)) => make(),
        Some(Err(LoadError)) => {
            let retry = move |_| {
                made.set(None);
                fetch.run(made);
            };
            let load_error = view! {
                <div class="blank" role="alert">
                    {Icon::Offline.view()} <strong>{t::error_offline()}</strong>
                    <button class="quiet" type="button" on:click=retry>
                        {t::try_again()}
                    </button>
                </div>
            };
            placeholder(load_error.into_any())
        }
    }
}
