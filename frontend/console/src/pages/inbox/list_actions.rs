//! The actions on the whole list: select, mark all as read, dismiss all, save or export the view.

use campanile_shared::{Filter, MatchCount, View, inbox::Action};
use leptos::{prelude::*, task::spawn_local};

use super::context::InboxContext;
use crate::{
    components::{
        confirm_dialog::{ConfirmDialog, Confirmation},
        icon::{
            Icon,
            outlines::{DISMISS_ALL, SELECT},
        },
    },
    i18n::{format, t},
    lazy::view::lazy_view,
    reactive::{effect, memo},
};

lazy_view! {
    /// The actions, loaded when the list is.
    after_first_paint::load_list_actions: LazyListActions() = ListActions()
}

/// Dismissing more notifications than this asks for confirmation.
const ASK_ABOVE: u32 = 50;
/// Counts are exact up to this number.
const MAX_EXACT: u32 = 999;

/// The actions on the whole list.
#[component]
pub fn ListActions() -> impl IntoView {
    let context: InboxContext = expect_context();
    let state = context.state;
    let filter = move || context.url_state.with_untracked(|place| place.filter.clone());
    let in_dismissed = memo(move || context.url_state.with(|place| place.filter.view == View::Dismissed));
    let is_empty = memo(move || state.inbox.with(|list| list.items.is_empty()));
    let confirmation = RwSignal::new(None::<Confirmation<Filter>>);
    let dismiss = move |filter: Filter| state.change_matching(Action::Dismiss.into(), filter);
    effect(move || {
        if !context.dismissing_all.get() {
            return;
        }
        context.dismissing_all.set(false);
        let filter = filter();
        spawn_local(async move {
            match state.count_matching(filter.clone()).await {
                Ok(MatchCount { count, more, .. }) if more || count > ASK_ABOVE => {
                    let number = format::number(count.min(MAX_EXACT).into()) + if more || count > MAX_EXACT { "+" } else { "" };
                    confirmation.try_set(Some(Confirmation {
                        subject: filter,
                        title: t::dismiss_all_ask(&number),
                        text: t::dismiss_all_text(&t::dismissed()),
                        confirm_label: t::dismiss_all(),
                    }));
                }
                Ok(_) => dismiss(filter),
                Err(error) => state.show_error(&error),
            }
        });
    });
    let button = move |icon: Icon, name: String, disabled: Memo<bool>, hidden: Memo<bool>, action: Callback<()>| {
        let title = name.clone();
        view! {
            <button class="chip" type="button" title=title disabled=disabled hidden=hidden on:click=move |_| action.run(())>
                {icon.view()}
                <span>{name}</span>
            </button>
        }
    };
    let never = memo(|| false);
    view! {
        {button(Icon::Checks, t::mark_all_read(), is_empty, in_dismissed, Callback::new(move |()| state.change_matching(Action::Read.into(), filter())))}
        {button(DISMISS_ALL, t::dismiss_all(), is_empty, in_dismissed, Callback::new(move |()| context.dismissing_all.set(true)))}
        {button(SELECT, t::select(), is_empty, never, Callback::new(move |()| context.select_mode.set(true)))}
        <button class="icon-button" type="button" title=t::this_view() aria-label=t::this_view() on:click=move |_| context.save_view_dialog.set(true)>
            {Icon::More.view()}
        </button>
        <ConfirmDialog id="dismiss-all" confirmation on_confirm=Callback::new(dismiss)/>
    }
}
