//! Loads the delivery report, and again while deliveries are pending.

use std::time::Duration;

use campanile_shared::{
    Channel,
    delivery::DeliveryPage,
    sent::{ButtonClick, RecipientPage},
};
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation};
use uuid::Uuid;

use crate::{
    api::{Error, Result},
    reactive::effect,
    state::State,
};

/// The first interval of polling while deliveries are pending. It doubles each time nothing has changed.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// The longest interval of polling.
const MAX_POLL_INTERVAL: Duration = Duration::from_secs(32);

/// The data of the report.
#[derive(Clone, PartialEq)]
pub struct ReportData {
    /// The recipients; `None` for channels other than the portal.
    pub people: Option<RecipientPage>,
    /// The deliveries.
    pub deliveries: DeliveryPage,
    /// The button clicks.
    pub clicks: Vec<ButtonClick>,
}

/// The report, or why it could not be loaded; `None` while it loads.
pub type LoadedReport = RwSignal<Option<std::result::Result<ReportData, Error>>>;

/// Loads the report of a notification now, whenever `reload` changes, and while deliveries are pending.
pub fn poll(state: State, (id, channel): (Uuid, Channel), known: LoadedReport, reload: RwSignal<u32>) {
    let poll_interval = StoredValue::new(POLL_INTERVAL);
    // The page may have been left meanwhile.
    let refetch = move || reload.try_update(|asked| *asked += 1).unwrap_or_default();
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
}

async fn load_report(state: State, id: Uuid, in_portal: bool) -> Result<ReportData> {
    let deliveries = state.deliveries(id, None).await?;
    if !in_portal {
        return Ok(ReportData { people: None, deliveries, clicks: Vec::new() });
    }
    let people = Some(state.recipients(id, None).await?);
    Ok(ReportData { people, deliveries, clicks: state.button_clicks(id, None).await?.items })
}

/// Whether the report will change by itself. A report with more than one page is not polled.
fn is_in_progress(known: &ReportData, channel: Channel) -> bool {
    let ReportData { people, deliveries, .. } = known;
    let whole = deliveries.next.is_none() && people.as_ref().is_none_or(|people| people.next.is_none());
    let to_begin = channel != Channel::Portal && deliveries.items.is_empty();
    whole && (to_begin || deliveries.counts.pending > 0)
}

/// Fetches the next page of the recipients, or else of the deliveries.
pub async fn fetch_next_page(state: State, id: Uuid, known: LoadedReport, people: bool) -> Result<()> {
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
