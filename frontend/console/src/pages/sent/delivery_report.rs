//! The delivery report of a notification: who has seen and read it, who pressed a button, and each delivery
//! with its attempts.

mod polling;
mod rows;
mod tiles;

use campanile_shared::{Channel, Severity};
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation};
use uuid::Uuid;

use self::{
    polling::{LoadedReport, ReportData, fetch_next_page, poll},
    rows::{click_row, delivery_row, recipient_row},
    tiles::tiles,
};
use crate::{
    components::icon::{Icon, outlines::RESEND},
    error_text,
    i18n::{format, t},
    state::{State, Toast},
};

/// The report. It polls while deliveries are pending.
#[component]
pub fn DeliveryReport(
    /// The notification's ID.
    id: Uuid,
    /// The notification's channel.
    channel: Channel,
) -> impl IntoView {
    let state = State::expect();
    let known = LoadedReport::new(None);
    let reload = RwSignal::new(0_u32);
    let open_deliveries = StoredValue::new(Vec::<Uuid>::new());
    // The page may have been left meanwhile.
    let refetch = move || reload.try_update(|asked| *asked += 1).unwrap_or_default();
    poll(state, (id, channel), known, reload);
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
        view! {
            {tiles(people.as_ref(), deliveries.counts)}
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
                                    let failed = format::saturating_u32(failed);
                                    view! {
                                        <button type="button" class="quiet" on:click=redeliver>
                                            {RESEND.view()}
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
