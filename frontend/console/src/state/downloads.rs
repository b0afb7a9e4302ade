//! The URLs of exported files and thumbnails.

use campanile_shared::Filter;
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::State;

impl State {
    /// The URL of the matching items as a file, and whether it needs a ticket.
    pub fn export_url(self, filter: &Filter, format: &str) -> (String, bool) {
        let api = self.api();
        (api.export_url(filter, format), api.token().is_some())
    }

    /// The URL of an attachment's thumbnail, if it can be shown. `attachment` counts from 0.
    pub fn thumbnail_url(self, id: Uuid, attachment: usize) -> Option<String> {
        self.api().thumbnail_url(id, attachment)
    }

    /// Opens such a URL with a ticket.
    pub fn follow_with_ticket(self, link: String) {
        spawn_local(async move {
            match self.handle_session_error(self.api().ticket().await) {
                // Setting the location fails only if the page cannot be left.
                Ok(ticket) => drop(window().location().set_href(&format!("{link}&ticket={}", ticket.ticket))),
                Err(error) => self.show_error(&error),
            }
        });
    }
}
