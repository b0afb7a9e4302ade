//! Blocks the submission of a form while one of its fields is incomplete, such as half a date. The browser
//! reports an empty value for such a field, so the form could not tell it from an empty one.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, HtmlFormElement, HtmlInputElement};

use crate::components::text_field::is_incomplete;

/// Starts to block such forms.
pub fn block_submit() {
    let hold = Closure::<dyn Fn(Event)>::new(|event: Event| {
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
        let half = incomplete_inputs(&form);
        let Some(first) = half.first() else { return };
        event.prevent_default();
        event.stop_immediate_propagation();
        for input in &half {
            // The event makes a `TextField` show the error. For other inputs the browser shows it.
            input.report_validity();
        }
        // An input that takes a value can take the focus.
        let _ = first.focus();
    });
    // Capturing, so that it runs before the form's own listener. Adding a listener to the document cannot
    // fail.
    let _ = document().add_event_listener_with_callback_and_bool("submit", hold.as_ref().unchecked_ref(), true);
    // The application is never unmounted.
    hold.forget();
}

fn incomplete_inputs(form: &HtmlFormElement) -> Vec<HtmlInputElement> {
    let Ok(inputs) = form.query_selector_all("input") else { return Vec::new() };
    let inputs = (0..inputs.length()).filter_map(|at| inputs.item(at)?.dyn_into::<HtmlInputElement>().ok());
    inputs.filter(|input| input.will_validate() && is_incomplete(input)).collect()
}
