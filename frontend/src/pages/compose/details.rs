//! The fields that do not depend on the language: channel, severity, priority, component, categories and times.

use campanile_shared::{Channel, Priority, Severity};
use leptos::prelude::*;

use super::{fault::Field, sheet::Sheet};
use crate::{
    components::{
        anew::anew,
        icon::Icon,
        row::severity_name,
        segmented::{Segment, Segmented},
        text_field::TextField,
    },
    i18n::t,
    state::State,
};

/// The name of a priority.
pub fn priority_name(priority: Priority) -> String {
    match priority {
        Priority::Low => t::priority_low(),
        Priority::Normal => t::priority_normal(),
        Priority::High => t::priority_high(),
        Priority::Urgent => t::priority_urgent(),
    }
}

/// The name of a channel.
pub fn channel_name(channel: Channel) -> String {
    match channel {
        Channel::Portal => t::channel_portal(),
        Channel::Email => t::channel_email(),
        Channel::Http => t::channel_http(),
    }
}

/// A segment for each severity, the lowest first.
pub fn severity_segments() -> Vec<Segment<Severity>> {
    let segment = |value: Severity| Segment { value, word: severity_name(value), icon: Some((Icon::Severity(value), value.name())) };
    Severity::ALL.map(segment).into()
}

/// Chooses the channel.
#[component]
pub fn Way(
    /// The form's state.
    sheet: Sheet,
) -> impl IntoView {
    let segment = |channel: Channel, icon: Icon| Segment { value: channel, word: channel_name(channel), icon: Some((icon, "")) };
    view! {
        <Segmented
            name="channel"
            label=t::compose_channel()
            segments=vec![
                segment(Channel::Portal, Icon::Bell),
                segment(Channel::Email, Icon::Read),
                segment(Channel::Http, Icon::Leave),
            ]
            value=sheet.get(|letter| letter.channel)
            on_choose=Callback::new(move |channel| sheet.letter.update(|letter| letter.channel = channel))
        />
    }
}

/// Chooses severity and priority.
#[component]
pub fn Weight(
    /// The form's state.
    sheet: Sheet,
) -> impl IntoView {
    let priorities = Priority::ALL.map(|priority| Segment::new(priority, priority_name(priority)));
    view! {
        <div class="compose-pair">
            <Segmented
                name="severity"
                label=t::compose_severity()
                segments=severity_segments()
                value=sheet.get(|letter| letter.severity)
                on_choose=Callback::new(move |severity| sheet.letter.update(|letter| letter.severity = severity))
            />
            <Segmented
                name="priority"
                label=t::compose_priority()
                segments=priorities.into()
                value=sheet.get(|letter| letter.priority)
                on_choose=Callback::new(move |priority| sheet.letter.update(|letter| letter.priority = priority))
            />
        </div>
    }
}

/// The fields for component and categories.
#[component]
pub fn Details(
    /// The form's state.
    sheet: Sheet,
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
                value=sheet.get(|letter| letter.component.clone())
                on_input=sheet.typed(|letter, typed| letter.component = typed)
                fault=sheet.fault(Field::Component)
                hint=t::compose_component_hint()
                suggestions=components
            />
            <TextField
                id="categories"
                label=t::compose_categories()
                value=sheet.get(|letter| letter.categories.clone())
                on_input=sheet.typed(|letter, typed| letter.categories = typed)
                fault=sheet.fault(Field::Categories)
                hint=t::compose_categories_hint()
            />
        </div>
    }
}

/// The fields for the send time and the expiry.
#[component]
pub fn Times(
    /// The form's state.
    sheet: Sheet,
) -> impl IntoView {
    // Only the input knows a half-entered time. New inputs discard it when the form's content is replaced.
    anew(move || {
        sheet.begun.track();
        view! { <TimeFields sheet/> }.into_any()
    })
}

#[component]
fn TimeFields(
    /// The form's state.
    sheet: Sheet,
) -> impl IntoView {
    let elsewhere = sheet.get(|letter| letter.channel != Channel::Portal);
    view! {
        <div class="compose-pair">
            <TextField
                id="later"
                label=t::compose_later()
                value=sheet.get(|letter| letter.later.clone())
                on_input=sheet.typed(|letter, typed| letter.later = typed)
                hint=t::compose_later_hint()
                kind="datetime-local"
            />
            // A channel without expiry leaves the space empty, so that the layout does not move.
            <div class="field" class:unused=elsewhere>
                <TextField
                    id="expires"
                    label=t::compose_expires()
                    value=sheet.get(|letter| letter.expires.clone())
                    on_input=sheet.typed(|letter, typed| letter.expires = typed)
                    fault=sheet.fault(Field::Expires)
                    hint=t::compose_expires_hint()
                    kind="datetime-local"
                    disabled=elsewhere
                />
            </div>
        </div>
    }
}
