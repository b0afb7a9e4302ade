//! Searches for people and groups while the person types.

use std::{cell::RefCell, time::Duration};

use campanile_shared::{
    Person,
    directory::{Group, GroupKind},
    text,
};
use leptos::{leptos_dom::helpers::debounce, prelude::*, task::spawn_local};

use crate::{
    api::Result,
    components::people_picker::{PickerOption, SearchResult},
    error_text,
    i18n::{format, t},
    state::State,
};

/// How long typing must pause before the search starts.
const SEARCH_DELAY: Duration = Duration::from_millis(120);

/// A person or group that can be chosen.
#[derive(Clone)]
pub enum Candidate {
    /// A group.
    Group(Group),
    /// A person.
    Person(Person),
}

impl Candidate {
    /// The option of the picker.
    pub fn choice(&self) -> PickerOption {
        match self {
            Self::Group(group) => group_choice(group),
            Self::Person(person) => person_choice(person),
        }
    }
}

/// The picker's option for a person.
pub fn person_choice(person: &Person) -> PickerOption {
    let about = person.email.as_deref().map_or_else(|| person.login.clone(), |email| format!("{} · {email}", person.login));
    PickerOption { id: format!("person {}", person.login), name: text::one_line(&person.name), detail: text::one_line(&about) }
}

/// The picker's option for a group.
pub fn group_choice(group: &Group) -> PickerOption {
    let Group { bond, object, name, relation, people, .. } = group;
    let relation = text::one_line(relation.as_deref().unwrap_or_default());
    let known = text::one_line(&name.clone().unwrap_or_else(|| object.replacen(':', " ", 1)));
    let name = match bond {
        GroupKind::Role => t::audience_role(&known, &relation),
        GroupKind::Members => t::audience_members(&known),
        GroupKind::Subscribers => t::audience_subscribers(&known),
    };
    let about = format!("{} · {}", t::compose_people(format::saturating_u32(*people)), text::one_line(object));
    PickerOption { id: format!("{bond:?} {object}#{relation}"), name, detail: about }
}

/// Searches for a text once no other text follows it.
type DebouncedSearch = StoredValue<RefCell<Box<dyn FnMut(String)>>, LocalStorage>;

/// The search. A handle that is cheap to copy.
#[derive(Clone, Copy)]
pub struct RecipientSearch {
    /// The result of the last search.
    pub result: RwSignal<SearchResult>,
    /// The people and groups of the result.
    candidates: StoredValue<Vec<Candidate>>,
    latest_query: StoredValue<String>,
    /// Searches once typing pauses.
    debounced: DebouncedSearch,
}

impl RecipientSearch {
    /// A search without a result.
    pub fn new(state: State) -> Self {
        let result = RwSignal::new(SearchResult::Pending);
        let candidates = StoredValue::new(Vec::<Candidate>::new());
        let latest_query = StoredValue::new(String::new());
        let search_now = debounce(SEARCH_DELAY, move |typed: String| {
            spawn_local(async move {
                let answer = search_candidates(state, &typed).await;
                // The text may have changed meanwhile, or the page may have been left.
                if latest_query.try_with_value(|wanted| *wanted == typed) != Some(true) {
                    return;
                }
                result.try_set(match answer {
                    Ok(members) => {
                        let choices = members.iter().map(Candidate::choice).collect();
                        candidates.set_value(members);
                        SearchResult::Options(choices)
                    }
                    Err(error) => SearchResult::Failed(error_text::explain(&error)),
                });
            });
        });
        let debounced = StoredValue::new_local(RefCell::new(Box::new(search_now) as Box<dyn FnMut(String)>));
        Self { result, candidates, latest_query, debounced }
    }

    /// Searches for the typed text once typing pauses.
    pub fn search(self, typed: String) {
        let typed = typed.trim().to_owned();
        self.latest_query.set_value(typed.clone());
        self.debounced.with_value(|search| (search.borrow_mut())(typed));
    }

    /// The person or group of an option.
    pub fn offered(self, id: &str) -> Option<Candidate> {
        self.candidates.with_value(|candidates| candidates.iter().find(|candidate| candidate.choice().id == id).cloned())
    }
}

/// Searches for people and groups, people first.
async fn search_candidates(state: State, typed: &str) -> Result<Vec<Candidate>> {
    let people = state.people(typed).await?;
    let groups = state.groups(typed).await?;
    Ok(people.into_iter().map(Candidate::Person).chain(groups.into_iter().map(Candidate::Group)).collect())
}
