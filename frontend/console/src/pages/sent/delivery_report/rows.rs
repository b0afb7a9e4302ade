//! The rows of the delivery report: deliveries with their attempts, button clicks and recipients.

use campanile_shared::{
    Severity,
    delivery::{Delivery, DeliveryState},
    sent::{ButtonClick, Recipient},
    text,
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use uuid::Uuid;

use crate::{
    components::icon::{
        Icon,
        outlines::{EYE, EYE_OFF},
    },
    i18n::{format, names::channel_name, t},
};

fn exact_time(at: &DateTime<Utc>) -> impl IntoView + use<> {
    view! { <time datetime=at.to_rfc3339()>{format::date_time_exact(format::epoch_millis(at))}</time> }
}

/// A delivery; its attempts are collapsed at first.
pub fn delivery_row(delivery: &Delivery, unfolded: StoredValue<Vec<Uuid>>) -> impl IntoView + use<> {
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
    let count = format::saturating_u32(delivery.attempts.len());
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

/// A recipient, and whether they have seen and read it.
pub fn recipient_row(recipient: &Recipient) -> impl IntoView + use<> {
    let (class, icon, word) = match (recipient.read, recipient.seen) {
        (true, _) => ("success", Icon::Read, t::sent_read()),
        (false, true) => ("", EYE, t::sent_seen()),
        (false, false) => ("", EYE_OFF, t::sent_not_seen()),
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

/// A click on a button.
pub fn click_row(press: &ButtonClick) -> impl IntoView + use<> {
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
