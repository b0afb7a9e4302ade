//! The person's inbox.

use campanile_shared::{Change, Changed, Filter, Item, Page, Snapshot};
use gloo_net::http::Method;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Api, Result};
use crate::query;

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
    /// A page of the items that match, the newest first; `cursor` is the `next` of the page before.
    pub async fn items(&self, filter: &Filter, cursor: Option<&str>, limit: u32) -> Result<Page> {
        let severity = filter.severity.iter().map(|severity| severity.name()).collect::<Vec<_>>().join(",");
        let pairs = [
            ("view", query::view_name(filter.view)),
            ("severity", &severity),
            ("component", filter.component.as_deref().unwrap_or_default()),
            ("text", filter.text.as_deref().unwrap_or_default()),
            ("cursor", cursor.unwrap_or_default()),
            ("limit", &limit.to_string()),
        ];
        self.get(&format!("/inbox{}", query::write(&pairs))).await
    }

    /// One item with its content in every language.
    pub async fn item(&self, id: Uuid) -> Result<Item> {
        self.get(&format!("/inbox/{id}")).await
    }

    /// Presses a button of an item, by its place from 0; answers the item as it is then.
    pub async fn press(&self, id: Uuid, button: usize) -> Result<Item> {
        self.send(Method::POST, &format!("/inbox/{id}/buttons/{button}/press"), &()).await
    }

    /// The components that items of the inbox came from.
    pub async fn components(&self) -> Result<Vec<String>> {
        self.get("/inbox/components").await.map(|components: Components| components.items)
    }

    /// Changes items.
    pub async fn change(&self, change: &Change) -> Result<Changed> {
        self.send(Method::POST, "/inbox/changes", change).await
    }

    /// Takes a change back.
    pub async fn undo(&self, undo: Uuid) -> Result<Changed> {
        self.send(Method::POST, "/inbox/undo", &Undo { undo }).await
    }

    /// Tells that the person has seen what arrived up to a sequence.
    pub async fn seen(&self, up_to: u64) -> Result<Snapshot> {
        self.send(Method::POST, "/inbox/seen", &Seen { up_to }).await
    }
}
