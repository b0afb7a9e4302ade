//! The filters above the list: severity, component, category and date. The search line (`search_query`)
//! expresses the same filters as text.

use campanile_shared::{Filter, Item, Severity, text};
use leptos::{prelude::*, task::spawn_local};

use super::context::InboxContext;
use crate::{
    components::{
        chip_select::{ChipSelect, Options},
        icon::Icon,
    },
    i18n::{format, names::severity_name, t},
    inbox_url::InboxUrl,
    lazy::lazy,
    reactive::{effect, memo},
    search_query,
    state::State,
};

/// The date filters, in days back from today; 1 is today.
const DAYS: [u32; 3] = [1, 7, 30];
/// The option for any other dates.
const OTHER_DATES: &str = "other";
/// How many items are searched for names.
const NAME_SAMPLE: usize = 500;

/// The filters.
#[component]
pub fn Filters() -> impl IntoView {
    let context: InboxContext = expect_context();
    let filter = memo(move || context.url_state.with(|place| place.filter.clone()));
    let is_filtered = memo(move || filter.with(|filter| !filter.is_whole_view()));
    let clear_filters = move |_| apply_filter(context, Filter::whole_view(filter.get_untracked().view));
    view! {
        <div class="chips">
            <SeverityFilter filter/>
            <ComponentFilter filter/>
            <CategoryFilter filter/>
            <DateFilter filter/>
            <Show when=move || is_filtered.get()>
                <button class="chip" type="button" title=t::filter_clear() aria-label=t::filter_clear() on:click=clear_filters>
                    {Icon::Cross.view()}
                </button>
            </Show>
        </div>
    }
}

fn apply_filter(context: InboxContext, filter: Filter) {
    context.navigate_to(InboxUrl { filter, item: None }, false);
}

/// A callback that changes one part of the filter.
fn on_choose(filter: Memo<Filter>, write: fn(&mut Filter, String)) -> Callback<String> {
    let context: InboxContext = expect_context();
    Callback::new(move |chosen| {
        let mut filter = filter.get_untracked();
        write(&mut filter, chosen);
        apply_filter(context, filter);
    })
}

/// Options for a list of names: first the one for “any”, then the known names. The chosen name is added if it
/// is not known.
fn text_options(any: String, mut known: Vec<String>, chosen: Option<String>) -> Options {
    known.extend(chosen.filter(|chosen| !known.contains(chosen)));
    let name = |word: String| {
        let name = text::excerpt(&text::one_line(&word), 40);
        (word, name)
    };
    [(String::new(), any)].into_iter().chain(known.into_iter().map(name)).collect()
}

fn severity_value(severities: &[Severity]) -> String {
    severities.iter().map(|severity| severity.name()).collect::<Vec<_>>().join(",")
}

/// The options for severities, with their labels.
fn severity_options(chosen: &[Severity]) -> Options {
    let warning = search_query::at_or_above(Severity::Warning);
    let mut choices =
        vec![(String::new(), t::filter_any_severity()), (severity_value(&warning), t::filter_severity(&severity_name(Severity::Warning)))];
    choices.extend(Severity::ALL.into_iter().rev().map(|severity| (severity_value(&[severity]), severity_name(severity))));
    let now = severity_value(chosen);
    if choices.iter().all(|(known, _)| *known != now) {
        choices.push((now, chosen.iter().map(|severity| severity_name(*severity)).collect::<Vec<_>>().join(", ")));
    }
    choices
}

#[component]
fn SeverityFilter(filter: Memo<Filter>) -> impl IntoView {
    let read = |filter: &mut Filter, chosen: String| filter.severity = chosen.split(',').filter_map(Severity::from_name).collect();
    view! {
        <ChipSelect
            label=t::severity()
            options=memo(move || filter.with(|filter| severity_options(&filter.severity)))
            chosen=memo(move || filter.with(|filter| severity_value(&filter.severity)))
            on_choose=on_choose(filter, read)
        />
    }
}

lazy! {
    /// Fetches the known components.
    after_first_paint::component_loader: fn(State, RwSignal<Vec<String>>) = load_components
}

fn load_components(state: State, known: RwSignal<Vec<String>>) {
    spawn_local(async move {
        if let Ok(mut components) = state.components().await {
            components.sort();
            known.try_set(components);
        }
    });
}

