//! The dialog that asks until when to snooze.

use chrono::{DateTime, Utc};
use js_sys::Date;
use leptos::{ev, prelude::*};

use super::context::InboxContext;
use crate::{
    components::{dialog::modal_while, focus, icon::Icon, text_field::TextField},
    i18n::{format, t},
    lazy::view::lazy_view,
    state::mutations::ItemAction,
};

/// The hour at which a day starts.
const MORNING: u32 = 8;
/// “Later today” is this many hours from now, but not after the hour below.
const LATER_HOURS: u32 = 3;
const LATEST_HOUR: u32 = 22;

/// Label, days from today, hour.
type Preset = (fn() -> String, u32, u32);

/// The suggested times for a local hour and weekday (0 is Sunday).
fn presets(hour: u32, weekday: u32) -> Vec<Preset> {
    let to_monday = if weekday == 0 { 1 } else { 8 - weekday };
    let mut presets: Vec<Preset> =
        vec![(t::snooze_later, 0, hour + LATER_HOURS), (t::snooze_tomorrow, 1, MORNING), (t::snooze_next_week, to_monday, MORNING)];
    presets.retain(|(_, _, hour)| *hour <= LATEST_HOUR);
    presets
}

/// The time at an hour of a day from now, in milliseconds since 1970.
fn time_at(now: &Date, days: u32, hour: u32) -> f64 {
    let (year, month, day) = (now.get_full_year(), now.get_month(), now.get_date() + days);
    let date = Date::new_with_year_month_day_hr(year, month.cast_signed(), day.cast_signed(), hour.cast_signed());
    date.get_time()
}

/// The dialog; open while `snooze_dialog` is set.
#[component]
pub fn SnoozeDialog() -> impl IntoView {
    let context: InboxContext = expect_context();
    let dialog = modal_while(move || context.snooze_dialog.with(Option::is_some));
    view! {
        <dialog node_ref=dialog class="sheet snooze" aria-labelledby="snooze-title" on:close=move |_| context.snooze_dialog.set(None)>
            <Show when=move || context.snooze_dialog.with(Option::is_some)>
                <LazySnoozeForm/>
            </Show>
        </dialog>
    }
}

lazy_view! {
    /// The dialog's content, loaded on demand.
    after_first_paint::load_snooze_form: LazySnoozeForm() = SnoozeForm()
}

/// The dialog's content.
#[component]
pub fn SnoozeForm() -> impl IntoView {
    let context: InboxContext = expect_context();
    let custom_time = RwSignal::new(String::new());
    let error = RwSignal::new(false);
    let choose = move |until: Option<DateTime<Utc>>| {
        let Some(ids) = context.snooze_dialog.get_untracked() else { return };
        if let Some(until) = until {
            context.snooze_dialog.set(None);
            let action = ItemAction::snooze(until);
            if ids.is_empty() { context.apply(action, None) } else { context.apply_to(action, &ids) }
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let until = custom_time.with_untracked(|moment| format::parse_local_input(moment));
        let milliseconds_ahead = until.map_or(f64::NAN, |until| format::epoch_millis(&until) - format::now());
        let is_valid = (0.0..366.0 * 24.0 * 3_600_000.0).contains(&milliseconds_ahead);
        error.set(!is_valid);
        if !is_valid {
            focus::to("snooze-moment".to_owned());
        }
        choose(until.filter(|_| is_valid));
    };
    let now = Date::new_0();
    let offer = |(name, days, hour): Preset| {
        let at = time_at(&now, days, hour);
        view! {
            <button class="snooze-offer" type="button" on:click=move |_| choose(format::from_epoch_millis(at))>
                <span>{name()}</span>
                <time>{format::date_time(at)}</time>
            </button>
        }
    };
    let offers = presets(now.get_hours(), now.get_day()).into_iter().map(offer).collect_view();
    view! {
        <form class="sheet-body" method="dialog" novalidate on:submit=submit>
            <header>
                <h2 id="snooze-title">{t::snooze_until()}</h2>
                <button class="icon-button" type="button" aria-label=t::close() on:click=move |_| context.snooze_dialog.set(None)>
                    {Icon::Cross.view()}
                </button>
            </header>
            <div class="snooze-offers" data-takes-focus>{offers}</div>
            <TextField
                id="snooze-moment"
                label=t::snooze_moment()
                value=custom_time
                on_input=Callback::new(move |typed| custom_time.set(typed))
                error=Signal::derive(move || error.get().then(t::snooze_moment_error))
                alert=true
                kind="datetime-local"
            />
            <button class="primary">{t::snooze()}</button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_future_times_are_offered() {
        let offered = |hour, weekday| presets(hour, weekday).into_iter().map(|(_, days, hour)| (days, hour)).collect::<Vec<_>>();
        assert_eq!(offered(9, 3), [(0, 12), (1, 8), (5, 8)]);
        assert_eq!(offered(20, 0), [(1, 8), (1, 8)], "late on a Sunday");
        assert_eq!(offered(0, 1), [(0, 3), (1, 8), (7, 8)]);
    }
}
