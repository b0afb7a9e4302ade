//! The delivery report of a notification: who has seen and read it, who pressed a button, and each delivery
//! with its attempts.

use std::time::Duration;

use campanile_shared::{
    Channel, Severity,
    delivery::{Delivery, DeliveryPage, DeliveryState},
    sent::{ButtonClick, Recipient, RecipientPage},
    text,
};
use chrono::{DateTime, Utc};
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation};
use uuid::Uuid;

use crate::{
    api::{Error, Result},
    components::icon::Icon,
    error_text,
    i18n::{format, names::channel_name, t},
    reactive::effect,
    state::{State, Toast},
};

/// The first interval of polling while deliveries are pending. It doubles each time nothing has changed.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// The longest interval of polling.
const MAX_POLL_INTERVAL: Duration = Duration::from_secs(32);

/// The data of the report.
#[derive(Clone, PartialEq)]
struct ReportData {
    /// The recipients; `None` for channels other than the portal.
    people: Option<RecipientPage>,
    deliveries: DeliveryPage,
    clicks: Vec<ButtonClick>,
}

async fn load_report(state: State, id: Uuid, in_portal: bool) -> Result<ReportData> {
    let deliveries = state.deliveries(id, None).await?;
    if !in_portal {
        return Ok(ReportData { people: None, deliveries, clicks: Vec::new() });
    }
    let people = Some(state.recipients(id, None).await?);
    Ok(ReportData { people, deliveries, clicks: state.button_clicks(id, None).await?.items })
}

