//! `GET …/configuration/rolescopes/{scope}/roles`: lists the roles that a message can be sent to.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use campanile_domain::model::access::Actor;
use serde_json::json;

use super::errors::GraviteeError;
use crate::state::AppState;

/// The original's built-in roles, and others that someone has.
pub async fn list(app: &AppState, by: &Actor, scope: &str) -> Result<Response, GraviteeError> {
    let (object_prefix, built_in): (&str, &[&str]) = match scope.to_ascii_uppercase().as_str() {
        "ENVIRONMENT" => ("environment:", &["ADMIN", "API_PUBLISHER", "USER"]),
        "APPLICATION" => ("application:", &["OWNER", "PRIMARY_OWNER", "USER"]),
        "API" => ("", &["OWNER", "PRIMARY_OWNER", "REVIEWER", "USER"]),
        "ORGANIZATION" => ("", &["ADMIN", "USER"]),
        _ => return Err(GraviteeError::malformed("This is not a role scope.")),
    };
    let mut names: Vec<String> = built_in.iter().map(|name| (*name).to_owned()).collect();
    if !object_prefix.is_empty() {
        names.extend(app.campanile.role_names(by, object_prefix).await?);
    }
    names.sort_unstable();
    names.dedup();
    Ok(Json(names.iter().map(|name| json!({"name": name, "scope": scope.to_ascii_uppercase()})).collect::<Vec<_>>()).into_response())
}
