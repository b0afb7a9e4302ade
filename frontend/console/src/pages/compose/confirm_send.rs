//! A dialog that asks for confirmation before a notification goes to many people.

use campanile_shared::{Channel, text};
use leptos::{ev, prelude::*};

use crate::{components::dialog::modal_while, i18n::t};

/// Confirmation is required for more people or addresses than this.
pub const CONFIRM_ABOVE: u32 = 50;

/// What the dialog asks about.
#[derive(Clone, Debug, PartialEq)]
pub struct SendConfirmation {
    /// The channel.
    pub channel: Channel,
    /// How many people or addresses it goes to.
    pub count: u32,
    /// Whether it is scheduled for a later time.
    pub scheduled: bool,
    /// The title in the first language.
    pub title: String,
}

/// The dialog; open while `confirmation` is set.
#[component]
pub fn ConfirmSend(
    /// What to ask.
    confirmation: RwSignal<Option<SendConfirmation>>,
    /// Called when the person confirms.
    on_confirm: Callback<()>,
) -> impl IntoView {
    let dialog = modal_while(move || confirmation.with(Option::is_some));
    let many = move || confirmation.with(|confirmation| confirmation.as_ref().map_or(0, |confirmation| confirmation.count));
    let by_mail =
        move || confirmation.with(|confirmation| confirmation.as_ref().is_some_and(|confirmation| confirmation.channel == Channel::Email));
    let confirm_label = move || if by_mail() { t::compose_send_mails(many()) } else { t::compose_send_to(many()) };
    let title = move || {
        confirmation.with(|confirmation| confirmation.as_ref().map(|confirmation| text::excerpt(&text::one_line(&confirmation.title), 120)))
    };
    let confirm = move |event: ev::SubmitEvent| {
        event.prevent_default();
        confirmation.set(None);
        on_confirm.run(());
    };
    view! {
        <dialog node_ref=dialog class="confirm" aria-labelledby="confirm-title" aria-describedby="confirm-text" on:close=move |_| confirmation.set(None)>
            <form method="dialog" on:submit=confirm>
                <h2 id="confirm-title">{move || t::compose_confirm(many())}</h2>
                <p id="confirm-text">
                    <strong dir="auto">{title}</strong>
                    {move || confirmation.with(|confirmation| match confirmation {
                        Some(SendConfirmation { scheduled: true, .. }) => t::compose_confirm_later(),
                        Some(SendConfirmation { channel: Channel::Email, .. }) => t::compose_confirm_mails(),
                        _ => t::compose_confirm_text(),
                    })}
                </p>
                <div class="confirm-answers">
                    <button type="button" class="quiet" autofocus on:click=move |_| confirmation.set(None)>
                        {t::compose_confirm_no()}
                    </button>
                    <button class="primary">{confirm_label}</button>
                </div>
            </form>
        </dialog>
    }
}
