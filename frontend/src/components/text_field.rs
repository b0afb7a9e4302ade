//! A line or a block of text to type: label, field, hint and fault, tied together for those who
//! listen to the page.

use leptos::prelude::*;

use super::fault_line::FaultLine;

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
    /// Called with every change.
    on_input: Callback<String>,
    /// What is wrong with it.
    #[prop(into, optional)]
    fault: Signal<Option<String>>,
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
    /// Words to offer.
    #[prop(optional, into)]
    suggestions: Option<Signal<Vec<String>>>,
) -> impl IntoView {
    let fault_id = format!("{id}-fault");
    let hint_id = hint.is_some().then(|| format!("{id}-hint"));
    let described_by = hint_id.iter().chain([&fault_id]).cloned().collect::<Vec<_>>().join(" ");
    let list_id = suggestions.map(|_| format!("{id}-list"));
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
                prop:value=move || value.get()
                on:input:target=move |event| on_input.run(event.target().value())
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
            <FaultLine id=fault_id fault/>
        </div>
    }
}
