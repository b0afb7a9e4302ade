//! The recipients, and how many people they are.

use std::time::Duration;

use campanile_shared::{
    Channel, Person, Severity,
    directory::{AudienceSummary, Bond, Group},
    text,
};
use leptos::{leptos_dom::helpers::debounce, prelude::*, task::spawn_local};

use super::{confirm::count, fault::Field, letter::Reach, sheet::Sheet};
use crate::{
    components::{
        fault_line::FaultLine,
        icon::Icon,
        people_picker::{Choice, Found, PeoplePicker},
        segmented::{Segment, Segmented},
    },
    failure,
    i18n::t,
    reactive::effect,
    state::State,
};

/// How long typing must pause before the search starts.
const REST: Duration = Duration::from_millis(120);

/// The size of the audience.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Size {
    /// There are no recipients yet, or the first answer has not arrived.
    #[default]
    Unknown,
    /// The size is known.
    Known(AudienceSummary),
    /// The size could not be fetched; with the reason.
    Failed(String),
}

impl Size {
    /// The size, if it is known.
    pub fn known(&self) -> Option<&AudienceSummary> {
        match self {
            Self::Known(summary) => Some(summary),
            Self::Unknown | Self::Failed(_) => None,
        }
    }

    /// How many destinations a channel has: people, addresses or one URL.
    pub fn goals(&self, channel: Channel) -> Option<u32> {
        match channel {
            Channel::Http => Some(1),
            channel => self.known().map(|summary| goals(summary, channel)),
        }
    }
}

/// How many of an audience a channel sends to.
pub fn goals(summary: &AudienceSummary, channel: Channel) -> u32 {
    count(if channel == Channel::Email { summary.addresses } else { summary.people })
}

/// The size of the form's audience. It is fetched again when the audience changes.
pub fn live_size(sheet: Sheet) -> RwSignal<Size> {
    let state = State::expect();
    let size = RwSignal::new(Size::Unknown);
    let to = sheet.get(super::letter::Letter::to);
    effect(move || {
        let to = to.get();
        if to.is_empty() {
            size.set(Size::Unknown);
            return;
        }
        // The request is aborted if the audience changes before the answer arrives.
        leptos::reactive::spawn_local_scoped_with_cancellation(async move {
            size.set(match state.audience(&to).await {
                Ok(summary) => Size::Known(summary),
                Err(error) => Size::Failed(failure::explain(&error)),
            });
        });
    });
    size
}

/// A few names, and how many more of `all` there are.
pub fn names(people: &[Person], all: u32) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<_> = people.iter().take(SHOWN).map(|person| text::one_line(&person.name)).collect();
    match all.saturating_sub(count(shown.len() as u64)) {
        0 => shown.join(", "),
        more => t::and_more(more, &shown.join(", ")),
    }
}

/// A person or group that can be chosen.
#[derive(Clone)]
enum Member {
    Group(Group),
    Person(Person),
}

impl Member {
    fn choice(&self) -> Choice {
        match self {
            Self::Group(group) => group_choice(group),
            Self::Person(person) => person_choice(person),
        }
    }
}

fn person_choice(person: &Person) -> Choice {
    let about = person.email.as_deref().map_or_else(|| person.login.clone(), |email| format!("{} · {email}", person.login));
    Choice { id: format!("person {}", person.login), name: text::one_line(&person.name), about: text::one_line(&about) }
}

fn group_choice(group: &Group) -> Choice {
    let Group { bond, object, name, relation, people, .. } = group;
    let relation = text::one_line(relation.as_deref().unwrap_or_default());
    let known = text::one_line(&name.clone().unwrap_or_else(|| object.replacen(':', " ", 1)));
    let name = match bond {
        Bond::Role => t::audience_role(&known, &relation),
        Bond::Members => t::audience_members(&known),
        Bond::Subscribers => t::audience_subscribers(&known),
    };
    let about = format!("{} · {}", t::compose_people(count(*people)), text::one_line(object));
    Choice { id: format!("{bond:?} {object}#{relation}"), name, about }
}

