//! The dialog that saves the current view under a name, or exports it as a file.

use campanile_shared::{Preferences, person::SavedView, text};
use leptos::{ev, html, prelude::*, task::spawn_local};

use super::Desk;
use crate::{
    components::{icon::Icon, sidebar::saved_name},
    i18n::t,
    pages::later,
    reactive::effect,
    state::Toast,
};

/// The dialog; open while `keeping` is set.
#[component]
pub fn KeepDialog() -> impl IntoView {
    let desk: Desk = expect_context();
    let dialog = NodeRef::<html::Dialog>::new();
    effect(move || {
        let (Some(dialog), asked) = (dialog.get(), desk.keeping.get()) else { return };
        if asked && !dialog.open() {
            // `show_modal` fails only if the dialog is no longer on the page.
            let _ = dialog.show_modal();
        } else if !asked && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog node_ref=dialog class="sheet save-view" aria-labelledby="keep-title" on:close=move |_| desk.keeping.set(false)>
            <Show when=move || desk.keeping.get()>
                <later::KeepForm/>
            </Show>
        </dialog>
    }
}

/// The dialog's content.
#[component]
pub fn KeepForm() -> impl IntoView {
    let desk: Desk = expect_context();
    let state = desk.state;
    let filter = desk.place.with_untracked(|place| place.filter.clone());
    let known = untrack(|| saved_name(state, &filter));
    let input = NodeRef::<html::Input>::new();
    // The dialog opened before this form was loaded, and has the focus.
    effect(move || {
        if let Some(input) = input.get() {
            // The dialog may have been closed meanwhile; then nothing is focused.
            let _ = input.focus();
        }
    });
    // Saves the preferences with this view under a name, or without it.
    let keep = {
        let filter = filter.clone();
        move |name: Option<String>| {
            desk.keeping.set(false);
            let Some(mut preferences) = untrack(|| state.me()).map(|me| me.preferences) else { return };
            put(&mut preferences, name, &filter);
            spawn_local(async move {
                match state.set_preferences(preferences).await {
                    Ok(()) => state.toast.set(Some(Toast { text: t::settings_saved(), undo: None, failed: false })),
                    Err(error) => state.fail(&error),
                }
            });
        }
    };
    let remove = keep.clone();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let name = input.get_untracked().map(|input| text::one_line(&input.value()).trim().to_owned());
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            keep(Some(name));
        }
    };
    let file = |format: &'static str, name: String| {
        let (link, ticket) = state.export(&filter, format);
        let follow = {
            let link = link.clone();
            move |event: ev::MouseEvent| {
                if ticket {
                    event.prevent_default();
                    state.follow_with_ticket(link.clone());
                }
                desk.keeping.set(false);
            }
        };
        view! {
            <a class="quiet" href=link download rel="external" on:click=follow>
                {name}
            </a>
        }
    };
    view! {
        <form class="sheet-body" on:submit=submit>
            <header>
                <h2 id="keep-title">{t::this_view()}</h2>
                <button class="icon-button" type="button" aria-label=t::close() on:click=move |_| desk.keeping.set(false)>
                    {Icon::Cross.view()}
                </button>
            </header>
            <label class="field">
                <span class="label">{t::view_name()}</span>
                <input
                    node_ref=input
                    required
                    maxlength=SavedView::LONGEST_NAME.to_string()
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
                {file("csv", t::export_csv())}
                {file("json", t::export_json())}
            </div>
        </form>
    }
}

/// Saves a filter under a name, or removes it if there is no name. A name belongs to one view.
fn put(preferences: &mut Preferences, name: Option<String>, filter: &campanile_shared::Filter) {
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
    fn a_name_stands_for_one_view() {
        let mut preferences = Preferences::default();
        let (unread, dismissed) = (Filter::of(View::Unread), Filter::of(View::Dismissed));
        let mut put = |name: Option<&str>, filter: &Filter| {
            put(&mut preferences, name.map(str::to_owned), filter);
            preferences.views.iter().map(|view| (view.name.clone(), view.filter.view)).collect::<Vec<_>>()
        };
        put(Some("a"), &unread);
        assert_eq!(put(Some("b"), &dismissed), [("a".into(), View::Unread), ("b".into(), View::Dismissed)]);
        assert_eq!(put(Some("c"), &unread), [("c".into(), View::Unread), ("b".into(), View::Dismissed)]);
        assert_eq!(put(Some("c"), &dismissed), [("c".into(), View::Dismissed)]);
        assert!(put(None, &dismissed).is_empty());
    }
}
