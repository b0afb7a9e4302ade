//! What is wrong with a field, beneath it. The field names it by `aria-describedby`.

use campanile_shared::Severity;
use leptos::prelude::*;

use super::icon::Icon;

/// The line; empty while nothing is wrong.
#[component]
pub fn FaultLine(
    /// The line's id.
    #[prop(into)]
    id: String,
    /// What is wrong.
    #[prop(into)]
    fault: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <p id=id class="fault">
            {move || fault.get().map(|text| view! { {Icon::Severity(Severity::Error).view()} <span>{text}</span> })}
        </p>
    }
}
