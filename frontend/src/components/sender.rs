//! Who sent something: people and API keys may have the same names, and are told apart by a sign.

use campanile_shared::sent::SenderKind;
use leptos::prelude::*;

use super::icon::Icon;
use crate::i18n::t;

/// The sender.
#[component]
pub fn Sender(
    /// The name, or a few words with it.
    #[prop(into)]
    text: String,
    /// What the sender is, where that is known.
    kind: Option<SenderKind>,
) -> impl IntoView {
    let sign = kind.map(|kind| match kind {
        SenderKind::Person => (Icon::Person, t::sender_person()),
        SenderKind::Key => (Icon::Key, t::sender_key()),
    });
    let word = sign.as_ref().map(|(_, word)| word.clone());
    let heard = word.clone();
    view! {
        <span class="sender" title=word>
            {sign.map(|(icon, _)| icon.view())}
            <bdi>{text}</bdi>
            {heard.map(|word| view! { <span class="visually-hidden">" (" {word} ")"</span> })}
        </span>
    }
}
