//! API calls for the session and the signed-in person.

use campanile_shared::{
    Me, Preferences, SignIn,
    password::PasswordChange,
    sign_in::{Session, SignInLinkCode, SignInLinkPerson},
};
use gloo_net::http::Method;

use super::{Api, Result, execute, fetch, parse_response, unreadable_response};

impl Api {
    /// Signs in, and stores the token if no cookie is set.
    pub async fn sign_in(&self, credentials: &SignIn) -> Result<Session> {
        let session: Session = self.send(Method::POST, "/session", credentials).await?;
        if let Some(token) = &self.token {
            token.set(session.token.as_deref());
        }
        Ok(session)
    }

    /// The person whom a sign-in link signs in. The link stays unused.
    pub async fn link_person(&self, link: &str) -> Result<SignInLinkPerson> {
        self.send(Method::POST, "/session/link", &SignInLinkCode { link: link.to_owned() }).await
    }

    /// Ends the session on the server. The stored token is removed in any case.
    pub async fn sign_out(&self) -> Result<()> {
        let request = self.request(Method::DELETE, "/session");
        if let Some(token) = &self.token {
            token.set(None);
        }
        execute(request, None).await.map(|_| ())
    }

    /// The signed-in person.
    pub async fn me(&self) -> Result<Me> {
        self.get("/me").await
    }

    /// The person of the current session. Unlike [`Api::me`] it also answers if the session of this page has
    /// changed meanwhile.
    pub async fn me_across_sessions(&self) -> Result<Me> {
        parse_response(&fetch(self.request(Method::GET, "/me"), None).await?)
    }

    /// Changes the person's password. Their other sessions end.
    pub async fn change_password(&self, change: &PasswordChange) -> Result<()> {
        let body = serde_json::to_string(change).map_err(|_| unreadable_response(0))?;
        execute(self.request(Method::PUT, "/me/password"), Some(body)).await.map(drop)
    }

    /// Replaces the person's preferences.
    pub async fn set_preferences(&self, preferences: &Preferences) -> Result<Preferences> {
        self.send(Method::PUT, "/me/preferences", preferences).await
    }
}
