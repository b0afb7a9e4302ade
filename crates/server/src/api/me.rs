//! The signed-in person and their preferences.

use axum::{Json as Body, extract::State};
use campanile_domain::model::access::{Ability, Actor};
use campanile_shared::{Me, Preferences};

use super::body::Json;
use crate::{
    auth::{Credential, Reader, ReaderWithCredential},
    problem::ApiError,
    state::AppState,
};

/// Get the signed-in person, their preferences and the counts of their bell.
#[utoipa::path(get, operation_id = "get_me", path = "/me", tag = "me", responses(
    (status = 200, description = "The signed-in person", body = Me),
    (status = 401, description = "No person is signed in"),
))]
pub async fn get_me(
    State(app): State<AppState>,
    ReaderWithCredential(who, credential): ReaderWithCredential,
) -> Result<Body<Me>, ApiError> {
    let is_portal = credential == Credential::PortalToken;
    let preferences = app.campanile.preferences(&who).await?;
    let snapshot = app.campanile.counts(&who).await?;
    let person = campanile_shared::Person {
        login: who.login.clone(),
        name: who.name.clone(),
        email: who.email.clone(),
        languages: who.languages.clone(),
    };
    let tenant = who.tenant_name.clone();
    let actor = Actor::Person(who.clone());
    // A portal's token has none of the person's rights in the console.
    let may = |ability| !is_portal && actor.require(ability).is_ok();
    let (may_send, may_administer) = (may(Ability::Send), may(Ability::Administer));
    // A person who may not send has no page for drafts.
    let drafts = if may_send { app.campanile.saved_drafts(&who).await?.len() } else { 0 };
    let drafts = u32::try_from(drafts).unwrap_or(u32::MAX);
    let mail_to_files = app.config.mail.host.is_empty();
    Ok(Body(Me { tenant, person, may_send, may_administer, mail_to_files, drafts, preferences, snapshot }))
}

/// Set my preferences.
#[utoipa::path(put, operation_id = "set_preferences", path = "/me/preferences", tag = "me", request_body = Preferences, responses(
    (status = 200, description = "Stored", body = Preferences),
    (status = 422, description = "Some fields are invalid"),
))]
pub async fn set_preferences(
    State(app): State<AppState>,
    Reader(who): Reader,
    Json(preferences): Json<Preferences>,
) -> Result<Body<Preferences>, ApiError> {
    app.campanile.set_preferences(&who, &preferences).await?;
    Ok(Body(preferences))
}
