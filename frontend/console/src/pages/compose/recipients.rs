//! The recipients, and how many people they are.

use campanile_shared::{Channel, Severity};
use leptos::prelude::*;

use super::{
    audience_size::AudienceSize,
    field_errors::FormField,
    form_data::AudienceKind,
    form_state::FormState,
    recipient_search::{Candidate, RecipientSearch, group_choice, person_choice},
};
use crate::{
    components::{
        field_error_line::FieldErrorLine,
        icon::Icon,
        people_picker::PeoplePicker,
        segmented::{Segment, Segmented},
    },
    i18n::{format, t},
    state::State,
};

/// The fields for the recipients.
#[component]
pub fn RecipientFields(
    /// The form's state.
    form: FormState,
    /// The size of the audience.
    size: RwSignal<AudienceSize>,
) -> impl IntoView {
    let state = State::expect();
    let reach = form.select(|letter| letter.reach);
    let channel = form.select(|letter| letter.channel);
    let chosen =
        form.select(|letter| letter.groups.iter().map(group_choice).chain(letter.people.iter().map(person_choice)).collect::<Vec<_>>());
    let error = form.error_for(FormField::To);
    let search = RecipientSearch::new(state);
    let add = move |id: String| {
        let member = search.offered(&id);
        form.data.update(|letter| match member {
            Some(Candidate::Group(group)) => letter.groups.push(group),
            Some(Candidate::Person(person)) => letter.people.push(person),
            None => {}
        });
    };
    let remove = move |id: String| {
        form.data.update(|letter| {
            letter.groups.retain(|group| group_choice(group).id != id);
            letter.people.retain(|person| person_choice(person).id != id);
        });
    };
    let segments = vec![
        Segment::new(AudienceKind::People, t::compose_to_people()),
        Segment::new(AudienceKind::Administrators, t::compose_to_administrators()),
        Segment::new(AudienceKind::Everyone, t::compose_to_everyone()),
    ];
    let audience_text = move || {
        let warning =
            |text: String| view! { <span class="compose-size warning">{Icon::Severity(Severity::Warning).view()} {text}</span> }.into_any();
        match (size.get(), channel.get()) {
            (AudienceSize::Known(summary), _) if summary.people == 0 => warning(t::compose_no_recipients()),
            (AudienceSize::Known(summary), Channel::Email) if summary.with_email == 0 => warning(t::compose_no_address()),
            (AudienceSize::Known(summary), channel) => {
                let people = t::compose_people(format::saturating_u32(summary.people));
                let without = format::saturating_u32(summary.people - summary.with_email);
                let line = if channel == Channel::Email && without > 0 { t::compose_without(without, &people) } else { people };
                view! { <span>{line}</span> }.into_any()
            }
            (AudienceSize::Failed(reason), _) => warning(t::compose_size_failed(&reason)),
            (AudienceSize::Unknown, _) => ().into_any(),
        }
    };
    view! {
        <div class="compose-to">
            <Segmented
                name="compose-reach"
                label=t::compose_to()
                segments
                value=reach
                on_choose=Callback::new(move |reach| form.data.update(|letter| letter.reach = reach))
            />
            <div class="field">
                {move || {
                    (reach.get() == AudienceKind::People)
                        .then(|| {
                            view! {
                                <PeoplePicker
                                    id="compose-to"
                                    label=t::compose_to()
                                    chosen
                                    on_add=Callback::new(add)
                                    on_remove=Callback::new(remove)
                                    on_search=Callback::new(move |typed| search.search(typed))
                                    found=search.result
                                    described_by="compose-to-error compose-to-size"
                                    invalid=Signal::derive(move || error.with(Option::is_some))
                                />
                            }
                        })
                }}
                <FieldErrorLine id="compose-to-error" error/>
                <small id="compose-to-size" role="status">
                    {audience_text}
                </small>
            </div>
        </div>
    }
}
