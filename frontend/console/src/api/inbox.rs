//! API calls for the person's inbox.

use campanile_shared::{Filter, InboxChange, InboxChangeResult, Item, MatchCount, Page, Snapshot, live::Ticket};
use gloo_net::http::Method;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Api, Result};
use crate::query_string;

#[derive(Deserialize)]
struct Components {
    items: Vec<String>,
}

#[derive(Serialize)]
struct Undo {
    undo: Uuid,
}

#[derive(Serialize)]
struct Seen {
    up_to: u64,
}

impl Api {
    /// A page of the matching items, the newest first. `cursor` is the `next` of the page before.
    pub async fn items(&self, filter: &Filter, cursor: Option<&str>, limit: u32) -> Result<Page> {
        let more = [("cursor", cursor.unwrap_or_default()), ("limit", &limit.to_string())];
        self.get(&format!("/inbox{}", query_string::filter_query(filter, &more))).await
    }

    /// The number of matching items.
    pub async fn count_matching(&self, filter: &Filter) -> Result<MatchCount> {
        self.get(&format!("/inbox/matching{}", query_string::filter_query(filter, &[]))).await
    }

    /// The URL of the matching items as a file in a format.
    pub fn export_url(&self, filter: &Filter, format: &str) -> String {
        format!("{}/api/v1/inbox/export{}", self.server(), query_string::filter_query(filter, &[("format", format)]))
    }

    /// The URL of an attachment's thumbnail. `attachment` counts from 0. `None` for a server without a cookie,
    /// which would refuse an image request.
    pub fn thumbnail_url(&self, id: Uuid, attachment: usize) -> Option<String> {
        self.token().is_none().then(|| format!("{}/api/v1/inbox/{id}/attachments/{attachment}/thumbnail", self.server()))
    }

    /// A one-use ticket for links to a server that gets no cookie.
    pub async fn ticket(&self) -> Result<Ticket> {
        self.send(Method::POST, "/events/ticket", &()).await
    }

    /// An item with its content in every language.
    pub async fn item(&self, id: Uuid) -> Result<Item> {
        self.get(&format!("/inbox/{id}")).await
    }

    /// Clicks a button of an item. `button` counts from 0. Returns the item as it is afterwards.
    pub async fn click_button(&self, id: Uuid, button: usize) -> Result<Item> {
        self.send(Method::POST, &format!("/inbox/{id}/buttons/{button}/press"), &()).await
    }

    /// The components of the items in the inbox.
    pub async fn components(&self) -> Result<Vec<String>> {
        self.get("/inbox/components").await.map(|components: Components| components.items)
    }

    /// Changes items.
    pub async fn change(&self, change: &InboxChange) -> Result<InboxChangeResult> {
        self.send(Method::POST, "/inbox/changes", change).await
    }

    /// Undoes a change.
    pub async fn undo(&self, undo: Uuid) -> Result<InboxChangeResult> {
        self.send(Method::POST, "/inbox/undo", &Undo { undo }).await
    }

    /// Marks the items up to a sequence as seen.
    pub async fn mark_seen(&self, up_to: u64) -> Result<Snapshot> {
        self.send(Method::POST, "/inbox/seen", &Seen { up_to }).await
    }
}
