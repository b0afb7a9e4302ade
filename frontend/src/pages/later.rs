//! Parts of the program that the browser fetches when somebody first needs them: who came for the
//! inbox does not wait for a form.
//!
//! With the feature `split` the program is cut at the functions of [`parts`], as [`crate::fetched`] has it.

use std::{future::Future, sync::Arc};

use campanile_shared::{Filter, Item};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use crate::{
    components::{focus, icon::Icon},
    fetched::{NotFetched, fetched},
    i18n::t,
    state::Phase,
};

/// Makes what was fetched.
type Make = Arc<dyn Fn() -> AnyView + Send + Sync>;

/// What makes it, or that it could not be fetched; nothing while it is awaited.
type Made = RwSignal<Option<Result<Make, NotFetched>>>;

/// Declares what is fetched later: the component, the file it is in, what it is told, and what
/// makes it. Pages have the name of their [`Page`](super::Page).
macro_rules! later {
    (pages { $($pages:tt)* } pieces { $($pieces:tt)* }) => {
        later!(@components true $($pages)*);
        later!(@components false $($pieces)*);
        later!(@parts $($pages)* $($pieces)*);
        later!(@prefetch $($pages)*);
    };
    (@components $page:literal $($(#[$doc:meta])* $later:ident: $file:ident::$part:ident($($prop:ident: $type:ty),*) = $make:expr;)*) => {
        $($(#[$doc])*
        #[component]
        pub fn $later($(#[doc = "What it is told."] $prop: $type),*) -> impl IntoView {
            view! { <Later page=$page fetch=Callback::new(move |made: Made| into(made, async move {
                parts::$part().await.map(|make| Arc::new(move || make($($prop),*)) as Make)
            }))/> }
        })*
    };
    (@prefetch $($(#[$doc:meta])* $later:ident: $file:ident::$part:ident() = $make:expr;)*) => {
        /// Fetches what makes a page, for whoever is about to go there.
        pub fn prefetch(page: super::Page) {
            match page {
                $(super::Page::$later => Part::$later.prefetch(),)*
                _ => {}
            }
        }
    };
    (@parts $($(#[$doc:meta])* $later:ident: $file:ident::$part:ident($($prop:ident: $type:ty),*) = $make:expr;)*) => {
        /// What is fetched later.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum Part {
            $($(#[$doc])* $later,)*
        }

        impl Part {
            /// Fetches it for whoever is about to need it. What cannot be fetched now is fetched
            /// again in its place, which says so.
            pub fn prefetch(self) {
                match self {
                    $(Self::$later => spawn_local(async { let _ = parts::$part().await; }),)*
                }
            }
        }

        mod parts {
            use super::*;
            $(fetched! {
                pub $file::$part: fn($($type),*) -> AnyView = |$($prop: $type),*| $make.into_any()
            })*
        }
    };
}

later! {
    pages {
        /// Writing a notification.
        Compose: compose::compose() = crate::pages::compose::Compose();
        /// What was sent.
        Sent: sent::sent() = crate::pages::sent::Sent();
        /// What the person prefers.
        Settings: settings::settings() = crate::pages::settings::Settings();
        /// What the tenant's administrators keep.
        Administration: administration::administration() = crate::pages::administration::Administration();
        /// Where sessions begin.
        SignIn: sign_in::sign_in() = crate::pages::sign_in::SignIn();
    }
    pieces {
        /// Whether a sign-in link may end a session.
        LinkQuestion: sign_in::link_question() = crate::pages::sign_in::link_question::LinkQuestion();
        /// A notification in full.
        Opened: after_first_paint::opened(id: Uuid) = view! { <crate::pages::inbox::detail::Opened id/> };
        /// A notification in full, before it is sent.
        DetailPicture: after_first_paint::detail_picture(item: Memo<Option<Arc<Item>>>) = view! { <crate::pages::inbox::detail::Whole item/> };
        /// What is in the bell's panel.
        BellPanel: after_first_paint::bell_panel(close: Callback<()>) = view! { <crate::components::bell::Panel close/> };
        /// Why a list is empty.
        WhyEmpty: after_first_paint::why_empty(phase: Memo<Phase>, filter: Memo<Filter>) = view! { <crate::pages::inbox::ends::WhyEmpty phase filter/> };
        /// What is below the last item of a list.
        AtTheEnd: after_first_paint::at_the_end(phase: Memo<Phase>, stalled: RwSignal<bool>) = view! { <crate::pages::inbox::ends::AtTheEnd phase stalled/> };
        /// What can be done with the selection.
        Chosen: after_first_paint::chosen() = crate::pages::inbox::toolbar::Chosen();
        /// Until when to put something aside.
        SnoozeForm: after_first_paint::snooze_form() = crate::pages::inbox::snooze::SnoozeForm();
        /// Under what name to keep a view.
        KeepForm: after_first_paint::keep_form() = crate::pages::inbox::keep::KeepForm();
        /// The sheet of all keys.
        KeySheet: after_first_paint::key_sheet(close: Callback<()>) = view! { <crate::components::shortcuts::KeySheet close/> };
    }
}

/// Puts what was fetched where it is awaited.
fn into(made: Made, fetched: impl Future<Output = Result<Make, NotFetched>> + 'static) {
    spawn_local(async move {
        // Whoever awaited it may have left meanwhile.
        made.try_set(Some(fetched.await));
    });
}

/// What was fetched, once it is there.
#[component]
fn Later(
    /// Whether it is a page, with the page's landmark around what stands in its place.
    page: bool,
    /// Fetches the program and puts what makes it into the signal.
    fetch: Callback<Made>,
) -> impl IntoView {
    let made = Made::new(None);
    fetch.run(made);
    // Whoever came by a link has the focus on the page, and keeps it when the page is there.
    let focused = StoredValue::new(false);
    let instead = move |what: AnyView| {
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
        None => instead(view! { <p class="visually-hidden" role="status">{t::loading()}</p> }.into_any()),
        Some(Ok(make)) => make(),
        Some(Err(NotFetched)) => {
            let again = move |_| {
                made.set(None);
                fetch.run(made);
            };
            let lost = view! {
                <div class="blank" role="alert">
                    {Icon::Offline.view()} <strong>{t::error_offline()}</strong>
                    <button class="quiet" type="button" on:click=again>
                        {t::try_again()}
                    </button>
                </div>
            };
            instead(lost.into_any())
        }
    }
}
