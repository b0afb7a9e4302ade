//! The dialog that saves the current view under a name, or exports it as a file.

use campanile_shared::{Preferences, limits::MAX_VIEW_NAME_LENGTH, preferences::SavedView, text};
use leptos::{ev, html, prelude::*, task::spawn_local};

use super::{context::InboxContext, export_links::ExportLinks};
use crate::{
    components::{dialog::modal_while, icon::Icon, inbox_views::saved_view_name},
    i18n::t,
    lazy::view::lazy_view,
    state::Toast,
};

/// The dialog; open while `save_view_dialog` is set.
#[component]
pub fn SaveViewDialog() -> impl IntoView {
    let context: InboxContext = expect_context();
    let dialog = modal_while(move || context.save_view_dialog.get());
    view! {
        <dialog node_ref=dialog class="sheet save-view" aria-labelledby="keep-title" on:close=move |_| context.save_view_dialog.set(false)>
            <Show when=move || context.save_view_dialog.get()>
                <LazySaveViewForm/>
            </Show>
        </dialog>
    }
}

lazy_view! {
    /// The dialog's content, loaded on demand.
    after_first_paint::load_save_view_form: LazySaveViewForm() = SaveViewForm()
}

/// The dialog's content.
#[component]
pub fn SaveViewForm() -> impl IntoView {
    let context: InboxContext = expect_context();
    let state = context.state;
    let filter = context.url_state.with_untracked(|place| place.filter.clone());
    let known = untrack(|| saved_view_name(state, &filter));
    let input = NodeRef::<html::Input>::new();
    // Saves the preferences with this view under a name, or without it.
    let save = {
        let filter = filter.clone();
        move |name: Option<String>| {
            context.save_view_dialog.set(false);
            let Some(mut preferences) = untrack(|| state.me()).map(|me| me.preferences) else { return };
            let done = if name.is_some() { t::settings_saved() } else { t::view_removed() };
            set_saved_view(&mut preferences, name, &filter);
            spawn_local(async move {
                match state.set_preferences(preferences).await {
                    Ok(()) => state.toast.set(Some(Toast { text: done, undo: None, failed: false })),
                    Err(error) => state.show_error(&error),
                }
            });
        }
    };
    let remove = save.clone();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let name = input.get_untracked().map(|input| text::one_line(&input.value()).trim().to_owned());
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            save(Some(name));
        }
    };
    view! {
        <form class="sheet-body" data-takes-focus on:submit=submit>
            <header>
                <h2 id="keep-title">{t::this_view()}</h2>
                <button class="icon-button" type="button" aria-label=t::close() on:click=move |_| context.save_view_dialog.set(false)>
                    {Icon::Cross.view()}
                </button>
            </header>
            <label class="field">
                <span class="label">{t::view_name()}</span>
                <input
                    node_ref=input
                    required
                    maxlength=MAX_VIEW_NAME_LENGTH.to_string()
                    dir="auto"
                    value=known.clone()
                    aria-describedby="keep-hint"
                />
            </label>
            <p id="keep-hint" class="save-view-hint">{t::view_name_hint()}</p>
            <div class="save-view-actions">
                <button class="primary">{t::view_save()}</button>
                {known
                    .is_some()
                    .then(|| {
                        view! {
                            <button class="quiet" type="button" on:click=move |_| remove(None)>
                                {t::view_remove()}
                            </button>
                        }
                    })}
                <ExportLinks filter/>
            </div>
        </form>
    }
}

/// Saves a filter under a name, or removes it if there is no name. A name belongs to one view.
fn set_saved_view(preferences: &mut Preferences, name: Option<String>, filter: &campanile_shared::Filter) {
    let views = &mut preferences.views;
    let at = views.iter().position(|view| view.filter == *filter).unwrap_or(views.len());
    views.retain(|view| view.filter != *filter && Some(&view.name) != name.as_ref());
    if let Some(name) = name {
        views.insert(at.min(views.len()), SavedView { name, filter: filter.clone() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use campanile_shared::{Filter, View};

    #[test]
    fn a_name_belongs_to_one_view() {
        let mut preferences = Preferences::default();
        let (unread, dismissed) = (Filter::whole_view(View::Unread), Filter::whole_view(View::Dismissed));
        let mut put = |name: Option<&str>, filter: &Filter| {
            set_saved_view(&mut preferences, name.map(str::to_owned), filter);
            preferences.views.iter().map(|view| (view.name.clone(), view.filter.view)).collect::<Vec<_>>()
        };
        put(Some("a"), &unread);
        assert_eq!(put(Some("b"), &dismissed), [("a".into(), View::Unread), ("b".into(), View::Dismissed)]);
        assert_eq!(put(Some("c"), &unread), [("c".into(), View::Unread), ("b".into(), View::Dismissed)]);
        assert_eq!(put(Some("c"), &dismissed), [("c".into(), View::Dismissed)]);
        assert!(put(None, &dismissed).is_empty());
    }
}
