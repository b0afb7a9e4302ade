//! The fields for the send time and the expiry.

use campanile_shared::Channel;
use leptos::prelude::*;

use super::{field_errors::FormField, form_state::FormState};
use crate::{
    components::{recreate::recreate, text_field::TextField},
    i18n::t,
};

/// The fields for the send time and the expiry.
#[component]
pub fn TimePickers(
    /// The form's state.
    form: FormState,
) -> impl IntoView {
    // Only the input knows a half-entered time. New inputs discard it when the form's content is replaced.
    recreate(move || {
        form.replaced.track();
        view! { <TimeFields form/> }.into_any()
    })
}

#[component]
fn TimeFields(
    /// The form's state.
    form: FormState,
) -> impl IntoView {
    let no_expiry = form.select(|letter| letter.channel != Channel::Portal);
    view! {
        <div class="compose-pair">
            <TextField
                id="later"
                label=t::compose_later()
                value=form.select(|letter| letter.later.clone())
                on_input=form.on_input(|letter, typed| letter.later = typed)
                hint=t::compose_later_hint()
                kind="datetime-local"
            />
            // A channel without expiry leaves the space empty, so that the layout does not move.
            <div class="field" class:unused=no_expiry>
                <TextField
                    id="expires"
                    label=t::compose_expires()
                    value=form.select(|letter| letter.expires.clone())
                    on_input=form.on_input(|letter, typed| letter.expires = typed)
                    error=form.error_for(FormField::Expires)
                    hint=t::compose_expires_hint()
                    kind="datetime-local"
                    disabled=no_expiry
                />
            </div>
        </div>
    }
}
