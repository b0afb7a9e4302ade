//! Says why a notification is in the inbox: the groups of recipients that matched, and who sent it.

use campanile_shared::{
    Recipients,
    inbox::{Reason, Why},
    text,
};
use leptos::prelude::*;

use crate::i18n::{format, t};

fn reason_text(reason: &Reason) -> String {
    let since = reason.since.as_ref().map(|at| format::date_time(format::epoch_millis(at))).unwrap_or_default();
    match &reason.group {
        Recipients::Everyone => t::why_everyone(),
        Recipients::Person { .. } => t::why_person(),
        Recipients::Administrators => t::why_administrators(&since),
        Recipients::Role { object, relation } => t::why_role(&text::one_line(object), &text::one_line(relation), &since),
    }
}

/// The explanation, collapsed at first. `sender` is one line of safe text.
pub fn why_received(why: &Why, sender: &str) -> impl IntoView + use<> {
    let sender = t::why_sender(sender, &text::one_line(&why.source));
    view! {
        <details class="detail-why">
            <summary>{t::why()}</summary>
            <ul>
                {why.reasons.iter().map(|reason| view! { <li dir="auto">{reason_text(reason)}</li> }).collect_view()}
                <li dir="auto">{sender}</li>
            </ul>
        </details>
    }
}
