//! The letter between visits: in the browser's storage, one for each person, so that a closed tab
//! or an ended session loses nothing.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{attempt::Attempt, letter::Letter};
use crate::json;

/// What is kept.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Kept {
    /// What was written.
    pub letter: Letter,
    /// The last attempt to send it, while its outcome is unknown.
    pub attempt: Option<Attempt>,
    /// The draft that it is on the server, once it is one.
    #[serde(default)]
    pub draft: Option<Uuid>,
    /// Whether the server has it as it is.
    #[serde(default)]
    pub saved: bool,
}

/// The place of one person's letter.
#[derive(Clone, Debug)]
pub struct Keeper(String);

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

impl Keeper {
    /// The place of the person that `tenant` and `login` name.
    pub fn new(tenant: &str, login: &str) -> Self {
        Self(format!("campanile.letter.{tenant}/{login}"))
    }

    /// What was kept, when it can still be read.
    pub fn load(&self) -> Option<Kept> {
        let text = storage()?.get_item(&self.0).ok().flatten()?;
        json::read(&text).filter(|kept: &Kept| !kept.letter.texts.is_empty())
    }

    /// Keeps a letter, or forgets what was kept when nothing was written. Says whether it is kept:
    /// storage can be full or forbidden.
    pub fn save(&self, kept: &Kept) -> bool {
        let Some(storage) = storage() else { return false };
        if kept.letter.is_blank() {
            // What cannot be removed is replaced by the next letter.
            let _ = storage.remove_item(&self.0);
            return false;
        }
        serde_json::to_string(kept).is_ok_and(|json| storage.set_item(&self.0, &json).is_ok())
    }
}