/// The fields for the recipients.
#[component]
pub fn Recipients(
    /// The form's state.
    sheet: Sheet,
    /// The size of the audience.
    size: RwSignal<Size>,
) -> impl IntoView {
    let state = State::expect();
    let reach = sheet.get(|letter| letter.reach);
    let channel = sheet.get(|letter| letter.channel);
    let chosen =
        sheet.get(|letter| letter.groups.iter().map(group_choice).chain(letter.people.iter().map(person_choice)).collect::<Vec<_>>());
    let fault = sheet.fault(Field::To);
    let found = RwSignal::new(Found::Nothing);
    let offered = StoredValue::new(Vec::<Member>::new());
    let wanted = StoredValue::new(String::new());
    let mut ask = debounce(REST, move |typed: String| {
        spawn_local(async move {
            let answer = find(state, &typed).await;
            // The text may have changed meanwhile, or the page may have been left.
            if wanted.try_with_value(|wanted| *wanted == typed) != Some(true) {
                return;
            }
            found.try_set(match answer {
                Ok(members) => {
                    let choices = members.iter().map(Member::choice).collect();
                    offered.set_value(members);
                    Found::Choices(choices)
                }
                Err(error) => Found::Failed(failure::explain(&error)),
            });
        });
    });
    let search = StoredValue::new_local(std::cell::RefCell::new(Box::new(move |typed: String| ask(typed)) as Box<dyn FnMut(String)>));
    let search = move |typed: String| {
        let typed = typed.trim().to_owned();
        wanted.set_value(typed.clone());
        search.with_value(|search| (search.borrow_mut())(typed));
    };
    let add = move |id: String| {
        let member = offered.with_value(|offered| offered.iter().find(|member| member.choice().id == id).cloned());
        sheet.letter.update(|letter| match member {
            Some(Member::Group(group)) => letter.groups.push(group),
            Some(Member::Person(person)) => letter.people.push(person),
            None => {}
        });
    };
    let remove = move |id: String| {
        sheet.letter.update(|letter| {
            letter.groups.retain(|group| group_choice(group).id != id);
            letter.people.retain(|person| person_choice(person).id != id);
        });
    };
    let segments = vec![
        Segment::new(Reach::People, t::compose_to_people()),
        Segment::new(Reach::Administrators, t::compose_to_administrators()),
        Segment::new(Reach::Everyone, t::compose_to_everyone()),
    ];
    let reached = move || {
        let warned =
            |text: String| view! { <span class="compose-size warning">{Icon::Severity(Severity::Warning).view()} {text}</span> }.into_any();
        match (size.get(), channel.get()) {
            (Size::Known(summary), _) if summary.people == 0 => warned(t::compose_nobody()),
            (Size::Known(summary), Channel::Email) if summary.with_email == 0 => warned(t::compose_no_address()),
            (Size::Known(summary), channel) => {
                let people = t::compose_people(count(summary.people));
                let without = count(summary.people - summary.with_email);
                let line = if channel == Channel::Email && without > 0 { t::compose_without(without, &people) } else { people };
                view! { <span>{line}</span> }.into_any()
            }
            (Size::Failed(reason), _) => warned(t::compose_size_failed(&reason)),
            (Size::Unknown, _) => ().into_any(),
        }
    };
    view! {
        <div class="compose-to">
            <Segmented
                name="compose-reach"
                label=t::compose_to()
                segments
                value=reach
                on_choose=Callback::new(move |reach| sheet.letter.update(|letter| letter.reach = reach))
            />
            <div class="field">
                {move || {
                    (reach.get() == Reach::People)
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
                <FaultLine id="compose-to-fault" fault/>
                <small id="compose-to-size" role="status">
                    {reached}
                </small>
            </div>
        </div>
    }
}

/// Searches for people and groups, people first.
async fn find(state: State, typed: &str) -> crate::api::Result<Vec<Member>> {
    let people = state.people(typed).await?;
    let groups = state.groups(typed).await?;
    Ok(people.into_iter().map(Member::Person).chain(groups.into_iter().map(Member::Group)).collect())
}
