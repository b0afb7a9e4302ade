//! The recipients, and how many people they are.

use std::time::Duration;

use campanile_shared::{
    Channel, Person, Severity,
    directory::{AudienceSummary, Group, GroupKind},
    text,
};
use leptos::{leptos_dom::helpers::debounce, prelude::*, task::spawn_local};

use super::{confirm_send::saturating_u32, field_errors::FormField, form_data::AudienceKind, form_state::FormState};
use crate::{
    components::{
        field_error_line::FieldErrorLine,
        icon::Icon,
        people_picker::{PeoplePicker, PickerOption, SearchResult},
        segmented::{Segment, Segmented},
    },
    error_text,
    i18n::t,
    reactive::effect,
    state::State,
};

/// How long typing must pause before the search starts.
const SEARCH_DELAY: Duration = Duration::from_millis(120);

/// The size of the audience.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum AudienceSize {
    /// There are no recipients yet, or the first answer has not arrived.
    #[default]
    Unknown,
    /// The size is known.
    Known(AudienceSummary),
    /// The size could not be fetched; with the reason.
    Failed(String),
}

impl AudienceSize {
    /// The size, if it is known.
    pub fn known(&self) -> Option<&AudienceSummary> {
        match self {
            Self::Known(summary) => Some(summary),
            Self::Unknown | Self::Failed(_) => None,
        }
    }

    /// How many destinations a channel has: people, addresses or one URL.
    pub fn destination_count(&self, channel: Channel) -> Option<u32> {
        match channel {
            Channel::Http => Some(1),
            channel => self.known().map(|summary| destination_count(summary, channel)),
        }
    }
}

/// How many of an audience a channel sends to.
pub fn destination_count(summary: &AudienceSummary, channel: Channel) -> u32 {
    saturating_u32(if channel == Channel::Email { summary.addresses } else { summary.people })
}

/// The size of the form's audience. It is fetched again when the audience changes.
pub fn watch_audience_size(form: FormState) -> RwSignal<AudienceSize> {
    let state = State::expect();
    let size = RwSignal::new(AudienceSize::Unknown);
    let to = form.select(super::form_data::FormData::audience);
    effect(move || {
        let to = to.get();
        if to.is_empty() {
            size.set(AudienceSize::Unknown);
            return;
        }
        // The request is aborted if the audience changes before the answer arrives.
        leptos::reactive::spawn_local_scoped_with_cancellation(async move {
            size.set(match state.audience(&to).await {
                Ok(summary) => AudienceSize::Known(summary),
                Err(error) => AudienceSize::Failed(error_text::explain(&error)),
            });
        });
    });
    size
}

/// A few names, and how many more of `all` there are.
pub fn short_name_list(people: &[Person], all: u32) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<_> = people.iter().take(SHOWN).map(|person| text::one_line(&person.name)).collect();
    match all.saturating_sub(saturating_u32(shown.len() as u64)) {
        0 => shown.join(", "),
        more => t::and_more(more, &shown.join(", ")),
    }
}

/// A person or group that can be chosen.
#[derive(Clone)]
enum Candidate {
    Group(Group),
    Person(Person),
}

impl Candidate {
    fn choice(&self) -> PickerOption {
        match self {
            Self::Group(group) => group_choice(group),
            Self::Person(person) => person_choice(person),
        }
    }
}

fn person_choice(person: &Person) -> PickerOption {
    let about = person.email.as_deref().map_or_else(|| person.login.clone(), |email| format!("{} · {email}", person.login));
    PickerOption { id: format!("person {}", person.login), name: text::one_line(&person.name), detail: text::one_line(&about) }
}

fn group_choice(group: &Group) -> PickerOption {
    let Group { bond, object, name, relation, people, .. } = group;
    let relation = text::one_line(relation.as_deref().unwrap_or_default());
    let known = text::one_line(&name.clone().unwrap_or_else(|| object.replacen(':', " ", 1)));
    let name = match bond {
        GroupKind::Role => t::audience_role(&known, &relation),
        GroupKind::Members => t::audience_members(&known),
        GroupKind::Subscribers => t::audience_subscribers(&known),
    };
    let about = format!("{} · {}", t::compose_people(saturating_u32(*people)), text::one_line(object));
    PickerOption { id: format!("{bond:?} {object}#{relation}"), name, detail: about }
}

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
    let fault = form.error_for(FormField::To);
    let found = RwSignal::new(SearchResult::Pending);
    let offered = StoredValue::new(Vec::<Candidate>::new());
    let latest_query = StoredValue::new(String::new());
    let mut search_now = debounce(SEARCH_DELAY, move |typed: String| {
        spawn_local(async move {
            let answer = search_candidates(state, &typed).await;
            // The text may have changed meanwhile, or the page may have been left.
            if latest_query.try_with_value(|wanted| *wanted == typed) != Some(true) {
                return;
            }
            found.try_set(match answer {
                Ok(members) => {
                    let choices = members.iter().map(Candidate::choice).collect();
                    offered.set_value(members);
                    SearchResult::Options(choices)
                }
                Err(error) => SearchResult::Failed(error_text::explain(&error)),
            });
        });
    });
    let search =
        StoredValue::new_local(std::cell::RefCell::new(Box::new(move |typed: String| search_now(typed)) as Box<dyn FnMut(String)>));
    let search = move |typed: String| {
        let typed = typed.trim().to_owned();
        latest_query.set_value(typed.clone());
        search.with_value(|search| (search.borrow_mut())(typed));
    };
    let add = move |id: String| {
        let member = offered.with_value(|offered| offered.iter().find(|member| member.choice().id == id).cloned());
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
            (AudienceSize::Known(summary), _) if summary.people == 0 => warning(t::compose_nobody()),
            (AudienceSize::Known(summary), Channel::Email) if summary.with_email == 0 => warning(t::compose_no_address()),
            (AudienceSize::Known(summary), channel) => {
                let people = t::compose_people(saturating_u32(summary.people));
                let without = saturating_u32(summary.people - summary.with_email);
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
                                    on_search=Callback::new(search)
                                    found
                                    described_by="compose-to-fault compose-to-size"
                                    invalid=Signal::derive(move || fault.with(Option::is_some))
                                />
                            }
                        })
                }}
                <FieldErrorLine id="compose-to-fault" fault/>
                <small id="compose-to-size" role="status">
                    {audience_text}
                </small>
            </div>
        </div>
    }
}

/// Searches for people and groups, people first.
async fn search_candidates(state: State, typed: &str) -> crate::api::Result<Vec<Candidate>> {
    let people = state.people(typed).await?;
    let groups = state.groups(typed).await?;
    Ok(people.into_iter().map(Candidate::Person).chain(groups.into_iter().map(Candidate::Group)).collect())
}
