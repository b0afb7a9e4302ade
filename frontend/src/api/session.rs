//! Sessions and the signed-in person.

use campanile_shared::{Me, Preferences, SignIn, person::Session};
use gloo_net::http::Method;

use super::{Api, Result, answer};

impl Api {
    /// Begins a session and keeps its token where no cookie is set.
    pub async fn sign_in(&self, credentials: &SignIn) -> Result<Session> {
        let session: Session = self.send(Method::POST, "/session", credentials).await?;
        if let Some(token) = &self.token {
            token.set(session.token.as_deref());
        }
        Ok(session)
    }

    /// Ends the session on the server, and here in any case.
    pub async fn sign_out(&self) -> Result<()> {
        let answer = answer(self.request(Method::DELETE, "/session"), None).await;
        if let Some(token) = &self.token {
            token.set(None);
        }
        answer.map(|_| ())
    }

    /// The signed-in person.
    pub async fn me(&self) -> Result<Me> {
        self.get("/me").await
    }

    /// Replaces the person's preferences.
    pub async fn set_preferences(&self, preferences: &Preferences) -> Result<Preferences> {
        self.send(Method::PUT, "/me/preferences", preferences).await
    }
}
