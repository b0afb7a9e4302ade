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
    /// Whether it is read out as soon as it is there: where the focus does not go to its field.
    #[prop(optional)]
    alert: bool,
) -> impl IntoView {
    view! {
        <p id=id class="fault" role=alert.then_some("alert")>
            {move || fault.get().map(|text| view! { {Icon::Severity(Severity::Error).view()} <span>{text}</span> })}
        </p>
    }
}
