//! `GET …/configuration/rolescopes/{scope}/roles`: lists the roles that a message can be sent to.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use campanile_domain::access::Actor;
use serde_json::json;

use super::error::Refusal;
use crate::app::App;

/// The original's built-in roles, and others that someone has.
pub async fn list(app: &App, by: &Actor, scope: &str) -> Result<Response, Refusal> {
    let (beginning, own): (&str, &[&str]) = match scope.to_ascii_uppercase().as_str() {
        "ENVIRONMENT" => ("environment:", &["ADMIN", "API_PUBLISHER", "USER"]),
        "APPLICATION" => ("application:", &["OWNER", "PRIMARY_OWNER", "USER"]),
        "API" => ("", &["OWNER", "PRIMARY_OWNER", "REVIEWER", "USER"]),
        "ORGANIZATION" => ("", &["ADMIN", "USER"]),
        _ => return Err(Refusal::malformed("This is not a role scope.")),
    };
    let mut names: Vec<String> = own.iter().map(|name| (*name).to_owned()).collect();
    if !beginning.is_empty() {
        names.extend(app.campanile.role_names(by, beginning).await?);
    }
    names.sort_unstable();
    names.dedup();
    Ok(Json(names.iter().map(|name| json!({"name": name, "scope": scope.to_ascii_uppercase()})).collect::<Vec<_>>()).into_response())
}
