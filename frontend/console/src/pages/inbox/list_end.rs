//! What is below the last item of the list.

use leptos::prelude::*;

use super::context::InboxContext;
use crate::{error_text, i18n::t, lazy::view::lazy_view, state::Phase};

lazy_view! {
    /// What is below the last item. Loaded on demand.
    after_first_paint::load_list_end: LazyListEnd(phase: Memo<Phase>, stalled: RwSignal<bool>) = view! { <ListEnd phase stalled/> }
}

/// What is below the last item: the next page's state, or that the list ends.
#[component]
pub fn ListEnd(
    /// The list's phase.
    phase: Memo<Phase>,
    /// Whether the next page is fetched only on request.
    stalled: RwSignal<bool>,
) -> impl IntoView {
    let context: InboxContext = expect_context();
    move || match phase.get() {
        Phase::LoadingMore => view! { <p class="inbox-end">{t::loading()}</p> }.into_any(),
        Phase::MoreFailed(error) => view! {
            <div class="inbox-end" role="alert">
                <p>{t::inbox_more_failed()} " " {error_text::explain(&error)}</p>
                <button class="quiet" type="button" on:click=move |_| context.state.fetch_more()>
                    {t::try_again()}
                </button>
            </div>
        }
        .into_any(),
        Phase::Ready if stalled.get() && context.state.inbox.with(|list| list.next.is_some()) => view! {
            <p class="inbox-end">
                <button class="quiet" type="button" on:click=move |_| context.state.fetch_more()>
                    {t::inbox_older()}
                </button>
            </p>
        }
        .into_any(),
        Phase::Ready if context.state.inbox.with(|list| list.next.is_none()) => {
            view! { <p class="inbox-end">{t::inbox_end()}</p> }.into_any()
        }
        _ => ().into_any(),
    }
}
