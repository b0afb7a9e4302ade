//! The help that lists all keyboard shortcuts.

use leptos::{html, prelude::*};

use super::icon::Icon;
use crate::{i18n::t, lazy::view::lazy_view, reactive::effect};

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
    let close_button = NodeRef::<html::Button>::new();
    // The dialog was opened before its content was loaded, so the dialog itself had the focus.
    effect(move || {
        if let Some(button) = close_button.get() {
            // A dialog that was closed at once cannot take the focus.
            let _ = button.focus();
        }
    });
    let line = |keys: &'static [&'static str], what: String| {
        view! {
            <div class="shortcut">
                <dt>{keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view()}</dt>
                <dd>{what}</dd>
            </div>
        }
    };
    view! {
        <div class="sheet-body">
            <header>
                <h2 id="sheet-title">{t::help()}</h2>
                <button
                    node_ref=close_button
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
                {line(&["u"], t::mark_unread())}
                {line(&["s"], t::snooze())}
                {line(&["p"], t::pin())}
                {line(&["x"], t::select())}
                {line(&["⇧"], t::help_range())}
                {line(&["Esc"], t::close())}
                {line(&["/"], t::help_search())}
                {line(&["g", "i"], t::help_go_inbox())}
                {line(&["g", "c"], t::help_go_compose())}
                {line(&["?"], t::help_this())}
            </dl>
        </div>
    }
}
