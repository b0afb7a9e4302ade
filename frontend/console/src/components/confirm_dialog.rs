//! A dialog that asks for confirmation before an action that cannot be undone.

use leptos::{ev, prelude::*};

use super::dialog::modal_while;
use crate::i18n::t;

/// The question that the dialog asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirmation<T> {
    /// The subject, passed to the callback.
    pub subject: T,
    /// The dialog's title.
    pub title: String,
    /// The consequence of a yes.
    pub text: String,
    /// The label of the confirm button.
    pub confirm_label: String,
}

/// The dialog. It is open while `question` is set.
#[component]
pub fn ConfirmDialog<T: Clone + Send + Sync + 'static>(
    /// The dialog's id, unique on the page.
    id: &'static str,
    /// The question.
    question: RwSignal<Option<Confirmation<T>>>,
    /// Called with the subject if the person confirms.
    on_yes: Callback<T>,
) -> impl IntoView {
    let words = Signal::derive(move || {
        question.with(|question| question.as_ref().map(|asked| [asked.title.clone(), asked.text.clone(), asked.confirm_label.clone()]))
    });
    let yes = move || {
        if let Some(asked) = question.get_untracked() {
            question.set(None);
            on_yes.run(asked.subject);
        }
    };
    dialog(id, words, Callback::new(move |()| yes()), Callback::new(move |()| question.set(None)))
}

/// The dialog without its subject. `words` are the title, the text and the label of the confirm button.
fn dialog(id: &'static str, words: Signal<Option<[String; 3]>>, on_yes: Callback<()>, on_no: Callback<()>) -> AnyView {
    let dialog = modal_while(move || words.with(Option::is_some));
    let word = move |at: usize| words.with(|words| words.as_ref().map(|words| words[at].clone()));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        on_yes.run(());
    };
    view! {
        <dialog
            node_ref=dialog
            class="confirm"
            aria-labelledby=format!("{id}-title")
            aria-describedby=format!("{id}-text")
            on:close=move |_| on_no.run(())
        >
            <form method="dialog" on:submit=submit>
                <h2 id=format!("{id}-title")>{move || word(0)}</h2>
                <p id=format!("{id}-text")>{move || word(1)}</p>
                <div class="confirm-answers">
                    <button type="button" class="quiet" autofocus on:click=move |_| on_no.run(())>
                        {t::cancel()}
                    </button>
                    <button class="primary">{move || word(2)}</button>
                </div>
            </form>
        </dialog>
    }
    .into_any()
}
