//! A notification that is to be sent later, and the cursor of their list.

use std::{fmt, str::FromStr};

use campanile_shared::Audience;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Error, Result,
    model::{notification::Message, routing::Routing},
};

/// A notification that is to be sent later.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ScheduledNotification {
    /// The id it will have.
    pub id: Uuid,
    /// When it is sent; `None` if it is unscheduled.
    pub due_at: Option<DateTime<Utc>>,
    /// Its audience, looked up when it is sent.
    pub to: Audience,
    /// Where it goes.
    pub routing: Routing,
    /// Its content and metadata.
    pub message: Message,
}

/// A cursor in the tenant's list of scheduled notifications: by time, unscheduled ones last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ScheduledCursor {
    /// When it is sent; `None` if it is unscheduled.
    pub due_at: Option<DateTime<Utc>>,
    /// The notification's id.
    pub id: Uuid,
}

/// Stands for the time of an unscheduled one in a cursor.
const UNSCHEDULED: &str = "draft";

impl fmt::Display for ScheduledCursor {
    /// `<microseconds since 1970 UTC, or draft>~<id>`: opaque to clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.due_at {
            Some(at) => write!(f, "{}~{}", at.timestamp_micros(), self.id),
            None => write!(f, "{UNSCHEDULED}~{}", self.id),
        }
    }
}

impl FromStr for ScheduledCursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let read = || {
            let (at, id) = text.split_once('~')?;
            let due_at = if at == UNSCHEDULED { None } else { Some(DateTime::from_timestamp_micros(at.parse().ok()?)?) };
            Some(Self { due_at, id: id.parse().ok()? })
        };
        read().ok_or(Error::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_round_trip() {
        let id = Uuid::from_u128(7);
        for due_at in [None, DateTime::from_timestamp_micros(1), DateTime::from_timestamp_micros(-1)] {
            let place = ScheduledCursor { due_at, id };
            assert_eq!(place.to_string().parse::<ScheduledCursor>().unwrap(), place);
        }
        for text in ["", "draft", "draft~", "~", "1~x", "x~00000000-0000-0000-0000-000000000007", "99999999999999999999~"] {
            assert!(text.parse::<ScheduledCursor>().is_err(), "{text}");
        }
    }
}
