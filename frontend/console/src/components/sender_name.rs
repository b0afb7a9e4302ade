//! The name of a sender. An icon tells people from API keys of the same name. If a key sent in the name of a
//! person, both are shown.

use campanile_shared::{sent::SenderKind, text};
use leptos::prelude::*;

use super::icon::Icon;
use crate::i18n::t;

/// The sender's name, with the name of the API key that sent for them, as one line without control characters.
pub fn sender_label(sender: &str, through: Option<&str>) -> String {
    let sender = text::one_line(sender);
    match through {
        Some(key) => t::sender_through(&text::one_line(key), &sender),
        None => sender,
    }
}

/// The sender.
#[component]
pub fn SenderName(
    /// The text to show.
    #[prop(into)]
    text: String,
    /// The kind of the sender, if it is known.
    kind: Option<SenderKind>,
) -> impl IntoView {
    let sign = kind.map(|kind| match kind {
        SenderKind::Person => (Icon::Person, t::sender_person()),
        SenderKind::Key => (Icon::Key, t::sender_key()),
    });
    let label = sign.as_ref().map(|(_, word)| word.clone());
    let hidden_label = label.clone();
    view! {
        <span class="sender" title=label>
            {sign.map(|(icon, _)| icon.view())}
            <bdi>{text}</bdi>
            {hidden_label.map(|word| view! { <span class="visually-hidden">" (" {word} ")"</span> })}
        </span>
    }
}
