//! The fields for a notification's buttons: a label and a link each.

use campanile_shared::draft::DraftButton;
use leptos::prelude::*;

use super::{fault::Field, rows::Rows, sheet::Sheet};
use crate::{components::text_field::TextField, i18n::t};

/// The fields for all buttons.
#[component]
pub fn Buttons(
    /// The form's state.
    sheet: Sheet,
) -> impl IntoView {
    view! {
        <Rows
            label=t::compose_buttons()
            hint=t::compose_buttons_hint()
            id="button"
            first="label"
            add_label=t::compose_button_add()
            count=sheet.get(|letter| letter.buttons.len())
            row=button
            sheet
            on_add=Callback::new(move |()| sheet.letter.update(|letter| letter.buttons.push(DraftButton::default())))
            on_remove=Callback::new(move |at| sheet.letter.update(|letter| drop(letter.buttons.remove(at))))
            fault=sheet.fault(Field::Buttons)
        />
    }
}

/// The fields for one button.
fn button(sheet: Sheet, at: usize) -> AnyView {
    let change = |write: fn(&mut DraftButton, String)| {
        Callback::new(move |typed: String| {
            sheet.letter.update(|letter| {
                if let Some(button) = letter.buttons.get_mut(at) {
                    write(button, typed);
                }
            });
        })
    };
    let value = |read: fn(&DraftButton) -> String| sheet.get(move |letter| letter.buttons.get(at).map(read).unwrap_or_default());
    view! {
        <TextField
            id=format!("button-label-{at}")
            label=t::compose_button_label()
            value=value(|button| button.label.clone())
            on_input=change(|button, typed| button.label = typed)
            fault=sheet.fault(Field::ButtonLabel(at))
        />
        <TextField
            id=format!("button-link-{at}")
            label=t::compose_button_link()
            value=value(|button| button.link.clone().unwrap_or_default())
            on_input=change(|button, typed| button.link = Some(typed))
            fault=sheet.fault(Field::ButtonLink(at))
            kind="url"
        />
    }
    .into_any()
}
