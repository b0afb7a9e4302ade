//! The credential of a person, and when it expires. Long-lived responses, such as the event stream, end with
//! it.

use chrono::{DateTime, Utc};

use crate::{AudienceKey, PersonId, SecretHash, TenantId, model::secret::SecretKind};

/// The credential that a person was authenticated by. It ends when it expires or is revoked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Grant {
    /// [`SecretKind::Session`], [`SecretKind::PersonalToken`], or [`SecretKind::Portal`] for a token signed
    /// by a portal.
    pub kind: SecretKind,
    /// The hash of the token; for a portal's token, of the secret that signed it.
    pub hash: SecretHash,
    /// When it expires.
    pub expires_at: DateTime<Utc>,
}

/// A person who receives a long-lived response.
#[derive(Clone, Copy, Debug)]
pub struct Listener {
    /// The person's tenant.
    pub tenant: TenantId,
    /// The person's id.
    pub person: PersonId,
    /// The person's credential.
    pub grant: Grant,
}

/// What a listener has access to now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListenerAccess {
    /// The keys that the person holds.
    pub keys: Vec<AudienceKey>,
    /// The revision of their inbox: [`campanile_shared::Snapshot::revision`].
    pub revision: u64,
}
