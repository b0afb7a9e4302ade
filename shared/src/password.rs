//! Changing one's own password. The rules for new passwords are the server's.

use serde::{Deserialize, Serialize};

/// A request to change one's own password.
#[derive(Clone, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The current password.
    pub current: String,
    /// The new password: 8 to 256 characters, not a common password, and not a name of the person or the tenant.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NewPassword))]
    pub new: String,
}
