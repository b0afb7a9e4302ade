//! Users in the vendor's format: the senders of listed notifications.

use std::collections::HashMap;

use campanile_domain::Person;
use serde_json::{Value, json};

use super::{NAME, error::Refusal};
use crate::app::App;

/// The id of the user that represents the community itself; members have ids from 0.
const COMMUNITY: i64 = -1;

/// The users of one response, each looked up once.
pub struct Users<'a> {
    app: &'a App,
    reader: &'a Person,
    known: HashMap<i64, Value>,
}

impl<'a> Users<'a> {
    /// An empty cache for a reader's response.
    pub fn new(app: &'a App, reader: &'a Person) -> Self {
        Self { app, reader, known: HashMap::new() }
    }

    /// The member with an id. A removed member is shown by the id alone.
    pub async fn member(&mut self, id: i64) -> Result<Value, Refusal> {
        if let Some(user) = self.known.get(&id) {
            return Ok(user.clone());
        }
        let store = self.app.campanile.store();
        let person = match store.find_person(self.reader.tenant, &format!("{NAME}:{id}")).await? {
            Some(person) => store.person(self.reader.tenant, person).await?,
            None => None,
        };
        let user = match person {
            Some(person) => user(id, &person.login, &person.name),
            None => user(id, &id.to_string(), ""),
        };
        self.known.insert(id, user.clone());
        Ok(user)
    }

    /// The community itself. Decided here: it is the sender of all notifications from other APIs.
    pub fn community(&self) -> Value {
        user(COMMUNITY, &self.reader.tenant_name, "")
    }
}

/// A user with the directory's data. The avatar is a required URL and always empty.
fn user(id: i64, username: &str, real_name: &str) -> Value {
    json!({"id": id, "username": username, "real_name": real_name, "avatar": ""})
}
