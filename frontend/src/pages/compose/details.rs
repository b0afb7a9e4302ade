//! The fields that do not depend on the language: channel, severity, priority, component, categories and times.

use campanile_shared::{Channel, Priority};
use leptos::prelude::*;

use super::{field_errors::FormField, form_state::FormState};
use crate::{
    components::{
        icon::Icon,
        recreate::recreate,
        segmented::{Segment, Segmented},
        severity_segments::severity_segments,
        text_field::TextField,
    },
    i18n::{
        names::{channel_name, priority_name},
        t,
    },
    state::State,
};

/// Chooses the channel.
#[component]
pub fn ChannelPicker(
    /// The form's state.
    form: FormState,
) -> impl IntoView {
    let segment = |channel: Channel, icon: Icon| Segment { value: channel, label: channel_name(channel), icon: Some((icon, "")) };
    view! {
        <Segmented
            name="channel"
            label=t::compose_channel()
            segments=vec![
                segment(Channel::Portal, Icon::Bell),
                segment(Channel::Email, Icon::Read),
                segment(Channel::Http, Icon::ExternalLink),
            ]
            value=form.select(|letter| letter.channel)
            on_choose=Callback::new(move |channel| form.data.update(|letter| letter.channel = channel))
        />
    }
}

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
                fault=form.error_for(FormField::Component)
                hint=t::compose_component_hint()
                suggestions=components
            />
            <TextField
                id="categories"
                label=t::compose_categories()
                value=form.select(|letter| letter.categories.clone())
                on_input=form.on_input(|letter, typed| letter.categories = typed)
                fault=form.error_for(FormField::Categories)
                hint=t::compose_categories_hint()
            />
        </div>
    }
}

/// The fields for the send time and the expiry.
#[component]
pub fn TimePickers(
    /// The form's state.
    form: FormState,
) -> impl IntoView {
    // Only the input knows a half-entered time. New inputs discard it when the form's content is replaced.
    recreate(move || {
        form.replaced.track();
        view! { <TimeFields form/> }.into_any()
    })
}

#[component]
fn TimeFields(
    /// The form's state.
    form: FormState,
) -> impl IntoView {
    let no_expiry = form.select(|letter| letter.channel != Channel::Portal);
    view! {
        <div class="compose-pair">
            <TextField
                id="later"
                label=t::compose_later()
                value=form.select(|letter| letter.later.clone())
                on_input=form.on_input(|letter, typed| letter.later = typed)
                hint=t::compose_later_hint()
                kind="datetime-local"
            />
            // A channel without expiry leaves the space empty, so that the layout does not move.
            <div class="field" class:unused=no_expiry>
                <TextField
                    id="expires"
                    label=t::compose_expires()
                    value=form.select(|letter| letter.expires.clone())
                    on_input=form.on_input(|letter, typed| letter.expires = typed)
                    fault=form.error_for(FormField::Expires)
                    hint=t::compose_expires_hint()
                    kind="datetime-local"
                    disabled=no_expiry
                />
            </div>
        </div>
    }
}
