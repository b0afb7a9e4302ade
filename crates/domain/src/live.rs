//! The port by which the store tells what was committed, in the order of the commits.

use std::sync::Arc;

use campanile_shared::{Snapshot, live::ItemChange};

use crate::{AudienceKey, Notification, PersonId, TenantId};

/// Hears of every commit. Called by the store right after each commit, in their order, and must
/// not block: whoever needs time hands the news on.
pub trait Live: Send + Sync + 'static {
    /// Something was committed.
    fn committed(&self, news: Committed);
}

/// What was committed.
#[derive(Clone, Debug)]
pub enum Committed {
    /// A notification was stored.
    Arrived {
        /// Whose.
        tenant: TenantId,
        /// What.
        notification: Arc<Notification>,
        /// For whom.
        keys: Arc<[AudienceKey]>,
    },
    /// A person changed their inbox.
    Changed {
        /// Whose.
        tenant: TenantId,
        /// Who.
        person: PersonId,
        /// The changed items; `None` when there are too many to tell.
        changes: Option<Vec<ItemChange>>,
        /// The inbox after it.
        snapshot: Snapshot,
    },
    /// Notifications left the inboxes they were in: expired or purged.
    Withdrawn {
        /// Whose.
        tenant: TenantId,
        /// Whose inboxes.
        keys: Vec<AudienceKey>,
    },
    /// What lets people in ended, or was revoked: a session, a password, a portal's secret. Whoever
    /// listens by it must hear no more.
    AuthorityChanged {
        /// Whose.
        tenant: TenantId,
        /// Who; `None` when it concerns all people of the tenant.
        person: Option<PersonId>,
    },
    /// Another process changed something: what is known of the store may be wrong.
    ChangedElsewhere,
    /// A person gained or lost a relation, and with it a part of the inbox.
    Moved {
        /// Whose.
        tenant: TenantId,
        /// Who.
        person: PersonId,
    },
}

/// Hears nothing: for commands that change the store without anyone watching.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unheard;

impl Live for Unheard {
    fn committed(&self, _: Committed) {}
}
