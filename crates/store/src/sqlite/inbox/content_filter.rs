//! The conditions of a filter that read the message: its sender and its category.

use campanile_domain::model::names;
use campanile_shared::Filter;
use rusqlite::{Connection, params};
use serde::Deserialize;

use super::{
    super::{columns, error::Result},
    Inbox,
};

/// Conditions on the message itself, folded.
pub struct ContentFilter {
    category: Option<String>,
    sender: Option<String>,
}

/// The parts of a stored message that are compared.
#[derive(Deserialize)]
struct MessageParts {
    source: MessageSender,
    #[serde(default)]
    categories: Vec<String>,
}

#[derive(Deserialize)]
struct MessageSender {
    sender: String,
    /// The API key that named the sender.
    #[serde(default)]
    through: Option<String>,
}

impl ContentFilter {
    pub fn from_filter(filter: &Filter) -> Self {
        let small = |text: &Option<String>| text.as_ref().map(|text| names::comparison_form(text.trim()));
        Self { category: small(&filter.category), sender: small(&filter.sender) }
    }

    pub const fn is_set(&self) -> bool {
        self.category.is_some() || self.sender.is_some()
    }

    pub fn fits(&self, connection: &Connection, inbox: &Inbox, sequence: u64) -> Result<bool> {
        let mut statement = connection.prepare_cached("SELECT message FROM notification WHERE tenant = ?1 AND sequence = ?2")?;
        let mut rows = statement.query(params![inbox.tenant.0, sequence])?;
        let Some(row) = rows.next()? else { return Ok(false) };
        let parts: MessageParts = columns::json(row, 0)?;
        let is = |wanted: &String, said: &String| names::comparison_form(said.trim()) == *wanted;
        let sent = |wanted| is(wanted, &parts.source.sender) || parts.source.through.as_ref().is_some_and(|key| is(wanted, key));
        Ok(self.sender.as_ref().is_none_or(sent)
            && self.category.as_ref().is_none_or(|wanted| parts.categories.iter().any(|said| is(wanted, said))))
    }
}
