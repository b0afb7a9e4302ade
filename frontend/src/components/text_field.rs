//! A line or a block of text to type: label, field, hint and fault, tied together for those who
//! listen to the page.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlButtonElement, HtmlInputElement};

use super::fault_line::FaultLine;
use crate::i18n::t;

/// The last moment that a date can be: the browser's clock reads no longer years.
const LAST_MOMENT: &str = "9999-12-31T23:59";

/// Whether the content of an input is not a value: half a date, letters in a number, a year beyond all.
pub fn is_half_filled(input: &HtmlInputElement) -> bool {
    let validity = input.validity();
    validity.bad_input() || validity.range_overflow()
}

fn half_filled(input: &HtmlInputElement) -> Option<fn() -> String> {
    let fault = if input.validity().bad_input() { t::fault_incomplete } else { t::compose_fault_malformed };
    is_half_filled(input).then_some(fault)
}

/// The field.
#[component]
pub fn TextField(
    /// The field's id, unique on the page.
    #[prop(into)]
    id: String,
    /// What is to be typed.
    label: String,
    /// What stands in it.
    #[prop(into)]
    value: Signal<String>,
    /// Called with every change. What is half filled in is no change yet.
    #[prop(default = Callback::new(drop))]
    on_input: Callback<String>,
    /// Called with what was filled in, once that is done.
    #[prop(default = Callback::new(drop))]
    on_change: Callback<String>,
    /// What is wrong with it.
    #[prop(into, optional)]
    fault: Signal<Option<String>>,
    /// Whether that is read out as soon as it is there.
    #[prop(optional)]
    alert: bool,
    /// Help that is always there.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The `type` of the input.
    #[prop(default = "text")]
    kind: &'static str,
    /// A block of several lines.
    #[prop(optional)]
    block: bool,
    /// The language of the text, where it is known.
    #[prop(optional, into)]
    language: Option<String>,
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
    /// Whether it says nothing now, and asks for nothing.
    #[prop(into, optional)]
    disabled: Signal<bool>,
    /// Words to offer.
    #[prop(optional, into)]
    suggestions: Option<Signal<Vec<String>>>,
) -> impl IntoView {
    let fault_id = format!("{id}-fault");
    let hint_id = hint.is_some().then(|| format!("{id}-hint"));
    let described_by = hint_id.iter().chain([&fault_id]).cloned().collect::<Vec<_>>().join(" ");
    let list_id = suggestions.map(|_| format!("{id}-list"));
    let half = RwSignal::new(None::<fn() -> String>);
    let fault = Signal::derive(move || half.get().map_or_else(|| fault.get(), |say| Some(say())));
    let whole = move |input: &HtmlInputElement| {
        let whole = !is_half_filled(input);
        if whole {
            half.set(None);
        }
        whole
    };
    // The form is not submitted (`reactions::half_filled`): why is said here, not by the browser.
    let refused = move |event: ev::Targeted<ev::Event, HtmlInputElement>| {
        event.prevent_default();
        half.set(half_filled(&event.target()));
    };
    let left = move |event: ev::Targeted<ev::FocusEvent, HtmlInputElement>| {
        // A button that is being pressed must stay where it is; the form it submits says the same.
        if event.related_target().is_none_or(|next| !next.has_type::<HtmlButtonElement>()) {
            half.set(half_filled(&event.target()));
        }
    };
    let invalid = move || fault.with(Option::is_some).then_some("true");
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
                max=(kind == "datetime-local").then_some(LAST_MOMENT)
                disabled=disabled
                prop:value=move || value.get()
                on:input:target=move |event| {
                    let input = event.target();
                    if whole(&input) {
                        on_input.run(input.value());
                    }
                }
                on:change:target=move |event| {
                    let input = event.target();
                    if whole(&input) {
                        on_change.run(input.value());
                    }
                }
                on:blur:target=left
                on:invalid:target=refused
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
            <FaultLine id=fault_id fault alert/>
        </div>
    }
}
