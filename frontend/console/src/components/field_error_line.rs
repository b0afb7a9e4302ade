//! The error text below a field. The field refers to it by `aria-describedby`.

use campanile_shared::Severity;
use leptos::prelude::*;

use super::icon::Icon;

/// The text; empty while there is no error.
#[component]
pub fn FieldErrorLine(
    /// The element's id.
    #[prop(into)]
    id: String,
    /// The error.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// Whether screen readers announce it at once. Set it if the focus does not move to the field.
    #[prop(optional)]
    alert: bool,
) -> impl IntoView {
    view! {
        <p id=id class="field-error" role=alert.then_some("alert")>
            {move || error.get().map(|text| view! { {Icon::Severity(Severity::Error).view()} <span>{text}</span> })}
        </p>
    }
}
