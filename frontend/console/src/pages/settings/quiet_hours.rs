//! The quiet hours, in which only urgent notifications reach the desktop.

use campanile_shared::quiet_hours::QuietHours;
use leptos::prelude::*;

use super::preferences::PreferencesSaver;
use crate::{
    components::text_field::TextField,
    i18n::t,
    reactive::{effect, memo},
};

/// The default: from 22:00 to 07:00.
const DEFAULT_HOURS: QuietHours = QuietHours { from: 22 * 60, to: 7 * 60 };

/// Formats minutes after midnight for a `time` input.
fn format_minute(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Parses the value of a `time` input as minutes after midnight; `None` while it is incomplete.
fn parse_minute(time: &str) -> Option<u16> {
    let (hour, minute) = time.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.get(..2)?.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// The switch and the two times.
#[component]
pub fn QuietHoursFields(
    /// Saves the choice.
    saver: PreferencesSaver,
) -> impl IntoView {
    let hours = saver.get(|preferences| preferences.quiet_hours);
    let on = memo(move || hours.with(Option::is_some));
    // Switching off and on again keeps the hours.
    let last = RwSignal::new(hours.get_untracked().unwrap_or(DEFAULT_HOURS));
    effect(move || {
        if let Some(hours) = hours.get() {
            last.set(hours);
        }
    });
    let switch = move |on: bool| saver.save(|preferences| preferences.quiet_hours = on.then(|| last.get_untracked()));
    let time = move |id: &'static str, label: String, of: fn(&mut QuietHours) -> &mut u16| {
        let missing = RwSignal::new(false);
        let change = move |time: String| {
            let minute = parse_minute(&time);
            missing.set(minute.is_none());
            if let Some(minute) = minute {
                let mut hours = last.get_untracked();
                *of(&mut hours) = minute;
                saver.save(|preferences| preferences.quiet_hours = Some(hours));
            }
        };
        view! {
            <TextField
                id
                label
                value=Signal::derive(move || format_minute(*of(&mut last.get())))
                on_change=Callback::new(change)
                error=Signal::derive(move || missing.get().then(t::compose_error_missing))
                kind="time"
            />
        }
    };
    let empty = move || on.get() && last.with(|hours| hours.from == hours.to);
    view! {
        <fieldset class="field settings-quiet">
            <legend class="visually-hidden">{t::settings_quiet()}</legend>
            <label class="check">
                <input type="checkbox" prop:checked=on aria-describedby="quiet-hint" on:change:target=move |event| switch(event.target().checked())/>
                <span class="label">{t::settings_quiet()}</span>
            </label>
            <small id="quiet-hint">{t::settings_quiet_hint()}</small>
            <div class="settings-hours" hidden=move || !on.get()>
                {time("quiet-from", t::settings_quiet_from(), |hours| &mut hours.from)}
                {time("quiet-to", t::settings_quiet_to(), |hours| &mut hours.to)}
            </div>
            <p class="settings-hint" role="status">
                {move || empty().then(t::settings_quiet_empty)}
            </p>
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_round_trip() {
        for minute in [0, 59, 420, 1439] {
            assert_eq!(parse_minute(&format_minute(minute)), Some(minute));
        }
        assert_eq!(parse_minute("22:30:15"), Some(1350));
        for nonsense in ["", "24:00", "12:60", "7", "12:3", "é:é"] {
            assert_eq!(parse_minute(nonsense), None, "{nonsense}");
        }
    }
}
