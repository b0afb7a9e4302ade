//! Ending mail by a link in a mail, without signing in.

use serde::Serialize;

use crate::{Campanile, Error, Person, PersonId, Result, Tenant, jwt::Jwt};

/// The claims of an unsubscribe token. `aud` prevents its use for anything else.
#[derive(Serialize)]
struct UnsubscribeClaims {
    iss: String,
    /// The person's id in the store, because the login may change.
    sub: String,
    aud: String,
}

/// The audience of an unsubscribe token.
pub(crate) const UNSUBSCRIBE_AUDIENCE: &str = "unsubscribe";

impl Campanile {
    /// A token with which a person can end mail without signing in. It allows nothing else, and does not
    /// expire.
    pub async fn unsubscribe_token(&self, who: &Person) -> Result<String> {
        let tenant = self.store.tenant(&who.tenant_name).await?.ok_or(Error::NotFound)?;
        Self::unsubscribe_token_of(&tenant, who.id)
    }

    /// The same for a person of a given tenant.
    pub(crate) fn unsubscribe_token_of(tenant: &Tenant, who: PersonId) -> Result<String> {
        let claims = UnsubscribeClaims { iss: tenant.name.clone(), sub: who.0.to_string(), aud: UNSUBSCRIBE_AUDIENCE.to_owned() };
        let key = jsonwebtoken::EncodingKey::from_secret(tenant.mail_secret.as_bytes());
        jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).map_err(|error| Error::Unavailable(error.into()))
    }

    /// Ends all mail to the person of an unsubscribe token. A repeat changes nothing.
    pub async fn unsubscribe(&self, token: &str) -> Result<()> {
        let unknown = |_| Error::NotFound;
        let token = Jwt::read(token).map_err(unknown)?;
        let tenant = self.store.tenant(token.string_claim("iss").map_err(unknown)?).await?.ok_or(Error::NotFound)?;
        if !token.is_signed_with(&tenant.mail_secret) || !token.has_audience(UNSUBSCRIBE_AUDIENCE) {
            return Err(Error::NotFound);
        }
        let person = PersonId(token.string_claim("sub").map_err(unknown)?.parse().map_err(|_| Error::NotFound)?);
        self.store.end_all_mail(tenant.id, person).await
    }
}
