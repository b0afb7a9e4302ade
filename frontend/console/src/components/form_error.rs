//! The error of a form as a whole. Screen readers announce it at once.

use campanile_shared::Severity;
use leptos::prelude::*;

use super::icon::Icon;

/// The text; empty while there is no error.
#[component]
pub fn FormError(
    /// The error.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <p class="field-error" role="alert">
            {move || error.get().map(|text| view! { {Icon::Severity(Severity::Error).view()} <span>{text}</span> })}
        </p>
    }
}
