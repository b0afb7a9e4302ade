//! The port through which the store reports commits, in their order. An event names what was committed and does
//! not contain it: a listener that needs it reads it from the store.

use crate::{AudienceKey, PersonId, TenantId};

/// Listens to commits. The store calls it right after each commit, in order. It must not block; pass the
/// event on if handling it takes time.
pub trait StoreListener: Send + Sync + 'static {
    /// Called after a commit.
    fn on_event(&self, event: StoreEvent);
}

/// What was committed.
#[derive(Clone, Debug)]
pub enum StoreEvent {
    /// A notification was stored.
    Arrived {
        /// The tenant.
        tenant: TenantId,
        /// The notification's sequence.
        sequence: u64,
    },
    /// A person changed their inbox.
    Changed {
        /// The tenant.
        tenant: TenantId,
        /// The person.
        person: PersonId,
        /// The inbox's revision after the change.
        revision: u64,
    },
    /// Inboxes with these keys lost notifications, which were recalled, expired or deleted, or have corrected
    /// ones.
    Withdrawn {
        /// The tenant.
        tenant: TenantId,
        /// The keys of the inboxes.
        keys: Vec<AudienceKey>,
    },
    /// A credential ended or was revoked: a session, a password, a portal's secret. Listeners with this
    /// credential must not receive anything more.
    CredentialsChanged {
        /// The tenant.
        tenant: TenantId,
        /// The person; `None` if it concerns all people of the tenant.
        person: Option<PersonId>,
    },
    /// Another process changed something: anything cached from the store may be outdated.
    ChangedByOtherProcess,
    /// A person gained or lost a relation, and with it a part of the inbox.
    MembershipChanged {
        /// The tenant.
        tenant: TenantId,
        /// The person.
        person: PersonId,
    },
}

/// Ignores every commit, for commands that change the store while no one listens.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoListener;

impl StoreListener for NoListener {
    fn on_event(&self, _: StoreEvent) {}
}
