//! The links that download the listed notifications as a file.

use campanile_shared::Filter;
use leptos::{ev, prelude::*};

use super::context::InboxContext;
use crate::i18n::t;

/// A link for each format. A click closes the dialog that has the links.
#[component]
pub fn ExportLinks(
    /// What to export.
    filter: Filter,
) -> impl IntoView {
    let context: InboxContext = expect_context();
    let state = context.state;
    let link = |format: &'static str, name: String| {
        let (link, ticket) = state.export_url(&filter, format);
        let download = {
            let link = link.clone();
            move |event: ev::MouseEvent| {
                if ticket {
                    event.prevent_default();
                    state.follow_with_ticket(link.clone());
                }
                context.save_view_dialog.set(false);
            }
        };
        view! {
            <a class="quiet" href=link download rel="external" on:click=download>
                {name}
            </a>
        }
    };
    (link("csv", t::export_csv()), link("json", t::export_json()))
}
