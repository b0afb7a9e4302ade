//! Portal tokens: signed by a portal that embeds the bell, for its people.

use std::time::Duration;

use chrono::TimeDelta;

use crate::{
    Campanile, Error, Grant, Person, Result, SecretHash,
    jwt::{Jwt, JwtError},
    lifetimes::CLOCK_LEEWAY_SECONDS,
    model::secret::SecretKind,
    security_log::{Entry, event::SecurityEvent},
    unsubscribe::UNSUBSCRIBE_AUDIENCE,
};

impl Campanile {
    /// The person of a token that an embedding portal signed.
    ///
    /// The token is signed by HS256 with the tenant's portal secret, or with the former one while that is
    /// valid. `iss` is the tenant's name, `sub` a login or external id, `exp` at most an hour ahead, `nbf`
    /// and `iat` not in the future. Its header has no field that must be understood (RFC 7515 §4.1.11). `aud`
    /// is ignored, except that an unsubscribe token is rejected: only the tenant has the secret, so whatever
    /// is signed with it is the tenant's.
    pub async fn portal_token_person(&self, token: &str) -> Result<(Person, Grant)> {
        // The issuer decides which secret to check. Nothing in the token is trusted before its signature is
        // verified.
        let unread = |flaw| refused(flaw, Entry::new(SecurityEvent::PortalToken));
        let token = Jwt::read(token).map_err(unread)?;
        let (issuer, subject) = (token.string_claim("iss").map_err(unread)?, token.string_claim("sub").map_err(unread)?);
        let tenant = self.store.tenant(issuer).await?.ok_or_else(|| unread(JwtError::Issuer))?;
        let unproven = |flaw| refused(flaw, Entry::new(SecurityEvent::PortalToken).tenant(&tenant.name));
        let (now, as_set) = (self.now(), self.clock.system_now());
        let former = tenant.former_portal_secret.as_ref().filter(|former| former.valid_until > now);
        let (secret, secret_ends) = match former {
            _ if token.is_signed_with(&tenant.portal_secret) => (&tenant.portal_secret, None),
            Some(former) if token.is_signed_with(&former.secret) => (&former.secret, Some(former.valid_until)),
            _ => return Err(unproven(JwtError::Signature)),
        };
        let proven = |flaw| refused(flaw, Entry::new(SecurityEvent::PortalToken).tenant(&tenant.name).subject(subject));
        let ends_at = token.valid_until(as_set).map_err(proven)?;
        if token.has_audience(UNSUBSCRIBE_AUDIENCE) {
            return Err(proven(JwtError::TokenType));
        }
        let person = self.store.find_person(tenant.id, subject).await?.ok_or_else(|| proven(JwtError::UnknownPerson))?;
        let person = self.store.person(tenant.id, person).await?.ok_or_else(|| proven(JwtError::UnknownPerson))?;
        // Long-lived responses end at the token's own `exp`; the leeway only applies to new requests.
        let (left, leeway) = (ends_at - as_set, TimeDelta::from_std(Duration::from_secs(CLOCK_LEEWAY_SECONDS)).unwrap_or_default());
        let until = now + if left > leeway { left - leeway } else { left };
        let until = secret_ends.map_or(until, |ends| until.min(ends));
        Ok((person, Grant { kind: SecretKind::Portal, hash: SecretHash::of(secret), expires_at: until }))
    }
}

/// Logs why a portal's token is invalid. The caller only learns that it is.
fn refused(flaw: JwtError, entry: Entry) -> Error {
    entry.refused(flaw.name());
    Error::Unauthenticated
}
