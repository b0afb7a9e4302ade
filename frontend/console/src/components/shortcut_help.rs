//! The help that lists all keyboard shortcuts.

use leptos::prelude::*;

use super::icon::Icon;
use crate::{i18n::t, lazy::view::lazy_view};

lazy_view! {
    /// The content of the help, loaded on demand.
    after_first_paint::load_shortcut_help: LazyShortcutHelp(close: Callback<()>) = view! { <ShortcutHelp close/> }
}

/// The content of the help.
#[component]
pub fn ShortcutHelp(
    /// Closes the help.
    close: Callback<()>,
) -> impl IntoView {
    let line = |keys: &'static [&'static str], what: String| {
        view! {
            <div class="shortcut">
                <dt>{keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view()}</dt>
                <dd>{what}</dd>
            </div>
        }
    };
    view! {
        <div class="sheet-body" data-takes-focus>
            <header>
                <h2 id="sheet-title">{t::help()}</h2>
                <button
                    class="icon-button"
                    type="button"
                    aria-label=t::close()
                    on:click=move |_| close.run(())
                >
                    {Icon::Cross.view()}
                </button>
            </header>
            <dl>
                {line(&["j", "↓"], t::help_next())}
                {line(&["k", "↑"], t::help_previous())}
                {line(&["↵"], t::help_open())}
                {line(&["e"], t::dismiss())}
                {line(&["r"], t::mark_read())}
                {line(&["u"], t::mark_unread())}
                {line(&["s"], t::snooze())}
                {line(&["p"], t::pin())}
                {line(&["x"], t::select())}
                {line(&["z"], t::undo())}
                {line(&["v"], t::view_save())}
                {line(&["⇧"], t::help_range())}
                {line(&["Esc"], t::close())}
                {line(&["/"], t::help_search())}
                {line(&["g", "i"], t::help_go_inbox())}
                {line(&["g", "c"], t::help_go_compose())}
                {line(&["g", "t"], t::page_sent())}
                {line(&["g", "a"], t::page_administration())}
                {line(&["g", ","], t::page_settings())}
                {line(&["Ctrl", "↵"], t::compose_send())}
                {line(&["?"], t::help_this())}
            </dl>
        </div>
    }
}