#[component]
fn ComponentFilter(filter: Memo<Filter>) -> impl IntoView {
    let state = State::expect();
    let known = listed_names(state, |item| item.component.as_slice());
    let requested = StoredValue::new(false);
    // Before the person opens the list, so that the inbox does not load it at the start.
    let request_all = move |()| {
        if !requested.try_update_value(|requested| std::mem::replace(requested, true)).unwrap_or(true) {
            spawn_local(async move {
                // On an error, the list offers the components of the listed items.
                if let Ok(ask) = component_loader().await {
                    ask(state, known);
                }
            });
        }
    };
    view! {
        <ChipSelect
            label=t::filter_component()
            options=memo(move || text_options(t::filter_any_component(), known.get(), filter.with(|filter| filter.component.clone())))
            chosen=memo(move || filter.with(|filter| filter.component.clone().unwrap_or_default()))
            on_choose=on_choose(filter, |filter, chosen| filter.component = Some(chosen).filter(|name| !name.is_empty()))
            on_approach=Callback::new(request_all)
        />
    }
}

/// Names of the items listed so far, sorted.
fn listed_names(state: State, names: fn(&Item) -> &[String]) -> RwSignal<Vec<String>> {
    let known = RwSignal::new(Vec::<String>::new());
    effect(move || {
        let mut all = known.get_untracked();
        state.inbox.with(|list| {
            for name in list.items.iter().take(NAME_SAMPLE).flat_map(|item| names(item)) {
                if let Err(index) = all.binary_search(name) {
                    all.insert(index, name.clone());
                }
            }
        });
        if known.with_untracked(|known| known.len() < all.len()) {
            known.set(all);
        }
    });
    known
}

/// Offers the categories of the items listed so far; hidden while there are none.
#[component]
fn CategoryFilter(filter: Memo<Filter>) -> impl IntoView {
    let known = listed_names(State::expect(), |item| &item.categories);
    let chosen = memo(move || filter.with(|filter| filter.category.clone().unwrap_or_default()));
    view! {
        <Show when=move || chosen.with(|chosen| !chosen.is_empty()) || known.with(|known| !known.is_empty())>
            <ChipSelect
                label=t::filter_category()
                options=memo(move || text_options(t::filter_any_category(), known.get(), filter.with(|filter| filter.category.clone())))
                chosen
                on_choose=on_choose(filter, |filter, chosen| filter.category = Some(chosen).filter(|name| !name.is_empty()))
            />
        </Show>
    }
}

/// How many days back the filter reaches, if it is one of `DAYS`.
fn days_back(filter: &Filter) -> Option<u32> {
    let after = filter.after.filter(|_| filter.before.is_none())?;
    DAYS.into_iter().find(|days| format::midnight_days_ago(*days - 1) == format::epoch_millis(&after))
}

fn date_options(filter: &Filter) -> Options {
    let days_label = |days: u32| if days == 1 { format::today() } else { t::filter_days(days) };
    let any = (String::new(), t::filter_any_date());
    let mut options: Options = [any].into_iter().chain(DAYS.map(|days| (days.to_string(), days_label(days)))).collect();
    if days_back(filter).is_none() && (filter.after.is_some() || filter.before.is_some()) {
        let [after, before] =
            [filter.after, filter.before].map(|at| at.map(|at| format::date_time(format::epoch_millis(&at))).unwrap_or_default());
        options.push((OTHER_DATES.to_owned(), format!("{after} – {before}")));
    }
    options
}

#[component]
fn DateFilter(filter: Memo<Filter>) -> impl IntoView {
    let chosen = |filter: &Filter| match days_back(filter) {
        Some(days) => days.to_string(),
        None if filter.after.is_some() || filter.before.is_some() => OTHER_DATES.to_owned(),
        None => String::new(),
    };
    let write = |filter: &mut Filter, chosen: String| {
        let days = chosen.parse::<u32>().ok();
        (filter.after, filter.before) = (days.and_then(|days| format::from_epoch_millis(format::midnight_days_ago(days - 1))), None);
    };
    view! {
        <ChipSelect
            label=t::filter_date()
            options=memo(move || filter.with(date_options))
            chosen=memo(move || filter.with(chosen))
            on_choose=on_choose(filter, write)
        />
    }
}
