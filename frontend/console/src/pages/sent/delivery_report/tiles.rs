//! The numbers at the top of the delivery report.

use campanile_shared::{delivery::DeliveryCounts, sent::RecipientPage};
use leptos::prelude::*;

use crate::i18n::{format, t};

/// A tile for each number: recipients, if the channel has them, and deliveries, if there are any.
pub fn tiles(people: Option<&RecipientPage>, counts: DeliveryCounts) -> impl IntoView + use<> {
    let failed = counts.rejected + counts.given_up;
    let has_deliveries = counts.pending + counts.delivered + failed > 0;
    let audience_tiles = people.map(|page| {
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
        [(t::sent_delivered(), counts.delivered, ""), (t::sent_waiting(), counts.pending, ""), (t::sent_failed(), failed, failure_class)]
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
    view! { <dl class="report-tiles">{tiles}</dl> }
}
