//! The fields for a notification's buttons: a label and a link each.

use campanile_shared::send_request::ButtonInput;
use leptos::prelude::*;

use super::{field_errors::FormField, form_state::FormState, repeating_fields::RepeatingFields};
use crate::{components::text_field::TextField, i18n::t};

/// The fields for all buttons.
#[component]
pub fn ButtonFields(
    /// The form's state.
    form: FormState,
) -> impl IntoView {
    view! {
        <RepeatingFields
            label=t::compose_buttons()
            hint=t::compose_buttons_hint()
            id="button"
            first="label"
            add_label=t::compose_button_add()
            count=form.select(|letter| letter.buttons.len())
            row=button_fields
            form
            on_add=Callback::new(move |()| form.data.update(|letter| letter.buttons.push(ButtonInput::default())))
            on_remove=Callback::new(move |at| form.data.update(|letter| drop(letter.buttons.remove(at))))
            error=form.error_for(FormField::Buttons)
        />
    }
}

/// The fields for one button.
fn button_fields(form: FormState, at: usize) -> AnyView {
    let change = |write: fn(&mut ButtonInput, String)| {
        Callback::new(move |typed: String| {
            form.data.update(|letter| {
                if let Some(button) = letter.buttons.get_mut(at) {
                    write(button, typed);
                }
            });
        })
    };
    let value = |read: fn(&ButtonInput) -> String| form.select(move |letter| letter.buttons.get(at).map(read).unwrap_or_default());
    view! {
        <TextField
            id=format!("button-label-{at}")
            label=t::compose_button_label()
            value=value(|button| button.label.clone())
            on_input=change(|button, typed| button.label = typed)
            error=form.error_for(FormField::ButtonLabel(at))
        />
        <TextField
            id=format!("button-link-{at}")
            label=t::compose_button_link()
            value=value(|button| button.link.clone().unwrap_or_default())
            on_input=change(|button, typed| button.link = Some(typed))
            error=form.error_for(FormField::ButtonLink(at))
            kind="url"
        />
    }
    .into_any()
}
