//! The events of the security log.

/// What happened.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SecurityEvent {
    /// A person signed in, by the method in `detail`: `password`, `link`, `basic` or `gravitee`.
    SignIn,
    /// A person signed out.
    SignOut,
    /// An invalid session was presented.
    Session,
    /// An invalid personal token was presented.
    PersonalToken,
    /// A portal's token was presented that is invalid or not allowed for the request.
    PortalToken,
    /// A ticket for the event stream was used.
    Ticket,
    /// An invalid API key was presented.
    ApiKey,
    /// An API key was exchanged for a token.
    TokenExchange,
    /// An API key was created; `detail` holds its scopes.
    KeyCreated,
    /// An API key was revoked.
    KeyRevoked,
    /// A sign-in link was created.
    LinkCreated,
    /// A personal token was created.
    PersonalTokenCreated,
    /// A password was set.
    PasswordSet,
    /// A relation was added; `detail` holds its object and relation.
    RoleGranted,
    /// A relation was ended; `detail` holds its object and relation.
    RoleRevoked,
    /// A person was added.
    PersonAdded,
    /// A person was changed.
    PersonChanged,
    /// A person was disabled.
    PersonDisabled,
    /// A person was enabled again.
    PersonEnabled,
    /// A person was removed.
    PersonRemoved,
    /// A tenant was added.
    TenantAdded,
    /// The settings of a tenant were changed.
    TenantChanged,
    /// The secret with which a tenant's portal signs was replaced.
    SecretRotated,
    /// A directory was imported; `detail` holds a summary.
    Import,
    /// A directory or an inbox was exported.
    Export,
    /// A notification was recalled, or a scheduled one removed.
    Recall,
    /// A notification was corrected.
    Correction,
    /// A webhook endpoint was added.
    WebhookAdded,
    /// A webhook endpoint was removed.
    WebhookRemoved,
}

impl SecurityEvent {
    /// The name in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignOut => "sign_out",
            Self::Session => "session",
            Self::PersonalToken => "personal_token",
            Self::PortalToken => "portal_token",
            Self::Ticket => "ticket",
            Self::ApiKey => "api_key",
            Self::TokenExchange => "token_exchange",
            Self::KeyCreated => "key_created",
            Self::KeyRevoked => "key_revoked",
            Self::LinkCreated => "link_created",
            Self::PersonalTokenCreated => "personal_token_created",
            Self::PasswordSet => "password_set",
            Self::RoleGranted => "role_begun",
            Self::RoleRevoked => "role_ended",
            Self::PersonAdded => "person_added",
            Self::PersonChanged => "person_changed",
            Self::PersonDisabled => "person_disabled",
            Self::PersonEnabled => "person_enabled",
            Self::PersonRemoved => "person_removed",
            Self::TenantAdded => "tenant_added",
            Self::TenantChanged => "tenant_changed",
            Self::SecretRotated => "secret_rotated",
            Self::Import => "import",
            Self::Export => "export",
            Self::Recall => "recall",
            Self::Correction => "correction",
            Self::WebhookAdded => "webhook_added",
            Self::WebhookRemoved => "webhook_removed",
        }
    }
}