/// The report. It polls while deliveries are pending.
#[component]
pub fn DeliveryReport(
    /// The notification's ID.
    id: Uuid,
    /// The notification's channel.
    channel: Channel,
) -> impl IntoView {
    let state = State::expect();
    let known = RwSignal::new(None::<std::result::Result<ReportData, Error>>);
    let reload = RwSignal::new(0_u32);
    let open_deliveries = StoredValue::new(Vec::<Uuid>::new());
    // The page may have been left meanwhile.
    let refetch = move || reload.try_update(|asked| *asked += 1).unwrap_or_default();
    let poll_interval = StoredValue::new(POLL_INTERVAL);
    effect(move || {
        reload.track();
        spawn_local_scoped_with_cancellation(async move {
            let now = load_report(state, id, channel == Channel::Portal).await;
            let in_progress = now.as_ref().is_ok_and(|now| is_in_progress(now, channel));
            let is_changed = known.with_untracked(|known| known.as_ref() != Some(&now));
            if is_changed {
                known.set(Some(now));
            }
            if in_progress {
                let next = if is_changed { POLL_INTERVAL } else { (poll_interval.get_value() * 2).min(MAX_POLL_INTERVAL) };
                poll_interval.set_value(next);
                set_timeout(refetch, next);
            }
        });
    });
    let redeliver = move |_| {
        spawn_local_scoped_with_cancellation(async move {
            match state.redeliver(id).await {
                Ok(()) => {
                    state.toast.set(Some(Toast { text: t::sent_again_done(), undo: None, failed: false }));
                    refetch();
                }
                Err(error) => state.show_error(&error),
            }
        });
    };
    let fetch_more = move |people: bool| {
        spawn_local_scoped_with_cancellation(async move {
            if let Err(error) = fetch_next_page(state, id, known, people).await {
                state.show_error(&error);
            }
        });
    };
    let more_button = move |next: &Option<String>, people: bool| {
        next.is_some().then(|| {
            view! {
                <button type="button" class="quiet" on:click=move |_| fetch_more(people)>
                    {t::sent_show_more()}
                </button>
            }
        })
    };
    let to_files = state.session.with_untracked(|session| session.me().is_some_and(|me| me.mail_to_files));
    let body = move |known: ReportData| {
        let ReportData { people, deliveries, clicks } = known;
        let counts = deliveries.counts;
        let failed = counts.rejected + counts.given_up;
        let has_email = deliveries.items.iter().any(|delivery| delivery.channel == Channel::Email) || channel == Channel::Email;
        let has_deliveries = counts.pending + counts.delivered + failed > 0;
        let audience_tiles = people.as_ref().map(|page| {
            let reach = page.counts;
            [
                (t::sent_people(), reach.people, ""),
                (t::sent_seen(), reach.seen, ""),
                (t::sent_read(), reach.read, ""),
                (t::dismissed(), reach.dismissed, ""),
            ]
        });
        let delivery_tiles = has_deliveries.then(|| {
            let failure_class = if failed > 0 { "error" } else { "" };
            [
                (t::sent_delivered(), counts.delivered, ""),
                (t::sent_waiting(), counts.pending, ""),
                (t::sent_failed(), failed, failure_class),
            ]
        });
        let tile = |(name, number, class): (String, u64, &'static str)| {
            view! {
                <div class=class>
                    <dt>{name}</dt>
                    <dd>{format::number(number as f64)}</dd>
                </div>
            }
        };
        let tiles = audience_tiles.into_iter().flatten().chain(delivery_tiles.into_iter().flatten()).map(tile).collect_view();
        view! {
            <dl class="report-tiles">{tiles}</dl>
            {(has_email && to_files)
                .then(|| view! { <p class="report-note"><span class="warning">{Icon::Severity(Severity::Warning).view()}</span> {t::sent_files()}</p> })}
            {(channel != Channel::Portal && !has_deliveries).then(|| view! { <p class="report-note">{t::sent_not_begun()}</p> })}
            {has_deliveries
                .then(|| {
                    view! {
                        <div class="report-head">
                            <h3>{t::sent_deliveries()}</h3>
                            {(failed > 0)
                                .then(|| {
                                    let failed = u32::try_from(failed).unwrap_or(u32::MAX);
                                    view! {
                                        <button type="button" class="quiet" on:click=redeliver>
                                            {Icon::Undo.view()}
                                            {t::sent_again(failed)}
                                        </button>
                                    }
                                })}
                        </div>
                        <ul class="card report-list" role="list">
                            {deliveries.items.iter().map(|delivery| delivery_row(delivery, open_deliveries)).collect_view()}
                        </ul>
                        {more_button(&deliveries.next, false)}
                    }
                })}
            {(!clicks.is_empty())
                .then(|| {
                    view! {
                        <h3>{t::sent_answers()}</h3>
                        <ul class="card report-list" role="list">{clicks.iter().map(click_row).collect_view()}</ul>
                    }
                })}
            {people
                .filter(|people| !people.items.is_empty())
                .map(|people| {
                    view! {
                        <h3>{t::sent_people()}</h3>
                        <ul class="card report-list" role="list">{people.items.iter().map(recipient_row).collect_view()}</ul>
                        {more_button(&people.next, true)}
                    }
                })}
        }
    };
    view! {
        <section class="sent-report" aria-label=t::sent_report()>
            {move || match known.get() {
                None => ().into_any(),
                Some(Ok(known)) => body(known).into_any(),
                Some(Err(error)) => view! {
                    <p class="field-error" role="alert">
                        {error_text::explain(&error)}
                        <button type="button" class="quiet" on:click=move |_| refetch()>
                            {t::try_again()}
                        </button>
                    </p>
                }
                .into_any(),
            }}
        </section>
    }
}

/// Whether the report will change by itself. A report with more than one page is not polled.
fn is_in_progress(known: &ReportData, channel: Channel) -> bool {
    let ReportData { people, deliveries, .. } = known;
    let whole = deliveries.next.is_none() && people.as_ref().is_none_or(|people| people.next.is_none());
    let to_begin = channel != Channel::Portal && deliveries.items.is_empty();
    whole && (to_begin || deliveries.counts.pending > 0)
}

