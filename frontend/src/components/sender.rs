//! Who sent something: people and API keys may have the same names, and are told apart by a sign. A
//! person whom a key named as the sender is shown with the key.

use campanile_shared::{sent::SenderKind, text};
use leptos::prelude::*;

use super::icon::Icon;
use crate::i18n::t;

/// A sender's name, with that of the key that named them, as one harmless line.
pub fn named(sender: &str, through: Option<&str>) -> String {
    let sender = text::one_line(sender);
    match through {
        Some(key) => t::sender_through(&text::one_line(key), &sender),
        None => sender,
    }
}

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
