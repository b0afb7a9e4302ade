//! Keeps a form from being submitted while a field of it is half filled: the browser has no value for it, as for one
//! that is empty, and it was not left empty.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, HtmlFormElement, HtmlInputElement};

use crate::components::text_field::is_half_filled;

/// Begins to hold such forms.
pub fn hold() {
    let hold = Closure::<dyn Fn(Event)>::new(|event: Event| {
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
        let half = half_filled(&form);
        let Some(first) = half.first() else { return };
        event.prevent_default();
        event.stop_immediate_propagation();
        for input in &half {
            // The field hears of it and says what is wrong; where it does not, the browser does.
            input.report_validity();
        }
        // A field that can be filled in can take the focus.
        let _ = first.focus();
    });
    // Before whatever the form itself does. A page always takes a listener.
    let _ = document().add_event_listener_with_callback_and_bool("submit", hold.as_ref().unchecked_ref(), true);
    // The application is never taken down.
    hold.forget();
}

fn half_filled(form: &HtmlFormElement) -> Vec<HtmlInputElement> {
    let Ok(inputs) = form.query_selector_all("input") else { return Vec::new() };
    let inputs = (0..inputs.length()).filter_map(|at| inputs.item(at)?.dyn_into::<HtmlInputElement>().ok());
    inputs.filter(|input| input.will_validate() && is_half_filled(input)).collect()
}
