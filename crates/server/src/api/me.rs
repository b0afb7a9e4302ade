//! The signed-in person.

use axum::{Json as Body, extract::State};
use campanile_domain::access::{Ability, Actor};
use campanile_shared::{Me, Preferences};

use super::Json;
use crate::{
    app::App,
    auth::{Credential, Reader, ReaderBy},
    problem::Refusal,
};

/// Who I am, what I chose, and the numbers on my bell.
#[utoipa::path(get, operation_id = "get_me", path = "/me", tag = "me", responses(
    (status = 200, description = "The signed-in person", body = Me),
    (status = 401, description = "Nobody is signed in"),
))]
pub async fn me(State(app): State<App>, ReaderBy(who, credential): ReaderBy) -> Result<Body<Me>, Refusal> {
    let is_portal = credential == Credential::Portal;
    let preferences = app.campanile.preferences(&who).await?;
    let snapshot = app.campanile.counts(&who).await?;
    let person = campanile_shared::Person {
        login: who.login.clone(),
        name: who.name.clone(),
        email: who.email.clone(),
        languages: who.languages.clone(),
    };
    let tenant = who.tenant_name.clone();
    let actor = Actor::Person(who);
    // What the person may do in the console, a portal's token may not.
    let may = |ability| !is_portal && actor.require(ability).is_ok();
    let (may_send, may_administer) = (may(Ability::Send), may(Ability::Administer));
    let mail_to_files = app.config.mail.host.is_empty();
    Ok(Body(Me { tenant, person, may_send, may_administer, mail_to_files, preferences, snapshot }))
}

/// Keep what I chose.
#[utoipa::path(put, operation_id = "set_preferences", path = "/me/preferences", tag = "me", request_body = Preferences, responses(
    (status = 200, description = "Kept", body = Preferences),
    (status = 422, description = "Some fields need mending"),
))]
pub async fn set_preferences(
    State(app): State<App>,
    Reader(who): Reader,
    Json(preferences): Json<Preferences>,
) -> Result<Body<Preferences>, Refusal> {
    app.campanile.set_preferences(&who, &preferences).await?;
    Ok(Body(preferences))
}
