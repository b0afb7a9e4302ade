//! Who is meant, and how many people that is.

use std::time::Duration;

use campanile_shared::Severity;
use leptos::{leptos_dom::helpers::debounce, prelude::*, task::spawn_local};

use super::{fault::Field, letter::Reach, sheet::Sheet};
use crate::{
    components::{
        fault_line::FaultLine,
        icon::Icon,
        people_picker::{Found, PeoplePicker},
        segmented::{Segment, Segmented},
    },
    failure,
    i18n::t,
    state::State,
};

/// How long typing must rest before it is searched for.
const REST: Duration = Duration::from_millis(120);

/// How many people are reached.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Size {
    /// Nobody is meant yet, or it is being asked for the first time.
    #[default]
    Unknown,
    /// So many.
    Known(u64),
    /// It could not be found out; why.
    Failed(String),
}

impl Size {
    /// The number, as texts count.
    pub fn count(&self) -> Option<u32> {
        match self {
            Self::Known(people) => Some(u32::try_from(*people).unwrap_or(u32::MAX)),
            Self::Unknown | Self::Failed(_) => None,
        }
    }
}

/// The number of people the letter reaches, asked for again whenever somebody else is meant.
pub fn live_size(sheet: Sheet) -> RwSignal<Size> {
    let state = State::expect();
    let size = RwSignal::new(Size::Unknown);
    let to = sheet.get(super::letter::Letter::to);
    Effect::new(move |_| {
        let to = to.get();
        if to.is_empty() {
            size.set(Size::Unknown);
            return;
        }
        // Dropped, and its request aborted, when somebody else is meant before the answer comes.
        leptos::reactive::spawn_local_scoped_with_cancellation(async move {
            size.set(match state.audience_size(&to).await {
                Ok(people) => Size::Known(people),
                Err(error) => Size::Failed(failure::explain(&error)),
            });
        });
    });
    size
}

/// The part of the form.
#[component]
pub fn Recipients(
    /// The form.
    sheet: Sheet,
    /// How many people are reached.
    size: RwSignal<Size>,
) -> impl IntoView {
    let state = State::expect();
    let reach = sheet.get(|letter| letter.reach);
    let people = sheet.get(|letter| letter.people.clone());
    let fault = sheet.fault(Field::To);
    let found = RwSignal::new(Found::Nothing);
    let wanted = StoredValue::new(String::new());
    let mut ask = debounce(REST, move |typed: String| {
        spawn_local(async move {
            let answer = state.people(&typed).await;
            // Something else was typed, or the page was left.
            if wanted.try_with_value(|wanted| *wanted == typed) != Some(true) {
                return;
            }
            found.try_set(match answer {
                Ok(people) => Found::People(people),
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
    let segments = vec![
        Segment { value: Reach::People, word: t::compose_to_people(), icon: None },
        Segment { value: Reach::Administrators, word: t::compose_to_administrators(), icon: None },
        Segment { value: Reach::Everyone, word: t::compose_to_everyone(), icon: None },
    ];
    let reached = move || match size.get() {
        Size::Known(0) => {
            view! { <span class="compose-size warning">{Icon::Severity(Severity::Warning).view()} {t::compose_nobody()}</span> }.into_any()
        }
        Size::Known(_) => view! { <span class="compose-size">{size.get().count().map(t::compose_people)}</span> }.into_any(),
        Size::Failed(reason) => view! { <span class="compose-size warning">{t::compose_size_failed(&reason)}</span> }.into_any(),
        Size::Unknown => ().into_any(),
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
                <Show when=move || reach.get() == Reach::People>
                    <PeoplePicker
                        id="compose-to"
                        label=t::compose_to()
                        chosen=people
                        on_change=Callback::new(move |people| sheet.letter.update(|letter| letter.people = people))
                        on_search=Callback::new(search)
                        found
                        described_by="compose-to-fault compose-to-size"
                        invalid=Signal::derive(move || fault.with(Option::is_some))
                    />
                </Show>
                <FaultLine id="compose-to-fault" fault/>
                <small id="compose-to-size" role="status">
                    {reached}
                </small>
            </div>
        </div>
    }
}
