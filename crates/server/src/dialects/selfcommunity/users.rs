//! Users in the vendor's format: the senders of listed notifications.

use std::collections::HashMap;

use campanile_domain::Person;
use serde_json::{Value, json};

use super::errors::SelfCommunityError;
use crate::{config::dialect_names::SELFCOMMUNITY, state::AppState};

/// The id of the user that represents the community itself; members have ids from 0.
const COMMUNITY_ID: i64 = -1;

/// The users of one response, each looked up once.
pub struct Users<'a> {
    app: &'a AppState,
    reader: &'a Person,
    cache: HashMap<i64, Value>,
}

impl<'a> Users<'a> {
    /// An empty cache for a reader's response.
    pub fn new(app: &'a AppState, reader: &'a Person) -> Self {
        Self { app, reader, cache: HashMap::new() }
    }

    /// The member with an id. A removed member is shown by the id alone.
    pub async fn member(&mut self, id: i64) -> Result<Value, SelfCommunityError> {
        if let Some(user) = self.cache.get(&id) {
            return Ok(user.clone());
        }
        let user = match self.app.campanile.public_profile(self.reader, &format!("{SELFCOMMUNITY}:{id}")).await? {
            Some(person) => user(id, &person.login, &person.name),
            None => user(id, &id.to_string(), ""),
        };
        self.cache.insert(id, user.clone());
        Ok(user)
    }

    /// The community itself. Decided here: it is the sender of all notifications from other APIs.
    pub fn community(&self) -> Value {
        user(COMMUNITY_ID, &self.reader.tenant_name, "")
    }
}

/// A user with the directory's data. The avatar is a required URL and always empty.
fn user(id: i64, username: &str, real_name: &str) -> Value {
    json!({"id": id, "username": username, "real_name": real_name, "avatar": ""})
}
