//! The bell of the top bar: the number of unread items, their highest severity, and the panel that it opens.

use leptos::{ev, html, prelude::*};

use super::{
    bell_panel::{LazyBellPanel, load_bell_panel},
    icon::Icon,
};
use crate::{
    i18n::{format, t},
    lazy::view::prefetch,
    reactive::memo,
    state::State,
};

/// The accessible name of the bell.
pub fn unread_label(unread: u32) -> String {
    match unread {
        0 => t::bell_none(),
        1..=999 => t::bell_name(unread),
        _ => t::bell_name_many(),
    }
}

/// The button and its panel.
#[component]
pub fn Bell() -> impl IntoView {
    let state = State::expect();
    let unread = memo(move || state.counts.with(|counts| counts.counts().unread));
    let worst = memo(move || state.counts.with(|counts| counts.worst_severity()));
    let open = RwSignal::new(false);
    let panel = NodeRef::<html::Div>::new();
    let close = move || {
        if let Some(panel) = panel.get_untracked() {
            // This fails only if the panel is closed already.
            let _ = panel.hide_popover();
        }
    };
    let toggled = move |_: ev::Event| {
        let shown = panel.get_untracked().is_some_and(|panel| panel.matches(":popover-open").unwrap_or(false));
        if shown == open.get_untracked() {
            return;
        }
        open.set(shown);
        if shown { state.begin_viewing() } else { state.end_viewing() }
    };
    view! {
        <button
            type="button"
            class=move || format!("icon-button bell {}", worst.get().map_or("", |severity| severity.name()))
            popovertarget="bell-panel"
            aria-haspopup="dialog"
            aria-controls="bell-panel"
            aria-expanded=move || open.get().to_string()
            aria-label=move || unread_label(unread.get())
            on:pointerenter=move |_| prefetch(load_bell_panel())
            on:focus=move |_| prefetch(load_bell_panel())
        >
            {Icon::Bell.view()}
            <Show when=move || { unread.get() > 0 }>
                <span class="bell-badge" aria-hidden="true">
                    {move || format::badge(unread.get())}
                </span>
            </Show>
        </button>
        <div
            node_ref=panel
            id="bell-panel"
            class="bell-panel"
            popover="auto"
            role="dialog"
            aria-labelledby="bell-title"
            on:toggle=toggled
        >
            <Show when=move || open.get()>
                <LazyBellPanel close=Callback::new(move |()| close())/>
            </Show>
        </div>
    }
}
