//! A dialog that asks for confirmation before an action that cannot be undone.

use leptos::{ev, prelude::*};

use super::dialog::modal_while;
use crate::i18n::t;

/// What the dialog asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirmation<T> {
    /// The subject, passed to the callback.
    pub subject: T,
    /// The dialog's title.
    pub title: String,
    /// The consequence of confirming.
    pub text: String,
    /// The label of the confirm button.
    pub confirm_label: String,
}

/// The dialog. It is open while `confirmation` is set.
#[component]
pub fn ConfirmDialog<T: Clone + Send + Sync + 'static>(
    /// The dialog's id, unique on the page.
    id: &'static str,
    /// What to ask.
    confirmation: RwSignal<Option<Confirmation<T>>>,
    /// Called with the subject if the person confirms.
    on_confirm: Callback<T>,
) -> impl IntoView {
    let words = Signal::derive(move || {
        confirmation.with(|shown| shown.as_ref().map(|asked| [asked.title.clone(), asked.text.clone(), asked.confirm_label.clone()]))
    });
    let confirm = move || {
        if let Some(asked) = confirmation.get_untracked() {
            confirmation.set(None);
            on_confirm.run(asked.subject);
        }
    };
    dialog(id, words, Callback::new(move |()| confirm()), Callback::new(move |()| confirmation.set(None)))
}

/// The dialog without its subject. `words` are the title, the text and the label of the confirm button.
fn dialog(id: &'static str, words: Signal<Option<[String; 3]>>, on_confirm: Callback<()>, on_cancel: Callback<()>) -> AnyView {
    let dialog = modal_while(move || words.with(Option::is_some));
    let word = move |at: usize| words.with(|words| words.as_ref().map(|words| words[at].clone()));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        on_confirm.run(());
    };
    view! {
        <dialog
            node_ref=dialog
            class="confirm"
            aria-labelledby=format!("{id}-title")
            aria-describedby=format!("{id}-text")
            on:close=move |_| on_cancel.run(())
        >
            <form method="dialog" on:submit=submit>
                <h2 id=format!("{id}-title")>{move || word(0)}</h2>
                <p id=format!("{id}-text")>{move || word(1)}</p>
                <div class="confirm-answers">
                    <button type="button" class="quiet" autofocus on:click=move |_| on_cancel.run(())>
                        {t::cancel()}
                    </button>
                    <button class="primary">{move || word(2)}</button>
                </div>
            </form>
        </dialog>
    }
    .into_any()
}
