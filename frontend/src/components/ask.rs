//! Asks once more before something is done that cannot be taken back.

use leptos::{ev, html, prelude::*};

use crate::{i18n::t, reactive::effect};

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Question<T> {
    /// What it is about, for whoever does it.
    pub about: T,
    /// The question.
    pub title: String,
    /// What follows from yes.
    pub text: String,
    /// The word for yes.
    pub yes: String,
}

/// The dialog; shown while there is a question.
#[component]
pub fn Ask<T: Clone + Send + Sync + 'static>(
    /// Tells the dialog from others of the page.
    id: &'static str,
    /// The question.
    question: RwSignal<Option<Question<T>>>,
    /// Called with what it is about when the answer is yes.
    on_yes: Callback<T>,
) -> impl IntoView {
    let words = Signal::derive(move || {
        question.with(|question| question.as_ref().map(|asked| [asked.title.clone(), asked.text.clone(), asked.yes.clone()]))
    });
    let yes = move || {
        if let Some(asked) = question.get_untracked() {
            question.set(None);
            on_yes.run(asked.about);
        }
    };
    dialog(id, words, Callback::new(move |()| yes()), Callback::new(move |()| question.set(None)))
}

/// The dialog, whatever it is about: the title, the text and the word for yes.
fn dialog(id: &'static str, words: Signal<Option<[String; 3]>>, on_yes: Callback<()>, on_no: Callback<()>) -> AnyView {
    let dialog = NodeRef::<html::Dialog>::new();
    effect(move || {
        let (Some(dialog), asked) = (dialog.get(), words.with(Option::is_some)) else { return };
        if asked && !dialog.open() {
            // It fails only when the dialog has left the page.
            let _ = dialog.show_modal();
        } else if !asked && dialog.open() {
            dialog.close();
        }
    });
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
