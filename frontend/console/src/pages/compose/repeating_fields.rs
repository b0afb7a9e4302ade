//! Repeating fields, such as headers and buttons: rows that are added and removed one by one.

use leptos::prelude::*;

use crate::{
    components::{field_error_line::FieldErrorLine, focus, icon::Icon},
    i18n::t,
};

/// The rows, with buttons to add and remove them.
#[component]
pub fn RepeatingFields(
    /// The label of the group.
    label: String,
    /// A hint that is always shown.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The prefix of the elements' IDs, as in `{id}-add`.
    id: &'static str,
    /// The first field of a row has the ID `{id}-{first}-{index}`.
    first: &'static str,
    /// The label of the button that adds a row.
    add_label: String,
    /// The number of rows.
    #[prop(into)]
    count: Signal<usize>,
    /// Renders the fields of the row at an index.
    row: fn(super::form_state::FormState, usize) -> AnyView,
    /// The form's state.
    form: super::form_state::FormState,
    /// Called to add an empty row.
    on_add: Callback<()>,
    /// Called to remove the row at an index.
    on_remove: Callback<usize>,
    /// The error of the rows as a whole.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let add = move |_| {
        on_add.run(());
        focus::to(format!("{id}-{first}-{}", count.get_untracked().saturating_sub(1)));
    };
    let remove = move |at: usize| {
        on_remove.run(at);
        // The focused row is gone; the button that adds a row is always there.
        focus::to(format!("{id}-add"));
    };
    let rows = move || {
        let view = (0..count.get()).map(|at| {
            let label = t::compose_remove_row(&(at + 1).to_string());
            view! {
                <li>
                    {row(form, at)}
                    <button type="button" class="icon-button" title=label.clone() aria-label=label on:click=move |_| remove(at)>
                        {Icon::Cross.view()}
                    </button>
                </li>
            }
        });
        view.collect_view()
    };
    view! {
        <fieldset class="field rows">
            <legend class="label">{label}</legend>
            {hint.map(|hint| view! { <small>{hint}</small> })}
            <ol role="list">{rows}</ol>
            <FieldErrorLine id=format!("{id}-error") error/>
            <button type="button" id=format!("{id}-add") class="quiet" on:click=add>
                {Icon::Plus.view()}
                {add_label}
            </button>
        </fieldset>
    }
}
