//! Rows of fields that are added and removed one by one: header fields, buttons.

use leptos::prelude::*;

use crate::{
    components::{fault_line::FaultLine, focus, icon::Icon},
    i18n::t,
};

/// The rows.
#[component]
pub fn Rows(
    /// What the rows are.
    label: String,
    /// Help that is always there.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Begins the ids of what belongs to them: `{id}-add`.
    id: &'static str,
    /// The first field of a row is `{id}-{first}-{place}`.
    first: &'static str,
    /// What adds a row is called.
    add_label: String,
    /// How many there are.
    #[prop(into)]
    count: Signal<usize>,
    /// The fields of a row, by its place.
    row: fn(super::sheet::Sheet, usize) -> AnyView,
    /// The form.
    sheet: super::sheet::Sheet,
    /// Adds an empty row.
    on_add: Callback<()>,
    /// Removes a row, by its place.
    on_remove: Callback<usize>,
    /// What is wrong with the rows as a whole.
    #[prop(into)]
    fault: Signal<Option<String>>,
) -> impl IntoView {
    let add = move |_| {
        on_add.run(());
        focus::to(format!("{id}-{first}-{}", count.get_untracked().saturating_sub(1)));
    };
    let remove = move |at: usize| {
        on_remove.run(at);
        // The row that had the focus is gone; the way to a new one is always there.
        focus::to(format!("{id}-add"));
    };
    let rows = move || {
        let view = (0..count.get()).map(|at| {
            let label = t::compose_remove_row(&(at + 1).to_string());
            view! {
                <li>
                    {row(sheet, at)}
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
            <FaultLine id=format!("{id}-fault") fault/>
            <button type="button" id=format!("{id}-add") class="quiet" on:click=add>
                {Icon::Plus.view()}
                {add_label}
            </button>
        </fieldset>
    }
}
