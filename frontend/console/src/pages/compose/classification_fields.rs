//! The fields for the component and the categories.

use leptos::prelude::*;

use super::{field_errors::FormField, form_state::FormState};
use crate::{components::text_field::TextField, i18n::t, state::State};

/// The fields for component and categories.
#[component]
pub fn ClassificationFields(
    /// The form's state.
    form: FormState,
) -> impl IntoView {
    let state = State::expect();
    let components = RwSignal::new(Vec::<String>::new());
    leptos::reactive::spawn_local_scoped_with_cancellation(async move {
        // They are suggestions only; on an error, the name can still be typed.
        if let Ok(found) = state.components().await {
            components.set(found);
        }
    });
    view! {
        <div class="compose-pair">
            <TextField
                id="component"
                label=t::compose_component()
                value=form.select(|letter| letter.component.clone())
                on_input=form.on_input(|letter, typed| letter.component = typed)
                error=form.error_for(FormField::Component)
                hint=t::compose_component_hint()
                suggestions=components
            />
            <TextField
                id="categories"
                label=t::compose_categories()
                value=form.select(|letter| letter.categories.clone())
                on_input=form.on_input(|letter, typed| letter.categories = typed)
                error=form.error_for(FormField::Categories)
                hint=t::compose_categories_hint()
            />
        </div>
    }
}