/// Fetches the next page of the recipients, or else of the deliveries.
async fn fetch_next_page(
    state: State,
    id: Uuid,
    known: RwSignal<Option<std::result::Result<ReportData, Error>>>,
    people: bool,
) -> Result<()> {
    let Some(Ok(mut now)) = known.get_untracked() else { return Ok(()) };
    if let Some(page) = now.people.as_mut().filter(|_| people) {
        let next = state.recipients(id, page.next.as_deref()).await?;
        page.items.extend(next.items);
        page.next = next.next;
    } else {
        let next = state.deliveries(id, now.deliveries.next.as_deref()).await?;
        now.deliveries.items.extend(next.items);
        now.deliveries.next = next.next;
    }
    known.set(Some(Ok(now)));
    Ok(())
}

fn exact_time(at: &DateTime<Utc>) -> impl IntoView + use<> {
    view! { <time datetime=at.to_rfc3339()>{format::date_time_exact(format::epoch_millis(at))}</time> }
}

/// A delivery; its attempts are collapsed at first.
fn delivery_row(delivery: &Delivery, unfolded: StoredValue<Vec<Uuid>>) -> impl IntoView + use<> {
    let id = delivery.id;
    let (severity, word) = match delivery.state {
        DeliveryState::Pending => (Severity::Information, t::sent_waiting()),
        DeliveryState::Delivered => (Severity::Success, t::sent_delivered()),
        DeliveryState::Rejected => (Severity::Error, t::sent_rejected()),
        DeliveryState::GivenUp => (Severity::Error, t::sent_given_up()),
    };
    let attempts = delivery.attempts.iter().map(|attempt| {
        view! {
            <li>
                <span>{exact_time(&attempt.at)} " · " {t::sent_took(&format::number(attempt.millis.into()))}</span>
                <bdi>{text::one_line(&attempt.answer)}</bdi>
            </li>
        }
    });
    let fold = move |event: leptos::ev::Event| {
        let open = event_target::<web_sys::Element>(&event).has_attribute("open");
        unfolded.update_value(|unfolded| {
            unfolded.retain(|known| *known != id);
            if open {
                unfolded.push(id);
            }
        });
    };
    let count = u32::try_from(delivery.attempts.len()).unwrap_or(u32::MAX);
    view! {
        <li>
            <details open=unfolded.with_value(|unfolded| unfolded.contains(&id)) on:toggle=fold>
                <summary>
                    <span class="report-name">
                        <bdi>{text::one_line(&delivery.target)}</bdi>
                        <small>{channel_name(delivery.channel)} " · " {t::sent_attempts(count)}</small>
                    </span>
                    <span class=format!("report-state {}", severity.name())>{Icon::Severity(severity).view()} {word}</span>
                </summary>
                <ol class="report-attempts">
                    {attempts.collect_view()}
                    {delivery
                        .due_at
                        .filter(|_| delivery.state == DeliveryState::Pending)
                        .map(|at| view! { <li>{t::sent_next(&format::date_time_exact(format::epoch_millis(&at)))}</li> })}
                </ol>
            </details>
        </li>
    }
}

fn recipient_row(recipient: &Recipient) -> impl IntoView + use<> {
    let (class, icon, word) = match (recipient.read, recipient.seen) {
        (true, _) => ("success", Icon::Check, t::sent_read()),
        (false, true) => ("", Icon::Read, t::sent_seen()),
        (false, false) => ("", Icon::Dot, t::sent_not_seen()),
    };
    view! {
        <li class="report-line">
            <span class="report-name">
                <bdi>{text::one_line(&recipient.name)}</bdi>
                <small>
                    <bdi>{recipient.login.clone()}</bdi>
                </small>
            </span>
            <span class=format!("report-state {class}")>
                {icon.view()} {word} {recipient.dismissed.then(|| format!(" · {}", t::dismissed()))}
            </span>
        </li>
    }
}

fn click_row(press: &ButtonClick) -> impl IntoView + use<> {
    view! {
        <li class="report-line">
            <span class="report-name">
                <bdi>{text::one_line(&press.name)}</bdi>
                <small>{format::date_time(format::epoch_millis(&press.pressed_at))}</small>
            </span>
            <bdi class="word">{text::one_line(&press.label)}</bdi>
        </li>
    }
}
