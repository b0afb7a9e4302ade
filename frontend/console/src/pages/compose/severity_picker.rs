//! Chooses the severity and the priority of the notification.

use campanile_shared::Priority;
use leptos::prelude::*;

use super::form_state::FormState;
use crate::{
    components::{
        segmented::{Segment, Segmented},
        severity_segments::severity_segments,
    },
    i18n::{names::priority_name, t},
};

/// Chooses severity and priority.
#[component]
pub fn SeverityPicker(
    /// The form's state.
    form: FormState,
) -> impl IntoView {
    let priorities = Priority::ALL.map(|priority| Segment::new(priority, priority_name(priority)));
    view! {
        <div class="compose-pair">
            <Segmented
                name="severity"
                label=t::compose_severity()
                segments=severity_segments()
                value=form.select(|letter| letter.severity)
                on_choose=Callback::new(move |severity| form.data.update(|letter| letter.severity = severity))
            />
            <Segmented
                name="priority"
                label=t::compose_priority()
                segments=priorities.into()
                value=form.select(|letter| letter.priority)
                on_choose=Callback::new(move |priority| form.data.update(|letter| letter.priority = priority))
            />
        </div>
    }
}
