//! A text field: label, input, hint and error, linked for screen readers.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlButtonElement, HtmlInputElement};

use super::field_error_line::FieldErrorLine;
use crate::i18n::t;

/// The latest date. The browser's date parser does not read years of more than four digits.
const MAX_DATE_TIME: &str = "9999-12-31T23:59";

/// Whether an input is incomplete or has no valid value: half a date, letters in a number, a year that is too
/// large.
pub fn is_incomplete(input: &HtmlInputElement) -> bool {
    let validity = input.validity();
    validity.bad_input() || validity.range_overflow()
}

fn incomplete_message(input: &HtmlInputElement) -> Option<fn() -> String> {
    let error = if input.validity().bad_input() { t::error_incomplete } else { t::compose_error_malformed };
    is_incomplete(input).then_some(error)
}

/// The field.
#[component]
pub fn TextField(
    /// The field's id, unique on the page.
    #[prop(into)]
    id: String,
    /// The label.
    label: String,
    /// The value.
    #[prop(into)]
    value: Signal<String>,
    /// Called with every change. Incomplete input is not reported.
    #[prop(default = Callback::new(drop))]
    on_input: Callback<String>,
    /// Called when the person has finished a change.
    #[prop(default = Callback::new(drop))]
    on_change: Callback<String>,
    /// The error.
    #[prop(into, optional)]
    error: Signal<Option<String>>,
    /// Whether screen readers announce the error at once.
    #[prop(optional)]
    alert: bool,
    /// A hint that is always visible.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The `type` of the input.
    #[prop(default = "text")]
    kind: &'static str,
    /// Whether the field has several lines.
    #[prop(optional)]
    block: bool,
    /// The language of the value, if it is known.
    #[prop(optional, into)]
    language: Option<String>,
    /// Whether a value is required.
    #[prop(optional)]
    required: bool,
    /// Whether the field is disabled.
    #[prop(into, optional)]
    disabled: Signal<bool>,
    /// The suggested values.
    #[prop(optional, into)]
    suggestions: Option<Signal<Vec<String>>>,
) -> impl IntoView {
    let error_id = format!("{id}-error");
    let hint_id = hint.is_some().then(|| format!("{id}-hint"));
    let described_by = hint_id.iter().chain([&error_id]).cloned().collect::<Vec<_>>().join(" ");
    let list_id = suggestions.map(|_| format!("{id}-list"));
    let incomplete = RwSignal::new(None::<fn() -> String>);
    let error = Signal::derive(move || incomplete.get().map_or_else(|| error.get(), |say| Some(say())));
    let clear_if_complete = move |input: &HtmlInputElement| {
        let whole = !is_incomplete(input);
        if whole {
            incomplete.set(None);
        }
        whole
    };
    // `effects::incomplete_fields` blocks the submission. The field shows the reason instead of the browser.
    let on_invalid = move |event: ev::Targeted<ev::Event, HtmlInputElement>| {
        event.prevent_default();
        incomplete.set(incomplete_message(&event.target()));
    };
    let on_blur = move |event: ev::Targeted<ev::FocusEvent, HtmlInputElement>| {
        // A new error would move the button that is being clicked. Submitting the form shows the same error.
        if event.related_target().is_none_or(|next| !next.has_type::<HtmlButtonElement>()) {
            incomplete.set(incomplete_message(&event.target()));
        }
    };
    let invalid = move || error.with(Option::is_some).then_some("true");
    let direction = match kind {
        "text" => Some("auto"),
        "url" => Some("ltr"),
        _ => None,
    };
    let field = if block {
        view! {
            <textarea
                id=id.clone()
                rows="4"
                dir=direction
                lang=language
                aria-describedby=described_by
                aria-invalid=invalid
                prop:value=move || value.get()
                on:input:target=move |event| on_input.run(event.target().value())
            ></textarea>
        }
        .into_any()
    } else {
        view! {
            <input
                id=id.clone()
                type=kind
                dir=direction
                lang=language
                list=list_id.clone()
                autocomplete="off"
                aria-describedby=described_by
                aria-invalid=invalid
                aria-required=required.then_some("true")
                max=(kind == "datetime-local").then_some(MAX_DATE_TIME)
                disabled=disabled
                prop:value=move || value.get()
                on:input:target=move |event| {
                    let input = event.target();
                    if clear_if_complete(&input) {
                        on_input.run(input.value());
                    }
                }
                on:change:target=move |event| {
                    let input = event.target();
                    if clear_if_complete(&input) {
                        on_change.run(input.value());
                    }
                }
                on:blur:target=on_blur
                on:invalid:target=on_invalid
            />
        }
        .into_any()
    };
    let options =
        move || suggestions.map(|words| words.get().into_iter().map(|word| view! { <option value=word></option> }).collect_view());
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {field}
            {list_id.map(|id| view! { <datalist id=id>{options}</datalist> })}
            {hint_id.map(|id| view! { <small id=id>{hint}</small> })}
            <FieldErrorLine id=error_id error alert/>
        </div>
    }
}
