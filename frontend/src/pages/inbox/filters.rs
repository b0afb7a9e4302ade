//! The filters above the list: severity, component, category and date. The search line (`search_line`)
//! expresses the same filters as text.

use campanile_shared::{Filter, Severity, text};
use leptos::{prelude::*, task::spawn_local};

use super::{Desk, place::Place, search_line};
use crate::{
    components::{
        chip_select::{ChipSelect, Options},
        icon::Icon,
        row::severity_name,
    },
    fetched::fetched,
    i18n::{format, t},
    reactive::{effect, memo},
    state::State,
};

/// The date filters, in days back from today; 1 is today.
const DAYS: [u32; 3] = [1, 7, 30];
/// The option for any other dates.
const OTHER_DATES: &str = "other";
/// How many items are searched for categories.
const LOOKED_AT: usize = 500;

/// The filters.
#[component]
pub fn Filters() -> impl IntoView {
    let desk: Desk = expect_context();
    let filter = memo(move || desk.place.with(|place| place.filter.clone()));
    let narrowed = memo(move || filter.with(|filter| !filter.is_whole()));
    let unfiltered = move |_| show(desk, Filter::of(filter.get_untracked().view));
    view! {
        <div class="chips">
            <BySeverity filter/>
            <ByComponent filter/>
            <ByCategory filter/>
            <ByDate filter/>
            <button class="chip" type="button" on:click=move |_| desk.selecting.set(true)>
                {t::select()}
            </button>
            <Show when=move || narrowed.get()>
                <button class="chip" type="button" title=t::filter_clear() aria-label=t::filter_clear() on:click=unfiltered>
                    {Icon::Cross.view()}
                </button>
            </Show>
        </div>
    }
}

fn show(desk: Desk, filter: Filter) {
    desk.go(Place { filter, item: None }, false);
}

/// A callback that changes one part of the filter.
fn on_choose(filter: Memo<Filter>, write: fn(&mut Filter, String)) -> Callback<String> {
    let desk: Desk = expect_context();
    Callback::new(move |chosen| {
        let mut filter = filter.get_untracked();
        write(&mut filter, chosen);
        show(desk, filter);
    })
}

/// Options for a list of names: first the one for “any”, then the known names. The chosen name is added if it
/// is not known.
fn words(any: String, mut known: Vec<String>, chosen: Option<String>) -> Options {
    known.extend(chosen.filter(|chosen| !known.contains(chosen)));
    let name = |word: String| {
        let name = text::excerpt(&text::one_line(&word), 40);
        (word, name)
    };
    [(String::new(), any)].into_iter().chain(known.into_iter().map(name)).collect()
}

fn written(severities: &[Severity]) -> String {
    severities.iter().map(|severity| severity.name()).collect::<Vec<_>>().join(",")
}

/// The options for severities, with their labels.
fn severities(chosen: &[Severity]) -> Options {
    let warning = search_line::from(Severity::Warning);
    let mut choices =
        vec![(String::new(), t::filter_any_severity()), (written(&warning), t::filter_severity(&severity_name(Severity::Warning)))];
    choices.extend(Severity::ALL.into_iter().rev().map(|severity| (written(&[severity]), severity_name(severity))));
    let now = written(chosen);
    if choices.iter().all(|(known, _)| *known != now) {
        choices.push((now, chosen.iter().map(|severity| severity_name(*severity)).collect::<Vec<_>>().join(", ")));
    }
    choices
}

#[component]
fn BySeverity(filter: Memo<Filter>) -> impl IntoView {
    let read = |filter: &mut Filter, chosen: String| filter.severity = chosen.split(',').filter_map(Severity::from_name).collect();
    view! {
        <ChipSelect
            label=t::severity()
            options=memo(move || filter.with(|filter| severities(&filter.severity)))
            chosen=memo(move || filter.with(|filter| written(&filter.severity)))
            on_choose=on_choose(filter, read)
        />
    }
}

