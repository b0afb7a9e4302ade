//! The form's content in the browser's storage, one entry for each person. It survives a closed tab and an
//! expired session.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{form_data::FormData, idempotency::IdempotentRequest};
use crate::{browser_storage, json};

/// What is stored.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct LocalDraft {
    /// The form's content.
    pub data: FormData,
    /// The last attempt to send it, while the result is unknown.
    pub attempt: Option<IdempotentRequest>,
    /// The ID of the saved draft on the server, if there is one.
    #[serde(default)]
    pub server_id: Option<Uuid>,
    /// Whether the draft on the server has the same content.
    #[serde(default)]
    pub saved: bool,
}

/// The storage key of one person's content.
#[derive(Clone, Debug)]
pub struct LocalDraftStore(String);

impl LocalDraftStore {
    /// The storage key for a person of a tenant.
    pub fn new(tenant: &str, login: &str) -> Self {
        Self(format!("campanile.letter.{tenant}/{login}"))
    }

    /// Reads the stored content; `None` if there is none or it cannot be parsed.
    pub fn load(&self) -> Option<LocalDraft> {
        let text = browser_storage::local()?.get_item(&self.0).ok().flatten()?;
        json::parse(&text).filter(|kept: &LocalDraft| !kept.data.texts.is_empty())
    }

    /// Stores the content, or removes the entry if the form is blank. Returns whether it is stored: storage can
    /// be full or forbidden.
    pub fn save(&self, kept: &LocalDraft) -> bool {
        let Some(storage) = browser_storage::local() else { return false };
        if kept.data.is_blank() {
            // An entry that cannot be removed is overwritten by the next content.
            let _ = storage.remove_item(&self.0);
            return false;
        }
        serde_json::to_string(kept).is_ok_and(|json| storage.set_item(&self.0, &json).is_ok())
    }
}
