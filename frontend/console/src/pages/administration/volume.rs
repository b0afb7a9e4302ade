//! How many notifications were sent. The numbers are in tables; the bars repeat them, so no information depends
//! on seeing the bars.

use campanile_shared::{
    Severity, text,
    volume::{ComponentVolume, DayVolume, SenderVolume, Volume as Report, VolumeBySeverity},
};
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation};

use crate::{
    api::Error,
    components::{icon::Icon, load_error::LoadErrorView},
    error_text,
    i18n::{format, names::severity_name, t},
    reactive::effect,
    state::State,
};

#[expect(clippy::cast_precision_loss, reason = "exact until 2^53 notifications")]
fn format_count(count: u64) -> String {
    format::number(count as f64)
}

/// The tab.
#[component]
pub fn Volume() -> impl IntoView {
    let state = State::expect();
    let known = RwSignal::new(None::<Result<Report, Error>>);
    // The component of the days' table: `None` for all, empty for notifications without a component.
    let component = RwSignal::new(None::<String>);
    let asked = RwSignal::new(0_u32);
    effect(move || {
        asked.track();
        let of = component.get();
        spawn_local_scoped_with_cancellation(async move {
            let now = state.volume(of.as_deref()).await;
            known.set(Some(now));
        });
    });
    let body = move || match known.get() {
        None => view! { <p class="visually-hidden" role="status">{t::loading()}</p> }.into_any(),
        Some(Ok(report)) if report.components.is_empty() => view! { <p class="settings-hint">{t::admin_volume_none()}</p> }.into_any(),
        Some(Ok(report)) => tables(report, component).into_any(),
        Some(Err(error)) => view! {
            <LoadErrorView text=error_text::explain(&error) on_retry=Callback::new(move |()| asked.update(|asked| *asked += 1))/>
        }
        .into_any(),
    };
    view! {
        <section aria-labelledby="admin-volume">
            <div class="admin-head">
                <h2 id="admin-volume">{t::admin_volume()}</h2>
            </div>
            <p class="settings-hint">{t::admin_volume_hint()}</p>
            {body}
        </section>
    }
}

fn tables(report: Report, component: RwSignal<Option<String>>) -> impl IntoView {
    let Report { days, components, senders, complete } = report;
    let choices = components.iter().filter(|one| !one.others).map(|one| (one.component.clone().unwrap_or_default(), component_name(one)));
    let choices = choices
        .map(|(value, name)| {
            let chosen = component.with_untracked(|component| component.as_ref() == Some(&value));
            // The prefix `=` tells a component from “any”, whatever it is called.
            view! { <option value=format!("={value}") selected=chosen>{name}</option> }
        })
        .collect_view();
    view! {
        {(!complete).then(|| view! { <p class="settings-hint" role="status">{t::admin_volume_behind()}</p> })}
        <h3 id="volume-components">{t::admin_by_component()}</h3>
        {by_component(&components)}
        <h3 id="volume-senders">{t::admin_by_sender()}</h3>
        {by_sender(&senders)}
        <div class="admin-head">
            <h3 id="volume-days">{t::admin_by_day()}</h3>
            <select
                class="volume-component"
                aria-label=t::filter_component()
                on:change:target=move |event| component.set(event.target().value().strip_prefix('=').map(str::to_owned))
            >
                <option value="">{t::filter_any_component()}</option>
                {choices}
            </select>
        </div>
        {by_day(&days)}
    }
}

fn component_name(one: &ComponentVolume) -> String {
    match &one.component {
        _ if one.others => t::admin_component_others(),
        Some(component) => text::one_line(component),
        None => t::admin_component_none(),
    }
}

/// The column headings for each severity and the total.
fn severity_headings() -> impl IntoView {
    let head = |severity: Severity| {
        view! {
            <th scope="col" class="volume-number">
                <span class=severity.name()>{Icon::Severity(severity).view()}</span>
                <span class="volume-label">{severity_name(severity)}</span>
            </th>
        }
    };
    view! {
        {Severity::ALL.map(head).into_iter().collect_view()}
        <th scope="col" class="volume-number">
            {t::admin_total()}
        </th>
    }
}

/// The cells of a row: a number for each severity, the total, and a bar relative to `most`.
fn count_cells(counts: VolumeBySeverity, most: u64) -> impl IntoView {
    let number = |severity: Severity| {
        let count = counts.count(severity);
        view! {
            <td class="volume-number" class:volume-zero=count == 0>
                {format_count(count)}
            </td>
        }
    };
    let pieces = Severity::ALL.map(|severity| (severity.name(), counts.count(severity)));
    view! {
        {Severity::ALL.map(number).into_iter().collect_view()}
        <td class="volume-number volume-total">{self::format_count(counts.total())}</td>
        <td aria-hidden="true">{bar(&pieces, most)}</td>
    }
}

/// A bar with a segment for each class. The count `most` fills the width.
fn bar(segments: &[(&'static str, u64)], most: u64) -> impl IntoView + use<> {
    let mut x = 0.0;
    #[expect(clippy::cast_precision_loss, reason = "the width of a bar needs no precision")]
    let width = |count: u64| count as f64 * 100.0 / most.max(1) as f64;
    let pieces = segments.iter().filter(|(_, count)| *count > 0).map(|(class, count)| {
        let (from, width) = (x, width(*count));
        x += width;
        view! { <rect class=*class x=from.to_string() y="0" width=width.to_string() height="8"></rect> }
    });
    let pieces = pieces.collect_view();
    view! {
        <svg class="volume-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
            {pieces}
        </svg>
    }
}

fn by_day(days: &[DayVolume]) -> impl IntoView + use<> {
    let most = days.iter().map(|day| day.counts.total()).max().unwrap_or_default();
    // The newest day first, as in every list of the console.
    let rows = days.iter().rev().map(|one| {
        let day = format::utc_date(one.day);
        view! {
            <tr>
                <th scope="row">
                    <time datetime=one.day.to_string()>{day}</time>
                </th>
                {count_cells(one.counts, most)}
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <div class="volume-scroll" tabindex="0" role="region" aria-labelledby="volume-days">
            <table class="volume">
                <thead>
                    <tr>
                        <th scope="col">{t::admin_day()}</th>
                        {severity_headings()}
                        <td></td>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn by_component(components: &[ComponentVolume]) -> impl IntoView + use<> {
    let most = components.iter().map(|one| one.counts.total()).max().unwrap_or_default();
    let rows = components.iter().map(|one| {
        view! {
            <tr>
                <th scope="row">
                    <bdi>{component_name(one)}</bdi>
                </th>
                {count_cells(one.counts, most)}
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <div class="volume-scroll" tabindex="0" role="region" aria-labelledby="volume-components">
            <table class="volume">
                <thead>
                    <tr>
                        <th scope="col">{t::compose_component()}</th>
                        {severity_headings()}
                        <td></td>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn by_sender(senders: &[SenderVolume]) -> impl IntoView + use<> {
    let most = senders.iter().map(|one| one.count).max().unwrap_or_default();
    let rows = senders.iter().map(|one| {
        view! {
            <tr>
                <th scope="row">
                    <bdi>{text::one_line(&one.sender)}</bdi>
                </th>
                <td class="volume-number volume-total">{format_count(one.count)}</td>
                <td aria-hidden="true">{bar(&[("volume-plain", one.count)], most)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <div class="volume-scroll" tabindex="0" role="region" aria-labelledby="volume-senders">
            <table class="volume">
                <thead>
                    <tr>
                        <th scope="col">{t::admin_sender()}</th>
                        <th scope="col" class="volume-number">
                            {t::admin_total()}
                        </th>
                        <td></td>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