fetched! {
    /// Fetches the known components.
    after_first_paint::asker: fn(State, RwSignal<Vec<String>>) = ask
}

fn ask(state: State, known: RwSignal<Vec<String>>) {
    spawn_local(async move {
        if let Ok(components) = state.components().await {
            known.try_set(components);
        }
    });
}

#[component]
fn ByComponent(filter: Memo<Filter>) -> impl IntoView {
    let state = State::expect();
    let known = RwSignal::new(Vec::<String>::new());
    effect(move || {
        if state.followed.get() {
            spawn_local(async move {
                // On an error, the list offers only the chosen component.
                if let Ok(ask) = asker().await {
                    ask(state, known);
                }
            });
        }
    });
    view! {
        <ChipSelect
            label=t::filter_component()
            options=memo(move || words(t::filter_any_component(), known.get(), filter.with(|filter| filter.component.clone())))
            chosen=memo(move || filter.with(|filter| filter.component.clone().unwrap_or_default()))
            on_choose=on_choose(filter, |filter, chosen| filter.component = Some(chosen).filter(|name| !name.is_empty()))
        />
    }
}

/// Offers the categories of the items listed so far; hidden while there are none.
#[component]
fn ByCategory(filter: Memo<Filter>) -> impl IntoView {
    let state = State::expect();
    let known = RwSignal::new(Vec::<String>::new());
    effect(move || {
        let mut met = known.get_untracked();
        state.inbox.with(|list| {
            for category in list.items.iter().take(LOOKED_AT).flat_map(|item| &item.categories) {
                if let Err(place) = met.binary_search(category) {
                    met.insert(place, category.clone());
                }
            }
        });
        if known.with_untracked(|known| known.len() < met.len()) {
            known.set(met);
        }
    });
    let chosen = memo(move || filter.with(|filter| filter.category.clone().unwrap_or_default()));
    view! {
        <Show when=move || chosen.with(|chosen| !chosen.is_empty()) || known.with(|known| !known.is_empty())>
            <ChipSelect
                label=t::filter_category()
                options=memo(move || words(t::filter_any_category(), known.get(), filter.with(|filter| filter.category.clone())))
                chosen
                on_choose=on_choose(filter, |filter, chosen| filter.category = Some(chosen).filter(|name| !name.is_empty()))
            />
        </Show>
    }
}

/// How many days back the filter reaches, if it is one of `DAYS`.
fn days(filter: &Filter) -> Option<u32> {
    let after = filter.after.filter(|_| filter.before.is_none())?;
    DAYS.into_iter().find(|days| format::midnight(*days - 1) == format::instant(&after))
}

fn dates(filter: &Filter) -> Options {
    let several = |days: u32| if days == 1 { format::today() } else { t::filter_days(days) };
    let any = (String::new(), t::filter_any_date());
    let mut options: Options = [any].into_iter().chain(DAYS.map(|days| (days.to_string(), several(days)))).collect();
    if days(filter).is_none() && (filter.after.is_some() || filter.before.is_some()) {
        let [after, before] = [filter.after, filter.before].map(|at| at.map(|at| format::moment(format::instant(&at))).unwrap_or_default());
        options.push((OTHER_DATES.to_owned(), format!("{after} – {before}")));
    }
    options
}

#[component]
fn ByDate(filter: Memo<Filter>) -> impl IntoView {
    let chosen = |filter: &Filter| match days(filter) {
        Some(days) => days.to_string(),
        None if filter.after.is_some() || filter.before.is_some() => OTHER_DATES.to_owned(),
        None => String::new(),
    };
    let write = |filter: &mut Filter, chosen: String| {
        let days = chosen.parse::<u32>().ok();
        (filter.after, filter.before) = (days.and_then(|days| format::wire(format::midnight(days - 1))), None);
    };
    view! {
        <ChipSelect
            label=t::filter_date()
            options=memo(move || filter.with(dates))
            chosen=memo(move || filter.with(chosen))
            on_choose=on_choose(filter, write)
        />
    }
}
